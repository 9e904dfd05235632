//! The tracking plan: every change that was ever made to it, how events kept to it, and the marks of those that did not.
//!
//! The plan is a log of changes, and what is in force is the last change of each entry. So who changed what, when and why is
//! never lost, and what was in force before can be put back. How events kept to it is kept by the hour for
//! [`ACTIVITY_DAYS`], and marks for [`MARK_DAYS`]; older ones go with the change sets that bring new ones.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{all, big, micros, text},
    error::{Doing, is_unique_violation},
    rows::{plan_activity, plan_change, plan_mark, plan_refused},
};
use bellwether_domain::{
    ChangeSet, EventId, NewPlanChange, Offset, PlanActivity, PlanChange, PlanKey, PlanMark, PlanRefusal, PlanVersion,
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use std::collections::{BTreeMap, HashMap};

/// For how long it is known how events kept to the plan.
pub const ACTIVITY_DAYS: i64 = 35;
/// For how long events keep their marks.
pub const MARK_DAYS: i64 = 90;
/// Old rows are looked for once in so many batches of the inbox.
const TRIM_EVERY: u64 = 64;
/// How often a number is chosen anew because another process took it in between.
const ATTEMPTS: usize = 5;
/// What one entry's history shows at the most.
const HISTORY: u64 = 200;

/// [`PlanActivity::add`] in SQL.
const ADD: &str = r#"
"checked" = "plan_activity"."checked" + excluded."checked",
"failed" = "plan_activity"."failed" + excluded."failed",
"last_problem" = COALESCE(excluded."last_problem", "plan_activity"."last_problem")"#;

impl Store {
    /// The last change of each entry and of the policy, by entry: what is in force, and what was taken out last.
    pub async fn plan(&self) -> Result<Vec<PlanChange>> {
        current(&self.reader).await
    }

    /// The changes of one entry, or of the policy, the newest first; the last 200.
    pub async fn plan_history(&self, key: Option<&PlanKey>) -> Result<Vec<PlanChange>> {
        let (event, source) = plan_change::key_texts(key);
        let changes = plan_change::Entity::find()
            .filter(plan_change::Column::Event.eq(event))
            .filter(plan_change::Column::Source.eq(source))
            .order_by_desc(plan_change::Column::Version)
            .limit(HISTORY);
        all(changes.all(&self.reader).await.doing("read the history of the plan")?)
    }

    /// One change.
    pub async fn plan_change(&self, version: PlanVersion) -> Result<Option<PlanChange>> {
        let version = big(version.0);
        let row =
            plan_change::Entity::find_by_id(version).one(&self.reader).await.doing("read a change of the plan")?;
        row.map(PlanChange::try_from).transpose()
    }

    /// Makes changes, all or none, and gives them as they were made. A change that says what stands already is left out, so
    /// that reading the same file twice makes no history.
    ///
    /// # Errors
    /// [`Error::PlanMoved`] where an entry is not what the caller has seen.
    pub async fn change_plan(
        &self,
        changes: &[NewPlanChange],
        author: &str,
        note: &str,
        at: DateTime<Utc>,
    ) -> Result<Vec<PlanChange>> {
        const DOING: &str = "change the plan";
        let mut attempt = 1;
        loop {
            let transaction = self.begin(DOING).await?;
            let stands = current(&transaction).await?;
            let made = numbered(&stands, changes, author, note, at)?;
            let rows = made.iter().map(|change| plan_change::Model::from(change).into_active_model()).collect();
            match bulk::insert(&transaction, rows, Conflict::Refuse).await {
                Err(error) if is_unique_violation(&error) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error).doing(DOING),
                Ok(()) => {
                    transaction.commit().await.doing(DOING)?;
                    return Ok(made);
                }
            }
        }
    }

    /// What of a batch was refused, while none of its events is in a file.
    pub async fn plan_refused(&self, batch: Offset) -> Result<Vec<PlanRefusal>> {
        let rows = plan_refused::Entity::find().filter(plan_refused::Column::Batch.eq(big(batch.0)));
        all(rows.all(&self.reader).await.doing("read what the plan refused")?)
    }

    /// How events kept to the plan since an hour, by event, source and hour.
    pub async fn plan_activity(&self, from: DateTime<Utc>) -> Result<Vec<PlanActivity>> {
        let rows = plan_activity::Entity::find()
            .filter(plan_activity::Column::Hour.gte(micros(from)))
            .order_by_asc(plan_activity::Column::Event)
            .order_by_asc(plan_activity::Column::Source)
            .order_by_asc(plan_activity::Column::Hour);
        all(rows.all(&self.reader).await.doing("read how events kept to the plan")?)
    }

    /// The marks of those of the events that have one.
    pub async fn plan_marks(&self, events: &[EventId]) -> Result<HashMap<EventId, PlanMark>> {
        if events.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = events.iter().map(|id| id.as_uuid().into()).collect();
        let rows =
            bulk::select_by::<plan_mark::Entity>(&self.reader, plan_mark::Column::EventId, keys, Lock::Open).await;
        let marks: Vec<PlanMark> = all(rows.doing("read the marks of events")?)?;
        Ok(marks.into_iter().map(|mark| (mark.event, mark)).collect())
    }
}

