//! Orders inside of events.

use super::*;
use bellwether_domain::{RawOrder, RejectReason};

fn track(event: &str, properties: &str) -> String {
    format!(r#"{{"batch":[{{"type":"track","event":"{event}","userId":"7","properties":{properties}}}]}}"#)
}

/// `number currency: product name quantity×price, …`
fn written(order: &RawOrder<'_>) -> String {
    let product = |product: &bellwether_domain::RawProduct<'_>| {
        assert_eq!(product.line, 0);
        format!("{} {:?} {}×{}", product.product_id, product.name, product.quantity, product.price)
    };
    let products: Vec<String> = order.products.iter().map(product).collect();
    format!("{} {}: {}", order.order_id, order.currency, products.join(", "))
}

fn check(event: &str, properties: &str, expected: Option<&str>) {
    let body = track(event, properties);
    let event = only(&body).unwrap();
    assert_eq!(event.order.as_ref().map(written).as_deref(), expected, "{properties}");
    assert_eq!(event.properties.unwrap().get(), properties, "all properties stay");
}

#[test]
fn orders_are_read() {
    check(
        "Order Completed",
        r#"{"order_id":"o-1","currency":"usd","revenue":25,"products":[{"product_id":"A","name":"Mug","price":2.55,"quantity":6},{"sku":"B","price":"1.20","quantity":"0.5"}]}"#,
        Some(r#"o-1 USD: A "Mug" 6×2.55, B "" 0.50×1.20"#),
    );
    check(
        " Order Completed ",
        r#"{"order_id":17,"products":[{"product_id":" ","sku":null,"id":42},{"product_id":7,"sku":"x","price":null,"quantity":null,"name":8}]}"#,
        Some(r#"17 EUR: 42 "" 1×0, 7 "8" 1×0"#),
    );
    check(
        "Order Completed",
        r#"{"order_id":"o","currency":null,"products":[{"sku":"s","price":29.990000000000002,"quantity":-1}]}"#,
        Some(r#"o EUR: s "" -1×29.99"#),
    );
}

#[test]
fn what_comes_back_counts_below_zero() {
    let properties = r#"{"order_id":"o-1","products":[{"sku":"A","price":2,"quantity":3},{"sku":"B","price":2},{"sku":"C","price":2,"quantity":-1}]}"#;
    let returned = Some(r#"o-1 EUR: A "" -3×2, B "" -1×2, C "" -1×2"#);
    check("Order Refunded", properties, returned);
    check("Order Cancelled", properties, returned);
}

#[test]
fn without_number_or_products_it_is_an_event_like_others() {
    for properties in [
        r#"{"order_id":"o"}"#,
        r#"{"order_id":"o","products":[]}"#,
        r#"{"order_id":"o","products":null}"#,
        r#"{"order_id":" ","products":[{"sku":"A"}]}"#,
        r#"{"products":[{"sku":"A"}]}"#,
        r#"{"revenue":12.5}"#,
        "[1]",
    ] {
        check("Order Completed", properties, None);
    }
    let order = r#"{"order_id":"o","products":[{"sku":"A","price":"x"}]}"#;
    check("Order Updated", order, None);
    check("order completed", order, None);
    let body = r#"{"batch":[{"type":"page","event":"Order Completed","userId":"7","properties":{"order_id":"o","products":[{"sku":"A"}]}}]}"#;
    assert!(only(body).unwrap().order.is_none());
}

#[test]
fn what_an_order_cannot_be_is_said() {
    let check = |properties: &str, field: &str, reason: RejectReason, problem: &str| {
        let body = track("Order Completed", properties);
        let reject = only(&body).unwrap_err();
        assert_eq!((reject.field.as_deref(), reject.reason), (Some(field), reason), "{properties}");
        assert_eq!(reject.detail, format!("event 1 of the batch, `{field}`: {problem}"));
    };
    let products = |products: &str| format!(r#"{{"order_id":"o","products":{products}}}"#);
    check(
        &products(r#"[{"sku":"A"},{"sku":"B","price":"12,50"}]"#),
        "properties.products[1].price",
        RejectReason::BadNumber,
        "`12,50` is not a number; write 12.5 or \"12.50\"",
    );
    check(
        &products(r#"[{"sku":"A","quantity":true}]"#),
        "properties.products[0].quantity",
        RejectReason::BadNumber,
        "a truth value stands where a number belongs",
    );
    check(
        &products(r#"[{"sku":"A","price":1e13}]"#),
        "properties.products[0].price",
        RejectReason::BadNumber,
        "`1e13` is more than 1,000,000,000,000, which is no price or quantity of a shop",
    );
    check(
        &products(r#"[{"name":"Mug"}]"#),
        "properties.products[0].product_id",
        RejectReason::MissingField,
        "neither `product_id` nor `sku` says which product it is",
    );
    check(
        &products(r#"["A"]"#),
        "properties.products[0]",
        RejectReason::Malformed,
        "it must be an object, with at least a `product_id`",
    );
    check(
        &products(r#"{"sku":"A"}"#),
        "properties.products",
        RejectReason::Malformed,
        "it must be a list of objects, one for each product",
    );
    check(
        r#"{"order_id":["o"],"products":[{"sku":"A"}]}"#,
        "properties.order_id",
        RejectReason::Malformed,
        "it must be a text or a number, and is a list",
    );
    check(
        r#"{"order_id":"o","currency":"Euro","products":[{"sku":"A"}]}"#,
        "properties.currency",
        RejectReason::Malformed,
        "`EURO` is not a currency of ISO 4217 such as EUR",
    );
}

#[test]
fn orders_in_another_currency_are_set_aside_where_the_shop_has_one() {
    let shop = OrderCurrency { default: "EUR", is_only_one: true };
    let read = |currency: &str| {
        let body = track("Order Completed", &format!(r#"{{"order_id":"o","products":[{{"sku":"A"}}]{currency}}}"#));
        let order =
            segment::events(&call(None, &body), shop).next().unwrap().map(|event| event.order.unwrap().currency);
        order.map_err(|reject| reject.detail)
    };
    assert_eq!(read("").as_deref(), Ok("EUR"));
    assert_eq!(read(r#","currency":"EUR""#).as_deref(), Ok("EUR"));
    let refused = read(r#","currency":"JPY""#).unwrap_err();
    assert!(
        refused.contains("the order is in JPY, but the shop's currency is EUR (setting shop.currency)"),
        "{refused}"
    );
}
