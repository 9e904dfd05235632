//! Branches, as people describe them.

use super::source_activity::day_text;
use crate::convert::{Reading, json, micros, text};
use bellwether_domain::{Branch, NamedBranch, Place};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "branches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub name: String,
    pub city: String,
    pub address: String,
    pub country: String,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub opened: Option<String>,
    pub closed: Option<String>,
    /// A list of texts.
    pub tags: String,
    pub created_at: i64,
    pub edited_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Branch> for Model {
    fn from(branch: &Branch) -> Self {
        Self {
            code: text(branch.code.as_str()),
            name: text(&branch.name),
            city: text(&branch.city),
            address: text(&branch.address),
            country: text(&branch.country),
            latitude: branch.place.map(|place| place.latitude),
            longitude: branch.place.map(|place| place.longitude),
            opened: branch.opened.map(day_text),
            closed: branch.closed.map(day_text),
            tags: text(&json(&branch.tags)),
            created_at: micros(branch.created_at),
            edited_at: branch.edited_at.map(micros),
        }
    }
}

impl From<&NamedBranch> for Model {
    fn from(named: &NamedBranch) -> Self {
        Self { name: text(&named.name), ..Self::from(&Branch::new(named.code.clone(), named.at)) }
    }
}

impl TryFrom<Model> for Branch {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let key = row.code.clone();
        let read = Reading { table: "branches", key: &key };
        let day = |column, day: &Option<String>| {
            day.as_deref().map(|day| day.parse().map_err(|error| read.impossible(column, error))).transpose()
        };
        Ok(Self {
            code: row.code.parse().map_err(|error| read.impossible("code", error))?,
            place: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Place { latitude, longitude }),
            opened: day("opened", &row.opened)?,
            closed: day("closed", &row.closed)?,
            tags: read.json("tags", &row.tags)?,
            created_at: read.time("created_at", row.created_at)?,
            edited_at: read.optional_time("edited_at", row.edited_at)?,
            name: row.name,
            city: row.city,
            address: row.address,
            country: row.country,
        })
    }
}
