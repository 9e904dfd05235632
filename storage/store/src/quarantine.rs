//! The quarantine: what failed a check, until somebody sends it again or removes it.
//!
//! Of each source the newest [`REJECTS_KEPT`] rows are kept, so that a source that sends nothing but nonsense cannot fill the
//! disk. Older ones are removed with the change sets that bring more, about a hundredth of them at a time: the table can be
//! longer by so much for a while.

use crate::{
    Page, Result, Store,
    bulk::{self, Conflict},
    convert::{all, big, json, plain, word},
    error::Doing,
    paging,
    rows::{reject, result},
};
use bellwether_domain::{Reject, RejectId, RejectReason};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func},
};
use std::collections::BTreeSet;

/// How many rows of a source are kept. At the most 128 KB each (an event 32 KB), and a few hundred bytes as a rule.
pub const REJECTS_KEPT: u64 = 1_000_000;
/// Rows that one statement removes.
const REMOVED_AT_ONCE: usize = 1_000;

/// A row in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReject {
    /// Its number.
    pub id: RejectId,
    /// What failed, and why.
    pub reject: Reject,
}

/// Which rows. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectFilter {
    /// A part of what happened or of the row as it came. Upper and lower case are the same for the letters of English.
    pub q: Option<String>,
    /// For this reason only.
    pub reason: Option<RejectReason>,
    /// From this source only.
    pub source: Option<String>,
    /// Only what can be sent again: [`Reject::event`].
    pub replayable: bool,
    /// Only rows that came up to this one.
    pub up_to: Option<RejectId>,
    /// Only rows that came behind this one.
    pub behind: Option<RejectId>,
}

/// One page of them, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectQuery {
    /// Which rows.
    pub filter: RejectFilter,
    /// Counted from 0.
    pub page: u64,
    /// Rows of a page, at most [`crate::MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for RejectQuery {
    fn default() -> Self {
        Self { filter: RejectFilter::default(), page: 0, page_size: 50 }
    }
}

impl RejectFilter {
    fn select(&self) -> Select<reject::Entity> {
        let mut select = reject::Entity::find();
        if let Some(reason) = &self.reason {
            select = select.filter(reject::Column::Reason.eq(word(reason)));
        }
        if let Some(source) = &self.source {
            select = select.filter(reject::Column::Source.eq(plain(source).as_ref()));
        }
        if self.replayable {
            select = select.filter(reject::Column::Replayable.eq(true));
        }
        if let Some(up_to) = self.up_to {
            select = select.filter(reject::Column::Id.lte(big(up_to.0)));
        }
        if let Some(behind) = self.behind {
            select = select.filter(reject::Column::Id.gt(big(behind.0)));
        }
        if let Some(wanted) = paging::containing_ascii(self.q.as_deref()) {
            let found = |column: reject::Column| Expr::expr(Func::lower(Expr::col(column))).like(wanted.clone());
            select = select.filter(found(reject::Column::Detail).or(found(reject::Column::Content)));
        }
        select
    }
}

impl Store {
    /// Keeps so many rows of each source in quarantine instead of [`REJECTS_KEPT`].
    pub fn with_rejects_kept(mut self, rejects_kept: u64) -> Self {
        self.rejects_kept = rejects_kept;
        self
    }

    /// One page of the quarantine, the newest first.
    pub async fn rejects(&self, query: &RejectQuery) -> Result<Page<StoredReject>> {
        let select = query.filter.select().order_by_desc(reject::Column::Id);
        let page = paging::page(&self.reader, select, query.page, query.page_size).await.doing("list rejects")?;
        page.try_map(StoredReject::try_from)
    }

    /// The next rows behind an id, the oldest first; at most [`crate::MAX_PAGE_SIZE`]. Begins with [`RejectId`] 0.
    pub async fn rejects_after(&self, filter: &RejectFilter, after: RejectId, limit: u64) -> Result<Vec<StoredReject>> {
        let select = filter.select().filter(reject::Column::Id.gt(big(after.0))).order_by_asc(reject::Column::Id);
        let rows = select.limit(limit.clamp(1, paging::MAX_PAGE_SIZE)).all(&self.reader).await;
        all(rows.doing("read rejects")?)
    }

    /// One row in quarantine.
    pub async fn reject(&self, id: RejectId) -> Result<Option<StoredReject>> {
        let row = reject::Entity::find_by_id(big(id.0)).one(&self.reader).await.doing("read a reject")?;
        row.map(StoredReject::try_from).transpose()
    }

    /// How many rows there are.
    pub async fn count_rejects(&self, filter: &RejectFilter) -> Result<u64> {
        paging::count(&self.reader, filter.select()).await.doing("count rejects")
    }

    /// The newest row that there is; [`RejectId`] 0 where there is none.
    pub async fn newest_reject(&self) -> Result<RejectId> {
        let newest: Option<i64> = reject::Entity::find()
            .select_only()
            .column(reject::Column::Id)
            .order_by_desc(reject::Column::Id)
            .into_tuple()
            .one(&self.reader)
            .await
            .doing("find the newest reject")?;
        Ok(RejectId(newest.map_or(0, i64::unsigned_abs)))
    }

