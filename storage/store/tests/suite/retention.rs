use super::{Case, fixtures::*, manifest::file};
use bellwether_domain::{Baseline, BranchActivity, ChangeSet, Money, Offset, Removal, Roll};
use bellwether_store::{BranchTotal, Error};

fn baseline(n: u64) -> Baseline {
    Baseline { profile: profile(n), subjects: vec![subject_id(n), subject_id(1_000 + n)] }
}

fn by_id(mut baselines: Vec<Baseline>) -> Vec<Baseline> {
    baselines.sort_by_key(|baseline| baseline.profile.id);
    baselines
}

fn removal(from: u8, kept: Option<u8>, baselines: Vec<Baseline>) -> Removal {
    Removal { file: file(from), kept: kept.map(file), baselines, branch_activity: Vec::new() }
}

pub async fn a_removal_exchanges_a_file_and_keeps_what_its_events_had_made(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    let first = removal(1, Some(3), vec![baseline(1), baseline(2)]);
    store.commit_removal(&first).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(3)]);
    // The next one knows more of one of them, and leaves nothing of its file.
    let grown = Baseline { profile: profile(7), ..baseline(2) };
    let grown = Baseline { profile: bellwether_domain::Profile { id: profile_id(2), ..grown.profile }, ..grown };
    store.commit_removal(&removal(2, None, vec![grown.clone()])).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(3)]);
    let found = store.baselines_of(&[profile_id(1), profile_id(2), profile_id(3)]).await.unwrap();
    assert_eq!(by_id(found), by_id(vec![baseline(1), grown]));
}

pub async fn a_removal_from_a_file_that_is_gone_leaves_nothing(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    let removal = |n| removal(n, Some(2), vec![baseline(1)]);
    let error = store.commit_removal(&removal(9)).await.unwrap_err();
    assert!(matches!(error, Error::FilesGone { missing: 1 }), "{error}");
    // Nor where what is kept has a file already.
    store.commit_removal(&removal(1)).await.unwrap_err();
    assert_eq!(store.event_files().await.unwrap(), [file(1), file(2)]);
    assert_eq!(store.baselines_after(None, 10).await.unwrap(), []);
}

pub async fn baselines_are_read_page_by_page(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(1), &[file(1)])).await.unwrap();
    let all = by_id((0..25).map(baseline).collect());
    store.commit_removal(&removal(1, None, all.clone())).await.unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = store.baselines_after(after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.profile.id);
        read.extend(page);
    }
    assert_eq!(read, all);
}

fn counts(totals: &[BranchTotal]) -> Vec<(&str, u64, u64, Money)> {
    let counted = totals.iter().filter(|total| total.events > 0);
    counted.map(|total| (total.code.as_str(), total.events, total.orders, total.revenue)).collect()
}

/// What was counted of removed events is kept apart, stays in what stands there, and outlives what somebody rebuilds.
pub async fn what_branches_had_of_removed_events_is_known(fresh: Case) {
    let store = &fresh.store;
    let [vienna, graz] = [("VIE-01", 0), ("GRZ-01", 1)].map(|(code, day)| branch_activity(code, day, "EUR", 3));
    let all = vec![vienna.clone(), graz.clone(), vienna.clone()];
    let branches = vec![named_branch("VIE-01", "Graben"), named_branch("GRZ-01", "")];
    let change = ChangeSet { applied: Offset(1), branches, branch_activity: all, ..ChangeSet::default() };
    store.commit(&change).await.unwrap();
    store.commit_roll(&Roll::of(Offset(1), &[file(1), file(2)])).await.unwrap();
    let stood = store.branch_activity(day(0)).await.unwrap();
    assert_eq!(store.removed_branch_activity().await.unwrap(), []);
    for n in [1, 2] {
        let gone = Removal { branch_activity: vec![vienna.clone()], ..removal(n, None, vec![]) };
        store.commit_removal(&gone).await.unwrap();
        // Not a second time.
        assert!(store.commit_removal(&gone).await.is_err());
    }
    assert_eq!(store.branch_activity(day(0)).await.unwrap(), stood);
    let twice = |one: &BranchActivity| {
        let mut sum = one.clone();
        sum.add(one);
        sum
    };
    assert_eq!(store.removed_branch_activity().await.unwrap(), [twice(&vienna)]);
    // Whatever stands there is replaced, what was removed is not.
    assert_eq!(store.activity_of_branch(&vienna.code).await.unwrap(), [twice(&vienna)]);
    let rebuilt = BranchActivity { revenue: Money::from_whole(77), ..vienna.clone() };
    store.put_rebuilt_branch(&named_branch("VIE-01", "Other"), std::slice::from_ref(&rebuilt)).await.unwrap();
    let another_day = branch_activity("GRZ-01", 5, "CHF", 1);
    store.put_rebuilt_branch(&named_branch("GRZ-01", "Annenhof"), std::slice::from_ref(&another_day)).await.unwrap();
    assert_eq!(store.branch_activity(day(0)).await.unwrap(), [another_day, rebuilt]);
    assert_eq!(store.removed_branch_activity().await.unwrap(), [twice(&vienna)]);
    let names: Vec<_> = store.branches().await.unwrap().into_iter().map(|branch| branch.name).collect();
    assert_eq!(names, ["Annenhof", "Graben"], "a name that is there stays");
    // No total changes where an event was counted on another day, in another calendar.
    let totals = store.branch_totals().await.unwrap();
    let elsewhere = branch_activity("GRZ-01", 2, "EUR", 3);
    store.commit_roll(&Roll::of(Offset(2), &[file(4)])).await.unwrap();
    store.commit_removal(&Removal { branch_activity: vec![elsewhere], ..removal(4, None, vec![]) }).await.unwrap();
    assert_eq!(counts(&store.branch_totals().await.unwrap()), counts(&totals));
}
