//! `GET /imports`: every file that was imported.

use crate::{problem::Problem, state::ApiState};
use axum::{Json, extract::State};
use bellwether_domain::ImportRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Import {
    /// Which: derived from source and file.
    pub id: String,
    /// The source's name.
    pub source: String,
    /// The file's name, without its folder.
    pub file: String,
    /// Lines read so far, without the header.
    pub rows: u64,
    /// Events made of them.
    pub events: u64,
    /// Lines that could not be used.
    pub rejected: u64,
    /// Whether the end was reached.
    pub complete: bool,
}

impl From<ImportRecord> for Import {
    fn from(import: ImportRecord) -> Self {
        Self {
            id: import.id.to_string(),
            source: import.source,
            file: import.file,
            rows: import.rows,
            events: import.events,
            rejected: import.rejected,
            complete: import.complete,
        }
    }
}

/// Every file that was imported, by source and file.
#[utoipa::path(get, path = "/imports", tag = "imports", operation_id = "listImports", responses(
    (status = 200, body = Vec<Import>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_imports(State(state): State<ApiState>) -> Result<Json<Vec<Import>>, Problem> {
    Ok(Json(state.store.imports().await?.into_iter().map(Import::from).collect()))
}
