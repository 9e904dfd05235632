//! Columns that name a branch, in English, German and Chinese.

/// What columns about a branch are called, and the properties by which events count for it.
const BRANCH: [(&str, &[&str]); 2] = [
    (
        "store_id",
        &[
            "store",
            "storeid",
            "storeno",
            "storenumber",
            "storecode",
            "branch",
            "branchid",
            "branchno",
            "branchnumber",
            "branchcode",
            "shop",
            "shopid",
            "shopno",
            "outlet",
            "outletid",
            "filiale",
            "filialnr",
            "filialnummer",
            "filialid",
            "laden",
            "门店",
            "门店id",
            "门店编号",
            "门店编码",
            "门店号",
            "门店代码",
            "店铺",
            "店铺id",
            "店铺编号",
            "店铺编码",
            "店铺号",
            "分店",
            "分店编号",
        ],
    ),
    (
        "store_name",
        &["storename", "branchname", "shopname", "filialname", "门店名称", "门店名", "店铺名称", "店铺名", "分店名称"],
    ),
];

/// The property that a column about a branch is; nothing where its name speaks of something else.
pub(super) fn property(column: &str) -> Option<&'static str> {
    let name = super::meaning::plain(column);
    BRANCH.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(property, _)| *property)
}
