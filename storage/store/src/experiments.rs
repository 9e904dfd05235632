//! Randomised comparisons and what the stages found out.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict},
    convert::{Reading, all, json, plain, text},
    error::{Doing, is_unique_violation},
    rows::{arm, experiment, result},
};
use bellwether_domain::{ArmSummary, ExperimentDefinition, SegmentArm};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::Value;

impl Store {
    /// Keeps an experiment with all its numbers, in one transaction. What was stored of it before is replaced.
    pub async fn put_experiment(
        &self,
        definition: &ExperimentDefinition,
        arms: &[ArmSummary],
        segments: &[SegmentArm],
    ) -> Result<()> {
        const DOING: &str = "store an experiment";
        let row = experiment::Model::try_from(definition)?.into_active_model();
        let rows = arm_rows(definition, arms, segments)?;
        let transaction = self.begin(DOING).await?;
        let stored = bulk::insert(&transaction, vec![row], Conflict::Replace).await;
        if stored.as_ref().is_err_and(is_unique_violation) {
            return Err(Error::SlugTaken { what: "experiment", slug: definition.slug.clone() });
        }
        stored.doing(DOING)?;
        arm::Entity::delete_many()
            .filter(arm::Column::ExperimentId.eq(definition.id.as_uuid()))
            .exec(&transaction)
            .await
            .doing(DOING)?;
        bulk::insert(&transaction, rows, Conflict::Refuse).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The experiment with a short name, and its numbers in the order that they were given in.
    pub async fn experiment_by_slug(
        &self,
        slug: &str,
    ) -> Result<Option<(ExperimentDefinition, Vec<ArmSummary>, Vec<SegmentArm>)>> {
        const DOING: &str = "read an experiment";
        let found = experiment::Entity::find()
            .filter(experiment::Column::Slug.eq(plain(slug).as_ref()))
            .one(&self.reader)
            .await
            .doing(DOING)?;
        let Some(found) = found else { return Ok(None) };
        let rows = arm::Entity::find()
            .filter(arm::Column::ExperimentId.eq(found.id))
            .order_by_asc(arm::Column::Position)
            .all(&self.reader)
            .await
            .doing(DOING)?;
        let (whole, parts) = rows.into_iter().partition(|row: &arm::Model| row.segment_column.is_empty());
        Ok(Some((found.try_into()?, all(whole)?, all(parts)?)))
    }

    /// All experiments, by short name.
    pub async fn experiments(&self) -> Result<Vec<ExperimentDefinition>> {
        let sorted = experiment::Entity::find().order_by_asc(experiment::Column::Slug);
        all(sorted.all(&self.reader).await.doing("list experiments")?)
    }

    /// Keeps what a stage found out, for example under `backtest`; the newest word stands.
    pub async fn put_result(&self, kind: &str, value: &Value) -> Result<()> {
        let row = result::Model { kind: text(kind), value: json(value) };
        bulk::insert(&self.writer, vec![row.into_active_model()], Conflict::Replace).await.doing("store a result")
    }

    /// Forgets what a stage found out; nothing happens where there is nothing.
    pub async fn remove_result(&self, kind: &str) -> Result<()> {
        let deleted = result::Entity::delete_by_id(text(kind)).exec(&self.writer).await;
        deleted.map(drop).doing("remove a result")
    }

    /// What a stage found out.
    pub async fn result(&self, kind: &str) -> Result<Option<Value>> {
        let row = result::Entity::find_by_id(text(kind)).one(&self.reader).await.doing("read a result")?;
        row.map(|row| Reading { table: "results", key: &row.kind }.json("value", &row.value)).transpose()
    }
}

fn arm_rows(
    definition: &ExperimentDefinition,
    arms: &[ArmSummary],
    segments: &[SegmentArm],
) -> Result<Vec<arm::ActiveModel>> {
    let whole = arms.iter().enumerate().map(|(place, summary)| arm::Model::at(place, definition, None, summary));
    let parts = segments
        .iter()
        .enumerate()
        .map(|(place, part)| arm::Model::at(place, definition, Some((&part.column, &part.value)), &part.summary));
    whole.chain(parts).map(|row| row.map(IntoActiveModel::into_active_model)).collect()
}
