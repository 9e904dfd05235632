//! Branches: what people say of them, and what happened there, counted with the events that it is counted of.

use crate::{
    Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{all, plain, text},
    error::Doing,
    rows::{branch, branch_activity, source_activity::day_text},
};
use bellwether_domain::{Branch, BranchActivity, BranchCode, ChangeSet, Money, NamedBranch};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, Statement,
};
use std::collections::BTreeMap;

/// What an event may change of a branch that is there: a name that nobody has given.
const NAME: &str = r#""name" = CASE
    WHEN "branches"."name" = '' AND "branches"."edited_at" IS NULL THEN excluded."name" ELSE "branches"."name" END"#;

/// What was rebuilt, in the place of what was counted as events came.
const ANEW: &str = r#"
"events" = excluded."events", "orders" = excluded."orders", "refunds" = excluded."refunds",
"revenue" = excluded."revenue", "last_event_at" = excluded."last_event_at""#;

/// Money in two parts, since the sum of all days may be more than a number holds.
const TOTALS: &str = r#"
SELECT "code", "currency", CAST(SUM("events") AS bigint) AS "events", CAST(SUM("orders") AS bigint) AS "orders",
    CAST(SUM("refunds") AS bigint) AS "refunds", CAST(SUM("revenue" / 1000000) AS bigint) AS "millions",
    CAST(SUM("revenue" % 1000000) AS bigint) AS "rest",
    MAX("last_event_at") AS "last_event_at"
FROM "branch_activity" GROUP BY "code", "currency" ORDER BY "code", "currency""#;

/// What ever happened at a branch in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchTotal {
    /// Which branch.
    pub code: BranchCode,
    /// ISO 4217; empty for events without an order.
    pub currency: String,
    /// Events, orders and returns among them.
    pub events: u64,
    /// Orders.
    pub orders: u64,
    /// Returns and cancellations.
    pub refunds: u64,
    /// Goods sold less goods returned.
    pub revenue: Money,
    /// The latest event.
    pub last_event_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct TotalRow {
    code: String,
    currency: String,
    events: i64,
    orders: i64,
    refunds: i64,
    millions: i64,
    rest: i64,
    last_event_at: i64,
}

impl Store {
    /// All branches, by code.
    pub async fn branches(&self) -> Result<Vec<Branch>> {
        let sorted = branch::Entity::find().order_by_asc(branch::Column::Code);
        all(sorted.all(&self.reader).await.doing("list stores")?)
    }

    /// The branch of a code.
    pub async fn branch(&self, code: &str) -> Result<Option<Branch>> {
        let row = branch::Entity::find_by_id(plain(code).into_owned()).one(&self.reader).await;
        row.doing("look for a store")?.map(Branch::try_from).transpose()
    }

    /// Changes a branch, or makes the one of this code, and gives it as it is then. Nobody else changes it meanwhile. The change
    /// may refuse; then nothing is stored.
    pub async fn change_branch<E: Send>(
        &self,
        code: &BranchCode,
        now: DateTime<Utc>,
        change: impl FnOnce(Branch) -> std::result::Result<Branch, E> + Send,
    ) -> Result<std::result::Result<Branch, E>> {
        const DOING: &str = "change a store";
        let transaction = self.begin(DOING).await?;
        let key = vec![text(code.as_str()).into()];
        let found = bulk::select_by::<branch::Entity>(&transaction, branch::Column::Code, key, Lock::ForUpdate).await;
        let stored = found.doing(DOING)?.into_iter().next().map(Branch::try_from).transpose()?;
        let branch = match change(stored.unwrap_or_else(|| Branch::new(code.clone(), now))) {
            Ok(changed) => Branch { code: code.clone(), edited_at: Some(now), ..changed },
            Err(refused) => return Ok(Err(refused)),
        };
        let row = vec![branch::Model::from(&branch).into_active_model()];
        bulk::insert(&transaction, row, Conflict::Replace).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)?;
        Ok(Ok(branch))
    }

    /// What happened at branches from a day on, by branch, day and currency. Days without anything are left out.
    pub async fn branch_activity(&self, from: NaiveDate) -> Result<Vec<BranchActivity>> {
        let rows = branch_activity::Entity::find()
            .filter(branch_activity::Column::Day.gte(day_text(from)))
            .order_by_asc(branch_activity::Column::Code)
            .order_by_asc(branch_activity::Column::Day)
            .order_by_asc(branch_activity::Column::Currency)
            .all(&self.reader)
            .await;
        all(rows.doing("read what happened at stores")?)
    }

    /// What ever happened at one branch, by day and currency.
    pub async fn activity_of_branch(&self, code: &BranchCode) -> Result<Vec<BranchActivity>> {
        let rows = branch_activity::Entity::find()
            .filter(branch_activity::Column::Code.eq(text(code.as_str())))
            .order_by_asc(branch_activity::Column::Day)
            .order_by_asc(branch_activity::Column::Currency)
            .all(&self.reader)
            .await;
        all(rows.doing("read what happened at a store")?)
    }

    /// What of it was counted of events that have left the Lake, in no particular order.
    pub async fn removed_branch_activity(&self) -> Result<Vec<BranchActivity>> {
        let removed = branch_activity::Entity::find().filter(branch_activity::Column::LastRemovedAt.is_not_null());
        let rows = removed.all(&self.reader).await.doing("read what had happened at stores")?;
        rows.into_iter().filter_map(|row| row.removed().transpose()).collect()
    }

    /// Puts what was rebuilt of a branch in the place of what stands here, whole, in one transaction. What people say of it, and
    /// what was counted of removed events, stays.
    pub async fn put_rebuilt_branch(&self, named: &NamedBranch, activity: &[BranchActivity]) -> Result<()> {
        const DOING: &str = "store what was rebuilt of a store";
        let transaction = self.begin(DOING).await?;
        write_names(&transaction, std::slice::from_ref(named)).await.doing(DOING)?;
        branch_activity::Entity::delete_many()
            .filter(branch_activity::Column::Code.eq(text(named.code.as_str())))
            .filter(branch_activity::Column::LastRemovedAt.is_null())
            .exec(&transaction)
            .await
            .doing(DOING)?;
        let rows = activity.iter().map(|one| branch_activity::Model::from(one).into_active_model()).collect();
        bulk::insert(&transaction, rows, Conflict::Update(ANEW)).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// What ever happened at every branch, by branch and currency.
    pub async fn branch_totals(&self) -> Result<Vec<BranchTotal>> {
        const DOING: &str = "add up what happened at stores";
        let statement = Statement::from_string(self.reader.get_database_backend(), TOTALS);
        let rows = self.reader.query_all_raw(statement).await.doing(DOING)?;
        rows.iter().map(|row| BranchTotal::try_from(TotalRow::from_query_result(row, "").doing(DOING)?)).collect()
    }
}

