//! `GET /plan`: which events there are, which of them the plan names, and how they keep to it.

use super::words::{PlanChangeRow, PlanModeName};
use crate::{problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use bellwether_domain::{EventFile, PlanActivity, PlanChange, PlanKey, PlanMode};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};
use utoipa::ToSchema;

/// Days back that events are looked for whose names the plan does not have.
const DAYS: i64 = 30;
/// Events whose names are counted, about: a large shop has as many in a day.
const COUNTED: u64 = 10_000_000;
/// Events that the plan does not name and that are listed.
const UNPLANNED: usize = 200;

/// The plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// The last change of it; 0 before the first.
    pub version: u64,
    /// What happens to events that it does not name.
    pub unplanned: PlanModeName,
    /// The change that said so last.
    pub unplanned_change: Option<PlanChangeRow>,
    /// The entries by name, and behind them the events that it does not name.
    pub events: Vec<PlanRow>,
}

/// An entry of the plan, or an event that it does not name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanRow {
    /// The event's name.
    pub event: String,
    /// Only those of this source; absent for all that have no entry of their own.
    pub source: Option<String>,
    /// Whether the plan names it.
    pub planned: bool,
    /// What happens to those that do not keep to it.
    pub mode: PlanModeName,
    /// The change that made it what it is.
    pub version: Option<u64>,
    /// When that was.
    pub changed_at: Option<DateTime<Utc>>,
    /// Events of the last 24 hours that were held against the plan.
    pub checked: u64,
    /// Those of them that do not keep to it.
    pub failed: u64,
    /// What was wrong with the last of them, in English.
    pub last_problem: Option<String>,
    /// Events of this name in the last 30 days or more, of all sources: in the files that reach into them, from the newest back to
    /// that with which there are ten million.
    pub seen: u64,
}

impl PlanRow {
    fn of(key: &PlanKey, change: Option<&PlanChange>, unplanned: PlanMode) -> Self {
        let content = change.and_then(|change| change.content.as_ref());
        Self {
            event: key.event.clone(),
            source: key.source.clone(),
            planned: content.is_some(),
            mode: content.map_or(unplanned, |content| content.mode).into(),
            version: content.and(change).map(|change| change.version.0),
            changed_at: content.and(change).map(|change| change.at),
            checked: 0,
            failed: 0,
            last_problem: None,
            seen: 0,
        }
    }
}

/// The plan, and the events of the last 30 days that it does not name: at most 200, the most frequent.
#[utoipa::path(get, path = "/plan", tag = "plan", operation_id = "getPlan", responses(
    (status = 200, body = Plan),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_plan(State(state): State<ApiState>) -> Result<Json<Plan>, Problem> {
    let changes = state.store.plan().await?;
    let activity = state.store.plan_activity(state.clock.now() - TimeDelta::hours(24)).await?;
    let seen = seen(&state).await?;
    Ok(Json(plan(changes, &activity, &seen)))
}

/// How often each event came.
async fn seen(state: &ApiState) -> Result<BTreeMap<String, u64>, Problem> {
    let since = state.clock.now() - TimeDelta::days(DAYS);
    let tail = state.lake.tail().now();
    let mut files = state.store.event_files().await?;
    files.retain(|file| file.max_time >= since);
    newest(&mut files, COUNTED);
    let counts = if files.is_empty() { Vec::new() } else { state.lake.event_counts(&files).await? };
    let mut seen: BTreeMap<String, u64> = counts.into_iter().map(|count| (count.name, count.count)).collect();
    tail.iter().for_each(|event| *seen.entry(event.name.to_string()).or_default() += 1);
    Ok(seen)
}

/// Leaves the newest files, up to the one with which there are so many events.
fn newest(files: &mut Vec<EventFile>, events: u64) {
    files.sort_by_key(|file| Reverse(file.max_time));
    let mut before = 0;
    files.retain(|file| {
        let wanted = before < events;
        before += file.rows;
        wanted
    });
}

