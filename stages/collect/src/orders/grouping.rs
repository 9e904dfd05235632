//! Divides the stream of rows into orders.
//!
//! Most files write an order's lines one behind the other, some let a few lines of others come between. So an order stays
//! open for a while, and which one is given when follows from the rows alone: reading the file again gives the same events
//! in the same order, and to go on where a reader stopped is to pass over as many as were given.

use super::{
    row::{OrderRow, RowReader},
    run::{Run, Scratch},
};
use crate::{
    import::{ImportBatch, record},
    read::{Problem, Row},
};
use bellwether_domain::{Origin, Reject};
use rustc_hash::FxHashSet;
use std::{collections::VecDeque, sync::Arc};

/// An order is given when so many younger ones have begun.
const OPEN_ORDERS: usize = 64;
/// What all open orders may hold together, in lines; beyond it the oldest is given early.
const OPEN_LINES: usize = 20_000;
/// The same in bytes, for long names.
const OPEN_BYTES: usize = 16 * 1024 * 1024;
/// A bad row is kept with its text and takes as much memory as this many lines.
const LINES_OF_A_REJECT: usize = 10;
/// Orders that are remembered to notice that one goes on after it was given; some 20 bytes each.
const REMEMBERED: usize = 1_000_000;

/// The orders that may go on in the next row.
pub(super) struct Grouping {
    source: Arc<str>,
    open: VecDeque<Run>,
    /// Their keys: short to walk over, where the orders themselves are large.
    keys: VecDeque<u64>,
    /// Which of them the last row belongs to.
    current: usize,
    held_lines: usize,
    held_bytes: usize,
    scratch: Scratch,
    /// Events and rejects that came out so far, those that were passed over included.
    given: u64,
    /// How many of them are only counted.
    pass_over: u64,
    events: u64,
    remembered: FxHashSet<u64>,
    scattered: u64,
    first_fault: Option<String>,
}

impl Grouping {
    pub fn new(source: &str) -> Self {
        Self {
            source: source.into(),
            open: VecDeque::new(),
            keys: VecDeque::new(),
            current: 0,
            held_lines: 0,
            held_bytes: 0,
            scratch: Scratch::default(),
            given: 0,
            pass_over: 0,
            events: 0,
            remembered: FxHashSet::default(),
            scattered: 0,
            first_fault: None,
        }
    }

    /// The first so many events and rejects were given by an earlier reader of the same file.
    pub fn pass_over(&mut self, records: u64) {
        self.pass_over = records;
    }

    /// Events and rejects so far, those that were passed over included.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// How often an order began again after its event was given.
    pub fn scattered(&self) -> u64 {
        self.scattered
    }

    /// What is wrong with the first bad row, if no row has been good.
    pub fn only_fault(&self) -> Option<&str> {
        self.first_fault.as_deref().filter(|_| self.events == 0)
    }

    pub fn add(&mut self, row: &Row<'_>, line: &OrderRow<'_>, reader: &RowReader, batch: &mut ImportBatch) {
        if !self.open.get(self.current).is_some_and(|run| run.continues_with(line) && run.is_near(line)) {
            let key = Run::key(line);
            match self.find(key, line) {
                Some(found) => self.current = found,
                None => self.begin(key, row, line, reader, batch),
            }
        }
        let run = &mut self.open[self.current];
        let before = run.bytes();
        run.push(row, line);
        self.held_bytes += run.bytes() - before;
        self.hold(1, batch);
    }

    /// A bad row does not end the order that it lies in.
    pub fn reject(&mut self, problem: Problem, batch: &mut ImportBatch) {
        if self.events == 0 && self.open.is_empty() && self.first_fault.is_none() {
            self.first_fault = Some(problem.detail.clone());
        }
        let reject = Reject {
            origin: Origin { source: self.source.clone(), line: Some(problem.line) },
            field: problem.field,
            reason: problem.reason,
            detail: problem.detail,
            content: problem.content,
            received_at: None,
        };
        match self.open.get_mut(self.current) {
            Some(run) => {
                run.rejects.push(reject);
                self.hold(LINES_OF_A_REJECT, batch);
            }
            None => {
                self.given += 1;
                if self.given > self.pass_over {
                    record::encode_reject(&mut batch.body, &reject);
                    batch.records += 1;
                    batch.rows += 1;
                    batch.rejected += 1;
                }
            }
        }
    }

    /// Gives every open order.
    pub fn close(&mut self, batch: &mut ImportBatch) {
        while !self.open.is_empty() {
            self.close_oldest(batch);
        }
    }

    /// An order that was left and is taken up again. Some tills begin with number 1 every morning, so it has to be the
    /// same day.
    fn find(&self, key: u64, line: &OrderRow<'_>) -> Option<usize> {
        let mut alike = (0..self.keys.len()).rev().filter(|at| self.keys[*at] == key);
        alike.find(|at| self.open[*at].continues_with(line) && self.open[*at].local_day() == line.local_day())
    }

    fn begin(&mut self, key: u64, row: &Row<'_>, line: &OrderRow<'_>, reader: &RowReader, batch: &mut ImportBatch) {
        if self.open.len() >= OPEN_ORDERS {
            self.close_oldest(batch);
        }
        self.scattered += u64::from(self.remembered.contains(&key));
        let facts = reader.facts(row, &line.customer, &line.order);
        self.open.push_back(Run::begin(&self.source, row, line, facts, &mut self.scratch));
        self.keys.push_back(key);
        self.current = self.open.len() - 1;
    }

    fn hold(&mut self, lines: usize, batch: &mut ImportBatch) {
        self.held_lines += lines;
        while self.held_lines > OPEN_LINES || self.held_bytes > OPEN_BYTES {
            self.close_oldest(batch);
        }
    }

    fn close_oldest(&mut self, batch: &mut ImportBatch) {
        let (Some(run), Some(key)) = (self.open.pop_front(), self.keys.pop_front()) else { return };
        // Behind the last one when the current order itself is given: then the next row begins or finds another.
        self.current = self.current.checked_sub(1).unwrap_or(self.open.len());
        self.held_lines -= run.lines() + LINES_OF_A_REJECT * run.rejects.len();
        self.held_bytes -= run.bytes();
        if !run.is_full() && self.remembered.len() < REMEMBERED {
            self.remembered.insert(key);
        }
        self.events += 1;
        let rejected = run.rejects.len() as u64;
        self.given += 1 + rejected;
        if self.given > self.pass_over {
            batch.records += 1 + rejected as u32;
            batch.rows += run.lines() as u64 + rejected;
            batch.events += 1;
            batch.rejected += rejected;
            run.encode(&self.source, &mut self.scratch, &mut batch.body);
        } else {
            run.forget(&mut self.scratch);
        }
    }
}
