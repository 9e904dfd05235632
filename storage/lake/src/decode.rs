//! Columns → events, the inverse of [`crate::encode`].

use crate::{
    encode::{kind_name, order_kind_name},
    schema::{decimal_type, repeated_type, time_type},
};
use bellwether_domain::{CleanEvent, EventKind, LineFlags, Money, Order, OrderKind, OrderLine, Origin, Quantity};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StructArray, new_null_array},
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, Float32Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type,
    },
};
use std::{str::FromStr, sync::Arc};

/// What is wrong with a file's content, in a few words; the caller knows which file it is.
pub type Decoded<T> = Result<T, String>;

/// All events of a batch that has all columns.
pub fn decode_batch(batch: &RecordBatch) -> Decoded<Vec<CleanEvent>> {
    let columns = EventColumns::new(batch)?;
    (0..batch.num_rows()).map(|row| columns.event(row)).collect()
}

/// Name and time of all events of a batch that has these columns.
pub fn decode_names(batch: &RecordBatch, each: &mut impl FnMut(&Arc<str>, DateTime<Utc>)) -> Decoded<()> {
    let names = column(batch, "name", &repeated_type()).map(Repeated::new)?;
    let times = column(batch, "time", &time_type())?;
    let times = times.as_primitive::<TimestampMicrosecondType>();
    for row in 0..batch.num_rows() {
        each(required(names.get(row), "name")?, moment(times.value(row))?);
    }
    Ok(())
}

/// A column by its name, in the type that we expect; engines may hand out another form of the same.
pub fn column(batch: &RecordBatch, name: &str, expected: &DataType) -> Decoded<ArrayRef> {
    let array = batch.column_by_name(name).ok_or_else(|| format!("it has no column `{name}`"))?;
    typed(array, name, expected)
}

/// A column that older files lack; without a value in every row then.
fn later_column(batch: &RecordBatch, name: &str, expected: &DataType) -> Decoded<ArrayRef> {
    match batch.column_by_name(name) {
        Some(array) => typed(array, name, expected),
        None => Ok(new_null_array(expected, batch.num_rows())),
    }
}

/// A field of a struct, as [`column`].
pub fn field(array: &StructArray, name: &str, expected: &DataType) -> Decoded<ArrayRef> {
    let array = array.column_by_name(name).ok_or_else(|| format!("its lines have no field `{name}`"))?;
    typed(array, name, expected)
}

fn typed(array: &ArrayRef, name: &str, expected: &DataType) -> Decoded<ArrayRef> {
    if array.data_type() == expected {
        return Ok(array.clone());
    }
    cast(array, expected).map_err(|e| format!("its column `{name}` has another type: {e}"))
}

/// The list of lines as its offsets and its struct.
pub fn line_structs(batch: &RecordBatch) -> Decoded<(&datafusion::arrow::array::ListArray, &StructArray)> {
    let array = batch.column_by_name("lines").ok_or("it has no column `lines`")?;
    let list = array.as_list_opt::<i32>().ok_or("its column `lines` is not a list")?;
    let structs = list.values().as_struct_opt().ok_or("its column `lines` is not a list of structs")?;
    Ok((list, structs))
}

/// A column of text, plain.
#[derive(Debug)]
struct Texts(ArrayRef);

impl Texts {
    fn new(batch: &RecordBatch, name: &str) -> Decoded<Self> {
        column(batch, name, &DataType::Utf8).map(Self)
    }

    fn later(batch: &RecordBatch, name: &str) -> Decoded<Self> {
        later_column(batch, name, &DataType::Utf8).map(Self)
    }

    fn get(&self, row: usize) -> Option<&str> {
        (!self.0.is_null(row)).then(|| self.0.as_string::<i32>().value(row))
    }
}

/// A column of text that repeats, each distinct value kept once and shared.
#[derive(Debug)]
struct Repeated {
    keys: ArrayRef,
    values: Vec<Arc<str>>,
}