fn plan(changes: Vec<PlanChange>, activity: &[PlanActivity], seen: &BTreeMap<String, u64>) -> Plan {
    let version = changes.iter().map(|change| change.version.0).max().unwrap_or_default();
    let policy = changes.iter().find(|change| change.key.is_none());
    let mode = policy.and_then(|change| change.content.as_ref()).map_or(PlanMode::Watch, |content| content.mode);
    let entries: BTreeMap<&PlanKey, &PlanChange> = changes
        .iter()
        .filter(|change| change.content.is_some())
        .filter_map(|change| Some((change.key.as_ref()?, change)))
        .collect();
    let mut rows: BTreeMap<PlanKey, PlanRow> =
        entries.iter().map(|(key, change)| ((*key).clone(), PlanRow::of(key, Some(change), mode))).collect();
    let named: BTreeSet<&str> = entries.keys().map(|key| key.event.as_str()).collect();
    let unplanned = most_frequent(activity, seen, &named);
    for some in activity {
        let of_source = PlanKey { event: some.event.to_string(), source: Some(some.source.to_string()) };
        let of_all = PlanKey { source: None, ..of_source.clone() };
        let key = if entries.contains_key(&of_source) { of_source } else { of_all };
        // Where an event has entries for some sources only, those of others are as unplanned as any.
        let row = rows.entry(key).or_insert_with_key(|key| PlanRow::of(key, None, mode));
        row.checked += some.checked;
        row.failed += some.failed;
        row.last_problem = some.last_problem.clone().or(row.last_problem.take());
    }
    for name in unplanned {
        let key = PlanKey { event: name, source: None };
        rows.entry(key).or_insert_with_key(|key| PlanRow::of(key, None, mode));
    }
    let mut events: Vec<PlanRow> = rows.into_values().collect();
    events.iter_mut().for_each(|row| row.seen = seen.get(&row.event).copied().unwrap_or_default());
    events.sort_by_key(|row| !row.planned);
    Plan { version, unplanned: mode.into(), unplanned_change: policy.cloned().map(PlanChangeRow::from), events }
}

/// Names that the plan does not have, the most frequent of them.
fn most_frequent(activity: &[PlanActivity], seen: &BTreeMap<String, u64>, named: &BTreeSet<&str>) -> Vec<String> {
    let mut counts = seen.clone();
    for some in activity {
        counts.entry(some.event.to_string()).or_insert(some.checked);
    }
    let mut names: Vec<(String, u64)> = counts.into_iter().filter(|(name, _)| !named.contains(&**name)).collect();
    names.sort_by_key(|(_, count)| Reverse(*count));
    names.truncate(UNPLANNED);
    names.into_iter().map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{PlanContent, PlanVersion};

    fn change(version: u64, event: &str, source: Option<&str>) -> PlanChange {
        PlanChange {
            version: PlanVersion(version),
            key: Some(PlanKey { event: event.to_owned(), source: source.map(str::to_owned) }),
            content: Some(PlanContent { mode: PlanMode::Reject, schema: Some("{}".to_owned()) }),
            author: String::new(),
            note: String::new(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn activity(event: &str, source: &str, failed: u64) -> PlanActivity {
        let (event, source, hour) = (event.into(), source.into(), DateTime::UNIX_EPOCH);
        let last_problem = (failed > 0).then(|| format!("{failed} in {source}"));
        PlanActivity { event, source, hour, checked: 10, failed, last_problem }
    }

    #[test]
    fn names_are_counted_in_the_newest_files() {
        let file = |day: i64, rows| EventFile {
            id: bellwether_domain::FileId::derive(&[&day.to_le_bytes()]),
            path: String::new(),
            rows,
            bytes: 0,
            min_time: DateTime::UNIX_EPOCH,
            max_time: DateTime::UNIX_EPOCH + TimeDelta::days(day),
        };
        let mut files = vec![file(1, 5), file(3, 4), file(2, 6)];
        newest(&mut files, 10);
        assert_eq!(files, [file(3, 4), file(2, 6)]);
    }

    #[test]
    fn what_was_counted_stands_beside_the_entry_that_decided() {
        let changes = vec![change(1, "Seen", None), change(2, "Seen", Some("till")), change(3, "Sold", Some("till"))];
        let counted = [
            activity("Seen", "app", 1),
            activity("Seen", "till", 2),
            activity("Seen", "web", 0),
            activity("Sold", "web", 10),
            activity("New", "web", 10),
        ];
        let seen = BTreeMap::from([("Seen".to_owned(), 70), ("Old".to_owned(), 9)]);
        let plan = plan(changes, &counted, &seen);
        let rows: Vec<_> = plan
            .events
            .iter()
            .map(|row| (&*row.event, row.source.as_deref(), row.planned, row.checked, row.failed, row.seen))
            .collect();
        let expected = [
            ("Seen", None, true, 20, 1, 70),
            ("Seen", Some("till"), true, 10, 2, 70),
            ("Sold", Some("till"), true, 0, 0, 0),
            ("New", None, false, 10, 10, 0),
            ("Old", None, false, 0, 0, 9),
            ("Sold", None, false, 10, 10, 0),
        ];
        assert_eq!(rows, expected);
        assert_eq!((plan.version, plan.events[0].last_problem.as_deref()), (3, Some("1 in app")));
    }
}
