//! Profiles and the subjects that lead to them.

use crate::{
    Result, Store,
    bulk::{self, Lock},
    convert::{all, plain},
    error::Doing,
    rows::{profile, subject},
};
use bellwether_domain::{Profile, ProfileId, SubjectId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

impl Store {
    /// One profile.
    pub async fn profile(&self, id: ProfileId) -> Result<Option<Profile>> {
        let row = profile::Entity::find_by_id(id.as_uuid()).one(&self.reader).await.doing("read a profile")?;
        row.map(Profile::try_from).transpose()
    }

    /// The profile with the shop's own id for a person; the oldest, should there be several.
    pub async fn profile_by_user_id(&self, user_id: &str) -> Result<Option<Profile>> {
        let row = profile::Entity::find()
            .filter(profile::Column::UserId.eq(plain(user_id).as_ref()))
            .order_by_asc(profile::Column::FirstSeen)
            .order_by_asc(profile::Column::Id)
            .one(&self.reader)
            .await
            .doing("look for a profile by its user id")?;
        row.map(Profile::try_from).transpose()
    }

    /// Those of the profiles that exist, each once, in no particular order.
    pub async fn profiles_by_id(&self, ids: &[ProfileId]) -> Result<Vec<Profile>> {
        all(self.profile_rows(ids).await?)
    }

    pub(crate) async fn profile_rows(&self, ids: &[ProfileId]) -> Result<Vec<profile::Model>> {
        let mut keys: Vec<_> = ids.iter().map(|id| id.as_uuid()).collect();
        keys.sort_unstable();
        keys.dedup();
        let keys = keys.into_iter().map(Into::into).collect();
        bulk::select_by::<profile::Entity>(&self.reader, profile::Column::Id, keys, Lock::Open)
            .await
            .doing("read profiles")
    }

    /// All profiles, by id.
    pub async fn all_profiles(&self) -> Result<Vec<Profile>> {
        let sorted = profile::Entity::find().order_by_asc(profile::Column::Id);
        all(sorted.all(&self.reader).await.doing("read all profiles")?)
    }

    /// Whom these subjects lead to; subjects that are not known are left out.
    pub async fn profile_of(&self, subjects: &[SubjectId]) -> Result<HashMap<SubjectId, ProfileId>> {
        let keys = subjects.iter().map(|id| id.as_uuid().into()).collect();
        let rows = bulk::select_by::<subject::Entity>(&self.reader, subject::Column::Id, keys, Lock::Open)
            .await
            .doing("look up subjects")?;
        Ok(rows.into_iter().map(|row| (SubjectId::from_uuid(row.id), ProfileId::from_uuid(row.profile_id))).collect())
    }

    /// All subjects that lead to a profile, by id.
    pub async fn subjects_of(&self, profile: ProfileId) -> Result<Vec<SubjectId>> {
        let rows = subject::Entity::find()
            .filter(subject::Column::ProfileId.eq(profile.as_uuid()))
            .order_by_asc(subject::Column::Id)
            .all(&self.reader)
            .await
            .doing("look up the subjects of a profile")?;
        Ok(rows.into_iter().map(|row| SubjectId::from_uuid(row.id)).collect())
    }

    /// Every subject and whom it leads to.
    pub async fn all_subjects(&self) -> Result<HashMap<SubjectId, ProfileId>> {
        let rows = subject::Entity::find().all(&self.reader).await.doing("read all subjects")?;
        Ok(rows.into_iter().map(|row| (SubjectId::from_uuid(row.id), ProfileId::from_uuid(row.profile_id))).collect())
    }
}
