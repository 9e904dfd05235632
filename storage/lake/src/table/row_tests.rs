use super::*;
use crate::Error;
use datafusion::{
    arrow::{
        array::*,
        buffer::OffsetBuffer,
        datatypes::{DataType, Field, Int8Type, Int32Type, UInt8Type},
    },
    parquet::{arrow::ArrowWriter, file::properties::WriterProperties},
};
use std::{path::PathBuf, sync::Arc};
use tempfile::TempDir;

fn file(columns: Vec<(&str, ArrayRef)>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let named = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(1000)).build();
    let target = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(target, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (folder, path)
}

fn all(path: &std::path::Path) -> crate::Result<Vec<String>> {
    let mut rows = ParquetRows::open(path)?;
    let mut all = Vec::new();
    loop {
        let mut row = String::new();
        if !rows.next_row(&mut row)? {
            return Ok(all);
        }
        all.push(row);
    }
}

/// What the values of one column are written as.
fn check(array: impl Array + 'static, expected: &[&str]) {
    let (_folder, path) = file(vec![("c", Arc::new(array))]);
    let expected: Vec<String> = expected.iter().map(|value| format!("{{\"c\":{value}}}")).collect();
    assert_eq!(all(&path).unwrap(), expected);
}

#[test]
fn numbers_have_all_their_digits() {
    check(Int64Array::from(vec![Some(i64::MIN), None]), &["-9223372036854775808", "null"]);
    check(UInt64Array::from(vec![u64::MAX]), &["18446744073709551615"]);
    check(Int8Array::from(vec![-7]), &["-7"]);
    check(Float32Array::from(vec![0.1]), &["0.1"]);
    check(Float64Array::from(vec![17_850.0, 0.1, f64::NAN, 1e300]), &["17850", "0.1", "null", "1e300"]);
    let decimals = Decimal128Array::from(vec![Some(-12_340), Some(5), None]).with_precision_and_scale(38, 2).unwrap();
    check(decimals, &["-123.40", "0.05", "null"]);
    let long = Decimal128Array::from(vec![99_999_999_999_999_999_999_999_999_999_999_999_999])
        .with_precision_and_scale(38, 10)
        .unwrap();
    check(long, &["9999999999999999999999999999.9999999999"]);
    check(BooleanArray::from(vec![true, false]), &["true", "false"]);
}

#[test]
fn times_have_all_the_places_of_their_unit() {
    check(TimestampSecondArray::from(vec![1_323_435_000]), &["\"2011-12-09T12:50:00\""]);
    check(
        TimestampMicrosecondArray::from(vec![1_323_435_000_000_001]).with_timezone("UTC"),
        &["\"2011-12-09T12:50:00.000001Z\""],
    );
    check(TimestampNanosecondArray::from(vec![-1]).with_timezone("+08:00"), &["\"1969-12-31T23:59:59.999999999Z\""]);
    check(
        TimestampMillisecondArray::from(vec![1_323_435_000_250]).with_timezone("Europe/Berlin"),
        &["\"2011-12-09T12:50:00.250Z\""],
    );
    check(Date32Array::from(vec![15_317]), &["\"2011-12-09\""]);
    check(Date64Array::from(vec![-86_400_000]), &["\"1969-12-31\""]);
    check(Time32SecondArray::from(vec![3661]), &["\"01:01:01\""]);
    check(Time64MicrosecondArray::from(vec![3_661_000_500]), &["\"01:01:01.000500\""]);
    let (_folder, path) = file(vec![("c", Arc::new(TimestampSecondArray::from(vec![i64::MAX])))]);
    let error = all(&path).unwrap_err().to_string();
    assert!(error.contains("column `c`: row 1: the time") && error.ends_with("is beyond the calendar"), "{error}");
}

