//! Durable jobs: enqueued once, held by one worker at a time, taken over when its lease runs out.

use crate::{
    Error, Result, Store,
    bulk::{self, Conflict},
    convert::{all, micros, text},
    error::Doing,
    rows::job,
};
use bellwether_domain::{Job, JobId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, UpdateStatement},
};

impl Store {
    /// Puts a job into the queue; `false` when one with its id is there already, which stays as it is.
    pub async fn enqueue(&self, job: &Job) -> Result<bool> {
        let row = job::Model::from(job).into_active_model();
        let new = bulk::insert_returning(&self.writer, vec![row], Conflict::Keep, job::Column::Id).await;
        Ok(!new.doing("enqueue a job")?.is_empty())
    }

    /// One job.
    pub async fn job(&self, id: JobId) -> Result<Option<Job>> {
        let row = job::Entity::find_by_id(id.as_uuid()).one(&self.reader).await.doing("read a job")?;
        row.map(Job::try_from).transpose()
    }

    /// All jobs, by kind and id.
    pub async fn jobs(&self) -> Result<Vec<Job>> {
        let sorted = job::Entity::find().order_by_asc(job::Column::Kind).order_by_asc(job::Column::Id);
        all(sorted.all(&self.reader).await.doing("list jobs")?)
    }

    /// Takes the job of one of these kinds that has waited longest: from the queue when its time has come, or from a
    /// worker whose lease ran out. Nobody else gets it until `lease_until`.
    pub async fn claim(&self, kinds: &[&str], now: DateTime<Utc>, lease_until: DateTime<Utc>) -> Result<Option<Job>> {
        const DOING: &str = "claim a job";
        let statement = claim_statement(self.writer.get_database_backend(), kinds, now, lease_until);
        let Some(row) = self.writer.query_one(&statement).await.doing(DOING)? else { return Ok(None) };
        let row = job::Model::from_query_result(&row, "").doing(DOING)?;
        Job::try_from(row).map(Some)
    }

    /// Saves what the holder of a running job says: progress, a longer lease, or its end. Refused with
    /// [`Error::JobNotHeld`] when it has ended, or was taken over by somebody else meanwhile.
    pub async fn save_job(&self, job: &Job) -> Result<()> {
        self.save(job, job.attempts).await
    }

    /// The same, and the attempt does not count: its holder broke it off for a reason that is none of the job's.
    pub async fn give_job_back(&self, job: &Job) -> Result<()> {
        self.save(job, job.attempts.saturating_sub(1)).await
    }

    /// Ends a job that waits or runs, as its state says; refused with [`Error::JobNotHeld`] when it has ended meanwhile. Whoever
    /// works on it has lost it.
    pub async fn end_job(&self, job: &Job) -> Result<()> {
        const DOING: &str = "end a job";
        let row = job::Model::from(job);
        let ended = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(row.state))
            .col_expr(job::Column::Due, Expr::value(row.due))
            .col_expr(job::Column::At, Expr::value(row.at))
            .col_expr(job::Column::Outcome, Expr::value(row.outcome))
            .filter(job::Column::Id.eq(row.id))
            .filter(job::Column::State.is_in(["queued", "running"]))
            .exec(&self.writer)
            .await
            .doing(DOING)?;
        if ended.rows_affected == 1 {
            return Ok(());
        }
        let state = self.job(job.id).await?.map_or("unknown", |stored| stored.state.name());
        Err(Error::JobNotHeld { job: job.id, state: state.to_owned(), attempt: job.attempts })
    }

    /// Puts the running jobs of these kinds back into the queue, due at once, and says how many there were. Only for whoever
    /// knows that their workers are gone, such as a process that has just taken the data folder for itself: otherwise two would
    /// work on the same job.
    pub async fn requeue_jobs(&self, kinds: &[&str], now: DateTime<Utc>) -> Result<u64> {
        let requeued = job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value("queued"))
            .col_expr(job::Column::Due, Expr::value(micros(now)))
            .col_expr(job::Column::At, Expr::value(Option::<i64>::None))
            .filter(job::Column::State.eq("running"))
            .filter(job::Column::Kind.is_in(kinds.iter().map(|kind| text(kind))))
            .exec(&self.writer)
            .await;
        Ok(requeued.doing("put jobs back")?.rows_affected)
    }

    /// Removes a job that has ended; says whether there was one.
    pub async fn remove_ended_job(&self, id: JobId) -> Result<bool> {
        let removed = job::Entity::delete_many()
            .filter(job::Column::Id.eq(id.as_uuid()))
            .filter(job::Column::State.is_in(["done", "failed"]))
            .exec(&self.writer)
            .await;
        Ok(removed.doing("remove a job")?.rows_affected > 0)
    }

    async fn save(&self, job: &Job, attempts: u32) -> Result<()> {
        const DOING: &str = "save a job";
        let row = job::Model::from(job);
        let saved = job::Entity::update_many()
            .col_expr(job::Column::Attempts, Expr::value(attempts))
            .col_expr(job::Column::ProgressDone, Expr::value(row.progress_done))
            .col_expr(job::Column::ProgressTotal, Expr::value(row.progress_total))
            .col_expr(job::Column::ProgressNote, Expr::value(row.progress_note))
            .col_expr(job::Column::State, Expr::value(row.state))
            .col_expr(job::Column::Due, Expr::value(row.due))
            .col_expr(job::Column::At, Expr::value(row.at))
            .col_expr(job::Column::Outcome, Expr::value(row.outcome))
            .filter(job::Column::Id.eq(row.id))
            // Every claim raises the number of attempts: who speaks for an earlier one has lost the job.
            .filter(job::Column::Attempts.eq(row.attempts))
            .filter(job::Column::State.eq("running"))
            .exec(&self.writer)
            .await
            .doing(DOING)?;
        if saved.rows_affected == 1 {
            return Ok(());
        }
        let state = self.job(job.id).await?.map_or("unknown", |stored| stored.state.name());
        Err(Error::JobNotHeld { job: job.id, state: state.to_owned(), attempt: job.attempts })
    }
}

/// One statement. PostgreSQL's workers skip rows that another one is just taking; SQLite has one writer at a time.
fn claim_statement(
    backend: DbBackend,
    kinds: &[&str],
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> UpdateStatement {
    let mut next = Query::select();
    next.column(job::Column::Id)
        .from(job::Entity)
        .and_where(Expr::col(job::Column::Due).lte(micros(now)))
        .and_where(Expr::col(job::Column::Kind).is_in(kinds.iter().map(|kind| text(kind))))
        .order_by(job::Column::Due, Order::Asc)
        .order_by(job::Column::Id, Order::Asc)
        .limit(1);
    if backend == DbBackend::Postgres {
        next.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    Query::update()
        .table(job::Entity)
        .value(job::Column::State, "running")
        .value(job::Column::Attempts, Expr::col(job::Column::Attempts).add(1))
        .value(job::Column::At, micros(now))
        .value(job::Column::Due, micros(lease_until))
        // `=` and not `IN`: PostgreSQL computes it once, and so locks one row.
        .and_where(Expr::col(job::Column::Id).eq(next))
        .returning_all()
        .to_owned()
}
