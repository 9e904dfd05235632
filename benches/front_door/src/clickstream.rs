//! A stream of events with the shape of the public REES46 files of a shop for everything (`event_time`, `event_type`,
//! `product_id`, `category_id`, `category_code`, `brand`, `price`, `user_id`, `user_session`), as calls of the Segment
//! tracking API. The same seed gives the same events on every machine. Only the standard library, so that other
//! measurements can include this file.
//!
//! What is in it; numbers of October 2019 in the public set (42.4 million events), or of its first 1,000 lines:
//!
//! | | here | there |
//! | --- | --- | --- |
//! | users | 3,000,000; one of rank `r` comes in proportion to `r^-½` | 3.02 million |
//! | sessions | 4.6 events on average, geometric; each has a random UUID | 9.24 million, 4.6 events |
//! | within a session | 37 % the same product again, 53 % another of its category, 10 % any; 53 s between events, exponential | the same; median 35 s |
//! | products | 166,794; Zipf, flattened at the top: the first has 2 % of what is chosen freely | 166,794; 2.7 % |
//! | categories | 624, Zipf; a third without a code | 624; 37 % of events without |
//! | brands | 3,444, Zipf; one product in seven without | 3,444; 14 % |
//! | calls | 96 % viewed, 2.2 % added, 0.2 % removed, 1.7 % bought | the same, but no removals |
//! | rate | 15.8 events/s; sessions overlap as they come, about 800 at a time | the same |
//!
//! Times are in milliseconds and rise from 2019-10-01; the public files have seconds. One product has one price. What was
//! bought is an `Order Completed` with one product, as the specification has it. The session is in the context.

use std::{cmp::Reverse, collections::BinaryHeap};

const USERS: f64 = 3_000_000.0;
const PRODUCTS: u32 = 166_794;
const CATEGORIES: u32 = 624;
const BRANDS: u32 = 3_444;
/// Zipf with an offset: `1 / (rank + FLATTENED)`.
const FLATTENED: f64 = 4.0;
const EVENTS_PER_SECOND: f64 = 15.8;
const EVENTS_PER_SESSION: f64 = 4.6;
const SECONDS_BETWEEN: f64 = 53.0;
/// 2019-10-01T00:00:00Z.
const BEGINNING: u64 = 1_569_888_000_000;

/// Numbers without a pattern: SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// The same seed, the same numbers.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.share() * limit as f64) as usize
    }

    /// Waiting time of a Poisson process.
    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }

    /// A rank below `count`, the first the most frequent, in proportion to `1 / (rank + FLATTENED)`.
    fn zipf(&mut self, count: u32) -> u32 {
        let rank = FLATTENED * ((f64::from(count) + FLATTENED) / FLATTENED).powf(self.share()) - FLATTENED;
        (rank as u32).min(count - 1)
    }

    /// A random UUID, version 4.
    pub const fn uuid(&mut self) -> u128 {
        let random = ((self.word() as u128) << 64) | self.word() as u128;
        (random & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62)
    }
}

/// What a visitor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Looked at a product.
    View,
    /// Put it into the cart.
    Cart,
    /// Took it out again.
    RemoveFromCart,
    /// Bought it.
    Purchase,
}

impl Action {
    /// As the Segment specification calls it.
    pub const fn event(self) -> &'static str {
        match self {
            Self::View => "Product Viewed",
            Self::Cart => "Product Added",
            Self::RemoveFromCart => "Product Removed",
            Self::Purchase => "Order Completed",
        }
    }
}

/// A product of the made-up shop.
#[derive(Debug)]
pub struct Product {
    /// Seven or eight digits.
    pub id: u32,
    /// Nineteen digits.
    pub category_id: u64,
    /// Such as `electronics.audio.mavo`, where the category has one.
    pub category_code: Option<String>,
    /// Where it has one.
    pub brand: Option<String>,
    /// Hundredths of a dollar.
    pub price: u32,
    category: u32,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event<'s> {
    /// Milliseconds since 1970.
    pub time: u64,
    /// What was done.
    pub action: Action,
    /// With what.
    pub product: &'s Product,
    /// Nine digits.
    pub user_id: u64,
    /// A UUID.
    pub session: u128,
    /// A UUID, for this event alone.
    pub message_id: u128,
    /// A number of the order, for [`Action::Purchase`].
    pub order: u64,
}

