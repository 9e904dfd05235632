//! Version 3: the places that events come from over HTTP, and what they brought.

use super::schema::{Schema, big, boolean, text, uuid};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    schema.table(
        "sources",
        &[
            uuid("id"),
            text("slug"),
            text("name"),
            text("kind"),
            text("write_key"),
            boolean("enabled"),
            big("created_at"),
        ],
        &["id"],
        &[],
    );
    schema.unique("sources", &["slug"]);
    schema.unique("sources", &["write_key"]);
    // No reference to `sources`: what a source brought stays when the source goes.
    schema.table(
        "source_activity",
        &[
            text("source"),
            text("day"),
            big("events"),
            big("rejected"),
            big("last_event_at").optional(),
            text("last_error").optional(),
            big("last_error_at").optional(),
        ],
        &["source", "day"],
        &[],
    );
    schema.statements()
}
