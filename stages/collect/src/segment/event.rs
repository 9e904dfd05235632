//! One event of a call.

use super::{
    MAX_EVENT,
    context::{Defaults, merged},
    fields::{each_field, is_object, text_of},
    moment::{self, Stated, happened_at},
    order::{self, OrderCurrency},
};
use bellwether_domain::{EventKind, Origin, RawEvent, RawOrder, RejectReason};
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::Arc};

/// What the events of a call share.
pub struct Shared<'a, 'c> {
    pub source: Arc<str>,
    pub received_at: DateTime<Utc>,
    /// The kind of events that do not say it themselves.
    pub kind: Option<EventKind>,
    pub sent_at: Option<DateTime<Utc>>,
    pub defaults: Defaults<'a>,
    pub currency: OrderCurrency<'c>,
}

/// Why an event cannot be used.
pub struct Fault {
    /// Such as `properties.products[1].price`; empty for the event as a whole.
    pub field: String,
    pub reason: RejectReason,
    /// A sentence.
    pub problem: String,
}

impl Fault {
    pub fn malformed(field: impl Into<String>, problem: String) -> Self {
        Self { field: field.into(), reason: RejectReason::Malformed, problem }
    }

    /// The same fault, seen from outside of the object that it lies in.
    pub fn within(self, place: &str) -> Self {
        let field = match self.field.as_str() {
            "" => place.to_owned(),
            field => format!("{place}.{field}"),
        };
        Self { field, ..self }
    }
}

/// A text or a number; `None` where it says nothing.
pub fn optional_text<'a>(field: &str, value: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, Fault> {
    let text = value.map_or(Ok(None), text_of);
    let text = text.map_err(|noun| Fault::malformed(field, format!("it must be a text or a number, and is {noun}")))?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

/// The fields of the specification, as they were written.
#[derive(Default)]
struct Fields<'a> {
    kind: Option<&'a RawValue>,
    message_id: Option<&'a RawValue>,
    user_id: Option<&'a RawValue>,
    anonymous_id: Option<&'a RawValue>,
    event: Option<&'a RawValue>,
    name: Option<&'a RawValue>,
    category: Option<&'a RawValue>,
    group_id: Option<&'a RawValue>,
    previous_id: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    original_timestamp: Option<&'a RawValue>,
    sent_at: Option<&'a RawValue>,
    traits: Option<&'a RawValue>,
    properties: Option<&'a RawValue>,
    own: Defaults<'a>,
}

impl<'a> Fields<'a> {
    fn read(raw: &'a RawValue) -> Result<Self, Fault> {
        let mut fields = Self::default();
        let read = each_field(raw.get(), |name, value| {
            // What is `null` is as if it were not there: libraries write it for what they do not know.
            let value = (value.get() != "null").then_some(value);
            match &*name {
                "type" => fields.kind = value,
                "messageId" => fields.message_id = value,
                "userId" => fields.user_id = value,
                "anonymousId" => fields.anonymous_id = value,
                "event" => fields.event = value,
                "name" => fields.name = value,
                "category" => fields.category = value,
                "groupId" => fields.group_id = value,
                "previousId" => fields.previous_id = value,
                "timestamp" => fields.timestamp = value,
                "originalTimestamp" => fields.original_timestamp = value,
                "sentAt" => fields.sent_at = value,
                "traits" => fields.traits = value,
                "properties" => fields.properties = value,
                "context" => fields.own.context = value,
                "integrations" => fields.own.integrations = value,
                _ => {}
            }
        });
        read.map(|()| fields).map_err(|error| Fault::malformed("", error.to_string()))
    }
}

/// Takes one event apart. `index` is its place in the call.
pub fn read<'a>(raw: &'a RawValue, index: usize, shared: &Shared<'a, '_>) -> Result<RawEvent<'a>, Fault> {
    check_form(raw)?;
    let fields = Fields::read(raw)?;
    let kind = read_kind(fields.kind, shared.kind)?;
    let (timestamp, utc_offset_minutes) = read_time(&fields, shared)?;
    let event = optional_text("event", fields.event)?;
    let message_id = match optional_text("messageId", fields.message_id)? {
        Some(id) => id,
        None => Cow::Owned(derived_id(raw, index, shared)),
    };
    Ok(RawEvent {
        message_id,
        kind,
        order: read_order(kind, event.as_deref(), fields.properties, shared.currency)?,
        event,
        user_id: optional_text("userId", fields.user_id)?,
        anonymous_id: optional_text("anonymousId", fields.anonymous_id)?,
        timestamp,
        utc_offset_minutes,
        origin: Origin { source: shared.source.clone(), line: None },
        traits: fields.traits,
        properties: fields.properties,
        received_at: Some(shared.received_at),
        context: merged(fields.own, shared.defaults),
        name: optional_text("name", fields.name)?,
        category: optional_text("category", fields.category)?,
        group_id: optional_text("groupId", fields.group_id)?,
        previous_id: optional_text("previousId", fields.previous_id)?,
    })
}

