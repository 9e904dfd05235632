//! Uploads are there as a whole or not at all.

use bellwether_domain::{JobId, UploadId};
use bellwether_imports::{Begun, Error, Outcome, Upload, Uploads};
use chrono::{DateTime, TimeDelta, Utc};
use std::{collections::HashSet, fs, path::Path};

const CSV: &[u8] = b"order,customer\n1,ann\n";

fn id(n: u8) -> UploadId {
    UploadId::derive(&[&[n]])
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(hours * 3_600, 0).unwrap()
}

fn open(folder: &Path) -> Uploads {
    Uploads::open(&folder.join("uploads"), 100).unwrap()
}

fn put(uploads: &Uploads, n: u8, name: &str) -> Upload {
    let mut receiver = uploads.receive(id(n), name).unwrap();
    CSV.chunks(5).for_each(|part| receiver.take(part).unwrap());
    receiver.finish(at(n.into())).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("uploads")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn outcome(hours: i64) -> Outcome {
    let at = at(hours);
    Outcome { at, rows: 1, events: 1, rejected: 0, was_complete: false, rejects_behind: 0, rejects_up_to: 0 }
}

#[test]
fn a_file_comes_out_as_it_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let upload = put(&uploads, 1, "../互动.csv");
    assert_eq!((upload.name.as_str(), upload.bytes), ("互动.csv", CSV.len() as u64));
    assert_eq!(upload.digest, blake3::hash(CSV).to_hex().to_string());
    assert_eq!(fs::read(uploads.file(&upload).unwrap()).unwrap(), CSV);
    let other = put(&uploads, 2, "b.csv");
    // Also for a process that comes later, the newest first.
    let uploads = open(folder.path());
    assert_eq!(uploads.list().unwrap(), [other, upload.clone()]);
    assert_eq!(uploads.get(id(1)).unwrap(), upload);
    assert!(matches!(uploads.get(id(9)), Err(Error::Unknown(_))));
}

#[test]
fn of_what_did_not_come_to_its_end_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let mut gone = uploads.receive(id(1), "a.csv").unwrap();
    gone.take(CSV).unwrap();
    assert_eq!((names(folder.path()).len(), uploads.list().unwrap().len()), (1, 0));
    drop(gone);
    assert!(matches!(uploads.receive(id(2), "b.csv").unwrap().finish(at(0)), Err(Error::Empty)));
    let mut large = uploads.receive(id(3), "c.csv").unwrap();
    large.take(&[b'x'; 100]).unwrap();
    assert!(matches!(large.take(b"x"), Err(Error::TooLarge { limit: 100 })));
    drop(large);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn halves_that_a_dead_process_has_left_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let whole = put(&uploads, 1, "a.csv");
    let mut half = uploads.receive(id(2), "b.csv").unwrap();
    half.take(CSV).unwrap();
    std::mem::forget(half);
    fs::write(folder.path().join("uploads").join(format!("{}.new", id(3))), "half a note").unwrap();
    let uploads = open(folder.path());
    assert_eq!(uploads.sweep_halves().unwrap(), 2);
    assert_eq!(uploads.list().unwrap(), std::slice::from_ref(&whole));
    assert!(uploads.file(&whole).is_ok());
}

#[test]
fn what_nobody_touches_goes_but_not_under_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let job = |n: u8| JobId::derive(&[&[n]]);
    let forgotten = put(&uploads, 1, "a.csv");
    put(&uploads, 2, "b.csv");
    put(&uploads, 3, "c.csv");
    uploads.start(id(2), |_| job(2)).unwrap();
    uploads.start(id(3), |_| job(3)).unwrap();
    uploads.finish(id(3), outcome(24 * 20)).unwrap();
    let busy = HashSet::from([job(2)]);
    assert_eq!(uploads.sweep_old(at(24 * 21), TimeDelta::days(7), &busy).unwrap(), [forgotten]);
    assert_eq!(uploads.list().unwrap().len(), 2);
    assert_eq!(uploads.sweep_old(at(24 * 40), TimeDelta::days(7), &HashSet::new()).unwrap().len(), 2);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_note_keeps_what_the_first_attempt_found() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let upload = put(&uploads, 1, "a.csv");
    let started = uploads.start(id(1), |start| JobId::derive(&[&start.to_le_bytes()])).unwrap();
    assert_eq!((started.starts, started.job), (1, Some(JobId::derive(&[&1u32.to_le_bytes()]))));
    let begun = |was_complete| Begun {
        import: upload.import_of("shop"),
        source: "shop".to_owned(),
        at: at(5),
        was_complete,
        rejects_behind: 7,
    };
    assert_eq!(uploads.begin(id(1), begun(false)).unwrap(), begun(false));
    // The second attempt of the same job finds its own work.
    assert_eq!(uploads.begin(id(1), begun(true)).unwrap(), begun(false));
    // Another start asks anew.
    assert_eq!(uploads.start(id(1), |start| JobId::derive(&[&start.to_le_bytes()])).unwrap().starts, 2);
    assert_eq!(uploads.begin(id(1), begun(true)).unwrap(), begun(true));
    uploads.finish(id(1), outcome(6)).unwrap();
    let done = open(folder.path()).get(id(1)).unwrap();
    assert_eq!(done.outcome, Some(outcome(6)));
    assert!(matches!(uploads.file(&done), Err(Error::Gone(_))));
    assert!(uploads.remove(id(1)).unwrap() && !uploads.remove(id(1)).unwrap());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_damaged_note_keeps_no_other_upload_from_being_seen() {
    let folder = tempfile::tempdir().unwrap();
    let uploads = open(folder.path());
    let whole = put(&uploads, 1, "a.csv");
    put(&uploads, 2, "b.csv");
    fs::write(folder.path().join("uploads").join(format!("{}.json", id(2))), "{").unwrap();
    assert_eq!(uploads.list().unwrap(), [whole]);
    assert!(matches!(uploads.get(id(2)), Err(Error::Damaged { .. })));
    assert!(uploads.remove(id(2)).unwrap());
}
