//! A single record that did not come from a file.

use super::{
    changes::Style,
    fault::Fault,
    mapped::MappedEvent,
    record::{Record, View},
    rules::{Place, Rules},
    time::{LastTime, TimeForm},
};
use crate::{mapping::EventMapping, read::KEEP, segment::OrderCurrency};
use bellwether_domain::{Origin, Reject};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// How a record was received.
#[derive(Debug, Clone)]
pub struct Receipt<'c> {
    /// The source that its events are of. It need not be the mapping's own: one mapping can serve several shops.
    pub source: Arc<str>,
    /// When it arrived. Events without a time of their own happened then, and none happens later.
    pub received_at: Option<DateTime<Utc>>,
    /// The shop's currency, for orders.
    pub currency: Option<OrderCurrency<'c>>,
    /// Its number among the rows of a query, where it is one. It does not count for ids, so a query can be run again.
    pub line: Option<u64>,
}

impl EventMapping {
    /// Makes events of one record: one or more, none where a rule says `skip`, or one reject.
    ///
    /// Events without a `message_id` of their own get one from source and content of the record, so that a record that is
    /// delivered twice counts once. A time without a `format` is ISO 8601, or seconds or milliseconds since 1970.
    ///
    /// # Errors
    /// The reject: what is wrong, in which value, and what to do.
    pub fn apply<'r>(&'r self, record: &'r Record<'_>, receipt: &Receipt<'_>) -> Result<Vec<MappedEvent<'r>>, Reject> {
        let style = Style { numbers: self.numbers };
        let forms: Vec<TimeForm> = self.rules.iter().map(TimeForm::told).collect();
        let identity = identity(record, &receipt.source);
        let place = Place {
            source: &receipt.source,
            identity: &identity,
            line: None,
            id_line: 0,
            received_at: receipt.received_at,
            currency: receipt.currency,
        };
        let view = View::Document { record, element: None };
        let rules = Rules { mapping: self, style: &style, forms: &forms };
        let made = rules.apply(&view, place, &mut vec![LastTime::default(); self.rules.len()]);
        let mut events = made.map_err(|fault| reject(record, receipt, fault))?;
        for event in &mut events {
            event.origin.line = receipt.line;
        }
        Ok(events)
    }
}

fn identity(record: &Record<'_>, source: &str) -> [u8; 32] {
    let mut digest = blake3::Hasher::new();
    let mut part = |text: &str| {
        digest.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    part(source);
    part(record.text());
    // Headers differ from one delivery to the next, and are not what the record says.
    for (name, value) in record.given().iter().filter(|(name, _)| !name.starts_with("header.")) {
        part(name);
        part(value);
    }
    *digest.finalize().as_bytes()
}

fn reject(record: &Record<'_>, receipt: &Receipt<'_>, fault: Fault) -> Reject {
    let content = match record.text() {
        "" => record.given().iter().map(|(name, value)| format!("{name}={value} ")).collect(),
        text => text.to_owned(),
    };
    Reject {
        received_at: None,
        origin: Origin { source: receipt.source.clone(), line: receipt.line },
        detail: fault.sentence(&receipt.line.map_or("the record".to_owned(), |line| format!("line {line}")), "value"),
        field: fault.field,
        reason: fault.reason,
        content: content.chars().take(KEEP).collect(),
    }
}
