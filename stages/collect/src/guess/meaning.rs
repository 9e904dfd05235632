//! What a column means, by its name in English, German or Chinese and by what it holds.

use super::{
    content::{self, Content},
    table::Sample,
};

/// What a column can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Customer,
    Visitor,
    Email,
    Phone,
    Name,
    FirstName,
    LastName,
    Time,
    Birthday,
    Order,
    Item,
    ItemName,
    Quantity,
    Price,
    Currency,
    Action,
    Country,
    City,
    Language,
    Gender,
}

/// A column, what it looks like and what it means.
pub(super) struct Known {
    pub name: String,
    pub content: Content,
    pub meaning: Option<Meaning>,
    /// Why, as a sentence for people.
    pub why: String,
}

/// The names, without case, blanks and signs. The first meaning with a fitting name wins, so the more special ones come first.
const NAMES: [(Meaning, &[&str]); 20] = [
    (
        Meaning::Email,
        &[
            "email",
            "mail",
            "emailaddress",
            "customeremail",
            "mailadresse",
            "emailadresse",
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "邮件",
        ],
    ),
    (
        Meaning::Phone,
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "tel",
            "telephone",
            "telefon",
            "telefonnummer",
            "handy",
            "mobilnummer",
            "手机",
            "手机号",
            "手机号码",
            "电话",
            "联系电话",
        ],
    ),
    (
        Meaning::Birthday,
        &["birthday", "birthdate", "dateofbirth", "dob", "geburtstag", "geburtsdatum", "生日", "出生日期"],
    ),
    (Meaning::FirstName, &["firstname", "givenname", "vorname", "名"]),
    (Meaning::LastName, &["lastname", "surname", "familyname", "nachname", "姓"]),
    (
        Meaning::Order,
        &[
            "order",
            "orderid",
            "orderno",
            "ordernumber",
            "invoice",
            "invoiceno",
            "invoiceid",
            "receipt",
            "receiptno",
            "receiptnumber",
            "transactionid",
            "bestellnummer",
            "bestellung",
            "auftragsnummer",
            "rechnungsnummer",
            "belegnummer",
            "beleg",
            "bonnummer",
            "订单号",
            "订单编号",
            "单号",
            "小票号",
            "流水号",
            "交易号",
        ],
    ),
    (
        Meaning::Customer,
        &[
            "customer",
            "customerid",
            "customerno",
            "customernumber",
            "user",
            "userid",
            "uid",
            "clientid",
            "memberid",
            "member",
            "membershipno",
            "loyaltyid",
            "contactid",
            "kunde",
            "kundennummer",
            "kundennr",
            "kundenid",
            "mitgliedsnummer",
            "客户编号",
            "客户号",
            "客户id",
            "会员号",
            "会员编号",
            "会员id",
            "会员卡号",
            "用户id",
            "用户编号",
            "用户",
            "openid",
            "unionid",
        ],
    ),
    (
        Meaning::Visitor,
        &[
            "anonymousid",
            "visitorid",
            "deviceid",
            "device",
            "sessionid",
            "cookieid",
            "gerät",
            "geräteid",
            "设备号",
            "设备编号",
            "设备id",
            "访客id",
        ],
    ),
    (
        Meaning::ItemName,
        &[
            "itemname",
            "productname",
            "producttitle",
            "lineitemname",
            "description",
            "title",
            "product",
            "article",
            "artikelbezeichnung",
            "bezeichnung",
            "produkt",
            "produktname",
            "artikelname",
            "商品名称",
            "商品名",
            "产品名称",
            "品名",
            "商品",
            "产品",
        ],
    ),
    (
        Meaning::Item,
        &[
            "item",
            "itemid",
            "itemno",
            "sku",
            "lineitemsku",
            "productid",
            "productcode",
            "productno",
            "stockcode",
            "articleno",
            "artikel",
            "artikelnummer",
            "artikelnr",
            "produktnummer",
            "商品编号",
            "商品编码",
            "商品id",
            "产品编号",
            "货号",
            "条码",
        ],
    ),
    (
        Meaning::Quantity,
        &[
            "quantity",
            "qty",
            "lineitemquantity",
            "count",
            "pieces",
            "units",
            "menge",
            "anzahl",
            "stück",
            "stückzahl",
            "数量",
            "件数",
        ],
    ),
    (
        Meaning::Price,
        &[
            "price",
            "unitprice",
            "lineitemprice",
            "itemprice",
            "einzelpreis",
            "preis",
            "stückpreis",
            "单价",
            "价格",
            "售价",
        ],
    ),
    (Meaning::Currency, &["currency", "currencycode", "währung", "waehrung", "币种", "货币"]),
    (
        Meaning::Action,
        &[
            "event",
            "eventname",
            "eventtype",
            "action",
            "activity",
            "interaction",
            "interactiontype",
            "type",
            "ereignis",
            "aktion",
            "vorgang",
            "outcome",
            "互动类型",
            "行为",
            "行为类型",
            "动作",
            "事件",
            "事件类型",
            "事件名称",
            "类型",
            "操作",
        ],
    ),
    (
        Meaning::Time,
        &[
            "time",
            "date",
            "datetime",
            "timestamp",
            "createdat",
            "createdtime",
            "created",
            "orderdate",
            "invoicedate",
            "purchasedate",
            "eventtime",
            "occurredat",
            "datum",
            "zeit",
            "zeitpunkt",
            "zeitstempel",
            "bestelldatum",
            "rechnungsdatum",
            "kaufdatum",
            "erstelltam",
            "日期",
            "时间",
            "下单时间",
            "创建时间",
            "互动时间",
            "交易时间",
            "购买时间",
            "事件时间",
            "发生时间",
            "订单日期",
            "注册时间",
        ],
    ),
    (Meaning::Country, &["country", "land", "countrycode", "国家", "国家地区"]),
    (Meaning::City, &["city", "town", "ort", "stadt", "wohnort", "城市", "所在城市"]),
    (Meaning::Language, &["language", "locale", "sprache", "语言"]),
    (Meaning::Gender, &["gender", "sex", "geschlecht", "性别"]),
    (
        Meaning::Name,
        &[
            "name",
            "fullname",
            "customername",
            "kundenname",
            "nickname",
            "username",
            "姓名",
            "客户姓名",
            "客户名称",
            "会员姓名",
            "昵称",
            "用户昵称",
        ],
    ),
];

