//! Orders as plain columns of numbers, straight from the files: only the columns that models need are decoded, and a
//! product is a dictionary key that is looked up once a batch and not once a line.

use crate::{
    Error, Result,
    decode::{Decoded, column, field, line_structs, moment, parse, parse_order_kind, word},
    scan::scan,
    schema::{decimal_type, repeated_type, time_type},
};
use bellwether_domain::{EventId, HistoryLine, LineFlags, Money, OrderHead, OrderHistory, Quantity, SubjectId};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Decimal128Type, Int16Type, Int32Type, TimestampMicrosecondType, UInt8Type},
};
use rustc_hash::FxHashMap;
use std::path::PathBuf;

const COLUMNS: [&str; 10] = [
    "event_id",
    "subject_id",
    "time",
    "utc_offset_minutes",
    "order_id",
    "order_kind",
    "lines.list.element.product",
    "lines.list.element.quantity",
    "lines.list.element.price",
    "lines.list.element.flags",
];

/// Reads the orders of all files, in the order of their first events, and puts them into the order of time.
pub fn read_history(paths: &[PathBuf], until: Option<DateTime<Utc>>) -> Result<OrderHistory> {
    let mut reader = Reader::default();
    for path in paths {
        for batch in scan(path, &COLUMNS)? {
            let more = reader.add(&batch?, until).map_err(|detail| Error::damaged(path, detail))?;
            if !more {
                break;
            }
        }
    }
    let history = reader.history;
    let key = |order: &OrderHead| (order.time, order.event);
    Ok(if history.orders.is_sorted_by_key(key) { history } else { sorted(history) })
}

#[derive(Default)]
struct Reader {
    history: OrderHistory,
    customers: FxHashMap<SubjectId, u32>,
    products: FxHashMap<CompactString, u32>,
}

impl Reader {
    /// Whether the events behind this batch can still be before `until`.
    fn add(&mut self, batch: &RecordBatch, until: Option<DateTime<Utc>>) -> Decoded<bool> {
        let heads = Heads::new(batch)?;
        let mut lines = Lines::new(batch)?;
        for row in 0..batch.num_rows() {
            let time = moment(heads.time.as_primitive::<TimestampMicrosecondType>().value(row))?;
            // A file is sorted by time.
            if until.is_some_and(|until| time >= until) {
                return Ok(false);
            }
            if heads.order_id.is_null(row) {
                continue;
            }
            let first_line = index(self.history.lines.len())?;
            self.add_lines(&mut lines, row)?;
            let line_count = index(self.history.lines.len())? - first_line;
            let customer = self.customer(&heads.subject, row)?;
            let head = heads.order(row, time)?;
            self.history.orders.push(OrderHead { customer, first_line, line_count, ..head });
        }
        Ok(true)
    }

    fn customer(&mut self, subjects: &ArrayRef, row: usize) -> Decoded<Option<u32>> {
        if subjects.is_null(row) {
            return Ok(None);
        }
        let subject: SubjectId = parse(subjects.as_string::<i32>().value(row))?;
        if let Some(known) = self.customers.get(&subject) {
            return Ok(Some(*known));
        }
        let new = index(self.history.customers.len())?;
        self.history.customers.push(subject);
        self.customers.insert(subject, new);
        Ok(Some(new))
    }

    fn add_lines(&mut self, lines: &mut Lines, row: usize) -> Decoded<()> {
        let range = lines.offsets[row]..lines.offsets[row + 1];
        let range = range.start as usize..range.end as usize;
        let keys = &lines.product.as_dictionary::<Int32Type>().keys().values()[range.clone()];
        let quantities = &lines.quantity.as_primitive::<Decimal128Type>().values()[range.clone()];
        let prices = &lines.price.as_primitive::<Decimal128Type>().values()[range.clone()];
        let flags = &lines.flags.as_primitive::<UInt8Type>().values()[range];
        for (((key, quantity), price), flags) in keys.iter().zip(quantities).zip(prices).zip(flags) {
            let slot = *key as usize;
            let mut product = *lines.indices.get(slot).ok_or("a product is missing from its dictionary")?;
            if product == UNKNOWN {
                product = self.product(&lines.product, slot)?;
                lines.indices[slot] = product;
            }
            self.history.lines.push(HistoryLine {
                quantity: Quantity::from_ten_thousandths(word(*quantity)?),
                price: Money::from_ten_thousandths(word(*price)?),
                product,
                flags: LineFlags::from_bits(*flags),
            });
        }
        Ok(())
    }

