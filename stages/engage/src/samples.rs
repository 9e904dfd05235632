//! A small shop for this crate's tests.

use crate::{ContentSettings, ItemReason, Person, RecommendedItem};
use bellwether_domain::{Language, ProfileId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Some day in December 2011.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_323_000_000, 0).unwrap()
}

pub(crate) fn settings() -> ContentSettings {
    ContentSettings {
        shop_name: "Bell & Wether".to_owned(),
        shop_url: "https://shop.example/?from=mail&x=1".to_owned(),
        postal_address: Some("1 High Street, Exampleton".to_owned()),
        from_name: "Bell & Wether 铃羊".to_owned(),
        from_address: "hello@shop.example".to_owned(),
        reply_to: None,
        unsubscribe_base: "https://shop.example/u/".to_owned(),
        unsubscribe_mailto: None,
        product_url: Some("https://shop.example/p/{product}".to_owned()),
        currency: "GBP".to_owned(),
        tracking: None,
        mail_service: None,
        time_zone: chrono_tz::Europe::London,
    }
}

pub(crate) fn person(language: Language) -> Person {
    let item = |product: &str, name: &str, price: Option<&str>, reason| RecommendedItem {
        product: product.to_owned(),
        name: name.to_owned(),
        price: price.map(|price| price.parse().unwrap()),
        category: None,
        reason,
    };
    let bought = || ItemReason::BecauseBought { name: "WHITE METAL LANTERN".to_owned() };
    Person {
        profile: ProfileId::derive(&[b"12346"]),
        user_id: "12346".to_owned(),
        address: Some("customer-12346@example.com".to_owned()),
        name: None,
        language,
        traits: BTreeMap::from([("country".to_owned(), "United Kingdom".into())]),
        orders: 12,
        revenue: "4310".parse().unwrap(),
        first_order: Some(now() - chrono::Duration::days(300)),
        last_order: Some(now() - chrono::Duration::days(40)),
        favourite_category: Some("Lanterns".to_owned()),
        recommendations: vec![
            item("85123A", "WHITE HANGING HEART T-LIGHT HOLDER", Some("2.95"), bought()),
            item("22423", "REGENCY CAKESTAND 3 TIER ", Some("12.75"), ItemReason::Popular),
            item("CN/1", "中国红灯笼 <大号> & 小号", None, bought()),
        ],
    }
}
