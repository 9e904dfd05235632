//! `GET /quality/rejects`: the rows in quarantine.

use crate::{
    extract::ApiQuery,
    page::{Page, PageRequest},
    problem::Problem,
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_domain::{Reject, RejectReason};
use bellwether_store::RejectQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RejectParams {
    /// Only rows with this reason.
    #[param(inline)]
    pub reason: Option<RejectReasonName>,
    /// Only rows of this source.
    pub source: Option<String>,
    /// Counted from 0.
    #[param(minimum = 0)]
    pub page: Option<u32>,
    /// From 1 to 500; 50 when nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub page_size: Option<u32>,
}

/// Why a row could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectReasonName {
    /// More or fewer fields than the header.
    FieldCount,
    /// A quote is open at the end, or stands in the middle of a field.
    BrokenQuote,
    /// Longer than the limit.
    RowTooLong,
    /// Bytes that are not text in the file's encoding.
    Encoding,
    /// A number that is not one.
    BadNumber,
    /// A date that is not one in the expected form.
    BadDate,
    /// The file ends in the middle of this row.
    Truncated,
    /// A required field is empty.
    MissingField,
    /// Exactly the same as a row before it.
    ExactDuplicate,
    /// An event with the id of one before it.
    DuplicateEvent,
    /// A JSON object that is not an event.
    Malformed,
}

/// Both directions from one list of pairs, so that no reason can be forgotten in either.
macro_rules! same_reasons {
    ($($reason:ident),+) => {
        impl From<RejectReason> for RejectReasonName {
            fn from(reason: RejectReason) -> Self {
                match reason { $(RejectReason::$reason => Self::$reason),+ }
            }
        }

        impl From<RejectReasonName> for RejectReason {
            fn from(name: RejectReasonName) -> Self {
                match name { $(RejectReasonName::$reason => Self::$reason),+ }
            }
        }
    };
}

same_reasons!(
    FieldCount,
    BrokenQuote,
    RowTooLong,
    Encoding,
    BadNumber,
    BadDate,
    Truncated,
    MissingField,
    ExactDuplicate,
    DuplicateEvent,
    Malformed
);

impl From<Reject> for RejectRow {
    fn from(reject: Reject) -> Self {
        Self {
            source: reject.origin.source.to_string(),
            line: reject.origin.line,
            field: reject.field,
            reason: reject.reason.into(),
            detail: reject.detail,
            content: reject.content,
        }
    }
}

/// One row or event in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectRow {
    /// The source's name.
    pub source: String,
    /// The line of its file, counted from 1 with the header.
    pub line: Option<u64>,
    /// The column or property at fault.
    pub field: Option<String>,
    /// Why.
    pub reason: RejectReasonName,
    /// The whole story in a sentence: what, where, what to do.
    pub detail: String,
    /// The row as it came, cut to 2,000 characters.
    pub content: String,
}

/// The rows in quarantine, in pages.
#[utoipa::path(get, path = "/quality/rejects", tag = "quality", operation_id = "listRejects", params(RejectParams), responses(
    (status = 200, body = Page<RejectRow>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_rejects(
    State(state): State<ApiState>,
    ApiQuery(params): ApiQuery<RejectParams>,
) -> Result<Json<Page<RejectRow>>, Problem> {
    let request = PageRequest::new(params.page, params.page_size)?;
    let query = RejectQuery {
        reason: params.reason.map(RejectReason::from),
        source: params.source,
        page: request.page.into(),
        page_size: request.page_size.into(),
    };
    Ok(Json(request.answer(state.store.rejects(&query).await?, RejectRow::from)))
}
