//! `GET /campaigns/{slug}/messages`: the send ledger of a campaign's run.

use crate::{
    campaigns::show::find_campaign,
    extract::{ApiPath, ApiQuery},
    page::{Page, PageRequest},
    problem::Problem,
    recommendations::lists::{customer_ref, profiles_by_id},
    state::ApiState,
    words::{CampaignRef, CustomerRef},
};
use axum::{Json, extract::State};
use bellwether_domain::{Message, MessageState};
use bellwether_store::MessageQuery;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which messages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageParams {
    /// Only messages in this state.
    #[param(inline)]
    pub state: Option<MessageStateName>,
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// A message's states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageStateName {
    /// Nobody else may send it; nothing has left yet.
    Reserved,
    /// The channel took it.
    HandedOver,
    /// The channel refused it for good.
    Failed,
    /// Nobody can say whether it left.
    Unknown,
}

impl MessageStateName {
    /// The name as the ledger has it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::HandedOver => "handed_over",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// An entry of the send ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessageRow {
    /// Which.
    pub id: String,
    /// Which campaign; absent when that is gone.
    pub campaign: Option<CampaignRef>,
    /// Which run of it.
    pub run: String,
    /// To whom.
    pub customer: CustomerRef,
    /// Which channel.
    pub channel: String,
    /// The address on that channel.
    pub address: String,
    /// Where it stands.
    pub state: MessageStateName,
    /// Since when.
    pub at: DateTime<Utc>,
    /// What the channel calls it.
    pub receipt: Option<String>,
    /// What the channel said against it.
    pub error: Option<String>,
}

impl MessageRow {
    fn new(message: Message, campaign: Option<CampaignRef>, customer: CustomerRef) -> Self {
        let (state, at, receipt, error) = match message.state {
            MessageState::Reserved { at } => (MessageStateName::Reserved, at, None, None),
            MessageState::HandedOver { at, receipt } => (MessageStateName::HandedOver, at, Some(receipt), None),
            MessageState::Failed { at, error } => (MessageStateName::Failed, at, None, Some(error)),
            MessageState::Unknown { at } => (MessageStateName::Unknown, at, None, None),
        };
        Self {
            id: message.id.to_string(),
            campaign,
            run: message.run.to_string(),
            customer,
            channel: message.channel,
            address: message.address,
            state,
            at,
            receipt,
            error,
        }
    }
}

/// A page of the ledger, with the names that a reader wants beside the ids.
pub(crate) async fn find_messages(
    state: &ApiState,
    query: MessageQuery,
    request: PageRequest,
) -> Result<Page<MessageRow>, Problem> {
    let query = MessageQuery { page: request.page.into(), page_size: request.page_size.into(), ..query };
    let page = state.store.messages(&query).await?;
    let rows = describe(state, page.rows).await?;
    Ok(request.answer(bellwether_store::Page { rows, total: page.total }, |row| row))
}

/// Messages with the names of their campaigns and customers.
pub(crate) async fn describe(state: &ApiState, messages: Vec<Message>) -> Result<Vec<MessageRow>, Problem> {
    let profiles = profiles_by_id(state, messages.iter().map(|message| message.profile).collect()).await?;
    let campaigns = state.store.campaigns().await?;
    let row = |message: Message| {
        let campaign = campaigns.iter().find(|campaign| campaign.id == message.campaign).map(CampaignRef::from);
        let customer = customer_ref(&profiles, message.profile);
        MessageRow::new(message, campaign, customer)
    };
    Ok(messages.into_iter().map(row).collect())
}

/// The messages of the run of a campaign's present version, in pages.
#[utoipa::path(get, path = "/campaigns/{slug}/messages", tag = "campaigns", operation_id = "listCampaignMessages",
    params(("slug" = String, Path, description = "For example `win-back`"), MessageParams),
    responses(
        (status = 200, body = Page<MessageRow>),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn list_campaign_messages(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
    ApiQuery(params): ApiQuery<MessageParams>,
) -> Result<Json<Page<MessageRow>>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let run = find_campaign(&state, &slug).await?.run_id();
    let name = params.state.map(|name| name.as_str().to_owned());
    let query = MessageQuery { run: Some(run), state: name, ..MessageQuery::default() };
    find_messages(&state, query, request).await.map(Json)
}
