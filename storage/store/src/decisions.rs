//! Logged decisions: who was chosen, held out or skipped, and why.

use crate::{
    Result, Store,
    bulk::{self, Conflict},
    convert::{Reading, all},
    error::Doing,
    rows::decision,
};
use bellwether_domain::{Decision, DecisionChoice, ProfileId, RunId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

impl Store {
    /// Logs decisions. The first decision about a person in a run stands; later ones are ignored.
    pub async fn log_decisions(&self, decisions: &[Decision]) -> Result<()> {
        const DOING: &str = "log decisions";
        let mut rows = decisions.iter().map(decision::Model::try_from).collect::<Result<Vec<_>>>()?;
        // One order for everybody: two processes that log the same people cannot wait for each other. The sort is
        // stable, so that the first of two decisions in one call stands, too.
        rows.sort_by_key(|row| (row.run_id, row.profile_id));
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model).collect::<Vec<decision::ActiveModel>>();
        let transaction = self.begin(DOING).await?;
        bulk::insert(&transaction, rows, Conflict::Keep).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// All decisions of a run, by profile id.
    pub async fn decisions(&self, run: RunId) -> Result<Vec<Decision>> {
        let rows = decision::Entity::find()
            .filter(decision::Column::RunId.eq(run.as_uuid()))
            .order_by_asc(decision::Column::ProfileId)
            .all(&self.reader)
            .await
            .doing("read the decisions of a run")?;
        all(rows)
    }

    /// The decision about a person in a run.
    pub async fn decision_of(&self, run: RunId, profile: ProfileId) -> Result<Option<Decision>> {
        let row = decision::Entity::find_by_id((run.as_uuid(), profile.as_uuid()))
            .one(&self.reader)
            .await
            .doing("read a decision")?;
        row.map(Decision::try_from).transpose()
    }

    /// How often each choice was made in a run: send, hold out, then the reasons for skipping.
    pub async fn decision_counts(&self, run: RunId) -> Result<Vec<(DecisionChoice, u64)>> {
        let counts: Vec<(String, Option<String>, i64)> = decision::Entity::find()
            .select_only()
            .column(decision::Column::Choice)
            .column(decision::Column::Reason)
            .column_as(decision::Column::ProfileId.count(), "people")
            .filter(decision::Column::RunId.eq(run.as_uuid()))
            .group_by(decision::Column::Choice)
            .group_by(decision::Column::Reason)
            .into_tuple()
            .all(&self.reader)
            .await
            .doing("count the decisions of a run")?;
        let read = Reading { table: "decisions", key: &run };
        let mut counts = counts
            .into_iter()
            .map(|(choice, reason, people)| {
                Ok((decision::choice(&read, &choice, reason.as_deref())?, people.unsigned_abs()))
            })
            .collect::<Result<Vec<_>>>()?;
        counts.sort_by_key(|(choice, _)| match choice {
            DecisionChoice::Send => (0, None),
            DecisionChoice::HoldOut => (1, None),
            DecisionChoice::Skip { reason } => (2, Some(*reason)),
        });
        Ok(counts)
    }
}
