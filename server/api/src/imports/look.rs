//! `GET /imports/uploads/{id}/look`: what a file seems to be, and a mapping to start from.

use super::{blocking, parts, upload_id};
use crate::{
    extract::ApiPath,
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use axum::{Json, extract::State};
use bellwether_collect::{Look, LookColumn, Packing, mapping::Format};
use bellwether_imports::rows;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormatName {
    /// Rows of fields: CSV and the like.
    Delimited,
    /// Objects of JSON in a list, or one behind the other.
    Json,
    /// An object of JSON on each line.
    JsonLines,
    /// Parquet.
    Parquet,
}

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackingName {
    /// With gzip.
    Gzip,
    /// With zstd.
    Zstd,
}

/// A column and its first values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileColumn {
    /// Its name, as a mapping writes it; of JSON, the path to a value.
    pub name: String,
    /// Its values in the first rows, as texts; empty where there is none.
    pub values: Vec<String>,
}

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileLook {
    /// What it is made of.
    pub format: FileFormatName,
    /// What it is packed in, if anything.
    pub packing: Option<PackingName>,
    /// How its text is written, as a mapping says it: `utf-8`, `gb18030`, …
    #[schema(example = "gb18030")]
    pub encoding: Option<String>,
    /// What stands between two fields, where it is delimited.
    #[schema(example = ",")]
    pub delimiter: Option<String>,
    /// How many rows were looked at.
    pub rows: u64,
    /// Its columns, in order.
    pub columns: Vec<FileColumn>,
    /// Names that stand more than once in the header; a mapping cannot speak of them.
    pub repeated: Vec<String>,
    /// A draft of a mapping (TOML), guessed from names and values; the same that `bellwether guess` prints.
    pub draft: String,
}

/// Looks at the beginning of a file.
#[utoipa::path(get, path = "/imports/uploads/{id}/look", tag = "imports", operation_id = "lookAtUpload",
    params(("id" = String, Path, description = "`upl_…`")),
    responses(
        (status = 200, body = FileLook),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn look_at_upload(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
) -> Result<Json<FileLook>, Problem> {
    let (uploads, id) = (Arc::clone(&parts(&state)?.uploads), upload_id(&id)?);
    let look = move || {
        let path = uploads.file(&uploads.get(id)?)?;
        let (is_parquet, look) = rows::look_at(&path).map_err(|error| unreadable(&path, &error))?;
        Ok::<_, Problem>(shown(is_parquet, look))
    };
    blocking(look).await?.map(Json)
}

fn unreadable(path: &std::path::Path, error: &rows::RowsError) -> Problem {
    Problem::new(ProblemCode::FileUnreadable, bellwether_imports::without_folder(path, error))
}

fn shown(is_parquet: bool, look: Look) -> FileLook {
    let format = match look.format {
        _ if is_parquet => FileFormatName::Parquet,
        Format::Json => FileFormatName::Json,
        Format::JsonLines => FileFormatName::JsonLines,
        Format::Delimited | Format::Detect => FileFormatName::Delimited,
    };
    let packing = look.text.and_then(|text| match text.packing {
        Packing::None => None,
        Packing::Gzip => Some(PackingName::Gzip),
        Packing::Zstd => Some(PackingName::Zstd),
    });
    let column = |LookColumn { name, texts }| FileColumn { name, values: texts };
    FileLook {
        format,
        packing,
        encoding: look.text.map(|text| text.encoding.name().to_owned()),
        delimiter: look.text.and_then(|text| text.delimiter).map(|byte| char::from(byte).to_string()),
        rows: look.rows as u64,
        columns: look.columns.into_iter().map(column).collect(),
        repeated: look.repeated,
        draft: look.draft,
    }
}
