//! The manifest of the files that hold the ids of counted events.

use crate::convert::{Reading, big, micros, text};
use bellwether_domain::{FileId, SeenRun};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "seen_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub path: String,
    pub ids: i64,
    pub bytes: i64,
    pub received: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&SeenRun> for Model {
    fn from(run: &SeenRun) -> Self {
        Self {
            id: run.id.as_uuid(),
            path: text(&run.path),
            ids: big(run.ids),
            bytes: big(run.bytes),
            received: run.received.map(micros),
        }
    }
}

impl TryFrom<Model> for SeenRun {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = FileId::from_uuid(row.id);
        let read = Reading { table: "seen_runs", key: &id };
        Ok(Self {
            id,
            ids: read.count("ids", row.ids)?,
            bytes: read.count("bytes", row.bytes)?,
            received: row.received.map(|moment| read.time("received", moment)).transpose()?,
            path: row.path,
        })
    }
}
