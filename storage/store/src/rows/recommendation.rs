//! The list of items for each profile.

use crate::convert::{Reading, finite, json};
use bellwether_domain::{ModelId, ProfileId, RecommendationList};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    pub model_id: Uuid,
    /// The list as JSON, best first: lists are always read and replaced whole.
    pub items: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&RecommendationList> for Model {
    type Error = crate::Error;

    fn try_from(list: &RecommendationList) -> crate::Result<Self> {
        for item in &list.items {
            finite(|| format!("the score of `{}` for {}", item.product, list.profile), item.score.into())?;
        }
        Ok(Self { profile_id: list.profile.as_uuid(), model_id: list.model.as_uuid(), items: json(&list.items) })
    }
}

impl TryFrom<Model> for RecommendationList {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let profile = ProfileId::from_uuid(row.profile_id);
        let items = Reading { table: "recommendations", key: &profile }.json("items", &row.items)?;
        Ok(Self { profile, model: ModelId::from_uuid(row.model_id), items })
    }
}
