use super::{Case, fixtures::*, manifest::file};
use bellwether_domain::*;
use bellwether_store::{ModelRecord, Store};
use serde_json::json;

/// Something in every table.
async fn fill(store: &Store, minutes_later: i64) {
    let late = at(7_000 + minutes_later);
    store.commit(&change(1, 0..20)).await.unwrap();
    let content = Some(PlanContent { mode: PlanMode::Flag, schema: Some("{}".to_owned()) });
    let key = Some(PlanKey { event: "Seen".to_owned(), source: None });
    store.change_plan(&[NewPlanChange { key, content, based_on: None }], "ann", "", late).await.unwrap();
    let problem = PlanProblem { path: "/price".to_owned(), rule: "type".to_owned(), message: "no number".to_owned() };
    let mark = PlanMark { event: event_id(1), version: PlanVersion(1), problems: vec![problem], at: late };
    let marked = ChangeSet { applied: Offset(2), plan_marks: vec![mark], ..ChangeSet::default() };
    store.commit(&marked).await.unwrap();
    let named = NamedBranch { at: late, ..named_branch("VIE-01", "Graben") };
    let activity_there = branch_activity("VIE-01", 0, "EUR", 3);
    let at_branches = ChangeSet {
        applied: Offset(3),
        branches: vec![named],
        branch_activity: vec![activity_there],
        ..ChangeSet::default()
    };
    store.commit(&at_branches).await.unwrap();
    store.commit_roll(&Roll::of(Offset(1), &[file(9)])).await.unwrap();
    let baselines = vec![Baseline { profile: profile(1), subjects: vec![subject_id(1)] }];
    store.commit_removal(&Removal { file: file(9), kept: None, baselines, branch_activity: Vec::new() }).await.unwrap();
    store.put_features(&(0..20).map(features).collect::<Vec<_>>()).await.unwrap();
    let rfm = segment("rfm-champions", SegmentKind::Rfm, 9);
    store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&rfm), &memberships(&rfm, 0..9)).await.unwrap();
    store.put_model(&ModelRecord { trained_at: late, ..model("als", true) }).await.unwrap();
    store.replace_recommendations(&(0..20).map(recommendations).collect::<Vec<_>>()).await.unwrap();
    let mut campaign = campaign("win-back");
    campaign.start(late).unwrap();
    store.put_campaign(&campaign).await.unwrap();
    let sent = decision(1, DecisionChoice::Send);
    store.log_decisions(&[Decision { decided_at: late, ..sent }]).await.unwrap();
    let reserved = |n| Message { state: MessageState::Reserved { at: late }, ..message(n) };
    store.reserve(&[reserved(1), reserved(2)]).await.unwrap();
    let mut outcome = message(1);
    outcome.hand_over(format!("receipt {minutes_later}"), late).unwrap();
    store.record_outcomes(&[outcome]).await.unwrap();
    store.suppress("ann@example.com", "email", "unsubscribed", late).await.unwrap();
    store
        .put_experiment(&ExperimentDefinition { ended_at: late, ..experiment("open-bandit") }, &[arm("a", 1)], &[])
        .await
        .unwrap();
    store.put_source(&Source { created_at: late, ..source("shop") }).await.unwrap();
    store.add_source_activity(&[activity("shop", 3, 7)]).await.unwrap();
    store.put_result("backtest", &json!({"lift": 1.9})).await.unwrap();
    store.enqueue(&job(1, late)).await.unwrap();
    store.enqueue(&job(2, late)).await.unwrap();
    let mut claimed = store.claim(&["demo/import"], late, late).await.unwrap().unwrap();
    claimed.finish(json!({"seconds": minutes_later}), late).unwrap();
    store.save_job(&claimed).await.unwrap();
}

/// The digest of a store with something in every table.
pub async fn of_everything(store: &Store) -> String {
    fill(store, 0).await;
    store.digest().await.unwrap()
}

/// Empties the tables that the cases below fill, as if nothing had happened.
async fn empty(fresh: &Case) {
    for table in ["recommendations", "memberships", "features", "subjects", "segments", "profiles", "experiments"] {
        fresh.sql(&format!("DELETE FROM {table}")).await;
    }
    for table in ["seen_runs", "items", "rejects", "rule_counts", "models", "recommended_products", "campaigns"] {
        fresh.sql(&format!("DELETE FROM {table}")).await;
    }
    for table in ["decisions", "messages", "suppressions", "results", "jobs", "sources", "source_activity"] {
        fresh.sql(&format!("DELETE FROM {table}")).await;
    }
    fresh.sql("DELETE FROM baselines").await;
    for table in ["plan_changes", "plan_activity", "plan_marks", "plan_refused", "branches", "branch_activity"] {
        fresh.sql(&format!("DELETE FROM {table}")).await;
    }
    fresh.sql("UPDATE pipeline_state SET applied = 0, rolled = 0").await;
}