#[test]
fn texts_and_bytes() {
    check(StringArray::from(vec![Some("茶 \"x\"\n"), Some("")]), &["\"茶 \\\"x\\\"\\n\"", "\"\""]);
    check(StringViewArray::from(vec!["a"]), &["\"a\""]);
    check(LargeStringArray::from(vec!["a"]), &["\"a\""]);
    check(BinaryArray::from(vec![&b"text"[..], b"\x01\xff"]), &["\"text\"", "\"01ff\""]);
    check(DictionaryArray::<Int8Type>::from_iter(vec![Some("b"), None, Some("a")]), &["\"b\"", "null", "\"a\""]);
    let keys = UInt8Array::from(vec![Some(1), None, Some(0)]);
    check(DictionaryArray::<UInt8Type>::new(keys, Arc::new(Int32Array::from(vec![10, 20]))), &["20", "null", "10"]);
}

#[test]
fn lists_structs_and_maps() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None, Some(vec![])]);
    check(list, &["[1,null]", "null", "[]"]);
    let fields = vec![Field::new("sku", DataType::Utf8, true), Field::new("n", DataType::Int32, true)];
    let products = StructArray::new(
        fields.into(),
        vec![Arc::new(StringArray::from(vec!["a", "b"])), Arc::new(Int32Array::from(vec![Some(1), None]))],
        None,
    );
    let item = Arc::new(Field::new_list_field(products.data_type().clone(), true));
    let lists = ListArray::new(item, OffsetBuffer::new(vec![0, 2].into()), Arc::new(products), None);
    check(lists, &["[{\"sku\":\"a\",\"n\":1},{\"sku\":\"b\",\"n\":null}]"]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_value(3);
    map.append(true).unwrap();
    check(map.finish(), &["{\"k\":3}"]);
}

#[test]
fn many_rows_of_many_groups_come_in_order_and_in_bounded_pieces() {
    let (_folder, path) = file(vec![
        ("n", Arc::new(Int64Array::from_iter_values(0..5000))),
        ("a \"b\"", Arc::new(StringArray::from_iter_values((0..5000).map(|n| format!("t{n}"))))),
    ]);
    let rows = all(&path).unwrap();
    assert_eq!(rows.len(), 5000);
    assert_eq!(rows[4321], "{\"n\":4321,\"a \\\"b\\\"\":\"t4321\"}");
    assert_eq!(ParquetRows::open(&path).unwrap().columns(), ["n", "a \"b\""]);
}

#[test]
fn a_file_that_was_cut_off_is_said_to_be_so() {
    let (_folder, path) = file(vec![("n", Arc::new(Int64Array::from_iter_values(0..5000)))]);
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 3, 4, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(ParquetRows::is_parquet(&path));
        let error = ParquetRows::open(&path).err().unwrap_or_else(|| panic!("{length} bytes were opened"));
        assert!(error.to_string().contains("cannot be read as Parquet"), "{error}");
    }
}

/// Bytes all over a file, turned over: an error or other values, and never a panic or an endless read.
#[test]
fn damage_is_an_error_and_no_panic() {
    let text = StringArray::from_iter_values((0..3000).map(|n| format!("text {}", n % 97)));
    let (_folder, path) = file(vec![
        ("n", Arc::new(Int64Array::from_iter_values(0..3000))),
        ("t", Arc::new(text)),
        ("d", Arc::new(DictionaryArray::<Int8Type>::from_iter((0..3000).map(|n| Some(["a", "b", "c"][n % 3]))))),
    ]);
    let whole = std::fs::read(&path).unwrap();
    let mut errors = 0;
    // No more of them: where backtraces are on, each panic that is caught takes a second to be told.
    for at in (4..whole.len()).step_by(whole.len() / 30) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        std::fs::write(&path, &damaged).unwrap();
        match all(&path) {
            Ok(_) => {}
            Err(Error::NotParquet { .. } | Error::Column { .. }) => errors += 1,
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
    assert!(errors > 0, "nothing was damaged; the test shows nothing");
}
