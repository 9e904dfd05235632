use super::{Case, fixtures::*};
use bellwether_domain::*;
use bellwether_store::{CustomerQuery, CustomerSort, MAX_PAGE_SIZE, Store};
use std::collections::{BTreeMap, HashSet};

const PEOPLE: u64 = 137;

fn query(sort: CustomerSort, descending: bool) -> CustomerQuery {
    CustomerQuery { sort, descending, ..CustomerQuery::default() }
}

/// The ids of all pages, one after the other.
async fn all_pages(store: &Store, query: &CustomerQuery) -> Vec<ProfileId> {
    let mut ids = Vec::new();
    for page in 0.. {
        let page = store.customers(&CustomerQuery { page, ..query.clone() }).await.unwrap();
        if page.rows.is_empty() {
            assert_eq!(ids.len() as u64, page.total);
            return ids;
        }
        ids.extend(page.rows.iter().map(|row| row.profile.id));
    }
    ids
}

pub async fn every_sort_pages_through_all(fresh: Case) {
    let people = add_people(&fresh.store, 0..PEOPLE).await;
    let all: HashSet<_> = people.iter().map(|profile| profile.id).collect();
    for (name, sort) in CustomerSort::ALL {
        for (descending, page_size) in [(true, 10), (false, 23)] {
            let query = CustomerQuery { page_size, ..query(sort, descending) };
            let ids = all_pages(&fresh.store, &query).await;
            assert_eq!(ids.len(), all.len(), "{name}: a gap or a repetition");
            assert_eq!(ids.iter().copied().collect::<HashSet<_>>(), all, "{name}");
            // The pages are cut from one order, whatever their size.
            let whole = all_pages(&fresh.store, &CustomerQuery { page_size: MAX_PAGE_SIZE, ..query }).await;
            assert_eq!(ids, whole, "{name}");
        }
    }
    let beyond = CustomerQuery { page: u64::MAX, page_size: 0, ..CustomerQuery::default() };
    let page = fresh.store.customers(&beyond).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (0, PEOPLE));
}

pub async fn every_sort_sorts(fresh: Case) {
    let people = add_people(&fresh.store, 0..PEOPLE).await;
    for (name, sort) in CustomerSort::ALL {
        let mut expected = people.clone();
        expected.sort_by(|a, b| {
            let (x, y) = (&a.commerce, &b.commerce);
            let average = |c: &Commerce| c.revenue.ten_thousandths().checked_div(c.orders as i64).unwrap_or(0);
            let share = |c: &Commerce| if c.revenue.is_zero() { 0.0 } else { c.refunded.to_f64() / c.revenue.to_f64() };
            let country =
                |profile: &Profile| profile.traits.get("country").map(|country| country.as_str().unwrap().to_owned());
            match sort {
                CustomerSort::UserId => a.user_id.cmp(&b.user_id),
                CustomerSort::Country => country(a).cmp(&country(b)),
                CustomerSort::Orders => x.orders.cmp(&y.orders),
                CustomerSort::Revenue => x.net_revenue().cmp(&y.net_revenue()),
                CustomerSort::Recency => y.last_order.cmp(&x.last_order),
                CustomerSort::LastOrder => x.last_order.cmp(&y.last_order),
                CustomerSort::FirstOrder => x.first_order.cmp(&y.first_order),
                CustomerSort::AverageOrder => average(x).cmp(&average(y)),
                CustomerSort::Units => x.units.cmp(&y.units),
                CustomerSort::ReturnsShare => share(x).total_cmp(&share(y)),
                CustomerSort::LastSeen => a.last_seen.cmp(&b.last_seen),
            }
            // Recency is the last order seen from the other side, the ids with it.
            .then_with(|| if sort == CustomerSort::Recency { b.id.cmp(&a.id) } else { a.id.cmp(&b.id) })
        });
        let mut expected: Vec<_> = expected.iter().map(|profile| profile.id).collect();
        let size = |descending| CustomerQuery { page_size: MAX_PAGE_SIZE, ..query(sort, descending) };
        assert_eq!(all_pages(&fresh.store, &size(false)).await, expected, "{name}");
        expected.reverse();
        assert_eq!(all_pages(&fresh.store, &size(true)).await, expected, "{name}, descending");
        assert_eq!(name.parse(), Ok(sort));
    }
    let error = "shoe_size".parse::<CustomerSort>().unwrap_err();
    assert!(error.contains("`shoe_size`") && error.contains("revenue, recency"), "{error}");
}

async fn check_search(store: &Store, q: &str, expected: &[u64]) {
    let query = CustomerQuery { q: Some(q.to_owned()), page_size: MAX_PAGE_SIZE, ..CustomerQuery::default() };
    let page = store.customers(&query).await.unwrap();
    let mut found: Vec<_> = page.rows.into_iter().map(|row| row.profile.user_id).collect();
    found.sort();
    let mut expected: Vec<_> = expected.iter().map(|n| profile(*n).user_id).collect();
    expected.sort();
    assert_eq!((found.len() as u64, found), (page.total, expected), "search for {q:?}");
}

