//! `GET /campaigns/{slug}/preview`: the message as one real customer gets it.

use crate::{
    campaigns::show::find_campaign,
    customers::show::find_profile,
    extract::{ApiPath, ApiQuery},
    problem::{Problem, ProblemCode},
    state::ApiState,
    words::{CustomerRef, MessageLanguage},
};
use axum::{Json, extract::State};
use bellwether_domain::{Campaign, Profile};
use bellwether_engage::{
    AudienceContext, AudienceOptions, ContentError, ContentRenderer, ContentSettings, StoreAudience,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// For whom, in which language.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewParams {
    /// The customer's id; the first member of the audience when nothing is said.
    pub customer: Option<String>,
    /// The customer's own when nothing is said.
    #[param(inline)]
    pub language: Option<MessageLanguage>,
}

/// A rendered message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessagePreview {
    /// For whom.
    pub customer: CustomerRef,
    /// In which language.
    pub language: MessageLanguage,
    /// The subject line.
    pub subject: String,
    /// A whole HTML document. Show it in a sandboxed frame only.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// What the renderer does not like about the template.
    pub warnings: Vec<String>,
}

/// The message as one real customer gets it.
#[utoipa::path(get, path = "/campaigns/{slug}/preview", tag = "campaigns", operation_id = "previewCampaign",
    params(("slug" = String, Path, description = "For example `win-back`"), PreviewParams),
    responses(
        (status = 200, body = MessagePreview),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn preview_campaign(
    State(state): State<ApiState>,
    ApiPath(slug): ApiPath<String>,
    ApiQuery(params): ApiQuery<PreviewParams>,
) -> Result<Json<MessagePreview>, Problem> {
    let Some(settings) = state.messages.as_deref() else {
        return Err(Problem::new(ProblemCode::CannotRender, "this server was started without a sender for messages"));
    };
    let campaign = find_campaign(&state, &slug).await?;
    let profile = match &params.customer {
        Some(id) => find_profile(&state, "customer", id).await?,
        None => somebody_of(&state, &campaign).await?,
    };
    // Read as a run reads them, so that what is shown is what is sent.
    let audience = StoreAudience::new(&state.store, AudienceOptions::for_campaign(&campaign));
    let people = audience.people(&[profile.id]).await.map_err(|error| {
        tracing::error!(%error, "a customer could not be read");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    let Some(mut person) = people.into_iter().next() else {
        return Err(Problem::new(ProblemCode::NotFound, "there is no such customer any more").at("customer"));
    };
    if let Some(language) = params.language {
        person.language = language.into();
    }
    let language = MessageLanguage::from(person.language);
    let now = state.clock.now();
    let content = ContentSettings { currency: state.currency(), ..settings.content.clone() };
    let key = settings.unsubscribe_key.clone();
    // Templates are other people's programs: bounded, but not free.
    let render = move || ContentRenderer::new(&campaign, content, key)?.preview(&person, now);
    let rendered = tokio::task::spawn_blocking(render).await.map_err(|error| {
        tracing::error!(%error, "a preview broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    let preview = rendered.map_err(|error: ContentError| Problem::new(ProblemCode::CannotRender, error.to_string()))?;
    Ok(Json(MessagePreview {
        customer: CustomerRef::from(&profile),
        language,
        subject: preview.subject,
        html: preview.html,
        text: preview.text,
        warnings: preview.warnings,
    }))
}

/// The first member of the audience; of an empty one, nobody.
async fn somebody_of(state: &ApiState, campaign: &Campaign) -> Result<Profile, Problem> {
    let members = state.store.members(campaign.audience.segment).await?;
    let first = match members.first() {
        Some(id) => state.store.profile(*id).await?,
        None => None,
    };
    first.ok_or_else(|| {
        Problem::new(ProblemCode::CannotRender, "the audience is empty; name a `customer`").at("customer")
    })
}
