//! Events that are true already, but in no file yet.

use crate::TimelineCursor;
use bellwether_domain::{CleanEvent, Offset, SubjectId};
use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, RwLock},
};

/// The events of one batch of the inbox, shared by whoever waits for their file.
pub type BatchEvents = Arc<Vec<CleanEvent>>;

/// The events behind the last file, batch by batch. A batch leaves only when the manifest has its file.
#[derive(Debug, Default)]
pub struct Tail(RwLock<VecDeque<(Offset, BatchEvents)>>);

/// What the tail had at one moment.
#[derive(Debug, Clone, Default)]
pub struct TailEvents(Vec<BatchEvents>);

impl Tail {
    /// Adds the events of a batch. Those of one that is there already take its place, so whoever begins anew hides nothing.
    pub fn push(&self, batch: Offset, events: BatchEvents) {
        let mut batches = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match batches.binary_search_by_key(&batch, |(offset, _)| *offset) {
            Ok(at) => batches[at].1 = events,
            Err(at) => batches.insert(at, (batch, events)),
        }
    }

    /// Takes away the batches up to this one, which are in the manifest now.
    pub fn drop_through(&self, batch: Offset) {
        let mut batches = self.0.write().unwrap_or_else(PoisonError::into_inner);
        while batches.pop_front_if(|(offset, _)| *offset <= batch).is_some() {}
    }

    /// What there is now. Take it before the list of files, or what goes into a file in between is in neither.
    pub fn now(&self) -> TailEvents {
        // The lock is held for no longer than it takes to copy the list: whoever adds must not wait for whoever looks.
        let batches = self.0.read().unwrap_or_else(PoisonError::into_inner);
        TailEvents(batches.iter().map(|(_, events)| Arc::clone(events)).collect())
    }
}

impl TailEvents {
    /// All events, as they arrived.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &CleanEvent> {
        self.0.iter().flat_map(|events| events.iter())
    }

    /// What these subjects did before a moment, in no particular order. Times are those that a file would keep.
    pub(crate) fn of_subjects(
        &self,
        subjects: &[SubjectId],
        before: Option<TimelineCursor>,
    ) -> impl Iterator<Item = CleanEvent> {
        let of_them = |event: &&CleanEvent| event.subject.is_some_and(|subject| subjects.contains(&subject));
        let in_time = move |event: &&CleanEvent| {
            let place = (event.time.timestamp_micros(), event.id);
            before.is_none_or(|before| place < (before.time.timestamp_micros(), before.event))
        };
        self.iter().filter(of_them).filter(in_time).cloned().map(crate::lake::as_a_file_keeps_it)
    }
}