    /// Removes rows and says how many of them were there.
    pub async fn remove_rejects(&self, ids: &[RejectId]) -> Result<u64> {
        const DOING: &str = "remove rejects";
        let transaction = self.begin(DOING).await?;
        let ids: Vec<i64> = ids.iter().map(|id| big(id.0)).collect();
        let removed = remove(&transaction, &ids).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)?;
        Ok(removed)
    }

    /// Takes the newest rejects of a source back, because the import that brought them begins anew. `key` stands for the
    /// attempt: the same key again changes nothing, so that a caller who was interrupted can repeat the call.
    pub async fn take_rejects_back(&self, source: &str, newest: u64, key: &str) -> Result<()> {
        const DOING: &str = "take rejects back";
        const KIND: &str = "installation/rejects_taken_back";
        let key = serde_json::Value::from(key);
        let transaction = self.begin(DOING).await?;
        let done = result::Entity::find_by_id(KIND).one(&transaction).await.doing(DOING)?;
        if done.is_some_and(|row| row.value == json(&key)) {
            return Ok(());
        }
        let ids: Vec<i64> = reject::Entity::find()
            .select_only()
            .column(reject::Column::Id)
            .filter(reject::Column::Source.eq(plain(source).as_ref()))
            .order_by_desc(reject::Column::Id)
            .limit(newest)
            .into_tuple()
            .all(&transaction)
            .await
            .doing(DOING)?;
        remove(&transaction, &ids).await.doing(DOING)?;
        let row = result::Model { kind: KIND.to_owned(), value: json(&key) }.into_active_model();
        bulk::insert(&transaction, vec![row], Conflict::Replace).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// Puts the rows of a source that is read in one go into quarantine, in place of those of an earlier reading.
    pub async fn replace_rejects(&self, source: &str, rejects: &[Reject]) -> Result<()> {
        const DOING: &str = "put rows into quarantine";
        let transaction = self.begin(DOING).await?;
        let old = reject::Entity::delete_many().filter(reject::Column::Source.eq(plain(source).as_ref()));
        old.exec(&transaction).await.doing(DOING)?;
        let rows = rejects.iter().map(reject::ActiveModel::from).collect();
        bulk::insert(&transaction, rows, Conflict::Refuse).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }
}

async fn remove(db: &impl ConnectionTrait, ids: &[i64]) -> std::result::Result<u64, DbErr> {
    let mut removed = 0;
    for ids in ids.chunks(REMOVED_AT_ONCE) {
        let some = reject::Entity::delete_many().filter(reject::Column::Id.is_in(ids.iter().copied()));
        removed += some.exec(db).await?.rows_affected;
    }
    Ok(removed)
}

/// Puts rows into quarantine as a part of somebody's transaction; of each of their sources the newest `kept` stay.
pub(crate) async fn write(db: &DatabaseTransaction, rejects: &[Reject], kept: u64) -> std::result::Result<(), DbErr> {
    if rejects.is_empty() {
        return Ok(());
    }
    bulk::insert(db, rejects.iter().map(reject::ActiveModel::from).collect(), Conflict::Refuse).await?;
    if is_time_to_trim(db, rejects.len() as u64, kept).await? {
        let sources: BTreeSet<&str> = rejects.iter().map(|reject| &*reject.origin.source).collect();
        for source in sources {
            trim(db, source, kept).await?;
        }
    }
    Ok(())
}

/// Now and then: to find the oldest row that is kept costs a walk over all of them. The ids tell when it is time, because
/// they go up by one with each row.
async fn is_time_to_trim(db: &DatabaseTransaction, added: u64, kept: u64) -> std::result::Result<bool, DbErr> {
    let every = std::cmp::max(kept / 100, 1);
    let newest: Option<i64> = reject::Entity::find()
        .select_only()
        .column(reject::Column::Id)
        .order_by_desc(reject::Column::Id)
        .into_tuple()
        .one(db)
        .await?;
    let newest = newest.map_or(0, i64::unsigned_abs);
    Ok(newest / every != newest.saturating_sub(added) / every)
}

async fn trim(db: &DatabaseTransaction, source: &str, kept: u64) -> std::result::Result<(), DbErr> {
    let of_source = reject::Column::Source.eq(plain(source).as_ref());
    let newest_too_old: Option<i64> = reject::Entity::find()
        .select_only()
        .column(reject::Column::Id)
        .filter(of_source.clone())
        .order_by_desc(reject::Column::Id)
        .offset(kept)
        .into_tuple()
        .one(db)
        .await?;
    if let Some(id) = newest_too_old {
        let old = reject::Entity::delete_many().filter(of_source).filter(reject::Column::Id.lte(id));
        let removed = old.exec(db).await?.rows_affected;
        tracing::warn!(source, removed, kept, "the quarantine of a source is full; its oldest rows were removed");
    }
    Ok(())
}
