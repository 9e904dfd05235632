//! The body of a request, from the first look at it to the people that its events are about.
//!
//! Whatever is taken comes to as many events and rejects as were counted when it was taken; what is left of an event after
//! cleaning is what storage promises to keep; and the same body says the same twice.
#![no_main]

use bellwether_clean::{BotDetector, CleanBatch, Cleaner};
use bellwether_collect::segment::{self, Checked, Endpoint, OrderCurrency};
use bellwether_domain::{EventKind, ItemRules, ReceivedCall};
use bellwether_inbox::{Record, decode_records, encode_call};
use bellwether_profile::{AcquisitionRules, apply};
use chrono::{DateTime, TimeDelta, Utc};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use std::{collections::HashMap, sync::LazyLock};

static RULES: LazyLock<AcquisitionRules> = LazyLock::new(AcquisitionRules::shipped);

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let endpoint = match first % 4 {
        0 | 1 => Endpoint::Batch,
        2 => Endpoint::Call(EventKind::Track),
        _ => Endpoint::Call(EventKind::Identify),
    };
    let Ok(checked) = segment::check(endpoint, body) else { return };
    let received_at = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let mut line = Vec::new();
    let call = ReceivedCall { received_at, source: "shop".into(), kind: endpoint.kind(), body: checked.body };
    encode_call(&mut line, &call).expect("a body that was taken can be kept");
    let clean = taken_apart(&line, &checked, received_at);
    assert_eq!(format!("{clean:?}"), format!("{:?}", taken_apart(&line, &checked, received_at)), "the same twice");
    check_clean(&clean);
});

fn taken_apart(line: &[u8], checked: &Checked<'_>, received_at: DateTime<Utc>) -> CleanBatch {
    let currency = OrderCurrency { default: "EUR", is_only_one: false };
    let mut records = decode_records(line);
    let Some(Ok(Record::Call(call))) = records.next() else { panic!("what was kept cannot be read again") };
    assert_eq!(call.received_at, received_at);
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    for event in segment::events(&call, currency) {
        match event {
            Ok(event) => events.push(event),
            Err(reject) => rejects.push(reject),
        }
    }
    assert_eq!(events.len() + rejects.len(), checked.events as usize, "an event is lost, or one too many");
    let mut cleaner = Cleaner::new(&ItemRules::default());
    let mut clean = CleanBatch::default();
    for event in events {
        let one = cleaner.clean_batch([event]);
        assert!(one.events.len() == 1 || (one.events.is_empty() && !one.rejects.is_empty()), "it went nowhere");
        clean.events.extend(one.events);
        clean.rejects.extend(one.rejects);
    }
    clean.rejects.extend(rejects);
    let mut bots = BotDetector::default();
    clean.events.iter_mut().for_each(|event| bots.judge(event));
    clean
}

fn check_clean(clean: &CleanBatch) {
    for event in &clean.events {
        for document in [&event.traits, &event.properties, &event.context].into_iter().flatten() {
            // Not as values: a number beyond f64 is kept as it was written.
            let whole: &RawValue = serde_json::from_str(document).expect("valid JSON");
            assert!(whole.get().starts_with('{'), "{document}");
        }
        assert!(event.bot_probability.is_none_or(|probability| (0.0..=1.0).contains(&probability)));
    }
    let changes = apply(&clean.events, &HashMap::new(), [], &RULES);
    let about_somebody = clean.events.iter().filter(|event| event.subject.is_some()).count() as u64;
    assert_eq!(changes.profiles.iter().map(|profile| profile.events).sum::<u64>(), about_somebody);
}