pub async fn a_search_finds_parts_in_any_case(fresh: Case) {
    add_people(&fresh.store, 0..8).await;
    check_search(&fresh.store, "12003", &[3]).await;
    check_search(&fresh.store, "1200", &[0, 1, 2, 3, 4, 5, 6, 7]).await;
    check_search(&fresh.store, "  EXAMPLE.com ", &[0, 1, 2, 3, 4, 5, 6, 7]).await;
    check_search(&fresh.store, "customer-5@", &[5]).await;
    check_search(&fresh.store, "fRaN", &[1, 5]).await;
    check_search(&fresh.store, "nobody", &[]).await;
    check_search(&fresh.store, "   ", &[0, 1, 2, 3, 4, 5, 6, 7]).await;
    // Fields are searched one by one, not across their borders.
    check_search(&fresh.store, "12003\ncustomer-3", &[]).await;
}

pub async fn wildcards_in_a_search_are_letters(fresh: Case) {
    let names = ["50% off", "50 off", "snake_case", "snakecase", "wow!", "back\\slash", "it's", "ÄRGER 顾客"];
    let profiles = names.iter().zip(0..).map(|(name, n)| Profile {
        user_id: (*name).to_owned(),
        traits: BTreeMap::new(),
        ..profile(n)
    });
    let change = ChangeSet { applied: Offset(1), profiles: profiles.collect(), ..ChangeSet::default() };
    fresh.store.commit(&change).await.unwrap();
    let cases = [
        ("0% o", "50% off"),
        ("e_c", "snake_case"),
        ("w!", "wow!"),
        ("k\\s", "back\\slash"),
        ("'", "it's"),
        ("ärger", "ÄRGER 顾客"),
        ("顾", "ÄRGER 顾客"),
    ];
    for (q, expected) in cases {
        let query = CustomerQuery { q: Some(q.to_owned()), ..CustomerQuery::default() };
        let page = fresh.store.customers(&query).await.unwrap();
        let found: Vec<_> = page.rows.iter().map(|row| row.profile.user_id.as_str()).collect();
        assert_eq!(found, [expected], "search for {q:?}");
    }
    let all = CustomerQuery { q: Some("%".to_owned()), ..CustomerQuery::default() };
    assert_eq!(fresh.store.customers(&all).await.unwrap().total, 1, "`%` stands for itself only");
}

pub async fn filters_combine(fresh: Case) {
    let people = add_people(&fresh.store, 0..PEOPLE).await;
    let segment = segment("rfm-champions", SegmentKind::Rfm, 50);
    let members = memberships(&segment, 0..50);
    fresh.store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&segment), &members).await.unwrap();
    let query = CustomerQuery {
        q: Some("customer-1".to_owned()),
        segment: Some(segment.id),
        country: Some("France".to_owned()),
        page_size: 3,
        ..CustomerQuery::default()
    };
    let fits = |n: &u64| {
        let country = people[*n as usize].traits.get("country").and_then(|country| country.as_str());
        *n < 50 && n.to_string().starts_with('1') && country == Some("France")
    };
    let expected: HashSet<_> = (0..PEOPLE).filter(fits).map(profile_id).collect();
    assert!(expected.len() > 1);
    assert_eq!(all_pages(&fresh.store, &query).await.into_iter().collect::<HashSet<_>>(), expected);
    let nobody = CustomerQuery { segment: Some(SegmentId::derive(&[b"none"])), ..query };
    assert_eq!(fresh.store.customers(&nobody).await.unwrap().total, 0);
}

pub async fn a_row_has_features_and_segments(fresh: Case) {
    add_people(&fresh.store, 0..3).await;
    let rfm = segment("rfm-champions", SegmentKind::Rfm, 2);
    let cluster = segment("cluster-large", SegmentKind::Cluster, 1);
    // Clusters come after RFM, whatever was stored first.
    fresh
        .store
        .replace_segments(SegmentKind::Cluster, std::slice::from_ref(&cluster), &memberships(&cluster, 1..2))
        .await
        .unwrap();
    fresh.store.replace_segments(SegmentKind::Rfm, std::slice::from_ref(&rfm), &memberships(&rfm, 0..2)).await.unwrap();
    fresh.store.put_features(&[features(1)]).await.unwrap();
    let page = fresh.store.customers(&query(CustomerSort::UserId, false)).await.unwrap();
    let rows: Vec<_> = page
        .rows
        .iter()
        .map(|row| {
            (row.features.is_some(), row.segments.iter().map(|segment| segment.slug.as_str()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(rows, [(false, vec!["rfm-champions"]), (true, vec!["rfm-champions", "cluster-large"]), (false, vec![])]);
    assert_eq!(page.rows[1].features, Some(features(1)));
    assert_eq!(page.rows[1].profile, profile(1));
    assert_eq!(page.rows[1].segments[1].name, cluster.name);
}

pub async fn countries_are_counted(fresh: Case) {
    add_people(&fresh.store, 0..8).await;
    let counts = fresh.store.countries().await.unwrap();
    let expected = [("EIRE", 2), ("France", 2), ("Germany", 1), ("United Kingdom", 1)];
    assert_eq!(counts, expected.map(|(country, count)| (country.to_owned(), count)));
}
