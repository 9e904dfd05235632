use super::*;
use crate::{
    decode::decode_batch,
    scan::scan,
    testing::{any_event, at, file_id, order, page, received, subject},
};
use bellwether_domain::{Money, Offset, OrderKind, Quantity};
use proptest::prelude::*;
use std::sync::Arc;
use tempfile::TempDir;

pub(super) fn fresh() -> (TempDir, Lake) {
    // A name with everything that paths, URLs and patterns stumble over.
    let folder = tempfile::Builder::new().prefix("läke [1]* %41 ?#").tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    (folder, lake)
}

/// Runs a question to its end.
pub(super) fn ask<T>(question: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(question)
}

/// The events of a file as they come back.
pub(super) fn read(lake: &Lake, file: &EventFile) -> Vec<CleanEvent> {
    let batches = scan(&lake.root.join(&file.path), &[]).unwrap();
    batches.flat_map(|batch| decode_batch(&batch.unwrap()).unwrap()).collect()
}

pub(super) fn sorted(events: &[CleanEvent]) -> Vec<CleanEvent> {
    let mut events = events.to_vec();
    events.sort_by_key(|event| (event.time, event.id));
    events
}

/// A small shop: two sales by anna, one by somebody unknown, a return, a page view.
pub(super) fn shop() -> Vec<CleanEvent> {
    vec![
        order("A1", Some("anna"), "2011-03-01T23:30:00Z", &[("MUG", 6, "2.55"), ("POST", 1, "18.00")]),
        page("P1", "bert", "2011-03-02T08:00:00Z"),
        order("B1", None, "2011-03-02T09:00:00Z", &[("TEA", 2, "1.25"), ("MUG", 1, "2.95")]),
        order("A2", Some("anna"), "2011-03-02T10:00:00Z", &[("TEA", 4, "1.25")]),
        order("CA1", Some("anna"), "2011-03-02T11:00:00Z", &[("MUG", -2, "2.55")]),
    ]
}

#[test]
fn names_and_times_are_those_of_the_events() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let mut found = Vec::new();
    lake.for_each_name(&[file], |name, time| found.push((name.to_string(), time))).unwrap();
    let expected: Vec<_> = shop().iter().map(|event| (event.name.to_string(), event.time)).collect();
    assert_eq!(found, expected);
}

#[test]
fn events_come_back_sorted_and_whole() {
    let (_folder, lake) = fresh();
    let mut events = shop();
    events[1].properties = Some("红".repeat(350_000).into());
    events[2].order.as_mut().unwrap().lines[0].name = "\"quoted\", 👩‍👧, \u{0}".into();
    events.reverse();
    let file = lake.write_events(file_id("1"), &events).unwrap();
    assert_eq!(file.path, format!("events/{}.parquet", file_id("1")));
    assert_eq!((file.rows, file.min_time, file.max_time), (5, at("2011-03-01T23:30:00Z"), at("2011-03-02T11:00:00Z")));
    assert_eq!(file.bytes, fs::metadata(lake.root.join(&file.path)).unwrap().len());
    let documents: usize = events.iter().map(CleanEvent::document_bytes).sum();
    assert_eq!(lake.document_bytes(&file).unwrap(), Some(documents as u64));
    assert_eq!(read(&lake, &file), sorted(&events));
}

#[test]
fn more_events_than_a_batch_holds() {
    let (_folder, lake) = fresh();
    let events: Vec<CleanEvent> = (0..20_000).map(|n| page(&format!("e{n}"), "anna", "2011-03-01T00:00:00Z")).collect();
    let file = lake.write_events(file_id("1"), &events).unwrap();
    assert_eq!(read(&lake, &file), sorted(&events));
}

#[test]
fn large_files_come_back_too() {
    let (_folder, lake) = fresh();
    let users = ["anna", "bert", "cora"];
    let events: Vec<CleanEvent> =
        (0..140_000).map(|n| page(&format!("e{n}"), users[n % 3], "2011-03-01T00:00:00Z")).collect();
    let file = lake.write_events(file_id("1"), &events).unwrap();
    assert_eq!(read(&lake, &file), sorted(&events));
}

