//! Sends events to a front door, and says how many it took and how long each request waited.
//!
//!     load --url http://127.0.0.1:8400 --key WRITE_KEY [--mode batch|track] [--events-per-request 100]
//!          [--connections 16] [--seconds 10] [--warm-up 2] [--rate EVENTS_PER_SECOND] [--seed 1]
//!          [--prepared-events 100000] [--format text|json]
//!
//! Without `--rate` every connection sends its next request when it has the answer to the last: as much as the server
//! takes. With it requests have a time at which they are to be sent, whatever became of those before; latency counts from
//! that time, so that a server that stands still is not asked less often about it ("coordinated omission"). Then have more
//! connections than requests that are under way at once.
//!
//! It shares the machine with the server, so it does as little as it can: threads that wait in `read`, requests that are
//! ready but for the ids of their events, nothing parsed of an answer but its status and length.

use front_door_bench::{
    arguments::Arguments,
    clickstream::{Clickstream, Numbers},
    latency::Latencies,
    request::{Mode, Request, Target},
};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::TcpStream,
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let plan = Plan::read(Arguments::of_process()?)?;
    let mut stream = Clickstream::new(plan.seed);
    let prepared: Vec<Vec<Request>> =
        (0..plan.connections).map(|_| (0..plan.requests_each()).map(|_| plan.request(&mut stream)).collect()).collect();
    // Nobody begins before all are connected.
    let begin = Instant::now() + Duration::from_millis(50 + plan.connections as u64);
    let plan = Arc::new(plan);
    let senders: Vec<_> = (0..)
        .zip(prepared)
        .map(|(number, requests)| {
            let plan = Arc::clone(&plan);
            thread::Builder::new().stack_size(256 << 10).spawn(move || send(&plan, number, requests, begin))
        })
        .collect::<io::Result<_>>()
        .map_err(|error| format!("cannot start a thread for each connection: {error}"))?;
    let mut all = Outcome::default();
    for sender in senders {
        all.merge(sender.join().map_err(|_| "a connection's thread has died")?);
    }
    all.print(&plan);
    Ok(())
}

/// What was asked for.
#[derive(Debug)]
struct Plan {
    target: Target,
    connections: usize,
    events_per_request: usize,
    prepared_events: usize,
    seconds: f64,
    warm_up: f64,
    /// Events per second.
    rate: Option<f64>,
    seed: u64,
    json: bool,
}

impl Plan {
    fn read(mut arguments: Arguments) -> Result<Self, String> {
        let url: String = arguments.required("url")?;
        let address = url.strip_prefix("http://").ok_or_else(|| format!("`--url {url}` must begin with `http://`"))?;
        let mode = arguments.optional("mode")?.unwrap_or(Mode::Batch);
        let target =
            Target { address: address.trim_end_matches('/').to_owned(), key: arguments.required("key")?, mode };
        let events_per_request: usize = arguments.optional("events-per-request")?.unwrap_or(100);
        let plan = Self {
            target,
            connections: arguments.optional("connections")?.unwrap_or(16),
            events_per_request: if mode == Mode::Track { 1 } else { events_per_request },
            prepared_events: arguments.optional("prepared-events")?.unwrap_or(100_000),
            seconds: arguments.optional("seconds")?.unwrap_or(10.0),
            warm_up: arguments.optional("warm-up")?.unwrap_or(2.0),
            rate: arguments.optional("rate")?,
            seed: arguments.optional("seed")?.unwrap_or(1),
            json: match arguments.optional::<String>("format")?.as_deref() {
                None | Some("text") => false,
                Some("json") => true,
                Some(other) => return Err(format!("`--format {other}`: it must be `text` or `json`")),
            },
        };
        arguments.finish()?;
        if plan.connections == 0 || plan.events_per_request == 0 || plan.rate.is_some_and(|rate| rate <= 0.0) {
            return Err("connections, events per request and rate must be above zero".to_owned());
        }
        Ok(plan)
    }

    fn requests_each(&self) -> usize {
        (self.prepared_events / self.events_per_request / self.connections).max(1)
    }

    fn request(&self, stream: &mut Clickstream) -> Request {
        Request::new(&self.target, stream, self.events_per_request)
    }

    /// When, after the beginning, the request of this number is to be sent.
    fn due(&self, number: u64) -> Option<Duration> {
        self.rate.map(|rate| Duration::from_secs_f64(number as f64 * self.events_per_request as f64 / rate))
    }
}

