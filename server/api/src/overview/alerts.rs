//! What somebody should look at.

use super::{Alert, AlertLevel};
use crate::{
    campaigns::{
        list::{CampaignStateName, CampaignSummary},
        show::Reconciliation,
    },
    problem::Problem,
    words::Sentence,
};
use bellwether_domain::{ImportRecord, Job, JobState};
use bellwether_store::Store;
use serde_json::{Value, json};

/// Everything that is not as it should be, the worst first.
pub(super) async fn alerts(
    store: &Store,
    imports: &[ImportRecord],
    campaigns: &[CampaignSummary],
) -> Result<Vec<Alert>, Problem> {
    let mut alerts: Vec<Alert> = Vec::new();
    alerts.extend(store.jobs().await?.iter().filter_map(of_job));
    alerts.extend(campaigns.iter().flat_map(of_campaign));
    alerts.extend(imports.iter().filter(|import| !import.complete).map(of_import));
    if store.models().await?.iter().any(|model| model.serving && model.kind == "popularity") {
        alerts.push(alert(AlertLevel::Info, "popularity_serves", json!({})));
    }
    if imports.is_empty() {
        alerts.push(alert(AlertLevel::Info, "no_data", json!({})));
    }
    alerts.sort_by_key(|alert| match alert.level {
        AlertLevel::Error => 0,
        AlertLevel::Warning => 1,
        AlertLevel::Info => 2,
    });
    Ok(alerts)
}

fn alert(level: AlertLevel, code: &str, params: Value) -> Alert {
    Alert { level, message: Sentence { code: code.to_owned(), params: params.into() } }
}

fn of_job(job: &Job) -> Option<Alert> {
    let JobState::Failed { error, .. } = &job.state else { return None };
    Some(alert(AlertLevel::Error, "job_failed", json!({ "kind": job.kind, "error": error })))
}

fn of_import(import: &ImportRecord) -> Alert {
    let params = json!({ "source": import.source, "file": import.file, "rows": import.rows });
    alert(AlertLevel::Warning, "import_incomplete", params)
}

fn of_campaign(campaign: &CampaignSummary) -> Vec<Alert> {
    let params = |count: u64| json!({ "campaign": campaign.slug, "count": count });
    let (failed, unknown) = (campaign.ledger.failed, campaign.ledger.unknown);
    let reconciliation = Reconciliation::of(campaign);
    let mut alerts = Vec::new();
    if failed > 0 {
        alerts.push(alert(AlertLevel::Warning, "messages_failed", params(failed)));
    }
    if unknown > 0 {
        alerts.push(alert(AlertLevel::Warning, "messages_unknown", params(unknown)));
    }
    if campaign.state.name == CampaignStateName::Completed && !reconciliation.reconciles {
        let missing = reconciliation.decided.abs_diff(reconciliation.ended);
        alerts.push(alert(AlertLevel::Error, "ledger_unreconciled", params(missing)));
    }
    alerts
}
