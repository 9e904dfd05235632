//! Audiences, lists and a score as of four weeks before the end, held against what people then did.

use super::{Past, generator};
use anyhow::Result;
use bellwether_api::backtest::{Backtest, BacktestCampaign, BacktestRecommender, GroupOutcome, LiftPoint};
use bellwether_domain::{Campaign, Localized, Membership, ProfileFeatures, ProfileId, Quantity, SegmentId};
use bellwether_evaluate::backtest::{Chosen, Comparison, Observed, Outcome, compare, lift_curve, outcomes};
use bellwether_recommend::Evaluation;
use bellwether_store::Store;
use chrono::{DateTime, Duration, Utc};
use rustc_hash::{FxHashMap, FxHashSet};

/// Length of the window.
pub const BACKTEST_DAYS: i64 = 28;
/// Random choices that stand for chance.
const DRAWS: usize = 1_000;
/// Points of the lift curve.
const STEPS: usize = 20;

/// The Store's key.
const BACKTEST: &str = "backtest";

/// Makes the campaigns' audiences as they would have been, and compares. `campaigns` come with the slug and the name of
/// their segment. `Err` within says why there is nothing to compare.
pub async fn backtest(
    store: &Store,
    past: &Past,
    campaigns: &[(Campaign, String)],
    recommenders: Option<&Evaluation>,
    currency: &str,
) -> Result<Result<Backtest, String>> {
    let as_of = past.end - Duration::days(BACKTEST_DAYS);
    let mut features = bellwether_profile::features(&past.history, &past.profiles, &past.categories, as_of);
    let rfm = match bellwether_segment::rfm(&mut features, as_of) {
        Ok(rfm) => rfm,
        Err(reason) => {
            store.remove_result(BACKTEST).await?;
            return Ok(Err(format!("as of four weeks before the end, {reason}")));
        }
    };
    let did = outcomes(&past.history, &past.profiles, as_of, past.end, &taken_back(past, as_of));
    let everybody: Vec<ProfileId> = features.iter().map(|f| f.profile).collect();
    let mut rng = generator(4);
    let audiences: Vec<Vec<ProfileId>> =
        campaigns.iter().map(|(campaign, _)| members_of(&rfm.memberships, campaign.audience.segment)).collect();
    let compared: Vec<BacktestCampaign> = campaigns
        .iter()
        .zip(&audiences)
        .map(|((campaign, segment), members)| {
            let chosen = Chosen { key: campaign.slug.clone(), name: campaign.name.clone(), members: members.clone() };
            row(compare(&chosen, &everybody, &did, DRAWS, &mut rng), segment.clone())
        })
        .collect();
    let result = Backtest {
        as_of,
        until: past.end,
        currency: currency.to_owned(),
        customers: everybody.len() as u64,
        responders: everybody.iter().filter(|profile| did.contains_key(profile)).count() as u64,
        audience_responders: responders_of(&audiences, &did),
        campaigns: compared,
        lift_curve: curve(&features, &did),
        recommendations: recommenders.iter().flat_map(|all| &all.qualities).map(recommender).collect(),
    };
    store.put_result(BACKTEST, &serde_json::to_value(&result)?).await?;
    Ok(Ok(result))
}

/// What was sold and taken back before the window's end, by the sale's line.
fn taken_back(past: &Past, as_of: DateTime<Utc>) -> FxHashMap<u32, Quantity> {
    let in_window = |order: u32| (as_of..past.end).contains(&past.history.orders[order as usize].time);
    let mut taken: FxHashMap<u32, Quantity> = FxHashMap::default();
    for found in bellwether_clean::cancellations(&past.history).matches.iter().filter(|found| in_window(found.order)) {
        for sale in found.sales.iter().filter(|sale| in_window(sale.order)) {
            *taken.entry(sale.line).or_default() += sale.quantity;
        }
    }
    taken
}

/// Who is in several audiences responded once.
fn responders_of(audiences: &[Vec<ProfileId>], did: &FxHashMap<ProfileId, Outcome>) -> u64 {
    let reached: FxHashSet<&ProfileId> = audiences.iter().flatten().collect();
    reached.into_iter().filter(|profile| did.contains_key(profile)).count() as u64
}

fn members_of(memberships: &[Membership], segment: SegmentId) -> Vec<ProfileId> {
    memberships.iter().filter(|m| m.segment == segment).map(|m| m.profile).collect()
}

fn curve(features: &[ProfileFeatures], did: &FxHashMap<ProfileId, Outcome>) -> Vec<LiftPoint> {
    // The plainest score there is: how recent, how often, how much, each from 1 to 5, ties broken by days since the last
    // order.
    let score =
        |f: &ProfileFeatures| f.rfm.iter().map(|part| f64::from(*part)).sum::<f64>() - f.recency_days / 10_000.0;
    let scores: Vec<_> = features.iter().map(|f| (f.profile, score(f))).collect();
    let points = lift_curve(&scores, did, STEPS);
    points.into_iter().map(|p| LiftPoint { share: p.share, captured: p.gain, lift: p.lift }).collect()
}

fn row(comparison: Comparison, segment: String) -> BacktestCampaign {
    let Localized { en, zh_cn } = comparison.name;
    let chosen = group(&comparison.chosen, comparison.chosen_interval);
    let people = comparison.chosen.people;
    let random = GroupOutcome {
        customers: people,
        responders: comparison.random_rate * people as f64,
        response_rate: comparison.random_rate,
        response_rate_low: comparison.random_interval[0],
        response_rate_high: comparison.random_interval[1],
        revenue: comparison.random_revenue,
        revenue_per_customer: if people > 0 { comparison.random_revenue / people as f64 } else { 0.0 },
    };
    BacktestCampaign {
        slug: comparison.key,
        name: Localized { en, zh_cn }.into(),
        segment,
        chosen,
        rest: group(&comparison.rest, comparison.rest_interval),
        random,
        lift: comparison.lift_over_random,
    }
}

fn group(observed: &Observed, interval: [f64; 2]) -> GroupOutcome {
    GroupOutcome {
        customers: observed.people,
        responders: (observed.response_rate * observed.people as f64).round(),
        response_rate: observed.response_rate,
        response_rate_low: interval[0],
        response_rate_high: interval[1],
        revenue: observed.revenue.to_f64(),
        revenue_per_customer: observed.revenue_per_person,
    }
}

fn recommender(quality: &bellwether_recommend::Quality) -> BacktestRecommender {
    BacktestRecommender {
        kind: quality.kind.name().to_owned(),
        recall_at_10: quality.metrics.recall,
        ndcg_at_10: quality.metrics.ndcg,
        coverage: quality.metrics.coverage,
        customers: quality.metrics.people as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_two_audiences_respond_once() {
        let [a, b, c] = [b"a", b"b", b"c"].map(|name| ProfileId::derive(&[name]));
        let did = [(a, Outcome::default()), (c, Outcome::default())].into_iter().collect();
        assert_eq!(responders_of(&[vec![a, b], vec![b, a]], &did), 1);
        assert_eq!(responders_of(&[vec![a], vec![c]], &did), 2);
        assert_eq!(responders_of(&[], &did), 0);
    }
}
