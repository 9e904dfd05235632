//! What goes wrong, as RFC 9457 problem documents: a stable `code` that the console translates, and a sentence in
//! English for people who read the API directly.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// An error answer (RFC 9457, `application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:bellwether:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:bellwether:problem:not_found")]
    pub kind: String,
    /// The HTTP status' own words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, for programs and translations.
    pub code: ProblemCode,
    /// What was wrong, where, and what to do, in English.
    pub detail: String,
    /// The parameter or property at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Every kind of problem there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Nothing has this name or id.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// A parameter cannot be read or is outside of its limits.
    InvalidParameter,
    /// The body cannot be read.
    InvalidBody,
    /// Sign in first.
    SignInRequired,
    /// The password is not the right one.
    WrongPassword,
    /// Too many wrong passwords; try again later.
    TooManyAttempts,
    /// No administrator's password is configured, so there is nothing to sign in to.
    NoPasswordConfigured,
    /// A change was asked for by a page of another site.
    CrossOrigin,
    /// The server does not answer under this host name.
    HostNotAllowed,
    /// The template or the customer's data does not give a message.
    CannotRender,
    /// A row in quarantine that cannot be sent again.
    NotReplayable,
    /// Somebody else has changed the entry of the tracking plan meanwhile.
    PlanMoved,
    /// A file is larger than it may be.
    FileTooLarge,
    /// There is no room for a file.
    DiskFull,
    /// A file cannot be read, or not by this mapping.
    FileUnreadable,
    /// The text of a mapping is wrong.
    MappingInvalid,
    /// The file is being imported.
    ImportRunning,
    /// The file is not being imported.
    ImportNotRunning,
    /// Events of the file are in under another mapping.
    ImportedDifferently,
    /// The Store or the Lake cannot be reached.
    Unavailable,
    /// A fault of the server.
    Internal,
}

impl ProblemCode {
    /// The code as it is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::InvalidParameter => "invalid_parameter",
            Self::InvalidBody => "invalid_body",
            Self::SignInRequired => "sign_in_required",
            Self::WrongPassword => "wrong_password",
            Self::TooManyAttempts => "too_many_attempts",
            Self::NoPasswordConfigured => "no_password_configured",
            Self::CrossOrigin => "cross_origin",
            Self::HostNotAllowed => "host_not_allowed",
            Self::CannotRender => "cannot_render",
            Self::NotReplayable => "not_replayable",
            Self::PlanMoved => "plan_moved",
            Self::FileTooLarge => "file_too_large",
            Self::DiskFull => "disk_full",
            Self::FileUnreadable => "file_unreadable",
            Self::MappingInvalid => "mapping_invalid",
            Self::ImportRunning => "import_running",
            Self::ImportNotRunning => "import_not_running",
            Self::ImportedDifferently => "imported_differently",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::InvalidParameter | Self::InvalidBody => StatusCode::BAD_REQUEST,
            Self::SignInRequired | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::NoPasswordConfigured
            | Self::NotReplayable
            | Self::PlanMoved
            | Self::ImportRunning
            | Self::ImportNotRunning
            | Self::ImportedDifferently => StatusCode::CONFLICT,
            Self::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::CrossOrigin => StatusCode::FORBIDDEN,
            Self::HostNotAllowed => StatusCode::MISDIRECTED_REQUEST,
            Self::CannotRender | Self::FileUnreadable | Self::MappingInvalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Problem {
    /// A problem of this kind; `detail` says what, where and what to do.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        let status = code.status();
        Self {
            kind: format!("urn:bellwether:problem:{}", code.as_str()),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            field: None,
        }
    }

    /// There is no such thing.
    pub fn not_found(what: &str, name: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("there is no {what} `{name}`"))
    }

    /// A parameter that cannot be used.
    pub fn parameter(field: &str, why: impl std::fmt::Display) -> Self {
        Self::new(ProblemCode::InvalidParameter, format!("parameter `{field}`: {why}")).at(field)
    }

    /// Names the parameter or property at fault.
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl From<bellwether_store::Error> for Problem {
    /// The database's own words go into the log; they can hold paths and addresses.
    fn from(error: bellwether_store::Error) -> Self {
        if matches!(error, bellwether_store::Error::PlanMoved { .. }) {
            return Self::new(ProblemCode::PlanMoved, error.to_string());
        }
        tracing::error!(%error, "the store does not answer");
        if error.is_temporary() {
            Self::new(ProblemCode::Unavailable, "the store cannot be reached; try again")
        } else {
            Self::new(ProblemCode::Internal, "the store refused; the server's log says more")
        }
    }
}

impl From<bellwether_lake::Error> for Problem {
    fn from(error: bellwether_lake::Error) -> Self {
        tracing::error!(%error, "the lake does not answer");
        Self::new(ProblemCode::Unavailable, "the events cannot be read; the server's log says more")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = matches!(self.code, ProblemCode::Unavailable | ProblemCode::TooManyAttempts);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
