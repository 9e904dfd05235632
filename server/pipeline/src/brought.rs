//! What each source brought: counted batch by batch, and committed together with what it counts.

use bellwether_clean::CleanBatch;
use bellwether_domain::{CleanEvent, EventId, Reject, RejectReason, RuleCount, SourceActivity, SourceError};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

/// The rule by which an event that comes again counts once.
const DUPLICATE_EVENT: &str = "duplicate_event";

/// Events and rejects by source and day.
#[derive(Debug, Default)]
pub struct Brought(BTreeMap<(Arc<str>, NaiveDate), SourceActivity>);

/// Events that had been there before.
#[derive(Debug, Default)]
pub struct Doubles {
    /// Of files, where a line that stands twice is worth looking at.
    pub rejects: Vec<Reject>,
    /// Of requests: senders repeat what they got no answer for, and nothing is wrong with it.
    pub counts: Vec<RuleCount>,
}

impl Brought {
    /// Counts what is left of a batch.
    pub fn add(&mut self, clean: &CleanBatch, doubles: &Doubles, received_at: DateTime<Utc>, time_zone: Tz) {
        let day = received_at.with_timezone(&time_zone).date_naive();
        for event in &clean.events {
            let activity = self.of(&event.origin.source, day);
            activity.events += 1;
            activity.last_event_at = activity.last_event_at.max(Some(received_at));
        }
        for reject in clean.rejects.iter().chain(&doubles.rejects) {
            let activity = self.of(&reject.origin.source, day);
            activity.rejected += 1;
            if activity.last_error.as_ref().is_none_or(|error| error.at < received_at) {
                activity.last_error = Some(SourceError { at: received_at, message: reject.detail.clone() });
            }
        }
    }

    /// Source by source.
    pub fn iter(&self) -> impl Iterator<Item = &SourceActivity> {
        self.0.values()
    }

    /// What the Store adds to what it has.
    pub fn activity(&self) -> Vec<SourceActivity> {
        self.0.values().cloned().collect()
    }

    fn of(&mut self, source: &Arc<str>, day: NaiveDate) -> &mut SourceActivity {
        match self.0.entry((Arc::clone(source), day)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(SourceActivity::none(Arc::clone(source), day)),
        }
    }
}

/// Takes out the events that are doubles.
pub fn split_off_doubles(events: &mut Vec<CleanEvent>, mut is_double: impl FnMut(EventId) -> bool) -> Doubles {
    let mut doubles = Doubles::default();
    events.retain(|event| {
        let double = is_double(event.id);
        if double {
            doubles.add(event);
        }
        !double
    });
    doubles
}

impl Doubles {
    fn add(&mut self, event: &CleanEvent) {
        let source = &event.origin.source;
        if event.received_at.is_some() {
            match self.counts.iter_mut().find(|count| count.source == *source) {
                Some(count) => count.rows += 1,
                None => self.counts.push(RuleCount {
                    source: Arc::clone(source),
                    rule: DUPLICATE_EVENT.to_owned(),
                    rows: 1,
                }),
            }
            return;
        }
        self.rejects.push(Reject {
            origin: event.origin.clone(),
            field: None,
            reason: RejectReason::DuplicateEvent,
            detail: format!("event {} arrived before; it was counted once", event.id),
            content: event.name.to_string(),
            received_at: None,
        });
    }
}
