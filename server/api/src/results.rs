//! What batch stages found out and left in the Store, by name.

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_domain::RuleCount;
use serde::{Deserialize, de::DeserializeOwned};

/// Holds a [`crate::Backtest`].
pub const BACKTEST: &str = "backtest";
/// Holds a [`crate::ClusteringChoice`].
pub const CLUSTERING: &str = "clustering";
/// Holds the counts of rules that see the past as a whole: `{"rules": [{"source", "rule", "rows"}]}`.
pub const BATCH_RULES: &str = "batch_rules";

/// The content of [`BATCH_RULES`].
#[derive(Debug, Default, Deserialize)]
pub(crate) struct BatchRules {
    pub rules: Vec<RuleCount>,
}

/// A result that has to be there.
pub(crate) async fn stored_result<T: DeserializeOwned>(state: &ApiState, kind: &str) -> Result<T, Problem> {
    find_result(state, kind).await?.ok_or_else(|| {
        Problem::new(ProblemCode::NotFound, format!("there is no {kind} result yet; import data, then compute it"))
    })
}

/// A result that may be there.
pub(crate) async fn find_result<T: DeserializeOwned>(state: &ApiState, kind: &str) -> Result<Option<T>, Problem> {
    let Some(value) = state.store.result(kind).await? else { return Ok(None) };
    serde_json::from_value(value).map(Some).map_err(|error| {
        tracing::error!(%error, kind, "a stored result cannot be read");
        Problem::new(ProblemCode::Internal, format!("the stored {kind} result is of another version; compute it again"))
    })
}
