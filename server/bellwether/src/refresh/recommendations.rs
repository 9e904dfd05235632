//! Three kinds of lists, judged on the last weeks; the best is trained on everything and kept.

use super::{Past, backtest::BACKTEST_DAYS, generator};
use anyhow::Result;
use bellwether_domain::ModelId;
use bellwether_recommend::{Evaluation, MARGIN, Parameters, Quality, judge, lists};
use bellwether_store::{ModelRecord, Store};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

/// What was found.
pub struct RecommendationSummary {
    /// How the kinds did.
    pub evaluation: Evaluation,
    /// Customers with a list.
    pub lists: usize,
}

/// Judges, trains the winner on everything, keeps everybody's list.
pub async fn recommendations(store: &Store, past: &Past, now: DateTime<Utc>) -> Result<RecommendationSummary> {
    let parameters = Parameters::default();
    let window = (past.end - Duration::days(BACKTEST_DAYS), past.end);
    let evaluation = judge(&past.history, &past.profiles, window, &parameters, &mut generator(2))?;
    let served = lists(evaluation.serving, &past.history, &past.profiles, past.end, &parameters, &mut generator(3))?;
    store.replace_recommendations(&served.lists).await?;
    stop_serving(store).await?;
    for quality in &evaluation.qualities {
        let serving = quality.kind == evaluation.serving;
        let record = ModelRecord {
            id: if serving { served.model } else { judged_only(quality, past.end) },
            kind: quality.kind.name().to_owned(),
            trained_at: now,
            data_until: if serving { past.end } else { evaluation.as_of },
            parameters: serde_json::to_value(&parameters)?,
            metrics: metrics(quality, &evaluation),
            serving,
        };
        store.put_model(&record).await?;
    }
    Ok(RecommendationSummary { evaluation, lists: served.lists.len() })
}

/// A model that was trained to be compared, and not kept.
fn judged_only(quality: &Quality, end: DateTime<Utc>) -> ModelId {
    ModelId::derive(&[b"judged", quality.kind.name().as_bytes(), &end.timestamp_micros().to_le_bytes()])
}

fn metrics(quality: &Quality, evaluation: &Evaluation) -> serde_json::Value {
    let m = &quality.metrics;
    json!({
        "recall_at_10": m.recall,
        "ndcg_at_10": m.ndcg,
        "map_at_10": m.map,
        "mrr_at_10": m.mrr,
        "hit_rate_at_10": m.hit_rate,
        "precision_at_10": m.precision,
        "coverage": m.coverage,
        "novelty": m.novelty,
        "customers": m.people,
        "judged_from": evaluation.as_of,
        "judged_until": evaluation.until,
        "ratio_to_popularity": evaluation.ratio,
        "threshold": MARGIN,
    })
}

/// Only one kind of list serves; the Store looks after that within a kind, this after the others.
async fn stop_serving(store: &Store) -> Result<()> {
    for model in store.models().await?.into_iter().filter(|model| model.serving) {
        store.put_model(&ModelRecord { serving: false, ..model }).await?;
    }
    Ok(())
}
