//! An event that was made of a record.

use crate::import::record;
use bellwether_domain::{EventKind, Origin, RawEvent, RawOrder, RawProduct};
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// An event that was made of a record. Its texts borrow from record and mapping; its objects are its own.
#[derive(Debug)]
pub struct MappedEvent<'r> {
    pub(super) message_id: Cow<'r, str>,
    pub(super) kind: EventKind,
    pub(super) event: Option<Cow<'r, str>>,
    pub(super) user_id: Option<Cow<'r, str>>,
    pub(super) anonymous_id: Option<Cow<'r, str>>,
    pub(super) group_id: Option<Cow<'r, str>>,
    pub(super) previous_id: Option<Cow<'r, str>>,
    pub(super) name: Option<Cow<'r, str>>,
    pub(super) category: Option<Cow<'r, str>>,
    pub(super) timestamp: DateTime<Utc>,
    pub(super) utc_offset_minutes: i16,
    pub(super) origin: Origin,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) order: Option<RawOrder<'r>>,
    pub(super) traits: Option<Box<RawValue>>,
    pub(super) properties: Option<Box<RawValue>>,
    pub(super) context: Option<Box<RawValue>>,
}

impl MappedEvent<'_> {
    /// The event, as the pipeline takes it.
    pub fn raw(&self) -> RawEvent<'_> {
        RawEvent {
            message_id: Cow::Borrowed(&self.message_id),
            kind: self.kind,
            event: self.event.as_deref().map(Cow::Borrowed),
            user_id: self.user_id.as_deref().map(Cow::Borrowed),
            anonymous_id: self.anonymous_id.as_deref().map(Cow::Borrowed),
            timestamp: self.timestamp,
            utc_offset_minutes: self.utc_offset_minutes,
            origin: self.origin.clone(),
            order: self.order.as_ref().map(borrowed),
            traits: self.traits.as_deref(),
            properties: self.properties.as_deref(),
            received_at: self.received_at,
            context: self.context.as_deref().map(Cow::Borrowed),
            name: self.name.as_deref().map(Cow::Borrowed),
            category: self.category.as_deref().map(Cow::Borrowed),
            group_id: self.group_id.as_deref().map(Cow::Borrowed),
            previous_id: self.previous_id.as_deref().map(Cow::Borrowed),
        }
    }

    /// Adds the event to a body of the inbox, as one line `{"e":…}`.
    pub fn write_line(&self, body: &mut Vec<u8>) {
        record::encode_event(body, &self.raw());
    }
}

fn borrowed<'o>(order: &'o RawOrder<'_>) -> RawOrder<'o> {
    let product = |product: &'o RawProduct<'_>| RawProduct {
        product_id: Cow::Borrowed(&product.product_id),
        name: Cow::Borrowed(&product.name),
        ..*product
    };
    RawOrder {
        order_id: Cow::Borrowed(&order.order_id),
        currency: order.currency.clone(),
        products: order.products.iter().map(product).collect(),
    }
}
