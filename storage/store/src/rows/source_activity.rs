//! What each source brought, day by day.

use crate::convert::{Reading, big, micros, text};
use bellwether_domain::{SourceActivity, SourceError};
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source_activity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// `2026-11-22`: sorts like the day, and can be read by people.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    pub events: i64,
    pub rejected: i64,
    pub last_event_at: Option<i64>,
    pub last_error: Option<String>,
    pub last_error_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The day as its column holds it.
pub fn day_text(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

impl From<&SourceActivity> for Model {
    fn from(activity: &SourceActivity) -> Self {
        let error = activity.last_error.as_ref();
        Self {
            source: text(&activity.source),
            day: day_text(activity.day),
            events: big(activity.events),
            rejected: big(activity.rejected),
            last_event_at: activity.last_event_at.map(micros),
            last_error: error.map(|error| text(&error.message).chars().take(SourceError::MAX).collect()),
            last_error_at: error.map(|error| micros(error.at)),
        }
    }
}

impl TryFrom<Model> for SourceActivity {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let key = format!("{} {}", row.source, row.day);
        let read = Reading { table: "source_activity", key: &key };
        Ok(Self {
            day: row.day.parse().map_err(|error| read.impossible("day", error))?,
            events: read.count("events", row.events)?,
            rejected: read.count("rejected", row.rejected)?,
            last_event_at: read.optional_time("last_event_at", row.last_event_at)?,
            last_error: error_of(row.last_error, row.last_error_at, &read)?,
            source: row.source.into(),
        })
    }
}

/// An error has both, message and moment, or neither.
fn error_of(message: Option<String>, at: Option<i64>, read: &Reading<'_>) -> crate::Result<Option<SourceError>> {
    let Some(message) = message else { return Ok(None) };
    let at = read.time("last_error_at", read.present("last_error_at", at)?)?;
    Ok(Some(SourceError { at, message }))
}
