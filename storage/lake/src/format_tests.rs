//! Files of format 1, by themselves and beside newer ones.

use super::{
    Lake,
    tests::{ask, fresh, read, shop, sorted},
};
use crate::testing::{at, file_id, order, page, received, subject};
use bellwether_domain::{CleanEvent, EventFile};
use std::fs;

/// `shop()` as the version before format 2 wrote it.
const OLD_FILE: &[u8] = include_bytes!("../tests/format_1.parquet");
/// What that version said the digest of this file is.
const OLD_DIGEST: &str = "38bdf61cecd0ade5c66770a867d81231722c4ea478d328c69592106572573e6b";

/// The old file, as an upgrade finds it.
fn old_file(lake: &Lake) -> EventFile {
    let id = file_id("old");
    let path = format!("events/{id}.parquet");
    fs::write(lake.root.join(&path), OLD_FILE).unwrap();
    let events = sorted(&shop());
    EventFile {
        id,
        path,
        rows: events.len() as u64,
        bytes: OLD_FILE.len() as u64,
        min_time: events[0].time,
        max_time: events[events.len() - 1].time,
    }
}

/// What happened after the upgrade: on the same days, by the same people.
fn newer() -> Vec<CleanEvent> {
    vec![
        received(page("P2", "bert", "2011-03-02T08:30:00Z"), "cookie-1"),
        received(order("A3", Some("anna"), "2011-03-02T10:30:00Z", &[("MUG", 2, "2.55")]), "cookie-2"),
        order("A4", Some("anna"), "2011-03-03T10:30:00Z", &[("TEA", 1, "1.25")]),
        received(order("CA3", Some("anna"), "2011-03-03T12:00:00Z", &[("MUG", -1, "2.55")]), "cookie-2"),
    ]
}

#[test]
fn a_file_of_the_first_format_is_read_as_it_was_written() {
    let (_folder, lake) = fresh();
    let old = old_file(&lake);
    assert_eq!(read(&lake, &old), sorted(&shop()));
    let new = lake.write_events(file_id("new"), &shop()).unwrap();
    let digest = |file: &EventFile| ask(lake.digest(std::slice::from_ref(file))).unwrap();
    assert_eq!((digest(&old).as_str(), digest(&new).as_str()), (OLD_DIGEST, OLD_DIGEST));
}

/// All answers over these files.
fn answers(lake: &Lake, files: &[EventFile]) -> impl PartialEq + std::fmt::Debug + use<> {
    ask(async {
        let everybody = [subject("anna"), subject("bert")];
        Ok((
            lake.daily_sales(files).await?,
            lake.event_counts(files).await?,
            lake.timeline(files, &everybody, None, 100).await?,
            lake.order_history(files, None).await?,
            lake.digest(files).await?,
        ))
    })
    .unwrap()
}

#[test]
fn files_of_both_formats_are_one_table() {
    let (_folder, lake) = fresh();
    let mixed = [old_file(&lake), lake.write_events(file_id("new"), &newer()).unwrap()];
    let whole = lake.write_events(file_id("whole"), &[shop(), newer()].concat()).unwrap();
    let expected = answers(&lake, &[whole]);
    assert_eq!(answers(&lake, &mixed), expected);
    let [old, new] = mixed;
    assert_eq!(answers(&lake, &[new, old]), expected);
}

/// Page by page, so that pages begin in either file.
#[test]
fn a_timeline_leads_from_newer_files_into_older_ones() {
    let (_folder, lake) = fresh();
    let files = [old_file(&lake), lake.write_events(file_id("new"), &newer()).unwrap()];
    let mut expected: Vec<CleanEvent> = sorted(&[shop(), newer()].concat());
    expected.retain(|event| event.subject.is_some());
    expected.reverse();
    assert!(expected.iter().any(|event| event.received_at.is_some()));
    for size in [1, 3, 50] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let next = ask(lake.timeline(&files, &[subject("anna"), subject("bert")], cursor, size)).unwrap();
            let Some(last) = next.last() else { break };
            cursor = Some(crate::TimelineCursor::behind(last));
            seen.extend(next);
        }
        assert_eq!(seen, expected);
    }
    let newest = ask(lake.timeline(&files[..1], &[subject("bert")], None, 1)).unwrap();
    assert_eq!((newest[0].time, newest[0].received_at), (at("2011-03-02T08:00:00Z"), None));
}
