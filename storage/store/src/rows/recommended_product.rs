//! On how many lists each product stands; written together with the lists.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recommended_products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product: String,
    pub lists: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
