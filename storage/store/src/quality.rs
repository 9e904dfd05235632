//! Data quality: what failed a check, and what each cleaning rule touched.

use crate::{
    Page, Result, Store,
    bulk::{self, Conflict},
    convert::{Reading, all, json, plain, word},
    error::Doing,
    paging,
    rows::{reject, result, rule_count},
};
use bellwether_domain::{Reject, RejectReason, RuleCount};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

/// Which rejects, in the order of their arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectQuery {
    /// For this reason only.
    pub reason: Option<RejectReason>,
    /// From this source only.
    pub source: Option<String>,
    /// Counted from 0.
    pub page: u64,
    /// Rows of a page, at most [`crate::MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for RejectQuery {
    fn default() -> Self {
        Self { reason: None, source: None, page: 0, page_size: 50 }
    }
}

impl Store {
    /// One page of the quarantine.
    pub async fn rejects(&self, query: &RejectQuery) -> Result<Page<Reject>> {
        let mut select = reject::Entity::find().order_by_asc(reject::Column::Id);
        if let Some(reason) = &query.reason {
            select = select.filter(reject::Column::Reason.eq(word(reason)));
        }
        if let Some(source) = &query.source {
            select = select.filter(reject::Column::Source.eq(plain(source).as_ref()));
        }
        let page = paging::page(&self.reader, select, query.page, query.page_size).await.doing("list rejects")?;
        page.try_map(Reject::try_from)
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
        for ids in ids.chunks(1_000) {
            let some = reject::Entity::delete_many().filter(reject::Column::Id.is_in(ids.iter().copied()));
            some.exec(&transaction).await.doing(DOING)?;
        }
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

    /// How many rows of each source failed for which reason, by source and reason.
    pub async fn reject_counts(&self) -> Result<Vec<(String, RejectReason, u64)>> {
        let counts: Vec<(String, String, i64)> = reject::Entity::find()
            .select_only()
            .column(reject::Column::Source)
            .column(reject::Column::Reason)
            .column_as(reject::Column::Id.count(), "rows")
            .group_by(reject::Column::Source)
            .group_by(reject::Column::Reason)
            .into_tuple()
            .all(&self.reader)
            .await
            .doing("count rejects")?;
        let mut counts = counts
            .into_iter()
            .map(|(source, reason, rows)| {
                let reason = Reading { table: "rejects", key: &source }.word("reason", &reason)?;
                Ok((source, reason, rows.unsigned_abs()))
            })
            .collect::<Result<Vec<_>>>()?;
        counts.sort();
        Ok(counts)
    }

    /// How many rows each cleaning rule touched, by source and rule.
    pub async fn rule_counts(&self) -> Result<Vec<RuleCount>> {
        let sorted =
            rule_count::Entity::find().order_by_asc(rule_count::Column::Source).order_by_asc(rule_count::Column::Rule);
        all(sorted.all(&self.reader).await.doing("read the counts of cleaning rules")?)
    }
}
