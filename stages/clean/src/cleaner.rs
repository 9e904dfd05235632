//! Raw events in, clean events and rejects out.

use crate::{
    bad_event::BadEvent,
    catalogue::Catalogue,
    documents::Documents,
    gate::{Candidate, Gate},
    limits,
    lines::{Findings, LineRules, OrderContext},
    rules::{Counts, Rule},
};
use bellwether_domain::{
    CleanEvent, EventId, EventKind, Item, ItemRules, Order, OrderKind, RawEvent, Reject, RuleCount, SubjectId, feedback,
};
use chrono::SubsecRound;
use compact_str::CompactString;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What an anonymous buyer's id begins with, when it stands for one order and not for a person.
const ONE_SALE: &str = "order:";

/// Cleans events by a shop's rules. It remembers names for speed only: the answer does not depend on what came before.
#[derive(Debug, Clone)]
pub struct Cleaner {
    lines: LineRules,
    completed: Arc<str>,
    refunded: Arc<str>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct CleanBatch {
    /// The events that passed, in the order in which they came.
    pub events: Vec<CleanEvent>,
    /// Rows and events that did not.
    pub rejects: Vec<Reject>,
    /// How many rows each rule touched, by source; see [`Rule`].
    pub rule_counts: Vec<RuleCount>,
    /// Every item that was seen, merged within the batch; see [`crate::merge_item`] for merging with others.
    pub items: Vec<Item>,
    /// Events that passed every check and that the [`Gate`] does not want, with their ids.
    pub refused: Vec<(EventId, Reject)>,
}

/// The subject that a source's user id stands for.
pub fn subject_of(user_id: &str) -> SubjectId {
    SubjectId::derive(&[b"user", user_id.as_bytes()])
}

/// The subject that a visitor stands for of whom nobody knows a user id.
pub fn subject_of_visitor(anonymous_id: &str) -> SubjectId {
    SubjectId::derive(&[b"anonymous", anonymous_id.as_bytes()])
}

/// The id that an event is known by. Message ids are their senders' own affair: two senders, two files and two tables may number
/// alike.
pub fn event_id(event: &RawEvent<'_>) -> EventId {
    EventId::derive(&[event.origin.source.as_bytes(), event.message_id.as_bytes()])
}

impl Cleaner {
    /// A cleaner with a shop's rules.
    pub fn new(rules: &ItemRules) -> Self {
        Self { lines: LineRules::new(rules), completed: "Order Completed".into(), refunded: "Order Refunded".into() }
    }

    /// Cleans events.
    pub fn clean_batch<'a>(&mut self, events: impl IntoIterator<Item = RawEvent<'a>>) -> CleanBatch {
        self.clean_batch_behind(events, &mut crate::gate::Open)
    }

