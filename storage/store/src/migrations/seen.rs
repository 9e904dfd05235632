//! The ids of counted events lie in files of their own; here is the list of these.

use super::schema::{Schema, big, text, uuid};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    schema.run("DROP TABLE seen_events");
    schema.table(
        "seen_runs",
        &[uuid("id"), text("path"), big("ids"), big("bytes"), big("received").optional()],
        &["id"],
        &[],
    );
    schema.statements()
}
