//! What happens at the branches that events name: counted with the events, and committed together with them.

use anyhow::Result;
use bellwether_domain::{
    Branch, BranchActivity, BranchCode, ChangeSet, CleanEvent, Money, NamedBranch, Order, OrderKind,
};
use bellwether_store::Store;
use chrono::NaiveDate;
use chrono_tz::Tz;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// Branches at the most: an event may name whatever it likes, and somebody who has the key of a website could name a new one
/// each time. What names further ones counts for no branch.
const MOST: usize = 10_000;
/// The property that names the branch, as it stands in a text of properties.
const CODE: &str = "\"store_id\"";

/// The branches that are known, and whether they have a name.
#[derive(Debug, Default)]
pub struct Branches {
    named: FxHashMap<BranchCode, bool>,
}

#[derive(Deserialize)]
struct Properties<'p> {
    #[serde(borrow, default)]
    store_id: Option<&'p RawValue>,
    #[serde(borrow, default)]
    store_name: Option<&'p RawValue>,
}

impl Branches {
    /// Those that the Store has. Where a person has left the name empty, no event gives one.
    pub async fn of(store: &Store) -> Result<Self> {
        let known = |branch: Branch| (branch.code, !branch.name.is_empty() || branch.edited_at.is_some());
        Ok(Self { named: store.branches().await?.into_iter().map(known).collect() })
    }

    /// Adds to a change set what these events mean for branches. Whoever commits it keeps this; where the commit fails, the
    /// pipeline is thrown away and reads anew.
    pub fn count<'e>(
        &mut self,
        events: impl IntoIterator<Item = &'e CleanEvent>,
        calendar: Tz,
        change: &mut ChangeSet,
    ) {
        let mut activity: BTreeMap<(BranchCode, NaiveDate, String), BranchActivity> = BTreeMap::new();
        for event in events {
            let Some(named) = named_by(event) else { continue };
            if !self.is_counted(&named, change) {
                continue;
            }
            let day = event.time.with_timezone(&calendar).date_naive();
            let sale = event.order.as_ref().and_then(sale_of);
            let currency = sale.map_or("", |(currency, ..)| currency).to_owned();
            let key = (named.code, day, currency);
            let of_day = activity.entry(key).or_insert_with_key(|(code, day, currency)| {
                BranchActivity::none(code.clone(), *day, currency.clone(), event.time)
            });
            of_day.count(sale.map(|(_, kind, value)| (kind, value)), event.time);
        }
        change.branch_activity.extend(activity.into_values());
    }

    /// Whether the branch is one of those that are counted. A new one is made, and one without a name gets it.
    fn is_counted(&mut self, named: &NamedBranch, change: &mut ChangeSet) -> bool {
        let (has_name, is_full) = (!named.name.is_empty(), self.named.len() >= MOST);
        match self.named.get_mut(&named.code) {
            Some(known) => {
                if has_name && !*known {
                    *known = true;
                    change.branches.push(named.clone());
                }
                true
            }
            None if is_full => false,
            None => {
                self.named.insert(named.code.clone(), has_name);
                change.branches.push(named.clone());
                true
            }
        }
    }
}

/// Most events name none, and are not read for it.
fn named_by(event: &CleanEvent) -> Option<NamedBranch> {
    let properties = event.properties.as_deref().filter(|text| text.contains(CODE))?;
    let properties: Properties<'_> = serde_json::from_str(properties).ok()?;
    let code = text(properties.store_id?)?.parse().ok()?;
    // A name that is no name is none.
    let name = properties.store_name.and_then(text).unwrap_or_default();
    let name = name.trim().chars().filter(|character| !character.is_control());
    Some(NamedBranch { code, name: name.take(bellwether_domain::Branch::TEXT).collect(), at: event.time })
}

/// A text, or a number as it is written.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let json = raw.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Cow<'_, str>>(json).ok(),
        b'0'..=b'9' => Some(Cow::Borrowed(json)),
        _ => None,
    }
}

