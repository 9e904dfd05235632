//! `GET /segments/clustering`: how the number of clusters was chosen.

use crate::{
    problem::Problem,
    results::{CLUSTERING, stored_result},
    state::ApiState,
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the number of clusters was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClusteringChoice {
    /// The number that was chosen.
    pub chosen_k: u32,
    /// Every number that was tried, smallest first.
    pub candidates: Vec<ClusteringCandidate>,
    /// The names of the inputs, in the centroids' order.
    #[serde(default)]
    #[schema(required)]
    pub features: Vec<String>,
}

/// One number of clusters that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClusteringCandidate {
    /// How many clusters.
    pub k: u32,
    /// Mean silhouette, −1 to 1; more is better.
    pub silhouette: f64,
    /// How alike the clusters of resampled customers are (adjusted Rand index); 1 is the same.
    pub stability: f64,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Share of the smallest cluster, 0 to 1.
    pub smallest_share: f64,
    /// Whether it may be chosen at all: no cluster below one in a hundred, and stable.
    pub eligible: bool,
}

/// How the number of clusters was chosen; 404 before the first clustering.
#[utoipa::path(get, path = "/segments/clustering", tag = "segments", operation_id = "getClustering", responses(
    (status = 200, body = ClusteringChoice),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn get_clustering(State(state): State<ApiState>) -> Result<Json<ClusteringChoice>, Problem> {
    stored_result(&state, CLUSTERING).await.map(Json)
}
