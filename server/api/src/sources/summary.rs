//! A source as the API shows it, with what it brought.

use super::hook::HookSystemName;
use crate::{problem::Problem, state::ApiState};
use bellwether_domain::{Source, SourceActivity, SourceError, SourceKind};
use bellwether_intake::meters::{Counts, SourceRate};
use bellwether_store::LastActivity;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use utoipa::ToSchema;

/// Days that are shown, today among them.
const DAYS: u64 = 30;
/// How long after its last event a source still counts as live.
const LIVE_FOR: TimeDelta = TimeDelta::hours(1);

/// A source and how it is doing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SourceSummary {
    /// Which.
    pub id: String,
    /// Its address: `/sources/{slug}`. Its events carry it as their source; it never changes.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What sends the events.
    pub kind: SourceKindName,
    /// Which system calls, where it is a web hook of another system.
    pub hook_system: Option<HookSystemName>,
    /// Whether its events are taken.
    pub enabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How it is doing.
    pub status: SourceStatus,
    /// What came lately.
    pub rate: SourceRates,
    /// When the last event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<SourceProblem>,
    /// The last 30 days of the shop's calendar, the oldest first and today last.
    pub days: Vec<SourceDay>,
}

/// What sends the events of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKindName {
    /// Pages in a browser.
    Website,
    /// A program of the shop's own.
    Server,
    /// An app on phones.
    Mobile,
    /// Somebody else's service that calls when something happens.
    Webhook,
}

/// How a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// An event came within the last hour.
    Live,
    /// Events came once, and none within the last hour.
    Silent,
    /// No event ever came.
    Never,
    /// Its events are refused.
    Disabled,
}

/// What came lately, counted in the server's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceRates {
    /// Events of the last 60 seconds.
    pub last_minute: u64,
    /// Events of the last 60 minutes.
    pub last_hour: u64,
    /// Events of the last 24 hours.
    pub last_day: u64,
    /// What was refused or could not be used in the last 24 hours.
    pub rejected_last_day: u64,
    /// Since when it was counted: when the server started.
    pub since: DateTime<Utc>,
}

/// What came on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceDay {
    /// Which.
    pub day: NaiveDate,
    /// Events that were taken.
    pub events: u64,
    /// What was refused, or could not be used.
    pub rejected: u64,
}

/// What went wrong with something that a source sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceProblem {
    /// When.
    pub at: DateTime<Utc>,
    /// What was wrong, where, and what to do, in English.
    pub message: String,
}

/// What all sources brought, read at one moment.
pub(crate) struct Brought {
    pub as_of: DateTime<Utc>,
    today: NaiveDate,
    days: BTreeMap<(Arc<str>, NaiveDate), SourceActivity>,
    last: BTreeMap<Arc<str>, LastActivity>,
}

impl Brought {
    /// Reads what sources brought up to now.
    pub async fn read(state: &ApiState) -> Result<Self, Problem> {
        let as_of = state.clock.now();
        let today = as_of.with_timezone(&state.settings.time_zone).date_naive();
        let days = state.store.source_activity(first_day(today)).await?;
        let days = days.into_iter().map(|day| ((Arc::clone(&day.source), day.day), day)).collect();
        Ok(Self { as_of, today, days, last: state.store.last_source_activity().await? })
    }

    /// A source with what it brought.
    pub fn summarize(&self, state: &ApiState, source: &Source) -> SourceSummary {
        let rate = state.intake.meters.rate(&source.slug, self.as_of);
        let last = self.last.get(&source.slug);
        let last_event_at = rate.last_event_at.max(last.and_then(|last| last.event_at));
        SourceSummary {
            id: source.id.to_string(),
            slug: source.slug.to_string(),
            name: source.name.to_string(),
            kind: source.kind.into(),
            hook_system: source.hook.as_ref().map(|hook| hook.sender.system().into()),
            enabled: source.enabled,
            created_at: source.created_at,
            status: SourceStatus::of(source.enabled, last_event_at, self.as_of),
            rate: rate.into(),
            last_event_at,
            last_error: last.and_then(|last| last.error.as_ref()).map(SourceProblem::from),
            days: self.calendar().map(|day| self.day_of(source, day)).collect(),
        }
    }

    /// The last thing that went wrong on each of the days that are shown, the latest first.
    pub fn problems(&self, source: &Source) -> Vec<SourceProblem> {
        let errors = self.calendar().filter_map(|day| self.activity(source, day)?.last_error.as_ref());
        let mut problems: Vec<_> = errors.map(SourceProblem::from).collect();
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.at));
        problems
    }

    fn calendar(&self) -> impl Iterator<Item = NaiveDate> {
        first_day(self.today).iter_days().take(DAYS as usize)
    }

    fn activity(&self, source: &Source, day: NaiveDate) -> Option<&SourceActivity> {
        self.days.get(&(Arc::clone(&source.slug), day))
    }

    fn day_of(&self, source: &Source, day: NaiveDate) -> SourceDay {
        let found = self.activity(source, day);
        let count = |of: fn(&SourceActivity) -> u64| found.map(of).unwrap_or_default();
        SourceDay { day, events: count(|found| found.events), rejected: count(|found| found.rejected) }
    }
}

fn first_day(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today)
}

impl SourceStatus {
    fn of(enabled: bool, last_event_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match last_event_at {
            _ if !enabled => Self::Disabled,
            None => Self::Never,
            Some(at) if now - at < LIVE_FOR => Self::Live,
            Some(_) => Self::Silent,
        }
    }
}

impl From<SourceRate> for SourceRates {
    fn from(rate: SourceRate) -> Self {
        let events = |counts: Counts| counts.events;
        Self {
            last_minute: events(rate.last_minute),
            last_hour: events(rate.last_hour),
            last_day: events(rate.last_day),
            rejected_last_day: rate.last_day.rejected,
            since: rate.since,
        }
    }
}

impl From<&SourceError> for SourceProblem {
    fn from(error: &SourceError) -> Self {
        Self { at: error.at, message: error.message.clone() }
    }
}

impl From<SourceKind> for SourceKindName {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::Website => Self::Website,
            SourceKind::Server => Self::Server,
            SourceKind::Mobile => Self::Mobile,
            SourceKind::Webhook => Self::Webhook,
        }
    }
}

impl From<SourceKindName> for SourceKind {
    fn from(kind: SourceKindName) -> Self {
        match kind {
            SourceKindName::Website => Self::Website,
            SourceKindName::Server => Self::Server,
            SourceKindName::Mobile => Self::Mobile,
            SourceKindName::Webhook => Self::Webhook,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_from_the_last_event() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let ago = |minutes| Some(now - TimeDelta::minutes(minutes));
        for (enabled, last, expected) in [
            (true, None, SourceStatus::Never),
            (true, ago(0), SourceStatus::Live),
            (true, ago(59), SourceStatus::Live),
            (true, ago(60), SourceStatus::Silent),
            (false, ago(0), SourceStatus::Disabled),
            (false, None, SourceStatus::Disabled),
        ] {
            assert_eq!(SourceStatus::of(enabled, last, now), expected, "{enabled} {last:?}");
        }
    }
}
