//! Events → columns. Hot: half a million order lines go through here in an import, so lines are pushed into plain
//! vectors, and texts that repeat are looked up by their borrowed form.

use crate::{
    Error, Result,
    schema::{DECIMAL_DIGITS, DECIMAL_PLACES, EVENTS, LINE_ELEMENT, LINE_FIELDS},
};
use bellwether_domain::{CleanEvent, EventId, EventKind, Order, OrderKind, OrderLine, Quantity, SubjectId};
use datafusion::arrow::{
    array::{
        ArrayRef, Decimal128Array, Float32Array, Int16Array, Int32Array, Int32DictionaryArray, Int64Array, ListArray,
        RecordBatch, StringArray, StringBuilder, StructArray, TimestampMicrosecondArray, UInt8Array,
    },
    buffer::{NullBuffer, OffsetBuffer, ScalarBuffer},
    error::ArrowError,
};
use rustc_hash::FxHashMap;
use std::{fmt::Write, sync::Arc};

/// Rows of one batch: bounds the memory of a write, and is large enough that dictionaries pay.
const MAX_ROWS: usize = 8192;
/// Text of one batch: Arrow counts the bytes of a text column with 31 bits.
const MAX_TEXT: usize = 1 << 26;
/// What one event may hold.
const MAX_EVENT_TEXT: usize = 1 << 30;

/// Divides events into batches that fit, in order.
pub fn encode_batches(events: &[&CleanEvent]) -> impl Iterator<Item = Result<RecordBatch>> {
    let mut rest = events;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let rows = match rows_that_fit(rest) {
            Ok(rows) => rows,
            Err(error) => {
                rest = &[];
                return Some(Err(error));
            }
        };
        let (batch, behind) = rest.split_at(rows);
        rest = behind;
        Some(encode(batch).map_err(|e| Error::Query { question: "the columns of an event file", source: e.into() }))
    })
}

fn rows_that_fit(events: &[&CleanEvent]) -> Result<usize> {
    let mut text = 0;
    for (row, event) in events.iter().take(MAX_ROWS).enumerate() {
        let bytes = text_bytes(event);
        if bytes > MAX_EVENT_TEXT {
            return Err(Error::EventTooLarge { event: event.id.to_string(), bytes, limit: MAX_EVENT_TEXT });
        }
        text += bytes;
        if text > MAX_TEXT && row > 0 {
            return Ok(row);
        }
    }
    Ok(events.len().min(MAX_ROWS))
}

/// The text that can be large; names and codes of products are counted once a line at the most.
fn text_bytes(event: &CleanEvent) -> usize {
    let of = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
    let ids = [&event.user_id, &event.anonymous_id, &event.group_id, &event.previous_id];
    let ids: usize = ids.into_iter().flatten().map(|id| id.len()).sum();
    let order = event.order.as_ref().map_or(0, |order| {
        order.order_id.len()
            + order.currency.len()
            + order.lines.iter().map(|line| line.name.len() + line.product.len()).sum::<usize>()
    });
    let documents = of(&event.traits) + of(&event.properties) + of(&event.context);
    documents + ids + event.name.len() + event.origin.source.len() + order
}