    /// Cleans events, and asks somebody about those that passed.
    pub fn clean_batch_behind<'a>(
        &mut self,
        events: impl IntoIterator<Item = RawEvent<'a>>,
        gate: &mut dyn Gate,
    ) -> CleanBatch {
        let mut batch = CleanBatch::default();
        let (mut counts, mut catalogue) = (Counts::default(), Catalogue::default());
        for event in events {
            counts.of_source(&event.origin.source);
            let mut findings = Findings { counts: &mut counts, catalogue: &mut catalogue, rejects: &mut batch.rejects };
            match self.clean(&event, gate, &mut findings) {
                Ok(clean) => batch.events.push(clean),
                Err(why) => match why.refused {
                    Some(id) => batch.refused.push((id, why.reject(&event))),
                    None => {
                        counts.add(
                            Rule::BadEvent,
                            event.order.as_ref().map_or(1, |order| order.products.len().max(1) as u64),
                        );
                        batch.rejects.push(why.reject(&event));
                    }
                },
            }
        }
        batch.rule_counts = counts.finish();
        batch.items = catalogue.finish();
        batch
    }

    fn clean(
        &mut self,
        event: &RawEvent<'_>,
        gate: &mut dyn Gate,
        findings: &mut Findings<'_>,
    ) -> Result<CleanEvent, BadEvent> {
        if limits::id("messageId", Some(&*event.message_id))?.is_none() {
            return Err(BadEvent::new("messageId", "it is empty, but it is what tells an event from its copies"));
        }
        let ids = Ids::of(event)?;
        let name = self.name(event)?;
        let documents = Documents::of(event)?;
        let id = event_id(event);
        gate.ask(&Candidate::new(id, event, &name, &documents)).map_err(|refused| refused.bad_event(id))?;
        // The last check, because it counts: an event is counted once, as good or as bad.
        let order = self.order(event, &name, ids.user.is_some(), findings)?;
        Ok(CleanEvent {
            id,
            subject: ids.subject,
            user_id: ids.user.map(CompactString::from),
            kind: event.kind,
            name,
            // As files and the Store keep it: what comes of an event must not depend on where it was read.
            time: event.timestamp.trunc_subsecs(6),
            utc_offset_minutes: event.utc_offset_minutes,
            origin: event.origin.clone(),
            order,
            traits: documents.traits,
            properties: documents.properties,
            received_at: event.received_at,
            anonymous_id: ids.visitor.map(CompactString::from),
            group_id: ids.group.map(CompactString::from),
            previous_id: ids.previous.map(CompactString::from),
            context: documents.context,
            bot_probability: None,
        })
    }

    fn name(&self, event: &RawEvent<'_>) -> Result<Arc<str>, BadEvent> {
        if event.kind != EventKind::Track {
            return Ok(kind_name(event.kind).into());
        }
        match limits::name("event", event.event.as_deref())?.unwrap_or_default() {
            "" => {
                let why = "a `track` call must say what happened, for example `Order Completed`";
                Err(BadEvent::new("event", why))
            }
            "Order Completed" => Ok(self.completed.clone()),
            "Order Refunded" => Ok(self.refunded.clone()),
            other => Ok(other.into()),
        }
    }

    fn order(
        &mut self,
        event: &RawEvent<'_>,
        name: &str,
        known_customer: bool,
        findings: &mut Findings<'_>,
    ) -> Result<Option<Order>, BadEvent> {
        let Some(raw) = &event.order else { return Ok(None) };
        let kind = match name {
            "Order Completed" => OrderKind::Completed,
            "Order Refunded" | "Order Cancelled" => OrderKind::Refunded,
            other => {
                let why = format!(
                    "an event `{other}` cannot carry an order; `Order Completed`, `Order Refunded` and `Order Cancelled` can"
                );
                return Err(BadEvent::new("order", why));
            }
        };
        if raw.order_id.trim().is_empty() {
            return Err(BadEvent::new("order_id", "it is empty, but every order has a number"));
        }
        limits::order(raw)?;
        let distinct_lines = distinct_lines(event.properties);
        let context = OrderContext {
            kind,
            known_customer,
            time: event.timestamp,
            origin: &event.origin,
            distinct_lines: &distinct_lines,
        };
        Ok(Some(self.lines.order(raw, &context, findings)))
    }
}

/// Whom an event is about, without blanks.
struct Ids<'e> {
    subject: Option<SubjectId>,
    user: Option<&'e str>,
    /// Without those that stand for one sale, a message or a mailbox.
    visitor: Option<&'e str>,
    group: Option<&'e str>,
    previous: Option<&'e str>,
}

impl<'e> Ids<'e> {
    fn of(event: &'e RawEvent<'_>) -> Result<Self, BadEvent> {
        let user = limits::id("userId", event.user_id.as_deref())?;
        let anonymous = limits::id("anonymousId", event.anonymous_id.as_deref())?;
        if user.is_none() && anonymous.is_none() {
            return Err(BadEvent::new("userId", "neither `userId` nor `anonymousId` says whom the event is about"));
        }
        let visitor = anonymous.filter(|id| !id.starts_with(ONE_SALE) && !feedback::is_of_message(id));
        let group = limits::id("groupId", event.group_id.as_deref())?;
        let previous = limits::id("previousId", event.previous_id.as_deref())?;
        match event.kind {
            EventKind::Group if group.is_none() => {
                Err(BadEvent::new("groupId", "a `group` call must say which company somebody belongs to"))
            }
            EventKind::Alias if previous.is_none() => {
                Err(BadEvent::new("previousId", "an `alias` call must say which id somebody had before"))
            }
            _ => {
                let subject = user.map(subject_of).or_else(|| visitor.map(subject_of_visitor));
                Ok(Self { subject, user, visitor, group, previous })
            }
        }
    }
}

/// What the reader of a file says about lines that look alike; see `OrderContext::distinct_lines`.
fn distinct_lines(properties: Option<&RawValue>) -> Vec<u64> {
    #[derive(Deserialize)]
    struct Properties {
        #[serde(default)]
        distinct_lines: Vec<u64>,
    }
    let mut lines = properties
        .filter(|raw| raw.get().contains("\"distinct_lines\""))
        .and_then(|raw| serde_json::from_str::<Properties>(raw.get()).ok())
        .map_or_else(Vec::new, |properties| properties.distinct_lines);
    lines.sort_unstable();
    lines
}

const fn kind_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Identify => "identify",
        EventKind::Track => "track",
        EventKind::Page => "page",
        EventKind::Screen => "screen",
        EventKind::Group => "group",
        EventKind::Alias => "alias",
    }
}
