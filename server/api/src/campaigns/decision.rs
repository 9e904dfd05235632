//! `GET /campaigns/{slug}/decisions/{customer}`: why did this person get it, or not?

use crate::{
    campaigns::{
        messages::{MessageRow, describe},
        show::find_campaign,
    },
    customers::show::find_profile,
    extract::ApiPath,
    problem::Problem,
    state::ApiState,
    words::CustomerRef,
};
use axum::{Json, extract::State};
use bellwether_domain::{DecisionChoice, Message, SkipReason};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Why somebody got a message, or not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DecisionExplanation {
    /// About whom.
    pub customer: CustomerRef,
    /// What was decided, and why.
    pub choice: DecisionName,
    /// Whether the customer is in the audience's segment now.
    pub in_audience_now: bool,
    /// The chance of being sent to, before the draw; absent when nothing was decided.
    pub send_probability: Option<f64>,
    /// When; absent when nothing was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// In which run; absent when nothing was decided.
    pub run: Option<String>,
    /// The message that followed, with where it stands.
    pub message: Option<MessageRow>,
}

/// What was decided about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecisionName {
    /// Gets the message.
    Send,
    /// Held out by chance, to measure the effect.
    HoldOut,
    /// Gets nothing, since there is no address for the channel.
    NoAddress,
    /// Gets nothing, since they unsubscribed or their address bounced.
    Suppressed,
    /// Gets nothing, since another member of the audience has the same address.
    DuplicateAddress,
    /// Nothing was decided: was not in the audience when the run was made, or there was no run yet.
    NotConsidered,
}

impl From<DecisionChoice> for DecisionName {
    fn from(choice: DecisionChoice) -> Self {
        match choice {
            DecisionChoice::Send => Self::Send,
            DecisionChoice::HoldOut => Self::HoldOut,
            DecisionChoice::Skip { reason: SkipReason::NoAddress } => Self::NoAddress,
            DecisionChoice::Skip { reason: SkipReason::Suppressed } => Self::Suppressed,
            DecisionChoice::Skip { reason: SkipReason::DuplicateAddress } => Self::DuplicateAddress,
        }
    }
}

/// Why did this person get it, or not?
#[utoipa::path(get, path = "/campaigns/{slug}/decisions/{customer}", tag = "campaigns", operation_id = "explainDecision",
    params(
        ("slug" = String, Path, description = "For example `win-back`"),
        ("customer" = String, Path, description = "`prf_` and 32 hexadecimal digits"),
    ),
    responses(
        (status = 200, body = DecisionExplanation),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn explain_decision(
    State(state): State<ApiState>,
    ApiPath((slug, customer)): ApiPath<(String, String)>,
) -> Result<Json<DecisionExplanation>, Problem> {
    let campaign = find_campaign(&state, &slug).await?;
    let profile = find_profile(&state, "customer", &customer).await?;
    let run = campaign.run_id();
    let decision = state.store.decision_of(run, profile.id).await?;
    let segments = state.store.segments_of(profile.id).await?;
    let message = state.store.message(Message::id_for(run, profile.id)).await?;
    Ok(Json(DecisionExplanation {
        customer: CustomerRef::from(&profile),
        choice: decision.map_or(DecisionName::NotConsidered, |decision| decision.choice.into()),
        in_audience_now: segments.iter().any(|segment| segment.id == campaign.audience.segment),
        send_probability: decision.map(|decision| decision.send_probability),
        decided_at: decision.map(|decision| decision.decided_at),
        run: decision.map(|decision| decision.run.to_string()),
        message: describe(&state, message.into_iter().collect()).await?.pop(),
    }))
}
