//! Small records for tests.

use crate::{BatchBuilder, NewBatch};
use bellwether_domain::{EventKind, Money, Origin, Quantity, RawEvent, RawOrder, RawProduct, Reject, RejectReason};
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

pub fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_300_000_000 + seconds, 0).unwrap()
}

/// An order of one product.
pub fn event_with<'a>(id: &'a str, product: &'a str, properties: Option<&'a RawValue>) -> RawEvent<'a> {
    RawEvent {
        message_id: id.into(),
        kind: EventKind::Track,
        event: Some("Order Completed".into()),
        user_id: Some("17850".into()),
        anonymous_id: None,
        timestamp: moment(0),
        utc_offset_minutes: 0,
        origin: Origin { source: "shop".into(), line: Some(2) },
        order: Some(RawOrder {
            order_id: "536365".into(),
            currency: "GBP".into(),
            products: vec![RawProduct {
                product_id: "85123A".into(),
                name: product.into(),
                quantity: Quantity::from_whole(6),
                price: Money::from_ten_thousandths(25_500),
                line: 2,
            }],
        }),
        traits: None,
        properties,
        received_at: None,
        context: None,
        name: None,
        category: None,
        group_id: None,
        previous_id: None,
    }
}

pub fn reject(content: &str) -> Reject {
    Reject {
        origin: Origin { source: "shop".into(), line: Some(7) },
        field: Some("Quantity".to_owned()),
        reason: RejectReason::BadNumber,
        detail: "`x` is not a number".to_owned(),
        content: content.to_owned(),
        received_at: None,
    }
}

/// A batch whose records are rejects with these contents.
pub fn batch_of(contents: &[String]) -> NewBatch {
    let mut builder = BatchBuilder::default();
    for content in contents {
        builder.push_reject(&reject(content)).unwrap();
    }
    builder.take()
}

/// Text that does not compress, the same for the same seed.
pub fn noise(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b' ' + (state >> 33) as u8 % 94)
    };
    std::iter::repeat_with(&mut next).filter(|c| !matches!(c, '"' | '\\')).take(bytes).collect()
}
