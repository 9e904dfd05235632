//! When a row in quarantine was received, and whether it can be sent again.

pub fn statements() -> Vec<String> {
    // An older version kept 2,000 characters of an event; what is shorter was JSON as a whole.
    let whole_events = r#"UPDATE "rejects" SET "replayable" = TRUE
        WHERE "line" IS NULL AND "content" LIKE '{%' AND LENGTH("content") < 2000"#;
    [
        r#"ALTER TABLE "rejects" ADD COLUMN "received_at" bigint"#,
        r#"ALTER TABLE "rejects" ADD COLUMN "replayable" boolean NOT NULL DEFAULT FALSE"#,
        whole_events,
        // The newest of a source, and what can be sent again, are found without reading what rows hold.
        r#"CREATE INDEX "rejects_by_source_id" ON "rejects" ("source", "id")"#,
        r#"CREATE INDEX "rejects_by_replayable_id" ON "rejects" ("replayable", "id")"#,
    ]
    .map(str::to_owned)
    .into()
}
