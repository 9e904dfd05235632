//! CPU seconds of the Lake's hot paths, on made-up orders of the size of the retail example: 26,000 orders with 540,000
//! lines. `cargo run --release -p bellwether-lake --example timing [orders]`.

use bellwether_domain::{
    CleanEvent, EventFile, EventId, EventKind, FileId, LineFlags, Money, Order, OrderKind, OrderLine, Origin, Quantity,
    SubjectId,
};
use bellwether_lake::{Lake, Result};
use chrono::{DateTime, TimeDelta};
use std::{sync::Arc, time::Instant};

const ORDERS: u64 = 26_000;
const PRODUCTS: u64 = 4_000;
const CUSTOMERS: u64 = 4_400;

fn main() -> Result<()> {
    let orders = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(ORDERS);
    let events = made_up(orders);
    let lines: usize = events.iter().filter_map(|event| event.order.as_ref()).map(|order| order.lines.len()).sum();
    println!("{} events, {lines} lines", events.len());

    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = timed("open", || Lake::open(folder.path()))?;
    let file = timed("write one file", || lake.write_events(FileId::derive(&[b"one"]), &events))?;
    println!("{:28} {:8.2} MB", "", file.bytes as f64 / 1e6);
    let parts: Vec<(FileId, &[CleanEvent])> =
        events.chunks(1_000).enumerate().map(|(n, part)| (FileId::derive(&[&n.to_le_bytes()]), part)).collect();
    let many = timed("write files of 1,000", || lake.write_event_files(&parts))?;

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    ask_everything(&lake, &runtime, std::slice::from_ref(&file), "one file")?;
    ask_everything(&lake, &runtime, &many, "many files")?;
    Ok(())
}

fn ask_everything(lake: &Lake, runtime: &tokio::runtime::Runtime, files: &[EventFile], label: &str) -> Result<()> {
    let customer = [SubjectId::derive(&[&17u64.to_le_bytes()])];
    for round in ["first", "again"] {
        println!("-- {label}, {round}");
        let history = timed("order_history", || runtime.block_on(lake.order_history(files, None)))?;
        assert!(!history.lines.is_empty());
        timed("daily_sales", || runtime.block_on(lake.daily_sales(files)))?;
        timed("event_counts", || runtime.block_on(lake.event_counts(files)))?;
        timed("timeline of 20", || runtime.block_on(lake.timeline(files, &customer, None, 20)))?;
        timed("digest", || runtime.block_on(lake.digest(files)))?;
    }
    Ok(())
}

/// Prints what a step took, on the clock and on the processors.
fn timed<T>(what: &str, step: impl FnOnce() -> T) -> T {
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let result = step();
    println!("{what:28} {:8.1} ms wall {:8.1} ms cpu", wall.elapsed().as_secs_f64() * 1e3, (cpu_seconds() - cpu) * 1e3);
    result
}

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is valid for the call, and the clock of the process always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Numbers without a pattern, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Small numbers are far more frequent than large ones, as with products and quantities.
    fn skewed(&mut self, limit: u64) -> u64 {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        ((share * share * share) * limit as f64) as u64
    }
}

fn made_up(orders: u64) -> Vec<CleanEvent> {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let words = ["WHITE", "HANGING", "HEART", "T-LIGHT", "HOLDER", "METAL", "LANTERN", "CREAM", "CUPID", "COAT HANGER"];
    let mut word = || words[numbers.below(words.len() as u64) as usize];
    let names: Vec<Arc<str>> = (0..PRODUCTS).map(|n| format!("{} {} {} {n}", word(), word(), word()).into()).collect();
    let source: Arc<str> = "online-retail".into();
    let name: Arc<str> = "Order Completed".into();
    let start = DateTime::from_timestamp(1_291_190_000, 0).expect("a time of 2010");
    let mut source_line = 2;
    (0..orders)
        .map(|number| {
            let lines = (0..1 + numbers.skewed(79)).map(|_| {
                source_line += 1;
                line(&mut numbers, &names, source_line)
            });
            let lines: Vec<OrderLine> = lines.collect();
            let customer = numbers.below(CUSTOMERS);
            CleanEvent {
                id: EventId::derive(&[&number.to_le_bytes()]),
                subject: (!customer.is_multiple_of(7)).then(|| SubjectId::derive(&[&customer.to_le_bytes()])),
                user_id: (!customer.is_multiple_of(7)).then(|| (12_346 + customer).to_string().into()),
                kind: EventKind::Track,
                name: name.clone(),
                time: start + TimeDelta::seconds((number * 1_240) as i64),
                utc_offset_minutes: 0,
                origin: Origin { source: source.clone(), line: Some(source_line) },
                order: Some(order(number, lines)),
                traits: Some(r#"{"country":"United Kingdom"}"#.into()),
                properties: None,
                received_at: None,
                anonymous_id: None,
                group_id: None,
                previous_id: None,
                context: None,
                bot_probability: None,
            }
        })
        .collect()
}

fn order(number: u64, lines: Vec<OrderLine>) -> Order {
    Order {
        order_id: (536_365 + number).to_string().into(),
        kind: if number % 7 == 3 { OrderKind::Refunded } else { OrderKind::Completed },
        currency: "GBP".into(),
        value: lines.iter().map(OrderLine::value).sum(),
        fees: Money::ZERO,
        lines,
    }
}

fn line(numbers: &mut Numbers, names: &[Arc<str>], source_line: u64) -> OrderLine {
    let product = numbers.skewed(PRODUCTS);
    OrderLine {
        product: format!("{}", 20_000 + product * 7).into(),
        name: names[product as usize].clone(),
        quantity: Quantity::from_whole(1 + numbers.skewed(48) as i64),
        price: Money::from_ten_thousandths(((product * 37) % 1_200) as i64 * 100 + 2_900),
        source_line,
        flags: LineFlags::default(),
    }
}
