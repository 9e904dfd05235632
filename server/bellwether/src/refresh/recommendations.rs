//! Three kinds of lists, judged on the last weeks; the best is trained on everything and kept.

use super::{Past, backtest::BACKTEST_DAYS, generator};
use anyhow::Result;
use bellwether_domain::ModelId;
use bellwether_recommend::{Evaluation, MARGIN, ModelKind, Parameters, Quality, judge, lists};
use bellwether_store::{ModelRecord, Store};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;

/// What was found.
pub struct RecommendationSummary {
    /// How the kinds did, or why none could be judged.
    pub evaluation: Result<Evaluation, String>,
    /// Customers with a list.
    pub lists: usize,
}

/// Judges, trains the winner on everything, keeps everybody's list. Where nothing can be judged (all orders are younger
/// than the window, nobody came twice), what most people buy serves.
pub async fn recommendations(store: &Store, past: &Past, now: DateTime<Utc>) -> Result<RecommendationSummary> {
    let parameters = Parameters::default();
    let window = (past.end - Duration::days(BACKTEST_DAYS), past.end);
    let evaluation = judge(&past.history, &past.profiles, window, &parameters, &mut generator(2));
    let evaluation = evaluation.map_err(|reason| reason.to_string());
    let serving = evaluation.as_ref().map_or(ModelKind::Popularity, |evaluation| evaluation.serving);
    let served = lists(serving, &past.history, &past.profiles, past.end, &parameters, &mut generator(3));
    // Orders of unknown customers only: then there is nobody to make a list for.
    let served = served.ok();
    store.replace_recommendations(served.as_ref().map_or(&[][..], |served| &served.lists)).await?;
    stop_serving(store).await?;
    let record = |kind: ModelKind, id, data_until, metrics, serving| {
        let (kind, parameters) = (kind.name().to_owned(), serde_json::to_value(&parameters)?);
        anyhow::Ok(ModelRecord { id, kind, trained_at: now, data_until, parameters, metrics, serving })
    };
    if let (Err(reason), Some(served)) = (&evaluation, &served) {
        let metrics = json!({ "not_judged": reason });
        store.put_model(&record(serving, served.model, past.end, metrics, true)?).await?;
    }
    for (evaluation, quality) in evaluation.iter().flat_map(|all| all.qualities.iter().map(move |one| (all, one))) {
        let served = served.as_ref().filter(|_| quality.kind == serving);
        let id = served.map_or_else(|| judged_only(quality, past.end), |served| served.model);
        let data_until = if served.is_some() { past.end } else { evaluation.as_of };
        let metrics = metrics(quality, evaluation);
        store.put_model(&record(quality.kind, id, data_until, metrics, served.is_some())?).await?;
    }
    Ok(RecommendationSummary { evaluation, lists: served.map_or(0, |served| served.lists.len()) })
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