#[test]
fn large_events_are_divided_by_their_size() {
    let (_folder, lake) = fresh();
    let mut events: Vec<CleanEvent> = (0..5).map(|n| page(&format!("e{n}"), "anna", "2011-03-01T00:00:00Z")).collect();
    for event in &mut events {
        event.traits = Some("x".repeat(30 << 20).into());
    }
    let sorted = sorted(&events);
    let rows: Vec<usize> =
        encode_batches(&sorted.iter().collect::<Vec<_>>()).map(|batch| batch.unwrap().num_rows()).collect();
    assert_eq!(rows, [2, 2, 1]);
    let file = lake.write_events(file_id("1"), &events).unwrap();
    assert_eq!(read(&lake, &file), sorted);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_events_come_back(events in prop::collection::vec(any_event(), 1..20)) {
        let (_folder, lake) = fresh();
        let file = lake.write_events(file_id("1"), &events).unwrap();
        let (mut actual, mut expected) = (read(&lake, &file), events);
        // Two events of one time and id may stand either way round.
        for list in [&mut actual, &mut expected] {
            list.sort_by_key(|event| (event.time, event.id, format!("{event:?}")));
        }
        prop_assert_eq!(actual, expected);
    }

    /// However events are divided into files, the history and the digest are those of one file.
    #[test]
    fn file_boundaries_do_not_count(
        events in prop::collection::vec(any_event(), 1..30),
        parts in prop::collection::vec(0u8..3, 30),
    ) {
        let (_folder, lake) = fresh();
        let whole = vec![lake.write_events(file_id("whole"), &events).unwrap()];
        let part = |number: u8| -> Vec<CleanEvent> {
            events.iter().zip(&parts).filter(|(_, part)| **part == number).map(|(event, _)| event.clone()).collect()
        };
        let parts: Vec<EventFile> = (0..3)
            .filter_map(|number| lake.write_events(file_id(&number.to_string()), &part(number)).ok())
            .rev()
            .collect();
        let answers = |files: Vec<EventFile>| ask(async {
            Ok((lake.order_history(&files, None).await?, lake.digest(&files).await?, lake.event_counts(&files).await?))
        });
        prop_assert_eq!(answers(parts).unwrap(), answers(whole).unwrap());
    }
}

#[test]
fn the_digest_changes_with_every_field() {
    let digest = |events: &[CleanEvent]| {
        let (_folder, lake) = fresh();
        let file = lake.write_events(file_id("1"), events).unwrap();
        ask(lake.digest(&[file])).unwrap()
    };
    let base = shop();
    type Change = fn(&mut CleanEvent);
    let changes: [Change; 24] = [
        |e| e.subject = None,
        |e| e.user_id = Some("anna ".into()),
        |e| e.user_id = None,
        |e| e.kind = bellwether_domain::EventKind::Page,
        |e| e.name = "order completed".into(),
        |e| e.time += chrono::TimeDelta::microseconds(1),
        |e| e.utc_offset_minutes = 1,
        |e| e.origin.line = Some(3),
        |e| e.traits = Some("{}".into()),
        |e| e.properties = Some(String::new().into()),
        |e| e.order = None,
        |e| e.order.as_mut().unwrap().fees = Money::ZERO,
        |e| e.order.as_mut().unwrap().kind = OrderKind::Refunded,
        |e| e.order.as_mut().unwrap().lines.swap(0, 1),
        |e| e.order.as_mut().unwrap().lines[1].source_line += 1,
        |e| e.order.as_mut().unwrap().lines[1].flags = Default::default(),
        |e| e.received_at = Some(e.time),
        |e| e.anonymous_id = Some("x".into()),
        |e| e.group_id = Some("x".into()),
        |e| e.previous_id = Some("x".into()),
        |e| e.context = Some("x".into()),
        |e| e.context = Some(String::new().into()),
        |e| *e = received(e.clone(), "x"),
        |e| *e = received(e.clone(), "y"),
    ];
    let mut digests = vec![digest(&base), digest(&base[1..]), digest(&[&base[..], &base[..1]].concat())];
    for change in changes {
        let mut events = base.clone();
        change(&mut events[0]);
        digests.push(digest(&events));
    }
    let distinct: FxHashSet<&String> = digests.iter().collect();
    assert_eq!(distinct.len(), digests.len());
    assert!(digests.iter().all(|digest| digest.len() == 64));
    let mut turned = base.clone();
    turned.reverse();
    assert_eq!(digest(&turned), digests[0]);
}

