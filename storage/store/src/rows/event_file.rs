//! The manifest: the live files of the Lake's event table.

use crate::convert::{Reading, big, micros, text};
use bellwether_domain::{EventFile, FileId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_files")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub path: String,
    pub rows: i64,
    pub bytes: i64,
    pub min_time: i64,
    pub max_time: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&EventFile> for Model {
    fn from(file: &EventFile) -> Self {
        Self {
            id: file.id.as_uuid(),
            path: text(&file.path),
            rows: big(file.rows),
            bytes: big(file.bytes),
            min_time: micros(file.min_time),
            max_time: micros(file.max_time),
        }
    }
}

impl TryFrom<Model> for EventFile {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = FileId::from_uuid(row.id);
        let read = Reading { table: "event_files", key: &id };
        Ok(Self {
            id,
            rows: read.count("rows", row.rows)?,
            bytes: read.count("bytes", row.bytes)?,
            min_time: read.time("min_time", row.min_time)?,
            max_time: read.time("max_time", row.max_time)?,
            path: row.path,
        })
    }
}
