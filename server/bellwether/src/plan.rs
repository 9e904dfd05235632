//! Events held against the tracking plan while they are taken apart, and what the Store is told of it.
//!
//! A batch is held against one plan, the one that is in force when its turn comes. What is found is counted only for events
//! that were not there before, and committed in the transaction that commits the events themselves.

use bellwether_clean::{Candidate, CleanBatch, Gate, Refused, Rule};
use bellwether_domain::{EventId, PlanActivity, PlanMark, PlanMode, PlanProblem, Reject, RejectReason, RuleCount};
use bellwether_plan::{Judged, TrackingPlan, dotted};
use chrono::{DateTime, Utc};
use rustc_hash::FxHashSet;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Names of events that the plan does not have and that are counted one by one. Whoever sends can make up names without end.
const UNPLANNED_NAMES: usize = 500;

/// Asks a plan about events.
pub struct PlanGate {
    plan: Arc<TrackingPlan>,
    findings: Vec<Finding>,
    /// The numbers of the questions, from 1, that were answered with no.
    refused: Vec<u32>,
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
    pub const fn new(plan: Arc<TrackingPlan>) -> Self {
        Self { plan, findings: Vec::new(), refused: Vec::new() }
    }

    /// What it was asked about, and the numbers of what it refused.
    pub fn findings(self) -> (Vec<Finding>, Vec<u32>) {
        (self.findings, self.refused)
    }
}

impl Gate for PlanGate {
    fn ask(&mut self, event: &Candidate<'_>) -> Result<(), Refused> {
        let judged = self.plan.judge(event.source, event.name, event.document);
        let refused = match (&judged.problems[..], judged.mode) {
            ([first, more @ ..], PlanMode::Reject) => Err(refusal(event, &judged, first, more.len())),
            _ => Ok(()),
        };
        let (name, source) = (Arc::clone(event.name), Arc::clone(event.source));
        self.findings.push(Finding { id: event.id, event: name, source, judged });
        if refused.is_err() {
            // A batch of the inbox is bounded in bytes far below what this counts.
            self.refused.push(u32::try_from(self.findings.len()).unwrap_or(u32::MAX));
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
    refused: BTreeSet<u32>,
    asked: u32,
}

impl RefusedBefore {
    /// By the numbers of the questions that were answered so.
    pub const fn new(refused: BTreeSet<u32>) -> Self {
        Self { refused, asked: 0 }
    }
}

impl Gate for RefusedBefore {
    fn ask(&mut self, _event: &Candidate<'_>) -> Result<(), Refused> {
        self.asked += 1;
        if !self.refused.contains(&self.asked) {
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
    /// sent again and no news: neither counted nor set aside once more.
    pub fn add(
        &mut self,
        findings: Vec<Finding>,
        clean: &mut CleanBatch,
        received_at: DateTime<Utc>,
        known: &FxHashSet<EventId>,
        unplanned: &mut FxHashSet<Arc<str>>,
    ) {
        let mut here = FxHashSet::default();
        for finding in findings {
            if !known.contains(&finding.id) && here.insert(finding.id) {
                self.count(finding, received_at, unplanned);
            }
        }
        let mut here = FxHashSet::default();
        for (id, reject) in std::mem::take(&mut clean.refused) {
            if !known.contains(&id) && here.insert(id) {
                set_aside(clean, reject);
            }
        }
    }

    fn count(&mut self, finding: Finding, received_at: DateTime<Utc>, unplanned: &mut FxHashSet<Arc<str>>) {
        let Finding { id, event, source, judged } = finding;
        let name = if judged.planned { Arc::clone(&event) } else { counted_name(&event, unplanned) };
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

fn counted_name(event: &Arc<str>, unplanned: &mut FxHashSet<Arc<str>>) -> Arc<str> {
    if unplanned.contains(event) {
        return Arc::clone(event);
    }
    if unplanned.len() == UNPLANNED_NAMES {
        return PlanActivity::OTHERS.into();
    }
    unplanned.insert(Arc::clone(event));
    Arc::clone(event)
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

    #[test]
    fn names_that_nobody_planned_are_bounded() {
        let mut names = FxHashSet::default();
        let counted = |n: usize, names: &mut _| counted_name(&format!("Event {n}").into(), names);
        for n in 0..UNPLANNED_NAMES {
            assert_eq!(&*counted(n, &mut names), format!("Event {n}"));
        }
        assert_eq!(&*counted(UNPLANNED_NAMES, &mut names), PlanActivity::OTHERS);
        assert_eq!(&*counted(0, &mut names), "Event 0");
        assert_eq!(names.len(), UNPLANNED_NAMES);
    }
}
