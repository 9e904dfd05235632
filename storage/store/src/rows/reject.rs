//! What failed a check. Numbered in the order of arrival.

use crate::convert::{Reading, big, text, word};
use bellwether_domain::{Origin, Reject};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rejects")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub source: String,
    pub line: Option<i64>,
    pub field: Option<String>,
    pub reason: String,
    pub detail: String,
    pub content: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Reject> for ActiveModel {
    fn from(reject: &Reject) -> Self {
        Self {
            id: NotSet,
            source: Set(text(&reject.origin.source)),
            line: Set(reject.origin.line.map(big)),
            field: Set(reject.field.as_deref().map(text)),
            reason: Set(word(&reject.reason)),
            detail: Set(text(&reject.detail)),
            content: Set(text(&reject.content)),
        }
    }
}

impl TryFrom<Model> for Reject {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let read = Reading { table: "rejects", key: &row.id };
        Ok(Self {
            origin: Origin {
                source: row.source.into(),
                line: row.line.map(|line| read.count("line", line)).transpose()?,
            },
            reason: read.word("reason", &row.reason)?,
            field: row.field,
            detail: row.detail,
            content: row.content,
        })
    }
}