impl TryFrom<TotalRow> for BranchTotal {
    type Error = crate::Error;

    fn try_from(row: TotalRow) -> Result<Self> {
        // The same checks as of a single day.
        let day = branch_activity::Model {
            day: day_text(NaiveDate::default()),
            code: row.code,
            currency: row.currency,
            events: row.events,
            orders: row.orders,
            refunds: row.refunds,
            revenue: row.millions.saturating_mul(1_000_000).saturating_add(row.rest),
            last_event_at: row.last_event_at,
            removed_events: 0,
            removed_orders: 0,
            removed_refunds: 0,
            removed_revenue: 0,
            last_removed_at: None,
        };
        let BranchActivity { code, currency, events, orders, refunds, revenue, last_event_at, .. } = day.try_into()?;
        Ok(Self { code, currency, events, orders, refunds, revenue, last_event_at })
    }
}

/// As a part of the pipeline's transaction.
pub(crate) async fn write(db: &DatabaseTransaction, change: &ChangeSet) -> std::result::Result<(), DbErr> {
    write_names(db, &change.branches).await?;
    let sums = sums(&change.branch_activity);
    let rows = sums.values().map(|sum| branch_activity::Model::from(sum).into_active_model()).collect();
    bulk::insert(db, rows, Conflict::Update(&adding("", "last_event_at"))).await
}

/// As a part of the transaction in which events leave the Lake. They were counted when they came, perhaps in another calendar: no
/// total changes.
pub(crate) async fn write_removed(
    db: &DatabaseTransaction,
    activity: &[BranchActivity],
) -> std::result::Result<(), DbErr> {
    let sums = sums(activity);
    let rows = sums.values().map(|sum| branch_activity::Model::of_removed(sum).into_active_model()).collect();
    bulk::insert(db, rows, Conflict::Update(&adding("removed_", "last_removed_at"))).await
}

async fn write_names(db: &DatabaseTransaction, named: &[NamedBranch]) -> std::result::Result<(), DbErr> {
    let named = first_names(named).into_values();
    let rows = named.map(|named| branch::Model::from(&named).into_active_model()).collect();
    bulk::insert(db, rows, Conflict::Update(NAME)).await
}

/// [`BranchActivity::add`] in SQL, for the counts with this prefix. A sum that a number cannot hold stays at the largest: PostgreSQL
/// would refuse the whole change set, again and again, and SQLite would make it a number with places.
fn adding(prefix: &str, last: &str) -> String {
    let there = |column: &str| format!(r#""branch_activity"."{prefix}{column}""#);
    let new = |column: &str| format!(r#"excluded."{prefix}{column}""#);
    let counts = ["events", "orders", "refunds"]
        .map(|column| format!(r#""{prefix}{column}" = {} + {}"#, there(column), new(column)))
        .join(", ");
    let (sum, more) = (there("revenue"), new("revenue"));
    format!(
        r#"{counts},
"{prefix}revenue" = CASE
    WHEN {more} > 0 AND {sum} > 9223372036854775807 - {more} THEN 9223372036854775807
    WHEN {more} < 0 AND {sum} < -9223372036854775807 - {more} THEN -9223372036854775807
    ELSE {sum} + {more} END,
"{last}" = CASE
    WHEN "branch_activity"."{last}" >= excluded."{last}" THEN "branch_activity"."{last}" ELSE excluded."{last}" END"#
    )
}

/// One row for each branch, as the first event that says something has it: PostgreSQL refuses to write a row twice in one statement.
fn first_names(named: &[NamedBranch]) -> BTreeMap<BranchCode, NamedBranch> {
    let mut first: BTreeMap<BranchCode, NamedBranch> = BTreeMap::new();
    for one in named {
        let known = first.entry(one.code.clone()).or_insert_with(|| one.clone());
        if known.name.is_empty() {
            known.name.clone_from(&one.name);
        }
    }
    first
}

/// One row for each key, in the order of the keys.
fn sums(activity: &[BranchActivity]) -> BTreeMap<(BranchCode, NaiveDate, String), BranchActivity> {
    let mut sums: BTreeMap<_, BranchActivity> = BTreeMap::new();
    for some in activity {
        let key = (some.code.clone(), some.day, some.currency.clone());
        match sums.entry(key) {
            std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(some.clone())),
            std::collections::btree_map::Entry::Occupied(mut known) => known.get_mut().add(some),
        }
    }
    sums
}
