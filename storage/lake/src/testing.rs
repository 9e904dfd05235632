//! Small events for tests, and any events at all for laws.

use bellwether_domain::{
    CleanEvent, EventId, EventKind, FileId, LineFlag, LineFlags, Money, Order, OrderKind, OrderLine, Origin, Quantity,
    SubjectId,
};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn file_id(name: &str) -> FileId {
    FileId::derive(&[name.as_bytes()])
}

pub fn subject(user: &str) -> SubjectId {
    SubjectId::derive(&[b"shop", user.as_bytes()])
}

/// A page view by somebody known.
pub fn page(id: &str, user: &str, time: &str) -> CleanEvent {
    CleanEvent {
        id: EventId::derive(&[id.as_bytes()]),
        subject: Some(subject(user)),
        user_id: Some(user.into()),
        kind: EventKind::Page,
        name: "page".into(),
        time: at(time),
        utc_offset_minutes: 0,
        origin: Origin { source: "web".into(), line: None },
        order: None,
        traits: None,
        properties: Some(r#"{"path":"/mugs"}"#.into()),
        received_at: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        context: None,
        bot_probability: None,
    }
}

/// `("MUG", 6, 2.55)` is six mugs at 2.55 each.
pub type Bought<'a> = (&'a str, i64, &'a str);

/// A sale, or a return where the quantities are negative.
pub fn order(id: &str, user: Option<&str>, time: &str, bought: &[Bought<'_>]) -> CleanEvent {
    let lines: Vec<OrderLine> = bought.iter().zip(2..).map(|(line, number)| order_line(line, number)).collect();
    let kind =
        if bought.iter().any(|(_, quantity, _)| *quantity < 0) { OrderKind::Refunded } else { OrderKind::Completed };
    CleanEvent {
        id: EventId::derive(&[id.as_bytes()]),
        subject: user.map(subject),
        user_id: user.map(Into::into),
        kind: EventKind::Track,
        name: if kind == OrderKind::Completed { "Order Completed" } else { "Order Refunded" }.into(),
        time: at(time),
        utc_offset_minutes: 0,
        origin: Origin { source: "shop".into(), line: Some(2) },
        order: Some(Order {
            order_id: id.into(),
            kind,
            currency: "GBP".into(),
            value: lines.iter().filter(|line| line.flags == LineFlags::default()).map(OrderLine::value).sum(),
            fees: lines.iter().filter(|line| line.flags != LineFlags::default()).map(OrderLine::value).sum(),
            lines,
        }),
        traits: Some(r#"{"country":"France"}"#.into()),
        properties: None,
        received_at: None,
        anonymous_id: None,
        group_id: None,
        previous_id: None,
        context: None,
        bot_probability: None,
    }
}

/// The same as it would be if a client had sent it.
pub fn received(event: CleanEvent, visitor: &str) -> CleanEvent {
    CleanEvent {
        received_at: Some(event.time + chrono::TimeDelta::milliseconds(250)),
        anonymous_id: Some(visitor.into()),
        group_id: Some("acct-4".into()),
        previous_id: Some("anon-5".into()),
        context: Some(r#"{"library":{"name":"web"}}"#.into()),
        bot_probability: Some(0.018),
        ..event
    }
}

fn order_line((product, quantity, price): &Bought<'_>, source_line: u64) -> OrderLine {
    let mut flags = LineFlags::default();
    if *product == "POST" {
        flags.insert(LineFlag::NonProduct);
    }
    OrderLine {
        product: (*product).into(),
        name: format!("name of {product}").into(),
        quantity: Quantity::from_whole(*quantity),
        price: price.parse().unwrap(),
        source_line,
        flags,
    }
}

/// What makes readers stumble.
pub fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        2 => "[a-z0-9]{0,12}",
        1 => Just(String::new()),
        1 => Just("红色马克杯 \"大\"".to_owned()),
        1 => Just("'; DROP TABLE events; --\n\r\t\u{0}\\".to_owned()),
        1 => Just("👩‍👩‍👧 ẞ \u{202e}abc".to_owned()),
        1 => Just("x".repeat(70_000)),
    ]
}

fn any_money() -> impl Strategy<Value = Money> {
    prop_oneof![any::<i64>(), -100_000i64..100_000].prop_map(Money::from_ten_thousandths)
}

fn any_line() -> impl Strategy<Value = OrderLine> {
    (any_text(), any_text(), -50_000i64..50_000, any_money(), any::<u64>(), any::<u8>()).prop_map(
        |(product, name, quantity, price, source_line, flags)| OrderLine {
            product: product.into(),
            name: name.into(),
            quantity: Quantity::from_ten_thousandths(quantity),
            price,
            source_line,
            flags: LineFlags::from_bits(flags),
        },
    )
}

fn any_order() -> impl Strategy<Value = Order> {
    let kind = prop_oneof![Just(OrderKind::Completed), Just(OrderKind::Refunded)];
    (any_text(), kind, "[A-Z]{3}", any_money(), any_money(), prop::collection::vec(any_line(), 0..4)).prop_map(
        |(order_id, kind, currency, value, fees, lines)| Order {
            order_id: order_id.into(),
            kind,
            currency: currency.into(),
            value,
            fees,
            lines,
        },
    )
}

/// Times between the years 1700 and 2400, to the microsecond, often the same.
fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    prop_oneof![-8_520_000_000_000_000i64..13_570_000_000_000_000, 1_291_000_000_000_000i64..1_291_000_000_000_003,]
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    use EventKind::{Alias, Group, Identify, Page, Screen, Track};
    prop::sample::select(vec![Identify, Track, Page, Screen, Group, Alias])
}

pub fn any_event() -> impl Strategy<Value = CleanEvent> {
    let who = (any::<u64>(), prop::option::of(0u8..5), prop::option::of(any_text()), any_kind(), any_text());
    let origin = (any_time(), any::<i16>(), any_text(), prop::option::of(any::<u64>()));
    let content = (prop::option::of(any_order()), prop::option::of(any_text()), prop::option::of(any_text()));
    let text = || prop::option::of(any_text());
    let reception = prop_oneof![
        Just((None, None, None, None, None, None)),
        (prop::option::of(any_time()), text(), text(), text(), text(), prop::option::of(0.0f32..=1.0)),
    ];
    (who, origin, content, reception).prop_map(|(who, origin, content, reception)| CleanEvent {
        id: EventId::derive(&[&who.0.to_le_bytes()]),
        subject: who.1.map(|user| subject(&user.to_string())),
        user_id: who.2.map(Into::into),
        kind: who.3,
        name: who.4.into(),
        time: origin.0,
        utc_offset_minutes: origin.1,
        origin: Origin { source: origin.2.into(), line: origin.3 },
        order: content.0,
        traits: content.1.map(Into::into),
        properties: content.2.map(Into::into),
        received_at: reception.0,
        anonymous_id: reception.1.map(Into::into),
        group_id: reception.2.map(Into::into),
        previous_id: reception.3.map(Into::into),
        context: reception.4.map(Into::into),
        bot_probability: reception.5,
    })
}