/// What counts as a sale is the same as for customers: at least one ordinary line. Returns count whatever came back.
fn sale_of(order: &Order) -> Option<(&str, OrderKind, Money)> {
    let counts = match order.kind {
        OrderKind::Refunded => true,
        OrderKind::Completed => order.lines.iter().any(|line| line.flags.is_ordinary_sale()),
    };
    counts.then_some((order.currency.as_str(), order.kind, order.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{EventId, EventKind, LineFlag, LineFlags, OrderLine, Origin, Quantity};
    use chrono::DateTime;

    fn event(properties: &str, hours: i64, order: Option<Order>) -> CleanEvent {
        CleanEvent {
            id: EventId::derive(&[properties.as_bytes()]),
            subject: None,
            user_id: None,
            kind: EventKind::Track,
            name: "Seen".into(),
            time: DateTime::from_timestamp(1_767_225_600 + hours * 3_600, 0).unwrap(),
            utc_offset_minutes: 0,
            origin: Origin { source: "tills".into(), line: None },
            order,
            traits: None,
            properties: Some(properties.into()),
            received_at: None,
            anonymous_id: None,
            group_id: None,
            previous_id: None,
            context: None,
            bot_probability: None,
        }
    }

    fn order(kind: OrderKind, currency: &str, value: i64, flag: Option<LineFlag>) -> Option<Order> {
        let mut flags = LineFlags::default();
        flag.into_iter().for_each(|flag| flags.insert(flag));
        let line = OrderLine {
            product: "P1".into(),
            name: "Mug".into(),
            quantity: Quantity::from_whole(1),
            price: Money::from_whole(value),
            source_line: 1,
            flags,
        };
        Some(Order {
            order_id: "1".into(),
            kind,
            currency: currency.into(),
            value: Money::from_whole(value),
            fees: Money::ZERO,
            lines: vec![line],
        })
    }

    fn count(branches: &mut Branches, events: &[CleanEvent], calendar: Tz) -> ChangeSet {
        let mut change = ChangeSet::default();
        branches.count(events, calendar, &mut change);
        change
    }

    const VIENNA: &str = r#"{"store_id":"VIE-01","store_name":"Graben"}"#;

    #[test]
    fn sales_and_returns_are_counted_by_day_and_currency() {
        let events = [
            event(VIENNA, 0, order(OrderKind::Completed, "EUR", 30, None)),
            event(VIENNA, 1, order(OrderKind::Refunded, "EUR", -10, None)),
            event(VIENNA, 2, order(OrderKind::Completed, "CHF", 5, None)),
            // Postage only: an event, and no sale.
            event(VIENNA, 3, order(OrderKind::Completed, "EUR", 4, Some(LineFlag::NonProduct))),
            event(VIENNA, 23, None),
            event(r#"{"till":"2"}"#, 4, order(OrderKind::Completed, "EUR", 99, None)),
        ];
        let change = count(&mut Branches::default(), &events, Tz::Europe__Vienna);
        let counts: Vec<_> = change
            .branch_activity
            .iter()
            .map(|a| (a.day.to_string(), &*a.currency, a.events, a.orders, a.refunds, a.revenue.to_f64()))
            .collect();
        let [first, second] = ["2026-01-01", "2026-01-02"].map(str::to_owned);
        let expected = [
            (first.clone(), "", 1, 0, 0, 0.0),
            (first.clone(), "CHF", 1, 1, 0, 5.0),
            (first, "EUR", 2, 1, 1, 20.0),
            (second, "", 1, 0, 0, 0.0),
        ];
        assert_eq!(counts, expected);
        assert_eq!(change.branches.len(), 1);
        assert_eq!((change.branches[0].code.as_str(), change.branches[0].name.as_str()), ("VIE-01", "Graben"));
    }

    #[test]
    fn a_branch_is_told_once_and_again_for_its_name() {
        let mut branches = Branches::default();
        let told = |branches: &mut Branches, properties: &str| -> Vec<String> {
            let change = count(branches, &[event(properties, 0, None), event(properties, 1, None)], Tz::UTC);
            assert_eq!(change.branch_activity.iter().map(|activity| activity.events).sum::<u64>(), 2);
            change.branches.into_iter().map(|named| named.name).collect()
        };
        assert_eq!(told(&mut branches, r#"{"store_id":7}"#), [""]);
        assert_eq!(told(&mut branches, r#"{"store_id":"7"}"#), [""; 0], "a number is known by its digits");
        assert_eq!(told(&mut branches, r#"{"store_id":"7","store_name":" Prater\n "}"#), ["Prater"]);
        assert_eq!(told(&mut branches, r#"{"store_id":"7","store_name":"Other"}"#), [""; 0]);
    }

    #[test]
    fn what_is_no_code_names_no_branch() {
        let none = [
            r#"{"note":"\"store_id\""}"#,
            r#"{"store_id":null}"#,
            r#"{"store_id":" "}"#,
            r#"{"store_id":["VIE-01"]}"#,
            r#"{"store_id":true}"#,
            r#"{"shop":{"store_id":"VIE-01"}}"#,
        ];
        let long = format!(r#"{{"store_id":"{}"}}"#, "x".repeat(101));
        for properties in none.into_iter().chain([long.as_str()]) {
            let change = count(&mut Branches::default(), &[event(properties, 0, None)], Tz::UTC);
            assert!(change.branches.is_empty() && change.branch_activity.is_empty(), "{properties}");
        }
    }

    #[test]
    fn there_is_an_end_of_branches() {
        let mut branches = Branches::default();
        let events: Vec<_> = (0..MOST + 5).map(|n| event(&format!(r#"{{"store_id":"{n}"}}"#), 0, None)).collect();
        let change = count(&mut branches, &events, Tz::UTC);
        assert_eq!((change.branches.len(), change.branch_activity.len()), (MOST, MOST));
        // Those that are known go on.
        assert_eq!(count(&mut branches, &events[..1], Tz::UTC).branch_activity.len(), 1);
    }
}
