//! One cleaner per source, by the rules that the source was imported with.

use crate::{
    feedback::{self, Ledger},
    hook_mappings::HookMappings,
};
use anyhow::Result;
use bellwether_clean::{BotDetector, CleanBatch, Cleaner, Gate};
use bellwether_collect::{
    hooks,
    segment::{self, OrderCurrency},
};
use bellwether_domain::{EventId, ItemRules, Origin, RawEvent, ReceivedHook, Reject, RejectReason, Suppression};
use bellwether_inbox::{Record, StoredBatch, decode_records};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Told of documents that a source's web hook brought and that are no events: the source, and how many.
pub type LeftOut = fn(&Arc<str>, u64);

/// Cleaners by source. A source without rules is cleaned by the rules that change nothing.
pub struct Cleaners {
    by_source: Mutex<BTreeMap<String, Cleaner>>,
    bots: Mutex<BotDetector>,
    /// That of orders in requests; those in files have theirs already.
    currency: String,
    is_only_currency: bool,
    hook_mappings: HookMappings,
    left_out: LeftOut,
    /// Knows whose message an event is about.
    ledger: Option<Box<dyn Ledger>>,
}

/// A batch after cleaning.
#[derive(Default)]
pub struct Cleaned {
    /// Events and what is no event.
    pub clean: CleanBatch,
    /// Addresses that get nothing more because of an event, if that counts.
    pub suppressions: Vec<(EventId, Suppression)>,
}

/// A batch taken apart.
#[derive(Default)]
struct Sorted<'b> {
    by_source: BTreeMap<String, Vec<RawEvent<'b>>>,
    rejects: Vec<Reject>,
    hooks: Vec<ReceivedHook<'b>>,
    /// Events that know a message, and no customer yet.
    feedback: Vec<RawEvent<'b>>,
}

impl Cleaners {
    /// One for each source; `currency` is that of orders that name none.
    pub fn new(rules: &BTreeMap<String, ItemRules>, currency: &str) -> Self {
        let cleaners = rules.iter().map(|(source, rules)| (source.clone(), Cleaner::new(rules)));
        Self {
            by_source: Mutex::new(cleaners.collect()),
            bots: Mutex::default(),
            currency: currency.to_owned(),
            is_only_currency: false,
            hook_mappings: HookMappings::default(),
            left_out: |_, _| {},
            ledger: None,
        }
    }

    /// Sets orders in another currency aside, because somebody has said what the shop's is.
    pub fn only_currency(self, is_only_one: bool) -> Self {
        Self { is_only_currency: is_only_one, ..self }
    }

    /// Tells somebody how many documents of web hooks are no events.
    pub fn telling_what_is_left_out(self, left_out: LeftOut) -> Self {
        Self { left_out, ..self }
    }

    /// Looks up there whose messages opens, clicks and bounces are about; otherwise they are about nobody.
    pub fn with_ledger(self, ledger: impl Ledger + 'static) -> Self {
        Self { ledger: Some(Box::new(ledger)), ..self }
    }

    /// Cleans a batch of the inbox, and asks the gate about what passed. What is no record becomes a reject, like everything
    /// that cannot be used.
    ///
    /// # Errors
    /// When nobody can say whose messages events are about: the ledger cannot be read.
    pub fn clean(&self, batch: &StoredBatch, gate: &mut dyn Gate) -> Result<Cleaned> {
        let mut sorted = self.sort(batch);
        let mapped = self.map_hooks(&mut sorted);
        decode_records(&mapped).enumerate().for_each(|(number, record)| sorted.record(number, record, batch));
        let mut resolved = Vec::new();
        let waiting = std::mem::take(&mut sorted.feedback);
        let suppressions = match &self.ledger {
            Some(ledger) if !waiting.is_empty() => feedback::resolve(waiting, &**ledger, &mut resolved)?,
            _ => {
                waiting.into_iter().for_each(|event| sorted.event(event));
                Vec::new()
            }
        };
        decode_records(&resolved).enumerate().for_each(|(number, record)| match record {
            Ok(Record::Event(event)) => sorted.event(event),
            other => sorted.record(number, other, batch),
        });
        let clean = self.clean_sorted(sorted, gate);
        Ok(Cleaned { clean, suppressions })
    }