    fn product(&mut self, products: &ArrayRef, slot: usize) -> Decoded<u32> {
        let name = products.as_dictionary::<Int32Type>().values().as_string::<i32>().value(slot);
        if let Some(known) = self.products.get(name) {
            return Ok(*known);
        }
        let new = index(self.history.products.len())?;
        self.history.products.push(name.into());
        self.products.insert(name.into(), new);
        Ok(new)
    }
}

fn index(length: usize) -> Decoded<u32> {
    u32::try_from(length).map_err(|_| "there are more order lines than one history can hold (4 billion)".to_owned())
}

/// The columns of an order without its lines.
struct Heads {
    event: ArrayRef,
    subject: ArrayRef,
    time: ArrayRef,
    utc_offset: ArrayRef,
    order_id: ArrayRef,
    kind: ArrayRef,
}

impl Heads {
    fn new(batch: &RecordBatch) -> Decoded<Self> {
        Ok(Self {
            event: column(batch, "event_id", &DataType::Utf8)?,
            subject: column(batch, "subject_id", &DataType::Utf8)?,
            time: column(batch, "time", &time_type())?,
            utc_offset: column(batch, "utc_offset_minutes", &DataType::Int16)?,
            order_id: column(batch, "order_id", &DataType::Utf8)?,
            kind: column(batch, "order_kind", &DataType::Utf8)?,
        })
    }

    /// The order but for customer and lines.
    fn order(&self, row: usize, time: DateTime<Utc>) -> Decoded<OrderHead> {
        Ok(OrderHead {
            event: parse::<EventId>(self.event.as_string::<i32>().value(row))?,
            order_id: self.order_id.as_string::<i32>().value(row).into(),
            kind: parse_order_kind(self.kind.as_string::<i32>().value(row))?,
            customer: None,
            time,
            utc_offset_minutes: self.utc_offset.as_primitive::<Int16Type>().value(row),
            first_line: 0,
            line_count: 0,
        })
    }
}

/// A product of the batch's dictionary that no line has named yet.
const UNKNOWN: u32 = u32::MAX;

/// The columns of the lines of a batch.
struct Lines<'a> {
    offsets: &'a [i32],
    product: ArrayRef,
    quantity: ArrayRef,
    price: ArrayRef,
    flags: ArrayRef,
    /// From the batch's dictionary to the history's products.
    indices: Vec<u32>,
}

impl<'a> Lines<'a> {
    fn new(batch: &'a RecordBatch) -> Decoded<Self> {
        let (list, structs) = line_structs(batch)?;
        let product = field(structs, "product", &repeated_type())?;
        let distinct = product.as_dictionary::<Int32Type>().values().len();
        Ok(Self {
            offsets: list.value_offsets(),
            product,
            quantity: field(structs, "quantity", &decimal_type())?,
            price: field(structs, "price", &decimal_type())?,
            flags: field(structs, "flags", &DataType::UInt8)?,
            indices: vec![UNKNOWN; distinct],
        })
    }
}

/// Where files overlap in time: orders by time and id, and customers and products by their first appearance in that
/// order, exactly as from one file.
fn sorted(mut from: OrderHistory) -> OrderHistory {
    let mut orders = std::mem::take(&mut from.orders);
    orders.sort_by_key(|order| (order.time, order.event));
    let mut customers = Renumbering::new(from.customers.len());
    let mut products = Renumbering::new(from.products.len());
    let mut lines = Vec::with_capacity(from.lines.len());
    for order in &mut orders {
        let first = order.first_line as usize;
        order.customer = order.customer.map(|old| customers.renumber(old));
        // No more lines than before, which had indices too.
        order.first_line = lines.len() as u32;
        let moved = from.lines[first..first + order.line_count as usize].iter();
        lines.extend(moved.map(|line| HistoryLine { product: products.renumber(line.product), ..*line }));
    }
    OrderHistory {
        customers: customers.old.iter().map(|old| from.customers[*old as usize]).collect(),
        products: products.old.iter().map(|old| from.products[*old as usize].clone()).collect(),
        orders,
        lines,
    }
}

/// New numbers in the order of asking.
struct Renumbering {
    new: Vec<u32>,
    old: Vec<u32>,
}

impl Renumbering {
    fn new(count: usize) -> Self {
        Self { new: vec![UNKNOWN; count], old: Vec::with_capacity(count) }
    }

    fn renumber(&mut self, old: u32) -> u32 {
        let new = &mut self.new[old as usize];
        if *new == UNKNOWN {
            *new = self.old.len() as u32;
            self.old.push(old);
        }
        *new
    }
}