impl Repeated {
    fn new(array: ArrayRef) -> Self {
        let values = array.as_dictionary::<Int32Type>().values().as_string::<i32>().iter();
        let values = values.map(|value| value.unwrap_or_default().into()).collect();
        Self { keys: array, values }
    }

    fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.keys.as_dictionary::<Int32Type>().key(row).map(|key| &self.values[key])
    }
}

/// The columns of a batch, ready to be read row by row.
struct EventColumns {
    id: Texts,
    subject: Texts,
    user_id: Texts,
    kind: Repeated,
    name: Repeated,
    time: ArrayRef,
    utc_offset: ArrayRef,
    source: Repeated,
    source_line: ArrayRef,
    order: OrderColumns,
    traits: Texts,
    properties: Texts,
    received_at: ArrayRef,
    anonymous_id: Texts,
    group_id: Texts,
    previous_id: Texts,
    context: Texts,
    bot_probability: ArrayRef,
}

impl EventColumns {
    fn new(batch: &RecordBatch) -> Decoded<Self> {
        let repeated = |name| column(batch, name, &repeated_type()).map(Repeated::new);
        Ok(Self {
            id: Texts::new(batch, "event_id")?,
            subject: Texts::new(batch, "subject_id")?,
            user_id: Texts::new(batch, "user_id")?,
            kind: repeated("kind")?,
            name: repeated("name")?,
            time: column(batch, "time", &time_type())?,
            utc_offset: column(batch, "utc_offset_minutes", &DataType::Int16)?,
            source: repeated("source")?,
            source_line: column(batch, "source_line", &DataType::Int64)?,
            order: OrderColumns::new(batch)?,
            traits: Texts::new(batch, "traits")?,
            properties: Texts::new(batch, "properties")?,
            received_at: later_column(batch, "received_at", &time_type())?,
            anonymous_id: Texts::later(batch, "anonymous_id")?,
            group_id: Texts::later(batch, "group_id")?,
            previous_id: Texts::later(batch, "previous_id")?,
            context: Texts::later(batch, "context")?,
            bot_probability: later_column(batch, "bot_probability", &DataType::Float32)?,
        })
    }

    fn event(&self, row: usize) -> Decoded<CleanEvent> {
        let time = self.time.as_primitive::<TimestampMicrosecondType>().value(row);
        let received_at = self.received_at.as_primitive::<TimestampMicrosecondType>();
        let bot_probability = self.bot_probability.as_primitive::<Float32Type>();
        let line = self.source_line.as_primitive::<Int64Type>();
        let id = |ids: &Texts| ids.get(row).map(CompactString::from);
        let own = |text: &str| text.to_owned().into_boxed_str();
        Ok(CleanEvent {
            id: parse(self.id.get(row).unwrap_or_default())?,
            subject: self.subject.get(row).map(parse).transpose()?,
            user_id: id(&self.user_id),
            kind: parse_kind(required(self.kind.get(row), "kind")?)?,
            name: required(self.name.get(row), "name")?.clone(),
            time: moment(time)?,
            utc_offset_minutes: self.utc_offset.as_primitive::<Int16Type>().value(row),
            origin: Origin {
                source: required(self.source.get(row), "source")?.clone(),
                line: (!line.is_null(row)).then(|| line.value(row).cast_unsigned()),
            },
            order: self.order.get(row)?,
            traits: self.traits.get(row).map(own),
            properties: self.properties.get(row).map(own),
            received_at: (!received_at.is_null(row)).then(|| moment(received_at.value(row))).transpose()?,
            anonymous_id: id(&self.anonymous_id),
            group_id: id(&self.group_id),
            previous_id: id(&self.previous_id),
            context: self.context.get(row).map(own),
            bot_probability: (!bot_probability.is_null(row)).then(|| bot_probability.value(row)),
        })
    }
}

struct OrderColumns {
    order_id: Texts,
    kind: Repeated,
    currency: Repeated,
    value: ArrayRef,
    fees: ArrayRef,
    lines: ArrayRef,
    product: Repeated,
    name: Repeated,
    quantity: ArrayRef,
    price: ArrayRef,
    source_line: ArrayRef,
    flags: ArrayRef,
}

