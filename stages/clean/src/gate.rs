//! Somebody who has a say about events that passed every other check, such as a tracking plan.

use crate::{bad_event::BadEvent, documents::Documents};
use bellwether_domain::{EventId, EventKind, OrderDocument, RawEvent, RawOrder, RejectReason};
use std::{borrow::Cow, sync::Arc};

/// Is asked about every event that is good as such, before anything of it counts.
pub trait Gate {
    /// Lets an event pass, or says why not.
    ///
    /// # Errors
    /// Why not. The event goes to [`crate::CleanBatch::refused`].
    fn ask(&mut self, event: &Candidate<'_>) -> Result<(), Refused>;
}

/// Lets everything pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

impl Gate for Open {
    fn ask(&mut self, _event: &Candidate<'_>) -> Result<(), Refused> {
        Ok(())
    }
}

/// An event, as far as a gate needs it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'e> {
    /// Which.
    pub id: EventId,
    /// Where it came from.
    pub source: &'e Arc<str>,
    /// Which of the six calls.
    pub kind: EventKind,
    /// The event's name, or the call's.
    pub name: &'e Arc<str>,
    /// The traits of `identify` and `group`, the properties of all others.
    pub stated: Option<&'e str>,
    /// The order that it carries.
    pub order: Option<&'e RawOrder<'e>>,
}

impl<'e> Candidate<'e> {
    pub(crate) fn new(id: EventId, event: &'e RawEvent<'_>, name: &'e Arc<str>, documents: &'e Documents) -> Self {
        let stated = match event.kind {
            EventKind::Identify | EventKind::Group => documents.traits.as_deref(),
            _ => documents.properties.as_deref(),
        };
        Self { id, source: &event.origin.source, kind: event.kind, name, stated, order: event.order.as_ref() }
    }

    /// What it says, as a JSON object: the traits of `identify` and `group`, the properties of all others, with the order that it
    /// carries.
    pub fn document(&self) -> Option<Cow<'e, str>> {
        match self.order {
            Some(order) => order.document(self.stated),
            None => self.stated.map(Cow::Borrowed),
        }
    }

    /// What the document is called.
    pub const fn document_name(&self) -> &'static str {
        match self.kind {
            EventKind::Identify | EventKind::Group => "traits",
            _ => "properties",
        }
    }
}

/// Why an event is not wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The field at fault, such as `properties.price`.
    pub field: String,
    /// Why, in a word.
    pub reason: RejectReason,
    /// Why, in a sentence.
    pub why: String,
}

impl Refused {
    pub(crate) fn bad_event(self, id: EventId) -> BadEvent {
        BadEvent { refused: Some(id), ..BadEvent::with_reason(self.field, self.reason, self.why) }
    }
}
