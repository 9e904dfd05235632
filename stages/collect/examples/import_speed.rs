//! How fast a file of orders is read: `import_speed MAPPING FILE [EVENTS_PER_BATCH]`.
//!
//! Prints rows, events, rejects, bytes of NDJSON and rows per second of one core, decompression included.

use bellwether_collect::{Importer, OrderMapping};
use std::{path::PathBuf, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: import_speed MAPPING FILE [EVENTS_PER_BATCH]";
    let (mapping, file) = (arguments.next().ok_or(usage)?, PathBuf::from(arguments.next().ok_or(usage)?));
    let max_events = arguments.next().map_or(Ok(1000), |text| text.parse())?;
    let mapping = OrderMapping::parse(&mapping, &std::fs::read_to_string(&mapping)?)?;
    let started = Instant::now();
    let mut importer = Importer::open(&file, &mapping)?;
    let (mut rows, mut events, mut rejected, mut bytes) = (0, 0, 0, 0);
    while let Some(batch) = importer.next_batch(max_events)? {
        rows += batch.rows;
        events += batch.events;
        rejected += batch.rejected;
        bytes += batch.body.len();
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{rows} rows, {events} events, {rejected} rejects, {bytes} bytes in {seconds:.3} s: {:.0} rows/s",
        rows as f64 / seconds
    );
    Ok(())
}
