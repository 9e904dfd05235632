//! Sums over all orders: pure, in one pass.

use super::{DataRange, Totals, TrendPoint};
use bellwether_domain::{HistoryLine, Money, OrderHead, OrderHistory, OrderKind, Quantity};
use chrono::{Datelike, Days, Duration, Months, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// All sums.
#[derive(Debug, Default, PartialEq)]
pub struct SalesSums {
    pub range: Option<DataRange>,
    /// Without the number of customers, which orders alone do not tell.
    pub totals: Totals,
    pub monthly: Vec<TrendPoint>,
    pub daily: Vec<TrendPoint>,
    pub top_products: Vec<ProductSums>,
}

/// One product's sums.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductSums {
    pub product: String,
    pub units: Quantity,
    pub revenue: Money,
    pub orders: u64,
}

/// Sums of a day or a month.
#[derive(Debug, Default)]
struct Span {
    orders: u64,
    customers: HashSet<u32>,
    revenue: Money,
    refunded: Money,
}

#[derive(Debug, Default)]
struct Counts {
    orders: u64,
    anonymous_orders: u64,
    refunds: u64,
    revenue: Money,
    anonymous_revenue: Money,
    refunded: Money,
}

/// Adds everything up. An order counts when it holds at least one ordinary line; fees and the like are left out. Goods
/// that came back have negative quantities, so that what is refunded is what they add up to, with the other sign.
pub fn sum(history: &OrderHistory, top: usize) -> SalesSums {
    let mut counts = Counts::default();
    let mut days: BTreeMap<NaiveDate, Span> = BTreeMap::new();
    let mut months: BTreeMap<NaiveDate, Span> = BTreeMap::new();
    let mut products = vec![ProductSums::default(); history.products.len()];
    for order in &history.orders {
        let day = local_day(order);
        let lines = history.lines_of(order).iter().filter(|line| line.flags.is_ordinary_sale());
        let (any, value) = lines.clone().fold((false, Money::ZERO), |(_, sum), line| (true, sum + value_of(line)));
        if order.kind == OrderKind::Completed && !any {
            continue;
        }
        counts.add(order, value);
        days.entry(day).or_default().add(order, value);
        months.entry(first_of_month(day)).or_default().add(order, value);
        if order.kind == OrderKind::Completed {
            add_products(&mut products, lines);
        }
    }
    SalesSums {
        range: history
            .orders
            .first()
            .zip(history.orders.last())
            .map(|(a, z)| DataRange { first: a.time, last: z.time }),
        totals: counts.totals(products.iter().filter(|product| product.orders > 0).count()),
        monthly: without_gaps(&months, |month| month.checked_add_months(Months::new(1))),
        daily: without_gaps(&days, |day| day.checked_add_days(Days::new(1))),
        top_products: largest(history, products, top),
    }
}

fn value_of(line: &HistoryLine) -> Money {
    line.price.times(line.quantity)
}

fn local_day(order: &OrderHead) -> NaiveDate {
    (order.time.naive_utc() + Duration::minutes(order.utc_offset_minutes.into())).date()
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// An order may list a product twice; it still is one order.
fn add_products<'a>(products: &mut [ProductSums], lines: impl Iterator<Item = &'a HistoryLine>) {
    let mut of_this_order: Vec<u32> = Vec::new();
    for line in lines {
        let product = &mut products[line.product as usize];
        product.units += line.quantity;
        product.revenue += value_of(line);
        of_this_order.push(line.product);
    }
    of_this_order.sort_unstable();
    of_this_order.dedup();
    for product in of_this_order {
        products[product as usize].orders += 1;
    }
}

fn largest(history: &OrderHistory, mut products: Vec<ProductSums>, top: usize) -> Vec<ProductSums> {
    for (sums, name) in products.iter_mut().zip(&history.products) {
        sums.product = name.to_string();
    }
    products.retain(|product| product.orders > 0);
    products.sort_by(|a, b| b.revenue.cmp(&a.revenue).then_with(|| a.product.cmp(&b.product)));
    products.truncate(top);
    products
}

/// One point for every span from the first to the last, also where nothing happened.
fn without_gaps(spans: &BTreeMap<NaiveDate, Span>, next: impl Fn(NaiveDate) -> Option<NaiveDate>) -> Vec<TrendPoint> {
    let Some((last, _)) = spans.last_key_value() else { return Vec::new() };
    let first = spans.first_key_value().map(|(first, _)| *first);
    let dates = std::iter::successors(first, |date| next(*date)).take_while(|date| date <= last);
    let nothing = Span::default();
    dates.map(|date| spans.get(&date).unwrap_or(&nothing).point(date)).collect()
}

impl Span {
    fn add(&mut self, order: &OrderHead, value: Money) {
        match order.kind {
            OrderKind::Completed => {
                self.orders += 1;
                self.customers.extend(order.customer);
                self.revenue += value;
            }
            OrderKind::Refunded => self.refunded -= value,
        }
    }

    fn point(&self, date: NaiveDate) -> TrendPoint {
        TrendPoint {
            date,
            orders: self.orders,
            customers: self.customers.len() as u64,
            revenue: self.revenue.to_f64(),
            refunded: self.refunded.to_f64(),
        }
    }
}

