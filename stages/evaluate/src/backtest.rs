//! Backtest: choices made as of a date, held against what people then did.
//!
//! Nobody was treated, so nothing here is an effect. It answers one question: were the chosen people different from
//! the rest, and from as many people drawn by chance?

use bellwether_algorithms::statistics::Rate;
use bellwether_domain::{Localized, Money, OrderHistory, OrderKind, ProfileId};
use chrono::{DateTime, Utc};
use rand::{Rng, seq::index};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What one person did in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Completed orders with goods.
    pub orders: u32,
    /// Goods bought.
    pub revenue: Money,
}

/// What everybody did in `[from, until)`. Who did nothing is not in it.
pub fn outcomes(
    history: &OrderHistory,
    profiles: &[ProfileId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> FxHashMap<ProfileId, Outcome> {
    let mut outcomes: FxHashMap<ProfileId, Outcome> = FxHashMap::default();
    for order in history.since(from).iter().take_while(|order| order.time < until) {
        let (OrderKind::Completed, Some(customer)) = (order.kind, order.customer) else { continue };
        let mut goods = history.lines_of(order).iter().filter(|line| line.flags.is_ordinary_sale()).peekable();
        if goods.peek().is_some() {
            let outcome = outcomes.entry(profiles[customer as usize]).or_default();
            outcome.orders += 1;
            outcome.revenue += goods.map(|line| line.price.times(line.quantity)).sum();
        }
    }
    outcomes
}

/// People chosen as of the date, by a segment or a list.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// A stable key.
    pub key: String,
    /// What people call it.
    pub name: Localized,
    /// Who.
    pub members: Vec<ProfileId>,
}

/// A group of people and what they did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// People.
    pub people: u64,
    /// Share of them with an order in the window, 0 to 1.
    pub response_rate: f64,
    /// Their orders' value.
    pub revenue: Money,
    /// The same per person.
    pub revenue_per_person: f64,
}

/// Chosen people against the rest and against chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The choice's key.
    pub key: String,
    /// What people call it.
    pub name: Localized,
    /// The chosen.
    pub chosen: Observed,
    /// Everybody else.
    pub rest: Observed,
    /// 95 % bounds (Wilson) of the chosen's response rate.
    pub chosen_interval: [f64; 2],
    /// The same of the rest's.
    pub rest_interval: [f64; 2],
    /// Mean response rate of as many people drawn by chance.
    pub random_rate: f64,
    /// The middle 95 % of those draws.
    pub random_interval: [f64; 2],
    /// Mean revenue of as many people drawn by chance.
    pub random_revenue: f64,
    /// Response rate over that of chance; `None` where chance found nobody.
    pub lift_over_random: Option<f64>,
}

/// One step of a lift curve: the best `share` of people by score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiftPoint {
    /// Share of all people that were taken, best scores first.
    pub share: f64,
    /// Share of all responders among them.
    pub gain: f64,
    /// Their response rate over everybody's.
    pub lift: f64,
    /// Share of all revenue from them.
    pub revenue_gain: f64,
}

/// Compares one choice. `population` holds everybody who could have been chosen; `draws` random choices stand for chance.
pub fn compare(
    chosen: &Chosen,
    population: &[ProfileId],
    outcomes: &FxHashMap<ProfileId, Outcome>,
    draws: usize,
    rng: &mut impl Rng,
) -> Comparison {
    let members: rustc_hash::FxHashSet<_> = chosen.members.iter().collect();
    let (inside, outside): (Vec<_>, Vec<_>) = population.iter().partition(|profile| members.contains(profile));
    let size = inside.len();
    let mut random: Vec<Observed> = (0..draws)
        .map(|_| {
            let picked: Vec<_> = index::sample(rng, population.len(), size).iter().map(|i| population[i]).collect();
            observe(&picked, outcomes)
        })
        .collect();
    random.sort_unstable_by(|a, b| a.response_rate.total_cmp(&b.response_rate));
    let mean = |value: fn(&Observed) -> f64| random.iter().map(value).sum::<f64>() / random.len().max(1) as f64;
    let at = |share: f64| {
        let place = (share * random.len().saturating_sub(1) as f64).round() as usize;
        random.get(place).map_or(0.0, |observed| observed.response_rate)
    };
    let observed = observe(&inside, outcomes);
    let rest = observe(&outside, outcomes);
    let random_rate = mean(|o| o.response_rate);
    Comparison {
        key: chosen.key.clone(),
        name: chosen.name.clone(),
        lift_over_random: (random_rate > 0.0).then(|| observed.response_rate / random_rate),
        chosen_interval: bounds(&observed),
        rest_interval: bounds(&rest),
        rest,
        chosen: observed,
        random_rate,
        random_interval: [at(0.025), at(0.975)],
        random_revenue: mean(|o| o.revenue.to_f64()),
    }
}

