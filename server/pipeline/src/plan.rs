//! Events held against the tracking plan while they are taken apart, and what the Store is told of it.
//!
//! A batch is held against one plan, the one that is in force when its turn comes. What is found is counted only for events
//! that were not there before, and committed in the transaction that commits the events themselves.

use bellwether_clean::{Candidate, CleanBatch, Gate, Refused, Rule};
use bellwether_domain::{
    EventId, PlanActivity, PlanMark, PlanMode, PlanProblem, PlanRefusal, Reject, RejectReason, RuleCount,
};
use bellwether_plan::{Judged, TrackingPlan, dotted};
use chrono::{DateTime, NaiveDate, Utc};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{collections::BTreeMap, sync::Arc};

/// Names of events that the plan does not have and that are counted one by one on a day. Whoever sends can make up names without end.
const UNPLANNED_NAMES: usize = 500;

/// Asks a plan about events.
pub struct PlanGate {
    plan: Arc<TrackingPlan>,
    findings: Vec<Finding>,
    copies: Copies,
    refused: Vec<(EventId, u32)>,
}

/// Tells copies of an event in one batch apart.
#[derive(Default)]
struct Copies(FxHashMap<EventId, u32>);

impl Copies {
    /// The how manieth this one is, from 1.
    fn number(&mut self, event: EventId) -> u32 {
        let count = self.0.entry(event).or_default();
        *count += 1;
        *count
    }
}

/// What the plan says of one event.
pub struct Finding {
    id: EventId,
    event: Arc<str>,
    source: Arc<str>,
    judged: Judged,
}

/// An event that does not keep to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub event: Arc<str>,
    /// Whether the plan names it.
    pub planned: bool,
    /// What became of it.
    pub mode: PlanMode,
}

impl PlanGate {
    /// Over a plan.
    pub fn new(plan: Arc<TrackingPlan>) -> Self {
        Self { plan, findings: Vec::new(), copies: Copies::default(), refused: Vec::new() }
    }

    /// What it was asked about, and what it refused: which event, and which of its copies.
    pub fn findings(self) -> (Vec<Finding>, Vec<(EventId, u32)>) {
        (self.findings, self.refused)
    }
}

impl Gate for PlanGate {
    fn ask(&mut self, event: &Candidate<'_>) -> Result<(), Refused> {
        let judged = self.plan.judge(event.source, event.name, event.document().as_deref());
        let refused = match (&judged.problems[..], judged.mode) {
            ([first, more @ ..], PlanMode::Reject) => Err(refusal(event, &judged, first, more.len())),
            _ => Ok(()),
        };
        let (name, source) = (Arc::clone(event.name), Arc::clone(event.source));
        self.findings.push(Finding { id: event.id, event: name, source, judged });
        let copy = self.copies.number(event.id);
        if refused.is_err() {
            self.refused.push((event.id, copy));
        }
        refused
    }
}

fn refusal(event: &Candidate<'_>, judged: &Judged, problem: &PlanProblem, more: usize) -> Refused {
    let version = judged.version;
    if !judged.planned {
        let why = format!("{} (`{}`, version {version} of the tracking plan)", problem.message, event.name);
        return Refused { field: "event".to_owned(), reason: RejectReason::UnplannedEvent, why };
    }
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let why = format!(
        "{} (rule `{}` of version {version} of the tracking plan for `{}`){more}",
        problem.message, problem.rule, event.name
    );
    Refused { field: dotted(event.document_name(), &problem.path), reason: RejectReason::PlanViolation, why }
}

/// Refuses what was refused before, and nothing else.
pub struct RefusedBefore {
    refused: FxHashSet<(EventId, u32)>,
    copies: Copies,
}

impl RefusedBefore {
    /// What was refused of one batch.
    pub fn new(refused: &[PlanRefusal]) -> Self {
        let refused = refused.iter().map(|refusal| (refusal.event, refusal.copy)).collect();
        Self { refused, copies: Copies::default() }
    }
}

impl Gate for RefusedBefore {
    fn ask(&mut self, event: &Candidate<'_>) -> Result<(), Refused> {
        let copy = self.copies.number(event.id);
        if !self.refused.contains(&(event.id, copy)) {
            return Ok(());
        }
        // Nobody is told: it is in quarantine since then.
        let (field, why) = ("event".to_owned(), "it was refused before".to_owned());
        Err(Refused { field, reason: RejectReason::PlanViolation, why })
    }
}

/// Event, source and hour.
type ActivityKey = (Arc<str>, Arc<str>, DateTime<Utc>);

/// What a step of the pipeline tells of the plan.
#[derive(Default)]
pub struct PlanReport {
    activity: BTreeMap<ActivityKey, PlanActivity>,
    /// The marks of events that went on although something is wrong with them.
    pub marks: Vec<PlanMark>,
    /// All that do not keep to the plan.
    pub violations: Vec<Violation>,
}

