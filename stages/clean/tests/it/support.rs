//! Events and histories to clean.

use bellwether_clean::{CleanBatch, Cleaner};
use bellwether_domain::{
    CleanEvent, HistoryLine, ItemRules, Money, OrderHead, OrderHistory, Quantity, RawEvent, SubjectId,
};
use compact_str::CompactString;
use serde_json::{Value, json};
use std::collections::HashMap;

/// One line: item, name, quantity, price.
pub type Line<'l> = (&'l str, &'l str, f64, f64);

/// An order event in the inbox's form. Its lines are numbered from `first_line` on.
pub fn order(order: &str, user: Option<&str>, first_line: u64, lines: &[Line<'_>]) -> Value {
    let product = |(index, (id, name, quantity, price)): (usize, &Line<'_>)| json!({"id": id, "name": name, "qty": quantity, "price": price, "line": first_line + index as u64});
    json!({
        "messageId": format!("m-{order}-{first_line}"),
        "type": "track",
        "event": if order.starts_with('C') { "Order Refunded" } else { "Order Completed" },
        "userId": user,
        "anonymousId": user.is_none().then(|| format!("order:{order}")),
        "timestamp": "2011-06-01T08:26:00Z",
        "origin": {"source": "shop", "line": first_line},
        "order": {
            "order_id": order,
            "currency": "GBP",
            "products": lines.iter().enumerate().map(product).collect::<Vec<_>>(),
        },
    })
}

pub fn rules() -> ItemRules {
    ItemRules {
        non_product_codes: vec!["POST".to_owned(), "gift_*".to_owned()],
        non_product_names: vec!["*carriage".to_owned()],
        notes: vec!["*damaged*".to_owned()],
        quantity_limit: Some(Quantity::from_whole(1000)),
        price_limit: Some(Money::from_whole(200)),
        ..ItemRules::default()
    }
}

/// Cleans events in batches of `size`.
pub fn clean_in_batches(events: &[Value], rules: &ItemRules, size: usize) -> Vec<CleanBatch> {
    let texts: Vec<String> = events.iter().map(Value::to_string).collect();
    let mut cleaner = Cleaner::new(rules);
    let parse = |text| serde_json::from_str::<RawEvent<'_>>(text).unwrap();
    texts.chunks(size).map(|chunk| cleaner.clean_batch(chunk.iter().map(|text| parse(text.as_str())))).collect()
}

pub fn clean(events: &[Value]) -> CleanBatch {
    clean_in_batches(events, &rules(), usize::MAX).pop().unwrap_or_default()
}

/// The count of a rule.
pub fn count(batch: &CleanBatch, rule: &str) -> u64 {
    batch.rule_counts.iter().filter(|count| count.rule == rule).map(|count| count.rows).sum()
}

/// The history that these events are, as the Lake gives it.
pub fn history(events: &[CleanEvent]) -> OrderHistory {
    let mut sorted: Vec<&CleanEvent> = events.iter().filter(|event| event.order.is_some()).collect();
    sorted.sort_by_key(|event| (event.time, event.id));
    let (mut customers, mut products) = (HashMap::<SubjectId, u32>::new(), HashMap::<CompactString, u32>::new());
    let mut history = OrderHistory::default();
    for event in sorted {
        let order = event.order.as_ref().unwrap();
        let customer = event.subject.map(|subject| {
            *customers.entry(subject).or_insert_with(|| {
                history.customers.push(subject);
                history.customers.len() as u32 - 1
            })
        });
        let first_line = history.lines.len() as u32;
        for line in &order.lines {
            let product = *products.entry(line.product.clone()).or_insert_with(|| {
                history.products.push(line.product.clone());
                history.products.len() as u32 - 1
            });
            history.lines.push(HistoryLine { quantity: line.quantity, price: line.price, product, flags: line.flags });
        }
        history.orders.push(OrderHead {
            event: event.id,
            order_id: order.order_id.clone(),
            kind: order.kind,
            customer,
            time: event.time,
            utc_offset_minutes: event.utc_offset_minutes,
            first_line,
            line_count: order.lines.len() as u32,
        });
    }
    history
}

/// A file of the repository.
pub fn bundled(path: &str) -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
