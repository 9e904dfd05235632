//! What cleaning can only see in the past as a whole: cancellations and the orders that they cancel, outliers.

use super::Past;
use anyhow::Result;
use bellwether_domain::RuleCount;
use bellwether_store::Store;
use serde::{Deserialize, Serialize};

const RESULT: &str = "batch_rules";

/// How many lines each rule touched.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct BatchQuality {
    /// All rules.
    pub rules: Vec<RuleCount>,
}

/// Matches cancellations, finds outliers, and keeps the counts.
pub async fn quality(store: &Store, past: &Past) -> Result<BatchQuality> {
    let found = bellwether_clean::cancellations(&past.history);
    let outliers = bellwether_clean::outliers(&past.history);
    // The whole history is judged at once: where several sources made it, the counts are of none of them. Only sources of
    // orders are cleaned; experiments are imports too.
    let cleaned = store.rule_counts().await?;
    let only = cleaned.first().filter(|first| cleaned.iter().all(|count| count.source == first.source));
    let source: std::sync::Arc<str> = only.map_or_else(|| "".into(), |count| count.source.clone());
    let rule = |rule: &str, rows: u64| RuleCount { source: source.clone(), rule: rule.to_owned(), rows };
    let mut rules = vec![
        rule("cancellation_matched", found.matched),
        rule("cancellation_partly_matched", found.partly),
        rule("cancellation_unmatched", found.unmatched),
        rule("cancellation_anonymous", found.anonymous),
    ];
    if past.in_the_future > 0 {
        rules.push(rule("order_in_the_future", past.in_the_future));
    }
    // Too few lines, or all alike: then nothing stands out.
    if let Some(outliers) = outliers {
        rules.push(rule("quantity_outlier_of_history", outliers.quantities.len() as u64));
        rules.push(rule("price_outlier_of_history", outliers.prices.len() as u64));
    }
    let quality = BatchQuality { rules };
    store.put_result(RESULT, &serde_json::to_value(&quality)?).await?;
    Ok(quality)
}

/// The counts of the last batch.
pub async fn batch_rules(store: &Store) -> Result<Vec<RuleCount>> {
    let stored = store.result(RESULT).await?;
    let quality: BatchQuality = stored.map(serde_json::from_value).transpose()?.unwrap_or_default();
    Ok(quality.rules)
}
