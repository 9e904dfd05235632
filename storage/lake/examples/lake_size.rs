//! How many bytes an event takes in the Lake: events of the clickstream in one file, as the cleaner makes them of what a
//! server sent, and what each column has of it.
//!
//!     cargo run --release -p bellwether-lake --example lake_size [EVENTS] [EVENTS_PER_REQUEST] [context|properties]
//!
//! The last says where the session is: in the context, or in the properties, which makes every visitor's differ.

#[path = "../../../benches/front_door/src/clickstream.rs"]
#[allow(dead_code, reason = "the generator can also write calls")]
mod clickstream;

use bellwether_domain::{
    CleanEvent, EventId, EventKind, FileId, LineFlags, Money, Order, OrderKind, OrderLine, Origin, Quantity, SubjectId,
};
use bellwether_lake::Lake;
use chrono::{DateTime, TimeDelta, Utc};
use clickstream::{Action, Clickstream, Event, Numbers, write_uuid};
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use std::{collections::BTreeMap, error::Error, fs::File, path::Path, sync::Arc, time::Instant};

/// The size of a file after compaction.
const EVENTS: usize = 1_000_000;

/// Events of one request, as `benches/front_door.py` sends them.
const EVENTS_PER_REQUEST: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq)]
enum SessionPlace {
    Context,
    Properties,
}

fn main() -> Result<(), Box<dyn Error>> {
    let argument = |number| std::env::args().nth(number);
    let count = argument(1).map_or(Ok(EVENTS), |text| text.parse())?;
    let per_request = argument(2).map_or(Ok(EVENTS_PER_REQUEST), |text| text.parse())?;
    let place = match argument(3).as_deref() {
        None | Some("context") => SessionPlace::Context,
        Some("properties") => SessionPlace::Properties,
        Some(other) => return Err(format!("`{other}` is neither `context` nor `properties`").into()),
    };
    let events = events(count, per_request, place);
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path())?;
    let began = Instant::now();
    let file = lake.write_events(FileId::derive(&[b"size"]), &events)?;
    let seconds = began.elapsed().as_secs_f64();
    report(&folder.path().join(&file.path), count, file.bytes)?;
    println!("\nwritten in {seconds:.2} s: {:.0} events/s", count as f64 / seconds);
    let somebody = events[count / 2].subject.unwrap_or(SubjectId::derive(&[]));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for _ in 0..3 {
        let began = Instant::now();
        let seen = runtime.block_on(lake.timeline(std::slice::from_ref(&file), &[somebody], None, 20))?;
        println!("timeline of one person, {} events: {:.1} ms", seen.len(), began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

fn events(count: usize, per_request: usize, place: SessionPlace) -> Vec<CleanEvent> {
    let (mut stream, mut network) = (Clickstream::new(1), Numbers::new(2));
    let mut events: Vec<CleanEvent> = (0..count).map(|_| clean(&stream.next_event(), place)).collect();
    for request in events.chunks_mut(per_request) {
        let last = request.last().map(|event| received_at(event.time, &mut network));
        request.iter_mut().for_each(|event| event.received_at = last);
    }
    events
}

/// What `stages/collect` and `stages/clean` make of a call.
fn clean(event: &Event<'_>, place: SessionPlace) -> CleanEvent {
    let mut message_id = Vec::new();
    write_uuid(&mut message_id, event.message_id);
    let (mut properties, mut context) = (Vec::new(), Vec::new());
    event.write_properties(&mut properties);
    event.write_context(&mut context);
    if place == SessionPlace::Properties {
        (properties, context) = (with_session(properties, event), b"{}".to_vec());
    }
    let time = DateTime::from_timestamp_millis(event.time as i64).unwrap_or_default();
    let user_id = event.user_id.to_string();
    CleanEvent {
        id: EventId::derive(&[b"shop", &message_id]),
        subject: Some(SubjectId::derive(&[b"user", user_id.as_bytes()])),
        user_id: Some(user_id.into()),
        kind: EventKind::Track,
        name: event.action.event().into(),
        time,
        utc_offset_minutes: 0,
        origin: Origin { source: "shop".into(), line: None },
        order: (event.action == Action::Purchase).then(|| order(event)),
        traits: None,
        properties: Some(String::from_utf8_lossy(&properties).into()),
        received_at: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        context: Some(String::from_utf8_lossy(&context).into()),
        bot_probability: None,
    }
}

fn with_session(mut properties: Vec<u8>, event: &Event<'_>) -> Vec<u8> {
    properties.pop();
    properties.extend_from_slice(b",\"session_id\":\"");
    write_uuid(&mut properties, event.session);
    properties.extend_from_slice(b"\"}");
    properties
}

/// The way over the network: 20 to 200 milliseconds, to the microsecond.
fn received_at(time: DateTime<Utc>, network: &mut Numbers) -> DateTime<Utc> {
    time + TimeDelta::microseconds(20_000 + (network.share() * 180_000.0) as i64)
}

fn order(event: &Event<'_>) -> Order {
    let price = Money::from_ten_thousandths(i64::from(event.product.price) * 100);
    let line = OrderLine {
        product: event.product.id.to_string().into(),
        name: Arc::from(""),
        quantity: Quantity::from_whole(1),
        price,
        source_line: 0,
        flags: LineFlags::default(),
    };
    Order {
        order_id: (700_000 + event.order).to_string().into(),
        kind: OrderKind::Completed,
        currency: "USD".into(),
        value: price,
        fees: Money::from_ten_thousandths(0),
        lines: vec![line],
    }
}

fn report(path: &Path, events: usize, bytes: u64) -> Result<(), Box<dyn Error>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let mut columns: BTreeMap<String, (u64, u64, String)> = BTreeMap::new();
    for group in reader.metadata().row_groups() {
        for column in group.columns() {
            let of = columns.entry(column.column_path().string()).or_default();
            of.0 += column.compressed_size().cast_unsigned();
            of.1 += column.uncompressed_size().cast_unsigned();
            of.2 = column.encodings().map(|encoding| encoding.to_string()).collect::<Vec<_>>().join(", ");
        }
    }
    let each = |bytes: u64| bytes as f64 / events as f64;
    println!("| column | bytes an event | before compression | encodings |\n| --- | ---: | ---: | --- |");
    let mut sorted: Vec<_> = columns.iter().collect();
    sorted.sort_by_key(|(_, of)| std::cmp::Reverse(of.0));
    for (name, (packed, plain, encodings)) in sorted {
        println!("| {name} | {:.2} | {:.2} | {encodings} |", each(*packed), each(*plain));
    }
    let ids = columns.get("event_id").map_or(0, |of| of.0);
    println!("| **all of the file** | **{:.2}** | | |", each(bytes));
    println!("| **without `event_id`** | **{:.2}** | | |", each(bytes - ids));
    Ok(())
}
