//! `GET /overview`: the whole shop on one page.

mod alerts;
mod cache;
mod funnel;
mod sales;

pub(crate) use cache::OverviewCache;

use crate::{
    backtest::Backtest,
    campaigns::list::{CampaignStateName, CampaignSummary, summarize},
    problem::Problem,
    results::{BACKTEST, find_result},
    state::ApiState,
    words::{LocalizedText, SegmentKindName, Sentence},
};
use axum::{Json, extract::State};
use bellwether_domain::{ImportRecord, OrderHistory, Segment};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The whole shop on one page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// What the shop is called.
    pub shop_name: String,
    /// ISO 4217, of every amount here.
    pub currency: String,
    /// IANA name of the shop's time zone.
    pub time_zone: String,
    /// First and last order; absent before the first import.
    pub data_range: Option<DataRange>,
    /// The main numbers.
    pub totals: Totals,
    /// Campaigns that are running.
    pub active_campaigns: u64,
    /// All campaigns.
    pub campaigns: u64,
    /// One point a month, oldest first, months without orders included.
    pub monthly: Vec<TrendPoint>,
    /// One point a day, oldest first, days without orders included.
    pub daily: Vec<TrendPoint>,
    /// How many were left after each step of the way.
    pub funnel: Vec<FunnelStep>,
    /// The countries with the most customers, at most ten.
    pub top_countries: Vec<CountryTotals>,
    /// The products with the most revenue, at most ten.
    pub top_products: Vec<ProductSales>,
    /// Every segment with its share: RFM segments, then clusters.
    pub segments: Vec<SegmentShare>,
    /// The import with the most lines.
    pub last_import: Option<LastImport>,
    /// What somebody should look at.
    pub alerts: Vec<Alert>,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct DataRange {
    /// The first order.
    pub first: DateTime<Utc>,
    /// The last order.
    pub last: DateTime<Utc>,
}

/// The main numbers. Goods only, without postage and fees.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Totals {
    /// Known customers.
    pub customers: u64,
    /// Completed orders, those of unknown customers included.
    pub orders: u64,
    /// Refund and cancellation documents.
    pub refunds: u64,
    /// Products that were sold.
    pub products: u64,
    /// Goods sold.
    pub gross_revenue: f64,
    /// Goods returned or cancelled, as a positive amount.
    pub refunded: f64,
    /// What remained.
    pub net_revenue: f64,
    /// Refunded of gross revenue, 0 to 1.
    pub refunds_share: f64,
    /// Gross revenue per completed order.
    pub average_order: f64,
    /// Share of the completed orders whose customer nobody knows, 0 to 1.
    pub anonymous_orders_share: f64,
    /// Share of the gross revenue that those orders made, 0 to 1.
    pub anonymous_revenue_share: f64,
}

/// A day or a month.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrendPoint {
    /// The day, or the first day of the month, on the clock on the wall where the orders were made.
    pub date: NaiveDate,
    /// Completed orders.
    pub orders: u64,
    /// Different known customers who completed an order.
    pub customers: u64,
    /// Goods sold.
    pub revenue: f64,
    /// Goods returned or cancelled, as a positive amount.
    pub refunded: f64,
}

/// A step of the way from events to buyers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FunnelStep {
    /// Which step.
    pub step: FunnelStepName,
    /// What is counted.
    pub unit: FunnelUnit,
    /// How many.
    pub count: u64,
}

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FunnelStepName {
    /// Events made of the imported lines.
    Collected,
    /// Events that passed every check.
    Clean,
    /// Customers whom they belong to.
    Identified,
    /// Customers with a list of recommendations.
    Recommended,
    /// Customers about whom a campaign decided.
    Targeted,
    /// Messages that a channel took.
    Sent,
    /// Customers of the backtest's audiences who ordered again in its window.
    OrderedAgain,
}

/// What a step counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FunnelUnit {
    /// Events.
    Events,
    /// Customers.
    Customers,
    /// Messages.
    Messages,
}

/// A country's customers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CountryTotals {
    /// As the source calls it.
    pub country: String,
    /// Known customers.
    pub customers: u64,
    /// What they bought, less returns.
    pub net_revenue: f64,
}