#[test]
fn the_history_holds_orders_and_their_lines() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let history = ask(lake.order_history(std::slice::from_ref(&file), None)).unwrap();
    assert_eq!(history.customers, [subject("anna")]);
    assert_eq!(history.products, ["MUG", "POST", "TEA"]);
    let orders: Vec<_> = history.orders.iter().map(|o| (o.order_id.as_str(), o.customer, o.line_count)).collect();
    assert_eq!(orders, [("A1", Some(0), 2), ("B1", None, 2), ("A2", Some(0), 1), ("CA1", Some(0), 1)]);
    let last = &history.orders[3];
    assert_eq!((last.kind, last.time), (OrderKind::Refunded, at("2011-03-02T11:00:00Z")));
    let [line] = history.lines_of(last) else { panic!("{last:?}") };
    assert_eq!((line.product, line.quantity), (0, Quantity::from_whole(-2)));
    assert!(!history.lines_of(&history.orders[0])[1].flags.is_ordinary_sale());
}

#[test]
fn the_history_ends_before_a_moment() {
    let (_folder, lake) = fresh();
    let files = [
        lake.write_events(file_id("1"), &shop()[..2]).unwrap(),
        lake.write_events(file_id("2"), &shop()[2..]).unwrap(),
    ];
    let orders = |until: &str| {
        let history = ask(lake.order_history(&files, Some(at(until)))).unwrap();
        assert_eq!(history.before(at(until)).len(), history.orders.len());
        (history.orders.len(), history.products.len())
    };
    assert_eq!(orders("2011-03-01T23:30:00Z"), (0, 0));
    assert_eq!(orders("2011-03-02T10:00:00Z"), (2, 3));
    assert_eq!(orders("2011-03-02T10:00:00.000001Z"), (3, 3));
    assert_eq!(orders("2030-01-01T00:00:00Z"), (4, 3));
}

#[test]
fn sales_are_counted_by_local_day() {
    let (_folder, lake) = fresh();
    let mut events = shop();
    let mut early = order("Y1", Some("carl"), "1969-07-20T01:00:00Z", &[("MUG", 1, "0.10")]);
    early.utc_offset_minutes = -120;
    early.order.as_mut().unwrap().currency = "USD".into();
    events.push(early);
    let file = lake.write_events(file_id("1"), &events).unwrap();
    let mut days = ask(lake.daily_sales(std::slice::from_ref(&file))).unwrap();
    let money = |text: &str| text.parse::<Money>().unwrap();
    let day = |day: &str, currency: &str, orders, customers, units, revenue, refunded| DailySales {
        day: day.parse().unwrap(),
        currency: currency.to_owned(),
        orders,
        customers,
        units: Quantity::from_whole(units),
        revenue: money(revenue),
        refunded: money(refunded),
    };
    let expected = [
        day("1969-07-19", "USD", 1, 1, 1, "0.10", "0"),
        day("2011-03-01", "GBP", 1, 1, 6, "15.30", "0"),
        day("2011-03-02", "GBP", 2, 1, 7, "10.45", "5.10"),
    ];
    assert_eq!(days, expected);
    // An hour to the east, the order of half past eleven at night is one of the next day.
    for event in &mut events {
        event.utc_offset_minutes += 60;
    }
    let file = lake.write_events(file_id("1"), &events).unwrap();
    days = ask(lake.daily_sales(&[file])).unwrap();
    assert_eq!(days[1], day("2011-03-02", "GBP", 3, 1, 13, "25.75", "5.10"));
}

