//! The plan as a whole: which entry an event belongs to, and what it says.

use crate::{Schema, SchemaError};
use bellwether_domain::{PlanChange, PlanKey, PlanMode, PlanProblem, PlanVersion};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Entries of a plan at the most. Every entry is a compiled schema in memory, and a label of a metric.
pub const MAX_ENTRIES: usize = 500;

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
    schema: Schema,
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
    /// that cannot be compiled, because another version of the program took them, are left out and named.
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
            let entry = known.map(|entry| Ok(Arc::clone(entry))).unwrap_or_else(|| {
                let schema = Schema::parse(content.schema.as_deref().unwrap_or("{}"))?;
                Ok(Arc::new(Entry { version: change.version, mode: content.mode, schema }))
            });
            match entry {
                Ok(entry) => plan.add(key, entry),
                Err(error) => broken.push((key.clone(), error)),
            }
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
                problems: problems(&entry.schema, document.unwrap_or("{}")),
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

fn problems(schema: &Schema, document: &str) -> Vec<PlanProblem> {
    match serde_json::from_str::<Value>(document) {
        Ok(document) => schema.problems(&document),
        // Such as a number with 400 digits: JSON, and no value that a rule could be held against.
        Err(error) => {
            let message = format!("it cannot be held against a schema: {error}");
            vec![PlanProblem { path: String::new(), rule: "type".to_owned(), message }]
        }
    }
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
    fn a_broken_entry_is_named_and_the_others_count() {
        let broken = change(1, Some(("A", None)), Some((PlanMode::Reject, r#"{"type":"numbr"}"#)));
        let good = change(2, Some(("B", None)), Some((PlanMode::Watch, ANY)));
        let (plan, broken) = TrackingPlan::new(&[broken, good], &TrackingPlan::default());
        assert_eq!((broken[0].0.event.as_str(), broken[0].1.pointer.as_str()), ("A", "/type"));
        assert_eq!((plan.entries(), plan.judge("web", "A", None).planned), (1, false));
    }

    #[test]
    fn a_number_that_no_value_can_hold_is_a_problem_and_no_panic() {
        let plan = plan(&[change(1, Some(("Seen", None)), Some((PlanMode::Flag, ANY)))]);
        assert_eq!(rules(&plan.judge("web", "Seen", Some(r#"{"a":1e999}"#))), ["type"]);
    }
}
