//! How many rows each cleaning rule touched.

use crate::convert::{Reading, big, text};
use bellwether_domain::RuleCount;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule: String,
    pub rows: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&RuleCount> for Model {
    fn from(count: &RuleCount) -> Self {
        Self { source: text(&count.source), rule: text(&count.rule), rows: big(count.rows) }
    }
}

impl TryFrom<Model> for RuleCount {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let rows = Reading { table: "rule_counts", key: &row.rule }.count("rows", row.rows)?;
        Ok(Self { source: row.source.into(), rule: row.rule, rows })
    }
}
