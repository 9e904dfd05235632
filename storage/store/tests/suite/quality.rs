use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{RejectQuery, Store};

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

pub async fn rejects_are_filtered_and_paged(fresh: Case) {
    let rejects = add_rejects(&fresh.store).await;
    let mut all = Vec::new();
    for page in 0..5 {
        let page = fresh.store.rejects(&RejectQuery { page, page_size: 7, ..RejectQuery::default() }).await.unwrap();
        assert_eq!(page.total, 31);
        all.extend(page.rows);
    }
    assert_eq!(all, rejects);
    let query = RejectQuery { reason: Some(RejectReason::BadDate), ..RejectQuery::default() };
    let page = fresh.store.rejects(&query).await.unwrap();
    let expected: Vec<_> = rejects.iter().filter(|reject| reject.reason == RejectReason::BadDate).cloned().collect();
    assert_eq!((page.rows, page.total), (expected, 10));
    let query = RejectQuery { source: Some("api".to_owned()), ..query };
    assert_eq!(fresh.store.rejects(&query).await.unwrap().total, 0);
    let query = RejectQuery { reason: None, ..query };
    assert_eq!(fresh.store.rejects(&query).await.unwrap().rows, rejects[30..]);
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
    let kept = async || fresh.store.rejects(&RejectQuery::default()).await.unwrap().rows;
    fresh.store.take_rejects_back("shop", 10, "first").await.unwrap();
    let expected: Vec<_> = rejects.iter().filter(|r| r.origin.line.is_none_or(|line| line <= 20)).cloned().collect();
    assert_eq!(kept().await, expected);
    fresh.store.take_rejects_back("shop", 10, "first").await.unwrap();
    assert_eq!(kept().await, expected, "the same attempt again");
    fresh.store.take_rejects_back("shop", 19, "second").await.unwrap();
    assert_eq!(kept().await, [rejects[0].clone(), rejects[30].clone()]);
}