impl PlanReport {
    /// Adds a batch, whose refused events become rejects. What was there before (`known`), or comes twice in the batch, is
    /// sent again and no news: neither counted nor set aside once more. Of copies in one batch an accepted one stands for all.
    pub fn add(
        &mut self,
        findings: Vec<Finding>,
        clean: &mut CleanBatch,
        received_at: DateTime<Utc>,
        known: &FxHashSet<EventId>,
        unplanned: &mut UnplannedNames,
    ) {
        let mut here = FxHashSet::default();
        for finding in findings {
            if !known.contains(&finding.id) && here.insert(finding.id) {
                self.count(finding, received_at, unplanned);
            }
        }
        if clean.refused.is_empty() {
            return;
        }
        let mut here: FxHashSet<EventId> = clean.events.iter().map(|event| event.id).collect();
        for (id, reject) in std::mem::take(&mut clean.refused) {
            if !known.contains(&id) && here.insert(id) {
                set_aside(clean, reject);
            }
        }
    }

    fn count(&mut self, finding: Finding, received_at: DateTime<Utc>, unplanned: &mut UnplannedNames) {
        let Finding { id, event, source, judged } = finding;
        let name = if judged.planned { Arc::clone(&event) } else { unplanned.counted(&event, received_at) };
        let hour = PlanActivity::hour_of(received_at);
        let failed = u64::from(!judged.problems.is_empty());
        let last_problem = judged.problems.first().map(sentence);
        let one = PlanActivity { event: name, source, hour, checked: 1, failed, last_problem };
        let key = (Arc::clone(&one.event), Arc::clone(&one.source), hour);
        self.activity.entry(key).and_modify(|sum| sum.add(&one)).or_insert(one);
        if judged.problems.is_empty() {
            return;
        }
        self.violations.push(Violation { event, planned: judged.planned, mode: judged.mode });
        if judged.mode == PlanMode::Flag {
            let Judged { version, problems, .. } = judged;
            self.marks.push(PlanMark { event: id, version, problems, at: received_at });
        }
    }

    /// What the Store adds to what it has.
    pub fn activity(&self) -> Vec<PlanActivity> {
        self.activity.values().cloned().collect()
    }
}

fn set_aside(clean: &mut CleanBatch, reject: Reject) {
    let (source, rule) = (Arc::clone(&reject.origin.source), Rule::BadEvent.name().to_owned());
    clean.rule_counts.push(RuleCount { source, rule, rows: 1 });
    clean.rejects.push(reject);
}

/// The names that nobody planned and that are counted one by one: the first ones of a day.
#[derive(Default)]
pub struct UnplannedNames {
    day: NaiveDate,
    names: FxHashSet<Arc<str>>,
}

impl UnplannedNames {
    /// The name that an event is counted under.
    fn counted(&mut self, event: &Arc<str>, received_at: DateTime<Utc>) -> Arc<str> {
        let day = received_at.date_naive();
        if self.day < day {
            *self = Self { day, ..Self::default() };
        }
        if self.names.contains(event) {
            return Arc::clone(event);
        }
        if self.names.len() == UNPLANNED_NAMES {
            return PlanActivity::OTHERS.into();
        }
        self.names.insert(Arc::clone(event));
        Arc::clone(event)
    }
}

fn sentence(problem: &PlanProblem) -> String {
    match problem.path.as_str() {
        "" => problem.message.clone(),
        path => format!("{path}: {}", problem.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{EventKind, Offset};
    use chrono::TimeDelta;

    #[test]
    fn names_that_nobody_planned_are_bounded_by_the_day() {
        let mut names = UnplannedNames::default();
        let mut counted = |n: usize, day: i64| {
            let at = DateTime::UNIX_EPOCH + TimeDelta::days(day);
            names.counted(&format!("Event {n}").into(), at).to_string()
        };
        for n in 0..UNPLANNED_NAMES {
            assert_eq!(counted(n, 1), format!("Event {n}"));
        }
        assert_eq!(counted(UNPLANNED_NAMES, 1), PlanActivity::OTHERS);
        assert_eq!(counted(0, 1), "Event 0");
        assert_eq!(counted(UNPLANNED_NAMES, 2), format!("Event {UNPLANNED_NAMES}"), "whoever made up names yesterday");
        assert_eq!(counted(UNPLANNED_NAMES, 1), format!("Event {UNPLANNED_NAMES}"), "a clock that was set back");
    }

    /// By its place alone a refused event could not be found where another one before it is left out since.
    #[test]
    fn what_was_refused_is_known_whatever_else_has_changed() {
        let id = |n: u8| EventId::derive(&[&[n]]);
        let (source, name): (Arc<str>, Arc<str>) = ("shop".into(), "Seen".into());
        let refused = [(7, 1), (9, 2)].map(|(n, copy)| PlanRefusal { batch: Offset(1), event: id(n), copy });
        let check = |asked: &[u8], expected: &[bool]| {
            let mut gate = RefusedBefore::new(&refused);
            let candidate = |n| Candidate {
                id: id(n),
                source: &source,
                kind: EventKind::Track,
                name: &name,
                stated: None,
                order: None,
            };
            let passed: Vec<_> = asked.iter().map(|n| gate.ask(&candidate(*n)).is_ok()).collect();
            assert_eq!(passed, expected, "{asked:?}");
        };
        check(&[1, 9, 7, 9, 2], &[true, true, false, false, true]);
        check(&[9, 7, 9, 2], &[true, false, false, true]);
    }
}
