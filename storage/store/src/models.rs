//! Trained models: what they were trained on, how good they are, which one serves.

use crate::{
    Result, Store,
    bulk::{self, Conflict},
    convert::{all, plain},
    error::Doing,
    rows::model,
};
use bellwether_domain::ModelId;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One version of a trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Which.
    pub id: ModelId,
    /// What it does, for example `als` or `popularity`.
    pub kind: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// It learned from events before this moment.
    pub data_until: DateTime<Utc>,
    /// How it was trained.
    pub parameters: Value,
    /// How good it is, on what.
    pub metrics: Value,
    /// Whether its answers are in use. At most one model of a kind serves.
    pub serving: bool,
}

impl Store {
    /// Keeps a model. One that serves takes over from the other of its kind in the same transaction.
    pub async fn put_model(&self, record: &ModelRecord) -> Result<()> {
        const DOING: &str = "store a model";
        let transaction = self.begin(DOING).await?;
        if record.serving {
            model::Entity::update_many()
                .col_expr(model::Column::Serving, Expr::value(false))
                .filter(model::Column::Kind.eq(plain(&record.kind).as_ref()))
                .exec(&transaction)
                .await
                .doing(DOING)?;
        }
        let row = model::Model::from(record).into_active_model();
        bulk::insert(&transaction, vec![row], Conflict::Replace).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// All models: by kind, the newest first.
    pub async fn models(&self) -> Result<Vec<ModelRecord>> {
        let sorted = model::Entity::find()
            .order_by_asc(model::Column::Kind)
            .order_by_desc(model::Column::TrainedAt)
            .order_by_asc(model::Column::Id);
        all(sorted.all(&self.reader).await.doing("list models")?)
    }
}
