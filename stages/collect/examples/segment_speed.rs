//! How fast bodies of the Segment tracking API are looked at and taken apart, on one core: `segment_speed [EVENTS]`.
//!
//! A body holds a hundred events, each with its own ids and about 560 bytes, as the Python library writes them.

use bellwether_collect::segment::{Endpoint, OrderCurrency, ReceivedCall, check, events};
use std::{hint::black_box, time::Instant};

const EVENTS_OF_A_BODY: u64 = 100;

fn event(number: u64) -> String {
    format!(
        r#"{{"integrations": {{}}, "anonymousId": null, "properties": {{"order_id": "o-{number}", "revenue": 13.5, "currency": "EUR", "products": [{{"sku": "s-{}", "name": "White mug", "price": 6.75, "quantity": 2}}], "coupon": null, "affiliation": "web"}}, "timestamp": "2026-11-22T02:25:30.{:03}+00:00", "context": {{"library": {{"name": "analytics-python", "version": "2.4.0"}}, "page": {{"path": "/checkout", "url": "https://shop.example/checkout"}}}}, "userId": "user-{}", "type": "track", "event": "Order Completed", "messageId": "c3bd19b0-d28b-4228-8e5a-{number:012}"}}"#,
        number % 500,
        number % 1000,
        number % 10_000,
    )
}

fn body(first: u64) -> String {
    let events: Vec<String> = (first..first + EVENTS_OF_A_BODY).map(event).collect();
    format!(r#"{{"batch": [{}], "sentAt": "2026-11-22T02:25:30.303688+00:00", "writeKey": "demo"}}"#, events.join(", "))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let bodies: Vec<String> = (0..50).map(|number| body(number * EVENTS_OF_A_BODY)).collect();
    let bytes: usize = bodies.iter().map(String::len).sum();
    let rounds = wanted.div_ceil(50 * EVENTS_OF_A_BODY);

    let started = Instant::now();
    let mut counted = 0;
    for body in (0..rounds).flat_map(|_| &bodies) {
        counted += u64::from(black_box(check(Endpoint::Batch, body.as_bytes())?).events);
    }
    report("check", counted, bytes as u64 * rounds, started);

    let currency = OrderCurrency { default: "EUR", is_only_one: true };
    let started = Instant::now();
    let mut read = 0;
    for body in (0..rounds).flat_map(|_| &bodies) {
        let call = ReceivedCall { received_at: chrono::DateTime::UNIX_EPOCH, source: "web".into(), kind: None, body };
        read += events(&call, currency).filter(|event| black_box(event).is_ok()).count() as u64;
    }
    report("events", read, bytes as u64 * rounds, started);
    Ok(())
}

fn report(what: &str, events: u64, bytes: u64, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {events} events in {seconds:.3} s, {:.0} events/s, {:.0} MB/s",
        events as f64 / seconds,
        bytes as f64 / seconds / 1e6
    );
}
