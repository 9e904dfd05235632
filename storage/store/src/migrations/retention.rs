//! Version 9: what events that left the Lake had made of people.

use super::schema::{Schema, text, uuid};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    schema.table("baselines", &[uuid("profile_id"), text("profile"), text("subjects")], &["profile_id"], &[]);
    schema.statements()
}
