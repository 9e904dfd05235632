use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{RejectFilter, RejectQuery, Store};

async fn add_rejects(store: &Store) -> Vec<Reject> {
    let mut rejects: Vec<_> = (1..=30)
        .map(|line| reject(line, if line % 3 == 0 { RejectReason::BadDate } else { RejectReason::ExactDuplicate }))
        .collect();
    rejects.push(Reject {
        origin: Origin { source: "api".into(), line: None },
        field: None,
        ..reject(0, RejectReason::Malformed)
    });
    store.commit(&ChangeSet { applied: Offset(1), rejects: rejects.clone(), ..ChangeSet::default() }).await.unwrap();
    rejects
}

/// What a filter finds, the newest first.
async fn found(store: &Store, filter: RejectFilter) -> Vec<Reject> {
    let page = store.rejects(&RejectQuery { filter: filter.clone(), page: 0, page_size: 1_000 }).await.unwrap();
    assert_eq!((page.total, store.count_rejects(&filter).await.unwrap()), (page.rows.len() as u64, page.total));
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let mut oldest_first = store.rejects_after(&filter, RejectId(0), 1_000).await.unwrap();
    oldest_first.reverse();
    assert_eq!(oldest_first, page.rows);
    assert!(ids.is_sorted_by(|a, b| a > b), "{ids:?}");
    page.rows.into_iter().map(|row| row.reject).collect()
}

fn newest_first(rejects: &[Reject], keep: impl Fn(&Reject) -> bool) -> Vec<Reject> {
    rejects.iter().rev().filter(|reject| keep(reject)).cloned().collect()
}

pub async fn rejects_are_filtered_and_paged(fresh: Case) {
    let rejects = add_rejects(&fresh.store).await;
    let mut all = Vec::new();
    for page in 0..5 {
        let page = fresh.store.rejects(&RejectQuery { page, page_size: 7, ..RejectQuery::default() }).await.unwrap();
        assert_eq!(page.total, 31);
        all.extend(page.rows.into_iter().map(|row| row.reject));
    }
    assert_eq!(all, newest_first(&rejects, |_| true));
    let filter = RejectFilter { reason: Some(RejectReason::BadDate), ..RejectFilter::default() };
    let dates = newest_first(&rejects, |reject| reject.reason == RejectReason::BadDate);
    assert_eq!((found(&fresh.store, filter.clone()).await, dates.len()), (dates, 10));
    let filter = RejectFilter { source: Some("api".to_owned()), ..filter };
    assert_eq!(found(&fresh.store, filter.clone()).await, []);
    let filter = RejectFilter { reason: None, ..filter };
    assert_eq!(found(&fresh.store, filter).await, rejects[30..]);
}

/// An event that came over HTTP.
fn event(source: &str, content: &str) -> Reject {
    Reject {
        origin: Origin { source: source.into(), line: None },
        field: None,
        detail: "the event, `timestamp`: `Yesterday` is not a time".to_owned(),
        content: content.to_owned(),
        received_at: Some(at(77)),
        ..reject(0, RejectReason::BadDate)
    }
}

async fn put(store: &Store, rejects: &[Reject]) {
    let applied = store.applied().await.unwrap().next();
    store.commit(&ChangeSet { applied, rejects: rejects.to_vec(), ..ChangeSet::default() }).await.unwrap();
}

