//! A call as the events that it holds.

use super::{
    MAX_BODY, MAX_INHERITED,
    context::Defaults,
    event::{self, Fault, Shared, read_sent_at},
    fields::each_field,
    kept,
    order::OrderCurrency,
};
use bellwether_domain::{Origin, RawEvent, ReceivedCall, Reject, RejectReason, kept_of_row};
use serde_json::value::RawValue;
use std::{iter::Enumerate, vec::IntoIter};

/// The events of a call in order, each either usable or with its reason.
pub struct Events<'a, 'c> {
    shared: Shared<'a, 'c>,
    is_batch: bool,
    elements: Enumerate<IntoIter<&'a RawValue>>,
    /// What the batch's own context has come to so far.
    inherited: usize,
    /// Why there are no events at all.
    broken: Option<Reject>,
}

/// Takes a call apart. It gives as many items as [`check`](super::check) counted, and texts borrow from the call wherever
/// they hold no escape. A body that `check` would have refused is one reject.
pub fn events<'a, 'c>(call: &ReceivedCall<'a>, currency: OrderCurrency<'c>) -> Events<'a, 'c> {
    let parts = match call.kind {
        Some(_) => serde_json::from_str(call.body).map(|event| Parts { events: vec![event], ..Parts::default() }),
        None => Parts::of_batch(call.body),
    };
    let (parts, broken) = match parts {
        Ok(parts) => (parts, None),
        Err(error) => (Parts::default(), Some(unreadable(call, &error))),
    };
    Events {
        shared: Shared {
            source: call.source.clone(),
            received_at: call.received_at,
            kind: call.kind,
            sent_at: parts.sent_at.and_then(read_sent_at),
            defaults: parts.defaults,
            currency,
        },
        is_batch: call.kind.is_none(),
        elements: parts.events.into_iter().enumerate(),
        inherited: 0,
        broken,
    }
}

/// The parts of a batch, as they were written.
#[derive(Default)]
struct Parts<'a> {
    events: Vec<&'a RawValue>,
    sent_at: Option<&'a RawValue>,
    defaults: Defaults<'a>,
}

impl<'a> Parts<'a> {
    fn of_batch(body: &'a str) -> Result<Self, serde_json::Error> {
        let (mut parts, mut batch) = (Self::default(), None);
        each_field(body, |name, value| {
            let stated = (value.get() != "null").then_some(value);
            match &*name {
                "batch" => batch = Some(value),
                "sentAt" => parts.sent_at = stated,
                "context" => parts.defaults.context = stated,
                "integrations" => parts.defaults.integrations = stated,
                _ => {}
            }
        })?;
        parts.events = serde_json::from_str(batch.map_or("", RawValue::get))?;
        Ok(parts)
    }
}

impl<'a> Iterator for Events<'a, '_> {
    type Item = Result<RawEvent<'a>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(reject) = self.broken.take() {
            return Some(Err(reject));
        }
        let (index, raw) = self.elements.next()?;
        Some(self.read(index, raw).map_err(|fault| self.reject(index, raw, fault)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.elements.len() + usize::from(self.broken.is_some());
        (left, Some(left))
    }
}

impl ExactSizeIterator for Events<'_, '_> {}

impl<'a> Events<'a, '_> {
    fn read(&mut self, index: usize, raw: &'a RawValue) -> Result<RawEvent<'a>, Fault> {
        self.inherited += self.shared.defaults.bytes();
        if self.inherited > MAX_INHERITED {
            let problem = format!(
                "the context of the batch, added to each of its events, comes to more than {MAX_INHERITED} bytes; send it with the events, or fewer events (a body has {MAX_BODY} bytes at the most)"
            );
            return Err(Fault { field: "context".to_owned(), reason: RejectReason::RowTooLong, problem });
        }
        event::read(raw, index, &self.shared)
    }

    fn reject(&self, index: usize, raw: &RawValue, fault: Fault) -> Reject {
        let place = match self.is_batch {
            true => format!("event {} of the batch", index + 1),
            false => "the event".to_owned(),
        };
        let detail = match fault.field.as_str() {
            "" => format!("{place}: {}", fault.problem),
            field => format!("{place}, `{field}`: {}", fault.problem),
        };
        // Beyond the limit what events inherit is not added to what is kept of them either.
        let inherits = self.inherited <= MAX_INHERITED;
        Reject {
            origin: Origin { source: self.shared.source.clone(), line: None },
            field: Some(fault.field).filter(|field| !field.is_empty()),
            reason: fault.reason,
            detail,
            content: kept::of_event(raw, &self.shared, inherits).into_owned(),
            received_at: Some(self.shared.received_at),
        }
    }
}

fn unreadable(call: &ReceivedCall<'_>, error: &serde_json::Error) -> Reject {
    Reject {
        origin: Origin { source: call.source.clone(), line: None },
        field: None,
        reason: RejectReason::Malformed,
        detail: format!("the body holds no events ({error}); send {{\"batch\": [ … ]}}, or one event as an object"),
        content: kept_of_row(call.body),
        received_at: Some(call.received_at),
    }
}
