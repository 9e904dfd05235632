//! Why an event cannot be used.

use bellwether_domain::{EventId, EventKind, RawEvent, RawOrder, Reject, RejectReason, kept_of_event, kept_of_row};
use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{json, value::RawValue};
use std::{borrow::Cow, collections::BTreeMap};

/// What a sentence shows of a text that a stranger wrote, in characters.
const SHOWN: usize = 100;

/// Which field is at fault, and a sentence about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadEvent {
    pub field: Cow<'static, str>,
    pub reason: RejectReason,
    pub why: String,
    /// The event's id, where it is good as such and somebody does not want it.
    pub refused: Option<EventId>,
}

impl BadEvent {
    pub fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self::with_reason(field, RejectReason::Malformed, why)
    }

    pub fn with_reason(field: impl Into<Cow<'static, str>>, reason: RejectReason, why: impl Into<String>) -> Self {
        Self { field: field.into(), reason, why: why.into(), refused: None }
    }

    pub fn reject(&self, event: &RawEvent<'_>) -> Reject {
        let id: String = event.message_id.chars().take(SHOWN).collect();
        Reject {
            origin: event.origin.clone(),
            field: Some(self.field.clone().into_owned()),
            reason: self.reason,
            detail: format!("event `{id}`, `{}`: {}", self.field, self.why),
            content: kept(event),
            received_at: event.received_at,
        }
    }
}

/// What came over HTTP is kept as it could be sent again; a row of a file as the inbox had it.
fn kept(event: &RawEvent<'_>) -> String {
    match event.received_at {
        Some(_) => kept_of_event(&serde_json::to_string(&SentEvent::from(event)).unwrap_or_default()).into_owned(),
        None => kept_of_row(&serde_json::to_string(event).unwrap_or_default()),
    }
}

/// An event as a client sends it. Its order is among its properties, its time is put right already, and its id is the one
/// that it was given where it had none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentEvent<'e> {
    message_id: &'e str,
    #[serde(rename = "type")]
    kind: EventKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_id: Option<&'e str>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    traits: Option<&'e RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Cow<'e, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'e RawValue>,
}

impl<'e> From<&'e RawEvent<'_>> for SentEvent<'e> {
    fn from(event: &'e RawEvent<'_>) -> Self {
        Self {
            message_id: &event.message_id,
            kind: event.kind,
            event: event.event.as_deref(),
            name: event.name.as_deref(),
            category: event.category.as_deref(),
            user_id: event.user_id.as_deref(),
            anonymous_id: event.anonymous_id.as_deref(),
            group_id: event.group_id.as_deref(),
            previous_id: event.previous_id.as_deref(),
            timestamp: on_the_wall(event.timestamp, event.utc_offset_minutes),
            traits: event.traits,
            properties: properties_with_order(event),
            context: event.context.as_deref(),
        }
    }
}

/// The properties, and in them the order where a mapping made it of other values than those: sent again without it, the event
/// would be a sale without goods.
fn properties_with_order<'e>(event: &'e RawEvent<'_>) -> Option<Cow<'e, RawValue>> {
    let properties = event.properties;
    let order = event.order.as_ref().filter(|_| !properties.is_some_and(holds_order));
    let completed = order.and_then(|order| with_order(properties.map_or("{}", RawValue::get), order));
    completed.map(Cow::Owned).or_else(|| properties.map(Cow::Borrowed))
}

fn holds_order(properties: &RawValue) -> bool {
    let fields = serde_json::from_str::<BTreeMap<String, &RawValue>>(properties.get()).unwrap_or_default();
    fields.contains_key("order_id") && fields.contains_key("products")
}

/// Of a name that stands twice the last value counts, so that these stand behind all others. Nothing where the properties are
/// no object: then that is what is wrong with the event.
fn with_order(properties: &str, order: &RawOrder<'_>) -> Option<Box<RawValue>> {
    let fields = properties.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let products = order.products.iter().map(|product| {
        json!({
            "product_id": product.product_id, "name": product.name, "quantity": product.quantity, "price": product.price,
        })
    });
    let order = json!({
        "order_id": order.order_id, "currency": order.currency, "products": products.collect::<Vec<_>>(),
    });
    let order = order.to_string();
    let comma = if fields.is_empty() { "" } else { "," };
    RawValue::from_string(format!("{{{fields}{comma}{}", order.strip_prefix('{')?)).ok()
}

/// The moment with the offset of the clock that showed it.
fn on_the_wall(moment: DateTime<Utc>, utc_offset_minutes: i16) -> String {
    let offset = FixedOffset::east_opt(i32::from(utc_offset_minutes) * 60);
    match offset.filter(|offset| offset.local_minus_utc() != 0) {
        Some(offset) => moment.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::AutoSi, true),
        None => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    }
}
