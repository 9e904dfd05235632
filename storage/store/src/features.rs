//! What models and people look at in a customer; replaced as a whole after each import.

use crate::{
    Result, Store,
    bulk::{self, Conflict},
    convert::all,
    error::Doing,
    rows::features,
};
use bellwether_domain::{ProfileFeatures, ProfileId};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};

impl Store {
    /// Replaces the features of all profiles: those that are not given have none afterwards.
    pub async fn put_features(&self, all: &[ProfileFeatures]) -> Result<()> {
        const DOING: &str = "store features";
        let rows = all
            .iter()
            .map(|features| features::Model::try_from(features).map(IntoActiveModel::into_active_model))
            .collect::<Result<_>>()?;
        let transaction = self.begin(DOING).await?;
        features::Entity::delete_many().exec(&transaction).await.doing(DOING)?;
        bulk::insert::<features::ActiveModel>(&transaction, rows, Conflict::Refuse).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The features of one profile.
    pub async fn features(&self, profile: ProfileId) -> Result<Option<ProfileFeatures>> {
        let row = features::Entity::find_by_id(profile.as_uuid()).one(&self.reader).await.doing("read features")?;
        row.map(ProfileFeatures::try_from).transpose()
    }

    /// The features of all profiles that have some, by profile id.
    pub async fn all_features(&self) -> Result<Vec<ProfileFeatures>> {
        let sorted = features::Entity::find().order_by_asc(features::Column::ProfileId);
        all(sorted.all(&self.reader).await.doing("read all features")?)
    }
}
