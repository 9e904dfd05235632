//! Version 8: the tracking plan, how events kept to it, and the marks of those that did not.

use super::schema::{Schema, big, text, uuid};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    // Empty texts for what is not there: a key of a database cannot be missing.
    schema.table(
        "plan_changes",
        &[
            big("version"),
            text("event"),
            text("source"),
            text("mode").optional(),
            text("schema").optional(),
            text("author"),
            text("note"),
            big("at"),
        ],
        &["version"],
        &[],
    );
    schema.index("plan_changes", &["event", "source", "version"]);
    schema.table(
        "plan_activity",
        &[text("event"), text("source"), big("hour"), big("checked"), big("failed"), text("last_problem").optional()],
        &["event", "source", "hour"],
        &[],
    );
    schema.index("plan_activity", &["hour"]);
    schema.table("plan_marks", &[uuid("event_id"), big("version"), text("problems"), big("at")], &["event_id"], &[]);
    schema.index("plan_marks", &["at"]);
    // Of batches whose events are in no file yet.
    schema.narrow_table(
        "plan_refused",
        &[big("batch"), uuid("event_id"), big("copy")],
        &["batch", "event_id", "copy"],
        &[],
    );
    schema.statements()
}
