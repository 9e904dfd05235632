use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{BranchTotal, Store};

async fn commit(store: &Store, branches: Vec<NamedBranch>, branch_activity: Vec<BranchActivity>) {
    let applied = store.applied().await.unwrap().next();
    store.commit(&ChangeSet { applied, branches, branch_activity, ..ChangeSet::default() }).await.unwrap();
}

/// A change as people make it.
async fn change(store: &Store, code: &str, minutes: i64, change: impl FnOnce(&mut Branch) + Send) -> Branch {
    let code = code.parse().unwrap();
    let changed = store.change_branch(&code, at(minutes), |mut branch| {
        change(&mut branch);
        branch.checked()
    });
    changed.await.unwrap().unwrap()
}

pub async fn a_branch_is_made_by_its_first_event(fresh: Case) {
    let store = &fresh.store;
    assert_eq!(store.branches().await.unwrap(), []);
    let late = NamedBranch { at: at(9), ..named_branch("VIE-02", "Prater") };
    // Twice in one change set, first without a name.
    let first =
        vec![named_branch("VIE-01", ""), named_branch("VIE-01", "Graben"), named_branch("VIE-01", "Other"), late];
    commit(store, first, vec![]).await;
    let names = async || -> Vec<(String, String)> {
        let branches = store.branches().await.unwrap();
        branches.into_iter().map(|branch| (branch.code.to_string(), branch.name)).collect()
    };
    let both =
        |one: &str, two: &str| vec![("VIE-01".to_owned(), one.to_owned()), ("VIE-02".to_owned(), two.to_owned())];
    assert_eq!(names().await, both("Graben", "Prater"));
    let second = store.branch("VIE-02").await.unwrap().unwrap();
    assert_eq!((second.created_at, second.edited_at), (at(9), None));
    assert_eq!(store.branch("vie-02").await.unwrap(), None);
    // The first name stands; an event that says none takes none away.
    commit(store, vec![named_branch("VIE-01", "Kärntner Straße"), named_branch("VIE-02", "")], vec![]).await;
    assert_eq!(names().await, both("Graben", "Prater"));
    assert_eq!(store.branch("VIE-02").await.unwrap().unwrap().created_at, at(9));
}

pub async fn no_event_changes_what_a_person_entered(fresh: Case) {
    let store = &fresh.store;
    commit(store, vec![named_branch("VIE-01", "Graben")], vec![]).await;
    let changed = change(store, "VIE-01", 5, |branch| {
        branch.name = "Graben 21".to_owned();
        branch.city = "Wien".to_owned();
        branch.place = Some(Place { latitude: 48.2092, longitude: 16.3695 });
        branch.opened = Some(day(0));
        branch.closed = Some(day(400));
        branch.tags = vec!["flagship".to_owned(), "„Innere Stadt\" 店\0".replace('\0', "")];
    })
    .await;
    assert_eq!((changed.created_at, changed.edited_at), (at(0), Some(at(5))));
    commit(store, vec![named_branch("VIE-01", "GRABEN")], vec![]).await;
    assert_eq!(store.branch("VIE-01").await.unwrap(), Some(changed));
    // Also a name that a person took away, and a branch that a person made before its first event.
    change(store, "VIE-01", 6, |branch| branch.name.clear()).await;
    let made = change(store, "VIE-03", 7, |branch| branch.city = "Linz".to_owned()).await;
    commit(store, vec![named_branch("VIE-01", "GRABEN"), named_branch("VIE-03", "Linz 1")], vec![]).await;
    assert_eq!(store.branch("VIE-01").await.unwrap().unwrap().name, "");
    assert_eq!(store.branch("VIE-03").await.unwrap(), Some(made));
}

