use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{Error, LastActivity, Store};

fn name(text: &str) -> SourceName {
    text.parse().unwrap()
}

fn key(n: u8) -> WriteKey {
    WriteKey::from_random([n; 16])
}

async fn create(store: &Store, text: &str, n: u8) -> Source {
    store.create_source(&name(text), SourceKind::Website, None, &key(n), at(9_000)).await.unwrap()
}

pub async fn sources_are_found_by_short_name_and_key(fresh: Case) {
    let store = &fresh.store;
    let web = create(store, "Online shop", 1).await;
    let till = store.create_source(&name("收银台"), SourceKind::Server, None, &key(2), at(1)).await.unwrap();
    assert_eq!((&*web.slug, &*till.slug), ("online-shop", "server"));
    assert_eq!(store.sources().await.unwrap(), [web.clone(), till.clone()]);
    assert_eq!(store.source_by_slug("online-shop").await.unwrap(), Some(web.clone()));
    assert_eq!(store.source_by_slug("other").await.unwrap(), None);
    assert_eq!(store.source_by_write_key(&key(2)).await.unwrap(), Some(till));
    assert_eq!(store.source_by_write_key(&key(3)).await.unwrap(), None);
    let renamed = Source { name: name("Shop"), enabled: false, ..web };
    store.put_source(&renamed).await.unwrap();
    assert_eq!(store.source_by_slug("online-shop").await.unwrap(), Some(renamed));
}

/// Every column of a web hook is there again, and the secret is none of the digest's.
pub async fn web_hooks_keep_how_they_are_checked_and_read(fresh: Case) {
    let store = &fresh.store;
    let hook = |sender, secret: Option<&str>, mapping: Option<&str>| Hook {
        sender,
        secret: secret.map(|secret| secret.parse().unwrap()),
        mapping: mapping.map(Into::into),
    };
    let token = HookSignature { header: "X-Token".parse().unwrap(), scheme: SignatureScheme::Token };
    let hooks = [
        hook(HookSender::Shopify, Some("shpss_0123456789"), None),
        hook(HookSender::Woocommerce, None, Some("kind = \"events\" # 映射")),
        hook(HookSender::Stripe, None, None),
        hook(HookSender::Generic(token), Some("geheim 秘密 12"), Some("")),
    ];
    for (n, hook) in (0..).zip(&hooks) {
        let (name, hook) = (name(&format!("Hook {n}")), Some(hook.clone()));
        let made = store.create_source(&name, SourceKind::Webhook, hook.clone(), &key(n), at(1)).await.unwrap();
        assert_eq!(made.hook, hook);
        assert_eq!(store.source_by_slug(&made.slug).await.unwrap(), Some(made));
    }
    let before = store.digest().await.unwrap();
    let secret = |text: &'static str| {
        move |source: &mut Source| {
            if let Some(hook) = &mut source.hook {
                hook.secret = Some(text.parse().unwrap());
            }
        }
    };
    let changed = store.change_source("hook-0", secret("another secret")).await.unwrap().unwrap();
    assert_eq!(changed.hook.as_ref().unwrap().secret.as_ref().unwrap().reveal(), "another secret");
    assert_eq!(store.source_by_slug("hook-0").await.unwrap(), Some(changed));
    assert_eq!(store.digest().await.unwrap(), before, "the digest knows the secret");
    store.change_source("hook-0", |source| source.hook = None).await.unwrap();
    assert_ne!(store.digest().await.unwrap(), before);
}

pub async fn short_names_are_given_once(fresh: Case) {
    let store = &fresh.store;
    let import = ImportRecord {
        id: ImportId::derive(&[b"1"]),
        source: "shop-2".to_owned(),
        file: "orders.csv".to_owned(),
        rows: 1,
        events: 1,
        rejected: 0,
        complete: true,
    };
    store.put_import(&import).await.unwrap();
    let first = create(store, "Shop", 1).await;
    let second = create(store, "SHOP!", 2).await;
    assert_eq!((&*first.slug, &*second.slug), ("shop", "shop-3"), "an import has the second name");
    let thief = Source { id: SourceId::derive(&[b"other"]), write_key: key(3), ..first.clone() };
    let error = store.put_source(&thief).await.unwrap_err();
    assert!(matches!(&error, Error::SlugTaken { what: "source", slug } if slug == "shop"), "{error}");
    assert_eq!(store.source_by_slug("shop").await.unwrap(), Some(first));
}

