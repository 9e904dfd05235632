//! The parts of an event that are JSON and stay JSON: traits, properties, context.
//!
//! They are passed on as they were written, numbers to the last digit, but so that every reader understands the same: whole
//! characters only, every key once, not deeper and not more than a reader may be asked to hold.

use crate::{
    bad_event::BadEvent,
    limits,
    shape::{Shape, last_values},
};
use bellwether_domain::{EventKind, RawEvent, RejectReason, json::whole_characters};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Objects within objects and lists, the outermost included.
const MAX_DEPTH: usize = 64;
/// Keys of all three together.
const MAX_KEYS: usize = 1_000;
/// Bytes of all three together, of an event that somebody sent. What files hold was bounded when they were read.
const MAX_BYTES: usize = 32 * 1024;

/// The documents of an event.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub traits: Option<Box<str>>,
    pub properties: Option<Box<str>>,
    pub context: Option<Box<str>>,
}

impl Documents {
    pub fn of(event: &RawEvent<'_>) -> Result<Self, BadEvent> {
        let mut budget = Budget { keys: 0, bytes: 0, bounded: event.received_at.is_some() };
        let properties = with_name(event, object(event.properties, "properties")?)?;
        Ok(Self {
            traits: budget.take("traits", object(event.traits, "traits")?.map(Cow::Borrowed))?,
            properties: budget.take("properties", properties)?,
            context: budget.take("context", object(event.context.as_deref(), "context")?.map(Cow::Borrowed))?,
        })
    }
}

fn object<'r>(raw: Option<&'r RawValue>, field: &'static str) -> Result<Option<&'r str>, BadEvent> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) if text.starts_with('{') => Ok(Some(text)),
        Some(_) => Err(BadEvent::new(field, format!("`{field}` must be a JSON object"))),
    }
}

/// The properties of a page or a screen hold its name and its category, wherever the library wrote them.
fn with_name<'r>(event: &RawEvent<'_>, properties: Option<&'r str>) -> Result<Option<Cow<'r, str>>, BadEvent> {
    if !matches!(event.kind, EventKind::Page | EventKind::Screen) {
        return Ok(properties.map(Cow::Borrowed));
    }
    let name = limits::name("name", event.name.as_deref())?;
    let category = limits::name("category", event.category.as_deref())?;
    let mut with_both = properties.map(Cow::Borrowed);
    for (key, value) in [("category", category), ("name", name)] {
        let Some(value) = value else { continue };
        // At the end, where it stands for whatever the key meant before.
        let before = with_both.as_deref().unwrap_or("{}");
        let before = before.strip_suffix('}').unwrap_or(before).trim_end();
        let comma = if before == "{" { "" } else { "," };
        with_both = Some(Cow::Owned(format!("{before}{comma}\"{key}\":{}}}", serde_json::Value::from(value))));
    }
    Ok(with_both)
}

/// What is left of the limits of an event.
struct Budget {
    keys: usize,
    bytes: usize,
    bounded: bool,
}

impl Budget {
    fn take(&mut self, field: &'static str, text: Option<Cow<'_, str>>) -> Result<Option<Box<str>>, BadEvent> {
        let Some(text) = text else { return Ok(None) };
        self.bytes += text.len();
        if self.bounded && self.bytes > MAX_BYTES {
            let why = format!("traits, properties and context have more than {MAX_BYTES} bytes together");
            return Err(BadEvent::with_reason(field, RejectReason::RowTooLong, why));
        }
        let text = whole_characters(&text);
        let shape = Shape::of(&text, MAX_DEPTH);
        if shape.depth > MAX_DEPTH {
            let why = format!("it has more than {MAX_DEPTH} objects and lists within each other");
            return Err(BadEvent::new(field, why));
        }
        self.keys += shape.keys;
        if self.keys > MAX_KEYS {
            let why = format!("traits, properties and context have more than {MAX_KEYS} keys together");
            return Err(BadEvent::new(field, why));
        }
        match shape.repeats_keys {
            true => last_values(&text).map(Some).map_err(|error| BadEvent::new(field, error.to_string())),
            false => Ok(Some(text.into())),
        }
    }
}
