//! What came of a record, into the batch.

use super::{fault::Fault, mapped::MappedEvent};
use crate::{
    import::{ImportBatch, SampleRow, record},
    read::{KEEP, Problem},
};
use bellwether_domain::{Origin, Reject, RejectReason};
use std::sync::Arc;

/// Where events and rejects go.
pub(super) struct Taken<'t> {
    pub given: &'t mut u64,
    pub pass_over: u64,
    pub left_out: &'t mut u64,
    pub source: &'t Arc<str>,
    pub batch: &'t mut ImportBatch,
}

impl Taken<'_> {
    /// The events of one record; gives back what is wrong with it. A record is never divided between batches.
    pub fn events(&mut self, made: Result<Vec<MappedEvent<'_>>, Fault>, spot: Spot<'_>) -> Option<Problem> {
        let events = match made {
            Ok(events) => events,
            Err(fault) => return Some(problem(fault, spot)),
        };
        if events.is_empty() {
            *self.left_out += 1;
            return None;
        }
        let count = events.len() as u64;
        if !self.take(count) {
            return None;
        }
        self.batch.events += count;
        for event in &events {
            event.write_line(&mut self.batch.body);
        }
        None
    }

    pub fn reject(&mut self, problem: Problem) {
        if !self.take(1) {
            return;
        }
        let reject = Reject {
            received_at: None,
            origin: Origin { source: self.source.clone(), line: Some(problem.line) },
            field: problem.field,
            reason: problem.reason,
            detail: problem.detail,
            content: problem.content,
        };
        record::encode_reject(&mut self.batch.body, &reject);
        self.batch.rejected += 1;
    }

    /// Counts what one record became; `false` where it was given before.
    fn take(&mut self, records: u64) -> bool {
        let left_out = std::mem::take(self.left_out);
        *self.given += records;
        if *self.given <= self.pass_over {
            return false;
        }
        self.batch.rows += 1 + left_out;
        self.batch.skipped += left_out;
        self.batch.records += records as u32;
        true
    }
}

/// A record, to speak of it.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    pub line: u64,
    /// What `line` counts.
    pub unit: &'static str,
    /// What a value of it is called.
    pub what: &'static str,
    pub raw: &'s str,
}

fn problem(fault: Fault, spot: Spot<'_>) -> Problem {
    let Spot { line, unit, what, raw } = spot;
    Problem {
        line,
        detail: fault.sentence(&format!("{unit} {line}"), what),
        field: fault.field,
        reason: fault.reason,
        content: raw.chars().take(KEEP).collect(),
    }
}

pub(super) fn not_a_record(unit: &str, line: u64, text: &str, why: &str) -> Problem {
    Problem {
        line,
        field: None,
        reason: RejectReason::Malformed,
        detail: format!("{unit} {line} holds no record: {why}"),
        content: text.chars().take(KEEP).collect(),
    }
}

pub(super) fn sample(line: u64, text: &str) -> SampleRow {
    let values = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(values)) => values.into_iter().collect(),
        _ => vec![("".to_owned(), text.into())],
    };
    SampleRow { line, values }
}
