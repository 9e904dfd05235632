//! Between the domain's types and what a column can hold.
//!
//! Times are whole microseconds since 1970 in UTC: the finest that both databases keep alike, and one integer in
//! indexes. Texts never hold the character NUL, which PostgreSQL refuses; it is replaced on the way in.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt::Display};

/// Microseconds since 1970.
pub(crate) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// A count as a column keeps it. Nothing that is counted one by one reaches 2⁶³.
pub(crate) fn big(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A text that both databases accept.
pub(crate) fn text(value: &str) -> String {
    plain(value).into_owned()
}

/// The same for texts that are looked up.
pub(crate) fn plain(value: &str) -> Cow<'_, str> {
    if value.contains('\0') { Cow::Owned(value.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(value) }
}

/// JSON as text. Keys stand in the order in which the type gives them.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("the domain's types have texts for keys and no failing serialiser")
}

/// The word that stands for a variant without fields, as the domain spells it in JSON.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    json(value).trim_matches('"').to_owned()
}

/// A number that is neither NaN nor infinite: SQLite would keep NaN as NULL.
pub(crate) fn finite(what: impl FnOnce() -> String, value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(Error::NotFinite { what: what(), value }) }
}

/// Reads one row's columns back and names the row when one of them is impossible.
pub(crate) struct Reading<'a> {
    /// Table.
    pub table: &'static str,
    /// The row's key.
    pub key: &'a (dyn Display + Sync),
}

impl Reading<'_> {
    pub fn impossible(&self, column: &'static str, problem: impl Display) -> Error {
        Error::ImpossibleRow { table: self.table, key: self.key.to_string(), column, problem: problem.to_string() }
    }

    pub fn count(&self, column: &'static str, value: i64) -> Result<u64> {
        u64::try_from(value).map_err(|_| self.impossible(column, format_args!("{value} is a negative count")))
    }

    pub fn time(&self, column: &'static str, value: i64) -> Result<DateTime<Utc>> {
        DateTime::from_timestamp_micros(value)
            .ok_or_else(|| self.impossible(column, format_args!("{value} microseconds are outside of the calendar")))
    }

    pub fn optional_time(&self, column: &'static str, value: Option<i64>) -> Result<Option<DateTime<Utc>>> {
        value.map(|value| self.time(column, value)).transpose()
    }

    pub fn json<T: DeserializeOwned>(&self, column: &'static str, value: &str) -> Result<T> {
        serde_json::from_str(value).map_err(|error| self.impossible(column, error))
    }

    pub fn word<T: DeserializeOwned>(&self, column: &'static str, value: &str) -> Result<T> {
        serde_json::from_value(serde_json::Value::from(value)).map_err(|error| self.impossible(column, error))
    }

    pub fn present<T>(&self, column: &'static str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.impossible(column, "it is empty in this state"))
    }
}

/// Every row as the domain's type, or the first that is impossible.
pub(crate) fn all<R, T>(rows: Vec<R>) -> Result<Vec<T>>
where
    T: TryFrom<R, Error = Error>,
{
    rows.into_iter().map(T::try_from).collect()
}
