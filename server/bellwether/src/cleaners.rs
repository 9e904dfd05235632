//! One cleaner per source, by the rules that the source was imported with.

use bellwether_clean::{CleanBatch, Cleaner};
use bellwether_domain::{ItemRules, Origin, RawEvent, Reject, RejectReason};
use bellwether_inbox::{Record, StoredBatch};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Cleaners by source. A source without rules is cleaned by the rules that change nothing.
pub struct Cleaners(Mutex<BTreeMap<String, Cleaner>>);

impl Cleaners {
    /// One for each source.
    pub fn new(rules: &BTreeMap<String, ItemRules>) -> Self {
        Self(Mutex::new(rules.iter().map(|(source, rules)| (source.clone(), Cleaner::new(rules))).collect()))
    }

    /// Cleans a batch of the inbox. What is no record becomes a reject, like everything that cannot be used.
    pub fn clean(&self, batch: &StoredBatch) -> CleanBatch {
        let mut by_source: BTreeMap<String, Vec<RawEvent<'_>>> = BTreeMap::new();
        let mut rejects = Vec::new();
        for (number, record) in batch.decode().enumerate() {
            match record {
                Ok(Record::Event(event)) => match by_source.get_mut(event.origin.source.as_ref()) {
                    Some(events) => events.push(event),
                    None => drop(by_source.insert(event.origin.source.to_string(), vec![event])),
                },
                Ok(Record::Reject(reject)) => rejects.push(reject),
                Err(error) => rejects.push(Reject {
                    origin: Origin { source: "inbox".into(), line: None },
                    field: None,
                    reason: RejectReason::Malformed,
                    detail: format!("record {number} of inbox batch {}: {error}", batch.offset.0),
                    content: String::new(),
                }),
            }
        }
        let mut all = CleanBatch { rejects, ..CleanBatch::default() };
        let mut cleaners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (source, events) in by_source {
            let cleaner = cleaners.entry(source).or_insert_with(|| Cleaner::new(&ItemRules::default()));
            let clean = cleaner.clean_batch(events);
            all.events.extend(clean.events);
            all.rejects.extend(clean.rejects);
            all.rule_counts.extend(clean.rule_counts);
            all.items.extend(clean.items);
        }
        all
    }
}