pub async fn many_sources_of_one_name_can_be_made_at_once(fresh: Case) {
    let makers: Vec<_> = (0..4)
        .map(|n| {
            let fresh = fresh.clone();
            tokio::spawn(async move { create(&fresh.another().await, "Shop", n).await.slug })
        })
        .collect();
    let mut slugs = Vec::new();
    for maker in makers {
        slugs.push(maker.await.unwrap());
    }
    slugs.sort();
    assert_eq!(slugs.iter().map(|slug| &**slug).collect::<Vec<_>>(), ["shop", "shop-2", "shop-3", "shop-4"]);
    for (n, source) in fresh.store.sources().await.unwrap().iter().enumerate() {
        let found = fresh.store.source_by_write_key(&source.write_key).await.unwrap();
        assert_eq!(found.as_ref(), Some(source), "{n}: nobody's key was overwritten");
    }
}

pub async fn a_key_belongs_to_one_source(fresh: Case) {
    let store = &fresh.store;
    let first = create(store, "First", 1).await;
    let second = create(store, "Second", 2).await;
    let same = store.create_source(&name("Third"), SourceKind::Website, None, &key(1), at(1)).await.unwrap_err();
    let put = store.put_source(&Source { write_key: key(1), ..second.clone() }).await.unwrap_err();
    let changed = store.change_source("second", |source| source.write_key = key(1)).await.unwrap_err();
    for error in [same, put, changed] {
        assert!(matches!(error, Error::WriteKeyTaken { .. }), "{error}");
        assert!(!error.to_string().contains(key(1).reveal()), "{error}");
    }
    assert_eq!(store.sources().await.unwrap(), [first, second]);
}

pub async fn changes_at_the_same_time_are_all_kept(fresh: Case) {
    create(&fresh.store, "Shop", 1).await;
    let rename = {
        let fresh = fresh.clone();
        tokio::spawn(async move {
            let store = fresh.another().await;
            for n in 0..20 {
                store.change_source("shop", |source| source.name = name(&format!("Shop {n}"))).await.unwrap();
            }
        })
    };
    for n in 2..=21 {
        let changed = fresh.store.change_source("shop", |source| source.write_key = key(n)).await.unwrap().unwrap();
        assert_eq!(changed.write_key, key(n));
        let stored = fresh.store.source_by_slug("shop").await.unwrap().unwrap();
        assert_eq!(stored.write_key, key(n), "renaming has brought an old key back");
    }
    rename.await.unwrap();
    let stored = fresh.store.source_by_slug("shop").await.unwrap().unwrap();
    assert_eq!((stored.name.as_str(), &stored.write_key), ("Shop 19", &key(21)));
    assert_eq!(fresh.store.change_source("other", |_| panic!("there is none")).await.unwrap(), None);
}

pub async fn a_source_goes_and_its_history_stays(fresh: Case) {
    let store = &fresh.store;
    let shop = create(store, "Shop", 1).await;
    let brought = activity("shop", 0, 20);
    store.add_source_activity(std::slice::from_ref(&brought)).await.unwrap();
    assert!(store.delete_source("shop").await.unwrap());
    assert!(!store.delete_source("shop").await.unwrap());
    assert_eq!(store.source_by_write_key(&shop.write_key).await.unwrap(), None);
    assert_eq!(store.source_activity(day(0)).await.unwrap(), [brought]);
    let again = create(store, "Shop", 2).await;
    assert_eq!((&again.slug, again.id), (&shop.slug, shop.id));
}