#[test]
fn a_sum_that_does_not_fit_is_said_and_not_wrapped() {
    let (_folder, lake) = fresh();
    let mut events = shop();
    for event in events.iter_mut().filter_map(|event| event.order.as_mut()) {
        event.value = Money::from_ten_thousandths(i64::MAX);
    }
    let file = lake.write_events(file_id("1"), &events).unwrap();
    let error = ask(lake.daily_sales(&[file])).unwrap_err();
    assert!(matches!(error, Error::TooLarge { what: "daily sales" }), "{error}");
}

#[test]
fn events_are_counted_by_name() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let counts = ask(lake.event_counts(&[file])).unwrap();
    let counts: Vec<_> = counts.iter().map(|c| (c.name.as_str(), c.count, c.first, c.last)).collect();
    let time = |text: &str| at(&format!("2011-03-0{text}:00Z"));
    assert_eq!(
        counts,
        [
            ("Order Completed", 3, time("1T23:30"), time("2T10:00")),
            ("Order Refunded", 1, time("2T11:00"), time("2T11:00")),
            ("page", 1, time("2T08:00"), time("2T08:00")),
        ]
    );
}

#[test]
fn a_timeline_is_paged_from_the_newest_on() {
    let (_folder, lake) = fresh();
    let mut events = shop();
    // Three at one moment: the id tells them apart, also over the border of a page.
    events.extend(["x", "y", "z"].map(|id| page(id, "bert", "2011-03-02T10:00:00Z")));
    let files = [
        lake.write_events(file_id("1"), &events[..3]).unwrap(),
        lake.write_events(file_id("2"), &events[3..]).unwrap(),
    ];
    let subjects = [subject("anna"), subject("bert"), subject("nobody")];
    let mut expected = sorted(&events);
    expected.retain(|event| event.subject.is_some());
    expected.reverse();
    for size in [1, 2, 3, 100] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let next = ask(lake.timeline(&files, &subjects, cursor, size)).unwrap();
            let Some(last) = next.last() else { break };
            assert!(next.len() <= size);
            cursor = Some(TimelineCursor::behind(last));
            seen.extend(next);
        }
        assert_eq!(seen, expected);
    }
    assert_eq!(ask(lake.timeline(&files, &[], None, 10)).unwrap(), []);
    assert_eq!(ask(lake.timeline(&files, &subjects, None, 0)).unwrap(), []);
    let only_bert = ask(lake.timeline(&files, &subjects[1..2], None, 10)).unwrap();
    assert_eq!(only_bert.len(), 4);
}

#[test]
fn an_empty_lake_answers_everything() {
    let (_folder, lake) = fresh();
    ask(async {
        assert_eq!(lake.order_history(&[], None).await?, OrderHistory::default());
        assert_eq!(lake.daily_sales(&[]).await?, []);
        assert_eq!(lake.event_counts(&[]).await?, []);
        assert_eq!(lake.timeline(&[], &[subject("anna")], None, 9).await?, []);
        assert_eq!(lake.digest(&[]).await?.len(), 64);
        Ok(())
    })
    .unwrap();
    assert_eq!(lake.sweep_orphans(&[]).unwrap(), 0);
    assert!(matches!(lake.write_events(file_id("1"), &[]), Err(Error::NoEvents)));
}

#[test]
fn the_same_id_replaces_a_file_in_one_step() {
    let (folder, lake) = fresh();
    let first = lake.write_events(file_id("1"), &shop()).unwrap();
    // Whoever has the old file open keeps reading the old one: it was not written into.
    let old = scan(&lake.root.join(&first.path), &[]).unwrap();
    let second = lake.write_events(file_id("1"), &shop()[..2]).unwrap();
    assert_eq!(old.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 5);
    assert_eq!((first.path, second.rows), (second.path.clone(), 2));
    assert_eq!(ask(lake.event_counts(std::slice::from_ref(&second))).unwrap().len(), 2);
    let again = lake.write_events(file_id("1"), &shop()[..2]).unwrap();
    assert_eq!(again, second);
    assert_eq!(fs::read_dir(folder.path().join("events")).unwrap().count(), 1);
}

