//! Changes of the tracking plan. An entry without an event is the policy on events that the plan does not name.

use crate::convert::{Reading, big, micros, text, word};
use bellwether_domain::{PlanChange, PlanContent, PlanKey, PlanVersion};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub event: String,
    pub source: String,
    pub mode: Option<String>,
    pub schema: Option<String>,
    pub author: String,
    pub note: String,
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Event and source as their columns hold them.
pub fn key_texts(key: Option<&PlanKey>) -> (String, String) {
    key.map_or_else(Default::default, |key| (text(&key.event), text(key.source.as_deref().unwrap_or_default())))
}

impl From<&PlanChange> for Model {
    fn from(change: &PlanChange) -> Self {
        let (event, source) = key_texts(change.key.as_ref());
        Self {
            version: big(change.version.0),
            event,
            source,
            mode: change.content.as_ref().map(|content| word(&content.mode)),
            schema: change.content.as_ref().and_then(|content| content.schema.as_deref().map(text)),
            author: text(&change.author),
            note: text(&change.note),
            at: micros(change.at),
        }
    }
}

impl TryFrom<Model> for PlanChange {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let read = Reading { table: "plan_changes", key: &row.version };
        let mode = row.mode.as_deref().map(|mode| read.word("mode", mode)).transpose()?;
        Ok(Self {
            version: PlanVersion(read.count("version", row.version)?),
            content: mode.map(|mode| PlanContent { mode, schema: row.schema }),
            author: row.author,
            note: row.note,
            at: read.time("at", row.at)?,
            key: (!row.event.is_empty())
                .then_some(PlanKey { event: row.event, source: Some(row.source).filter(|source| !source.is_empty()) }),
        })
    }
}
