use super::*;
use crate::Error;
use datafusion::{
    arrow::{array::*, datatypes::Int8Type},
    parquet::arrow::ArrowWriter,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

fn path() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    (folder, path)
}

fn write_arrow(path: &Path, columns: Vec<ArrayRef>) {
    let named = columns.into_iter().enumerate().map(|(n, array)| (format!("c{n}"), array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// What a foreign column is read as.
fn check(array: impl Array + 'static, expected: Column) {
    let (_folder, path) = path();
    write_arrow(&path, vec![Arc::new(array)]);
    assert_eq!(read_parquet_table(&path).unwrap().columns[0].values, expected);
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

fn texts(values: &[Option<&str>]) -> Column {
    Column::Text(values.iter().map(|value| value.map(str::to_owned)).collect())
}

#[test]
fn whole_numbers() {
    check(Int8Array::from(vec![Some(-1), None]), Column::Integer(vec![Some(-1), None]));
    check(UInt16Array::from(vec![65_535]), Column::Integer(vec![Some(65_535)]));
    check(Int64Array::from(vec![i64::MIN]), Column::Integer(vec![Some(i64::MIN)]));
    check(UInt64Array::from(vec![Some(7), None]), Column::Integer(vec![Some(7), None]));
    check(UInt64Array::from(vec![7, u64::MAX]), Column::Number(vec![Some(7.0), Some(u64::MAX as f64)]));
    let keys = Int8Array::from(vec![Some(1), None, Some(0)]);
    let dictionary = DictionaryArray::<Int8Type>::new(keys, Arc::new(Int32Array::from(vec![10, 20])));
    check(dictionary, Column::Integer(vec![Some(20), None, Some(10)]));
}

#[test]
fn a_large_unsigned_number_in_a_later_batch_turns_the_column() {
    let (_folder, path) = path();
    let values: Vec<u64> = (0..3000).map(|n| if n == 2999 { u64::MAX } else { n }).collect();
    write_arrow(&path, vec![Arc::new(UInt64Array::from(values.clone()))]);
    let expected = Column::Number(values.iter().map(|value| Some(*value as f64)).collect());
    assert_eq!(read_parquet_table(&path).unwrap().columns[0].values, expected);
}

#[test]
fn numbers_with_places() {
    check(Float32Array::from(vec![Some(0.5), None]), Column::Number(vec![Some(0.5), None]));
    check(Float64Array::from(vec![1e300]), Column::Number(vec![Some(1e300)]));
    let decimals = Decimal128Array::from(vec![Some(-12_345), None]).with_precision_and_scale(9, 2).unwrap();
    check(decimals, Column::Number(vec![Some(-123.45), None]));
}

#[test]
fn yes_and_no() {
    check(BooleanArray::from(vec![Some(true), None, Some(false)]), Column::Bool(vec![Some(true), None, Some(false)]));
}

#[test]
fn times_and_dates() {
    let expected = Column::Time(vec![time("2011-12-09T12:50:00Z"), None]);
    check(TimestampSecondArray::from(vec![Some(1_323_435_000), None]), expected.clone());
    check(TimestampMillisecondArray::from(vec![Some(1_323_435_000_000), None]), expected.clone());
    check(TimestampMicrosecondArray::from(vec![Some(1_323_435_000_000_000), None]).with_timezone("UTC"), expected);
    let nanos = TimestampNanosecondArray::from(vec![-1]).with_timezone("+08:00");
    check(nanos, Column::Time(vec![time("1969-12-31T23:59:59.999999999Z")]));
    check(Date32Array::from(vec![15_317]), Column::Time(vec![time("2011-12-09T00:00:00Z")]));
    check(Date64Array::from(vec![-86_400_000]), Column::Time(vec![time("1969-12-31T00:00:00Z")]));
}

#[test]
fn texts_of_every_form() {
    let expected = texts(&[Some("茶 \"x\""), None, Some("")]);
    check(StringArray::from(vec![Some("茶 \"x\""), None, Some("")]), expected.clone());
    check(LargeStringArray::from(vec![Some("茶 \"x\""), None, Some("")]), expected.clone());
    check(StringViewArray::from(vec![Some("茶 \"x\""), None, Some("")]), expected.clone());
    check(DictionaryArray::<Int8Type>::from_iter(vec![Some("茶 \"x\""), None, Some("")]), expected);
}

#[test]
fn everything_else_is_printed() {
    let list = ListArray::from_iter_primitive::<datafusion::arrow::datatypes::Int32Type, _, _>(vec![
        Some(vec![Some(1), None]),
        None,
    ]);
    check(list, texts(&[Some("[1, ]"), None]));
    check(BinaryArray::from(vec![&b"\x01\xff"[..]]), texts(&[Some("01ff")]));
    check(Time32SecondArray::from(vec![3661]), texts(&[Some("01:01:01")]));
}

#[test]
fn a_table_survives_write_and_read() {
    let (_folder, path) = path();
    let rows = 40_000;
    let column = |name: &str, values| NamedColumn { name: name.to_owned(), values };
    let table = ParquetTable {
        columns: vec![
            column("名", Column::Text((0..rows).map(|n| (n % 7 != 0).then(|| format!("r{n}"))).collect())),
            column("n", Column::Number((0..rows).map(|n| (n % 5 != 0).then_some(n as f64 / 3.0)).collect())),
            column("i", Column::Integer((0..rows).map(|n| (n % 3 != 0).then_some(-n)).collect())),
            column("b", Column::Bool((0..rows).map(|n| (n % 2 != 0).then_some(n % 4 == 1)).collect())),
            column("t", Column::Time((0..rows).map(|n| DateTime::from_timestamp_micros(n * 1_000_003)).collect())),
        ],
    };
    write_parquet_table(&path, &table).unwrap();
    assert_eq!(read_parquet_table(&path).unwrap(), table);
    assert_eq!(table.rows(), 40_000);
    assert!(matches!(table.column("i"), Some(Column::Integer(_))) && table.column("x").is_none());
}

#[test]
fn tables_without_rows_or_columns() {
    for columns in [vec![], vec![NamedColumn { name: "a".to_owned(), values: Column::Text(vec![]) }]] {
        let (_folder, path) = path();
        let table = ParquetTable { columns };
        write_parquet_table(&path, &table).unwrap();
        assert_eq!(read_parquet_table(&path).unwrap(), table);
    }
}

#[test]
fn columns_of_different_length_are_refused() {
    let (_folder, path) = path();
    let table = ParquetTable {
        columns: vec![
            NamedColumn { name: "a".to_owned(), values: Column::Bool(vec![None; 3]) },
            NamedColumn { name: "b".to_owned(), values: Column::Bool(vec![None; 2]) },
        ],
    };
    let error = write_parquet_table(&path, &table).unwrap_err().to_string();
    assert!(error.ends_with("column `b`: it has 2 values, and the first column 3"), "{error}");
    assert!(!path.exists());
}

#[test]
fn what_is_not_parquet_is_said_so() {
    let (folder, path) = path();
    let explain = |path: &Path| read_parquet_table(path).unwrap_err();
    assert!(matches!(explain(&path), Error::Missing { .. }));
    for content in [&b""[..], b"a,b\n1,2\n", b"PAR1PAR1PAR1"] {
        std::fs::write(&path, content).unwrap();
        let error = explain(&path).to_string();
        assert!(error.contains("table.parquet cannot be read as Parquet"), "{error}");
    }
    assert!(matches!(explain(folder.path()), Error::Io { .. }));
    write_arrow(&path, vec![Arc::new(Int64Array::from((0..9000).collect::<Vec<_>>()))]);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(explain(&path), Error::NotParquet { .. }));
}
