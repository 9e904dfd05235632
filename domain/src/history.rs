//! Orders as columns of plain numbers, the form in which models read the past.

use crate::{EventId, LineFlags, Money, OrderKind, Quantity, SubjectId};
use chrono::{DateTime, Utc};
use compact_str::CompactString;

/// All orders of a span of time, by time. Customers and products are indices into the two lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrderHistory {
    /// Every customer with an order, in order of first appearance.
    pub customers: Vec<SubjectId>,
    /// Every product with a line, in order of first appearance.
    pub products: Vec<CompactString>,
    /// Orders, sorted by time, then by event id.
    pub orders: Vec<OrderHead>,
    /// The lines of all orders; those of one order stand together.
    pub lines: Vec<HistoryLine>,
}

/// One order without its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderHead {
    /// The event that brought it.
    pub event: EventId,
    /// The shop's number.
    pub order_id: CompactString,
    /// Sold or returned.
    pub kind: OrderKind,
    /// Index into `customers`; `None` for a sale to somebody unknown.
    pub customer: Option<u32>,
    /// When.
    pub time: DateTime<Utc>,
    /// Minutes to add to UTC for the clock on the wall.
    pub utc_offset_minutes: i16,
    /// Index of its first line.
    pub first_line: u32,
    /// How many lines.
    pub line_count: u32,
}

/// One line of an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryLine {
    /// How many; negative for goods that came back.
    pub quantity: Quantity,
    /// Price of one.
    pub price: Money,
    /// Index into `products`.
    pub product: u32,
    /// What cleaning noticed.
    pub flags: LineFlags,
}

impl OrderHistory {
    /// The lines of one order.
    pub fn lines_of(&self, order: &OrderHead) -> &[HistoryLine] {
        let first = order.first_line as usize;
        &self.lines[first..first + order.line_count as usize]
    }

    /// The orders before a moment (not at it): the past as it was known then.
    pub fn before(&self, moment: DateTime<Utc>) -> &[OrderHead] {
        &self.orders[..self.orders.partition_point(|order| order.time < moment)]
    }

    /// The orders from a moment on.
    pub fn since(&self, moment: DateTime<Utc>) -> &[OrderHead] {
        &self.orders[self.orders.partition_point(|order| order.time < moment)..]
    }
}
