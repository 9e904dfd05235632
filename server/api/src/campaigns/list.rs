//! `GET /campaigns`: every campaign.

use crate::{
    problem::Problem,
    state::ApiState,
    words::{LocalizedText, SegmentRef},
};
use axum::{Json, extract::State};
use bellwether_domain::{Campaign, CampaignState, DecisionChoice, Segment, SkipReason};
use bellwether_store::Store;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A campaign in one line.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignSummary {
    /// Which.
    pub id: String,
    /// Its address: `/campaigns/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: LocalizedText,
    /// What it wants to cause.
    pub goal: CampaignGoal,
    /// Whom it is for; absent when that segment is gone.
    pub audience: Option<SegmentRef>,
    /// How many in 10,000 are held out to measure the effect.
    pub holdout_per_10_000: u32,
    /// Which channel carries it: `outbox` or `smtp`.
    pub channel: String,
    /// Raised by every edit.
    pub version: u32,
    /// Where it stands.
    pub state: CampaignStatus,
    /// What was decided in the run of this version.
    pub decisions: DecisionCounts,
    /// Where the messages of that run stand.
    pub ledger: LedgerCounts,
}

/// What a campaign wants to cause.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignGoal {
    /// In words.
    pub description: LocalizedText,
    /// The event that counts as success.
    pub event: String,
    /// Days after the message within which it counts.
    pub within_days: u32,
}

/// Where a campaign stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CampaignStatus {
    /// The state's name.
    pub name: CampaignStateName,
    /// The run that is under way or ended.
    pub run: Option<String>,
    /// Since when it runs, or when it ended.
    pub at: Option<DateTime<Utc>>,
}

/// A campaign's states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignStateName {
    /// Can be edited.
    Draft,
    /// Messages are going out.
    Running,
    /// Every message of the run reached an end.
    Completed,
}

/// What was decided, in people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionCounts {
    /// Get the message.
    pub send: u64,
    /// Held out by chance, to measure the effect.
    pub hold_out: u64,
    /// Get nothing, since there is no address for the channel.
    pub no_address: u64,
    /// Get nothing, since they unsubscribed or their address bounced.
    pub suppressed: u64,
    /// Get nothing, since another member of the audience has the same address.
    pub duplicate_address: u64,
    /// All of these.
    pub total: u64,
}

/// Where the messages stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerCounts {
    /// Nothing has left yet.
    pub reserved: u64,
    /// The channel took it.
    pub handed_over: u64,
    /// The channel refused it for good.
    pub failed: u64,
    /// Nobody can say whether it left.
    pub unknown: u64,
    /// All of these.
    pub total: u64,
}

/// Every campaign, by slug.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", operation_id = "listCampaigns", responses(
    (status = 200, body = Vec<CampaignSummary>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_campaigns(State(state): State<ApiState>) -> Result<Json<Vec<CampaignSummary>>, Problem> {
    let segments = state.store.segments().await?;
    let mut rows = Vec::new();
    for campaign in state.store.campaigns().await? {
        rows.push(summarize(&state.store, campaign, &segments).await?);
    }
    Ok(Json(rows))
}

/// A campaign with what became of the run of its present version.
pub(crate) async fn summarize(
    store: &Store,
    campaign: Campaign,
    segments: &[Segment],
) -> Result<CampaignSummary, Problem> {
    let run = campaign.run_id();
    let decisions = DecisionCounts::of(&store.decision_counts(run).await?);
    let ledger = LedgerCounts::of(&store.message_counts(run).await?);
    let audience = segments.iter().find(|segment| segment.id == campaign.audience.segment);
    Ok(CampaignSummary {
        id: campaign.id.to_string(),
        slug: campaign.slug,
        name: campaign.name.into(),
        goal: CampaignGoal {
            description: campaign.goal.description.into(),
            event: campaign.goal.event,
            within_days: campaign.goal.within_days,
        },
        audience: audience.map(SegmentRef::from),
        holdout_per_10_000: campaign.audience.holdout_per_10_000,
        channel: campaign.channel,
        version: campaign.version,
        state: CampaignStatus::from(&campaign.state),
        decisions,
        ledger,
    })
}

impl From<&CampaignState> for CampaignStatus {
    fn from(state: &CampaignState) -> Self {
        let (name, run, at) = match state {
            CampaignState::Draft => (CampaignStateName::Draft, None, None),
            CampaignState::Running { run, since } => (CampaignStateName::Running, Some(run), Some(*since)),
            CampaignState::Completed { run, at } => (CampaignStateName::Completed, Some(run), Some(*at)),
        };
        Self { name, run: run.map(ToString::to_string), at }
    }
}

impl DecisionCounts {
    fn of(counts: &[(DecisionChoice, u64)]) -> Self {
        let mut sums = Self::default();
        for (choice, people) in counts {
            *match choice {
                DecisionChoice::Send => &mut sums.send,
                DecisionChoice::HoldOut => &mut sums.hold_out,
                DecisionChoice::Skip { reason: SkipReason::NoAddress } => &mut sums.no_address,
                DecisionChoice::Skip { reason: SkipReason::Suppressed } => &mut sums.suppressed,
                DecisionChoice::Skip { reason: SkipReason::DuplicateAddress } => &mut sums.duplicate_address,
            } += people;
            sums.total += people;
        }
        sums
    }
}

impl LedgerCounts {
    fn of(counts: &BTreeMap<String, u64>) -> Self {
        let count = |state: &str| counts.get(state).copied().unwrap_or_default();
        Self {
            reserved: count("reserved"),
            handed_over: count("handed_over"),
            failed: count("failed"),
            unknown: count("unknown"),
            total: counts.values().sum(),
        }
    }
}
