use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{Error, MessageQuery};
use std::collections::{BTreeMap, HashSet};

pub async fn a_message_is_reserved_once(fresh: Case) {
    let store = &fresh.store;
    let messages: Vec<_> = (0..10).map(message).collect();
    let new = store.reserve(&messages[..6]).await.unwrap();
    assert_eq!(new.into_iter().collect::<HashSet<_>>(), messages[..6].iter().map(|message| message.id).collect());
    let new = store.reserve(&messages).await.unwrap();
    assert_eq!(new.into_iter().collect::<HashSet<_>>(), messages[6..].iter().map(|message| message.id).collect());
    assert_eq!(store.reserve(&messages).await.unwrap(), []);
    // Named twice in one call, it is new once.
    assert_eq!(store.reserve(&[message(20), message(20)]).await.unwrap(), [message(20).id]);
    assert_eq!(store.reserved(run_id(1), 100).await.unwrap().len(), 11);
    assert_eq!(store.reserved(run_id(1), 4).await.unwrap().len(), 4);
    assert_eq!(store.reserved(run_id(2), 4).await.unwrap(), []);
    // What has left the ledger's first state is not new again, and does not fall back.
    store.record_outcomes(&[handed_over(0)]).await.unwrap();
    assert_eq!(store.reserve(&[message(0)]).await.unwrap(), []);
    assert_eq!(store.message(message(0).id).await.unwrap(), Some(handed_over(0)));
    assert!(matches!(store.reserve(&[handed_over(30)]).await, Err(Error::OutcomeRefused { .. })));
    assert_eq!(store.message(message(30).id).await.unwrap(), None);
}

pub async fn of_many_processes_one_reserves_a_message(fresh: Case) {
    let mut workers = Vec::new();
    for worker in 0..4u64 {
        let store = fresh.another().await;
        workers.push(tokio::spawn(async move {
            let mut new = Vec::new();
            for batch in 0..10u64 {
                // Batches overlap, and no two workers have them in the same order.
                let mut messages: Vec<_> = (0..30).map(|n| message(batch * 20 + n)).collect();
                messages.rotate_left(worker as usize * 7);
                new.extend(store.reserve(&messages).await.unwrap());
            }
            new
        }));
    }
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.unwrap());
    }
    assert_eq!(all.len(), 210, "every message is new to one worker only");
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), (0..210).map(|n| message(n).id).collect());
}

pub async fn outcomes_leave_reserved_only(fresh: Case) {
    let store = &fresh.store;
    store.reserve(&(0..5).map(message).collect::<Vec<_>>()).await.unwrap();
    let (mut failed, mut unknown) = (message(1), message(2));
    failed.fail("550 no such user".to_owned(), at(7_001)).unwrap();
    unknown.lose_track(at(7_002)).unwrap();
    store.record_outcomes(&[handed_over(0), failed.clone(), unknown.clone()]).await.unwrap();
    for message in [&handed_over(0), &failed, &unknown] {
        assert_eq!(store.message(message.id).await.unwrap().as_ref(), Some(message));
    }
    assert_eq!(store.reserved(run_id(1), 10).await.unwrap().len(), 2);
    let refusals = [
        (handed_over(0), "handed_over"),
        (handed_over(1), "failed"),
        (handed_over(2), "unknown"),
        (handed_over(99), "not reserved"),
        (message(3), "reserved"),
    ];
    for (outcome, state) in refusals {
        let error = store.record_outcomes(std::slice::from_ref(&outcome)).await.unwrap_err();
        assert!(
            matches!(&error, Error::OutcomeRefused { message, from, .. } if *message == outcome.id && from == state),
            "{error}"
        );
    }
    let error = store.record_outcomes(&[handed_over(4), handed_over(4)]).await.unwrap_err();
    assert!(error.to_string().contains("named twice"), "{error}");
    assert_eq!(store.message(failed.id).await.unwrap(), Some(failed));
    assert_eq!(store.message(message(99).id).await.unwrap(), None, "an outcome makes no message");
}

pub async fn what_was_not_handed_over_can_be_released(fresh: Case) {
    let store = &fresh.store;
    let messages: Vec<_> = (0..5).map(message).collect();
    store.reserve(&messages).await.unwrap();
    store.record_outcomes(&[handed_over(0)]).await.unwrap();
    let ids: Vec<_> = messages[..3].iter().map(|message| message.id).collect();
    assert_eq!(store.release(&ids).await.unwrap(), 2, "the one with an outcome stays");
    assert_eq!(store.release(&ids).await.unwrap(), 0);
    assert_eq!(store.reserve(&messages).await.unwrap().len(), 2, "and only those can be reserved anew");
    assert_eq!(store.message(ids[0]).await.unwrap().map(|message| message.state), Some(handed_over(0).state));
}

pub async fn one_refused_outcome_refuses_all(fresh: Case) {
    let store = &fresh.store;
    store.reserve(&(0..50).map(message).collect::<Vec<_>>()).await.unwrap();
    store.record_outcomes(&[handed_over(49)]).await.unwrap();
    let before = store.digest().await.unwrap();
    let outcomes: Vec<_> = (0..50).map(handed_over).collect();
    let error = store.record_outcomes(&outcomes).await.unwrap_err();
    assert!(error.to_string().contains(&message(49).id.to_string()), "{error}");
    assert_eq!(store.digest().await.unwrap(), before);
    store.record_outcomes(&outcomes[..49]).await.unwrap();
    assert_eq!(store.reserved(run_id(1), 10).await.unwrap(), []);
}

pub async fn messages_are_listed_and_counted(fresh: Case) {
    let store = &fresh.store;
    store.reserve(&(0..25).map(message).collect::<Vec<_>>()).await.unwrap();
    let elsewhere = Message { id: Message::id_for(run_id(2), profile_id(1)), run: run_id(2), ..message(1) };
    store.reserve(std::slice::from_ref(&elsewhere)).await.unwrap();
    store.record_outcomes(&(0..10).map(handed_over).collect::<Vec<_>>()).await.unwrap();
    let counts = BTreeMap::from([("handed_over".to_owned(), 10), ("reserved".to_owned(), 15)]);
    assert_eq!(store.message_counts(run_id(1)).await.unwrap(), counts);
    let mut all = Vec::new();
    for page in 0..4 {
        let query = MessageQuery { run: Some(run_id(1)), page, page_size: 7, ..MessageQuery::default() };
        let page = store.messages(&query).await.unwrap();
        assert_eq!(page.total, 25);
        all.extend(page.rows);
    }
    assert_eq!(all.iter().map(|message| message.id).collect::<HashSet<_>>().len(), 25);
    assert!(all[..10].iter().all(|message| message.state.name() == "handed_over"), "the latest change comes first");
    let query = MessageQuery { profile: Some(profile_id(1)), ..MessageQuery::default() };
    assert_eq!(store.messages(&query).await.unwrap().rows, [handed_over(1), elsewhere]);
    let query = MessageQuery { state: Some("handed_over".to_owned()), ..query };
    assert_eq!(store.messages(&query).await.unwrap().rows, [handed_over(1)]);
}
