//! The past as all batch steps read it, loaded once.

use anyhow::{Context as _, Result, bail};
use bellwether_domain::{Item, ItemRules, OrderHistory, ProfileId};
use bellwether_lake::Lake;
use bellwether_profile::Categories;
use bellwether_store::Store;
use chrono::{DateTime, Days, Utc};
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
        let Some(last) = history.orders.last() else {
            bail!("no orders were imported yet; run `bellwether import FILE --mapping MAPPING`");
        };
        let end = next_midnight(last.time, timezone);
        Ok(Self { history, profiles, categories, end })
    }
}

fn next_midnight(time: DateTime<Utc>, timezone: Tz) -> DateTime<Utc> {
    let tomorrow = time.with_timezone(&timezone).date_naive() + Days::new(1);
    let midnight = tomorrow.and_time(chrono::NaiveTime::MIN).and_local_timezone(timezone);
    // Where clocks jump over midnight the day begins at the first moment after it.
    midnight.earliest().map_or_else(|| tomorrow.and_time(chrono::NaiveTime::MIN).and_utc(), |t| t.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_ends_on_the_shops_clock() {
        let check = |time: &str, zone: Tz, expected: &str| {
            assert_eq!(next_midnight(time.parse().unwrap(), zone), expected.parse::<DateTime<Utc>>().unwrap());
        };
        check("2011-12-09T12:50:00Z", Tz::Europe__London, "2011-12-10T00:00:00Z");
        check("2011-07-09T23:30:00Z", Tz::Europe__London, "2011-07-10T23:00:00Z");
        check("2011-07-09T12:00:00Z", Tz::Asia__Shanghai, "2011-07-09T16:00:00Z");
    }
}
