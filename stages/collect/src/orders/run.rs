//! The rows of one order, collected until it is given.

use super::row::{Facts, OrderRow, local_day};
use crate::{import::record, read::Row};
use bellwether_domain::{EventKind, Money, Origin, Quantity, RawEvent, RawOrder, RawProduct, Reject};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde_json::value::{RawValue, to_raw_value};
use std::{borrow::Cow, hash::Hasher, ops::Range, sync::Arc};

/// No order of a shop is longer; a longer one goes on in a further event, so that memory stays bounded.
const MAX_LINES: usize = 10_000;
const HALF_A_DAY: TimeDelta = TimeDelta::hours(12);
/// Larger memory is not used again, or in time each open order would hold as much as the largest one.
const KEPT_CAPACITY: usize = 16 * 1024;
/// The digest is several times faster on long pieces than on single rows.
const DIGEST_PIECE: usize = 64 * 1024;

/// An order that may go on in the next row.
pub(super) struct Run {
    order: String,
    customer: String,
    currency: String,
    refund: bool,
    first_line: u64,
    time: DateTime<Utc>,
    utc_offset_minutes: i16,
    facts: Facts,
    /// Two kilobytes, too much to be moved about.
    digest: Box<blake3::Hasher>,
    memory: Memory,
    /// Bad rows between the good ones; they are given after the event, so that a batch can end at any event.
    pub rejects: Vec<Reject>,
}

struct Line {
    line: u64,
    item: Range<usize>,
    name: Range<usize>,
    quantity: Quantity,
    price: Money,
    /// Of the whole row, and of what the event keeps of it.
    row_hash: u64,
    kept_hash: u64,
}

/// What grows with every row of an order.
#[derive(Default)]
struct Memory {
    /// The rows as they came, as far as they are not in the digest yet.
    raw: Vec<u8>,
    /// Item numbers and names, one behind the other.
    text: String,
    lines: Vec<Line>,
}

/// Memory that is used again for every order.
#[derive(Default)]
pub(super) struct Scratch {
    spare: Vec<Memory>,
    kept: FxHashSet<u64>,
    rows: FxHashMap<u64, FxHashSet<u64>>,
}

impl Run {
    pub fn begin(source: &str, row: &Row<'_>, first: &OrderRow<'_>, facts: Facts, scratch: &mut Scratch) -> Self {
        let mut digest = Box::new(blake3::Hasher::new());
        digest
            .update(&(source.len() as u64).to_le_bytes())
            .update(source.as_bytes())
            .update(&row.id_line.to_le_bytes());
        Self {
            order: first.order.to_string(),
            customer: first.customer.to_string(),
            currency: first.currency.to_string(),
            refund: first.refund,
            first_line: row.line,
            time: first.time,
            utc_offset_minutes: first.utc_offset_minutes,
            facts,
            digest,
            memory: scratch.spare.pop().unwrap_or_default(),
            rejects: Vec::new(),
        }
    }

    /// Whether a row belongs to this order.
    pub fn continues_with(&self, row: &OrderRow<'_>) -> bool {
        self.order == row.order
            && self.customer == row.customer
            && self.refund == row.refund
            && self.currency == row.currency
            && !self.is_full()
    }

    /// Whether a row that follows can be of this order by its time: some tills begin with number 1 every morning, and sell to nobody
    /// that they know. An order that is made at midnight goes on behind it.
    pub fn is_near(&self, row: &OrderRow<'_>) -> bool {
        self.local_day() == row.local_day() || (row.time - self.time).abs() < HALF_A_DAY
    }

    /// Whether it takes no more rows.
    pub fn is_full(&self) -> bool {
        self.memory.lines.len() >= MAX_LINES
    }

    /// Good rows so far.
    pub fn lines(&self) -> usize {
        self.memory.lines.len()
    }

    /// What it keeps of them, in bytes.
    pub fn bytes(&self) -> usize {
        self.memory.text.len()
    }

    /// The day on the clock on the wall, as its first row says it.
    pub fn local_day(&self) -> NaiveDate {
        local_day(self.time, self.utc_offset_minutes)
    }

    /// The same for all rows of an order, and hardly ever for rows of others.
    pub fn key(row: &OrderRow<'_>) -> u64 {
        let mut key = FxHasher::default();
        for part in [&row.order, &row.customer, &row.currency] {
            key.write(part.as_bytes());
            key.write_u8(0);
        }
        key.write_u8(u8::from(row.refund));
        key.write_i32(row.local_day().num_days_from_ce());
        key.finish()
    }

