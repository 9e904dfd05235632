//! What failed a check. Numbered in the order of arrival.

use crate::{
    convert::{Reading, big, micros, text, word},
    quarantine::StoredReject,
};
use bellwether_domain::{Origin, Reject, RejectId};
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
    pub received_at: Option<i64>,
    /// [`Reject::event`] has one: so that it can be asked for.
    pub replayable: bool,
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
            received_at: Set(reject.received_at.map(micros)),
            replayable: Set(reject.event().is_ok()),
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
            received_at: read.optional_time("received_at", row.received_at)?,
        })
    }
}

impl TryFrom<Model> for StoredReject {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = RejectId(row.id.unsigned_abs());
        Ok(Self { id, reject: row.try_into()? })
    }
}
