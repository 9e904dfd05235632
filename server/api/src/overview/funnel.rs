//! How many were left after each step of the way.

use super::{FunnelStep, FunnelStepName, FunnelUnit};
use crate::{backtest::Backtest, campaigns::list::CampaignSummary, problem::Problem};
use bellwether_domain::{Campaign, ImportRecord, ProfileId};
use bellwether_store::{CustomerQuery, Store};
use std::collections::HashSet;

/// The steps from collected events to buyers; the last one only where a backtest was made.
pub(super) async fn funnel(
    store: &Store,
    imports: &[ImportRecord],
    definitions: &[Campaign],
    campaigns: &[CampaignSummary],
    backtest: Option<&Backtest>,
) -> Result<Vec<FunnelStep>, Problem> {
    let clean = store.event_files().await?.iter().map(|file| file.rows).sum();
    let customers = store.customers(&CustomerQuery { page_size: 1, ..CustomerQuery::default() }).await?.total;
    let recommended = store.recommendation_lists(0, 1).await?.total;
    let sent = campaigns.iter().map(|campaign| campaign.ledger.handed_over).sum();
    let mut steps = vec![
        step(FunnelStepName::Collected, FunnelUnit::Events, imports.iter().map(|import| import.events).sum()),
        step(FunnelStepName::Clean, FunnelUnit::Events, clean),
        step(FunnelStepName::Identified, FunnelUnit::Customers, customers),
        step(FunnelStepName::Recommended, FunnelUnit::Customers, recommended),
        step(FunnelStepName::Targeted, FunnelUnit::Customers, targeted(store, definitions).await?),
        step(FunnelStepName::Sent, FunnelUnit::Messages, sent),
    ];
    let ordered = backtest.map(|backtest| backtest.audience_responders);
    steps.extend(ordered.map(|count| step(FunnelStepName::OrderedAgain, FunnelUnit::Customers, count)));
    Ok(steps)
}

fn step(step: FunnelStepName, unit: FunnelUnit, count: u64) -> FunnelStep {
    FunnelStep { step, unit, count }
}

/// Different customers about whom any campaign decided.
async fn targeted(store: &Store, campaigns: &[Campaign]) -> Result<u64, Problem> {
    let mut people: HashSet<ProfileId> = HashSet::new();
    for campaign in campaigns {
        people.extend(store.decisions(campaign.run_id()).await?.into_iter().map(|decision| decision.profile));
    }
    Ok(people.len() as u64)
}
