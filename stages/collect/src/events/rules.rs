//! The rules of a mapping, applied to a record.

use super::{
    changes::Style,
    fault::Fault,
    mapped::MappedEvent,
    object, order,
    record::{Element, View},
    time::{self, LastTime, TimeForm},
    value,
};
use crate::{
    mapping::{Condition, EventMapping, EventRule, ValueMapping},
    segment::{OrderCurrency, is_refund},
};
use bellwether_domain::{Origin, RejectReason};
use chrono::{DateTime, Utc};
use std::{borrow::Cow, sync::Arc};

/// So many events can come of one record.
const MAX_EVENTS: usize = 10_000;
/// What they may hold together, in bytes: otherwise a small record whose every element repeats it all could fill the memory.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Where a record came from.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub source: &'p Arc<str>,
    /// What its events' ids are made of, together with the line.
    pub identity: &'p [u8; 32],
    pub line: Option<u64>,
    /// The line, where it counts for ids; otherwise 0.
    pub id_line: u64,
    pub received_at: Option<DateTime<Utc>>,
    pub currency: Option<OrderCurrency<'p>>,
}

/// The rules, ready to be applied.
pub(super) struct Rules<'m, 's> {
    pub mapping: &'m EventMapping,
    pub style: &'s Style,
    /// For each rule.
    pub forms: &'s [TimeForm],
}

impl<'m> Rules<'m, '_> {
    /// The events of a record; none where a rule says that it is left out.
    pub fn apply<'r>(
        &self,
        view: &View<'_, 'r>,
        place: Place<'_>,
        last: &mut [LastTime],
    ) -> Result<Vec<MappedEvent<'r>>, Fault>
    where
        'm: 'r,
    {
        let mut events = Vec::new();
        let mut bytes = 0;
        let mut skipped = false;
        let mapping: &'m EventMapping = self.mapping;
        for (index, rule) in mapping.rules.iter().enumerate() {
            if rule.each.is_none() && !applies(&rule.when, view) {
                continue;
            }
            if rule.skip {
                skipped = true;
                break;
            }
            let before = events.len();
            let at = |element| At { rule, index, element, place };
            match (&rule.each, view) {
                (Some(each), View::Document { record, .. }) => {
                    for (number, raw) in view.elements(each)?.into_iter().enumerate() {
                        let element = Element::new(raw);
                        let view = View::Document { record, element: Some(&element) };
                        if applies(&rule.when, &view) {
                            let event = self.event(&view, at(number), &mut last[index]);
                            let event = event.map_err(|fault| within(fault, &each.text, number))?;
                            add(&mut events, &mut bytes, event)?;
                        }
                    }
                }
                _ => add(&mut events, &mut bytes, self.event(view, at(0), &mut last[index])?)?,
            }
            if mapping.first_only && events.len() > before {
                break;
            }
        }
        if events.is_empty() && !skipped {
            return Err(Fault::of_record(RejectReason::NotMapped, nothing_applies(mapping, view)));
        }
        Ok(events)
    }

    fn event<'r>(&self, view: &View<'_, 'r>, at: At<'m, '_>, last: &mut LastTime) -> Result<MappedEvent<'r>, Fault>
    where
        'm: 'r,
    {
        let (rule, place) = (at.rule, at.place);
        let word = |value: &'m Option<ValueMapping>| match value {
            Some(value) => value::word(value, view, self.style),
            None => Ok(None),
        };
        let event = event_name(rule, word(&rule.event)?)?;
        let (timestamp, utc_offset_minutes) = self.time(view, at, last)?;
        let order = match &rule.order {
            None => None,
            Some(order) => {
                let refund = event.as_deref().and_then(is_refund).unwrap_or(false);
                let line = place.line.unwrap_or(0);
                Some(order::read(order, refund, view, line, place.currency, self.style)?)
            }
        };
        let user_id = word(&rule.user_id)?;
        let mut anonymous_id = word(&rule.anonymous_id)?;
        if let (None, None, Some(order)) = (&user_id, &anonymous_id, &order) {
            // A sale to somebody unknown; nobody is guessed.
            anonymous_id = Some(Cow::Owned(format!("order:{}", order.order_id)));
        }
        if user_id.is_none() && anonymous_id.is_none() {
            return Err(nobody(rule));
        }
        let message_id = match word(&rule.message_id)? {
            Some(id) => id,
            None => Cow::Owned(at.derived_id()),
        };
        Ok(MappedEvent {
            message_id,
            kind: rule.kind,
            event,
            user_id,
            anonymous_id,
            group_id: needed(
                &rule.group_id,
                word(&rule.group_id)?,
                "a `group` says which company somebody belongs to",
            )?,
            previous_id: needed(
                &rule.previous_id,
                word(&rule.previous_id)?,
                "an `alias` says which id somebody had before",
            )?,
            name: word(&rule.name)?,
            category: word(&rule.category)?,
            timestamp,
            utc_offset_minutes,
            origin: Origin { source: place.source.clone(), line: place.line },
            received_at: place.received_at,
            order,
            traits: object::read(&rule.traits, view, self.style)?,
            properties: object::read(&rule.properties, view, self.style)?,
            context: object::read(&rule.context, view, self.style)?,
        })
    }

    fn time(&self, view: &View<'_, '_>, at: At<'_, '_>, last: &mut LastTime) -> Result<time::Moment, Fault> {
        let received_at = at.place.received_at;
        match (&at.rule.time, received_at) {
            (Some(time), _) => {
                let (moment, offset) = time::read(time, &self.forms[at.index], last, view, self.style)?;
                // Nothing happens after it arrived.
                Ok((received_at.map_or(moment, |received_at| moment.min(received_at)), offset))
            }
            (None, Some(received_at)) => Ok((received_at, 0)),
            (None, None) => Err(Fault::of_record(RejectReason::MissingField, "nothing says when it happened")),
        }
    }
}

