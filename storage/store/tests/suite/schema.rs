use super::{Case, fixtures::*};
use bellwether_domain::{ChangeSet, Offset, Profile};
use bellwether_store::{Error, Store, StoreTarget};

pub async fn opening_again_changes_nothing(fresh: Case) {
    fresh.store.commit(&change(1, 0..10)).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    let again = fresh.another().await;
    assert_eq!(again.digest().await.unwrap(), before);
    assert_eq!(again.schema_version(), fresh.store.schema_version());
    assert_eq!(again.applied().await.unwrap().0, 1);
    again.ping().await.unwrap();
}

pub async fn a_newer_schema_is_refused(fresh: Case) {
    fresh.sql("INSERT INTO schema_version (version, name) VALUES (999, 'from the future')").await;
    let error = Store::open(&fresh.target).await.unwrap_err();
    assert!(matches!(error, Error::NewerSchema { found: 999, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("schema version 999") && text.contains("use the newer program"), "{text}");
    fresh.sql("DELETE FROM schema_version WHERE version = 999").await;
    fresh.another().await;
}

pub async fn an_older_schema_is_brought_up_to_date(fresh: Case) {
    fresh.store.commit(&change(1, 0..10)).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    // As the version before sources left it.
    let statements = [
        "DROP TABLE sources",
        "DROP TABLE source_activity",
        "ALTER TABLE profiles DROP COLUMN first_touch",
        "ALTER TABLE profiles DROP COLUMN latest_touch",
        "DROP INDEX rejects_by_source_id",
        "DROP INDEX rejects_by_replayable_id",
        "ALTER TABLE rejects DROP COLUMN received_at",
        "ALTER TABLE rejects DROP COLUMN replayable",
        "DROP TABLE plan_changes",
        "DROP TABLE plan_activity",
        "DROP TABLE plan_marks",
        "DROP TABLE plan_refused",
        "DROP TABLE baselines",
        "DROP TABLE seen_runs",
        "CREATE TABLE seen_events (id text, batch bigint)",
        "DROP INDEX messages_by_mailbox",
        "DROP TABLE branches",
        "DROP TABLE branch_activity",
        "DELETE FROM schema_version WHERE version > 2",
    ];
    for statement in statements {
        fresh.sql(statement).await;
    }
    let upgraded = fresh.another().await;
    assert_eq!(upgraded.schema_version(), fresh.store.schema_version());
    // Everything is there but how people came, which nobody could keep then.
    let stored = upgraded.profile(profile_id(2)).await.unwrap().unwrap();
    assert_eq!(stored, Profile { first_touch: None, latest_touch: None, ..profile(2) });
    let profiles = (0..10).map(profile).collect();
    upgraded.commit(&ChangeSet { applied: Offset(2), profiles, ..ChangeSet::default() }).await.unwrap();
    assert_eq!(upgraded.digest().await.unwrap(), before);
    upgraded.put_source(&source("shop")).await.unwrap();
    assert_eq!(upgraded.sources().await.unwrap(), [source("shop")]);
}

pub async fn many_can_open_a_new_database_at_once(fresh: Case) {
    for table in ["subjects", "features", "memberships", "recommendations", "profiles", "segments", "experiment_arms"] {
        fresh.sql(&format!("DROP TABLE {table}")).await;
    }
    for table in ["pipeline_state", "seen_runs", "event_files", "imports", "items", "rejects", "rule_counts"] {
        fresh.sql(&format!("DROP TABLE {table}")).await;
    }
    for table in ["models", "recommended_products", "campaigns", "decisions", "messages", "suppressions"] {
        fresh.sql(&format!("DROP TABLE {table}")).await;
    }
    for table in ["experiments", "results", "jobs", "sources", "source_activity", "schema_version"] {
        fresh.sql(&format!("DROP TABLE {table}")).await;
    }
    for table in
        ["plan_changes", "plan_activity", "plan_marks", "plan_refused", "baselines", "branches", "branch_activity"]
    {
        fresh.sql(&format!("DROP TABLE {table}")).await;
    }
    let openers: Vec<_> = (0..6)
        .map(|_| {
            let target = fresh.target.clone();
            tokio::spawn(async move { Store::open(&target).await.map(|store| store.schema_version()) })
        })
        .collect();
    for opener in openers {
        assert_eq!(opener.await.unwrap().unwrap(), fresh.store.schema_version());
    }
}

pub async fn a_failed_upgrade_leaves_nothing(fresh: Case) {
    fresh.store.commit(&change(1, 0..10)).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    // As if no step had been taken: the first table of the first step exists already.
    fresh.sql("UPDATE schema_version SET version = -version").await;
    let error = Store::open(&fresh.target).await.unwrap_err();
    assert!(matches!(error, Error::Migration { version: 1, .. }), "{error}");
    assert_eq!(fresh.store.digest().await.unwrap(), before);
    fresh.sql("UPDATE schema_version SET version = -version").await;
    assert_eq!(fresh.another().await.digest().await.unwrap(), before);
}

pub async fn passwords_are_not_shown(fresh: Case) {
    let target = StoreTarget::Postgres("postgres://ann:hunter2@127.0.0.1:1/shop?connect_timeout=1".to_owned());
    for text in [target.to_string(), format!("{target:?}")] {
        assert!(text.contains("ann@127.0.0.1:1/shop") && !text.contains("hunter2"), "{text}");
    }
    let nonsense = StoreTarget::Postgres("hunter2".to_owned());
    assert!(!nonsense.to_string().contains("hunter2"), "{nonsense}");
    let nowhere = StoreTarget::Sqlite("/nowhere/at/all/store.db".into());
    let error = Store::open(&nowhere).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot open the store at /nowhere/at/all/store.db"), "{error}");
    assert!(!format!("{:?}", fresh.target).contains("options"));
}

pub async fn of_two_processes_one_is_refused(fresh: Case) {
    assert!(!fresh.store.is_exclusive());
    let first = Store::open_exclusive(&fresh.target).await.unwrap();
    let copy = first.clone();
    let error = Store::open_exclusive(&fresh.target).await.unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    assert!(error.to_string().contains("in use by another bellwether process"), "{error}");
    drop(first);
    assert!(Store::open_exclusive(&fresh.target).await.is_err(), "a clone still holds it");
    assert!(copy.is_exclusive());
    copy.close().await.unwrap();
    drop(copy);
    Store::open_exclusive(&fresh.target).await.unwrap();
}
