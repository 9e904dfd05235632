//! What events that leave the Lake had made of people and branches.

use anyhow::Result;
use bellwether_domain::{Baseline, BranchActivity, ChangeSet, CleanEvent, ProfileId, SubjectId};
use bellwether_pipeline::Branches;
use bellwether_profile::AcquisitionRules;
use bellwether_store::Store;
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};

/// The baselines of all whom these events are about, as they are with them. What an event makes of a profile does not depend on
/// what else was before or comes later (`stages/profile` has the law), so these may be added now and the others when somebody
/// rebuilds.
pub(super) async fn with(store: &Store, past: &[CleanEvent], rules: &AcquisitionRules) -> Result<Vec<Baseline>> {
    let subjects: BTreeSet<SubjectId> = past.iter().filter_map(|event| event.subject).collect();
    let subjects: Vec<SubjectId> = subjects.into_iter().collect();
    let mut owners = store.profile_of(&subjects).await?;
    let owned: BTreeSet<ProfileId> = owners.values().copied().collect();
    let known = store.baselines_of(&owned.into_iter().collect::<Vec<_>>()).await?;
    let mut subjects_of: HashMap<ProfileId, BTreeSet<SubjectId>> = HashMap::new();
    for baseline in &known {
        subjects_of.entry(baseline.profile.id).or_default().extend(&baseline.subjects);
    }
    let changes = bellwether_profile::apply(past, &owners, known.into_iter().map(|one| one.profile), rules);
    owners.extend(changes.subjects);
    for (subject, profile) in owners {
        subjects_of.entry(profile).or_default().insert(subject);
    }
    let changed = changes.profiles.into_iter().chain(changes.active);
    let with_subjects = changed.map(|profile| {
        let subjects = subjects_of.remove(&profile.id).unwrap_or_default().into_iter().collect();
        Baseline { profile, subjects }
    });
    Ok(with_subjects.collect())
}

/// What was counted of these events at branches.
pub(super) async fn of_branches(store: &Store, past: &[CleanEvent], calendar: Tz) -> Result<Vec<BranchActivity>> {
    let (mut branches, mut counted) = (Branches::of(store).await?, ChangeSet::default());
    branches.count(past, calendar, &mut counted);
    Ok(counted.branch_activity)
}
