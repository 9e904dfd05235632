//! Reads a file by a mapping, in small steps and in one.

use bellwether_collect::{Importer, RowMapping};
use bellwether_inbox::decode_records;
use std::io::Cursor;

/// What a file became: all its lines, and whether it was read to its end.
#[derive(Debug, PartialEq)]
struct Read {
    body: Vec<u8>,
    records: u64,
    whole: bool,
}

/// The same lines wherever batches end, and as many as are counted.
pub fn check_file(file: &[u8], mapping: RowMapping<'_>) {
    let Some(at_once) = read(file, mapping, 10_000) else { return };
    assert_eq!(read(file, mapping, 1).as_ref(), Some(&at_once), "where batches end must not matter");
    let lines = decode_records(&at_once.body).map(|record| record.expect("what was written can be read")).count();
    assert_eq!(lines as u64, at_once.records);
}

fn read(file: &[u8], mapping: RowMapping<'_>, events_at_once: usize) -> Option<Read> {
    let mut importer = Importer::from_reader("file", Cursor::new(file.to_vec()), mapping).ok()?;
    let mut all = Read { body: Vec::new(), records: 0, whole: true };
    let mut position = 0;
    loop {
        match importer.next_batch(events_at_once) {
            Ok(Some(batch)) => {
                assert!(batch.position >= position, "positions go on");
                assert_eq!(u64::from(batch.records), batch.events + batch.rejected);
                position = batch.position;
                all.records += u64::from(batch.records);
                all.body.extend(batch.body);
            }
            Ok(None) => return Some(all),
            Err(_) => return Some(Read { whole: false, ..all }),
        }
    }
}