/// A product's sales.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProductSales {
    /// The shop's number.
    pub product: String,
    /// Its name.
    pub name: String,
    /// Which group of products it belongs to.
    pub category: String,
    /// Pieces sold.
    pub units: f64,
    /// Goods sold.
    pub revenue: f64,
    /// Completed orders that contain it.
    pub orders: u64,
}

/// A segment's share.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SegmentShare {
    /// Its address: `/segments/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What it is made by.
    pub kind: SegmentKindName,
    /// Members.
    pub size: u64,
    /// Share of all customers, 0 to 1.
    pub share: f64,
    /// Share of all revenue, 0 to 1.
    pub revenue_share: f64,
}

/// An import in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastImport {
    /// The source's name.
    pub source: String,
    /// The file's name.
    pub file: String,
    /// Lines read, without the header.
    pub rows: u64,
    /// Events made of them.
    pub events: u64,
    /// Lines that could not be used.
    pub rejected: u64,
    /// Whether the end was reached.
    pub complete: bool,
}

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Alert {
    /// How bad.
    pub level: AlertLevel,
    /// What, as one of `no_data`, `import_incomplete`, `job_failed`, `messages_failed`, `messages_unknown`,
    /// `ledger_unreconciled`, `popularity_serves`.
    pub message: Sentence,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// Good to know.
    Info,
    /// Look at it soon.
    Warning,
    /// Something does not work.
    Error,
}

impl From<&Segment> for SegmentShare {
    fn from(segment: &Segment) -> Self {
        Self {
            slug: segment.slug.clone(),
            name: segment.name.clone().into(),
            kind: segment.kind.into(),
            size: segment.size,
            share: segment.share,
            revenue_share: segment.revenue_share,
        }
    }
}

impl From<&ImportRecord> for LastImport {
    fn from(import: &ImportRecord) -> Self {
        Self {
            source: import.source.clone(),
            file: import.file.clone(),
            rows: import.rows,
            events: import.events,
            rejected: import.rejected,
            complete: import.complete,
        }
    }
}

/// The main numbers of a history (customers apart) and its months. What is an order, what is revenue and what is refunded
/// is decided here for every page and report.
pub fn sums(history: &OrderHistory) -> (Totals, Vec<TrendPoint>) {
    let sums = sales::sum(history, 0);
    (sums.totals, sums.monthly)
}

/// The whole shop on one page.
#[utoipa::path(get, path = "/overview", tag = "overview", operation_id = "getOverview", responses(
    (status = 200, body = Overview),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_overview(State(state): State<ApiState>) -> Result<Json<Overview>, Problem> {
    let store = &state.store;
    let sales = state.overview.sales(&state).await?;
    let segments = store.segments().await?;
    let imports = store.imports().await?;
    let definitions = store.campaigns().await?;
    let mut campaigns: Vec<CampaignSummary> = Vec::new();
    for campaign in &definitions {
        campaigns.push(summarize(store, campaign.clone(), &segments).await?);
    }
    let backtest: Option<Backtest> = find_result(&state, BACKTEST).await?;
    let active = campaigns.iter().filter(|campaign| campaign.state.name == CampaignStateName::Running).count();
    Ok(Json(Overview {
        shop_name: state.settings.shop_name.clone(),
        currency: state.currency(),
        time_zone: state.settings.time_zone.name().to_owned(),
        data_range: sales.data_range,
        totals: sales.totals.clone(),
        active_campaigns: active as u64,
        campaigns: campaigns.len() as u64,
        monthly: sales.monthly.clone(),
        daily: sales.daily.clone(),
        funnel: funnel::funnel(store, &imports, &definitions, &campaigns, backtest.as_ref()).await?,
        top_countries: sales.top_countries.clone(),
        top_products: sales.top_products.clone(),
        segments: segments.iter().map(SegmentShare::from).collect(),
        last_import: imports.iter().max_by_key(|import| import.rows).map(LastImport::from),
        alerts: alerts::alerts(store, &imports, &campaigns).await?,
    }))
}