pub(super) fn of_columns(sample: &Sample) -> Vec<Known> {
    let mut known: Vec<Known> = sample
        .columns
        .iter()
        .map(|column| {
            let content = content::of(column);
            let (meaning, why) = match by_name(&column.name).filter(|meaning| fits(*meaning, &content)) {
                Some(meaning) => (Some(meaning), "by its name"),
                None => (by_content(&content), "by what it holds"),
            };
            Known { name: column.name.clone(), content, meaning, why: why.to_owned() }
        })
        .collect();
    keep_first_of_each(&mut known);
    known
}

fn by_name(name: &str) -> Option<Meaning> {
    let whole = plain(name);
    let last = name.rsplit('.').next().map(plain).unwrap_or_default();
    let meaning = |wanted: &str| NAMES.iter().find(|(_, names)| names.contains(&wanted)).map(|(meaning, _)| *meaning);
    meaning(&whole).or_else(|| meaning(&last))
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A name says nothing against what the column holds.
fn fits(meaning: Meaning, content: &Content) -> bool {
    match meaning {
        Meaning::Time | Meaning::Birthday => matches!(content, Content::Date(..)),
        Meaning::Quantity | Meaning::Price => matches!(content, Content::Whole { .. } | Content::Decimal(_)),
        Meaning::Email => *content == Content::Email,
        Meaning::Phone => matches!(content, Content::Phone | Content::Whole { .. } | Content::Id | Content::Text),
        Meaning::Action => matches!(content, Content::Words | Content::Text),
        Meaning::Currency => *content == Content::Currency,
        Meaning::ItemName | Meaning::Name | Meaning::FirstName | Meaning::LastName => {
            matches!(content, Content::Text | Content::Words | Content::Id | Content::Currency)
        }
        _ => *content != Content::Empty,
    }
}

fn by_content(content: &Content) -> Option<Meaning> {
    match content {
        Content::Email => Some(Meaning::Email),
        Content::Phone => Some(Meaning::Phone),
        // Mere digits can be read as a date, and are a number of something far more often.
        Content::Date(format, _) if !["unix", "unix_ms", "%Y%m%d"].contains(&&*format.to_string()) => {
            Some(Meaning::Time)
        }
        _ => None,
    }
}

/// Two columns cannot both be the order's number. One that is known by its name goes before one that only looks so.
fn keep_first_of_each(known: &mut [Known]) {
    let mut taken: Vec<Meaning> = Vec::new();
    for by_name in [true, false] {
        for column in known.iter_mut().filter(|column| (column.why == "by its name") == by_name) {
            let Some(meaning) = column.meaning else { continue };
            if taken.contains(&meaning) {
                column.meaning = None;
                "another column is taken for the same".clone_into(&mut column.why);
            } else {
                taken.push(meaning);
            }
        }
    }
}
