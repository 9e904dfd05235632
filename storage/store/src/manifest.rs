//! The manifests: of the Lake's files and of those that hold the ids of their events, and the offset up to which they go.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{all, big, plain},
    error::Doing,
    pipeline, plan,
    rows::{event_file, item, pipeline_state, seen_run},
};
use bellwether_domain::{EventFile, Offset, Roll, SeenChange, SeenRun};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr,
};

impl Store {
    /// The last batch whose events are in the Lake's files; zero before the first.
    pub async fn rolled(&self) -> Result<Offset> {
        Ok(Offset(pipeline::state(&self.reader, "read the pipeline's state").await?.1))
    }

    /// Adds files to the manifests, replaces items, and moves the offset on, in one transaction. The same roll once more (same
    /// offset, files that are all listed) changes nothing; anything else that does not go on after [`Store::rolled`] is
    /// [`Error::OutOfOrder`], since its events would count twice.
    pub async fn commit_roll(&self, roll: &Roll) -> Result<()> {
        const DOING: &str = "commit a roll";
        let transaction = self.begin(DOING).await?;
        if !advance(&transaction, roll.rolled, &roll.files).await? {
            return Ok(());
        }
        let rows = roll.files.iter().map(|file| event_file::Model::from(file).into_active_model()).collect();
        bulk::insert(&transaction, rows, Conflict::Replace).await.doing(DOING)?;
        let items = pipeline::last_of_each(roll.items.iter(), |item| plain(&item.product));
        let items = items.into_iter().map(|item| item::Model::from(item).into_active_model()).collect();
        bulk::insert(&transaction, items, Conflict::Replace).await.doing(DOING)?;
        change_seen(&transaction, &roll.seen).await.doing(DOING)?;
        plan::forget_refused(&transaction, roll.rolled).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The files that hold the ids of counted events.
    pub async fn seen_runs(&self) -> Result<Vec<SeenRun>> {
        let sorted = seen_run::Entity::find().order_by_asc(seen_run::Column::Id);
        all(sorted.all(&self.reader).await.doing("list the files of ids")?)
    }

    /// Puts one file in the place of others that hold the same events, in one transaction. [`Error::FilesGone`] where one of
    /// them is not in the manifest (any more): its events would count twice.
    pub async fn replace_files(&self, old: &[EventFile], new: &EventFile) -> Result<()> {
        const DOING: &str = "replace files of the Lake";
        let transaction = self.begin(DOING).await?;
        let ids: Vec<_> = old.iter().map(|file| file.id.as_uuid()).collect();
        let removed = event_file::Entity::delete_many()
            .filter(event_file::Column::Id.is_in(ids))
            .exec(&transaction)
            .await
            .doing(DOING)?;
        if removed.rows_affected != old.len() as u64 {
            return Err(Error::FilesGone { missing: old.len() as u64 - removed.rows_affected });
        }
        let row = event_file::Model::from(new).into_active_model();
        bulk::insert(&transaction, vec![row], Conflict::Refuse).await.doing(DOING)?;
        transaction.commit().await.doing(DOING)
    }

    /// The live files, oldest events first.
    pub async fn event_files(&self) -> Result<Vec<EventFile>> {
        let sorted =
            event_file::Entity::find().order_by_asc(event_file::Column::MinTime).order_by_asc(event_file::Column::Id);
        all(sorted.all(&self.reader).await.doing("list the Lake's files")?)
    }
}

async fn change_seen(transaction: &DatabaseTransaction, change: &SeenChange) -> std::result::Result<(), DbErr> {
    let removed: Vec<_> = change.removed.iter().map(|run| run.id.as_uuid()).collect();
    seen_run::Entity::delete_many().filter(seen_run::Column::Id.is_in(removed)).exec(transaction).await?;
    let added = change.added.iter().map(|run| seen_run::Model::from(run).into_active_model()).collect();
    bulk::insert(transaction, added, Conflict::Refuse).await
}

/// Whether there is something to write.
async fn advance(transaction: &DatabaseTransaction, rolled: Offset, files: &[EventFile]) -> Result<bool> {
    const DOING: &str = "move the roller's offset on";
    let moved = pipeline_state::Entity::update_many()
        .col_expr(pipeline_state::Column::Rolled, Expr::value(big(rolled.0)))
        .filter(pipeline_state::Column::Id.eq(1))
        .filter(pipeline_state::Column::Rolled.lt(big(rolled.0)))
        .exec(transaction)
        .await
        .doing(DOING)?;
    if moved.rows_affected == 1 {
        return Ok(true);
    }
    let (_, stored) = pipeline::state(transaction, DOING).await?;
    if stored == rolled.0 && all_listed(transaction, files).await? {
        return Ok(false);
    }
    Err(Error::out_of_order("roll", rolled, Offset(stored)))
}

async fn all_listed(transaction: &DatabaseTransaction, files: &[EventFile]) -> Result<bool> {
    let keys = files.iter().map(|file| file.id.as_uuid().into()).collect();
    let rows = bulk::select_by::<event_file::Entity>(transaction, event_file::Column::Id, keys, Lock::Open)
        .await
        .doing("look for files in the manifest")?;
    let listed: Vec<EventFile> = all(rows)?;
    Ok(files.iter().all(|file| listed.contains(file)))
}
