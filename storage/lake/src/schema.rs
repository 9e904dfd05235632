//! The columns of an event file. `docs/lake.md` is the same for people; change both, and count [`FORMAT`] up when an
//! older version could no longer read what is written.

use datafusion::{
    arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit},
    parquet::{
        basic::{Compression, Encoding, ZstdLevel},
        file::{
            metadata::{KeyValue, SortingColumn},
            properties::{EnabledStatistics, WriterProperties},
        },
        schema::types::ColumnPath,
    },
};
use std::sync::{Arc, LazyLock};

/// The version of the columns, written into every file. Format 1 ends with `properties`; what is missing in a file is
/// missing in its events.
pub const FORMAT: u32 = 2;
/// The key of the version in the file's own metadata.
pub const FORMAT_KEY: &str = "bellwether.events.format";
/// The key of how many bytes the documents of all its events have, which says what memory they need.
pub const DOCUMENTS_KEY: &str = "bellwether.events.document_bytes";

/// Digits and places of money and quantities: one machine word in the file.
pub const DECIMAL_DIGITS: u8 = 18;
/// See [`DECIMAL_DIGITS`].
pub const DECIMAL_PLACES: i8 = 4;

/// About a minute of a busy shop; also the unit in which a reader can skip. A file of no more rows is a recent one, and whoever
/// asks for a person's timeline reads it.
const ROWS_PER_GROUP: usize = 131_072;
/// Of a larger file, which was put together from smaller ones. A group has its own dictionaries: the larger it is, the less
/// often the same text is written.
const ROWS_PER_LARGE_GROUP: usize = 1 << 20;
/// Distinct texts of a column and group of a large file; behind that its texts are written one by one. A reader decodes all of a
/// dictionary for the first of its rows: recent files with more than the usual megabyte took about twice as long to look into.
const LARGE_DICTIONARY_BYTES: usize = 32 << 20;
/// For numbers and ids: more gains nothing there, and ids become larger.
const COMPRESSION_LEVEL: i32 = 1;
/// For JSON: a tenth smaller than at level 1.
const DOCUMENT_COMPRESSION_LEVEL: i32 = 3;

/// Microseconds, UTC.
pub fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Money and quantities.
pub fn decimal_type() -> DataType {
    DataType::Decimal128(DECIMAL_DIGITS, DECIMAL_PLACES)
}

/// Text that repeats.
pub fn repeated_type() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The fields of one order line.
pub static LINE_FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("product", repeated_type(), false),
        Field::new("name", repeated_type(), false),
        Field::new("quantity", decimal_type(), false),
        Field::new("price", decimal_type(), false),
        Field::new("source_line", DataType::Int64, false),
        Field::new("flags", DataType::UInt8, false),
    ])
});

/// One line, as the element of a list.
pub static LINE_ELEMENT: LazyLock<Arc<Field>> =
    LazyLock::new(|| Arc::new(Field::new("element", DataType::Struct(LINE_FIELDS.clone()), false)));

/// The event table.
pub static EVENTS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        Field::new("event_id", DataType::Utf8, false),
        Field::new("subject_id", DataType::Utf8, true),
        Field::new("user_id", DataType::Utf8, true),
        Field::new("kind", repeated_type(), false),
        Field::new("name", repeated_type(), false),
        Field::new("time", time_type(), false),
        Field::new("utc_offset_minutes", DataType::Int16, false),
        Field::new("source", repeated_type(), false),
        Field::new("source_line", DataType::Int64, true),
        Field::new("order_id", DataType::Utf8, true),
        Field::new("order_kind", repeated_type(), true),
        Field::new("currency", repeated_type(), true),
        Field::new("order_value", decimal_type(), true),
        Field::new("order_fees", decimal_type(), true),
        Field::new("order_units", decimal_type(), true),
        Field::new("lines", DataType::List(LINE_ELEMENT.clone()), true),
        Field::new("traits", DataType::Utf8, true),
        Field::new("properties", DataType::Utf8, true),
        // Since format 2.
        Field::new("received_at", time_type(), true),
        Field::new("anonymous_id", DataType::Utf8, true),
        Field::new("group_id", DataType::Utf8, true),
        Field::new("previous_id", DataType::Utf8, true),
        Field::new("context", DataType::Utf8, true),
        Field::new("bot_probability", DataType::Float32, true),
    ]))
});

/// How the columns lie in a file of so many rows.
pub fn writer_properties(rows: usize, document_bytes: usize) -> WriterProperties {
    let column = |parts: &[&str]| ColumnPath::new(parts.iter().map(|part| (*part).to_owned()).collect());
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("bellwether ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(vec![
            KeyValue::new(FORMAT_KEY.to_owned(), FORMAT.to_string()),
            KeyValue::new(DOCUMENTS_KEY.to_owned(), document_bytes.to_string()),
        ]))
        .set_sorting_columns(Some(sorting()))
        .set_compression(zstd(COMPRESSION_LEVEL))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP));
    // A dictionary of values that hardly repeat is written twice and then thrown away.
    for unique in [&["event_id"][..], &["order_id"]] {
        properties = properties.set_column_dictionary_enabled(column(unique), false);
    }
    if rows > ROWS_PER_GROUP {
        properties = properties
            .set_max_row_group_row_count(Some(ROWS_PER_LARGE_GROUP))
            .set_dictionary_page_size_limit(LARGE_DICTIONARY_BYTES);
    }
    for document in ["traits", "properties", "context"] {
        properties = properties.set_column_compression(column(&[document]), zstd(DOCUMENT_COMPRESSION_LEVEL));
    }
    // Numbers that count up are nothing but their steps.
    for rising in [&["time"][..], &["received_at"], &["source_line"], &["lines", "list", "element", "source_line"]] {
        properties = properties
            .set_column_dictionary_enabled(column(rising), false)
            .set_column_encoding(column(rising), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

fn zstd(level: i32) -> Compression {
    Compression::ZSTD(ZstdLevel::try_new(level).unwrap_or_default())
}

/// By time, then by id.
fn sorting() -> Vec<SortingColumn> {
    let leaf = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: false };
    vec![leaf(5), leaf(0)]
}
