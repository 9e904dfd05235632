//! Backtest: choices made as of a date, held against what people then did.
//!
//! Nobody was treated, so nothing here is an effect. It answers one question: were the chosen people different from
//! the rest, and from as many people drawn by chance?

use bellwether_algorithms::statistics::Rate;
use bellwether_domain::{Localized, Money, OrderHistory, OrderKind, ProfileId, Quantity};
use chrono::{DateTime, Utc};
use rand::{Rng, seq::index};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// What one person did in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Completed orders with goods that were not all taken back.
    pub orders: u32,
    /// Goods bought and kept.
    pub revenue: Money,
}

/// What everybody did in `[from, until)`. Who did nothing is not in it.
///
/// `taken_back` says how many pieces of a line (an index into the history's lines) came back in the window. They count
/// for nothing, and an order of which nothing is left is no response.
pub fn outcomes(
    history: &OrderHistory,
    profiles: &[ProfileId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    taken_back: &FxHashMap<u32, Quantity>,
) -> FxHashMap<ProfileId, Outcome> {
    let mut outcomes: FxHashMap<ProfileId, Outcome> = FxHashMap::default();
    for order in history.since(from).iter().take_while(|order| order.time < until) {
        let (OrderKind::Completed, Some(customer)) = (order.kind, order.customer) else { continue };
        let (mut kept, mut revenue) = (false, Money::ZERO);
        for (index, line) in (order.first_line..).zip(history.lines_of(order)) {
            let left = line.quantity - taken_back.get(&index).copied().unwrap_or_default();
            if line.flags.is_ordinary_sale() && !left.is_zero() {
                kept = true;
                revenue += line.price.times(left);
            }
        }
        if kept {
            let outcome = outcomes.entry(profiles[customer as usize]).or_default();
            outcome.orders += 1;
            outcome.revenue += revenue;
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
    use bellwether_domain::{EventId, HistoryLine, LineFlags, OrderHead, SubjectId};
    use rand::SeedableRng;

    fn people(n: u8) -> Vec<ProfileId> {
        (0..n).map(|i| ProfileId::derive(&[&[i]])).collect()
    }

    fn bought(people: &[ProfileId]) -> FxHashMap<ProfileId, Outcome> {
        people.iter().map(|p| (*p, Outcome { orders: 1, revenue: Money::from_whole(10) })).collect()
    }

    /// One customer's orders of ten pieces at 2 each, an hour apart.
    fn orders(count: u32) -> OrderHistory {
        let mut history = OrderHistory {
            customers: vec![SubjectId::derive(&[b"c"])],
            products: vec!["mug".into()],
            ..OrderHistory::default()
        };
        for number in 0..count {
            history.orders.push(OrderHead {
                event: EventId::derive(&[&number.to_le_bytes()]),
                order_id: number.to_string().into(),
                kind: OrderKind::Completed,
                customer: Some(0),
                time: DateTime::from_timestamp(3600 * i64::from(number), 0).unwrap(),
                utc_offset_minutes: 0,
                first_line: number,
                line_count: 1,
            });
            history.lines.push(HistoryLine {
                quantity: Quantity::from_whole(10),
                price: Money::from_whole(2),
                product: 0,
                flags: LineFlags::default(),
            });
        }
        history
    }

    #[test]
    fn what_was_taken_back_is_no_revenue_and_no_response() {
        let check = |taken: &[(u32, i64)], expected: Option<(u32, i64)>| {
            let (who, taken) = (people(1), taken.iter().map(|(line, n)| (*line, Quantity::from_whole(*n))).collect());
            let until = DateTime::from_timestamp(7200, 0).unwrap();
            let did = outcomes(&orders(3), &who, DateTime::UNIX_EPOCH, until, &taken);
            let expected = expected.map(|(orders, revenue)| Outcome { orders, revenue: Money::from_whole(revenue) });
            assert_eq!(did.get(&who[0]).copied(), expected);
        };
        check(&[], Some((2, 40)));
        check(&[(0, 4)], Some((2, 32)));
        check(&[(0, 10)], Some((1, 20)));
        check(&[(0, 10), (1, 10)], None);
        check(&[(2, 10)], Some((2, 40)));
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
