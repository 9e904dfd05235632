//! What the tracking plan refused of batches whose events are in no file yet.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_refused")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch: i64,
    /// The how manieth event of the batch that the plan was asked about.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
