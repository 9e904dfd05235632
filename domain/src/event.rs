//! What arrives (`RawEvent`) and what is left of it after cleaning (`CleanEvent`).

use crate::{EventId, Money, Quantity, SubjectId};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// The six calls of the Segment specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Who somebody is: traits.
    Identify,
    /// What somebody did: a named event.
    Track,
    /// A page that was seen.
    Page,
    /// A screen of an app that was seen.
    Screen,
    /// Which company somebody belongs to.
    Group,
    /// Two ids of one person.
    Alias,
}

impl EventKind {
    /// Its word, as the specification writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Track => "track",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// Where an event came from, so that every later doubt can be followed back to the file and line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The source's name, as its mapping says it.
    pub source: Arc<str>,
    /// The first line of the event, counted from 1 with the header, where it came from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

/// An event in the Segment form, as the inbox keeps it: one JSON object a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawEvent<'a> {
    /// Unique per event; the same `messageId` is the same event.
    #[serde(borrow)]
    pub message_id: Cow<'a, str>,
    /// Which of the six calls.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The event's name, for `track`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Cow<'a, str>>,
    /// The id that the source knows a person by.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Cow<'a, str>>,
    /// The id of somebody not known.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub anonymous_id: Option<Cow<'a, str>>,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// Minutes to add to UTC for the clock on the wall where it happened.
    #[serde(default)]
    pub utc_offset_minutes: i16,
    /// Where it came from.
    pub origin: Origin,
    /// The order, for the commerce events that carry one.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub order: Option<RawOrder<'a>>,
    /// Facts about the person.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub traits: Option<&'a RawValue>,
    /// All other properties of the event.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<&'a RawValue>,
    /// When the server received it; `None` for what came from a file, as for all that follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// The circumstances: library, page, device, campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Cow<'a, RawValue>>,
    /// What a page or a screen is called.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// Which group of pages or screens it belongs to.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Cow<'a, str>>,
    /// The company that `group` puts somebody into.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<Cow<'a, str>>,
    /// The id that `alias` says somebody had before.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub previous_id: Option<Cow<'a, str>>,
}

/// The properties of `Order Completed` and `Order Refunded`, before cleaning.
#[derive(Debug, Serialize, Deserialize)]
pub struct RawOrder<'a> {
    /// The shop's number of the order.
    #[serde(borrow)]
    pub order_id: Cow<'a, str>,
    /// ISO 4217.
    pub currency: CompactString,
    /// The lines as they came; in the inbox as rows without names, because with names they were a third longer to write, pack
    /// and read again. Both forms can be read.
    #[serde(borrow, serialize_with = "as_rows")]
    pub products: Vec<RawProduct<'a>>,
}

/// `[id, name, quantity, price, line]` for each, in the order of the fields of [`RawProduct`].
fn as_rows<S: Serializer>(products: &[RawProduct<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(products.iter().map(|p| (&p.product_id, &p.name, p.quantity, p.price, p.line)))
}

/// One line of an order, as it came.
#[derive(Debug, Serialize, Deserialize)]
pub struct RawProduct<'a> {
    /// The shop's number of the item.
    #[serde(rename = "id", borrow)]
    pub product_id: Cow<'a, str>,
    /// What the source calls the item; empty where it says nothing.
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
    /// How many; negative for goods that came back.
    #[serde(rename = "qty")]
    pub quantity: Quantity,
    /// Price of one.
    pub price: Money,
    /// The line of the file.
    #[serde(default)]
    pub line: u64,
}

/// An event that passed every check: typed, de-noised, ready for profiles and the Lake.
#[derive(Debug, Clone, PartialEq)]
pub struct CleanEvent {
    /// The same event has the same id, whenever and however often it arrives.
    pub id: EventId,
    /// Whom it is about; `None` for a sale to somebody unknown.
    pub subject: Option<SubjectId>,
    /// The id that the source uses for that person.
    pub user_id: Option<CompactString>,
    /// Which of the six calls.
    pub kind: EventKind,
    /// The event's name (`Order Completed`), or the call's for the other five.
    pub name: Arc<str>,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// Minutes to add to UTC for the clock on the wall.
    pub utc_offset_minutes: i16,
    /// Where it came from.
    pub origin: Origin,
    /// The order, where it has one.
    pub order: Option<Order>,
    /// Facts about the person, as a JSON object.
    pub traits: Option<Box<str>>,
    /// All other properties, as a JSON object.
    pub properties: Option<Box<str>>,
    /// When the server received it; `None` for what came from a file.
    pub received_at: Option<DateTime<Utc>>,
    /// The id of the visitor or device, whether or not somebody is known by it.
    pub anonymous_id: Option<CompactString>,
    /// The company that the person belongs to, for `group`.
    pub group_id: Option<CompactString>,
    /// The id that the person had before, for `alias`.
    pub previous_id: Option<CompactString>,
    /// The circumstances, as a JSON object.
    pub context: Option<Box<str>>,
    /// How likely it is, from 0 to 1, that a program sent this and no person; `None` where nothing speaks for or against
    /// it. It is a judgement, not a fact: nothing is dropped because of it.
    pub bot_probability: Option<f32>,
}

