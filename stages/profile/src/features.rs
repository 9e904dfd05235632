//! Customers in numbers, as of a moment.

use crate::standardize;
use bellwether_domain::{HistoryLine, Money, OrderHead, OrderHistory, OrderKind, ProfileFeatures, ProfileId, Quantity};
use chrono::{DateTime, Duration, NaiveDate, Timelike, Utc};
use rustc_hash::{FxHashMap, FxHashSet};

const SECONDS_PER_DAY: f64 = 86_400.0;
const FAVOURITES: usize = 3;

/// The category of every product of a history, as indices into a list of names.
#[derive(Debug, Clone, Default)]
pub struct Categories {
    /// Names.
    pub names: Vec<String>,
    /// Per product of the history, an index into `names`.
    pub of_product: Vec<u32>,
}

impl Categories {
    /// Looks up every product of a history.
    pub fn of<'a>(history: &OrderHistory, mut category: impl FnMut(&str) -> &'a str) -> Self {
        let mut categories = Self::default();
        let mut known: FxHashMap<&'a str, u32> = FxHashMap::default();
        for product in &history.products {
            let name = category(product);
            let index = *known.entry(name).or_insert_with(|| {
                categories.names.push(name.to_owned());
                categories.names.len() as u32 - 1
            });
            categories.of_product.push(index);
        }
        categories
    }
}

/// Features of every customer with at least one completed order before `as_of`, sorted by profile.
///
/// `profiles` says for each of `history.customers` which profile it leads to. Standardised inputs are filled in.
pub fn features(
    history: &OrderHistory,
    profiles: &[ProfileId],
    categories: &Categories,
    as_of: DateTime<Utc>,
) -> Vec<ProfileFeatures> {
    let mut people: FxHashMap<ProfileId, Person> = FxHashMap::default();
    for order in history.before(as_of) {
        let Some(customer) = order.customer else { continue };
        let person = people.entry(profiles[customer as usize]).or_default();
        person.add(order, history.lines_of(order), categories);
    }
    let mut all: Vec<_> =
        people.into_iter().filter_map(|(profile, person)| person.finish(profile, categories, as_of)).collect();
    all.sort_unstable_by_key(|features| features.profile);
    standardize(&mut all);
    all
}

#[derive(Default)]
struct Person {
    orders: FxHashSet<(compact_str::CompactString, NaiveDate)>,
    products: FxHashSet<u32>,
    spent_on: FxHashMap<u32, Money>,
    hours: [u32; 24],
    revenue: Money,
    refunded: Money,
    units: Quantity,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
}

impl Person {
    fn add(&mut self, order: &OrderHead, lines: &[HistoryLine], categories: &Categories) {
        let goods = lines.iter().filter(|line| line.flags.is_ordinary_sale());
        match order.kind {
            OrderKind::Refunded => self.refunded -= goods.map(|line| line.price.times(line.quantity)).sum(),
            OrderKind::Completed => self.add_sale(order, goods, categories),
        }
    }

    fn add_sale<'a>(
        &mut self,
        order: &OrderHead,
        goods: impl Iterator<Item = &'a HistoryLine>,
        categories: &Categories,
    ) {
        let mut any = false;
        for line in goods {
            any = true;
            let value = line.price.times(line.quantity);
            self.revenue += value;
            self.units += line.quantity;
            self.products.insert(line.product);
            *self.spent_on.entry(categories.of_product[line.product as usize]).or_default() += value;
        }
        if !any {
            return;
        }
        self.first = Some(self.first.map_or(order.time, |t| t.min(order.time)));
        self.last = Some(self.last.map_or(order.time, |t| t.max(order.time)));
        // An order whose lines stand apart in the file arrives as two events, but is one order. Some tills begin with
        // number 1 again, so it has to be the same day.
        let local = order.time.naive_utc() + Duration::minutes(order.utc_offset_minutes.into());
        if self.orders.insert((order.order_id.clone(), local.date())) {
            self.hours[local.hour() as usize] += 1;
        }
    }

    fn finish(self, profile: ProfileId, categories: &Categories, as_of: DateTime<Utc>) -> Option<ProfileFeatures> {
        let (first, last) = (self.first?, self.last?);
        let frequency = self.orders.len() as u64;
        let days = |span: Duration| span.num_seconds() as f64 / SECONDS_PER_DAY;
        let revenue = self.revenue.to_f64();
        Some(ProfileFeatures {
            profile,
            as_of,
            recency_days: days(as_of - last),
            frequency,
            monetary: self.revenue - self.refunded,
            tenure_days: days(as_of - first),
            average_order: Money::from_f64(revenue / frequency as f64).unwrap_or_default(),
            units_per_order: self.units.to_f64() / frequency as f64,
            distinct_products: self.products.len() as u64,
            returns_share: if revenue > 0.0 { (self.refunded.to_f64() / revenue).clamp(0.0, 1.0) } else { 0.0 },
            days_between_orders: (frequency > 1).then(|| days(last - first) / (frequency - 1) as f64),
            favourite_categories: favourites(&self.spent_on, self.revenue, categories),
            orders_by_hour: self.hours,
            rfm: [0; 3],
            standardized: Vec::new(),
        })
    }
}