fn check_form(raw: &RawValue) -> Result<(), Fault> {
    let bytes = raw.get().len();
    if bytes > MAX_EVENT {
        let problem = format!("the event has {bytes} bytes, and {MAX_EVENT} are the most; send fewer properties");
        return Err(Fault { field: String::new(), reason: RejectReason::RowTooLong, problem });
    }
    if is_object(raw) { Ok(()) } else { Err(Fault::malformed("", "an event must be a JSON object".to_owned())) }
}

fn read_kind(own: Option<&RawValue>, call: Option<EventKind>) -> Result<EventKind, Fault> {
    const KINDS: &str = "identify, track, page, screen, group, alias";
    let Some(text) = optional_text("type", own)? else {
        return call.ok_or_else(|| Fault {
            field: "type".to_owned(),
            reason: RejectReason::MissingField,
            problem: format!("an event of a batch must say its type: one of {KINDS}"),
        });
    };
    match &*text {
        "identify" => Ok(EventKind::Identify),
        "track" => Ok(EventKind::Track),
        "page" => Ok(EventKind::Page),
        "screen" => Ok(EventKind::Screen),
        "group" => Ok(EventKind::Group),
        "alias" => Ok(EventKind::Alias),
        other => {
            let shown: String = other.chars().take(40).collect();
            Err(Fault::malformed("type", format!("`{shown}` is none of {KINDS}")))
        }
    }
}

fn read_time(fields: &Fields<'_>, shared: &Shared<'_, '_>) -> Result<(DateTime<Utc>, i16), Fault> {
    let (field, value) = match fields.original_timestamp {
        Some(value) => ("originalTimestamp", Some(value)),
        None => ("timestamp", fields.timestamp),
    };
    let stated = optional_text(field, value)?;
    let bad_date = |problem: String| Fault { field: field.to_owned(), reason: RejectReason::BadDate, problem };
    let shown = || stated.as_deref().unwrap_or_default().chars().take(40).collect::<String>();
    let read: Option<Stated> =
        match stated.as_deref() {
            None => None,
            Some(text) => Some(moment::read(text).ok_or_else(|| {
                bad_date(format!("`{}` is not a time; write it like 2026-11-22T02:25:39.878Z", shown()))
            })?),
        };
    let own_sent_at = fields.sent_at.and_then(read_sent_at);
    let moment = happened_at(shared.received_at, own_sent_at.or(shared.sent_at), read.map(|(moment, _)| moment));
    let moment = moment
        .ok_or_else(|| bad_date(format!("`{}` lies before 1900; leave the time out where it is not known", shown())))?;
    Ok((moment, read.map_or(0, |(_, offset)| offset)))
}

/// One that cannot be read says nothing about the clock: no reason to lose an event.
pub fn read_sent_at(value: &RawValue) -> Option<DateTime<Utc>> {
    let text = text_of(value).ok().flatten()?;
    moment::read(&text).map(|(moment, _)| moment)
}

fn read_order<'a>(
    kind: EventKind,
    event: Option<&str>,
    properties: Option<&'a RawValue>,
    currency: OrderCurrency<'_>,
) -> Result<Option<RawOrder<'a>>, Fault> {
    let refund = event.filter(|_| kind == EventKind::Track).and_then(order::is_refund);
    match (refund, properties) {
        (Some(refund), Some(properties)) => order::read(properties, refund, currency),
        _ => Ok(None),
    }
}

/// The same whenever the call is read again; another one for the same event in another call.
fn derived_id(raw: &RawValue, index: usize, shared: &Shared<'_, '_>) -> String {
    let mut digest = blake3::Hasher::new();
    digest.update(&(shared.source.len() as u64).to_le_bytes()).update(shared.source.as_bytes());
    digest.update(&shared.received_at.timestamp_micros().to_le_bytes()).update(&(index as u64).to_le_bytes());
    digest.update(raw.get().as_bytes());
    digest.finalize().to_hex()[..32].to_owned()
}
