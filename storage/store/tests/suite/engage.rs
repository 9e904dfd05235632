use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::Error;
use std::collections::HashSet;

pub async fn campaigns_come_back_in_every_state(fresh: Case) {
    let store = &fresh.store;
    let mut campaign = campaign("win-back");
    store.put_campaign(&campaign).await.unwrap();
    assert_eq!(store.campaign_by_slug("win-back").await.unwrap(), Some(campaign.clone()));
    campaign.start(at(1)).unwrap();
    store.put_campaign(&campaign).await.unwrap();
    assert_eq!(store.campaign_by_slug("win-back").await.unwrap(), Some(campaign.clone()));
    campaign.complete(at(2)).unwrap();
    store.put_campaign(&campaign).await.unwrap();
    assert_eq!(store.campaigns().await.unwrap(), [campaign]);
    assert_eq!(store.campaign_by_slug("other").await.unwrap(), None);
}

pub async fn a_short_name_is_taken_once(fresh: Case) {
    let store = &fresh.store;
    let first = campaign("win-back");
    store.put_campaign(&first).await.unwrap();
    let thief = Campaign { id: CampaignId::derive(&[b"other"]), ..first.clone() };
    let error = store.put_campaign(&thief).await.unwrap_err();
    assert!(matches!(&error, Error::SlugTaken { what: "campaign", slug } if slug == "win-back"), "{error}");
    assert_eq!(store.campaigns().await.unwrap(), [first]);
    let open_bandit = experiment("open-bandit");
    store.put_experiment(&open_bandit, &[], &[]).await.unwrap();
    let thief = ExperimentDefinition { id: ExperimentId::derive(&[b"other"]), ..open_bandit };
    let error = store.put_experiment(&thief, &[], &[]).await.unwrap_err();
    assert!(matches!(error, Error::SlugTaken { what: "experiment", .. }), "{error}");
}

pub async fn the_first_decision_stands(fresh: Case) {
    let store = &fresh.store;
    let first = decision(1, DecisionChoice::HoldOut);
    store.log_decisions(&[first, decision(1, DecisionChoice::Send)]).await.unwrap();
    let skip = DecisionChoice::Skip { reason: SkipReason::Suppressed };
    store.log_decisions(&[decision(1, DecisionChoice::Send), decision(2, skip)]).await.unwrap();
    assert_eq!(store.decision_of(run_id(1), profile_id(1)).await.unwrap(), Some(first));
    // The same person in another run is another decision.
    let elsewhere = Decision { run: run_id(2), ..decision(1, DecisionChoice::Send) };
    store.log_decisions(&[elsewhere]).await.unwrap();
    assert_eq!(store.decision_of(run_id(2), profile_id(1)).await.unwrap(), Some(elsewhere));
    let mut expected = [first, decision(2, skip)];
    expected.sort_by_key(|decision| decision.profile);
    assert_eq!(store.decisions(run_id(1)).await.unwrap(), expected);
    let nan = Decision { send_probability: f64::NAN, ..first };
    assert!(matches!(store.log_decisions(&[nan]).await, Err(Error::NotFinite { .. })));
}

pub async fn decisions_are_counted(fresh: Case) {
    let skip = |reason| DecisionChoice::Skip { reason };
    let choices = [
        (DecisionChoice::Send, 5),
        (DecisionChoice::HoldOut, 2),
        (skip(SkipReason::NoAddress), 1),
        (skip(SkipReason::Suppressed), 3),
    ];
    let mut people = 0..;
    let decisions: Vec<_> = choices
        .iter()
        .flat_map(|(choice, count)| {
            people.by_ref().take(*count as usize).map(|n| decision(n, *choice)).collect::<Vec<_>>()
        })
        .collect();
    fresh.store.log_decisions(&decisions).await.unwrap();
    assert_eq!(fresh.store.decision_counts(run_id(1)).await.unwrap(), choices);
    assert_eq!(fresh.store.decision_counts(run_id(2)).await.unwrap(), []);
}

pub async fn suppressed_addresses_are_found(fresh: Case) {
    let store = &fresh.store;
    store.suppress(" Ann@Example.com", "email", "unsubscribed", at(0)).await.unwrap();
    store.suppress("ann@example.com", "email", "bounced", at(1)).await.unwrap();
    store.suppress("bob@example.com", "sms", "unsubscribed", at(1)).await.unwrap();
    let ask = ["ANN@example.com", "bob@example.com", "cy@example.com"].map(str::to_owned);
    let found = store.suppressed("email", &ask).await.unwrap();
    assert_eq!(found, HashSet::from(["ANN@example.com".to_owned()]), "as asked, and on this channel only");
    assert!(store.unsuppress("ann@EXAMPLE.com ", "email").await.unwrap());
    assert!(!store.unsuppress("ann@example.com", "email").await.unwrap());
    assert_eq!(store.suppressed("email", &ask).await.unwrap(), HashSet::new());
    assert_eq!(store.suppressed("sms", &ask).await.unwrap().len(), 1);
}

pub async fn events_suppress_addresses_with_what_they_change(fresh: Case) {
    let store = &fresh.store;
    let suppression = |address: &str, reason: &str, minutes| Suppression {
        address: address.to_owned(),
        channel: "smtp".to_owned(),
        reason: reason.to_owned(),
        at: at(minutes),
    };
    // Twice in one change set, in another spelling: PostgreSQL would not write a row twice.
    let suppressions = vec![
        suppression("Ann@example.com", "bounced", 0),
        suppression(" ann@example.com", "complained", 1),
        suppression("bob@example.com", "complained", 1),
    ];
    store.commit(&ChangeSet { suppressions: suppressions.clone(), ..change(1, 0..2) }).await.unwrap();
    let ask = ["ann@example.com", "bob@example.com", "cy@example.com"].map(str::to_owned);
    assert_eq!(store.suppressed("smtp", &ask).await.unwrap(), ask[..2].iter().cloned().collect());
    assert_eq!(store.suppressed("outbox", &ask).await.unwrap(), HashSet::new());
    // A change set that is refused suppresses nobody.
    assert!(store.unsuppress("ann@example.com", "smtp").await.unwrap());
    assert!(store.commit(&ChangeSet { suppressions, ..change(1, 0..2) }).await.is_err());
    assert_eq!(store.suppressed("smtp", &ask[..1]).await.unwrap(), HashSet::new());
}

pub async fn messages_are_found_by_mailbox(fresh: Case) {
    let store = &fresh.store;
    let mut messages: Vec<_> = (0..20).map(message).collect();
    messages[3].address = "Shared@Example.com".to_owned();
    messages[4].address = "shared@example.com".to_owned();
    store.reserve(&messages).await.unwrap();
    let mailboxes = ["shared@example.com", "customer-7@example.com", "nobody@example.com"].map(str::to_owned);
    let found = store.message_to_each(&mailboxes).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found["customer-7@example.com"].profile, profile_id(7));
    assert_eq!(found["shared@example.com"].profile, profile_id(3).min(profile_id(4)));
    let ids = [messages[1].id, MessageId::derive(&[b"nobody's"])];
    assert_eq!(store.messages_by_id(&ids).await.unwrap(), [message(1)]);
    assert_eq!(store.messages_by_id(&[]).await.unwrap(), []);
}