pub async fn rejects_are_found_by_what_they_say(fresh: Case) {
    let rejects = [
        event("web", r#"{"userId":"Ann_50%","a":"Größe"}"#),
        event("web", r#"{"userId":"annX50"}"#),
        reject(7, RejectReason::BadNumber),
    ];
    put(&fresh.store, &rejects).await;
    let check = async |q: &str, expected: &[usize]| {
        let filter = RejectFilter { q: Some(q.to_owned()), ..RejectFilter::default() };
        let expected: Vec<Reject> = expected.iter().map(|index| rejects[*index].clone()).collect();
        assert_eq!(found(&fresh.store, filter).await, expected, "{q}");
    };
    check("ann", &[1, 0]).await;
    check("ANN_50%", &[0]).await;
    check("Größe", &[0]).await;
    check("yesterday", &[1, 0]).await;
    check("lantern", &[2]).await;
    check("nobody", &[]).await;
    check("  ", &[2, 1, 0]).await;
}

pub async fn what_can_be_sent_again_is_known(fresh: Case) {
    let whole = format!("{{\"a\":\"{}\"}}", "x".repeat(32_000));
    let cut = &whole[..2_000];
    let rejects = [event("web", &whole), event("web", cut), event("web", "7"), reject(7, RejectReason::BadNumber)];
    put(&fresh.store, &rejects).await;
    let replayable = RejectFilter { replayable: true, ..RejectFilter::default() };
    assert_eq!(found(&fresh.store, replayable).await, rejects[..1]);
}

pub async fn rejects_are_read_and_removed_by_id(fresh: Case) {
    let rejects = [event("web", "{}"), event("web", "7"), event("app", "8")];
    assert_eq!(fresh.store.newest_reject().await.unwrap(), RejectId(0));
    put(&fresh.store, &rejects).await;
    let all = fresh.store.rejects_after(&RejectFilter::default(), RejectId(0), 10).await.unwrap();
    let [first, second, third] = [all[0].id, all[1].id, all[2].id];
    assert_eq!(fresh.store.reject(second).await.unwrap().unwrap().reject, rejects[1]);
    assert_eq!(fresh.store.rejects_after(&RejectFilter::default(), first, 1).await.unwrap()[0].id, second);
    let between = RejectFilter { behind: Some(first), up_to: Some(second), ..RejectFilter::default() };
    assert_eq!(found(&fresh.store, between).await, rejects[1..2]);
    assert_eq!(fresh.store.newest_reject().await.unwrap(), third);
    assert_eq!(fresh.store.remove_rejects(&[third, first]).await.unwrap(), 2);
    assert_eq!(fresh.store.remove_rejects(&[third, first]).await.unwrap(), 0, "they are gone");
    assert_eq!(fresh.store.remove_rejects(&[]).await.unwrap(), 0);
    assert_eq!(fresh.store.reject(third).await.unwrap(), None);
    assert_eq!(found(&fresh.store, RejectFilter::default()).await, rejects[1..2]);
    // An id stands for one event for ever: the one that is sent again gets its own from it.
    put(&fresh.store, &rejects[2..]).await;
    let newest = fresh.store.rejects(&RejectQuery::default()).await.unwrap().rows[0].id;
    assert!(newest > third, "{newest} after {third}");
}

pub async fn the_quarantine_of_a_source_is_bounded(fresh: Case) {
    let store = fresh.store.clone().with_rejects_kept(50);
    let of = |source: &str, n: u64| Reject { content: format!("{source} {n}"), ..event(source, "") };
    put(&store, &[of("quiet", 0)]).await;
    for part in 0..20 {
        let some: Vec<Reject> = (0..10).map(|n| of("loud", part * 10 + n)).collect();
        put(&store, &some).await;
    }
    let kept = async |source: &str| {
        let filter = RejectFilter { source: Some(source.to_owned()), ..RejectFilter::default() };
        found(&store, filter).await.into_iter().map(|reject| reject.content).collect::<Vec<_>>()
    };
    assert_eq!(kept("loud").await, (150..200).rev().map(|n| format!("loud {n}")).collect::<Vec<_>>());
    assert_eq!(kept("quiet").await, ["quiet 0"]);
    // The control: without that bound they all stay.
    let more: Vec<Reject> = (0..100).map(|n| of("loud", 200 + n)).collect();
    put(&fresh.store, &more).await;
    assert_eq!(kept("loud").await.len(), 150);
}

pub async fn rejects_are_counted(fresh: Case) {
    add_rejects(&fresh.store).await;
    let expected = [
        ("api".to_owned(), RejectReason::Malformed, 1),
        ("shop".to_owned(), RejectReason::BadDate, 10),
        ("shop".to_owned(), RejectReason::ExactDuplicate, 20),
    ];
    assert_eq!(fresh.store.reject_counts().await.unwrap(), expected);
}

pub async fn the_newest_rejects_of_a_source_are_taken_back_once(fresh: Case) {
    let rejects = add_rejects(&fresh.store).await;
    let kept = async || found(&fresh.store, RejectFilter::default()).await;
    fresh.store.take_rejects_back("shop", 10, "first").await.unwrap();
    let expected = newest_first(&rejects, |reject| reject.origin.line.is_none_or(|line| line <= 20));
    assert_eq!(kept().await, expected);
    fresh.store.take_rejects_back("shop", 10, "first").await.unwrap();
    assert_eq!(kept().await, expected, "the same attempt again");
    fresh.store.take_rejects_back("shop", 19, "second").await.unwrap();
    assert_eq!(kept().await, [rejects[30].clone(), rejects[0].clone()]);
}