pub async fn activity_adds_up_in_any_order(fresh: Case) {
    let store = &fresh.store;
    let nothing = |n| SourceActivity { rejected: 2, ..SourceActivity::none("shop".into(), day(n)) };
    let parts = [activity("shop", 0, 30), nothing(0), activity("shop", 0, 50), activity("till", 0, 5)];
    let twin = |message: &str| {
        let at = at(50);
        SourceActivity { last_error: Some(SourceError { at, message: message.to_owned() }), ..nothing(0) }
    };
    let twins = [twin("zzz"), twin("aaa")];
    store.add_source_activity(&parts).await.unwrap();
    for twin in &twins {
        store.add_source_activity(std::slice::from_ref(twin)).await.unwrap();
    }
    let one_way = store.source_activity(day(0)).await.unwrap();
    let mut expected = activity("shop", 0, 50);
    expected.events = 80;
    expected.rejected = 3 + 2 + 5 + 2 + 2;
    expected.last_error = Some(SourceError { at: at(50), message: "zzz".to_owned() });
    assert_eq!(one_way, [expected, activity("till", 0, 5)]);

    fresh.sql("DELETE FROM source_activity").await;
    for twin in &twins {
        store.add_source_activity(std::slice::from_ref(twin)).await.unwrap();
    }
    for part in parts.iter().rev() {
        store.add_source_activity(std::slice::from_ref(part)).await.unwrap();
    }
    assert_eq!(store.source_activity(day(0)).await.unwrap(), one_way);
    store.add_source_activity(&[]).await.unwrap();
    assert_eq!(store.source_activity(day(0)).await.unwrap(), one_way);
}

pub async fn activity_of_many_processes_adds_up(fresh: Case) {
    let adders: Vec<_> = (0..4)
        .map(|n| {
            let fresh = fresh.clone();
            tokio::spawn(async move {
                let store = fresh.another().await;
                // Each in an order of its own: two of them would wait for each other.
                let names = ["a", "b", "c", "d"];
                let batch: Vec<_> = (0..4).map(|m| activity(names[(n + m) % 4], 0, 10)).collect();
                for _ in 0..10 {
                    store.add_source_activity(&batch).await.unwrap();
                }
            })
        })
        .collect();
    for adder in adders {
        adder.await.unwrap();
    }
    let all = fresh.store.source_activity(day(0)).await.unwrap();
    assert_eq!(all.iter().map(|day| (day.events, day.rejected)).collect::<Vec<_>>(), [(400, 40); 4]);
}

pub async fn activity_is_read_from_a_day_on(fresh: Case) {
    let all: Vec<_> = (0..40).map(|n| activity("shop", n, n + 1)).collect();
    fresh.store.add_source_activity(&all).await.unwrap();
    assert_eq!(fresh.store.source_activity(day(10)).await.unwrap(), all[10..]);
    assert_eq!(fresh.store.source_activity(day(40)).await.unwrap(), []);
    let long = SourceError { at: at(0), message: "客".repeat(600) };
    let day = SourceActivity { last_error: Some(long), ..SourceActivity::none("till".into(), day(50)) };
    fresh.store.add_source_activity(std::slice::from_ref(&day)).await.unwrap();
    let stored = fresh.store.source_activity(day.day).await.unwrap();
    assert_eq!(stored[0].last_error.as_ref().unwrap().message, "客".repeat(SourceError::MAX));
}

pub async fn the_last_event_is_known_however_long_ago(fresh: Case) {
    let store = &fresh.store;
    assert!(store.last_source_activity().await.unwrap().is_empty());
    let error = SourceError { at: at(700), message: "no `userId`".to_owned() };
    let only_errors = SourceActivity { last_error: Some(error.clone()), ..SourceActivity::none("till".into(), day(3)) };
    let only_events = |n| SourceActivity { last_error: None, ..activity("shop", n, 7) };
    store.add_source_activity(&[activity("shop", 0, 5), only_events(1), only_events(2), only_errors]).await.unwrap();
    let last = store.last_source_activity().await.unwrap();
    let expected = LastActivity { event_at: only_events(2).last_event_at, error: activity("shop", 0, 5).last_error };
    assert_eq!(last["shop"], expected);
    assert_eq!(last["till"], LastActivity { event_at: None, error: Some(error) });
    assert_eq!(last.len(), 2);
}
