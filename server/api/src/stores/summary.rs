//! A store as the API shows it, with what happened there.

use crate::{problem::Problem, state::ApiState};
use bellwether_domain::{Branch, BranchActivity, BranchCode};
use bellwether_store::BranchTotal;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Days that are shown, today among them.
const DAYS: u64 = 30;

/// A store and what happened there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoreSummary {
    /// What receipts call it: the property `store_id`.
    #[schema(example = "VIE-01")]
    pub code: String,
    /// What people call it; empty where nobody has said.
    pub name: String,
    /// The city.
    pub city: String,
    /// Street and number, postal code.
    pub address: String,
    /// The country.
    pub country: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The first day on which it was open.
    pub opened: Option<NaiveDate>,
    /// The last.
    pub closed: Option<NaiveDate>,
    /// Words to sort stores by.
    pub tags: Vec<String>,
    /// When it was made; of one that was made by its first event, the time of that event.
    pub created_at: DateTime<Utc>,
    /// When a person changed it last. What a person has entered no event changes.
    pub edited_at: Option<DateTime<Utc>>,
    /// All events there ever, orders and returns among them.
    pub events: u64,
    /// All orders.
    pub orders: u64,
    /// All returns and cancellations.
    pub refunds: u64,
    /// Goods sold less goods returned, in each currency.
    pub revenue: Vec<StoreRevenue>,
    /// The time of the latest event.
    pub last_event_at: Option<DateTime<Utc>>,
    /// The last 30 days of the shop's calendar, the oldest first and today last, by the times of the events.
    pub days: Vec<StoreDay>,
}

/// An amount of one currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoreRevenue {
    /// ISO 4217.
    pub currency: String,
    /// Goods sold less goods returned.
    pub amount: f64,
}

/// What happened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoreDay {
    /// Which.
    pub day: NaiveDate,
    /// Events, orders and returns among them.
    pub events: u64,
    /// Orders.
    pub orders: u64,
}

/// What happened at all stores, read at one moment.
pub(super) struct Happened {
    pub as_of: DateTime<Utc>,
    today: NaiveDate,
    totals: BTreeMap<BranchCode, Vec<BranchTotal>>,
    days: BTreeMap<(BranchCode, NaiveDate), StoreDay>,
}

impl Happened {
    pub async fn read(state: &ApiState) -> Result<Self, Problem> {
        let as_of = state.clock.now();
        let today = as_of.with_timezone(&state.settings.time_zone).date_naive();
        let mut totals: BTreeMap<BranchCode, Vec<BranchTotal>> = BTreeMap::new();
        for total in state.store.branch_totals().await? {
            totals.entry(total.code.clone()).or_default().push(total);
        }
        let mut days = BTreeMap::new();
        for BranchActivity { code, day, events, orders, .. } in state.store.branch_activity(first_day(today)).await? {
            let of_day = days.entry((code, day)).or_insert(StoreDay { day, events: 0, orders: 0 });
            of_day.events += events;
            of_day.orders += orders;
        }
        Ok(Self { as_of, today, totals, days })
    }

    pub fn summarize(&self, branch: &Branch) -> StoreSummary {
        let totals = self.totals.get(&branch.code).map(Vec::as_slice).unwrap_or_default();
        let sum = |count: fn(&BranchTotal) -> u64| totals.iter().map(count).sum();
        let revenue = totals.iter().filter(|total| !total.currency.is_empty());
        let revenue =
            revenue.map(|total| StoreRevenue { currency: total.currency.clone(), amount: total.revenue.to_f64() });
        let day = |day: NaiveDate| {
            let nothing = StoreDay { day, events: 0, orders: 0 };
            self.days.get(&(branch.code.clone(), day)).copied().unwrap_or(nothing)
        };
        StoreSummary {
            code: branch.code.to_string(),
            name: branch.name.clone(),
            city: branch.city.clone(),
            address: branch.address.clone(),
            country: branch.country.clone(),
            latitude: branch.place.map(|place| place.latitude),
            longitude: branch.place.map(|place| place.longitude),
            opened: branch.opened,
            closed: branch.closed,
            tags: branch.tags.clone(),
            created_at: branch.created_at,
            edited_at: branch.edited_at,
            events: sum(|total| total.events),
            orders: sum(|total| total.orders),
            refunds: sum(|total| total.refunds),
            revenue: revenue.collect(),
            last_event_at: totals.iter().map(|total| total.last_event_at).max(),
            days: first_day(self.today).iter_days().take_while(|next| *next <= self.today).map(day).collect(),
        }
    }
}

fn first_day(today: NaiveDate) -> NaiveDate {
    today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today)
}