/// What became of the requests behind the warm-up.
#[derive(Debug, Default)]
struct Outcome {
    latencies: Latencies,
    events: u64,
    statuses: BTreeMap<u16, u64>,
    /// Connections that broke.
    broken: u64,
    last_error: Option<String>,
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        self.latencies.merge(other.latencies);
        self.events += other.events;
        self.broken += other.broken;
        self.last_error = other.last_error.or(self.last_error.take());
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
    }

    fn print(self, plan: &Plan) {
        let requests: u64 = self.statuses.values().sum();
        let [middle, ninety, p99, p999, longest] = self.latencies.milliseconds([0.5, 0.9, 0.99, 0.999, 1.0]);
        let per_second = self.events as f64 / plan.seconds;
        if plan.json {
            let result = serde_json::json!({
                "requests": requests, "events_accepted": self.events, "seconds": plan.seconds,
                "events_per_second": per_second, "statuses": self.statuses, "broken_connections": self.broken,
                "last_error": self.last_error,
                "latency_ms": {"p50": middle, "p90": ninety, "p99": p99, "p99.9": p999, "max": longest},
            });
            println!("{result}");
            return;
        }
        println!("{requests} requests in {} s: {per_second:.0} events/s accepted", plan.seconds);
        println!("statuses {:?}, {} connections broke", self.statuses, self.broken);
        println!("ms: p50 {middle:.2}, p90 {ninety:.2}, p99 {p99:.2}, p99.9 {p999:.2}, longest {longest:.2}");
        if let Some(error) = self.last_error {
            println!("last error: {error}");
        }
    }
}

/// One connection, until the time is over.
fn send(plan: &Plan, connection: u64, mut requests: Vec<Request>, begin: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    // No two connections, and no two runs of different seeds, have the same ids.
    let mut numbers = Numbers::new(Numbers::new(plan.seed).word() ^ Numbers::new(!connection).word());
    let count_from = begin + Duration::from_secs_f64(plan.warm_up);
    let end = count_from + Duration::from_secs_f64(plan.seconds);
    let mut line = Line::default();
    let _ = line.connect(&plan.target.address);
    sleep_until(begin);
    for number in 0.. {
        let due = plan.due(connection + number * plan.connections as u64).map(|due| begin + due);
        due.inspect(|due| sleep_until((*due).min(end)));
        let start = due.unwrap_or_else(Instant::now);
        if start >= end || Instant::now() >= end {
            break;
        }
        let slot = number as usize % requests.len();
        let request = &mut requests[slot];
        let answer = line.exchange(&plan.target.address, request.renewed(&mut numbers));
        let done = Instant::now();
        // In a closed loop what counts is what was answered within the time; on schedule, what was due within it.
        let counts = if due.is_some() { start >= count_from } else { done >= count_from && done < end };
        outcome.add(answer, counts, done - start, request.events() as u64);
    }
    outcome
}

impl Outcome {
    fn add(&mut self, answer: io::Result<u16>, counts: bool, took: Duration, events: u64) {
        match answer {
            Ok(status) if counts => {
                self.latencies.add(took);
                *self.statuses.entry(status).or_default() += 1;
                self.events += if status == 200 { events } else { 0 };
            }
            Ok(_) => {}
            Err(error) => {
                self.broken += 1;
                self.last_error = Some(error.to_string());
                // A server that is not there would be asked a hundred thousand times a second.
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

fn sleep_until(time: Instant) {
    thread::sleep(time.saturating_duration_since(Instant::now()));
}

/// A connection that is kept, and made anew when it broke.
#[derive(Debug, Default)]
struct Line {
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Line {
    fn connect(&mut self, address: &str) -> io::Result<&mut TcpStream> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            self.stream = Some(stream);
        }
        self.stream.as_mut().ok_or_else(|| io::Error::other("no connection"))
    }

    /// Sends a request and gives the status of its answer.
    fn exchange(&mut self, address: &str, request: &[u8]) -> io::Result<u16> {
        let answer = self.connect(address).and_then(|stream| stream.write_all(request)).and_then(|()| self.answer());
        match answer {
            Ok((status, true)) => Ok(status),
            Ok((status, false)) => {
                self.stream = None;
                Ok(status)
            }
            Err(error) => {
                self.stream = None;
                Err(error)
            }
        }
    }

    /// Reads an answer to its end: its status, and whether the connection stays.
    fn answer(&mut self) -> io::Result<(u16, bool)> {
        let Some(stream) = self.stream.as_mut() else { return Err(io::Error::other("no connection")) };
        self.buffer.clear();
        let mut chunk = [0; 4096];
        loop {
            let read = stream.read(&mut chunk)?;
            if read == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
            }
            self.buffer.extend_from_slice(&chunk[..read]);
            let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = Head::read(&self.buffer[..end])?;
            if self.buffer.len() >= end + 4 + head.length {
                return Ok((head.status, head.stays));
            }
        }
    }
}

/// What matters of the head of an answer.
struct Head {
    status: u16,
    length: usize,
    stays: bool,
}

impl Head {
    fn read(bytes: &[u8]) -> io::Result<Self> {
        let foreign = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let text = str::from_utf8(bytes).map_err(|_| foreign("the head of the answer is no text"))?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let mut head =
            Self { status: status.ok_or_else(|| foreign("the answer has no status"))?, length: 0, stays: true };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = value.parse().map_err(|_| foreign("the length of the answer is no number"))?;
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(foreign("the answer is in chunks, which this client does not read"));
            } else if name.eq_ignore_ascii_case("connection") {
                head.stays = !value.eq_ignore_ascii_case("close");
            }
        }
        Ok(head)
    }
}
