//! Fresh stores: a file of its own on SQLite, a schema of its own on PostgreSQL, gone after the case.

use bellwether_store::{Store, StoreTarget};
use sea_orm::{ConnectionTrait, Database};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// What a case gets.
pub struct Fresh {
    /// An open store.
    pub store: Store,
    /// Where it is.
    pub target: StoreTarget,
    /// The same for a bare connection.
    url: String,
}

impl Fresh {
    async fn open(target: StoreTarget, url: String) -> Arc<Self> {
        let store = Store::open(&target).await.unwrap();
        Arc::new(Self { store, target, url })
    }

    /// Another process, as far as the database can tell.
    pub async fn another(&self) -> Store {
        Store::open(&self.target).await.unwrap()
    }

    /// Does something behind the Store's back.
    pub async fn sql(&self, sql: &str) {
        let connection = Database::connect(&self.url).await.unwrap();
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Runs a case on SQLite.
pub async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(Arc<Fresh>) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let url = format!("sqlite://{}", path.display());
    case(Fresh::open(StoreTarget::Sqlite(path), url).await).await;
}

/// Runs a case on PostgreSQL, if there is one.
pub async fn on_postgres<F: Future<Output = ()> + Send + 'static>(case: impl FnOnce(Arc<Fresh>) -> F) {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let Some(server) = postgres_url() else { return };
    let schema = format!("store_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.unwrap();
    let sign = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{sign}options[search_path]={schema}");
    let fresh = Fresh::open(StoreTarget::Postgres(url.clone()), url).await;
    // In a task of its own, so that the schema goes even when the case fails.
    let outcome = tokio::spawn(case(fresh)).await;
    admin.execute_unprepared(&format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// The server for tests; `None` when there is none and that is allowed.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("BELLWETHER_TEST_POSTGRES").ok().filter(|url| !url.is_empty());
    let required = std::env::var("BELLWETHER_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(
        url.is_some() || !required,
        "BELLWETHER_REQUIRE_ALL=1, but BELLWETHER_TEST_POSTGRES names no PostgreSQL server \
         (eval \"$(scripts/postgres-for-tests.sh start DIR)\")"
    );
    url
}
