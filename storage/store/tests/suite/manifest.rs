use super::{Case, fixtures::*};
use bellwether_domain::{EventFile, FileId, Offset};
use bellwether_store::Error;

fn file(n: u8) -> EventFile {
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
    fresh.store.commit_roll(Offset(4), &[file(2), file(1)], &[]).await.unwrap();
    fresh.store.commit_roll(Offset(9), &[file(3)], &[]).await.unwrap();
    // A stretch without events still moves the offset.
    fresh.store.commit_roll(Offset(10), &[], &[]).await.unwrap();
    assert_eq!(fresh.store.rolled().await.unwrap(), Offset(10));
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1), file(2), file(3)]);
}

pub async fn the_same_roll_again_changes_nothing(fresh: Case) {
    fresh.store.commit_roll(Offset(4), &[file(1), file(2)], &[]).await.unwrap();
    fresh.store.commit_roll(Offset(4), &[file(1), file(2)], &[]).await.unwrap();
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1), file(2)]);
}

pub async fn one_file_takes_the_place_of_others(fresh: Case) {
    let store = &fresh.store;
    store.commit_roll(Offset(4), &[file(1), file(2), file(3)], &[]).await.unwrap();
    store.replace_files(&[file(1), file(3)], &file(4)).await.unwrap();
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(4)]);
    // Its events would count twice.
    let error = store.replace_files(&[file(1), file(2)], &file(5)).await.unwrap_err();
    assert!(matches!(error, Error::FilesGone { missing: 1 }), "{error}");
    assert_eq!(store.event_files().await.unwrap(), [file(2), file(4)]);
}

pub async fn a_roll_that_would_count_twice_is_refused(fresh: Case) {
    fresh.store.commit_roll(Offset(4), &[file(1)], &[]).await.unwrap();
    for (offset, files) in
        [(4, vec![file(2)]), (4, vec![EventFile { rows: 1, ..file(1) }]), (3, vec![file(2)]), (3, vec![])]
    {
        let error = fresh.store.commit_roll(Offset(offset), &files, &[]).await.unwrap_err();
        assert!(matches!(error, Error::OutOfOrder { what: "roll", stored: 4, .. }), "{error}");
    }
    assert_eq!(fresh.store.event_files().await.unwrap(), [file(1)]);
}
