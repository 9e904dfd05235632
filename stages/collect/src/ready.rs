//! Mappings for files of well-known systems, to start from.

/// A mapping that comes with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyMapping {
    /// Its short name, for example `shopify-orders`.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// One of `packs/mappings`.
macro_rules! ready {
    ($($name:literal),+ $(,)?) => {
        &[$(ReadyMapping { name: $name, text: include_str!(concat!("../../../packs/mappings/", $name, ".toml")) }),+]
    };
}

/// Every mapping that comes with the product, by name.
pub const fn ready_mappings() -> &'static [ReadyMapping] {
    ready![
        "call-centre-outcomes",
        "coupon-redemptions",
        "device-readings",
        "meta-lead-ads",
        "meta-page-engagement",
        "shopify-orders",
        "tiktok-interactions",
        "till-receipts",
        "wechat-interactions",
        "weibo-interactions",
        "woocommerce-orders",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Mapping;
    use std::path::Path;

    #[test]
    fn every_mapping_of_the_packs_is_there_and_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/mappings");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
        files.sort();
        let names: Vec<_> = files.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
        let ready: Vec<_> = ready_mappings().iter().map(|mapping| mapping.name).collect();
        assert_eq!(ready, names);
        for ReadyMapping { name, text } in ready_mappings() {
            Mapping::parse(name, text).unwrap();
        }
    }
}
