//! The plan as a whole: which entry an event belongs to, and what it says.

use crate::{Schema, SchemaError, bounds};
use bellwether_domain::{PlanChange, PlanKey, PlanMode, PlanProblem, PlanVersion};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Entries of a plan at the most. Every entry is a compiled schema in memory, and a label of a metric.
const MAX_ENTRIES: usize = 500;
/// Patterns of all entries together. Each may take 64 KiB, and about as much again while it is matched.
const MAX_PATTERNS: usize = 500;

/// A plan is more than is kept in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the plan would have {count} {what}, and {most} are the most")]
pub struct TooMany {
    what: &'static str,
    count: usize,
    most: usize,
}

/// Whether a plan of these schemas is small enough to be kept in memory.
///
/// # Errors
/// What there is too much of.
pub fn check_size<'s>(schemas: impl IntoIterator<Item = &'s Value>) -> Result<(), TooMany> {
    let (mut entries, mut patterns) = (0, 0);
    for schema in schemas {
        entries += 1;
        // One that cannot be taken is refused for itself.
        patterns += bounds::check(schema).map_or(0, |cost| cost.patterns);
    }
    match (entries, patterns) {
        (count, _) if count > MAX_ENTRIES => Err(TooMany { what: "entries", count, most: MAX_ENTRIES }),
        (_, count) if count > MAX_PATTERNS => Err(TooMany { what: "patterns", count, most: MAX_PATTERNS }),
        _ => Ok(()),
    }
}

/// All entries, compiled. The default names no event and watches none: it costs nothing.
#[derive(Debug)]
pub struct TrackingPlan {
    version: PlanVersion,
    unplanned: PlanMode,
    /// The version of the change that said so.
    unplanned_since: PlanVersion,
    entries: BTreeMap<PlanKey, Arc<Entry>>,
    /// The same by event: those of a source by its name, that of all sources by the empty one.
    by_event: HashMap<Box<str>, HashMap<Box<str>, Arc<Entry>>>,
}

impl Default for TrackingPlan {
    fn default() -> Self {
        Self {
            version: PlanVersion::default(),
            unplanned: PlanMode::Watch,
            unplanned_since: PlanVersion::default(),
            entries: BTreeMap::new(),
            by_event: HashMap::new(),
        }
    }
}

#[derive(Debug)]
struct Entry {
    version: PlanVersion,
    mode: PlanMode,
    /// None where it cannot be used.
    schema: Option<Schema>,
}

/// What the plan says of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether the plan names it.
    pub planned: bool,
    /// What happens where something is wrong.
    pub mode: PlanMode,
    /// The version of what decided.
    pub version: PlanVersion,
    /// What is wrong; empty where nothing is.
    pub problems: Vec<PlanProblem>,
}

impl TrackingPlan {
    /// The plan that the last change of each entry makes. What has not changed since `before` is not compiled again. Entries
    /// that cannot be compiled, because another version of the program took them, are named; their events are only watched
    /// until somebody mends them, since to treat them as unplanned could turn all of them away.
    pub fn new(changes: &[PlanChange], before: &Self) -> (Self, Vec<(PlanKey, SchemaError)>) {
        let (mut plan, mut broken) = (Self::default(), Vec::new());
        for change in changes {
            plan.version = plan.version.max(change.version);
            let Some(content) = &change.content else { continue };
            let Some(key) = &change.key else {
                (plan.unplanned, plan.unplanned_since) = (content.mode, change.version);
                continue;
            };
            let known = before.entries.get(key).filter(|entry| entry.version == change.version);
            if let Some(entry) = known {
                plan.add(key, Arc::clone(entry));
                continue;
            }
            let schema = Schema::parse(content.schema.as_deref().unwrap_or("{}"));
            let mode = if schema.is_ok() { content.mode } else { PlanMode::Watch };
            let schema = schema.map_err(|error| broken.push((key.clone(), error))).ok();
            plan.add(key, Arc::new(Entry { version: change.version, mode, schema }));
        }
        (plan, broken)
    }

    fn add(&mut self, key: &PlanKey, entry: Arc<Entry>) {
        let source = key.source.as_deref().unwrap_or_default();
        self.by_event.entry(key.event.as_str().into()).or_default().insert(source.into(), Arc::clone(&entry));
        self.entries.insert(key.clone(), entry);
    }

    /// The last change that it has seen.
    pub const fn version(&self) -> PlanVersion {
        self.version
    }

    /// How many entries there are.
    pub fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has nothing to say about any event.
    pub fn is_silent(&self) -> bool {
        self.entries.is_empty() && self.unplanned == PlanMode::Watch
    }

    /// Holds an event against the plan. `document` is its properties, or the traits of `identify` and `group`; without any
    /// it is an empty object.
    pub fn judge(&self, source: &str, event: &str, document: Option<&str>) -> Judged {
        let of_event = self.by_event.get(event);
        let entry = of_event.and_then(|sources| sources.get(source).or_else(|| sources.get("")));
        match entry {
            Some(entry) => Judged {
                planned: true,
                mode: entry.mode,
                version: entry.version,
                problems: entry
                    .schema
                    .as_ref()
                    .map_or_else(Vec::new, |schema| schema.problems_of_text(document.unwrap_or("{}"))),
            },
            None => Judged {
                planned: false,
                mode: self.unplanned,
                version: self.unplanned_since,
                problems: vec![unplanned()],
            },
        }
    }
}

