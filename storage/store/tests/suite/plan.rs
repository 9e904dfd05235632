use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{ACTIVITY_DAYS, Error, MARK_DAYS, Store};
use chrono::TimeDelta;

fn key(event: &str, source: Option<&str>) -> PlanKey {
    PlanKey { event: event.to_owned(), source: source.map(str::to_owned) }
}

fn content(mode: PlanMode, schema: &str) -> PlanContent {
    PlanContent { mode, schema: Some(schema.to_owned()) }
}

fn entry(event: &str, content: Option<PlanContent>) -> NewPlanChange {
    NewPlanChange { key: Some(key(event, None)), content, based_on: None }
}

async fn change(store: &Store, new: NewPlanChange) -> Vec<PlanChange> {
    store.change_plan(&[new], "ann", "because", at(5)).await.unwrap()
}

pub async fn every_change_of_the_plan_is_kept(fresh: Case) {
    let store = &fresh.store;
    assert_eq!(store.plan().await.unwrap(), []);
    let (first, second) = (content(PlanMode::Watch, "{}"), content(PlanMode::Reject, r#"{"type":"object"}"#));
    let of_source =
        NewPlanChange { key: Some(key("Seen", Some("till"))), content: Some(first.clone()), based_on: None };
    let policy = PlanContent { mode: PlanMode::Flag, schema: None };
    let made = [entry("Seen", Some(first.clone())), of_source, entry("Seen", Some(second.clone()))];
    let made = store.change_plan(&made, "ann", "first", at(5)).await.unwrap();
    assert_eq!(made.iter().map(|change| change.version.0).collect::<Vec<_>>(), [1, 2, 3]);
    let unplanned = NewPlanChange { key: None, content: Some(policy.clone()), based_on: None };
    let unplanned = change(store, unplanned).await.remove(0);
    let taken_out = change(store, entry("Seen", None)).await.remove(0);
    let expected = [unplanned.clone(), taken_out.clone(), made[1].clone()];
    assert_eq!(store.plan().await.unwrap(), expected, "the last change of each");
    let history = store.plan_history(Some(&key("Seen", None))).await.unwrap();
    assert_eq!(history, [taken_out, made[2].clone(), made[0].clone()]);
    assert_eq!(history[1].content, Some(second));
    assert_eq!((&*history[1].author, &*history[1].note, history[1].at), ("ann", "first", at(5)));
    assert_eq!(store.plan_history(None).await.unwrap(), [unplanned]);
    assert_eq!(store.plan_change(PlanVersion(1)).await.unwrap().unwrap().content, Some(first));
    assert_eq!(store.plan_change(PlanVersion(99)).await.unwrap(), None);
}

pub async fn what_changes_nothing_makes_no_history(fresh: Case) {
    let same = || entry("Seen", Some(content(PlanMode::Watch, "{}")));
    assert_eq!(change(&fresh.store, same()).await.len(), 1);
    assert_eq!(change(&fresh.store, same()).await, []);
    assert_eq!(change(&fresh.store, entry("Never", None)).await, []);
    assert_eq!(fresh.store.plan().await.unwrap().len(), 1);
}

pub async fn a_change_of_what_has_moved_is_refused(fresh: Case) {
    let store = &fresh.store;
    let based_on = |version, mode| NewPlanChange {
        based_on: Some(PlanVersion(version)),
        ..entry("Seen", Some(content(mode, "{}")))
    };
    assert_eq!(change(store, based_on(0, PlanMode::Watch)).await.len(), 1);
    let other = entry("Other", Some(content(PlanMode::Watch, "{}")));
    let both = [other, based_on(0, PlanMode::Flag)];
    let error = store.change_plan(&both, "ann", "", at(5)).await.unwrap_err();
    assert!(matches!(&error, Error::PlanMoved { what, stored: 1 } if what == "Seen"), "{error}");
    assert_eq!(store.plan().await.unwrap().len(), 1, "all or none");
    assert_eq!(change(store, based_on(1, PlanMode::Flag)).await[0].version.0, 2);
}

pub async fn changes_of_many_processes_get_their_own_numbers(fresh: Case) {
    let changers: Vec<_> = (0..4)
        .map(|n| {
            let fresh = fresh.clone();
            tokio::spawn(async move {
                let store = fresh.another().await;
                let new = entry(&format!("Event {n}"), Some(content(PlanMode::Watch, "{}")));
                store.change_plan(&[new], "ann", "", at(5)).await.unwrap().remove(0).version.0
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for changer in changers {
        numbers.push(changer.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

fn kept(event: &str, hour: i64, failed: u64) -> PlanActivity {
    PlanActivity {
        event: event.into(),
        source: "shop".into(),
        hour: PlanActivity::hour_of(at(0)) + TimeDelta::hours(hour),
        checked: 10,
        failed,
        last_problem: (failed > 0).then(|| format!("{failed} at {hour}")),
    }
}

fn mark(n: u64, hour: i64) -> PlanMark {
    let (path, rule) = ("/price".to_owned(), "type".to_owned());
    let problems = vec![PlanProblem { path, rule, message: "\"12\" is not a number\0".to_owned() }];
    PlanMark {
        event: EventId::derive(&[&n.to_le_bytes()]),
        version: PlanVersion(n),
        problems,
        at: kept("", hour, 0).hour,
    }
}

pub async fn activity_of_the_plan_adds_up(fresh: Case) {
    let store = &fresh.store;
    let bring = async |applied, plan_activity| {
        store.commit(&ChangeSet { applied: Offset(applied), plan_activity, ..ChangeSet::default() }).await.unwrap();
    };
    bring(1, vec![kept("Seen", 0, 2), kept("Seen", 0, 0), kept("Seen", 1, 0)]).await;
    bring(2, vec![kept("Seen", 0, 3), kept("Bought", 0, 0)]).await;
    let sum = PlanActivity { checked: 30, failed: 5, ..kept("Seen", 0, 3) };
    let all = store.plan_activity(kept("", 0, 0).hour).await.unwrap();
    assert_eq!(all, [kept("Bought", 0, 0), sum, kept("Seen", 1, 0)]);
    assert_eq!(store.plan_activity(kept("", 1, 0).hour).await.unwrap(), [kept("Seen", 1, 0)]);
}

pub async fn names_that_are_kept_alike_are_one_row(fresh: Case) {
    // PostgreSQL keeps no NUL, and refuses to write a row twice in one statement. Eight rows are written in one.
    let names = ["A\0", "A\u{fffd}", "B", "C", "D", "E", "F", "G"];
    let plan_activity = names.iter().map(|name| kept(name, 0, 1)).collect();
    fresh.store.commit(&ChangeSet { applied: Offset(1), plan_activity, ..ChangeSet::default() }).await.unwrap();
    let all = fresh.store.plan_activity(kept("", 0, 0).hour).await.unwrap();
    let failed: Vec<_> = all.iter().filter(|sum| sum.event.starts_with('A')).map(|sum| sum.failed).collect();
    assert_eq!((all.len(), failed), (7, vec![2]));
}

pub async fn marks_are_found_by_event_and_the_first_stands(fresh: Case) {
    let store = &fresh.store;
    let later = PlanMark { version: PlanVersion(99), ..mark(1, 3) };
    let commit = async |applied, plan_marks| {
        store.commit(&ChangeSet { applied: Offset(applied), plan_marks, ..ChangeSet::default() }).await.unwrap();
    };
    commit(1, vec![mark(1, 0), mark(2, 0)]).await;
    commit(2, vec![later]).await;
    let found = store.plan_marks(&[mark(1, 0).event, mark(3, 0).event]).await.unwrap();
    assert_eq!(found.len(), 1);
    let found = &found[&mark(1, 0).event];
    assert_eq!(found.version, PlanVersion(1));
    assert_eq!((&*found.problems[0].rule, found.problems.len()), ("type", 1));
    assert!(store.plan_marks(&[]).await.unwrap().is_empty());
}

pub async fn old_activity_and_old_marks_go(fresh: Case) {
    let store = &fresh.store;
    // Something arrives at this hour, with or without something to say about it.
    let bring = async |after, applied, hour: i64, said: bool| {
        let arrived = SourceActivity {
            last_event_at: Some(kept("", hour, 0).hour),
            ..SourceActivity::none("shop".into(), kept("", hour, 0).hour.date_naive())
        };
        let (plan_activity, plan_marks) = match said {
            true => (vec![kept("Seen", hour, 0)], vec![mark(hour.unsigned_abs(), hour)]),
            false => (Vec::new(), Vec::new()),
        };
        let (after, applied) = (Some(Offset(after)), Offset(applied));
        let change =
            ChangeSet { after, applied, activity: vec![arrived], plan_activity, plan_marks, ..ChangeSet::default() };
        store.commit(&change).await.unwrap();
    };
    let (activity, marks) = (24 * ACTIVITY_DAYS, 24 * MARK_DAYS);
    bring(0, 1, 1, true).await;
    bring(1, 2, 2, true).await;
    bring(2, 3, marks + 1 - activity, true).await;
    let all = async || store.plan_activity(kept("", 0, 0).hour).await.unwrap().len();
    bring(3, 63, marks + 2, true).await;
    assert_eq!(all().await, 4, "nothing goes with every batch");
    // A step that jumps over the batch with which it is due.
    bring(63, 65, marks + 2, true).await;
    assert_eq!(all().await, 1);
    let events = [mark(1, 0).event, mark(2, 0).event];
    let left = store.plan_marks(&events).await.unwrap();
    assert_eq!(left.keys().collect::<Vec<_>>(), [&events[1]]);
    bring(65, 128, 3 * marks, false).await;
    assert_eq!((all().await, store.plan_marks(&events).await.unwrap().len()), (0, 0), "without a plan all the same");
}

pub async fn what_was_refused_is_known_until_its_batch_is_in_a_file(fresh: Case) {
    let store = &fresh.store;
    let refusal = |batch, n: u8, copy| PlanRefusal { batch: Offset(batch), event: EventId::derive(&[&[n]]), copy };
    let refused = vec![refusal(1, 7, 1), refusal(1, 7, 3), refusal(3, 7, 1)];
    let change = ChangeSet { applied: Offset(3), plan_refused: refused.clone(), ..ChangeSet::default() };
    store.commit(&change).await.unwrap();
    let of = async |batch| {
        let mut found = store.plan_refused(Offset(batch)).await.unwrap();
        found.sort();
        found
    };
    assert_eq!((of(1).await, of(2).await, of(3).await), (refused[..2].to_vec(), vec![], refused[2..].to_vec()));
    store.commit_roll(&Roll::of(Offset(2), &[])).await.unwrap();
    assert_eq!((of(1).await, of(3).await), (vec![], refused[2..].to_vec()));
}
