//! MySQL and MariaDB, by the protocol of texts: the server itself writes every value, decimals with all their digits.

use crate::{
    CursorKind, Database, Error, Query, Result, Run, cursor::Cursor, database::Take, placeholder::fill, row::RowWriter,
};
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, MySqlConnection, Row, TypeInfo,
    mysql::{MySqlConnectOptions, MySqlRow},
};
use std::str::FromStr;

pub(crate) async fn run(database: &Database, sql: &str, query: &Query<'_>, take: &mut Take<'_>) -> Result<Run> {
    let options =
        MySqlConnectOptions::from_str(database.address()).map_err(|error| Error::Address(error.to_string()))?;
    // The driver sets the session's zone to UTC, so a TIMESTAMP is a moment.
    let options = options.disable_statement_logging();
    let mut connection: MySqlConnection = database.greeted(options.connect()).await?;
    let failed = |error| database.failed(error);
    sqlx::raw_sql("SET SESSION TRANSACTION READ ONLY").execute(&mut connection).await.map_err(failed)?;
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

/// Digits for numbers. Texts in hexadecimal with their character set: what is special in quotes depends on the server's mode.
fn literal(cursor: &Cursor) -> String {
    match cursor.kind {
        CursorKind::Number => cursor.text.clone(),
        CursorKind::Time | CursorKind::Text => {
            let digits: String = cursor.text.bytes().map(|byte| format!("{byte:02x}")).collect();
            if digits.is_empty() { "''".to_owned() } else { format!("_utf8mb4 x'{digits}'") }
        }
    }
}

type CursorValue = Option<(CursorKind, String)>;

fn write(row: &MySqlRow, query: &Query<'_>, json: &mut String) -> sqlx::Result<Result<CursorValue>> {
    let mut writer = RowWriter::new(json);
    let mut value = None;
    let mut has_cursor = query.cursor.is_none();
    for (index, column) in row.columns().iter().enumerate() {
        let bytes: Option<Vec<u8>> = row.try_get_unchecked(index)?;
        writer.name(column.name());
        let kind = column.type_info().name();
        if query.cursor == Some(column.name()) {
            has_cursor = true;
            value = bytes.as_ref().map(|bytes| (kind_of(kind), String::from_utf8_lossy(bytes).into_owned()));
        }
        match bytes {
            None => writer.null(),
            Some(bytes) => write_value(&mut writer, kind, &bytes),
        }
    }
    writer.end();
    match query.cursor {
        Some(column) if !has_cursor => Ok(Err(Error::NoCursor(column.to_owned()))),
        _ => Ok(Ok(value)),
    }
}

fn write_value(writer: &mut RowWriter<'_>, kind: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match kind {
        "JSON" => writer.json(&text),
        "BIT" => {
            let number = bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            writer.number(&number.to_string());
        }
        "TIMESTAMP" => writer.text(&format!("{}Z", text.replacen(' ', "T", 1))),
        "DATETIME" => writer.text(&text.replacen(' ', "T", 1)),
        "BOOLEAN" | "FLOAT" | "DOUBLE" | "DECIMAL" | "YEAR" => writer.number(&text),
        kind if kind.contains("INT") => writer.number(&text),
        _ => writer.bytes(bytes),
    }
}

fn kind_of(kind: &str) -> CursorKind {
    match kind {
        "DATE" | "DATETIME" | "TIMESTAMP" => CursorKind::Time,
        "DECIMAL" | "FLOAT" | "DOUBLE" | "BOOLEAN" | "YEAR" => CursorKind::Number,
        kind if kind.contains("INT") => CursorKind::Number,
        _ => CursorKind::Text,
    }
}
