//! Senders that behave like the SDKs: what got no 200 is sent again, unchanged, until it does.

use super::{client::Client, truth::Expected};
use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// Events of one request.
pub const EVENTS: u64 = 20;
const USERS: u64 = 41;

/// One of the events that a test sends. Every one has a number of its own.
#[derive(Debug, Clone, Copy)]
pub struct Event(pub u64);

impl Event {
    pub fn user(self) -> String {
        format!("user-{}", self.0 * 7 % USERS)
    }

    /// Every tenth is an order of two pieces at this price, in hundredths.
    pub const fn price(self) -> Option<u64> {
        if self.0.is_multiple_of(10) { Some(100 + self.0 % 900) } else { None }
    }

    fn write(self, into: &mut String) {
        let (number, user) = (self.0, self.user());
        let time = format!("2025-03-{:02}T{:02}:{:02}:00.000Z", number % 28 + 1, number / 28 % 24, number / 672 % 60);
        let start = format!(r#"{{"type":"track","messageId":"m-{number}","userId":"{user}","timestamp":"{time}""#);
        let end = match self.price() {
            None => format!(r#","event":"Product Viewed","properties":{{"number":{number}}}}}"#),
            Some(price) => format!(
                r#","event":"Order Completed","properties":{{"number":{number},"order_id":"o-{number}","currency":"USD","products":[{{"product_id":"p-{}","price":{}.{:02},"quantity":2}}]}}}}"#,
                number % 13,
                price / 100,
                price % 100
            ),
        };
        write!(into, "{start}{end}").unwrap();
    }
}

/// A request with the events of these numbers.
pub fn batch(numbers: std::ops::Range<u64>) -> String {
    let mut body = String::from(r#"{"batch":["#);
    for (index, number) in numbers.enumerate() {
        if index > 0 {
            body.push(',');
        }
        Event(number).write(&mut body);
    }
    body + "]}"
}

/// Senders at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    dark: Arc<AtomicBool>,
    senders: Vec<JoinHandle<u64>>,
}

impl Load {
    /// Starts so many senders, each with numbers of its own.
    pub fn start(address: &str, key: &str, senders: u64) -> Self {
        let (stop, dark) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let one = |sender| {
            let (address, key) = (address.to_owned(), key.to_owned());
            let (stop, dark) = (Arc::clone(&stop), Arc::clone(&dark));
            std::thread::spawn(move || send(&address, &key, sender, &stop, &dark))
        };
        Self { senders: (0..senders).map(one).collect(), stop, dark }
    }

    /// From now on, until the power is back, no answer is believed: of a machine without power there is none.
    pub fn believe_no_answer(&self, dark: bool) {
        self.dark.store(dark, Ordering::SeqCst);
    }

    /// Ends when every request that was begun has its 200; says what must be true now.
    pub fn finish(self) -> Expected {
        self.stop.store(true, Ordering::Relaxed);
        let mut expected = Expected::default();
        for (sender, handle) in (0..).zip(self.senders) {
            let requests = handle.join().unwrap();
            assert!(requests > 0, "sender {sender} was never answered");
            let first = first_of(sender);
            (first..first + requests * EVENTS).for_each(|number| expected.add(Event(number)));
        }
        expected
    }
}

const fn first_of(sender: u64) -> u64 {
    sender * 10_000_000
}

/// Gives the number of requests that were answered with 200.
fn send(address: &str, key: &str, sender: u64, stop: &AtomicBool, dark: &AtomicBool) -> u64 {
    let mut client = Client::new(address);
    let mut requests = 0;
    while !stop.load(Ordering::Relaxed) {
        let first = first_of(sender) + requests * EVENTS;
        let body = batch(first..first + EVENTS);
        // A server that never answers again is the test's failure: somebody has to end.
        for attempt in 0.. {
            assert!(attempt < 20_000, "sender {sender} got no answer");
            match client.post("/v1/batch", key, body.as_bytes()) {
                Some(answer) if answer.status == 200 && !dark.load(Ordering::SeqCst) => break,
                Some(answer) => assert!([200, 503, 429].contains(&answer.status), "{answer:?}"),
                None => {}
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        requests += 1;
    }
    requests
}