fn bounds(observed: &Observed) -> [f64; 2] {
    let responders = (observed.response_rate * observed.people as f64).round() as u64;
    let interval = Rate::new(observed.people, responders).and_then(|rate| rate.wilson(0.05));
    // Nobody at all says nothing about a rate.
    interval.map_or([0.0, 1.0], |interval| [interval.low, interval.high])
}

fn observe(people: &[ProfileId], outcomes: &FxHashMap<ProfileId, Outcome>) -> Observed {
    let acted = people.iter().filter_map(|profile| outcomes.get(profile));
    let (responders, revenue) = acted.fold((0_u64, Money::ZERO), |(n, sum), outcome| (n + 1, sum + outcome.revenue));
    let per_person = |total: f64| if people.is_empty() { 0.0 } else { total / people.len() as f64 };
    Observed {
        people: people.len() as u64,
        response_rate: per_person(responders as f64),
        revenue,
        revenue_per_person: per_person(revenue.to_f64()),
    }
}

/// The lift curve of a score in `steps` equal parts. People with equal scores stand in the order of their ids.
pub fn lift_curve(
    scores: &[(ProfileId, f64)],
    outcomes: &FxHashMap<ProfileId, Outcome>,
    steps: usize,
) -> Vec<LiftPoint> {
    let mut ranked = scores.to_vec();
    ranked.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let everybody: Vec<_> = ranked.iter().map(|(profile, _)| *profile).collect();
    let all = observe(&everybody, outcomes);
    let responders = all.response_rate * all.people as f64;
    if responders == 0.0 || steps == 0 {
        return Vec::new();
    }
    (1..=steps)
        .map(|step| {
            let taken = (everybody.len() * step).div_ceil(steps);
            let part = observe(&everybody[..taken], outcomes);
            LiftPoint {
                share: taken as f64 / everybody.len() as f64,
                gain: part.response_rate * part.people as f64 / responders,
                lift: part.response_rate / all.response_rate,
                revenue_gain: part.revenue.to_f64() / all.revenue.to_f64(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn people(n: u8) -> Vec<ProfileId> {
        (0..n).map(|i| ProfileId::derive(&[&[i]])).collect()
    }

    fn bought(people: &[ProfileId]) -> FxHashMap<ProfileId, Outcome> {
        people.iter().map(|p| (*p, Outcome { orders: 1, revenue: Money::from_whole(10) })).collect()
    }

    #[test]
    fn a_perfect_choice_has_the_whole_lift() {
        let all = people(100);
        let chosen = Chosen { key: "k".into(), name: Localized::new("K", "K"), members: all[..10].to_vec() };
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let result = compare(&chosen, &all, &bought(&all[..10]), 2000, &mut rng);
        assert_eq!((result.chosen.response_rate, result.rest.response_rate), (1.0, 0.0));
        assert!((result.random_rate - 0.1).abs() < 0.01);
        assert!((result.lift_over_random.unwrap() - 10.0).abs() < 0.8);
        assert!(result.random_interval[1] < 0.4);
    }

    #[test]
    fn a_choice_of_nobody_is_calm() {
        let all = people(5);
        let chosen = Chosen { key: "k".into(), name: Localized::new("K", "K"), members: vec![] };
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let result = compare(&chosen, &all, &bought(&all[..1]), 10, &mut rng);
        assert_eq!((result.chosen.people, result.lift_over_random), (0, None));
    }

    #[test]
    fn a_lift_curve_by_hand() {
        let all = people(10);
        let scores: Vec<_> = all.iter().enumerate().map(|(i, p)| (*p, -(i as f64))).collect();
        let curve = lift_curve(&scores, &bought(&[all[0], all[1], all[9]]), 5);
        let gains: Vec<_> = curve.iter().map(|p| (p.gain * 3.0).round()).collect();
        assert_eq!(gains, [2.0, 2.0, 2.0, 2.0, 3.0]);
        assert!((curve[0].lift - 1.0 / 0.3).abs() < 1e-12);
        assert_eq!(lift_curve(&scores, &bought(&[]), 5), []);
    }
}
