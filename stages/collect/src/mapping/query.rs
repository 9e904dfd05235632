//! `[query]`: rows that come from a database and not from a file.

use super::MappingError;
use super::document::{Node, Section};
use std::time::Duration;

/// A query whose rows a mapping is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryMapping {
    /// Where the database is.
    pub address: QueryAddress,
    /// One SELECT.
    pub sql: String,
    /// How a later run goes on where an earlier one ended.
    pub cursor: Option<QueryCursor>,
    /// The columns that ids of events are made of; all of them where there are none.
    pub key: Vec<String>,
    /// How often a running server carries it out.
    pub every: Option<Duration>,
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryAddress {
    /// Here, and no password is needed.
    Written(String),
    /// In this variable of the environment.
    Variable(String),
}

/// The column by which a query goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCursor {
    /// Its name.
    pub column: String,
    /// What stands for `:cursor` the first time.
    pub start: String,
    /// Whether that is a whole number.
    pub is_number: bool,
}

/// Below it a schedule would only load the database.
const SHORTEST: Duration = Duration::from_secs(1);

pub(super) fn parse(root: &mut Section<'_>) -> Result<Option<QueryMapping>, MappingError> {
    let Some(node) = root.optional("query") else { return Ok(None) };
    let mut section = node.section()?;
    let address = address(&mut section)?;
    let sql_node = section.required("sql")?;
    let sql = sql_node.text()?.trim().to_owned();
    if sql.is_empty() {
        return Err(sql_node.error("`query.sql` is empty; write one SELECT"));
    }
    let cursor = cursor(&mut section, &sql_node, &sql)?;
    let key = section.optional_texts("key")?;
    let every = section.optional("every").map(|node| every(&node)).transpose()?;
    section.finish()?;
    Ok(Some(QueryMapping { address, sql, cursor, key, every }))
}

fn address(section: &mut Section<'_>) -> Result<QueryAddress, MappingError> {
    match (section.optional("url"), section.optional("url_env")) {
        (Some(node), None) => {
            let url = node.text()?;
            let credentials = url.split_once("://").and_then(|(_, rest)| rest.split('/').next()?.rsplit_once('@'));
            if credentials.is_some_and(|(user, _)| user.contains(':')) || url.contains("password=") {
                return Err(node.error(
                    "a password does not belong into a mapping; put the whole address into a variable of the environment and write its name, for example url_env = \"SHOP_DATABASE_URL\"",
                ));
            }
            Ok(QueryAddress::Written(url.to_owned()))
        }
        (None, Some(node)) => match node.text()?.trim() {
            "" => Err(node.error("`query.url_env` names no variable")),
            name => Ok(QueryAddress::Variable(name.to_owned())),
        },
        (None, None) => Err(section.error(
            "`query` needs `url` (sqlite:FILE, postgres://…, mysql://…) or, where a password is in it, `url_env`: the variable of the environment that holds it",
        )),
        (Some(_), Some(node)) => Err(node.error("`query` has either `url` or `url_env`")),
    }
}

fn cursor(section: &mut Section<'_>, sql_node: &Node<'_>, sql: &str) -> Result<Option<QueryCursor>, MappingError> {
    let (column, start) = (section.optional("cursor"), section.optional("start"));
    let (column, start) = match (column, start) {
        (None, None) if sql.contains(":cursor") => {
            return Err(sql_node.error("the query asks for `:cursor`; say which column it is (`cursor`) and where the first run begins (`start`)"));
        }
        (None, None) => return Ok(None),
        (Some(column), Some(start)) => (column, start),
        (Some(node), None) => {
            return Err(node.error("say where the first run begins, for example start = 0 or start = \"1970-01-01\""));
        }
        (None, Some(node)) => return Err(node.error("`query.start` is for a `query.cursor`, and there is none")),
    };
    if !sql.contains(":cursor") {
        return Err(sql_node.error("the query never asks for `:cursor`, so every run would read everything; write for example WHERE id > :cursor"));
    }
    if !sql.to_ascii_lowercase().contains("order by") {
        return Err(sql_node.error(format!(
            "rows must come in the order of the cursor; end the query with ORDER BY {}",
            column.text()?
        )));
    }
    let is_number = !start.is_text();
    let written = if is_number { start.number::<i64>()?.to_string() } else { start.text()?.to_owned() };
    Ok(Some(QueryCursor { column: column.text()?.to_owned(), start: written, is_number }))
}

/// `30s`, `5m`, `2h`, `1d`.
fn every(node: &Node<'_>) -> Result<Duration, MappingError> {
    let text = node.text()?.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit.trim() {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    let every = digits.parse::<u32>().map_or(0, |number| u64::from(number) * seconds);
    match Duration::from_secs(every) {
        every if every >= SHORTEST => Ok(every),
        _ => {
            Err(node.error(format!("`query.every` is a number with s, m, h or d, for example \"5m\"; it is `{text}`")))
        }
    }
}
