//! Events that leave the Lake, and what they had made of people and branches.

use crate::{
    Error, Result, Store, branches,
    bulk::{self, Conflict, Lock},
    convert::all,
    error::Doing,
    rows::{baseline, event_file},
};
use bellwether_domain::{Baseline, ProfileId, Removal};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

impl Store {
    /// Takes a file out of the manifest, puts the file of what is kept in its place, and replaces the baselines, in one
    /// transaction. [`Error::FilesGone`] where the file is not in the manifest (any more): what its events had made of people
    /// would count twice.
    pub async fn commit_removal(&self, removal: &Removal) -> Result<()> {
        const DOING: &str = "remove events from the Lake";
        let transaction = self.begin(DOING).await?;
        let removed = event_file::Entity::delete_many()
            .filter(event_file::Column::Id.eq(removal.file.id.as_uuid()))
            .exec(&transaction)
            .await
            .doing(DOING)?;
        if removed.rows_affected != 1 {
            return Err(Error::FilesGone { missing: 1 });
        }
        let kept = removal.kept.iter().map(|file| event_file::Model::from(file).into_active_model()).collect();
        bulk::insert(&transaction, kept, Conflict::Refuse).await.doing(DOING)?;
        let baselines = removal.baselines.iter().map(|one| baseline::Model::from(one).into_active_model()).collect();
        bulk::insert(&transaction, baselines, Conflict::Replace).await.doing(DOING)?;
        branches::write_removed(&transaction, &removal.branch_activity).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The baselines of those of the profiles that have one, in no particular order.
    pub async fn baselines_of(&self, profiles: &[ProfileId]) -> Result<Vec<Baseline>> {
        let keys = profiles.iter().map(|id| id.as_uuid().into()).collect();
        let column = baseline::Column::ProfileId;
        let rows = bulk::select_by::<baseline::Entity>(&self.reader, column, keys, Lock::Open).await;
        all(rows.doing("read baselines")?)
    }

    /// Baselines by the ids of their profiles, behind one of them, at most `limit`.
    pub async fn baselines_after(&self, after: Option<ProfileId>, limit: u64) -> Result<Vec<Baseline>> {
        let mut select = baseline::Entity::find().order_by_asc(baseline::Column::ProfileId).limit(limit);
        if let Some(after) = after {
            select = select.filter(baseline::Column::ProfileId.gt(after.as_uuid()));
        }
        all(select.all(&self.reader).await.doing("read baselines")?)
    }
}
