use super::{Case, fixtures::*};
use bellwether_domain::{EventFile, FileId, Offset, Roll, SeenChange, SeenRun};
use bellwether_store::Error;

pub fn file(n: u8) -> EventFile {
    EventFile {
        id: FileId::derive(&[&[n]]),
        path: format!("events/{n}.parquet"),
        rows: 128_000,
        bytes: 1 << 40,
        min_time: at(i64::from(n)),
        max_time: at(i64::from(n) + 5),
    }
}

pub async fn rolls_go_on_in_order(fresh: Case) {
    assert_eq!(fresh.store.rolled().await.unwrap(), Offset(0));
    fresh.store.commit_roll(&Roll::of(Offset(4), &[file(2), file(1)])).await.unwrap();
    fresh.store.commit_roll(&Roll::of(Offset(9), &[file(3)])).await.unwrap();
    // A stretch without events still moves the offset.
    fresh.store.commit_roll(&Roll::of(Offset(10), &[])).await.unwrap();
    assert_eq!(fresh.store.rolled().await.unwrap(), Offset(10));
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1), file(2), file(3)]);
}

pub async fn the_same_roll_again_changes_nothing(fresh: Case) {
    fresh.store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    fresh.store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2)])).await.unwrap();
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1), file(2)]);
}

pub async fn one_file_takes_the_place_of_others(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(&Roll::of(Offset(4), &[file(1), file(2), file(3)])).await.unwrap();
    store.replace_files(&[file(1), file(3)], &file(4)).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(4)]);
    // Its events would count twice.
    let error = store.replace_files(&[file(1), file(2)], &file(5)).await.unwrap_err();
    assert!(matches!(error, Error::FilesGone { missing: 1 }), "{error}");
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(4)]);
}

pub async fn a_roll_that_would_count_twice_is_refused(fresh: Case) {
    fresh.store.commit_roll(&Roll::of(Offset(4), &[file(1)])).await.unwrap();
    for (offset, files) in
        [(4, vec![file(2)]), (4, vec![EventFile { rows: 1, ..file(1) }]), (3, vec![file(2)]), (3, vec![])]
    {
        let error = fresh.store.commit_roll(&Roll::of(Offset(offset), &files)).await.unwrap_err();
        assert!(matches!(error, Error::OutOfOrder { what: "roll", stored: 4, .. }), "{error}");
    }
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1)]);
}

fn run(n: u8) -> SeenRun {
    let received = n.is_multiple_of(2).then(|| at(i64::from(n)));
    SeenRun { id: FileId::derive(&[&[n]]), path: format!("{n}.ids"), ids: 1_000, bytes: 1 << 40, received }
}

fn by_path(mut runs: Vec<SeenRun>) -> Vec<SeenRun> {
    runs.sort_by(|one, other| one.path.cmp(&other.path));
    runs
}

pub async fn files_of_ids_change_with_the_roll(fresh: Case) {
    let store = &fresh.store;
    let roll = |offset, added: &[u8], removed: &[u8]| {
        let runs = |numbers: &[u8]| numbers.iter().map(|n| run(*n)).collect();
        Roll { seen: SeenChange { added: runs(added), removed: runs(removed) }, ..Roll::of(Offset(offset), &[]) }
    };
    store.commit_roll(&roll(4, &[1, 2], &[])).await.unwrap();
    assert_eq!(by_path(store.seen_runs().await.unwrap()), [run(1), run(2)]);
    store.commit_roll(&roll(5, &[3], &[1])).await.unwrap();
    assert_eq!(by_path(store.seen_runs().await.unwrap()), [run(2), run(3)]);
    // What is refused leaves the list alone.
    store.commit_roll(&roll(3, &[4], &[2])).await.unwrap_err();
    assert_eq!(by_path(store.seen_runs().await.unwrap()), [run(2), run(3)]);
}
