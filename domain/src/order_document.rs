//! An order in the words of the Segment specification, for whoever looks at what an event says and not at what it means.
//!
//! Calls say their orders in their properties. Orders of files, queries and mapped web hooks stand beside the properties, and
//! would seem to say nothing.

use crate::{Money, Order, Quantity, RawOrder};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Properties with the order that they do not say themselves: `order_id`, `currency` and `products`.
pub trait OrderDocument {
    /// What is there already stays.
    fn document<'d>(&self, properties: Option<&'d str>) -> Option<Cow<'d, str>>;
}

impl OrderDocument for RawOrder<'_> {
    fn document<'d>(&self, properties: Option<&'d str>) -> Option<Cow<'d, str>> {
        let lines = self.products.iter().map(|line| product(&line.product_id, &line.name, line.quantity, line.price));
        document(properties, &self.order_id, &self.currency, || lines.collect())
    }
}

impl OrderDocument for Order {
    fn document<'d>(&self, properties: Option<&'d str>) -> Option<Cow<'d, str>> {
        let lines = self.lines.iter().map(|line| product(&line.product, &line.name, line.quantity, line.price));
        document(properties, &self.order_id, &self.currency, || lines.collect())
    }
}

fn product(id: &str, name: &str, quantity: Quantity, price: Money) -> Value {
    json!({ "product_id": id, "name": name, "quantity": quantity, "price": price })
}

fn document<'d>(
    properties: Option<&'d str>,
    order: &str,
    currency: &str,
    products: impl FnOnce() -> Vec<Value>,
) -> Option<Cow<'d, str>> {
    let mut said: Map<String, Value> = match properties.map(serde_json::from_str) {
        None => Map::new(),
        Some(Ok(said)) => said,
        // What no value can hold is for the reader of the properties to find.
        Some(Err(_)) => return properties.map(Cow::Borrowed),
    };
    if said.contains_key("products") {
        return properties.map(Cow::Borrowed);
    }
    said.insert("products".to_owned(), products().into());
    for (key, value) in [("order_id", order), ("currency", currency)] {
        said.entry(key).or_insert_with(|| value.into());
    }
    Some(Cow::Owned(Value::Object(said).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RawProduct;

    fn check(properties: Option<&str>, expected: &str) {
        let product = RawProduct {
            product_id: "a".into(),
            name: "Mug".into(),
            quantity: Quantity::from_whole(2),
            price: "4.25".parse().unwrap(),
            line: 9,
        };
        let order = RawOrder { order_id: "7".into(), currency: "GBP".into(), products: vec![product] };
        assert_eq!(order.document(properties).as_deref(), Some(expected), "{properties:?}");
    }

    #[test]
    fn an_order_is_said_once() {
        let products = r#""products":[{"name":"Mug","price":4.25,"product_id":"a","quantity":2}]"#;
        check(None, &format!(r#"{{"currency":"GBP","order_id":"7",{products}}}"#));
        check(
            Some(r#"{"branch":"b","order_id":7}"#),
            &format!(r#"{{"branch":"b","currency":"GBP","order_id":7,{products}}}"#),
        );
        let whole = r#"{ "order_id": 7, "products": [] }"#;
        check(Some(whole), whole);
        check(Some(r#"{"a":1e999}"#), r#"{"a":1e999}"#);
    }
}
