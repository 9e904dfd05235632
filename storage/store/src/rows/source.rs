//! The places that events come from over HTTP.

use crate::convert::{Reading, micros, text, word};
use bellwether_domain::{Source, SourceId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub kind: String,
    pub write_key: String,
    pub enabled: bool,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Source> for Model {
    fn from(source: &Source) -> Self {
        Self {
            id: source.id.as_uuid(),
            slug: text(&source.slug),
            name: text(source.name.as_str()),
            kind: word(&source.kind),
            write_key: source.write_key.reveal().to_owned(),
            enabled: source.enabled,
            created_at: micros(source.created_at),
        }
    }
}

impl TryFrom<Model> for Source {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = SourceId::from_uuid(row.id);
        let read = Reading { table: "sources", key: &id };
        Ok(Self {
            id,
            name: row.name.parse().map_err(|error| read.impossible("name", error))?,
            kind: read.word("kind", &row.kind)?,
            write_key: row.write_key.parse().map_err(|error| read.impossible("write_key", error))?,
            enabled: row.enabled,
            created_at: read.time("created_at", row.created_at)?,
            slug: row.slug.into(),
        })
    }
}