fn favourites(spent_on: &FxHashMap<u32, Money>, revenue: Money, categories: &Categories) -> Vec<(String, f64)> {
    if revenue <= Money::ZERO {
        return Vec::new();
    }
    let mut ranked: Vec<_> =
        spent_on.iter().map(|(category, spent)| (*spent, &categories.names[*category as usize])).collect();
    ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    ranked
        .into_iter()
        .take(FAVOURITES)
        .filter(|(spent, _)| *spent > Money::ZERO)
        .map(|(spent, name)| (name.clone(), spent.to_f64() / revenue.to_f64()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{EventId, LineFlag, LineFlags, SubjectId};

    const DAY: i64 = 86_400;

    type TestOrder<'a> = (&'a str, OrderKind, i64, &'a [(u32, i64)]);

    fn history(orders: &[TestOrder]) -> OrderHistory {
        let mut history = OrderHistory {
            customers: vec![SubjectId::derive(&[b"c"])],
            products: vec!["mug".into(), "bag".into(), "POST".into()],
            ..Default::default()
        };
        for (id, kind, day, lines) in orders {
            history.orders.push(OrderHead {
                event: EventId::derive(&[id.as_bytes()]),
                order_id: (*id).into(),
                kind: *kind,
                customer: Some(0),
                time: DateTime::from_timestamp(day * DAY + 3600 * 9, 0).unwrap(),
                utc_offset_minutes: 60,
                first_line: history.lines.len() as u32,
                line_count: lines.len() as u32,
            });
            for (product, pieces) in *lines {
                let mut flags = LineFlags::default();
                if *product == 2 {
                    flags.insert(LineFlag::NonProduct);
                }
                history.lines.push(HistoryLine {
                    quantity: Quantity::from_whole(*pieces),
                    price: Money::from_whole(10),
                    product: *product,
                    flags,
                });
            }
        }
        history
    }

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * DAY, 0).unwrap()
    }

    fn only(history: &OrderHistory, as_of: i64) -> Option<ProfileFeatures> {
        let categories = Categories::of(history, |product| if product == "mug" { "Kitchen" } else { "Other" });
        features(history, &[ProfileId::derive(&[b"p"])], &categories, at(as_of)).pop()
    }

    #[test]
    fn one_customer_by_hand() {
        let history = history(&[
            ("1", OrderKind::Completed, 0, &[(0, 3), (2, 1)]),
            ("2", OrderKind::Completed, 10, &[(0, 1), (1, 1)]),
            ("2", OrderKind::Completed, 10, &[(1, 1)]),
            ("C3", OrderKind::Refunded, 12, &[(1, -1)]),
        ]);
        let person = only(&history, 20).unwrap();
        assert_eq!((person.frequency, person.distinct_products), (2, 2), "a split order is one, postage is no product");
        assert_eq!(person.monetary, Money::from_whole(50));
        assert_eq!(person.average_order, Money::from_whole(30));
        assert_eq!(person.returns_share, 10.0 / 60.0);
        assert_eq!((person.recency_days, person.tenure_days), (9.625, 19.625));
        assert_eq!(person.days_between_orders, Some(10.0));
        assert_eq!(person.orders_by_hour[10], 2, "hours are local");
        assert_eq!(person.favourite_categories, [("Kitchen".into(), 4.0 / 6.0), ("Other".into(), 2.0 / 6.0)]);
    }

    #[test]
    fn a_number_that_is_used_again_is_another_order() {
        let orders: [TestOrder; 3] = [
            ("001", OrderKind::Completed, 0, &[(0, 1)]),
            ("001", OrderKind::Completed, 150, &[(0, 1)]),
            ("001", OrderKind::Completed, 150, &[(1, 1)]),
        ];
        let person = only(&history(&orders), 151).unwrap();
        assert_eq!((person.frequency, person.recency_days), (2, 0.625));
        assert_eq!(person.orders_by_hour[10], 2);
    }

    #[test]
    fn returned_goods_count_by_their_sign_also_where_others_went_out() {
        let exchange: [TestOrder; 2] =
            [("1", OrderKind::Completed, 0, &[(0, 5)]), ("C", OrderKind::Refunded, 1, &[(0, -3), (1, 1)])];
        assert_eq!(only(&history(&exchange), 2).unwrap().monetary, Money::from_whole(30));
    }

    #[test]
    fn the_future_is_not_seen() {
        let orders: [TestOrder; 3] = [
            ("1", OrderKind::Completed, 0, &[(0, 1)]),
            ("2", OrderKind::Completed, 10, &[(0, 9)]),
            ("C", OrderKind::Refunded, 11, &[(0, -9)]),
        ];
        assert_eq!(only(&history(&orders), 5), only(&history(&orders[..1]), 5));
        assert_ne!(only(&history(&orders), 15), only(&history(&orders[..1]), 15));
    }

    #[test]
    fn who_only_returned_has_no_features() {
        assert_eq!(only(&history(&[("C", OrderKind::Refunded, 1, &[(0, -1)])]), 5), None);
    }
}
