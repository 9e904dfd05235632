//! Version 11: the branches that receipts come from, and what happened at each, day by day. Version 12: how much of it was
//! counted of events that have left the Lake.

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

pub fn of_removed_events() -> Vec<String> {
    let counts = ["events", "orders", "refunds", "revenue"];
    let column =
        |name| format!(r#"ALTER TABLE "branch_activity" ADD COLUMN "removed_{name}" bigint NOT NULL DEFAULT 0"#);
    let mut statements: Vec<_> = counts.map(column).into();
    statements.push(r#"ALTER TABLE "branch_activity" ADD COLUMN "last_removed_at" bigint"#.to_owned());
    statements
}
