//! Who is in which segment.

use bellwether_domain::Membership;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub segment_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Membership> for Model {
    fn from(membership: &Membership) -> Self {
        Self { segment_id: membership.segment.as_uuid(), profile_id: membership.profile.as_uuid() }
    }
}
