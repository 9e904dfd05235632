//! What events that left the Lake had made of people. Read only as a whole, so most of it is JSON.

use crate::convert::{Reading, json};
use bellwether_domain::{Baseline, ProfileId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "baselines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    pub profile: String,
    pub subjects: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Baseline> for Model {
    fn from(baseline: &Baseline) -> Self {
        Self {
            profile_id: baseline.profile.id.as_uuid(),
            profile: json(&baseline.profile),
            subjects: json(&baseline.subjects),
        }
    }
}

impl TryFrom<Model> for Baseline {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = ProfileId::from_uuid(row.profile_id);
        let read = Reading { table: "baselines", key: &id };
        Ok(Self { profile: read.json("profile", &row.profile)?, subjects: read.json("subjects", &row.subjects)? })
    }
}
