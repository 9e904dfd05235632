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
    pub fn events(
        &mut self,
        made: Result<Vec<MappedEvent<'_>>, Fault>,
        line: u64,
        raw: &str,
        what: &str,
    ) -> Option<Problem> {
        let events = match made {
            Ok(events) => events,
            Err(fault) => return Some(problem(fault, line, raw, what)),
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

fn problem(fault: Fault, line: u64, raw: &str, what: &str) -> Problem {
    Problem {
        line,
        detail: fault.sentence(Some(line), what),
        field: fault.field,
        reason: fault.reason,
        content: raw.chars().take(KEEP).collect(),
    }
}

pub(super) fn not_a_record(line: u64, text: &str, why: &str) -> Problem {
    Problem {
        line,
        field: None,
        reason: RejectReason::Malformed,
        detail: format!("line {line} holds no record: {why}"),
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
