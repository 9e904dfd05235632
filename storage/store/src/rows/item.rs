//! The item catalogue.

use crate::convert::{Reading, micros, text};
use bellwether_domain::{Item, Money};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub product: String,
    pub name: String,
    pub category: String,
    pub price: i64,
    pub first_seen: i64,
    pub last_seen: i64,
    pub is_product: bool,
    /// Number and name in lower case, one per line, for searching.
    pub search: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Item> for Model {
    fn from(item: &Item) -> Self {
        Self {
            product: text(&item.product),
            name: text(&item.name),
            category: text(&item.category),
            price: item.price.ten_thousandths(),
            first_seen: micros(item.first_seen),
            last_seen: micros(item.last_seen),
            is_product: item.is_product,
            search: text(&format!("{}\n{}", item.product, item.name).to_lowercase()),
        }
    }
}

impl TryFrom<Model> for Item {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let read = Reading { table: "items", key: &row.product };
        Ok(Self {
            first_seen: read.time("first_seen", row.first_seen)?,
            last_seen: read.time("last_seen", row.last_seen)?,
            price: Money::from_ten_thousandths(row.price),
            is_product: row.is_product,
            name: row.name,
            category: row.category,
            product: row.product,
        })
    }
}
