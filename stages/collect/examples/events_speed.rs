//! How fast rows become events by a mapping, on one core: `events_speed [ROWS]`.
//!
//! Six columns: a person, a time, an action, a post, an amount and a city; one event for each row.

use bellwether_collect::{EventMapping, Importer};
use std::{io::Cursor, time::Instant};

const MAPPING: &str = r#"
kind = "events"
source = "speed"
user_id = "user"
time = { column = "time", format = "%Y-%m-%d %H:%M:%S", timezone = "Asia/Shanghai" }
[[event]]
when = { column = "action", in = ["like", "share"] }
event = { column = "action", map = { like = "Post Liked", share = "Post Shared" } }
[event.properties]
post_id = "post"
amount = { column = "amount", cast = "number" }
city = "city"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: u32 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let mut text = String::from("user,time,action,post,amount,city\n");
    for row in 0..rows {
        let action = if row % 5 == 0 { "share" } else { "like" };
        text.push_str(&format!(
            "u{},2026-11-{:02} {:02}:{:02}:{:02},{action},p-{},{}.{:02},Hangzhou\n",
            row % 10_007,
            row / 86_400 % 28 + 1,
            row / 3_600 % 24,
            row / 60 % 60,
            row % 60,
            row % 977,
            row % 300,
            row % 100
        ));
    }
    let mapping = EventMapping::parse("speed.toml", MAPPING)?;
    let started = Instant::now();
    let mut importer = Importer::from_reader("speed.csv", Cursor::new(text), &mapping)?;
    let (mut events, mut rejected, mut bytes, mut body) = (0, 0, 0, Vec::new());
    while let Some(batch) = importer.next_batch_in(2_500, body)? {
        events += batch.events;
        rejected += batch.rejected;
        bytes += batch.body.len();
        body = batch.body;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{rows} rows, {events} events, {rejected} rejects, {bytes} bytes in {seconds:.3} s: {:.0} rows/s",
        f64::from(rows) / seconds
    );
    Ok(())
}