    fn clean_sorted(&self, sorted: Sorted<'_>, gate: &mut dyn Gate) -> CleanBatch {
        let Sorted { by_source, rejects, hooks: _, feedback: _ } = sorted;
        let mut all = CleanBatch { rejects, ..CleanBatch::default() };
        let mut cleaners = self.by_source.lock().unwrap_or_else(PoisonError::into_inner);
        for (source, events) in by_source {
            let cleaner = cleaners.entry(source).or_insert_with(|| Cleaner::new(&ItemRules::default()));
            let clean = cleaner.clean_batch_behind(events, gate);
            all.events.extend(clean.events);
            all.rejects.extend(clean.rejects);
            all.rule_counts.extend(clean.rule_counts);
            all.items.extend(clean.items);
            all.refused.extend(clean.refused);
        }
        let mut bots = self.bots.lock().unwrap_or_else(PoisonError::into_inner);
        all.events.iter_mut().for_each(|event| bots.judge(event));
        all
    }

    fn sort<'b>(&self, batch: &'b StoredBatch) -> Sorted<'b> {
        let currency = self.currency();
        let mut sorted = Sorted::default();
        for (number, record) in batch.decode().enumerate() {
            match record {
                Ok(Record::Call(call)) => {
                    for event in segment::events(&call, currency) {
                        match event {
                            Ok(event) => sorted.event(event),
                            Err(reject) => sorted.rejects.push(reject),
                        }
                    }
                }
                Ok(Record::Hook(hook)) => sorted.hooks.push(hook),
                other => sorted.record(number, other, batch),
            }
        }
        sorted
    }

    /// The events that deliveries of web hooks become, in the inbox's form: what is mapped is new text, which nothing in the
    /// batch could be borrowed for.
    fn map_hooks(&self, sorted: &mut Sorted<'_>) -> Vec<u8> {
        let mut lines = Vec::new();
        for hook in std::mem::take(&mut sorted.hooks) {
            let (currency, rejects) = (self.currency(), &mut sorted.rejects);
            let left_out = self.hook_mappings.with(&hook, |mapping| match mapping {
                Ok(mapping) => hooks::events(&hook, mapping, currency, &mut lines, rejects),
                Err(problem) => {
                    rejects.push(hooks::unreadable(&hook, problem));
                    0
                }
            });
            if left_out > 0 {
                (self.left_out)(&hook.source, left_out);
            }
        }
        lines
    }

    fn currency(&self) -> OrderCurrency<'_> {
        OrderCurrency { default: &self.currency, is_only_one: self.is_only_currency }
    }
}

impl<'b> Sorted<'b> {
    /// One that needs nothing more to be done to it.
    fn record(&mut self, number: usize, record: bellwether_inbox::Result<Record<'b>>, batch: &StoredBatch) {
        match record {
            // Here, and not where requests are taken apart: anybody may send those.
            Ok(Record::Event(event)) if feedback::is_about_message(&event) => self.feedback.push(event),
            Ok(Record::Event(event)) => self.event(event),
            Ok(Record::Reject(reject)) => self.rejects.push(reject),
            Ok(Record::Call(_) | Record::Hook(_)) => {}
            Err(error) => self.rejects.push(Reject {
                origin: Origin { source: "inbox".into(), line: None },
                field: None,
                reason: RejectReason::Malformed,
                detail: format!("record {number} of inbox batch {}: {error}", batch.offset.0),
                content: String::new(),
                received_at: None,
            }),
        }
    }

    fn event(&mut self, event: RawEvent<'b>) {
        match self.by_source.get_mut(event.origin.source.as_ref()) {
            Some(events) => events.push(event),
            None => drop(self.by_source.insert(event.origin.source.to_string(), vec![event])),
        }
    }
}

#[cfg(test)]
#[path = "cleaners_tests.rs"]
mod tests;