/// Somebody who is in the shop. Ordered by the time of what comes next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Session {
    next: u64,
    number: u64,
    user_id: u64,
    uuid: u128,
    product: u32,
    in_cart: bool,
}

/// An endless stream of events, in the order of time.
#[derive(Debug)]
pub struct Clickstream {
    numbers: Numbers,
    products: Vec<Product>,
    by_category: Vec<Vec<u32>>,
    inside: BinaryHeap<Reverse<Session>>,
    next_arrival: f64,
    sessions: u64,
    orders: u64,
}

impl Clickstream {
    /// The catalogue is the same for every seed, as is the shop; the seed says who comes.
    pub fn new(seed: u64) -> Self {
        let products = catalogue();
        let mut by_category = vec![Vec::new(); CATEGORIES as usize];
        for (number, product) in (0..).zip(&products) {
            by_category[product.category as usize].push(number);
        }
        let mut stream = Self {
            numbers: Numbers::new(seed),
            products,
            by_category,
            inside: BinaryHeap::new(),
            next_arrival: BEGINNING as f64,
            sessions: 0,
            orders: 0,
        };
        stream.open_the_door();
        stream
    }

    /// The shop does not open empty: a stream begins with as many inside as later on.
    fn open_the_door(&mut self) {
        let inside = EVENTS_PER_SECOND / EVENTS_PER_SESSION * SECONDS_BETWEEN * EVENTS_PER_SESSION;
        for _ in 0..inside as usize {
            let next = BEGINNING + self.numbers.exponential(SECONDS_BETWEEN * 1e3) as u64;
            self.arrive(next);
        }
    }

    fn arrive(&mut self, next: u64) {
        self.sessions += 1;
        let share = self.numbers.share();
        let session = Session {
            next,
            number: self.sessions,
            // A rank of `share²` has the density `rank^-½`; the factor mixes ranks over the range of the ids.
            user_id: 512_000_000 + (share * share * USERS) as u64 * 48_271 % 60_000_011,
            uuid: self.numbers.uuid(),
            product: self.numbers.zipf(PRODUCTS),
            in_cart: false,
        };
        self.inside.push(Reverse(session));
    }

    /// The next event.
    pub fn next_event(&mut self) -> Event<'_> {
        while self.inside.peek().is_none_or(|Reverse(first)| first.next as f64 >= self.next_arrival) {
            self.arrive(self.next_arrival as u64);
            self.next_arrival += self.numbers.exponential(1e3 * EVENTS_PER_SESSION / EVENTS_PER_SECOND);
        }
        let Some(Reverse(mut session)) = self.inside.pop() else { unreachable!("somebody has just come in") };
        let action = self.act(&mut session);
        let (time, user_id, uuid, product) = (session.next, session.user_id, session.uuid, session.product);
        if self.numbers.share() * EVENTS_PER_SESSION >= 1.0 {
            session.next += 1 + self.numbers.exponential(SECONDS_BETWEEN * 1e3) as u64;
            self.inside.push(Reverse(session));
        }
        let message_id = self.numbers.uuid();
        let product = &self.products[product as usize];
        Event { time, action, product, user_id, session: uuid, message_id, order: self.orders }
    }

    fn act(&mut self, session: &mut Session) -> Action {
        let chance = self.numbers.share();
        if session.in_cart {
            session.in_cart = false;
            match chance {
                ..0.75 => {
                    self.orders += 1;
                    return Action::Purchase;
                }
                0.75..0.85 => return Action::RemoveFromCart,
                _ => {}
            }
        } else if chance < 0.029 {
            session.in_cart = true;
            return Action::Cart;
        }
        session.product = self.next_product(session.product);
        Action::View
    }

    fn next_product(&mut self, product: u32) -> u32 {
        match self.numbers.share() {
            ..0.37 => product,
            0.37..0.90 => {
                let shelf = &self.by_category[self.products[product as usize].category as usize];
                // Towards the front, as everywhere.
                let share = self.numbers.share();
                shelf[(share * share * shelf.len() as f64) as usize]
            }
            _ => self.numbers.zipf(PRODUCTS),
        }
    }
}

