//! `GET /campaigns/{slug}`: one campaign.

use crate::{
    campaigns::list::{CampaignSummary, summarize},
    extract::ApiPath,
    problem::Problem,
    state::ApiState,
    words::LocalizedText,
};
use axum::{Json, extract::State};
use bellwether_domain::Campaign;
use serde::Serialize;
use utoipa::ToSchema;

/// One campaign.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CampaignDetail {
    /// The campaign itself.
    pub campaign: CampaignSummary,
    /// What it says.
    pub content: CampaignContent,
    /// Members of the audience's segment now.
    pub audience_size: u64,
    /// Whether every decision to send has exactly one message, and no message is left without an end.
    pub reconciliation: Reconciliation,
}

/// The templates, per language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignContent {
    /// Liquid.
    pub subject: LocalizedText,
    /// Liquid that gives MJML.
    pub body: LocalizedText,
}

/// Whether decisions and ledger agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reconciliation {
    /// Decisions to send.
    pub decided: u64,
    /// Messages in the ledger.
    pub messages: u64,
    /// Messages that reached an end: handed over, failed or unknown.
    pub ended: u64,
    /// All three are equal.
    pub reconciles: bool,
}

impl Reconciliation {
    pub(crate) fn of(campaign: &CampaignSummary) -> Self {
        let (decided, ledger) = (campaign.decisions.send, &campaign.ledger);
        let ended = ledger.handed_over + ledger.failed + ledger.unknown;
        Self { decided, messages: ledger.total, ended, reconciles: decided == ledger.total && ledger.total == ended }
    }
}

/// The campaign that an address names.
pub(crate) async fn find_campaign(state: &ApiState, slug: &str) -> Result<Campaign, Problem> {
    state.store.campaign_by_slug(slug).await?.ok_or_else(|| Problem::not_found("campaign", slug))
}

/// One campaign.
#[utoipa::path(get, path = "/campaigns/{slug}", tag = "campaigns", operation_id = "getCampaign",
    params(("slug" = String, Path, description = "For example `win-back`")),
    responses(
        (status = 200, body = CampaignDetail),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_campaign(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
) -> Result<Json<CampaignDetail>, Problem> {
    let campaign = find_campaign(&state, &slug).await?;
    let segments = state.store.segments().await?;
    let audience = segments.iter().find(|segment| segment.id == campaign.audience.segment);
    let content = CampaignContent {
        subject: campaign.content.subject.clone().into(),
        body: campaign.content.body.clone().into(),
    };
    let audience_size = audience.map_or(0, |segment| segment.size);
    let campaign = summarize(&state.store, campaign, &segments).await?;
    let reconciliation = Reconciliation::of(&campaign);
    Ok(Json(CampaignDetail { campaign, content, audience_size, reconciliation }))
}
