//! One value of any Arrow type as JSON.

use bellwether_domain::json::{write_number, write_text};
use chrono::{DateTime, NaiveDateTime, NaiveTime, SecondsFormat};
use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{
        DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type,
        Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
        Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    util::display::{ArrayFormatter, FormatOptions},
};
use std::fmt::Write;

type Outcome = Result<(), String>;

/// Writes a value. Fails where a value has no form, such as a moment beyond the calendar.
pub(super) fn write(array: &dyn Array, row: usize, into: &mut String) -> Outcome {
    if array.is_null(row) {
        into.push_str("null");
        return Ok(());
    }
    macro_rules! digits {
        ($kind:ty) => {{
            let written = write!(into, "{}", array.as_primitive::<$kind>().value(row));
            written.map_err(|error| error.to_string())
        }};
    }
    macro_rules! decimal {
        ($kind:ty) => {{
            into.push_str(&array.as_primitive::<$kind>().value_as_string(row));
            Ok(())
        }};
    }
    match array.data_type() {
        DataType::Boolean => {
            into.push_str(if array.as_boolean().value(row) { "true" } else { "false" });
            Ok(())
        }
        DataType::Int8 => digits!(Int8Type),
        DataType::Int16 => digits!(Int16Type),
        DataType::Int32 => digits!(Int32Type),
        DataType::Int64 => digits!(Int64Type),
        DataType::UInt8 => digits!(UInt8Type),
        DataType::UInt16 => digits!(UInt16Type),
        DataType::UInt32 => digits!(UInt32Type),
        DataType::UInt64 => digits!(UInt64Type),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        DataType::Float16 => short_float(into, array.as_primitive::<Float16Type>().value(row).to_f32()),
        DataType::Float32 => short_float(into, array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => {
            write_number(into, array.as_primitive::<Float64Type>().value(row));
            Ok(())
        }
        DataType::Utf8 => text(into, array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => text(into, array.as_string::<i64>().value(row)),
        DataType::Utf8View => text(into, array.as_string_view().value(row)),
        DataType::Binary => bytes(into, array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(into, array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(into, array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(into, array.as_fixed_size_binary().value(row)),
        DataType::Date32 => day(into, i64::from(array.as_primitive::<Date32Type>().value(row)) * 86_400),
        DataType::Date64 => day(into, array.as_primitive::<Date64Type>().value(row).div_euclid(1000)),
        DataType::Timestamp(unit, zone) => moment(into, timestamp(array, row, *unit), *unit, zone.is_some()),
        DataType::Time32(TimeUnit::Second) => {
            time_of_day(into, array.as_primitive::<Time32SecondType>().value(row), 1_000_000_000)
        }
        DataType::Time32(_) => time_of_day(into, array.as_primitive::<Time32MillisecondType>().value(row), 1_000_000),
        DataType::Time64(TimeUnit::Microsecond) => {
            time_of_day(into, array.as_primitive::<Time64MicrosecondType>().value(row), 1000)
        }
        DataType::Time64(_) => time_of_day(into, array.as_primitive::<Time64NanosecondType>().value(row), 1),
        DataType::List(_) => list(into, &array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(into, &array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(into, &array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let names = fields.iter().map(|field| quoted(field.name()));
            object(into, names.zip(array.as_struct().columns().iter().map(|column| (column, row))))
        }
        DataType::Map(..) => map(into, array, row),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = key_at(dictionary.keys(), row)?;
            write(dictionary.values().as_ref(), key, into)
        }
        _ => printed(into, array, row),
    }
}

fn text(into: &mut String, text: &str) -> Outcome {
    write_text(into, text);
    Ok(())
}

fn quoted(text: &str) -> String {
    let mut json = String::new();
    write_text(&mut json, text);
    json
}

/// Many programs write texts as bytes and do not say that they are texts.
fn bytes(into: &mut String, bytes: &[u8]) -> Outcome {
    match std::str::from_utf8(bytes) {
        Ok(text) => write_text(into, text),
        Err(_) => write_text(into, &bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
    }
    Ok(())
}

/// As short as its own precision allows: 0.1 and not 0.10000000149011612.
fn short_float(into: &mut String, number: f32) -> Outcome {
    match number.to_string().parse::<f64>() {
        Ok(number) => write_number(into, number),
        Err(_) => into.push_str("null"),
    }
    Ok(())
}

fn day(into: &mut String, seconds: i64) -> Outcome {
    let day = DateTime::from_timestamp(seconds, 0).ok_or("the day is beyond the calendar")?;
    write!(into, "\"{}\"", day.format("%Y-%m-%d")).map_err(|error| error.to_string())
}

fn timestamp(array: &dyn Array, row: usize, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row),
    }
}

/// With a zone it is a moment, whatever the zone is called; without one it is what a clock on a wall has shown.
fn moment(into: &mut String, value: i64, unit: TimeUnit, is_moment: bool) -> Outcome {
    let per_second = match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    };
    let nanoseconds = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let moment = DateTime::from_timestamp(value.div_euclid(per_second), nanoseconds as u32)
        .ok_or_else(|| format!("the time {value} is beyond the calendar"))?;
    into.push('"');
    if is_moment {
        into.push_str(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    } else {
        let wall: NaiveDateTime = moment.naive_utc();
        write!(into, "{}", wall.format("%Y-%m-%dT%H:%M:%S%.f")).map_err(|error| error.to_string())?;
    }
    into.push('"');
    Ok(())
}

fn time_of_day(into: &mut String, value: impl Into<i64>, nanoseconds_each: i64) -> Outcome {
    let nanoseconds = value.into().saturating_mul(nanoseconds_each);
    let (seconds, rest) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
    let time = u32::try_from(seconds).ok().and_then(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, rest as u32));
    let time = time.ok_or("the time is of no day")?;
    write!(into, "\"{}\"", time.format("%H:%M:%S%.f")).map_err(|error| error.to_string())
}

fn list(into: &mut String, values: &ArrayRef) -> Outcome {
    into.push('[');
    for row in 0..values.len() {
        if row > 0 {
            into.push(',');
        }
        write(values.as_ref(), row, into)?;
    }
    into.push(']');
    Ok(())
}

fn object<'a>(into: &mut String, fields: impl Iterator<Item = (String, (&'a ArrayRef, usize))>) -> Outcome {
    into.push('{');
    for (index, (name, (values, row))) in fields.enumerate() {
        if index > 0 {
            into.push(',');
        }
        into.push_str(&name);
        into.push(':');
        write(values.as_ref(), row, into)?;
    }
    into.push('}');
    Ok(())
}

fn map(into: &mut String, array: &dyn Array, row: usize) -> Outcome {
    let entries = array.as_map().value(row);
    let [keys, values] = entries.columns() else { return Err("a map has keys and values".to_owned()) };
    let mut names = Vec::with_capacity(keys.len());
    for entry in 0..keys.len() {
        let mut name = String::new();
        write(keys.as_ref(), entry, &mut name)?;
        names.push(if name.starts_with('"') { name } else { quoted(&name) });
    }
    object(into, names.into_iter().zip((0..values.len()).map(|entry| (values, entry))))
}

fn key_at(keys: &dyn Array, row: usize) -> Result<usize, String> {
    macro_rules! key {
        ($kind:ty) => {
            usize::try_from(keys.as_primitive::<$kind>().value(row)).map_err(|error| error.to_string())
        };
    }
    match keys.data_type() {
        DataType::Int8 => key!(Int8Type),
        DataType::Int16 => key!(Int16Type),
        DataType::Int32 => key!(Int32Type),
        DataType::Int64 => key!(Int64Type),
        DataType::UInt8 => key!(UInt8Type),
        DataType::UInt16 => key!(UInt16Type),
        DataType::UInt32 => key!(UInt32Type),
        DataType::UInt64 => key!(UInt64Type),
        other => Err(format!("a dictionary cannot have keys of type {other}")),
    }
}

/// Spans of time, and whatever else there is.
fn printed(into: &mut String, array: &dyn Array, row: usize) -> Outcome {
    let options = FormatOptions::default();
    let printer = ArrayFormatter::try_new(array, &options).map_err(|error| error.to_string())?;
    let shown = printer.value(row).try_to_string().map_err(|error| error.to_string())?;
    text(into, &shown)
}
