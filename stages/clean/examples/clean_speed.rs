//! How fast a file of orders is cleaned, behind reading it: `clean_speed MAPPING FILE`.
//!
//! Prints for one core: seconds for collecting (file to NDJSON), for decoding (NDJSON to raw events) and cleaning.

use bellwether_clean::Cleaner;
use bellwether_collect::{Importer, OrderMapping};
use bellwether_domain::RawEvent;
use serde::Deserialize;
use std::{path::PathBuf, time::Instant};

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "e", borrow, default)]
    event: Option<RawEvent<'a>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: clean_speed MAPPING FILE";
    let (mapping, file) = (arguments.next().ok_or(usage)?, PathBuf::from(arguments.next().ok_or(usage)?));
    let mapping = OrderMapping::parse(&mapping, &std::fs::read_to_string(&mapping)?)?;
    let mut importer = Importer::open(&file, &mapping)?;
    let mut cleaner = Cleaner::new(&mapping.items);
    let (mut collecting, mut decoding, mut cleaning) = (0.0, 0.0, 0.0);
    let (mut rows, mut events, mut rejects) = (0, 0, 0);
    loop {
        let started = Instant::now();
        let Some(batch) = importer.next_batch(1000)? else { break };
        let collected = Instant::now();
        let mut raw = Vec::with_capacity(batch.events as usize);
        for line in std::str::from_utf8(&batch.body)?.lines() {
            match serde_json::from_str::<Record<'_>>(line)?.event {
                Some(event) => raw.push(event),
                None => rejects += 1,
            }
        }
        let decoded = Instant::now();
        let clean = cleaner.clean_batch(raw);
        cleaning += decoded.elapsed().as_secs_f64();
        collecting += (collected - started).as_secs_f64();
        decoding += (decoded - collected).as_secs_f64();
        rows += batch.rows;
        events += clean.events.len();
        rejects += clean.rejects.len();
    }
    println!(
        "{rows} rows, {events} events, {rejects} rejects: {collecting:.3} s collecting, {decoding:.3} s decoding, {cleaning:.3} s cleaning"
    );
    Ok(())
}
