//! The numbers that all orders together make, computed once per change of the data.

use super::{
    CountryTotals, DataRange, ProductSales, Totals, TrendPoint,
    sales::{ProductSums, SalesSums, sum},
};
use crate::{
    customers::{list::text_trait, recommendations::Catalogue},
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_domain::{Money, Offset, Profile};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{sync::Mutex, task::spawn_blocking};

const MOST_SHOWN: usize = 10;

/// What the overview says about sales and customers.
#[derive(Debug)]
pub(crate) struct SalesOverview {
    pub data_range: Option<DataRange>,
    pub totals: Totals,
    pub monthly: Vec<TrendPoint>,
    pub daily: Vec<TrendPoint>,
    pub top_countries: Vec<CountryTotals>,
    pub top_products: Vec<ProductSales>,
}

/// The offsets that the numbers are of: everything in them follows from what was applied and what was rolled.
type Version = (Offset, Offset);

/// Keeps the numbers until the data changes. Whoever asks meanwhile waits for the one that computes.
#[derive(Debug, Default)]
pub(crate) struct OverviewCache(Mutex<Option<(Version, Arc<SalesOverview>)>>);

impl OverviewCache {
    /// The numbers of the data as it is now.
    pub async fn sales(&self, state: &ApiState) -> Result<Arc<SalesOverview>, Problem> {
        let mut kept = self.0.lock().await;
        let version = (state.store.applied().await?, state.store.rolled().await?);
        if let Some((known, sales)) = &*kept
            && *known == version
        {
            return Ok(sales.clone());
        }
        let sales = Arc::new(compute(state).await?);
        *kept = Some((version, sales.clone()));
        Ok(sales)
    }
}

async fn compute(state: &ApiState) -> Result<SalesOverview, Problem> {
    let files = state.store.event_files().await?;
    let history = state.lake.order_history(&files, None).await?;
    let sums = spawn_blocking(move || sum(&history, MOST_SHOWN)).await.map_err(|error| {
        tracing::error!(%error, "the overview broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    let profiles = state.store.all_profiles().await?;
    let SalesSums { range, totals, monthly, daily, top_products } = sums;
    Ok(SalesOverview {
        data_range: range,
        totals: Totals { customers: profiles.len() as u64, ..totals },
        monthly,
        daily,
        top_countries: top_countries(&profiles),
        top_products: describe(state, top_products).await?,
    })
}

async fn describe(state: &ApiState, sums: Vec<ProductSums>) -> Result<Vec<ProductSales>, Problem> {
    let products: Vec<&str> = sums.iter().map(|product| product.product.as_str()).collect();
    let catalogue = Catalogue::of(&state.store, &products).await?;
    let row = |sums: ProductSums| ProductSales {
        name: catalogue.name(&sums.product),
        category: catalogue.category(&sums.product),
        product: sums.product,
        units: sums.units.to_f64(),
        revenue: sums.revenue.to_f64(),
        orders: sums.orders,
    };
    Ok(sums.into_iter().map(row).collect())
}

fn top_countries(profiles: &[Profile]) -> Vec<CountryTotals> {
    let mut sums: BTreeMap<String, (u64, Money)> = BTreeMap::new();
    for profile in profiles {
        let Some(country) = text_trait(profile, "country") else { continue };
        let (customers, revenue) = sums.entry(country).or_default();
        *customers += 1;
        *revenue += profile.commerce.net_revenue();
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by_key(|(_, (customers, _))| std::cmp::Reverse(*customers));
    rows.truncate(MOST_SHOWN);
    let row = |(country, (customers, revenue)): (String, (u64, Money))| CountryTotals {
        country,
        customers,
        net_revenue: revenue.to_f64(),
    };
    rows.into_iter().map(row).collect()
}
