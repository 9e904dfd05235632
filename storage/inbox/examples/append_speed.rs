//! How many events a second become durable through the appender: `append_speed FOLDER [SECONDS] [CALLERS]`.
//!
//! Every caller sends bodies of a hundred events, one after the other, and waits for each to be on the disk. Prints events
//! per second, requests per batch, the longest waits, and what compressing takes: by group, as the writer does it, and
//! body by body, as callers would.

use bellwether_domain::{ManualClock, Offset, ReceivedCall};
use bellwether_inbox::{AppenderLimits, Inbox, encode_call};
use chrono::DateTime;
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

const EVENTS_OF_A_BODY: u64 = 100;

fn body(seed: u64) -> String {
    // Ids that do not repeat, as in real bodies: the rest compresses well.
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let events: Vec<String> = (0..EVENTS_OF_A_BODY)
        .map(|_| {
            format!(
                r#"{{"type":"track","event":"Product Viewed","messageId":"{:016x}-{:016x}","userId":"user-{}","timestamp":"2026-11-22T02:25:{:02}.{:03}Z","properties":{{"product_id":"s-{}","price":{}.{:02},"url":"https://shop.example/p/{:08x}"}},"context":{{"library":{{"name":"analytics-python","version":"2.4.0"}},"ip":"10.{}.{}.{}","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0","page":{{"path":"/p","referrer":"https://search.example/"}}}},"integrations":{{}}}}"#,
                next(), next(), next() % 100_000, next() % 60, next() % 1000, next() % 4000, next() % 90, next() % 100,
                next() as u32, next() % 256, next() % 256, next() % 256,
            )
        })
        .collect();
    format!(r#"{{"batch":[{}],"sentAt":"2026-11-22T02:25:59Z","writeKey":"demo"}}"#, events.join(","))
}

fn line(body: &str) -> Vec<u8> {
    let call = ReceivedCall { received_at: DateTime::UNIX_EPOCH, source: "web".into(), kind: None, body };
    let mut line = Vec::new();
    encode_call(&mut line, &call).expect("a name is JSON");
    line
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("usage: append_speed FOLDER [SECONDS] [CALLERS]")?);
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let callers: u64 = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let bodies: Arc<Vec<String>> = Arc::new((1..=400).map(body).collect());
    compressing(&bodies)?;

    let inbox = Arc::new(Inbox::open(&folder.join("append_speed.sqlite"))?);
    let first = inbox.last_offset()?;
    let appender = inbox.appender(Arc::new(ManualClock::new(DateTime::UNIX_EPOCH)), AppenderLimits::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    let started = Instant::now();
    let mut waits: Vec<Duration> = runtime.block_on(async {
        let tasks: Vec<_> = (0..callers)
            .map(|caller| {
                let (appender, bodies) = (appender.clone(), Arc::clone(&bodies));
                tokio::spawn(async move {
                    let mut waits = Vec::new();
                    for number in (caller as usize..).step_by(7) {
                        let sent = Instant::now();
                        let line = line(&bodies[number % bodies.len()]);
                        appender.append(line, 1, EVENTS_OF_A_BODY as u32).await.expect("there is room");
                        waits.push(sent.elapsed());
                        if started.elapsed().as_secs() >= seconds {
                            break;
                        }
                    }
                    waits
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("no caller panics"));
        }
        all
    });
    let took = started.elapsed().as_secs_f64();
    let Offset(last) = inbox.last_offset()?;
    waits.sort_unstable();
    println!(
        "{} events in {took:.2} s: {:.0} events/s, {:.1} requests a batch, p50 {:?}, p99 {:?}, longest {:?}",
        waits.len() as u64 * EVENTS_OF_A_BODY,
        (waits.len() as u64 * EVENTS_OF_A_BODY) as f64 / took,
        waits.len() as f64 / (last - first.0) as f64,
        waits[waits.len() / 2],
        waits[waits.len() * 99 / 100],
        waits[waits.len() - 1],
    );
    Ok(())
}

fn compressing(bodies: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let mut compressor = zstd::bulk::Compressor::new(1)?;
    let bytes: usize = bodies.iter().map(String::len).sum();
    for group in [1, 4, 16, 32] {
        let groups: Vec<String> = bodies.chunks(group).map(|bodies| bodies.concat()).collect();
        let started = Instant::now();
        let mut compressed = 0;
        for group in &groups {
            compressed += compressor.compress(group.as_bytes())?.len();
        }
        println!(
            "compressing {group} bodies at a time: {:.0} MB/s, {:.1} % of the size",
            bytes as f64 / started.elapsed().as_secs_f64() / 1e6,
            compressed as f64 / bytes as f64 * 100.0
        );
    }
    Ok(())
}
