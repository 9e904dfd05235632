//! The past as all batch steps read it, loaded once.

use crate::import::IMPORTED_AT;
use anyhow::{Context as _, Result, bail};
use bellwether_domain::{Item, ItemRules, OrderHistory, ProfileId};
use bellwether_lake::Lake;
use bellwether_profile::Categories;
use bellwether_store::Store;
use chrono::{DateTime, Days, Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;

/// Every order, whom it belongs to, and the moment up to which it is known.
pub struct Past {
    /// All orders.
    pub history: OrderHistory,
    /// Per customer of the history: whom the subject leads to.
    pub profiles: Vec<ProfileId>,
    /// Per product of the history: its category.
    pub categories: Categories,
    /// The midnight after the last order, on the shop's clock: the "today" of all numbers.
    pub end: DateTime<Utc>,
    /// Orders that are dated later than the day after they were imported, which `end` leaves out.
    pub in_the_future: u64,
}

impl Past {
    /// Reads the Lake once and looks up customers and categories.
    pub async fn load(store: &Store, lake: &Lake, timezone: Tz) -> Result<Self> {
        let history = lake.order_history(&store.event_files().await?, None).await?;
        let owners = store.profile_of(&history.customers).await?;
        let profiles = history.customers.iter().map(|subject| {
            owners.get(subject).copied().with_context(|| {
                format!("{subject} has orders in the Lake but no profile in the Store; the data folder's parts do not belong together")
            })
        });
        let profiles = profiles.collect::<Result<_>>()?;
        let items = store.all_items().await?;
        let by_product: FxHashMap<&str, &Item> = items.iter().map(|item| (item.product.as_str(), item)).collect();
        let category = |product: &str| by_product.get(product).map_or(ItemRules::OTHER, |item| item.category.as_str());
        let categories = Categories::of(&history, category);
        let imported_at = store.result(IMPORTED_AT).await?.map(serde_json::from_value).transpose()?;
        let Some((last, in_the_future)) = last_order(&history, imported_at) else {
            bail!("no orders were imported yet; run `bellwether import FILE --mapping MAPPING`");
        };
        let end = next_midnight(last, timezone);
        Ok(Self { history, profiles, categories, end, in_the_future })
    }
}

/// When the last order was, and how many are dated later than anybody could know of: one slip of the pen must not make
/// everybody a customer of long ago. Where all are (a clock that is wrong), the last of all.
fn last_order(history: &OrderHistory, imported_at: Option<DateTime<Utc>>) -> Option<(DateTime<Utc>, u64)> {
    let known = imported_at.map_or(&history.orders[..], |at| history.before(at + Duration::days(1)));
    match known.last() {
        Some(last) => Some((last.time, (history.orders.len() - known.len()) as u64)),
        None => history.orders.last().map(|last| (last.time, 0)),
    }
}

fn next_midnight(time: DateTime<Utc>, timezone: Tz) -> DateTime<Utc> {
    let tomorrow = (time.with_timezone(&timezone).date_naive() + Days::new(1)).and_time(NaiveTime::MIN);
    // Where clocks jump over midnight the day begins at the first moment after it; where a whole day is left out (one
    // was, when an island changed its side of the date line), with the next one.
    let moments = (0..=25 * 60).map(|minute| tomorrow + Duration::minutes(minute));
    let first = moments.filter_map(|moment| moment.and_local_timezone(timezone).earliest()).next();
    first.map_or_else(|| tomorrow.and_utc(), |moment| moment.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{EventId, OrderHead, OrderKind};

    #[test]
    fn the_day_ends_on_the_shops_clock() {
        let check = |time: &str, zone: Tz, expected: &str| {
            assert_eq!(next_midnight(time.parse().unwrap(), zone), expected.parse::<DateTime<Utc>>().unwrap());
        };
        check("2011-12-09T12:50:00Z", Tz::Europe__London, "2011-12-10T00:00:00Z");
        check("2011-07-09T23:30:00Z", Tz::Europe__London, "2011-07-10T23:00:00Z");
        check("2011-07-09T12:00:00Z", Tz::Asia__Shanghai, "2011-07-09T16:00:00Z");
        // Clocks went from 23:59:59 to 01:00:00.
        check("2024-09-07T15:00:00Z", Tz::America__Santiago, "2024-09-08T04:00:00Z");
        // There was no 30 December 2011.
        check("2011-12-29T22:00:00Z", Tz::Pacific__Apia, "2011-12-30T10:00:00Z");
    }

    #[test]
    fn orders_from_the_future_do_not_move_the_end() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let check = |times: &[&str], imported: Option<&str>, expected: Option<(&str, u64)>| {
            let head = |time: &&str| OrderHead {
                event: EventId::derive(&[time.as_bytes()]),
                order_id: "1".into(),
                kind: OrderKind::Completed,
                customer: None,
                time: at(time),
                utc_offset_minutes: 0,
                first_line: 0,
                line_count: 0,
            };
            let history = OrderHistory { orders: times.iter().map(head).collect(), ..OrderHistory::default() };
            assert_eq!(last_order(&history, imported.map(at)), expected.map(|(time, later)| (at(time), later)));
        };
        let times = ["2024-01-01T00:00:00Z", "2024-01-03T10:00:00Z", "2111-01-01T00:00:00Z"];
        check(&times, Some("2024-01-03T00:00:00Z"), Some((times[1], 1)));
        check(&times, Some("2024-01-02T00:00:00Z"), Some((times[0], 2)));
        check(&times, Some("1970-01-01T00:00:00Z"), Some((times[2], 0)));
        check(&times, None, Some((times[2], 0)));
        check(&[], None, None);
    }
}