impl Counts {
    fn add(&mut self, order: &OrderHead, value: Money) {
        match order.kind {
            OrderKind::Refunded => {
                self.refunds += 1;
                self.refunded -= value;
            }
            OrderKind::Completed => {
                self.orders += 1;
                self.revenue += value;
                if order.customer.is_none() {
                    self.anonymous_orders += 1;
                    self.anonymous_revenue += value;
                }
            }
        }
    }

    fn totals(&self, products: usize) -> Totals {
        Totals {
            customers: 0,
            orders: self.orders,
            refunds: self.refunds,
            products: products as u64,
            gross_revenue: self.revenue.to_f64(),
            refunded: self.refunded.to_f64(),
            net_revenue: (self.revenue - self.refunded).to_f64(),
            refunds_share: part(self.refunded.to_f64(), self.revenue.to_f64()),
            average_order: part(self.revenue.to_f64(), self.orders as f64),
            anonymous_orders_share: part(self.anonymous_orders as f64, self.orders as f64),
            anonymous_revenue_share: part(self.anonymous_revenue.to_f64(), self.revenue.to_f64()),
        }
    }
}

/// 0 where there is no whole.
fn part(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{EventId, LineFlag, LineFlags, SubjectId};
    use chrono::{DateTime, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn line(product: u32, quantity: i64, flag: Option<LineFlag>) -> HistoryLine {
        let mut flags = LineFlags::default();
        if let Some(flag) = flag {
            flags.insert(flag);
        }
        HistoryLine { quantity: Quantity::from_whole(quantity), price: Money::from_whole(10), product, flags }
    }

    /// Orders by their time, customer and lines; negative quantities are a return.
    fn history(orders: &[(&str, Option<u32>, i16, &[HistoryLine])]) -> OrderHistory {
        let mut history = OrderHistory {
            customers: vec![SubjectId::derive(&[b"0"]), SubjectId::derive(&[b"1"])],
            products: ["lamp", "bag", "POST"].map(Into::into).to_vec(),
            ..OrderHistory::default()
        };
        for (number, (time, customer, utc_offset_minutes, lines)) in orders.iter().enumerate() {
            let returned = lines.iter().any(|line| line.quantity.is_negative());
            history.orders.push(OrderHead {
                event: EventId::derive(&[&number.to_le_bytes()]),
                order_id: number.to_string().into(),
                kind: if returned { OrderKind::Refunded } else { OrderKind::Completed },
                customer: *customer,
                time: at(time),
                utc_offset_minutes: *utc_offset_minutes,
                first_line: history.lines.len() as u32,
                line_count: lines.len() as u32,
            });
            history.lines.extend_from_slice(lines);
        }
        history
    }

    #[test]
    fn sums_by_hand() {
        let fee = line(2, 1, Some(LineFlag::NonProduct));
        let sums = sum(
            &history(&[
                ("2011-01-30T10:00:00Z", Some(0), 0, &[line(0, 2, None), line(1, 1, None), line(0, 1, None), fee]),
                ("2011-01-30T11:00:00Z", None, 0, &[line(1, 5, None)]),
                ("2011-02-01T10:00:00Z", Some(0), 0, &[line(1, -1, None)]),
                ("2011-02-01T12:00:00Z", Some(1), 0, &[fee]),
            ]),
            1,
        );
        let totals = &sums.totals;
        assert_eq!((totals.orders, totals.refunds, totals.products), (2, 1, 2));
        assert_eq!((totals.gross_revenue, totals.refunded, totals.net_revenue), (90.0, 10.0, 80.0));
        assert_eq!((totals.average_order, totals.anonymous_orders_share), (45.0, 0.5));
        assert_eq!(totals.anonymous_revenue_share, 50.0 / 90.0);
        let best = &sums.top_products[..];
        assert_eq!(best.len(), 1);
        assert_eq!((best[0].product.as_str(), best[0].units, best[0].orders), ("bag", Quantity::from_whole(6), 2));
        assert_eq!(sums.range.map(|range| range.last), Some(at("2011-02-01T12:00:00Z")));
    }

    #[test]
    fn trends_have_no_gaps_and_count_everybody_once() {
        let sums = sum(
            &history(&[
                ("2011-01-30T10:00:00Z", Some(0), 0, &[line(0, 1, None)]),
                ("2011-01-30T11:00:00Z", Some(0), 0, &[line(0, 1, None)]),
                ("2011-02-02T11:00:00Z", Some(1), 0, &[line(0, 1, None)]),
            ]),
            1,
        );
        let days: Vec<_> = sums.daily.iter().map(|p| (p.date.to_string(), p.orders, p.customers)).collect();
        let expected = [("2011-01-30", 2, 1), ("2011-01-31", 0, 0), ("2011-02-01", 0, 0), ("2011-02-02", 1, 1)];
        assert_eq!(days, expected.map(|(date, orders, customers)| (date.to_owned(), orders, customers)));
        assert_eq!(sums.monthly.iter().map(|p| p.orders).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn days_follow_the_clock_on_the_wall() {
        let sums = sum(&history(&[("2011-01-31T23:30:00Z", Some(0), 60, &[line(0, 1, None)])]), 1);
        assert_eq!(
            (sums.daily[0].date.to_string(), sums.monthly[0].date.to_string()),
            ("2011-02-01".into(), "2011-02-01".into())
        );
    }

    #[test]
    fn nothing_sums_to_nothing() {
        assert_eq!(sum(&OrderHistory::default(), 5), SalesSums::default());
    }
}
