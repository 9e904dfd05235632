//! Version 11: the branches that receipts come from, and what happened at each, day by day.

use super::schema::{Schema, big, real, text};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    schema.table(
        "branches",
        &[
            text("code"),
            text("name"),
            text("city"),
            text("address"),
            text("country"),
            real("latitude").optional(),
            real("longitude").optional(),
            text("opened").optional(),
            text("closed").optional(),
            text("tags"),
            big("created_at"),
            big("edited_at").optional(),
        ],
        &["code"],
        &[],
    );
    schema.table(
        "branch_activity",
        &[
            text("code"),
            text("day"),
            text("currency"),
            big("events"),
            big("orders"),
            big("refunds"),
            big("revenue"),
            big("last_event_at"),
        ],
        &["code", "day", "currency"],
        &[],
    );
    schema.index("branch_activity", &["day"]);
    schema.statements()
}