fn unplanned() -> PlanProblem {
    let message = "the tracking plan does not name this event; add it to the plan, or let its sender leave it out";
    PlanProblem { path: String::new(), rule: PlanProblem::UNPLANNED.to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::PlanContent;
    use chrono::DateTime;

    fn change(version: u64, key: Option<(&str, Option<&str>)>, content: Option<(PlanMode, &str)>) -> PlanChange {
        PlanChange {
            version: PlanVersion(version),
            key: key.map(|(event, source)| PlanKey { event: event.to_owned(), source: source.map(str::to_owned) }),
            content: content.map(|(mode, schema)| PlanContent { mode, schema: Some(schema.to_owned()) }),
            author: String::new(),
            note: String::new(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn plan(changes: &[PlanChange]) -> TrackingPlan {
        let (plan, broken) = TrackingPlan::new(changes, &TrackingPlan::default());
        assert_eq!(broken, []);
        plan
    }

    fn rules(judged: &Judged) -> Vec<&str> {
        judged.problems.iter().map(|problem| &*problem.rule).collect()
    }

    const PRICE: &str = r#"{"required":["price"]}"#;
    const ANY: &str = "{}";

    #[test]
    fn the_entry_of_a_source_goes_before_that_of_all() {
        let all = change(1, Some(("Seen", None)), Some((PlanMode::Flag, PRICE)));
        let till = change(2, Some(("Seen", Some("till"))), Some((PlanMode::Reject, ANY)));
        let plan = plan(&[all, till]);
        let judged = plan.judge("till", "Seen", None);
        assert_eq!((judged.mode, judged.version.0, judged.problems.len()), (PlanMode::Reject, 2, 0));
        let judged = plan.judge("web", "Seen", None);
        assert_eq!((judged.mode, judged.version.0, &*rules(&judged)), (PlanMode::Flag, 1, &["required"][..]));
        assert_eq!(plan.judge("web", "Seen", Some(r#"{"price":1}"#)).problems, []);
    }

    #[test]
    fn what_the_plan_does_not_name_follows_the_policy() {
        let seen = || change(1, Some(("Seen", Some("till"))), Some((PlanMode::Reject, ANY)));
        let judged = plan(&[seen()]).judge("web", "Seen", None);
        assert_eq!((judged.planned, judged.mode, &*rules(&judged)), (false, PlanMode::Watch, &["unplanned"][..]));
        let policy = PlanChange { version: PlanVersion(7), ..change(0, None, Some((PlanMode::Reject, ""))) };
        let judged = plan(&[policy, seen()]).judge("web", "Other", None);
        assert_eq!((judged.planned, judged.mode, judged.version.0), (false, PlanMode::Reject, 7));
    }

    #[test]
    fn no_plan_says_nothing() {
        assert!(TrackingPlan::default().is_silent());
        assert!(plan(&[change(1, Some(("Seen", None)), None)]).is_silent(), "what was taken out is gone");
        assert!(!plan(&[change(1, None, Some((PlanMode::Flag, "")))]).is_silent());
        assert!(!plan(&[change(1, Some(("Seen", None)), Some((PlanMode::Watch, ANY)))]).is_silent());
    }

    #[test]
    fn what_has_not_changed_is_not_compiled_again() {
        let changes = [
            change(1, Some(("A", None)), Some((PlanMode::Watch, PRICE))),
            change(2, Some(("B", None)), Some((PlanMode::Watch, PRICE))),
        ];
        let before = plan(&changes);
        let [a, _] = changes;
        let (after, _) = TrackingPlan::new(&[a, change(3, Some(("B", None)), Some((PlanMode::Flag, PRICE)))], &before);
        let same = |event: &str| {
            let of = |plan: &TrackingPlan| Arc::as_ptr(&plan.by_event[event][""]);
            of(&before) == of(&after)
        };
        assert!(same("A") && !same("B"));
        assert_eq!(after.version().0, 3);
    }

    #[test]
    fn a_plan_of_many_patterns_is_too_much_memory() {
        let schema = |patterns: usize| {
            let named = (0..patterns).map(|n| (format!("a{n}"), serde_json::json!({"pattern": "a"})));
            serde_json::json!({"properties": named.collect::<serde_json::Map<_, _>>()})
        };
        assert_eq!(check_size(&vec![schema(50); 10]), Ok(()));
        let error = check_size(&vec![schema(50); 11]).unwrap_err().to_string();
        assert_eq!(error, "the plan would have 550 patterns, and 500 are the most");
        assert!(check_size(&vec![schema(0); MAX_ENTRIES + 1]).unwrap_err().to_string().contains("501 entries"));
    }

    #[test]
    fn a_broken_entry_is_named_and_its_events_are_watched() {
        let broken = change(1, Some(("A", None)), Some((PlanMode::Reject, r#"{"type":"numbr"}"#)));
        let good = change(2, Some(("B", None)), Some((PlanMode::Watch, ANY)));
        let policy = change(3, None, Some((PlanMode::Reject, "")));
        let (plan, broken) = TrackingPlan::new(&[broken, good, policy], &TrackingPlan::default());
        assert_eq!((broken[0].0.event.as_str(), broken[0].1.pointer.as_str()), ("A", "/type"));
        let judged = plan.judge("web", "A", None);
        assert_eq!((plan.entries(), judged.planned, judged.mode, judged.problems), (2, true, PlanMode::Watch, vec![]));
    }

    #[test]
    fn a_number_that_no_value_can_hold_is_a_problem_and_no_panic() {
        let plan = plan(&[change(1, Some(("Seen", None)), Some((PlanMode::Flag, ANY)))]);
        assert_eq!(rules(&plan.judge("web", "Seen", Some(r#"{"a":1e999}"#))), ["type"]);
    }
}
