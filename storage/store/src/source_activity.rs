//! What sources brought, day by day: added up in bulk by whoever takes events.

use crate::{
    Result, Store,
    bulk::{self, Conflict},
    convert::all,
    error::Doing,
    rows::source_activity::{self, day_text},
};
use bellwether_domain::{SourceActivity, SourceError};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, Statement,
};
use std::{collections::BTreeMap, sync::Arc};

/// [`SourceActivity::add`] in SQL.
const ADD: &str = r#"
"events" = "source_activity"."events" + excluded."events",
"rejected" = "source_activity"."rejected" + excluded."rejected",
"last_event_at" = CASE
    WHEN excluded."last_event_at" > COALESCE("source_activity"."last_event_at", -9223372036854775807)
    THEN excluded."last_event_at" ELSE "source_activity"."last_event_at" END,
"last_error" = CASE
    WHEN excluded."last_error_at" > COALESCE("source_activity"."last_error_at", -9223372036854775807)
        OR (excluded."last_error_at" = "source_activity"."last_error_at"
            AND excluded."last_error" > "source_activity"."last_error")
    THEN excluded."last_error" ELSE "source_activity"."last_error" END,
"last_error_at" = CASE
    WHEN excluded."last_error_at" > COALESCE("source_activity"."last_error_at", -9223372036854775807)
    THEN excluded."last_error_at" ELSE "source_activity"."last_error_at" END"#;

/// For each source the day on which it brought its last event, and the day on which something went wrong last.
const LAST_DAYS: &str = r#"
SELECT "source_activity".* FROM "source_activity" JOIN (
    SELECT "source" AS "of", MAX("last_event_at") AS "event_at", MAX("last_error_at") AS "error_at"
    FROM "source_activity" GROUP BY "source"
) AS "last" ON "source" = "of" AND ("last_event_at" = "event_at" OR "last_error_at" = "error_at")
ORDER BY "source", "day""#;

/// When a source was heard of last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastActivity {
    /// When its last event arrived.
    pub event_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub error: Option<SourceError>,
}

impl Store {
    /// Adds what sources brought to what stands there, in one transaction.
    pub async fn add_source_activity(&self, activity: &[SourceActivity]) -> Result<()> {
        const DOING: &str = "add what sources brought";
        if activity.is_empty() {
            return Ok(());
        }
        let transaction = self.begin(DOING).await?;
        write(&transaction, activity).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// What sources brought from a day on, by source and day. Days without anything are left out.
    pub async fn source_activity(&self, from: NaiveDate) -> Result<Vec<SourceActivity>> {
        let rows = source_activity::Entity::find()
            .filter(source_activity::Column::Day.gte(day_text(from)))
            .order_by_asc(source_activity::Column::Source)
            .order_by_asc(source_activity::Column::Day)
            .all(&self.reader)
            .await;
        all(rows.doing("read what sources brought")?)
    }

    /// For each source that ever sent something: its last event and its last error, however long ago.
    pub async fn last_source_activity(&self) -> Result<BTreeMap<Arc<str>, LastActivity>> {
        const DOING: &str = "read when sources brought something last";
        let statement = Statement::from_string(self.reader.get_database_backend(), LAST_DAYS);
        let mut last: BTreeMap<Arc<str>, LastActivity> = BTreeMap::new();
        for row in self.reader.query_all_raw(statement).await.doing(DOING)? {
            let day = SourceActivity::try_from(source_activity::Model::from_query_result(&row, "").doing(DOING)?)?;
            let last = last.entry(day.source).or_default();
            last.event_at = last.event_at.max(day.last_event_at);
            last.error = last.error.take().max(day.last_error);
        }
        Ok(last)
    }
}

/// As a part of somebody's transaction.
pub(crate) async fn write(db: &DatabaseTransaction, activity: &[SourceActivity]) -> std::result::Result<(), DbErr> {
    let rows = sums(activity).values().map(|sum| source_activity::Model::from(sum).into_active_model()).collect();
    bulk::insert(db, rows, Conflict::Update(ADD)).await
}

/// One row for each source and day: PostgreSQL refuses to write a row twice in one statement. In the order of their keys,
/// in which two processes cannot lock each other out.
fn sums(activity: &[SourceActivity]) -> BTreeMap<(Arc<str>, NaiveDate), SourceActivity> {
    let mut sums = BTreeMap::new();
    for some in activity {
        let none = || SourceActivity::none(Arc::clone(&some.source), some.day);
        sums.entry((Arc::clone(&some.source), some.day)).or_insert_with(none).add(some);
    }
    sums
}
