//! `POST /imports/uploads/{id}/preview`: what a mapping makes of the first rows, while somebody writes it.

use super::{Parts, blocking, parts, upload_id};
use crate::{
    extract::{ApiJson, ApiPath},
    problem::{Problem, ProblemCode},
    quality::reject_row::RejectReasonName,
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_collect::{Mapping, MappingError, RowMapping};
use bellwether_domain::Reject;
use bellwether_imports::{BadMapping, CannotPreview, Preview, PreviewRow, ReadBy, Upload};
use bellwether_inbox::Inbox;
use bellwether_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// The largest mapping, in bytes: it is kept with the job.
pub(super) const MAX_MAPPING: usize = 64 * 1024;
/// Letters of a value that are shown.
const SHOWN_LETTERS: usize = 300;

/// A mapping to try or to import by.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingText {
    /// TOML, as `docs/mapping.md` describes it; at most 64 KiB.
    pub mapping: String,
}

/// What a mapping makes of the first 20 rows. Nothing is imported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct MappingPreview {
    /// What is wrong with the mapping's text; then there is nothing else.
    pub mapping_problem: Option<MappingProblem>,
    /// Why the file cannot be read by it: a column that is not there, dates that could be two things; then there are no rows.
    pub file_problem: Option<String>,
    /// The mapping's source.
    pub source: Option<String>,
    /// What the mapping describes: `orders` or `events`.
    pub kind: Option<String>,
    /// How the file stands under this source.
    pub standing: ImportStanding,
    /// Names of the file's columns, in order.
    pub columns: Vec<String>,
    /// The rows, by their lines.
    pub rows: Vec<MappedRow>,
    /// How many rows were read.
    pub read: u64,
    /// Rows that a rule leaves out on purpose.
    pub skipped: u64,
    /// The form of dates in use; empty where there is none, or each rule has its own.
    pub time_format: String,
}

/// Something is wrong with the text of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MappingProblem {
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// How a file stands under a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportStanding {
    /// It was not imported before.
    #[default]
    New,
    /// An import of it was stopped; it would go on.
    Unfinished,
    /// It is in as a whole; nothing would be done.
    Complete,
    /// Events of it are in under another mapping, so that it cannot be read by this one.
    OtherMapping,
}

/// A row, what it becomes and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MappedRow {
    /// Its line, from 1.
    pub line: u64,
    /// Its values, in the order of `columns`; of a row that could not be taken apart there are none.
    pub values: Vec<Option<String>>,
    /// The events that begin with it, as they would be kept. Further lines of an order have none of their own.
    pub events: Vec<JsonObject>,
    /// Why it, or a part of it, cannot be used.
    pub problems: Vec<RowProblem>,
}

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowProblem {
    /// The column at fault, where there is one; or the mapping's key.
    pub field: Option<String>,
    /// Why.
    pub reason: RejectReasonName,
    /// What is wrong, where, what to do.
    pub detail: String,
    /// The row as it came, where it could not be taken apart.
    pub content: String,
}