fn encode(events: &[&CleanEvent]) -> std::result::Result<RecordBatch, ArrowError> {
    let orders = || events.iter().map(|event| event.order.as_ref());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(ids(events)),
        Arc::new(subjects(events)),
        texts(events, |event| event.user_id.as_deref()),
        repeated(events.iter().map(|event| Some(kind_name(event.kind))))?,
        repeated(events.iter().map(|event| Some(&*event.name)))?,
        Arc::new(times(events)),
        Arc::new(Int16Array::from_iter_values(events.iter().map(|event| event.utc_offset_minutes))),
        repeated(events.iter().map(|event| Some(&*event.origin.source)))?,
        Arc::new(Int64Array::from_iter(events.iter().map(|event| event.origin.line.map(u64::cast_signed)))),
        Arc::new(StringArray::from_iter(orders().map(|order| order.map(|order| &*order.order_id)))),
        repeated(orders().map(|order| order.map(|order| order_kind_name(order.kind))))?,
        repeated(orders().map(|order| order.map(|order| &*order.currency)))?,
        decimals(orders().map(|order| order.map(|order| order.value.ten_thousandths())))?,
        decimals(orders().map(|order| order.map(|order| order.fees.ten_thousandths())))?,
        decimals(orders().map(|order| order.map(|order| units(order).ten_thousandths())))?,
        lines(events)?,
        texts(events, |event| event.traits.as_deref()),
        texts(events, |event| event.properties.as_deref()),
        Arc::new(receptions(events)),
        texts(events, |event| event.anonymous_id.as_deref()),
        texts(events, |event| event.group_id.as_deref()),
        texts(events, |event| event.previous_id.as_deref()),
        texts(events, |event| event.context.as_deref()),
        Arc::new(Float32Array::from_iter(events.iter().map(|event| event.bot_probability))),
    ];
    RecordBatch::try_new(EVENTS.clone(), columns)
}

fn ids(events: &[&CleanEvent]) -> StringArray {
    let mut builder = StringBuilder::with_capacity(events.len(), events.len() * ID_BYTES);
    for event in events {
        append_id(&mut builder, EventId::PREFIX, event.id.as_uuid().as_simple().encode_lower(&mut [0; 32]));
    }
    builder.finish()
}

/// An id as it is printed, without a text of its own.
fn append_id(builder: &mut StringBuilder, prefix: &str, hexadecimal: &str) {
    // To write into memory cannot fail.
    let _ = builder.write_str(prefix).and_then(|()| builder.write_char('_'));
    builder.append_value(hexadecimal);
}

fn subjects(events: &[&CleanEvent]) -> StringArray {
    let mut builder = StringBuilder::with_capacity(events.len(), events.len() * ID_BYTES);
    for event in events {
        match event.subject {
            Some(id) => {
                append_id(&mut builder, SubjectId::PREFIX, id.as_uuid().as_simple().encode_lower(&mut [0; 32]));
            }
            None => builder.append_null(),
        }
    }
    builder.finish()
}

/// A prefix of three letters, an underscore, 32 hexadecimal digits.
const ID_BYTES: usize = 36;

fn times(events: &[&CleanEvent]) -> TimestampMicrosecondArray {
    TimestampMicrosecondArray::from_iter_values(events.iter().map(|event| event.time.timestamp_micros()))
        .with_timezone("UTC")
}

fn receptions(events: &[&CleanEvent]) -> TimestampMicrosecondArray {
    let times = events.iter().map(|event| event.received_at.map(|time| time.timestamp_micros()));
    TimestampMicrosecondArray::from_iter(times).with_timezone("UTC")
}

fn texts<'e>(events: &[&'e CleanEvent], text: impl Fn(&'e CleanEvent) -> Option<&'e str>) -> ArrayRef {
    Arc::new(StringArray::from_iter(events.iter().map(|event| text(event))))
}

/// How many pieces of goods an order moved, counted as everywhere: ordinary lines only.
fn units(order: &Order) -> Quantity {
    order.lines.iter().filter(|line| line.flags.is_ordinary_sale()).map(|line| line.quantity).sum()
}

fn decimals(values: impl Iterator<Item = Option<i64>>) -> std::result::Result<ArrayRef, ArrowError> {
    let array = values.map(|value| value.map(i128::from)).collect::<Decimal128Array>();
    Ok(Arc::new(array.with_precision_and_scale(DECIMAL_DIGITS, DECIMAL_PLACES)?))
}

fn dense_decimals(values: Vec<i128>) -> std::result::Result<ArrayRef, ArrowError> {
    let array = Decimal128Array::new(ScalarBuffer::from(values), None);
    Ok(Arc::new(array.with_precision_and_scale(DECIMAL_DIGITS, DECIMAL_PLACES)?))
}

