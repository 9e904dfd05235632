//! What arrived last: the Lake's tail, and its files from the newest on.

use bellwether_domain::{CleanEvent, EventFile, EventId, EventKind, OrderDocument};
use bellwether_lake::{Lake, TailEvents};
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use std::{borrow::Cow, collections::HashSet, sync::Arc};

/// Events of one moment, to be read as often as is needed: every reading gives the same.
#[derive(Clone)]
pub struct RecentEvents {
    lake: Arc<Lake>,
    tail: TailEvents,
    files: Vec<EventFile>,
    since: DateTime<Utc>,
    at_most: u64,
}

impl RecentEvents {
    /// Events since a moment. A reading stops behind the file with which it has seen `at_most` of them.
    ///
    /// # Errors
    /// When the Store cannot be read.
    pub async fn since(
        store: &Store,
        lake: &Arc<Lake>,
        since: DateTime<Utc>,
        at_most: u64,
    ) -> bellwether_store::Result<Self> {
        // In this order: what goes into a file in between is in both, and not in neither.
        let tail = lake.tail().now();
        let mut files = store.event_files().await?;
        files.retain(|file| file.max_time >= since);
        files.sort_by_key(|file| std::cmp::Reverse(file.max_time));
        Ok(Self { lake: Arc::clone(lake), tail, files, since, at_most })
    }

    /// Gives events in parts, the newest part first; says of each whether more are wanted. Within a part they come by time.
    /// Blocking.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn read(&self, mut part: impl FnMut(Vec<CleanEvent>) -> bool) -> bellwether_lake::Result<()> {
        let mut newest: Vec<CleanEvent> = self.tail.iter().filter(|event| event.time >= self.since).cloned().collect();
        newest.sort_by_key(|event| event.time);
        let in_tail: HashSet<EventId> = newest.iter().map(|event| event.id).collect();
        let mut seen = newest.len() as u64;
        if !part(newest) {
            return Ok(());
        }
        for file in &self.files {
            if seen >= self.at_most {
                break;
            }
            let mut events = Vec::new();
            self.lake.for_each_event(std::slice::from_ref(file), |event| {
                if event.time >= self.since && !in_tail.contains(&event.id) {
                    events.push(event);
                }
            })?;
            seen += events.len() as u64;
            if !part(events) {
                break;
            }
        }
        Ok(())
    }
}

/// What the plan holds an event by: the traits of `identify` and `group`, the properties of all others, with the order that it
/// carries.
pub fn document_of(event: &CleanEvent) -> Option<Cow<'_, str>> {
    let stated = match event.kind {
        EventKind::Identify | EventKind::Group => event.traits.as_deref(),
        _ => event.properties.as_deref(),
    };
    match &event.order {
        Some(order) => order.document(stated),
        None => stated.map(Cow::Borrowed),
    }
}