/// Tries a mapping on the first 20 rows. Quick enough to be asked while somebody types: what is wrong with the mapping is an answer
/// like any other.
#[utoipa::path(post, path = "/imports/uploads/{id}/preview", tag = "imports", operation_id = "previewUpload",
    params(("id" = String, Path, description = "`upl_…`")),
    request_body = MappingText,
    responses(
        (status = 200, body = MappingPreview),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn preview_upload(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<MappingText>,
) -> Result<Json<MappingPreview>, Problem> {
    let (parts, id) = (parts(&state)?, upload_id(&id)?);
    let text = checked_length(body.mapping)?;
    let (uploads, tried) = (Arc::clone(&parts.uploads), text.clone());
    let work = move || {
        let upload = uploads.get(id)?;
        let path = uploads.file(&upload)?;
        let answer = match bellwether_imports::preview(&path, &upload.digest, &tried) {
            Ok(preview) => shown(preview),
            Err(CannotPreview::Mapping(problem)) => {
                MappingPreview { mapping_problem: Some(problem.into()), ..MappingPreview::default() }
            }
            Err(CannotPreview::File(problem)) => {
                MappingPreview { file_problem: Some(problem), ..MappingPreview::default() }
            }
        };
        Ok::<_, Problem>((upload, answer))
    };
    let (upload, answer) = blocking(work).await??;
    let standing = match answer.source {
        Some(_) => parts.standing(&state.store, upload, text).await?,
        None => ImportStanding::New,
    };
    Ok(Json(MappingPreview { standing, ..answer }))
}

pub(crate) fn checked_length(text: String) -> Result<String, Problem> {
    if text.len() <= MAX_MAPPING {
        return Ok(text);
    }
    let why = format!("the body, `mapping`: it has {} bytes, and {MAX_MAPPING} are the most", text.len());
    Err(Problem::new(ProblemCode::InvalidBody, why).at("mapping"))
}

/// How the file stands under the mapping's source. What brought nothing but rejects can begin anew under any mapping.
fn standing(
    inbox: &Inbox,
    upload: &Upload,
    mapping: RowMapping<'_>,
    currency: Option<&str>,
) -> Result<ImportStanding, Problem> {
    let known = inbox.import_cursor(upload.import_of(mapping.source())).map_err(|error| {
        tracing::error!(%error, "the inbox cannot be read");
        Problem::new(ProblemCode::Unavailable, "the inbox cannot be read; try again")
    })?;
    let Some(known) = known else { return Ok(ImportStanding::New) };
    let same = ReadBy::parse(&known.mapping).is_none_or(|begun| begun.goes_on(mapping, currency));
    Ok(match (same, known.complete) {
        (true, true) => ImportStanding::Complete,
        (true, false) => ImportStanding::Unfinished,
        (false, _) if known.events == 0 => ImportStanding::New,
        (false, _) => ImportStanding::OtherMapping,
    })
}

impl Parts {
    /// How a file stands under a mapping. What is read to its end, but was stopped before all of that was true, is not through.
    pub(super) async fn standing(
        &self,
        store: &Store,
        upload: Upload,
        text: String,
    ) -> Result<ImportStanding, Problem> {
        let (inbox, currency) = (Arc::clone(&self.inbox), Arc::clone(&self.shop_currency));
        let Ok(mapping) = Mapping::parse("mapping", &text) else { return Ok(ImportStanding::New) };
        let import = upload.import_of(mapping.source());
        let found = blocking(move || match mapping.rows() {
            Some(rows) => standing(&inbox, &upload, rows, currency().as_deref()),
            None => Ok(ImportStanding::New),
        });
        match found.await?? {
            ImportStanding::Complete if store.import(import).await?.is_none_or(|record| !record.complete) => {
                Ok(ImportStanding::Unfinished)
            }
            found => Ok(found),
        }
    }
}

impl From<BadMapping> for MappingProblem {
    fn from(BadMapping { line, column, message }: BadMapping) -> Self {
        Self { line: line as u64, column: column as u64, message }
    }
}

impl From<MappingError> for MappingProblem {
    fn from(error: MappingError) -> Self {
        BadMapping::from(error).into()
    }
}

fn shown(preview: Preview) -> MappingPreview {
    let Preview { source, kind, columns, rows, read, skipped, time_format } = preview;
    let rows = rows.into_iter().map(|row| mapped_row(row, &columns)).collect();
    MappingPreview {
        source: Some(source),
        kind: Some(kind.to_owned()),
        columns,
        rows,
        read,
        skipped,
        time_format,
        ..MappingPreview::default()
    }
}

fn mapped_row(row: PreviewRow, columns: &[String]) -> MappedRow {
    let value = |column: &String| {
        let found = row.values.iter().find(|(name, _)| name == column);
        found.map(|(_, value)| shown_value(value))
    };
    let values = if row.values.is_empty() { Vec::new() } else { columns.iter().map(value).collect() };
    let events = row.events.into_iter().map(JsonObject::from).collect();
    let not_taken_apart = values.is_empty();
    let problems = row.problems.into_iter().map(|reject| row_problem(reject, not_taken_apart)).collect();
    MappedRow { line: row.line, values, events, problems }
}

/// Why a row cannot be used, with the row itself where that is not shown otherwise.
pub(crate) fn row_problem(reject: Reject, with_content: bool) -> RowProblem {
    let content = if with_content { reject.content.chars().take(SHOWN_LETTERS).collect() } else { String::new() };
    RowProblem { field: reject.field, reason: reject.reason.into(), detail: reject.detail, content }
}

fn shown_value(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    text.chars().take(SHOWN_LETTERS).collect()
}
