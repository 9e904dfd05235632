//! What is known of each import.

use crate::convert::{Reading, big, text};
use bellwether_domain::{ImportId, ImportRecord};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source: String,
    pub file: String,
    pub rows: i64,
    pub events: i64,
    pub rejected: i64,
    pub complete: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&ImportRecord> for Model {
    fn from(import: &ImportRecord) -> Self {
        Self {
            id: import.id.as_uuid(),
            source: text(&import.source),
            file: text(&import.file),
            rows: big(import.rows),
            events: big(import.events),
            rejected: big(import.rejected),
            complete: import.complete,
        }
    }
}

impl TryFrom<Model> for ImportRecord {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = ImportId::from_uuid(row.id);
        let read = Reading { table: "imports", key: &id };
        Ok(Self {
            id,
            rows: read.count("rows", row.rows)?,
            events: read.count("events", row.events)?,
            rejected: read.count("rejected", row.rejected)?,
            complete: row.complete,
            source: row.source,
            file: row.file,
        })
    }
}
