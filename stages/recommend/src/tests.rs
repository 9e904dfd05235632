//! A shop with two tastes: even customers buy even products, odd customers odd ones.

use super::*;
use bellwether_algorithms::random::seeded;
use bellwether_domain::{
    EventId, HistoryLine, LineFlags, Money, OrderHead, OrderHistory, OrderKind, ProfileId, Quantity, Reason, SubjectId,
};
use chrono::{DateTime, Utc};

const PEOPLE: u32 = 60;
const PRODUCTS: u32 = 24;
const DAY: i64 = 86_400;

fn at(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(day * DAY, 0).unwrap()
}

/// Every day one product of their taste for everybody; `swap` turns the tastes over from that day on.
fn shop(days: i64, swap: Option<i64>) -> (OrderHistory, Vec<ProfileId>) {
    let mut history = OrderHistory {
        customers: (0..PEOPLE).map(|i| SubjectId::derive(&[&i.to_le_bytes()])).collect(),
        products: (0..PRODUCTS).map(|i| format!("P{i}").into()).collect(),
        ..Default::default()
    };
    for day in 0..days {
        for customer in 0..PEOPLE {
            let swapped = u32::from(swap.is_some_and(|swap| day >= swap));
            // Five is prime to twelve: nobody buys a product twice, and baskets of one taste overlap in all ways.
            let own = (customer * 7 + customer / 12 + day as u32 * 5 * (1 + customer / 30)) % (PRODUCTS / 2);
            let product = own * 2 + (customer + swapped) % 2;
            history.orders.push(OrderHead {
                event: EventId::derive(&[&day.to_le_bytes(), &customer.to_le_bytes()]),
                order_id: format!("{day}-{customer}").into(),
                kind: OrderKind::Completed,
                customer: Some(customer),
                time: at(day),
                utc_offset_minutes: 0,
                first_line: history.lines.len() as u32,
                line_count: 1,
            });
            history.lines.push(HistoryLine {
                quantity: Quantity::from_whole(1),
                price: Money::from_whole(1),
                product,
                flags: LineFlags::default(),
            });
        }
    }
    let profiles = (0..PEOPLE).map(|i| ProfileId::derive(&[&i.to_le_bytes()])).collect();
    (history, profiles)
}

fn small() -> Parameters {
    Parameters { factors: 2, neighbours: 10, ..Parameters::default() }
}

#[test]
fn taste_beats_popularity_and_is_served() {
    let (history, profiles) = shop(9, None);
    let result = judge(&history, &profiles, (at(5), at(9)), &small(), &mut seeded(1)).unwrap();
    assert_ne!(result.serving, ModelKind::Popularity);
    assert!(result.ratio.unwrap() >= MARGIN, "{result:?}");
    assert_eq!(result.qualities[0].kind, result.serving);
}

#[test]
fn where_taste_misleads_popularity_is_served() {
    let (history, profiles) = shop(9, Some(5));
    let result = judge(&history, &profiles, (at(5), at(9)), &small(), &mut seeded(1)).unwrap();
    assert_eq!(result.serving, ModelKind::Popularity, "{result:?}");
}

#[test]
fn training_does_not_see_what_it_is_judged_on() {
    let (whole, profiles) = shop(9, None);
    let (past, _) = shop(5, None);
    let known = |history: &OrderHistory| Interactions::before(history, &profiles, at(5), 60).unwrap();
    assert_eq!(known(&whole).matrix, known(&past).matrix);
}

#[test]
fn lists_hold_new_products_of_the_own_taste_with_an_own_reason() {
    let (history, profiles) = shop(6, None);
    for kind in [ModelKind::Als, ModelKind::ItemToItem] {
        let lists = lists(kind, &history, &profiles, at(6), &small(), &mut seeded(1)).unwrap().lists;
        assert_eq!(lists.len(), PEOPLE as usize);
        let number = |product: &str| product[1..].parse::<u32>().unwrap();
        for (customer, list) in lists.iter().enumerate() {
            let first = &list.items[0];
            assert_eq!(number(&first.product) % 2, customer as u32 % 2, "{kind:?} {list:?}");
            let Reason::BecauseBought { product } = &first.reason else { panic!("{kind:?} {first:?}") };
            assert_eq!(number(product) % 2, customer as u32 % 2);
        }
    }
}

#[test]
fn what_is_no_longer_sold_is_on_no_list() {
    let (history, profiles) = shop(6, None);
    let parameters = Parameters { sold_within_days: 1, ..small() };
    let lists = lists(ModelKind::Popularity, &history, &profiles, at(6), &parameters, &mut seeded(1)).unwrap().lists;
    let sold: std::collections::BTreeSet<_> = history.orders[history.orders.len() - PEOPLE as usize..]
        .iter()
        .map(|order| history.products[history.lines_of(order)[0].product as usize].to_string())
        .collect();
    assert!(lists.iter().flat_map(|list| &list.items).all(|item| sold.contains(&item.product)));
    assert!(lists.iter().flat_map(|list| &list.items).all(|item| item.reason == Reason::Popular));
}