    pub fn push(&mut self, row: &Row<'_>, line: &OrderRow<'_>) {
        self.memory.raw.extend_from_slice(row.id_text.as_bytes());
        self.memory.raw.push(b'\n');
        if self.memory.raw.len() >= DIGEST_PIECE {
            self.digest.update(&self.memory.raw);
            self.memory.raw.clear();
        }
        let item = self.keep(&line.item);
        let name = self.keep(&line.name);
        let mut kept = FxHasher::default();
        kept.write(line.item.as_bytes());
        kept.write_u8(0);
        kept.write(line.name.as_bytes());
        kept.write_i64(line.quantity.ten_thousandths());
        kept.write_i64(line.price.ten_thousandths());
        let mut whole = FxHasher::default();
        whole.write(row.raw.as_bytes());
        self.memory.lines.push(Line {
            line: row.line,
            item,
            name,
            quantity: line.quantity,
            price: line.price,
            row_hash: whole.finish(),
            kept_hash: kept.finish(),
        });
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.memory.text.len();
        self.memory.text.push_str(text);
        start..self.memory.text.len()
    }

    /// Writes the event, then the bad rows that lay between its rows.
    pub fn encode(mut self, source: &Arc<str>, scratch: &mut Scratch, body: &mut Vec<u8>) {
        let properties = self.properties(scratch);
        let message_id = self.digest.update(&self.memory.raw).finalize().to_hex();
        let known = !self.customer.is_empty();
        let event = RawEvent {
            message_id: Cow::Borrowed(&message_id.as_str()[..32]),
            kind: EventKind::Track,
            event: Some(Cow::Borrowed(if self.refund { "Order Refunded" } else { "Order Completed" })),
            user_id: known.then_some(Cow::Borrowed(self.customer.as_str())),
            anonymous_id: (!known).then(|| Cow::Owned(format!("order:{}", self.order))),
            timestamp: self.time,
            utc_offset_minutes: self.utc_offset_minutes,
            origin: Origin { source: source.clone(), line: Some(self.first_line) },
            order: Some(RawOrder {
                order_id: Cow::Borrowed(&self.order),
                currency: self.currency.as_str().into(),
                products: self.memory.lines.iter().map(|line| self.product(line)).collect(),
            }),
            traits: self.facts.traits.as_deref(),
            properties: properties.as_deref(),
            received_at: None,
            context: None,
            name: None,
            category: None,
            group_id: None,
            previous_id: None,
        };
        record::encode_event(body, &event);
        for reject in &self.rejects {
            record::encode_reject(body, reject);
        }
        self.forget(scratch);
    }

    /// Gives the memory back.
    pub fn forget(mut self, scratch: &mut Scratch) {
        let Memory { raw, text, lines } = &mut self.memory;
        raw.clear();
        text.clear();
        lines.clear();
        // What one large order needed is not kept for ever.
        if text.capacity() <= KEPT_CAPACITY {
            scratch.spare.push(self.memory);
        }
    }

    fn product(&self, line: &Line) -> RawProduct<'_> {
        RawProduct {
            product_id: Cow::Borrowed(&self.memory.text[line.item.clone()]),
            name: Cow::Borrowed(&self.memory.text[line.name.clone()]),
            quantity: line.quantity,
            price: line.price,
            line: line.line,
        }
    }

    /// What the mapping says of the order, and which of its lines only look alike.
    fn properties(&mut self, scratch: &mut Scratch) -> Option<Box<RawValue>> {
        let distinct = self.distinct_lines(scratch);
        match self.facts.properties.take() {
            None if distinct.is_empty() => None,
            None => to_raw_value(&serde_json::json!({ "distinct_lines": distinct })).ok(),
            Some(stated) if distinct.is_empty() => Some(stated),
            Some(stated) => {
                let mut all: serde_json::Map<_, _> = serde_json::from_str(stated.get()).unwrap_or_default();
                all.insert("distinct_lines".to_owned(), distinct.into());
                to_raw_value(&all).ok()
            }
        }
    }

    /// Lines that look like an earlier one of this order in all that the event keeps, though their rows differ (in the
    /// minute, or in a column that is not mapped). Cleaning must not take them for copies.
    fn distinct_lines(&self, scratch: &mut Scratch) -> Vec<u64> {
        scratch.kept.clear();
        if self.memory.lines.iter().all(|line| scratch.kept.insert(line.kept_hash)) {
            return Vec::new();
        }
        scratch.rows.clear();
        let mut distinct = Vec::new();
        for line in &self.memory.lines {
            let rows = scratch.rows.entry(line.kept_hash).or_default();
            if rows.insert(line.row_hash) && rows.len() > 1 {
                distinct.push(line.line);
            }
        }
        distinct
    }
}
