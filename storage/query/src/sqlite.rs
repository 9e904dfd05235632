//! SQLite. A value has the type that it was stored with, whatever its column says.

use crate::{
    CursorKind, Database, Error, Query, Result, Run,
    cursor::Cursor,
    database::Take,
    placeholder::{fill, quote},
    row::RowWriter,
};
use bellwether_domain::json::write_number;
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Row, SqliteConnection, TypeInfo, ValueRef,
    sqlite::{SqliteConnectOptions, SqliteRow},
};
use std::{str::FromStr, time::Duration};

/// How long to wait for whoever is writing.
const BUSY: Duration = Duration::from_secs(10);

pub(crate) async fn run(database: &Database, sql: &str, query: &Query<'_>, take: &mut Take<'_>) -> Result<Run> {
    let options =
        SqliteConnectOptions::from_str(database.address()).map_err(|error| Error::Address(error.to_string()))?;
    let options = options.read_only(true).busy_timeout(BUSY).disable_statement_logging();
    let mut connection: SqliteConnection = database.greeted(options.connect()).await?;
    let failed = |error| database.failed(error);
    let (sql, _) = fill(sql, &query.from.map_or("NULL".to_owned(), literal));
    let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(&mut connection);
    let mut json = String::new();
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        let value = write(&row, query, &mut json).map_err(failed)??;
        if take(&json, value)?.is_break() {
            return Ok(Run::Stopped);
        }
    }
    drop(rows);
    connection.close().await.map_err(failed)?;
    Ok(Run::Finished)
}

fn literal(cursor: &Cursor) -> String {
    match cursor.kind {
        CursorKind::Number => cursor.text.clone(),
        CursorKind::Time | CursorKind::Text => quote(&cursor.text),
    }
}

type CursorValue = Option<(CursorKind, String)>;

fn write(row: &SqliteRow, query: &Query<'_>, json: &mut String) -> sqlx::Result<Result<CursorValue>> {
    let mut writer = RowWriter::new(json);
    let mut value = None;
    let mut has_cursor = query.cursor.is_none();
    for (index, column) in row.columns().iter().enumerate() {
        writer.name(column.name());
        let here = write_value(&mut writer, row, index)?;
        if query.cursor == Some(column.name()) {
            (value, has_cursor) = (here, true);
        }
    }
    writer.end();
    match query.cursor {
        Some(column) if !has_cursor => Ok(Err(Error::NoCursor(column.to_owned()))),
        _ => Ok(Ok(value)),
    }
}

/// Writes a value; gives it as a cursor.
fn write_value(writer: &mut RowWriter<'_>, row: &SqliteRow, index: usize) -> sqlx::Result<CursorValue> {
    let raw = row.try_get_raw(index)?;
    if raw.is_null() {
        writer.null();
        return Ok(None);
    }
    let kind = raw.type_info().name().to_owned();
    Ok(Some(match kind.as_str() {
        "INTEGER" | "BOOLEAN" => {
            let number = row.try_get_unchecked::<i64, _>(index)?.to_string();
            writer.number(&number);
            (CursorKind::Number, number)
        }
        "REAL" => {
            let mut number = String::new();
            write_number(&mut number, row.try_get_unchecked(index)?);
            writer.number(&number);
            (CursorKind::Number, number)
        }
        "BLOB" => {
            writer.bytes(&row.try_get_unchecked::<Vec<u8>, _>(index)?);
            (CursorKind::Number, "bytes".to_owned())
        }
        _ => {
            let text: String = row.try_get_unchecked(index)?;
            writer.text(&text);
            (CursorKind::Text, text)
        }
    }))
}