#[test]
fn only_orphans_are_swept() {
    let (folder, lake) = fresh();
    let live = lake.write_events(file_id("live"), &shop()).unwrap();
    lake.write_events(file_id("orphan"), &shop()).unwrap();
    let events = folder.path().join("events");
    let left = events.join(format!("{}.parquet.tmp", file_id("live")));
    fs::write(&left, b"PAR1 half a file").unwrap();
    fs::write(events.join("notes.parquet"), b"mine").unwrap();
    fs::write(events.join("README"), b"mine").unwrap();
    // What this process has written may be on its way into the manifest.
    assert_eq!(lake.sweep_orphans(std::slice::from_ref(&live)).unwrap(), 0);
    drop(lake);
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.sweep_orphans(std::slice::from_ref(&live)).unwrap(), 2);
    let mut names: Vec<_> =
        fs::read_dir(&events).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["README".to_owned(), format!("{}.parquet", file_id("live")), "notes.parquet".to_owned()]);
    assert_eq!(read(&lake, &live), sorted(&shop()));
    assert_eq!(lake.sweep_orphans(&[]).unwrap(), 1);
}

/// Every question about a broken file says which file it is, and what to do.
fn expect_named(lake: &Lake, file: &EventFile, expected: &str) {
    let files = std::slice::from_ref(file);
    let errors = ask(async {
        Ok([
            lake.order_history(files, None).await.unwrap_err(),
            lake.daily_sales(files).await.unwrap_err(),
            lake.event_counts(files).await.unwrap_err(),
            lake.timeline(files, &[subject("anna")], None, 5).await.unwrap_err(),
            lake.digest(files).await.unwrap_err(),
        ])
    });
    for error in errors.unwrap() {
        let text = error.to_string();
        assert!(text.contains(&file.path) && text.contains(expected), "{text}");
        assert!(text.contains("restore") || text.contains("newer version"), "{text}");
    }
}

#[test]
fn broken_files_are_named() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let path = lake.root.join(&file.path);
    let whole = fs::read(&path).unwrap();
    ask(lake.daily_sales(std::slice::from_ref(&file))).unwrap();

    fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    expect_named(&lake, &file, "is damaged");
    fs::write(&path, b"customer,amount\n").unwrap();
    expect_named(&lake, &file, "is damaged");
    fs::write(&path, b"").unwrap();
    expect_named(&lake, &file, "is damaged");
    fs::remove_file(&path).unwrap();
    expect_named(&lake, &file, "is missing");

    let table = crate::ParquetTable {
        columns: vec![crate::NamedColumn { name: "a".to_owned(), values: crate::Column::Bool(vec![None; 5]) }],
    };
    crate::write_parquet_table(&path, &table).unwrap();
    expect_named(&lake, &file, "is not an event file of the Lake");
    lake.write_events(file_id("1"), &shop()[1..]).unwrap();
    expect_named(&lake, &file, "it holds 4 events, and 5 are listed");
}

#[test]
fn a_page_that_went_bad_is_named() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let path = lake.root.join(&file.path);
    let mut bytes = fs::read(&path).unwrap();
    // Everything between the magic number and the footer: the metadata stays readable.
    let footer = u32::from_le_bytes(*bytes[..bytes.len() - 4].last_chunk::<4>().unwrap()) as usize;
    let end = bytes.len() - 8 - footer;
    bytes[4..end].fill(0xEE);
    fs::write(&path, bytes).unwrap();
    expect_named(&lake, &file, "is damaged");
}

#[test]
fn a_list_cannot_lead_out_of_the_lake() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    for path in ["../events/x.parquet", "/etc/passwd", "events/../../x"] {
        let file = EventFile { path: path.to_owned(), ..file.clone() };
        let error = ask(lake.digest(&[file])).unwrap_err().to_string();
        assert!(error.contains("leads out of the Lake"), "{error}");
    }
}