/// What an event is made by.
#[derive(Clone, Copy)]
struct At<'m, 'p> {
    rule: &'m EventRule,
    index: usize,
    element: usize,
    place: Place<'p>,
}

impl At<'_, '_> {
    /// The same whenever the record is read again; another one for every rule and element.
    fn derived_id(&self) -> String {
        let mut place = [0; 56];
        place[..32].copy_from_slice(self.place.identity);
        place[32..40].copy_from_slice(&self.place.id_line.to_le_bytes());
        place[40..48].copy_from_slice(&(self.index as u64).to_le_bytes());
        place[48..].copy_from_slice(&(self.element as u64).to_le_bytes());
        blake3::hash(&place).to_hex()[..32].to_owned()
    }
}

fn applies(when: &[Condition], view: &View<'_, '_>) -> bool {
    when.iter().all(|condition| {
        let text = value::plain_text(view.find(&condition.column)).unwrap_or_default();
        condition.tests.iter().all(|test| test.holds(&text))
    })
}

fn event_name<'r>(rule: &EventRule, stated: Option<Cow<'r, str>>) -> Result<Option<Cow<'r, str>>, Fault> {
    match (stated, &rule.event) {
        (Some(name), _) => Ok(Some(name)),
        (None, None) if rule.order.is_some() => Ok(Some(Cow::Borrowed("Order Completed"))),
        (None, None) => Ok(None),
        (None, Some(event)) => Err(Fault::missing(value::label(event), "every `track` says what happened")),
    }
}

fn needed<'r>(
    mapping: &Option<ValueMapping>,
    value: Option<Cow<'r, str>>,
    why: &str,
) -> Result<Option<Cow<'r, str>>, Fault> {
    match (mapping, value) {
        (Some(mapping), None) => Err(Fault::missing(value::label(mapping), why)),
        (_, value) => Ok(value),
    }
}

fn nobody(rule: &EventRule) -> Fault {
    let labels: Vec<&str> = [&rule.user_id, &rule.anonymous_id].into_iter().flatten().map(value::label).collect();
    let why = match labels.as_slice() {
        [one, other] => format!("`{one}` and `{other}` are empty, so nobody knows whom it is about"),
        _ => "it is empty, so nobody knows whom it is about".to_owned(),
    };
    let field = labels.first().copied().unwrap_or("user_id");
    Fault::new(field, RejectReason::MissingField, why)
}

fn add<'r>(events: &mut Vec<MappedEvent<'r>>, bytes: &mut usize, event: MappedEvent<'r>) -> Result<(), Fault> {
    let objects = [&event.traits, &event.properties, &event.context];
    *bytes += objects.into_iter().flatten().map(|object| object.get().len()).sum::<usize>();
    events.push(event);
    if events.len() > MAX_EVENTS || *bytes > MAX_BYTES {
        let problem = format!(
            "the record would become more than {MAX_EVENTS} events or {MAX_BYTES} bytes; divide it into several records, or map fewer values of the whole record"
        );
        return Err(Fault::of_record(RejectReason::RowTooLong, problem));
    }
    Ok(())
}

fn within(fault: Fault, list: &str, index: usize) -> Fault {
    Fault { field: fault.field.map(|field| format!("{list}[{index}].{field}")), ..fault }
}

/// Says what the first conditions looked at, which is mostly enough to see what is missing.
fn nothing_applies(mapping: &EventMapping, view: &View<'_, '_>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for condition in mapping.rules.iter().filter(|rule| rule.each.is_none()).flat_map(|rule| &rule.when) {
        let text = value::plain_text(view.find(&condition.column)).unwrap_or_default();
        let one = format!("`{}` is `{}`", condition.column.text, super::fault::shown(&text));
        if !seen.contains(&one) && seen.len() < 3 {
            seen.push(one);
        }
    }
    let seen = if seen.is_empty() { String::new() } else { format!(" ({})", seen.join(", ")) };
    format!(
        "no rule of the mapping makes an event of it{seen}; add an [[event]] for such records, or one with skip = true to leave them out on purpose"
    )
}
