//! Campaigns: definitions and where they stand.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict},
    convert::{all, plain},
    error::{Doing, is_unique_violation},
    rows::campaign,
};
use bellwether_domain::Campaign;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

impl Store {
    /// Keeps a campaign with its state; the newest word stands.
    pub async fn put_campaign(&self, campaign: &Campaign) -> Result<()> {
        let row = campaign::Model::from(campaign).into_active_model();
        let stored = bulk::insert(&self.writer, vec![row], Conflict::Replace).await;
        if stored.as_ref().is_err_and(is_unique_violation) {
            return Err(Error::SlugTaken { what: "campaign", slug: campaign.slug.clone() });
        }
        stored.doing("store a campaign")
    }

    /// The campaign with a short name.
    pub async fn campaign_by_slug(&self, slug: &str) -> Result<Option<Campaign>> {
        let row = campaign::Entity::find()
            .filter(campaign::Column::Slug.eq(plain(slug).as_ref()))
            .one(&self.reader)
            .await
            .doing("look for a campaign")?;
        row.map(Campaign::try_from).transpose()
    }

    /// All campaigns, by short name.
    pub async fn campaigns(&self) -> Result<Vec<Campaign>> {
        let sorted = campaign::Entity::find().order_by_asc(campaign::Column::Slug);
        all(sorted.all(&self.reader).await.doing("list campaigns")?)
    }
}