pub async fn the_order_of_work_does_not_matter(fresh: Case) {
    let store = &fresh.store;
    let nothing = store.digest().await.unwrap();
    assert_eq!(nothing.len(), 64);
    let counts = |rows| vec![RuleCount { source: "shop".into(), rule: "exact_duplicate".to_owned(), rows }];
    let rows = |people: std::ops::Range<u64>, applied, rows| ChangeSet {
        rule_counts: counts(rows),
        ..change(applied, people)
    };
    store.commit(&rows(0..10, 1, 4)).await.unwrap();
    store.commit(&rows(10..30, 2, 5)).await.unwrap();
    let one_way = store.digest().await.unwrap();
    empty(&fresh).await;
    assert_eq!(store.digest().await.unwrap(), nothing);
    // Other borders between change sets, another order within.
    let mut all = rows(0..30, 77, 9);
    all.profiles.reverse();
    all.rejects.reverse();
    all.items.rotate_left(7);
    store.commit(&all).await.unwrap();
    assert_eq!(store.digest().await.unwrap(), one_way);
    assert_ne!(one_way, nothing);
}

pub async fn the_wall_clock_does_not_matter(fresh: Case) {
    let now = of_everything(&fresh.store).await;
    empty(&fresh).await;
    fill(&fresh.store, 12_345).await;
    fresh.store.commit_roll(&Roll::of(Offset(3), &[])).await.unwrap();
    fresh.store.put_result("installation", &json!("another")).await.unwrap();
    let another_key = |source: &mut Source| source.write_key = WriteKey::from_random([9; 16]);
    fresh.store.change_source("shop", another_key).await.unwrap();
    fresh.store.add_source_activity(&[activity("shop", 4, 100)]).await.unwrap();
    assert_eq!(fresh.store.digest().await.unwrap(), now);
    // A file that came over the console.
    let import = bellwether_domain::Job { kind: bellwether_store::IMPORT_JOB.to_owned(), ..job(9, at(0)) };
    fresh.store.enqueue(&import).await.unwrap();
    assert_eq!(fresh.store.digest().await.unwrap(), now);
}

pub async fn everything_real_matters(fresh: Case) {
    let before = of_everything(&fresh.store).await;
    // The control: a statement that changes nothing is not seen.
    fresh.sql("DELETE FROM profiles WHERE user_id = 'nobody'").await;
    assert_eq!(fresh.store.digest().await.unwrap(), before);
    let mut known = vec![before];
    let statements = [
        "UPDATE profiles SET revenue = revenue + 1 WHERE user_id = '12003'",
        "UPDATE profiles SET traits = '{}' WHERE user_id = '12003'",
        "UPDATE profiles SET last_order = NULL WHERE user_id = '12003'",
        "UPDATE profiles SET first_touch = NULL WHERE user_id = '12002'",
        "UPDATE profiles SET latest_touch = NULL WHERE user_id = '12002'",
        "UPDATE baselines SET subjects = '[]'",
        "UPDATE features SET recency_days = recency_days + 0.001",
        "UPDATE items SET name = 'other' WHERE product = '85001'",
        "UPDATE rejects SET reason = 'bad_date' WHERE line = 3",
        "DELETE FROM rejects WHERE line = 4",
        "UPDATE rule_counts SET rows = rows + 1",
        "UPDATE plan_changes SET mode = 'watch'",
        "UPDATE plan_changes SET note = 'because'",
        "UPDATE plan_marks SET version = 2",
        "UPDATE segments SET size = 10",
        "DELETE FROM memberships",
        "UPDATE models SET metrics = '{}'",
        "UPDATE recommendations SET items = '[]'",
        "UPDATE campaigns SET state = 'completed'",
        "UPDATE decisions SET choice = 'hold_out'",
        "UPDATE messages SET state = 'unknown' WHERE state = 'reserved'",
        "DELETE FROM messages WHERE state = 'unknown'",
        "UPDATE suppressions SET address = 'bob@example.com'",
        "UPDATE branches SET city = 'Wien'",
        "UPDATE branch_activity SET revenue = revenue + 1",
        "UPDATE experiments SET currency = 'EUR'",
        "UPDATE experiment_arms SET sum = 47",
        "UPDATE results SET value = '{\"lift\":2.0}'",
        "UPDATE jobs SET state = 'failed', outcome = 'x' WHERE state = 'done'",
        "UPDATE sources SET name = 'Another shop'",
        "UPDATE sources SET enabled = FALSE",
        "UPDATE sources SET kind = 'mobile'",
        "DELETE FROM sources",
        "DELETE FROM subjects",
    ];
    for statement in statements {
        fresh.sql(statement).await;
        let digest = fresh.store.digest().await.unwrap();
        assert!(!known.contains(&digest), "not seen by the digest: {statement}");
        known.push(digest);
    }
}

pub async fn large_tables_are_read_to_the_end(fresh: Case) {
    // More rows than the digest reads at once, in a table with one key column and in one with two.
    let items: Vec<_> = (0..12_345).map(item).collect();
    fresh.store.commit(&ChangeSet { applied: Offset(1), items, ..ChangeSet::default() }).await.unwrap();
    let decisions: Vec<_> = (0..5_001).map(|n| decision(n, DecisionChoice::Send)).collect();
    fresh.store.log_decisions(&decisions).await.unwrap();
    let before = fresh.store.digest().await.unwrap();
    // The very last rows in key order count, too.
    fresh.sql("DELETE FROM items WHERE product = (SELECT max(product) FROM items)").await;
    let one_less = fresh.store.digest().await.unwrap();
    assert_ne!(one_less, before);
    fresh.sql("DELETE FROM decisions WHERE profile_id = (SELECT profile_id FROM decisions ORDER BY profile_id DESC LIMIT 1)").await;
    assert_ne!(fresh.store.digest().await.unwrap(), one_less);
}