fn catalogue() -> Vec<Product> {
    let mut numbers = Numbers::new(42);
    let categories: Vec<(u64, Option<String>)> = (0..CATEGORIES).map(|_| category(&mut numbers)).collect();
    let brands: Vec<String> = (0..BRANDS).map(|_| word(&mut numbers)).collect();
    let product = |number: u32| {
        let category = numbers.zipf(CATEGORIES);
        let (category_id, category_code) = categories[category as usize].clone();
        let brand = numbers.zipf(BRANDS) as usize;
        Product {
            // The factor has nothing in common with the range, so that no two are the same.
            id: 1_000_000 + (u64::from(number) * 1_000_003 % 59_000_000) as u32,
            category_id,
            category_code,
            brand: (numbers.share() > 1.0 / 7.0).then(|| brands[brand].clone()),
            // From 2 to 2,500 dollars, evenly by orders of magnitude.
            price: (200.0 * 1250f64.powf(numbers.share())) as u32,
            category,
        }
    };
    (0..PRODUCTS).map(product).collect()
}

fn category(numbers: &mut Numbers) -> (u64, Option<String>) {
    const DEPARTMENTS: [&str; 8] =
        ["electronics", "appliances", "computers", "apparel", "furniture", "auto", "construction", "kids"];
    let id = 2_053_013_550_000_000_000 + numbers.word() % 10_000_000_000_000;
    let department = DEPARTMENTS[numbers.below(DEPARTMENTS.len())];
    let code = match numbers.share() {
        ..0.35 => None,
        0.35..0.6 => Some(format!("{department}.{}", word(numbers))),
        _ => Some(format!("{department}.{}.{}", word(numbers), word(numbers))),
    };
    (id, code)
}

/// Two to four syllables.
fn word(numbers: &mut Numbers) -> String {
    const SYLLABLES: [&str; 24] = [
        "ma", "vo", "ri", "ten", "lu", "sa", "ko", "ne", "bar", "di", "fu", "gel", "hi", "jo", "ka", "lin", "mo", "pa",
        "qui", "ro", "shi", "tu", "wel", "za",
    ];
    (0..2 + numbers.below(3)).map(|_| SYLLABLES[numbers.below(SYLLABLES.len())]).collect()
}

impl Event<'_> {
    /// The properties, as a JSON object without blanks.
    pub fn write_properties(&self, into: &mut Vec<u8>) {
        let Product { id, category_id, category_code, brand, price, .. } = self.product;
        let (whole, hundredths) = (price / 100, price % 100);
        into.push(b'{');
        if self.action == Action::Purchase {
            text(into, &format!("\"order_id\":\"{}\",\"currency\":\"USD\",", 700_000 + self.order));
            text(into, &format!("\"total\":{whole}.{hundredths:02},\"products\":[{{"));
        }
        text(into, &format!("\"product_id\":\"{id}\",\"category_id\":\"{category_id}\""));
        for (key, value) in [("category", category_code), ("brand", brand)] {
            if let Some(value) = value {
                text(into, &format!(",\"{key}\":\"{value}\""));
            }
        }
        text(into, &format!(",\"price\":{whole}.{hundredths:02}"));
        if self.action == Action::Purchase {
            text(into, ",\"quantity\":1}]");
        }
        into.push(b'}');
    }

    /// The circumstances, as a JSON object without blanks: what a library says of itself, and the visit.
    pub fn write_context(&self, into: &mut Vec<u8>) {
        text(into, r#"{"library":{"name":"analytics-node","version":"2.2.1"},"sessionId":""#);
        write_uuid(into, self.session);
        text(into, "\"}");
    }

    /// The whole call, as a JSON object without blanks. Says where its `messageId` begins, 36 characters, if it was asked
    /// for one.
    pub fn write_call(&self, into: &mut Vec<u8>, with_message_id: bool) -> Option<usize> {
        text(into, "{\"type\":\"track\",");
        let place = with_message_id.then(|| {
            text(into, "\"messageId\":\"");
            let place = into.len();
            write_uuid(into, self.message_id);
            text(into, "\",");
            place
        });
        text(into, &format!("\"userId\":\"{}\",\"event\":\"{}\",\"timestamp\":\"", self.user_id, self.action.event()));
        write_time(into, self.time);
        text(into, "\",\"properties\":");
        self.write_properties(into);
        text(into, ",\"context\":");
        self.write_context(into);
        into.push(b'}');
        place
    }
}

