//! Version 1: everything from the pipeline to the jobs.

use super::schema::{Schema, big, boolean, bytes, number, real, small, text, uuid};
use sea_orm::DbBackend;

pub fn statements(backend: DbBackend) -> Vec<String> {
    let mut schema = Schema::new(backend);
    pipeline(&mut schema);
    profiles(&mut schema);
    quality(&mut schema);
    segments_and_models(&mut schema);
    engage(&mut schema);
    evaluate(&mut schema);
    jobs(&mut schema);
    schema.statements()
}

fn pipeline(schema: &mut Schema) {
    schema.table("pipeline_state", &[small("id"), big("applied"), big("rolled")], &["id"], &[]);
    schema.run("INSERT INTO pipeline_state (id, applied, rolled) VALUES (1, 0, 0)");
    schema.narrow_table("seen_events", &[uuid("id"), big("batch")], &["id"], &[]);
    schema.table(
        "event_files",
        &[uuid("id"), text("path"), big("rows"), big("bytes"), big("min_time"), big("max_time")],
        &["id"],
        &[],
    );
    schema.table(
        "imports",
        &[uuid("id"), text("source"), text("file"), big("rows"), big("events"), big("rejected"), boolean("complete")],
        &["id"],
        &[],
    );
}

fn profiles(schema: &mut Schema) {
    schema.table(
        "profiles",
        &[
            uuid("id"),
            text("user_id"),
            text("country").optional(),
            text("search"),
            text("traits"),
            big("first_seen"),
            big("last_seen"),
            big("events"),
            big("orders"),
            big("refunds"),
            big("units"),
            big("revenue"),
            big("refunded"),
            big("fees"),
            big("first_order").optional(),
            big("last_order").optional(),
            big("net_revenue"),
            big("average_order"),
            real("returns_share"),
        ],
        &["id"],
        &[],
    );
    // Every change of a profile rewrites its entry in each of these: only what the list of customers is sorted by most.
    for column in ["user_id", "orders", "net_revenue", "last_order"] {
        schema.sort_index("profiles", &[column, "id"]);
    }
    schema.narrow_table("subjects", &[uuid("id"), uuid("profile_id")], &["id"], &[("profile_id", "profiles", "id")]);
    schema.index("subjects", &["profile_id"]);
    schema.table(
        "features",
        &[
            uuid("profile_id"),
            big("as_of"),
            real("recency_days"),
            big("frequency"),
            big("monetary"),
            real("tenure_days"),
            big("average_order"),
            real("units_per_order"),
            big("distinct_products"),
            real("returns_share"),
            real("days_between_orders").optional(),
            text("favourite_categories"),
            bytes("orders_by_hour"),
            bytes("rfm"),
            bytes("standardized"),
        ],
        &["profile_id"],
        &[("profile_id", "profiles", "id")],
    );
    schema.table(
        "items",
        &[
            text("product"),
            text("name"),
            text("category"),
            big("price"),
            big("first_seen"),
            big("last_seen"),
            boolean("is_product"),
            text("search"),
        ],
        &["product"],
        &[],
    );
}

fn quality(schema: &mut Schema) {
    schema.table(
        "rejects",
        &[
            number("id"),
            text("source"),
            big("line").optional(),
            text("field").optional(),
            text("reason"),
            text("detail"),
            text("content"),
        ],
        &["id"],
        &[],
    );
    schema.index("rejects", &["source", "reason", "id"]);
    schema.narrow_table("rule_counts", &[text("source"), text("rule"), big("rows")], &["source", "rule"], &[]);
}

fn segments_and_models(schema: &mut Schema) {
    schema.table(
        "segments",
        &[
            uuid("id"),
            text("slug"),
            text("kind"),
            small("position"),
            text("name"),
            text("description"),
            big("size"),
            real("share"),
            real("revenue_share"),
            text("facts"),
            big("as_of"),
        ],
        &["id"],
        &[],
    );
    schema.unique("segments", &["slug"]);
    schema.narrow_table(
        "memberships",
        &[uuid("segment_id"), uuid("profile_id")],
        &["segment_id", "profile_id"],
        &[("segment_id", "segments", "id"), ("profile_id", "profiles", "id")],
    );
    schema.index("memberships", &["profile_id"]);
    schema.table(
        "models",
        &[
            uuid("id"),
            text("kind"),
            big("trained_at"),
            big("data_until"),
            text("parameters"),
            text("metrics"),
            boolean("serving"),
        ],
        &["id"],
        &[],
    );
    schema.table(
        "recommendations",
        &[uuid("profile_id"), uuid("model_id"), text("items")],
        &["profile_id"],
        &[("profile_id", "profiles", "id")],
    );
    schema.narrow_table("recommended_products", &[text("product"), big("lists")], &["product"], &[]);
}

fn engage(schema: &mut Schema) {
    schema.table(
        "campaigns",
        &[
            uuid("id"),
            text("slug"),
            small("version"),
            text("channel"),
            text("name"),
            text("goal"),
            uuid("segment_id"),
            small("holdout_per_10_000"),
            text("content"),
            text("state"),
            uuid("run_id").optional(),
            big("state_at").optional(),
        ],
        &["id"],
        &[],
    );
    schema.unique("campaigns", &["slug"]);
    schema.narrow_table(
        "decisions",
        &[
            uuid("run_id"),
            uuid("profile_id"),
            text("choice"),
            text("reason").optional(),
            real("send_probability"),
            big("decided_at"),
        ],
        &["run_id", "profile_id"],
        &[],
    );
    schema.table(
        "messages",
        &[
            uuid("id"),
            uuid("campaign_id"),
            uuid("run_id"),
            uuid("profile_id"),
            text("channel"),
            text("address"),
            text("state"),
            big("at"),
            text("detail").optional(),
        ],
        &["id"],
        &[],
    );
    schema.index("messages", &["run_id", "state", "id"]);
    schema.index("messages", &["run_id", "at", "id"]);
    schema.index("messages", &["profile_id", "at", "id"]);
    schema.narrow_table(
        "suppressions",
        &[text("channel"), text("address"), text("reason"), big("at")],
        &["address", "channel"],
        &[],
    );
}

fn evaluate(schema: &mut Schema) {
    schema.table(
        "experiments",
        &[
            uuid("id"),
            text("slug"),
            text("kind"),
            text("name"),
            text("description"),
            text("control"),
            text("allocation"),
            text("metrics"),
            big("cost_per_message").optional(),
            text("currency"),
            big("ended_at"),
        ],
        &["id"],
        &[],
    );
    schema.unique("experiments", &["slug"]);
    schema.table(
        "experiment_arms",
        &[
            uuid("experiment_id"),
            text("segment_column"),
            text("segment_value"),
            text("arm"),
            text("metric"),
            small("position"),
            big("n"),
            real("sum"),
            real("sum_squares"),
        ],
        &["experiment_id", "segment_column", "segment_value", "arm", "metric"],
        &[("experiment_id", "experiments", "id")],
    );
    schema.table("results", &[text("kind"), text("value")], &["kind"], &[]);
}

fn jobs(schema: &mut Schema) {
    schema.table(
        "jobs",
        &[
            uuid("id"),
            text("kind"),
            text("payload"),
            small("attempts"),
            big("progress_done").optional(),
            big("progress_total").optional(),
            text("progress_note").optional(),
            text("state"),
            big("due").optional(),
            big("at").optional(),
            text("outcome").optional(),
        ],
        &["id"],
        &[],
    );
    schema.index("jobs", &["due", "id"]);
}