impl CleanEvent {
    /// Bytes of its traits, properties and context: what can be large of an event.
    pub fn document_bytes(&self) -> usize {
        let documents = [&self.traits, &self.properties, &self.context];
        documents.into_iter().flatten().map(|document| document.len()).sum()
    }
}

/// What an order event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Goods were sold.
    Completed,
    /// Goods came back, or a sale was cancelled.
    Refunded,
}

/// An order after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// The shop's number of the order.
    pub order_id: CompactString,
    /// Sold or returned.
    pub kind: OrderKind,
    /// ISO 4217.
    pub currency: CompactString,
    /// Goods only, without fees: positive for a sale, negative for a return.
    pub value: Money,
    /// Postage, fees and manual corrections.
    pub fees: Money,
    /// Every line that passed, the flagged ones included.
    pub lines: Vec<OrderLine>,
}

/// One line of an order after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// The shop's number of the item.
    pub product: CompactString,
    /// The item's name without noise; shared between lines of the same item.
    pub name: Arc<str>,
    /// How many; negative for goods that came back.
    pub quantity: Quantity,
    /// Price of one.
    pub price: Money,
    /// The line of the file it came from.
    pub source_line: u64,
    /// What cleaning noticed.
    pub flags: LineFlags,
}

/// Something that cleaning noticed about a line and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LineFlag {
    /// Postage, a fee, a correction: money, but not goods.
    NonProduct = 1,
    /// A price of nothing.
    ZeroPrice = 2,
    /// A price below nothing.
    NegativePrice = 4,
    /// Quantity far outside of what this shop sells.
    QuantityOutlier = 8,
    /// Price far outside of what this shop asks.
    PriceOutlier = 16,
    /// Goods went out of stock without a customer: damaged, lost, thrown away.
    StockMovement = 32,
}

/// A set of [`LineFlag`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFlags(u8);

impl LineFlags {
    /// From its bits, as the Lake keeps them.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Its bits, for the Lake.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Adds a flag.
    pub fn insert(&mut self, flag: LineFlag) {
        self.0 |= flag as u8;
    }

    /// Whether a flag is set.
    pub const fn contains(self, flag: LineFlag) -> bool {
        self.0 & flag as u8 != 0
    }

    /// Real goods at a real price: what models may learn from.
    pub const fn is_ordinary_sale(self) -> bool {
        self.0
            & (LineFlag::NonProduct as u8
                | LineFlag::ZeroPrice as u8
                | LineFlag::NegativePrice as u8
                | LineFlag::StockMovement as u8)
            == 0
    }
}

impl OrderLine {
    /// Price times quantity.
    pub fn value(&self) -> Money {
        self.price.times(self.quantity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inboxes of older versions hold orders with names.
    #[test]
    fn orders_are_read_from_rows_and_from_objects() {
        let rows = r#"{"order_id":"7","currency":"GBP","products":[["a","Mug",2,4.25,9],["b","",-1,0,0]]}"#;
        let objects = r#"{"order_id":"7","currency":"GBP","products":[
            {"id":"a","name":"Mug","qty":2,"price":4.25,"line":9},{"id":"b","qty":-1,"price":0}]}"#;
        for text in [rows, objects] {
            let order: RawOrder<'_> = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&order).unwrap(), rows);
        }
    }

    /// Only the last field may be missing, as it may in the form with names.
    #[test]
    fn rows_of_another_length_are_refused() {
        let fields = [r#""a""#, r#""Mug""#, "2", "4.25", "9", "9"];
        for length in 0..=fields.len() {
            let row = fields[..length].join(",");
            let order = format!(r#"{{"order_id":"7","currency":"GBP","products":[[{row}]]}}"#);
            let read = serde_json::from_str::<RawOrder<'_>>(&order);
            assert_eq!(
                read.map(|order| order.products[0].line).ok(),
                [None, None, None, None, Some(0), Some(9), None][length]
            );
        }
    }
}
