use super::{Case, fixtures::*, manifest::file};
use bellwether_domain::{Baseline, Offset, Removal, Roll};
use bellwether_store::Error;

fn baseline(n: u64) -> Baseline {
    Baseline { profile: profile(n), subjects: vec![subject_id(n), subject_id(1_000 + n)] }
}

fn by_id(mut baselines: Vec<Baseline>) -> Vec<Baseline> {
    baselines.sort_by_key(|baseline| baseline.profile.id);
    baselines
}

pub async fn a_removal_exchanges_a_file_and_keeps_what_its_events_had_made(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    let first = Removal { file: file(1), kept: Some(file(3)), baselines: vec![baseline(1), baseline(2)] };
    store.commit_removal(&first).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(3)]);
    // The next one knows more of one of them, and leaves nothing of its file.
    let grown = Baseline { profile: profile(7), ..baseline(2) };
    let grown = Baseline { profile: bellwether_domain::Profile { id: profile_id(2), ..grown.profile }, ..grown };
    store.commit_removal(&Removal { file: file(2), kept: None, baselines: vec![grown.clone()] }).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(3)]);
    let found = store.baselines_of(&[profile_id(1), profile_id(2), profile_id(3)]).await.unwrap();
    assert_eq!(by_id(found), by_id(vec![baseline(1), grown]));
}

pub async fn a_removal_from_a_file_that_is_gone_leaves_nothing(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    let removal = |n| Removal { file: file(n), kept: Some(file(2)), baselines: vec![baseline(1)] };
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
    store.commit_removal(&Removal { file: file(1), kept: None, baselines: all.clone() }).await.unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = store.baselines_after(after, 10).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.profile.id);
        read.extend(page);
    }
    assert_eq!(read, all);
}
