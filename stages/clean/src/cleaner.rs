//! Raw events in, clean events and rejects out.

use crate::{
    catalogue::Catalogue,
    lines::{Findings, LineRules, OrderContext},
    rules::{Counts, Rule},
};
use bellwether_domain::{
    CleanEvent, EventId, EventKind, Item, ItemRules, Order, OrderKind, RawEvent, Reject, RejectReason, RuleCount,
    SubjectId,
};
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
}

/// The subject that a source's user id stands for.
pub fn subject_of(user_id: &str) -> SubjectId {
    SubjectId::derive(&[b"user", user_id.as_bytes()])
}

impl Cleaner {
    /// A cleaner with a shop's rules.
    pub fn new(rules: &ItemRules) -> Self {
        Self { lines: LineRules::new(rules), completed: "Order Completed".into(), refunded: "Order Refunded".into() }
    }

    /// Cleans events.
    pub fn clean_batch<'a>(&mut self, events: impl IntoIterator<Item = RawEvent<'a>>) -> CleanBatch {
        let mut batch = CleanBatch::default();
        let (mut counts, mut catalogue) = (Counts::default(), Catalogue::default());
        for event in events {
            counts.of_source(&event.origin.source);
            let mut findings = Findings { counts: &mut counts, catalogue: &mut catalogue, rejects: &mut batch.rejects };
            match self.clean(&event, &mut findings) {
                Ok(clean) => batch.events.push(clean),
                Err(why) => {
                    counts.add(
                        Rule::BadEvent,
                        event.order.as_ref().map_or(1, |order| order.products.len().max(1) as u64),
                    );
                    batch.rejects.push(bad_event(&event, &why));
                }
            }
        }
        batch.rule_counts = counts.finish();
        batch.items = catalogue.finish();
        batch
    }

    fn clean(&mut self, event: &RawEvent<'_>, findings: &mut Findings<'_>) -> Result<CleanEvent, BadEvent> {
        if event.message_id.trim().is_empty() {
            return Err(BadEvent {
                field: "messageId",
                why: "it is empty, but it is what tells an event from its copies".to_owned(),
            });
        }
        let user_id = event.user_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let subject = subject(user_id, event.anonymous_id.as_deref())?;
        let name = self.name(event)?;
        let (traits, properties) = (json_object(event.traits, "traits")?, json_object(event.properties, "properties")?);
        // The last check, because it counts: an event is counted once, as good or as bad.
        let order = self.order(event, &name, user_id.is_some(), findings)?;
        Ok(CleanEvent {
            id: EventId::derive(&[event.message_id.as_bytes()]),
            subject,
            user_id: user_id.map(CompactString::from),
            kind: event.kind,
            name,
            time: event.timestamp,
            utc_offset_minutes: event.utc_offset_minutes,
            origin: event.origin.clone(),
            order,
            traits,
            properties,
        })
    }

    fn name(&self, event: &RawEvent<'_>) -> Result<Arc<str>, BadEvent> {
        if event.kind != EventKind::Track {
            return Ok(kind_name(event.kind).into());
        }
        match event.event.as_deref().map(str::trim).unwrap_or_default() {
            "" => Err(BadEvent {
                field: "event",
                why: "a `track` call must say what happened, for example `Order Completed`".to_owned(),
            }),
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
                return Err(BadEvent { field: "order", why });
            }
        };
        if raw.order_id.trim().is_empty() {
            return Err(BadEvent { field: "order_id", why: "it is empty, but every order has a number".to_owned() });
        }
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

/// Why an event cannot be used.
struct BadEvent {
    field: &'static str,
    why: String,
}

fn subject(user_id: Option<&str>, anonymous_id: Option<&str>) -> Result<Option<SubjectId>, BadEvent> {
    let anonymous_id = anonymous_id.map(str::trim).filter(|id| !id.is_empty());
    match (user_id, anonymous_id) {
        (Some(user), _) => Ok(Some(subject_of(user))),
        (None, Some(id)) if id.starts_with(ONE_SALE) => Ok(None),
        (None, Some(id)) => Ok(Some(SubjectId::derive(&[b"anonymous", id.as_bytes()]))),
        (None, None) => Err(BadEvent {
            field: "userId",
            why: "neither `userId` nor `anonymousId` says whom the event is about".to_owned(),
        }),
    }
}

fn json_object(raw: Option<&RawValue>, field: &'static str) -> Result<Option<Box<str>>, BadEvent> {
    match raw.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(text) if text.starts_with('{') => Ok(Some(text.into())),
        Some(_) => Err(BadEvent { field, why: format!("`{field}` must be a JSON object") }),
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

fn bad_event(event: &RawEvent<'_>, bad: &BadEvent) -> Reject {
    let content = serde_json::to_string(event).unwrap_or_default();
    Reject {
        origin: event.origin.clone(),
        field: Some(bad.field.to_owned()),
        reason: RejectReason::Malformed,
        detail: format!("event `{}`, `{}`: {}", event.message_id, bad.field, bad.why),
        content: content.chars().take(2000).collect(),
    }
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
