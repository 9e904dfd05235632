//! What was rebuilt from the events, held against what stands here.

use crate::{
    Result, Store,
    bulk::{self, Conflict},
    error::Doing,
    rows::{profile, subject},
};
use bellwether_domain::{Profile, ProfileId, SubjectId};
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use std::collections::HashMap;

impl Store {
    /// Those of the profiles that stand here in another form, or not at all.
    pub async fn differing_profiles(&self, rebuilt: &[Profile]) -> Result<Vec<ProfileId>> {
        let ids: Vec<ProfileId> = rebuilt.iter().map(|profile| profile.id).collect();
        let stored: HashMap<_, _> = self.profile_rows(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let differs = |profile: &&Profile| {
            // In the form of a row, in which two texts can be the same that were not before.
            stored.get(&profile.id.as_uuid()) != Some(&profile::Model::from(*profile))
        };
        Ok(rebuilt.iter().filter(differs).map(|profile| profile.id).collect())
    }

    /// Those of the subjects that lead to somebody else here, or to nobody.
    pub async fn differing_subjects(&self, rebuilt: &[(SubjectId, ProfileId)]) -> Result<Vec<SubjectId>> {
        let subjects: Vec<SubjectId> = rebuilt.iter().map(|(subject, _)| *subject).collect();
        let stored = self.profile_of(&subjects).await?;
        let differs = |(subject, profile): &&(SubjectId, ProfileId)| stored.get(subject) != Some(profile);
        Ok(rebuilt.iter().filter(differs).map(|(subject, _)| *subject).collect())
    }

    /// How many profiles there are.
    pub async fn profile_count(&self) -> Result<u64> {
        profile::Entity::find().count(&self.reader).await.doing("count profiles")
    }

    /// Puts rebuilt profiles and subjects in the place of those that stand here, in one transaction.
    pub async fn put_rebuilt(&self, profiles: &[Profile], subjects: &[(SubjectId, ProfileId)]) -> Result<()> {
        const DOING: &str = "store rebuilt profiles";
        let transaction = self.begin(DOING).await?;
        let rows = profiles.iter().map(|profile| profile::Model::from(profile).into_active_model()).collect();
        bulk::insert(&transaction, rows, Conflict::Replace).await.doing(DOING)?;
        let row = |(subject, profile): &(SubjectId, ProfileId)| {
            subject::Model { id: subject.as_uuid(), profile_id: profile.as_uuid() }.into_active_model()
        };
        bulk::insert(&transaction, subjects.iter().map(row).collect(), Conflict::Replace).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }
}
