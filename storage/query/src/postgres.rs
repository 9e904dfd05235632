//! PostgreSQL. The server itself writes rows as JSON: it knows every type, also those of extensions.

use crate::{
    CursorKind, Database, Error, Query, Result, Run,
    database::Take,
    placeholder::{fill, quote},
    row::one_line,
};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, postgres::PgConnectOptions};
use std::str::FromStr;

/// Times in UTC, texts that have only quotes to double, numbers with all digits, and nothing but reading.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET standard_conforming_strings = on; \
    SET extra_float_digits = 1; SET default_transaction_read_only = on";

pub(crate) async fn run(database: &Database, sql: &str, query: &Query<'_>, take: &mut Take<'_>) -> Result<Run> {
    let options = PgConnectOptions::from_str(database.address()).map_err(|error| Error::Address(error.to_string()))?;
    let options = options.application_name("bellwether").disable_statement_logging();
    let mut connection: PgConnection = database.greeted(options.connect()).await?;
    let failed = |error| database.failed(error);
    sqlx::raw_sql(SESSION).execute(&mut connection).await.map_err(failed)?;
    let literal = query.from.map_or("NULL".to_owned(), |cursor| quote(&cursor.text));
    let (sql, _) = fill(sql, &literal);
    let cursor = match query.cursor {
        Some(column) => {
            let column = format!("q.\"{}\"", column.replace('"', "\"\""));
            format!(", ({column})::text, pg_typeof({column})::text")
        }
        None => String::new(),
    };
    // A comment at the query's end must not swallow the bracket.
    let wrapped = format!("SELECT row_to_json(q)::text{cursor} FROM (\n{sql}\n) AS q");
    let mut rows = sqlx::raw_sql(AssertSqlSafe(wrapped)).fetch(&mut connection);
    loop {
        let row = rows.try_next().await.map_err(|error| explain(database, error, query))?;
        let Some(row) = row else { break };
        let json: String = row.try_get(0).map_err(failed)?;
        let value = match query.cursor {
            None => None,
            Some(_) => {
                let text: Option<String> = row.try_get(1).map_err(failed)?;
                let kind: String = row.try_get(2).map_err(failed)?;
                text.map(|text| (kind_of(&kind), text))
            }
        };
        if take(&one_line(&json), value)?.is_break() {
            // The rest is on its way already; to end the connection is the shortest way to have none of it.
            return Ok(Run::Stopped);
        }
    }
    drop(rows);
    connection.close().await.map_err(failed)?;
    Ok(Run::Finished)
}

fn kind_of(name: &str) -> CursorKind {
    match name {
        "smallint" | "integer" | "bigint" | "numeric" => CursorKind::Number,
        name if name == "date" || name.starts_with("timestamp") => CursorKind::Time,
        _ => CursorKind::Text,
    }
}

/// The column of the outer query is ours, so the server's words would speak of what nobody wrote.
fn explain(database: &Database, error: sqlx::Error, query: &Query<'_>) -> Error {
    match (&error, query.cursor) {
        (sqlx::Error::Database(said), Some(column))
            if said.code().as_deref() == Some("42703") && said.message().contains(&format!("q.{column} ")) =>
        {
            Error::NoCursor(column.to_owned())
        }
        _ => database.failed(error),
    }
}