pub async fn a_change_that_is_refused_changes_nothing(fresh: Case) {
    let store = &fresh.store;
    let before = change(store, "VIE-01", 0, |branch| branch.name = "Graben".to_owned()).await;
    let code: BranchCode = "VIE-01".parse().unwrap();
    let refused =
        store.change_branch(&code, at(1), |branch| Branch { name: "x".repeat(300), ..branch }.checked()).await;
    assert_eq!(refused.unwrap(), Err(BranchError::Text { field: "name", max: Branch::TEXT }));
    assert_eq!(store.branches().await.unwrap(), [before]);
    // Two who change different things at once lose nothing of each other.
    let other = fresh.another().await;
    let (one, two) = tokio::join!(
        change(store, "VIE-01", 2, |branch| branch.city = "Wien".to_owned()),
        change(&other, "VIE-01", 3, |branch| branch.country = "AT".to_owned()),
    );
    drop((one, two));
    let branch = store.branch("VIE-01").await.unwrap().unwrap();
    assert_eq!((branch.name.as_str(), branch.city.as_str(), branch.country.as_str()), ("Graben", "Wien", "AT"));
}

pub async fn activity_adds_up_and_what_is_refused_counts_nothing(fresh: Case) {
    let store = &fresh.store;
    let some = vec![
        branch_activity("VIE-01", 0, "EUR", 3),
        branch_activity("VIE-01", 0, "EUR", 4),
        branch_activity("VIE-01", 0, "CHF", 1),
        branch_activity("VIE-01", 9, "EUR", 2),
        branch_activity("VIE-02", 9, "", 0),
    ];
    commit(store, vec![named_branch("VIE-01", "")], some.clone()).await;
    // The same offset once more is refused as a whole.
    let again = ChangeSet { applied: Offset(1), branch_activity: some.clone(), ..ChangeSet::default() };
    assert!(store.commit(&again).await.is_err());
    commit(store, vec![], some.into_iter().rev().collect()).await;
    let counts = |activity: &BranchActivity| (activity.orders, activity.events, activity.refunds, activity.revenue);
    let all = store.branch_activity(day(0)).await.unwrap();
    let expected: Vec<_> = [(2, 4, 2, 2), (14, 18, 4, 14), (4, 6, 2, 4), (0, 2, 2, 0)]
        .map(|(orders, events, refunds, money)| (orders, events, refunds, Money::from_whole(money)))
        .to_vec();
    assert_eq!(all.iter().map(counts).collect::<Vec<_>>(), expected);
    assert_eq!(all[1].last_event_at, at(4), "the later one stands");
    assert_eq!(store.branch_activity(day(1)).await.unwrap(), all[2..]);
    let totals = store.branch_totals().await.unwrap();
    let total = BranchTotal {
        code: "VIE-01".parse().unwrap(),
        currency: "EUR".to_owned(),
        events: 24,
        orders: 18,
        refunds: 6,
        revenue: Money::from_whole(18),
        last_event_at: at(4),
    };
    assert_eq!((totals.len(), &totals[1]), (3, &total));
}

/// Whoever has the key of a website can sell for a thousand billion as often as they like.
pub async fn a_sum_that_no_number_holds_stays_at_the_largest(fresh: Case) {
    let store = &fresh.store;
    let most = |after: u64, sign: i64| BranchActivity {
        revenue: Money::from_ten_thousandths(sign * (i64::MAX - 1)),
        ..branch_activity("VIE-01", after, "EUR", 1)
    };
    for _ in 0..3 {
        commit(store, vec![named_branch("VIE-01", "")], vec![most(0, 1), most(1, -1), most(2, 1), most(3, 1)]).await;
    }
    let days = store.branch_activity(day(0)).await.unwrap();
    let revenue: Vec<_> = days.iter().map(|day| day.revenue.ten_thousandths()).collect();
    assert_eq!(revenue, [i64::MAX, -i64::MAX, i64::MAX, i64::MAX]);
    assert_eq!(store.branch_totals().await.unwrap()[0].revenue.ten_thousandths(), i64::MAX);
}
