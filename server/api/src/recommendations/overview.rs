//! `GET /recommendations`: which model serves, and how good it was.

use crate::{
    problem::Problem,
    segments::show::{RecommendedProduct, describe},
    state::ApiState,
    words::{JsonObject, Sentence},
};
use axum::{Json, extract::State};
use bellwether_store::ModelRecord;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Which model serves, and how good it was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RecommendationOverview {
    /// ISO 4217, of every price here.
    pub currency: String,
    /// Customers who have a list.
    pub customers: u64,
    /// The kind that serves: `als`, `item_to_item` or `popularity`; absent before the first training.
    pub serving: Option<String>,
    /// Why it serves: `model_beats_popularity`, or `popularity_not_beaten`, with `kind` (the best model beside
    /// popularity), `ratio` (its NDCG@10 over that of popularity) and `threshold`.
    pub reason: Option<Sentence>,
    /// How each kind of list did on purchases that it had not seen, best NDCG@10 first.
    pub evaluation: Vec<RecommenderQuality>,
    /// Every trained version, newest first within its kind.
    pub models: Vec<ModelVersion>,
    /// The products on the most lists.
    pub most_recommended: Vec<RecommendedProduct>,
}

/// How one kind of list did on purchases that it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecommenderQuality {
    /// `als`, `item_to_item` or `popularity`.
    pub kind: String,
    /// Of what a customer bought next, the share that was among the first ten; mean over customers.
    pub recall_at_10: Option<f64>,
    /// Normalised discounted cumulative gain of the first ten; mean over customers.
    pub ndcg_at_10: Option<f64>,
    /// Share of the catalogue that is on anybody's list, 0 to 1.
    pub coverage: Option<f64>,
    /// Customers who were judged.
    pub customers: Option<u64>,
    /// Whether this kind serves now.
    pub serving: bool,
}

/// A trained version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ModelVersion {
    /// Which.
    pub id: String,
    /// `als`, `item_to_item`, `popularity`, or another kind of model.
    pub kind: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// It knows the events before this moment.
    pub data_until: DateTime<Utc>,
    /// What it was trained with.
    pub parameters: JsonObject,
    /// How it did.
    pub metrics: JsonObject,
    /// Whether it serves now.
    pub serving: bool,
}

/// How many of the most recommended products are shown.
const MOST_SHOWN: u64 = 20;
/// The kinds of lists that are compared.
const KINDS: [&str; 3] = ["als", "item_to_item", "popularity"];
/// The kind that needs no model, and that a model has to beat.
const POPULARITY: &str = "popularity";

impl RecommenderQuality {
    fn of(record: &ModelRecord) -> Self {
        let metric = |name: &str| record.metrics.get(name).and_then(Value::as_f64);
        Self {
            kind: record.kind.clone(),
            recall_at_10: metric("recall_at_10"),
            ndcg_at_10: metric("ndcg_at_10"),
            coverage: metric("coverage"),
            customers: record.metrics.get("customers").and_then(Value::as_u64),
            serving: record.serving,
        }
    }
}

impl From<ModelRecord> for ModelVersion {
    fn from(record: ModelRecord) -> Self {
        Self {
            id: record.id.to_string(),
            kind: record.kind,
            trained_at: record.trained_at,
            data_until: record.data_until,
            parameters: record.parameters.into(),
            metrics: record.metrics.into(),
            serving: record.serving,
        }
    }
}

/// The newest version of each kind of list, best NDCG@10 first.
fn evaluate(models: &[ModelRecord]) -> Vec<RecommenderQuality> {
    let newest = |kind: &&str| models.iter().filter(|model| model.kind == **kind).max_by_key(|model| model.trained_at);
    let mut rows: Vec<_> = KINDS.iter().filter_map(newest).map(RecommenderQuality::of).collect();
    rows.sort_by(|a, b| b.ndcg_at_10.unwrap_or(0.0).total_cmp(&a.ndcg_at_10.unwrap_or(0.0)));
    rows
}

/// Why the one that serves does. Ratio and threshold are of the best model beside popularity, served or not.
fn reason(serving: &ModelRecord, evaluation: &[RecommenderQuality]) -> Sentence {
    let code = if serving.kind == POPULARITY { "popularity_not_beaten" } else { "model_beats_popularity" };
    let metric = |name: &str| serving.metrics.get(name).cloned().unwrap_or(Value::Null);
    let params = json!({
        "kind": evaluation.iter().find(|row| row.kind != POPULARITY).map(|row| &row.kind),
        "ratio": metric("ratio_to_popularity"),
        "threshold": metric("threshold"),
    });
    Sentence { code: code.to_owned(), params: params.into() }
}

/// Which model serves, and how good it was.
#[utoipa::path(get, path = "/recommendations", tag = "recommendations", operation_id = "getRecommendations", responses(
    (status = 200, body = RecommendationOverview),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_recommendations(State(state): State<ApiState>) -> Result<Json<RecommendationOverview>, Problem> {
    let store = &state.store;
    let models = store.models().await?;
    let serving = models.iter().find(|model| model.serving && KINDS.contains(&model.kind.as_str()));
    let evaluation = evaluate(&models);
    Ok(Json(RecommendationOverview {
        currency: state.currency(),
        customers: store.recommendation_lists(0, 1).await?.total,
        serving: serving.map(|model| model.kind.clone()),
        reason: serving.map(|serving| reason(serving, &evaluation)),
        evaluation,
        most_recommended: describe(store, store.most_recommended(MOST_SHOWN).await?).await?,
        models: models.into_iter().map(ModelVersion::from).collect(),
    }))
}
