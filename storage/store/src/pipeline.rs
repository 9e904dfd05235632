//! The pipeline's change sets: applied whole, once, in order.

use crate::{
    Error, Result, Store, branches,
    bulk::{self, Conflict},
    convert::{all, big, plain},
    error::Doing,
    plan, quarantine,
    rows::{import, item, pipeline_state, profile, rule_count, subject},
    source_activity, suppressions,
};
use bellwether_domain::{ChangeSet, ImportId, ImportRecord, Offset, RuleCount};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

impl Store {
    /// The last batch whose changes are in the Store; zero before the first.
    pub async fn applied(&self) -> Result<Offset> {
        Ok(Offset(state(&self.reader, "read the pipeline's state").await?.0))
    }

    /// Commits a change set in one transaction. It must go on after [`Store::applied`], and exactly there where it says
    /// so, otherwise [`Error::OutOfOrder`]: the caller has committed a part of it before, or has lost one.
    pub async fn commit(&self, change: &ChangeSet) -> Result<()> {
        const DOING: &str = "commit a change set";
        let transaction = self.begin(DOING).await?;
        advance(&transaction, change).await?;
        write(&transaction, change, self.rejects_kept).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// Keeps what is known of an import; the newest word stands.
    pub async fn put_import(&self, import: &ImportRecord) -> Result<()> {
        let row = import::Model::from(import).into_active_model();
        bulk::insert(&self.writer, vec![row], Conflict::Replace).await.doing("store an import")
    }

    /// What is known of one import.
    pub async fn import(&self, id: ImportId) -> Result<Option<ImportRecord>> {
        let row = import::Entity::find_by_id(id.as_uuid()).one(&self.reader).await.doing("read an import")?;
        row.map(ImportRecord::try_from).transpose()
    }

    /// All imports, by source and file.
    pub async fn imports(&self) -> Result<Vec<ImportRecord>> {
        let sorted = import::Entity::find()
            .order_by_asc(import::Column::Source)
            .order_by_asc(import::Column::File)
            .order_by_asc(import::Column::Id);
        all(sorted.all(&self.reader).await.doing("list imports")?)
    }
}

/// Both offsets: applied and rolled.
pub(crate) async fn state(db: &impl ConnectionTrait, doing: &'static str) -> Result<(u64, u64)> {
    let missing = || Error::ImpossibleRow {
        table: "pipeline_state",
        key: "1".to_owned(),
        column: "id",
        problem: "the row is missing".to_owned(),
    };
    let row = pipeline_state::Entity::find_by_id(1).one(db).await.doing(doing)?.ok_or_else(missing)?;
    Ok((row.applied.unsigned_abs(), row.rolled.unsigned_abs()))
}

/// Moves the offset on. The condition is part of the statement, so that of two committers one is refused.
async fn advance(transaction: &DatabaseTransaction, change: &ChangeSet) -> Result<()> {
    const DOING: &str = "move the pipeline's offset on";
    let applied = change.applied;
    let stands = pipeline_state::Column::Applied;
    let mut update = pipeline_state::Entity::update_many()
        .col_expr(stands, Expr::value(big(applied.0)))
        .filter(pipeline_state::Column::Id.eq(1))
        .filter(stands.lt(big(applied.0)));
    if let Some(after) = change.after {
        update = update.filter(stands.eq(big(after.0)));
    }
    let moved = update.exec(transaction).await.doing(DOING)?;
    if moved.rows_affected == 1 {
        return Ok(());
    }
    let (stored, _) = state(transaction, DOING).await?;
    Err(Error::out_of_order("change set", applied, Offset(stored)))
}

/// The columns of [`ChangeSet::active`]. None is in an index.
const ACTIVITY: [profile::Column; 6] = {
    use profile::Column::*;
    [TraitTimes, FirstSeen, LastSeen, Events, FirstTouch, LatestTouch]
};

async fn write(db: &DatabaseTransaction, change: &ChangeSet, rejects_kept: u64) -> Result<(), DbErr> {
    // Profiles come before the subjects that refer to them.
    let profiles = last_of_each(change.profiles.iter(), |profile| profile.id);
    insert(db, profiles.into_iter().map(profile::Model::from), Conflict::Replace).await?;
    let active = last_of_each(change.active.iter(), |profile| profile.id);
    let active = active.into_iter().map(|row| profile::Model::from(row).into_active_model()).collect();
    bulk::update(db, active, profile::Column::Id, &ACTIVITY).await?;
    let subjects = last_of_each(change.subjects.iter(), |(subject, _)| *subject);
    let subjects = subjects
        .into_iter()
        .map(|(subject, profile)| subject::Model { id: subject.as_uuid(), profile_id: profile.as_uuid() });
    insert(db, subjects, Conflict::Replace).await?;
    // As it is kept: of two that differ only by what a database does not take, one is written.
    let items = last_of_each(change.items.iter(), |item| plain(&item.product));
    insert(db, items.into_iter().map(item::Model::from), Conflict::Replace).await?;
    quarantine::write(db, &change.rejects, rejects_kept).await?;
    let add = Conflict::Update(r#""rows" = "rule_counts"."rows" + excluded."rows""#);
    insert(db, sums(&change.rule_counts).iter().map(rule_count::Model::from), add).await?;
    source_activity::write(db, &change.activity).await?;
    suppressions::write(db, &change.suppressions).await?;
    branches::write(db, change).await?;
    plan::write(db, change).await
}

/// One count for each rule of a source.
fn sums(counts: &[RuleCount]) -> Vec<RuleCount> {
    let mut sums: BTreeMap<(&str, &str), RuleCount> = BTreeMap::new();
    for count in counts {
        let sum = sums.entry((&count.source, &count.rule)).or_insert_with(|| RuleCount { rows: 0, ..count.clone() });
        sum.rows += count.rows;
    }
    sums.into_values().collect()
}

async fn insert<M, A>(
    db: &DatabaseTransaction,
    rows: impl Iterator<Item = M>,
    conflict: Conflict<'_>,
) -> Result<(), DbErr>
where
    M: IntoActiveModel<A>,
    A: sea_orm::ActiveModelTrait,
{
    bulk::insert(db, rows.map(M::into_active_model).collect(), conflict).await
}

/// Where a key comes several times, its last row: PostgreSQL refuses to write a row twice in one statement.
pub(crate) fn last_of_each<T: Copy, K: Hash + Eq>(rows: impl Iterator<Item = T>, key: impl Fn(T) -> K) -> Vec<T> {
    let mut place: HashMap<K, usize> = HashMap::with_capacity(rows.size_hint().0);
    let mut kept: Vec<T> = Vec::with_capacity(rows.size_hint().0);
    for row in rows {
        match place.entry(key(row)) {
            std::collections::hash_map::Entry::Occupied(at) => kept[*at.get()] = row,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreTarget;
    use bellwether_domain::{Origin, Reject, RejectReason};
    use sea_orm::ConnectionTrait;

    fn large_change() -> ChangeSet {
        let reject = |line| Reject {
            origin: Origin { source: "shop".into(), line: Some(line) },
            field: None,
            reason: RejectReason::Encoding,
            detail: String::new(),
            content: "x".repeat(1_000),
            received_at: None,
        };
        ChangeSet { applied: Offset(1), rejects: (0..500).map(reject).collect(), ..ChangeSet::default() }
    }

    #[tokio::test]
    async fn a_full_disk_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.db"))).await.unwrap();
        let limit = async |pages: u32| {
            store.writer.execute_unprepared(&format!("PRAGMA max_page_count = {pages}")).await.unwrap();
        };
        // SQLite takes a limit below the present size for the present size.
        limit(1).await;
        let error = store.commit(&large_change()).await.unwrap_err();
        assert!(matches!(error, Error::DiskFull { .. }) && error.is_temporary(), "{error}");
        assert!(error.to_string().contains("the disk of the store is full; free some space"), "{error}");
        assert_eq!(store.applied().await.unwrap(), Offset(0));
        assert_eq!(store.reject_counts().await.unwrap(), []);
        // Room again, and the same change set goes in.
        limit(100_000).await;
        store.commit(&large_change()).await.unwrap();
        assert_eq!(store.reject_counts().await.unwrap()[0].2, 500);
    }

    #[test]
    fn the_last_of_each_key_is_kept_in_place() {
        let rows = [("a", 1), ("b", 2), ("a", 3)];
        assert_eq!(last_of_each(rows.iter(), |row| row.0), [&("a", 3), &("b", 2)]);
    }
}
