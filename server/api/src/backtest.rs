//! `GET /backtest`: audiences, lists and scores as of a date, held against what people then really did.

use crate::{
    problem::Problem,
    results::{BACKTEST, stored_result},
    state::ApiState,
    words::LocalizedText,
};
use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Audiences, lists and scores as of a date, held against what people then really did. Observed, not caused: nobody was
/// sent anything, and the chosen differ from the rest in more than being chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Backtest {
    /// Everything was made from the events before this moment.
    pub as_of: DateTime<Utc>,
    /// And held against the events from then to here.
    pub until: DateTime<Utc>,
    /// ISO 4217, of every amount here.
    pub currency: String,
    /// Customers who were known at `as_of`.
    pub customers: u64,
    /// Those of them who ordered in the window.
    pub responders: u64,
    /// Those of the audiences who ordered in the window.
    pub audience_responders: u64,
    /// Each campaign's audience against the rest and against chance.
    pub campaigns: Vec<BacktestCampaign>,
    /// How many of the responders the best-scored customers hold.
    pub lift_curve: Vec<LiftPoint>,
    /// How the lists did on what was bought in the window.
    pub recommendations: Vec<BacktestRecommender>,
}

/// One audience against the rest and against chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestCampaign {
    /// The campaign's address: `/campaigns/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// The audience's segment.
    pub segment: String,
    /// Those who were chosen.
    pub chosen: GroupOutcome,
    /// All others.
    pub rest: GroupOutcome,
    /// Random choices of the same size: their mean.
    pub random: GroupOutcome,
    /// Response rate of the chosen over that of the random choice; absent where that is nothing.
    pub lift: Option<f64>,
}

/// What a group did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupOutcome {
    /// People in it.
    pub customers: u64,
    /// Those who ordered; a mean for the random choice.
    pub responders: f64,
    /// Responders of people, 0 to 1.
    pub response_rate: f64,
    /// Lower end of the rate's 95 % interval.
    pub response_rate_low: f64,
    /// Upper end of the rate's 95 % interval.
    pub response_rate_high: f64,
    /// What they bought.
    pub revenue: f64,
    /// Revenue per person.
    pub revenue_per_customer: f64,
}

/// A point of the lift curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LiftPoint {
    /// The best-scored share of the customers, 0 to 1.
    pub share: f64,
    /// The share of all responders among them, 0 to 1.
    pub captured: f64,
    /// `captured` over `share`.
    pub lift: f64,
}

/// How one kind of list did in the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BacktestRecommender {
    /// `als`, `item_to_item` or `popularity`.
    pub kind: String,
    /// Of what a customer bought next, the share that was among the first ten; mean over customers.
    pub recall_at_10: f64,
    /// Normalised discounted cumulative gain of the first ten; mean over customers.
    pub ndcg_at_10: f64,
    /// Share of the catalogue that is on anybody's list, 0 to 1.
    pub coverage: f64,
    /// Customers who were judged.
    pub customers: u64,
}

/// Audiences, lists and scores as of a date, held against what people then did; 404 before the first backtest.
#[utoipa::path(get, path = "/backtest", tag = "experiments", operation_id = "getBacktest", responses(
    (status = 200, body = Backtest),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_backtest(State(state): State<ApiState>) -> Result<Json<Backtest>, Problem> {
    stored_result(&state, BACKTEST).await.map(Json)
}
