//! What happened at branches, counted anew.

use super::Comparison;
use crate::{commands::timezone, context::Context};
use anyhow::Result;
use bellwether_domain::{BranchActivity, BranchCode, ChangeSet, CleanEvent, NamedBranch};
use bellwether_pipeline::Branches;
use bellwether_store::Store;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};

/// By branch, day and currency, of all branches at once.
type Days = BTreeMap<BranchCode, BTreeMap<(NaiveDate, String), BranchActivity>>;

/// Counts events as the pipeline does, in the calendar of now.
pub struct Recount {
    calendar: Tz,
    known: Branches,
    /// What the events said since it was last taken up.
    said: ChangeSet,
    named: BTreeMap<BranchCode, NamedBranch>,
    days: Days,
}

impl Recount {
    /// With what was counted of events that are not in the Lake any more.
    pub async fn begin(context: &Context) -> Result<Self> {
        let mut days = Days::new();
        for activity in context.store.removed_branch_activity().await? {
            add(&mut days, activity);
        }
        let known = Branches::of(&context.store).await?;
        let calendar = timezone(&context.config)?;
        Ok(Self { calendar, known, said: ChangeSet::default(), named: BTreeMap::new(), days })
    }

    /// Counts one event.
    pub fn count(&mut self, event: &CleanEvent) {
        self.known.count([event], self.calendar, &mut self.said);
        self.said.branch_activity.drain(..).for_each(|activity| add(&mut self.days, activity));
        for named in self.said.branches.drain(..) {
            self.named.insert(named.code.clone(), named);
        }
    }

    /// Compares, and with `mend` puts what was counted in the place of what differs.
    pub async fn compare(mut self, store: &Store, mend: bool, comparison: &mut Comparison) -> Result<()> {
        let stored = store.branch_totals().await?.into_iter().map(|total| total.code);
        let counted = self.days.keys().chain(self.named.keys()).cloned();
        let codes: BTreeSet<BranchCode> = stored.chain(counted).collect();
        for code in codes {
            let days: Vec<_> = self.days.remove(&code).unwrap_or_default().into_values().collect();
            // Only those that are not in the Store, or have no name there, are named anew.
            let named = self.named.remove(&code);
            if named.is_none() && store.activity_of_branch(&code).await? == days {
                continue;
            }
            if mend {
                let named = named.unwrap_or_else(|| nameless(&code, &days));
                store.put_rebuilt_branch(&named, &days).await?;
            }
            comparison.branches.push(code);
        }
        Ok(())
    }
}

fn add(days: &mut Days, activity: BranchActivity) {
    let day = (activity.day, activity.currency.clone());
    let of_branch = days.entry(activity.code.clone()).or_default();
    match of_branch.get_mut(&day) {
        Some(known) => known.add(&activity),
        None => drop(of_branch.insert(day, activity)),
    }
}

fn nameless(code: &BranchCode, days: &[BranchActivity]) -> NamedBranch {
    let at = days.first().map_or(DateTime::<Utc>::UNIX_EPOCH, |first| first.last_event_at);
    NamedBranch { code: code.clone(), name: String::new(), at }
}
