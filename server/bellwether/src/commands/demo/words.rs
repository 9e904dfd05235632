//! What each stage found, in one line.

use crate::{
    progress::thousands,
    refresh::{BatchQuality, RecommendationSummary, SegmentSummary},
};
use bellwether_api::backtest::Backtest;
use bellwether_domain::{RuleCount, Segment};
use bellwether_engage::CampaignReport;
use bellwether_recommend::Quality;

/// Cleaning rules and the rows that they touched, the largest first.
pub fn cleaned(rules: &[RuleCount], batch: &BatchQuality) -> String {
    // `rows` is what all rules looked at, not what one of them touched.
    let touched = |rule: &&RuleCount| rule.rows > 0 && rule.rule != "rows";
    let mut all: Vec<&RuleCount> = rules.iter().chain(&batch.rules).filter(touched).collect();
    all.sort_by_key(|rule| std::cmp::Reverse(rule.rows));
    let parts: Vec<String> =
        all.iter().take(7).map(|rule| format!("{} {}", thousands(rule.rows), rule.rule.replace('_', " "))).collect();
    parts.join(", ")
}

/// The most valuable segments.
pub fn segmented(found: &SegmentSummary) -> String {
    let name = |segment: &Segment| {
        format!(
            "{} {:.0} % of customers, {:.0} % of revenue",
            segment.name.en,
            segment.share * 100.0,
            segment.revenue_share * 100.0
        )
    };
    let rfm = match &found.rfm {
        Ok(segments) => segments.first().map(name).unwrap_or_default(),
        Err(reason) => format!("no segments: {reason}"),
    };
    match &found.clusters {
        Ok(clusters) => {
            format!("{rfm}; {} clusters, first: {}", clusters.len(), clusters.first().map(name).unwrap_or_default())
        }
        Err(reason) => format!("{rfm}; no clusters: {reason}"),
    }
}

/// Which list serves, by how much.
pub fn recommended(found: &RecommendationSummary) -> String {
    let lists = format!("lists for {} customers", thousands(found.lists as u64));
    let evaluation = match &found.evaluation {
        Ok(evaluation) => evaluation,
        Err(reason) if found.lists == 0 => return format!("{lists}: {reason}"),
        Err(reason) => return format!("popularity serves, {lists}; not judged, because {reason}"),
    };
    let kind = |quality: &Quality| format!("{} NDCG@10 {:.4}", quality.kind.name(), quality.metrics.ndcg);
    let kinds: Vec<String> = evaluation.qualities.iter().map(kind).collect();
    let ratio = evaluation.ratio.map(|ratio| format!(" ({ratio:.2} × popularity)")).unwrap_or_default();
    format!("{}; {} serves{ratio}, {lists}", kinds.join(", "), evaluation.serving.name())
}

/// Messages of all campaigns.
pub fn sent(reports: &[CampaignReport]) -> String {
    let total = |count: fn(&CampaignReport) -> u64| thousands(reports.iter().map(count).sum());
    format!(
        "{} campaigns: {} messages handed over, {} held out, {} skipped",
        reports.len(),
        total(|r| r.handed_over),
        total(|r| r.held_out),
        total(|r| r.skipped.values().sum())
    )
}

/// The audience that stood out most from chance.
pub fn looked_back(result: &Result<Backtest, String>) -> String {
    let result = match result {
        Ok(result) => result,
        Err(reason) => return format!("no backtest: {reason}"),
    };
    let best = result.campaigns.iter().filter_map(|c| Some((c.lift?, c))).max_by(|a, b| a.0.total_cmp(&b.0));
    let best = best.map(|(lift, campaign)| {
        format!(
            "; {}: {:.1} % ordered, {lift:.2} × a random choice",
            campaign.name.en,
            campaign.chosen.response_rate * 100.0
        )
    });
    format!(
        "{} of {} customers ordered in the last four weeks (observed, not caused){}",
        thousands(result.responders),
        thousands(result.customers),
        best.unwrap_or_default()
    )
}