fn repeated<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> std::result::Result<ArrayRef, ArrowError> {
    let mut dictionary = Dictionary::default();
    let keys: Int32Array = texts.map(|text| text.map(|text| dictionary.key(text))).collect();
    dictionary.array(keys)
}

/// Every distinct text once; borrows from the events.
#[derive(Default)]
struct Dictionary<'a> {
    keys: FxHashMap<&'a str, i32>,
    values: Vec<&'a str>,
}

impl<'a> Dictionary<'a> {
    fn key(&mut self, text: &'a str) -> i32 {
        *self.keys.entry(text).or_insert_with(|| {
            self.values.push(text);
            // A batch holds fewer texts than i32 counts: see MAX_TEXT and MAX_EVENT_TEXT.
            (self.values.len() - 1) as i32
        })
    }

    fn array(self, keys: Int32Array) -> std::result::Result<ArrayRef, ArrowError> {
        let values = StringArray::from_iter_values(self.values);
        Ok(Arc::new(Int32DictionaryArray::try_new(keys, Arc::new(values))?))
    }
}

fn lines(events: &[&CleanEvent]) -> std::result::Result<ArrayRef, ArrowError> {
    let count = events.iter().filter_map(|event| event.order.as_ref()).map(|order| order.lines.len()).sum();
    let mut columns = LineColumns::with_capacity(count);
    for line in events.iter().filter_map(|event| event.order.as_ref()).flat_map(|order| &order.lines) {
        columns.push(line);
    }
    let lengths = events.iter().map(|event| event.order.as_ref().map_or(0, |order| order.lines.len()));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let nulls = NullBuffer::from_iter(events.iter().map(|event| event.order.is_some()));
    Ok(Arc::new(ListArray::try_new(LINE_ELEMENT.clone(), offsets, Arc::new(columns.finish()?), Some(nulls))?))
}

struct LineColumns<'a> {
    products: Dictionary<'a>,
    names: Dictionary<'a>,
    product: Vec<i32>,
    name: Vec<i32>,
    quantity: Vec<i128>,
    price: Vec<i128>,
    source_line: Vec<i64>,
    flags: Vec<u8>,
}

impl<'a> LineColumns<'a> {
    fn with_capacity(lines: usize) -> Self {
        Self {
            products: Dictionary::default(),
            names: Dictionary::default(),
            product: Vec::with_capacity(lines),
            name: Vec::with_capacity(lines),
            quantity: Vec::with_capacity(lines),
            price: Vec::with_capacity(lines),
            source_line: Vec::with_capacity(lines),
            flags: Vec::with_capacity(lines),
        }
    }

    fn push(&mut self, line: &'a OrderLine) {
        self.product.push(self.products.key(&line.product));
        self.name.push(self.names.key(&line.name));
        self.quantity.push(line.quantity.ten_thousandths().into());
        self.price.push(line.price.ten_thousandths().into());
        self.source_line.push(line.source_line.cast_signed());
        self.flags.push(line.flags.bits());
    }

    fn finish(self) -> std::result::Result<StructArray, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            self.products.array(self.product.into())?,
            self.names.array(self.name.into())?,
            dense_decimals(self.quantity)?,
            dense_decimals(self.price)?,
            Arc::new(Int64Array::from(self.source_line)),
            Arc::new(UInt8Array::from(self.flags)),
        ];
        StructArray::try_new(LINE_FIELDS.clone(), columns, None)
    }
}

/// How the file names a call.
pub const fn kind_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Identify => "identify",
        EventKind::Track => "track",
        EventKind::Page => "page",
        EventKind::Screen => "screen",
        EventKind::Group => "group",
        EventKind::Alias => "alias",
    }
}

/// How the file names an order's kind.
pub const fn order_kind_name(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Completed => "completed",
        OrderKind::Refunded => "refunded",
    }
}
