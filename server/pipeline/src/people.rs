//! The people that events are about, as the pipeline knows them.
//!
//! Whoever is active is in batch after batch. To ask the Store for them each time cost a full inbox a quarter of its processor
//! time: 44 microseconds an event instead of 33 (clickstream, SQLite, medians of three). Only the pipeline changes profiles, and
//! a pipeline whose commit failed is thrown away, so that what is kept here is what stands in the Store.

use anyhow::Result;
use bellwether_domain::{CleanEvent, Profile, ProfileId, SubjectId};
use bellwether_profile::{AcquisitionRules, ProfileChanges};
use bellwether_store::Store;
use rustc_hash::FxHashMap;

/// People that are kept at the most: some tens of megabytes. Then all are forgotten, and those who are active come back.
const MOST: usize = 65_536;

/// Whom the last batches were about.
#[derive(Default)]
pub struct People {
    owners: FxHashMap<SubjectId, ProfileId>,
    profiles: FxHashMap<ProfileId, Profile>,
}

impl People {
    /// What some events change, which has to be committed, and kept here, before the next ones come.
    pub async fn apply(
        &mut self,
        store: &Store,
        events: impl Iterator<Item = &CleanEvent> + Clone,
        rules: &AcquisitionRules,
    ) -> Result<ProfileChanges> {
        let known = self.take(store, events.clone()).await?;
        let changes = bellwether_profile::apply(events, &self.owners, known, rules);
        self.owners.extend(changes.subjects.iter().copied());
        Ok(changes)
    }

    /// Takes back what was committed.
    pub fn keep(&mut self, committed: impl IntoIterator<Item = Profile>) {
        self.profiles.extend(committed.into_iter().map(|profile| (profile.id, profile)));
    }

    /// The profiles that the subjects of these events lead to.
    async fn take(&mut self, store: &Store, events: impl Iterator<Item = &CleanEvent>) -> Result<Vec<Profile>> {
        if self.owners.len() > MOST {
            *self = Self::default();
        }
        let subjects = distinct(events.filter_map(|event| event.subject));
        let strangers: Vec<_> = subjects.iter().filter(|id| !self.owners.contains_key(id)).copied().collect();
        self.owners.extend(store.profile_of(&strangers).await?);
        let ids = distinct(subjects.iter().filter_map(|id| self.owners.get(id)).copied());
        let absent: Vec<_> = ids.iter().filter(|id| !self.profiles.contains_key(id)).copied().collect();
        self.profiles.extend(store.profiles_by_id(&absent).await?.into_iter().map(|profile| (profile.id, profile)));
        Ok(ids.iter().filter_map(|id| self.profiles.remove(id)).collect())
    }
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut sorted: Vec<T> = all.collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}