#[test]
fn a_newer_format_is_refused() {
    let (_folder, lake) = fresh();
    let file = lake.write_events(file_id("1"), &shop()).unwrap();
    let path = lake.root.join(&file.path);
    let out = File::create(&path).unwrap();
    let properties = writer_properties(1, 0).into_builder().set_key_value_metadata(Some(vec![
        datafusion::parquet::file::metadata::KeyValue::new(crate::schema::FORMAT_KEY.to_owned(), "3".to_owned()),
    ]));
    let mut writer = ArrowWriter::try_new(out, EVENTS.clone(), Some(properties.build())).unwrap();
    let events = sorted(&shop());
    for batch in encode_batches(&events.iter().collect::<Vec<_>>()) {
        writer.write(&batch.unwrap()).unwrap();
    }
    writer.close().unwrap();
    expect_named(&lake, &file, "has event format 3, and this version knows formats up to 2");
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let (_folder, lake) = fresh();
    let path = lake.root.join("events").join("fil.parquet");
    let result = write_file(&path, |_| Err(Error::from_io(&path, "write", std::io::ErrorKind::StorageFull.into())));
    assert!(result.unwrap_err().is_disk_full());
    assert_eq!(fs::read_dir(lake.root.join("events")).unwrap().count(), 0);
}

#[test]
fn questions_can_be_asked_at_the_same_time() {
    let (_folder, lake) = fresh();
    let files: Vec<EventFile> =
        (0..6).map(|n| lake.write_events(file_id(&n.to_string()), &shop()[..=n % 5]).unwrap()).collect();
    let answers = ask(async {
        let each = files.iter().map(|file| lake.event_counts(std::slice::from_ref(file)));
        let answers: Vec<_> = futures_in_order(each).await;
        Ok(answers)
    });
    let totals: Vec<u64> =
        answers.unwrap().into_iter().map(|answer| answer.unwrap().iter().map(|count| count.count).sum()).collect();
    assert_eq!(totals, [1, 2, 3, 4, 5, 1]);
}

/// Polls all of them in turn, so that their planning and running interleave.
async fn futures_in_order<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(ready) = future.as_mut().poll(context) {
                *output = Some(ready);
            }
        }
        if running.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

/// Whatever part of the events is still in the tail, and also while a part is in both, the pages are the same.
#[test]
fn a_timeline_goes_on_from_the_tail_into_the_files() {
    let (_folder, lake) = fresh();
    let (events, subjects) = (shop(), [subject("anna"), subject("bert")]);
    let expected = {
        let files = [lake.write_events(file_id("all"), &events).unwrap()];
        ask(lake.timeline(&files, &subjects, None, 100)).unwrap()
    };
    for split in 0..=events.len() {
        for twice in 0..=split {
            let filed = &events[..split];
            let files: Vec<_> = lake.write_events(file_id("some"), filed).into_iter().collect();
            lake.tail().drop_through(Offset(u64::MAX));
            for (number, event) in (1..).zip(&events[twice..]) {
                lake.tail().push(Offset(number), Arc::new(vec![event.clone()]));
            }
            let newest = lake.tail().now();
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = ask(lake.timeline_until_now(&newest, &files, &subjects, cursor, 2)).unwrap();
                let Some(last) = page.last() else { break };
                cursor = Some(TimelineCursor::behind(last));
                found.extend(page);
            }
            assert_eq!(found, expected, "{split} in files, the tail from {twice}");
        }
    }
}

/// Whoever begins anew adds what is there already: nothing is missing meanwhile, and nothing there twice.
#[test]
fn a_batch_that_is_added_again_takes_its_own_place() {
    let (_folder, lake) = fresh();
    let one = |n: usize| Arc::new(vec![shop()[n].clone()]);
    for (number, n) in [(1, 0), (2, 1), (1, 0), (2, 1), (3, 2)] {
        lake.tail().push(Offset(number), one(n));
    }
    let expected: Vec<_> = shop()[..3].iter().map(|event| event.id).collect();
    assert_eq!(lake.tail().now().iter().map(|event| event.id).collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_in_the_manifest_leaves_the_tail() {
    let (_folder, lake) = fresh();
    for number in 1..=3 {
        lake.tail().push(Offset(number), Arc::new(shop()));
    }
    let before = lake.tail().now();
    lake.tail().drop_through(Offset(2));
    assert_eq!((before.iter().count(), lake.tail().now().iter().count()), (3 * shop().len(), shop().len()));
}