async fn current(db: &impl ConnectionTrait) -> Result<Vec<PlanChange>> {
    let newest = plan_change::Entity::find()
        .select_only()
        .column_as(plan_change::Column::Version.max(), "version")
        .group_by(plan_change::Column::Event)
        .group_by(plan_change::Column::Source)
        .into_query();
    let changes = plan_change::Entity::find()
        .filter(plan_change::Column::Version.in_subquery(newest))
        .order_by_asc(plan_change::Column::Event)
        .order_by_asc(plan_change::Column::Source);
    all(changes.all(db).await.doing("read the plan")?)
}

/// The changes with their numbers, without those that change nothing.
fn numbered(
    stands: &[PlanChange],
    changes: &[NewPlanChange],
    author: &str,
    note: &str,
    at: DateTime<Utc>,
) -> Result<Vec<PlanChange>> {
    let mut made: Vec<PlanChange> = Vec::new();
    let mut next = stands.iter().map(|change| change.version.0).max().unwrap_or(0) + 1;
    for new in changes {
        let before = made.iter().rev().chain(stands).find(|change| change.key == new.key);
        let stored = before.map_or(PlanVersion::default(), |change| change.version);
        if new.based_on.is_some_and(|seen| seen != stored) {
            let what = new.key.as_ref().map_or_else(|| "unplanned events".to_owned(), ToString::to_string);
            return Err(Error::PlanMoved { what, stored: stored.0 });
        }
        if before.and_then(|change| change.content.as_ref()) == new.content.as_ref() {
            continue;
        }
        let (key, content) = (new.key.clone(), new.content.clone());
        made.push(PlanChange { version: PlanVersion(next), key, content, author: text(author), note: text(note), at });
        next += 1;
    }
    Ok(made)
}

/// As a part of a change set's transaction.
pub(crate) async fn write(db: &DatabaseTransaction, change: &ChangeSet) -> std::result::Result<(), DbErr> {
    let sums = sums(&change.plan_activity);
    let rows = sums.values().map(|sum| plan_activity::Model::from(sum).into_active_model()).collect();
    bulk::insert(db, rows, Conflict::Update(ADD)).await?;
    let marks = change.plan_marks.iter().map(|mark| plan_mark::Model::from(mark).into_active_model());
    bulk::insert(db, marks.collect(), Conflict::Keep).await?;
    let refused = change.plan_refused.iter().map(|refusal| plan_refused::Model::from(refusal).into_active_model());
    bulk::insert(db, refused.collect(), Conflict::Refuse).await?;
    // By when events arrived, whatever the plan says of them: what it said before grows old all the same.
    let newest = change.activity.iter().filter_map(|activity| activity.last_event_at).max();
    let is_due = change.after.unwrap_or_default().0 / TRIM_EVERY < change.applied.0 / TRIM_EVERY;
    match newest.filter(|_| is_due) {
        Some(newest) => trim(db, newest).await,
        None => Ok(()),
    }
}

/// Forgets what was refused of batches whose events are in files now.
pub(crate) async fn forget_refused(db: &DatabaseTransaction, rolled: Offset) -> std::result::Result<(), DbErr> {
    let old = plan_refused::Column::Batch.lte(big(rolled.0));
    plan_refused::Entity::delete_many().filter(old).exec(db).await.map(drop)
}

/// Event, source and hour, as they are kept: names that differ by what a database does not keep are one.
type ActivityKey = (String, String, DateTime<Utc>);

/// One row for each key, in the order of keys: PostgreSQL refuses to write a row twice in one statement.
fn sums(activity: &[PlanActivity]) -> BTreeMap<ActivityKey, PlanActivity> {
    let mut sums: BTreeMap<_, PlanActivity> = BTreeMap::new();
    for some in activity {
        let key = (text(&some.event), text(&some.source), some.hour);
        sums.entry(key).and_modify(|sum| sum.add(some)).or_insert_with(|| some.clone());
    }
    sums
}

async fn trim(db: &DatabaseTransaction, newest: DateTime<Utc>) -> std::result::Result<(), DbErr> {
    let before = |days| micros(newest - TimeDelta::days(days));
    plan_activity::Entity::delete_many().filter(plan_activity::Column::Hour.lt(before(ACTIVITY_DAYS))).exec(db).await?;
    plan_mark::Entity::delete_many().filter(plan_mark::Column::At.lt(before(MARK_DAYS))).exec(db).await?;
    Ok(())
}
