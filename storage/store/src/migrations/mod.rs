//! The schema's versions, each a step from the one before. A step that was released is never changed; a new one is
//! added. All missing steps run in one transaction: a failed upgrade leaves the database as it was.

mod branches;
mod initial;
mod plan;
mod quarantine;
mod retention;
mod schema;
mod seen;
mod sources;

use crate::{Error, Result, StoreTarget, connect::begin_write, error::Source};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement};

struct Step {
    version: i64,
    name: &'static str,
    statements: fn(DbBackend) -> Vec<String>,
}

const STEPS: [Step; 12] = [
    Step { version: 1, name: "initial", statements: initial::statements },
    Step {
        version: 2,
        name: "times of traits",
        statements: |_| {
            vec![r#"ALTER TABLE "profiles" ADD COLUMN "trait_times" text NOT NULL DEFAULT '{}'"#.to_owned()]
        },
    },
    Step { version: 3, name: "sources", statements: sources::statements },
    Step {
        version: 4,
        name: "touches",
        statements: |_| {
            let column = |name| format!(r#"ALTER TABLE "profiles" ADD COLUMN "{name}" text"#);
            ["first_touch", "latest_touch"].map(column).into()
        },
    },
    Step { version: 5, name: "quarantine", statements: |_| quarantine::statements() },
    Step {
        version: 6,
        name: "web hooks",
        statements: |_| {
            let column = |name| format!(r#"ALTER TABLE "sources" ADD COLUMN "{name}" text"#);
            ["hook_system", "hook_header", "hook_scheme", "hook_secret", "hook_mapping"].map(column).into()
        },
    },
    Step { version: 7, name: "seen runs", statements: seen::statements },
    Step { version: 8, name: "tracking plan", statements: plan::statements },
    Step { version: 9, name: "retention", statements: retention::statements },
    Step {
        version: 10,
        name: "mailboxes of messages",
        statements: |_| vec![r#"CREATE INDEX "messages_by_mailbox" ON "messages" (lower("address"))"#.to_owned()],
    },
    Step { version: 11, name: "branches", statements: branches::statements },
    Step { version: 12, name: "branches and retention", statements: |_| branches::of_removed_events() },
];

/// Brings the database up to the newest version and says which that is.
pub async fn run(writer: &DatabaseConnection, target: &StoreTarget) -> Result<i64> {
    let known = STEPS.iter().map(|step| step.version).max().unwrap_or(0);
    let failed = |version| {
        move |source: DbErr| {
            let source: Source = Box::new(source);
            Error::Migration { target: target.to_string(), version, source }
        }
    };
    let transaction = begin_write(writer).await.map_err(failed(known))?;
    let found = current(&transaction).await.map_err(failed(known))?;
    if found > known {
        return Err(Error::NewerSchema { target: target.to_string(), found, known });
    }
    for step in STEPS.iter().filter(|step| step.version > found) {
        apply(&transaction, step).await.map_err(failed(step.version))?;
    }
    transaction.commit().await.map_err(failed(known))?;
    if found < known {
        tracing::info!(store = %target, from = found, to = known, "brought the schema up to date");
    }
    Ok(known)
}

/// The version of the database; zero when it is new.
async fn current(transaction: &DatabaseTransaction) -> Result<i64, DbErr> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        // Of two processes that start at once, one waits here and finds the work done.
        transaction.execute_unprepared("SELECT pg_advisory_xact_lock(4279876517)").await?;
    }
    transaction.execute(&schema::versions()).await?;
    let newest = Statement::from_string(backend, "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version");
    transaction.query_one_raw(newest).await?.map_or(Ok(0), |row| row.try_get("", "version"))
}

async fn apply(transaction: &DatabaseTransaction, step: &Step) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    for sql in (step.statements)(backend) {
        transaction.execute_unprepared(&sql).await?;
    }
    let sql = format!("INSERT INTO schema_version (version, name) VALUES ({}, '{}')", step.version, step.name);
    transaction.execute_unprepared(&sql).await?;
    Ok(())
}
