//! `GET /imports/mappings`: mappings of well-known systems, to start from.

use axum::Json;
use bellwether_collect::{Mapping, ready_mappings};
use serde::Serialize;
use utoipa::ToSchema;

/// A mapping that comes with the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadyMapping {
    /// Its short name.
    #[schema(example = "shopify-orders")]
    pub name: String,
    /// `orders` or `events`.
    pub kind: String,
    /// Its text (TOML). Comments at its beginning say what it is for.
    pub text: String,
}

/// Every mapping for files that comes with the product: those of `packs/mappings`.
#[utoipa::path(get, path = "/imports/mappings", tag = "imports", operation_id = "listReadyMappings", responses(
    (status = 200, body = Vec<ReadyMapping>),
))]
pub async fn list_ready_mappings() -> Json<Vec<ReadyMapping>> {
    let ready = ready_mappings().iter().filter_map(|ready| {
        // All of them can be read; a test of theirs sees to it.
        let mapping = Mapping::parse(ready.name, ready.text).ok()?;
        let (name, kind, text) = (ready.name.to_owned(), mapping.kind().to_owned(), ready.text.to_owned());
        Some(ReadyMapping { name, kind, text })
    });
    Json(ready.collect())
}
