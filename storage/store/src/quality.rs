//! Data quality in numbers: how much failed a check, and what each cleaning rule touched.

use crate::{
    Result, Store,
    convert::{Reading, all},
    error::Doing,
    rows::{reject, rule_count},
};
use bellwether_domain::{RejectReason, RuleCount};
use sea_orm::{ColumnTrait, EntityTrait, QueryOrder, QuerySelect};

impl Store {
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