impl OrderColumns {
    fn new(batch: &RecordBatch) -> Decoded<Self> {
        let (list, structs) = line_structs(batch)?;
        Ok(Self {
            order_id: Texts::new(batch, "order_id")?,
            kind: Repeated::new(column(batch, "order_kind", &repeated_type())?),
            currency: Repeated::new(column(batch, "currency", &repeated_type())?),
            value: column(batch, "order_value", &decimal_type())?,
            fees: column(batch, "order_fees", &decimal_type())?,
            lines: Arc::new(list.clone()),
            product: Repeated::new(field(structs, "product", &repeated_type())?),
            name: Repeated::new(field(structs, "name", &repeated_type())?),
            quantity: field(structs, "quantity", &decimal_type())?,
            price: field(structs, "price", &decimal_type())?,
            source_line: field(structs, "source_line", &DataType::Int64)?,
            flags: field(structs, "flags", &DataType::UInt8)?,
        })
    }

    fn get(&self, row: usize) -> Decoded<Option<Order>> {
        let Some(order_id) = self.order_id.get(row) else { return Ok(None) };
        let offsets = self.lines.as_list::<i32>().value_offsets();
        let lines = offsets[row] as usize..offsets[row + 1] as usize;
        Ok(Some(Order {
            order_id: order_id.into(),
            kind: parse_order_kind(required(self.kind.get(row), "order_kind")?)?,
            currency: CompactString::from(&**required(self.currency.get(row), "currency")?),
            value: Money::from_ten_thousandths(decimal(&self.value, row)?),
            fees: Money::from_ten_thousandths(decimal(&self.fees, row)?),
            lines: lines.map(|line| self.line(line)).collect::<Decoded<_>>()?,
        }))
    }

    fn line(&self, line: usize) -> Decoded<OrderLine> {
        Ok(OrderLine {
            product: CompactString::from(&**required(self.product.get(line), "product")?),
            name: required(self.name.get(line), "name")?.clone(),
            quantity: Quantity::from_ten_thousandths(decimal(&self.quantity, line)?),
            price: Money::from_ten_thousandths(decimal(&self.price, line)?),
            source_line: self.source_line.as_primitive::<Int64Type>().value(line).cast_unsigned(),
            flags: LineFlags::from_bits(self.flags.as_primitive::<UInt8Type>().value(line)),
        })
    }
}

fn required<'a>(value: Option<&'a Arc<str>>, column: &str) -> Decoded<&'a Arc<str>> {
    value.ok_or_else(|| format!("its column `{column}` has a row without a value"))
}

/// An id from its text.
pub fn parse<T: FromStr<Err: ToString>>(text: &str) -> Decoded<T> {
    text.parse().map_err(|e: T::Err| e.to_string())
}

/// A moment from its microseconds.
pub fn moment(micros: i64) -> Decoded<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| format!("{micros} is not a time in microseconds"))
}

fn decimal(array: &ArrayRef, row: usize) -> Decoded<i64> {
    word(array.as_primitive::<Decimal128Type>().value(row))
}

/// A decimal of the file as one machine word.
pub fn word(value: i128) -> Decoded<i64> {
    i64::try_from(value).map_err(|_| format!("the amount {value} is too large"))
}

fn parse_kind(text: &str) -> Decoded<EventKind> {
    use EventKind::{Alias, Group, Identify, Page, Screen, Track};
    let known = [Track, Identify, Page, Screen, Group, Alias];
    known.into_iter().find(|kind| kind_name(*kind) == text).ok_or_else(|| format!("`{text}` is not a kind of event"))
}

/// An order's kind from its name in the file.
pub fn parse_order_kind(text: &str) -> Decoded<OrderKind> {
    let known = [OrderKind::Completed, OrderKind::Refunded];
    known
        .into_iter()
        .find(|kind| order_kind_name(*kind) == text)
        .ok_or_else(|| format!("`{text}` is not a kind of order"))
}