fn text(into: &mut Vec<u8>, text: &str) {
    into.extend_from_slice(text.as_bytes());
}

/// Lower-case digits with hyphens, 36 characters.
pub fn write_uuid(into: &mut Vec<u8>, uuid: u128) {
    let place = into.len();
    into.resize(place + UUID_LENGTH, b'-');
    patch_uuid(&mut into[place..], uuid);
}

/// Characters of a UUID.
pub const UUID_LENGTH: usize = 36;

/// Writes a UUID over another one.
pub fn patch_uuid(over: &mut [u8], uuid: u128) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digit = 0;
    for (place, character) in over.iter_mut().take(UUID_LENGTH).enumerate() {
        if !matches!(place, 8 | 13 | 18 | 23) {
            *character = DIGITS[(uuid >> (124 - 4 * digit)) as usize & 0xf];
            digit += 1;
        }
    }
}

/// `2019-10-01T00:00:00.000Z`. The calendar is Howard Hinnant's `civil_from_days`.
fn write_time(into: &mut Vec<u8>, milliseconds: u64) {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, millis) = (rest / 1_000 % 60, rest % 1_000);
    text(into, &format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn times_are_written_as_the_calendar_has_them() {
        let check = |milliseconds, expected: &str| {
            let mut written = Vec::new();
            write_time(&mut written, milliseconds);
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        };
        check(BEGINNING, "2019-10-01T00:00:00.000Z");
        check(951_782_399_999, "2000-02-28T23:59:59.999Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_704_067_199_001, "2023-12-31T23:59:59.001Z");
    }

    #[test]
    fn the_same_seed_gives_the_same_events() {
        let first = |seed| {
            let (mut stream, mut written) = (Clickstream::new(seed), Vec::new());
            (0..100).for_each(|_| drop(stream.next_event().write_call(&mut written, true)));
            written
        };
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }

    #[test]
    fn calls_are_json_and_a_message_id_can_be_written_over() {
        let mut stream = Clickstream::new(1);
        for _ in 0..5_000 {
            let mut written = Vec::new();
            let place = stream.next_event().write_call(&mut written, true).unwrap();
            patch_uuid(&mut written[place..], 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
            let call: serde_json::Value = serde_json::from_slice(&written).unwrap();
            assert_eq!(call["messageId"], "01234567-89ab-cdef-0123-456789abcdef");
            assert_eq!(call["context"]["sessionId"].as_str().unwrap().len(), 36);
        }
    }

    /// The numbers that the module promises.
    #[test]
    fn the_stream_is_like_the_public_one() {
        const EVENTS: usize = 300_000;
        let mut stream = Clickstream::new(3);
        let (mut sessions, mut ids, mut views, mut bought, mut last) =
            (HashMap::new(), HashSet::new(), 0usize, 0usize, 0);
        let mut first = 0;
        for number in 0..EVENTS {
            let event = stream.next_event();
            assert!(event.time >= last);
            last = event.time;
            first = if number == 0 { last } else { first };
            *sessions.entry(event.session).or_insert(0usize) += 1;
            assert!(ids.insert(event.message_id));
            views += usize::from(event.action == Action::View);
            bought += usize::from(event.action == Action::Purchase);
        }
        let near = |value: f64, expected: f64| assert!((value / expected - 1.0).abs() < 0.1, "{value}, not {expected}");
        near(EVENTS as f64 / sessions.len() as f64, EVENTS_PER_SESSION);
        near(EVENTS as f64 / (last - first) as f64 * 1e3, EVENTS_PER_SECOND);
        near(views as f64 / EVENTS as f64, 0.96);
        near(bought as f64 / EVENTS as f64, 0.017);
        let products: HashSet<u32> = stream.products.iter().map(|product| product.id).collect();
        assert_eq!(products.len(), PRODUCTS as usize);
    }
}
