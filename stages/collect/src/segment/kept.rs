//! What quarantine keeps of an event: enough to send it again, without the call that it came by.

use super::{
    MAX_EVENT,
    context::{Defaults, merged},
    event::Shared,
    fields::{each_field, is_object},
};
use bellwether_domain::kept_of_event;
use chrono::SecondsFormat;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The event as it came, and with it what its call said for it: the type that the address named, when the batch was sent,
/// and, where it `inherits`, the batch's circumstances. Where all that would be larger than an event may be, the event
/// alone is kept.
pub fn of_event<'a>(raw: &'a RawValue, shared: &Shared<'a, '_>, inherits: bool) -> Cow<'a, str> {
    let defaults = if inherits { shared.defaults } else { Defaults::default() };
    completed(raw, shared, defaults)
        .filter(|text| text.len() <= MAX_EVENT)
        .map_or_else(|| kept_of_event(raw.get()), Cow::Owned)
}

/// What an event says of the fields that its call can say for it.
#[derive(Default)]
struct Said<'a> {
    kind: bool,
    sent_at: bool,
    own: Defaults<'a>,
}

impl<'a> Said<'a> {
    fn of(raw: &'a RawValue) -> Option<Self> {
        let mut said = Self::default();
        each_field(raw.get(), |name, value| {
            let stated = (value.get() != "null").then_some(value);
            match &*name {
                "type" => said.kind = stated.is_some(),
                "sentAt" => said.sent_at = stated.is_some(),
                "context" => said.own.context = stated,
                "integrations" => said.own.integrations = stated,
                _ => {}
            }
        })
        .ok()?;
        Some(said)
    }
}

/// The event with what it lacks; `None` where it lacks nothing, or is no object.
fn completed(raw: &RawValue, shared: &Shared<'_, '_>, defaults: Defaults<'_>) -> Option<String> {
    if !is_object(raw) {
        return None;
    }
    let said = Said::of(raw)?;
    let mut added: Vec<(&str, String)> = Vec::new();
    if let Some(kind) = shared.kind.filter(|_| !said.kind) {
        added.push(("type", serde_json::to_string(&kind).ok()?));
    }
    if let Some(sent_at) = shared.sent_at.filter(|_| !said.sent_at) {
        added.push(("sentAt", format!("\"{}\"", sent_at.to_rfc3339_opts(SecondsFormat::AutoSi, true))));
    }
    if defaults.bytes() > 0
        && let Some(context) = merged(said.own, defaults)
    {
        added.push(("context", context.get().to_owned()));
    }
    if added.is_empty() { None } else { with_fields(raw.get(), &added) }
}

/// An object with fields added, in place of those of the same names.
fn with_fields(object: &str, added: &[(&str, String)]) -> Option<String> {
    let mut text = String::with_capacity(object.len() + 100);
    let mut write = |name: &str, value: &str| {
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&serde_json::Value::from(name).to_string());
        text.push(':');
        text.push_str(value);
    };
    each_field(object, |name, value| {
        if !added.iter().any(|(other, _)| *other == name) {
            write(&name, value.get());
        }
    })
    .ok()?;
    added.iter().for_each(|(name, value)| write(name, value));
    text.push('}');
    Some(text)
}
