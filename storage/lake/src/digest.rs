//! A hash of a multiset of events: every event is hashed by itself, and the hashes are added, so that neither order nor
//! file boundaries count. Adding (and not XOR) keeps two copies of an event apart from none.

use crate::{Error, Result, decode::decode_batch, scan::scan};
use bellwether_domain::{CleanEvent, Order};
use std::path::PathBuf;

/// The digest of all events in these files.
pub fn digest_files(paths: &[PathBuf]) -> Result<String> {
    let mut sum = Sum::default();
    let mut buffer = Vec::new();
    for path in paths {
        for batch in scan(path, &[])? {
            for event in decode_batch(&batch?).map_err(|detail| Error::damaged(path, detail))? {
                buffer.clear();
                describe(&mut buffer, &event);
                sum.add(blake3::hash(&buffer));
            }
        }
    }
    Ok(sum.finish())
}

/// 256 bits in four words, the lowest first, and how many were added.
#[derive(Default)]
struct Sum {
    words: [u64; 4],
    count: u64,
}

impl Sum {
    fn add(&mut self, hash: blake3::Hash) {
        let mut carry = false;
        for (word, bytes) in self.words.iter_mut().zip(hash.as_bytes().as_chunks::<8>().0) {
            let (sum, first) = word.overflowing_add(u64::from_le_bytes(*bytes));
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
        self.count += 1;
    }

    fn finish(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.count.to_le_bytes());
        for word in self.words {
            hasher.update(&word.to_le_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// All of an event as bytes that no other event has: every text with its length, every option with its presence. What is
/// left out is `bot_probability`: it is a judgement, and may depend on what the process had seen in the seconds before.
fn describe(into: &mut Vec<u8>, event: &CleanEvent) {
    into.extend_from_slice(event.id.as_uuid().as_bytes());
    option(into, event.subject, |into, subject| into.extend_from_slice(subject.as_uuid().as_bytes()));
    option(into, event.user_id.as_deref(), text);
    text(into, crate::encode::kind_name(event.kind));
    text(into, &event.name);
    number(into, event.time.timestamp_micros());
    number(into, event.utc_offset_minutes.into());
    text(into, &event.origin.source);
    option(into, event.origin.line, |into, line| number(into, line.cast_signed()));
    option(into, event.order.as_ref(), describe_order);
    option(into, event.traits.as_deref(), text);
    option(into, event.properties.as_deref(), text);
    describe_reception(into, event);
}

/// What only events have that somebody sent. Of others it says nothing at all, so that their digest is that of the files
/// of format 1, which have no room for it. Each part begins with its number, so that none can be taken for another.
fn describe_reception(into: &mut Vec<u8>, event: &CleanEvent) {
    if let Some(time) = event.received_at {
        into.push(1);
        number(into, time.timestamp_micros());
    }
    let ids = [&event.anonymous_id, &event.group_id, &event.previous_id].map(Option::as_deref);
    for (part, value) in (2..).zip(ids.into_iter().chain([event.context.as_deref()])) {
        if let Some(value) = value {
            into.push(part);
            text(into, value);
        }
    }
}

fn describe_order(into: &mut Vec<u8>, order: &Order) {
    text(into, &order.order_id);
    text(into, crate::encode::order_kind_name(order.kind));
    text(into, &order.currency);
    number(into, order.value.ten_thousandths());
    number(into, order.fees.ten_thousandths());
    number(into, order.lines.len() as i64);
    for line in &order.lines {
        text(into, &line.product);
        text(into, &line.name);
        number(into, line.quantity.ten_thousandths());
        number(into, line.price.ten_thousandths());
        number(into, line.source_line.cast_signed());
        into.push(line.flags.bits());
    }
}

fn option<T>(into: &mut Vec<u8>, value: Option<T>, describe: impl FnOnce(&mut Vec<u8>, T)) {
    into.push(u8::from(value.is_some()));
    if let Some(value) = value {
        describe(into, value);
    }
}

fn text(into: &mut Vec<u8>, text: &str) {
    number(into, text.len() as i64);
    into.extend_from_slice(text.as_bytes());
}

fn number(into: &mut Vec<u8>, number: i64) {
    into.extend_from_slice(&number.to_le_bytes());
}
