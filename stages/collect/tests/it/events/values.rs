//! What casts, maps, templates, conditions and lists do.

use super::*;
use serde_json::json;

/// The property `x` of a document with the field `v`.
fn check(value: &str, v: &str, expected: Value) {
    let mapping = one_rule(&format!("[event.properties]\nx = {value}\n"));
    let event =
        only_event(&format!("{{\"user\":\"u\",\"at\":\"2026-11-05\",\"currency\":\"JPY\",\"v\":{v}}}"), &mapping);
    assert_eq!(event["properties"]["x"], expected, "{value} {v}");
}

fn check_fault(value: &str, v: &str, expected: &str) {
    let mapping = one_rule(&format!("[event.properties]\nx = {value}\n"));
    let fault = only_fault(&format!("{{\"user\":\"u\",\"at\":\"2026-11-05\",\"v\":{v}}}"), &mapping);
    assert_eq!(fault, format!("line 1, value `v`: {expected}"));
}

#[test]
fn values_stay_what_they_are() {
    check("\"v\"", "12.50", json!(12.50));
    check("\"v\"", "[1, {\"a b\": null}]", json!([1, {"a b": null}]));
    check("\"v\"", "\" a \"", json!(" a "));
    check("\"v\"", "false", json!(false));
    check("\"v\"", "null", Value::Null);
    check("\"v\"", "\" \"", Value::Null);
    check("{ constant = 5 }", "0", json!(5));
    check("{ constant = \"5\" }", "0", json!("5"));
    check("{ constant = true }", "0", json!(true));
}

#[test]
fn casts() {
    let cast = |name: &str| format!("{{ column = \"v\", cast = \"{name}\" }}");
    check(&cast("text"), "12.50", json!("12.50"));
    check(&cast("integer_text"), "\"17850.0\"", json!("17850"));
    check("{ column = \"v\", cast = [\"trim\", \"lower\"] }", "\" Ana@X.ORG \"", json!("ana@x.org"));
    check(&cast("digits"), "\"+49 171-5\"", json!("491715"));
    check(&cast("digits"), "\"none\"", Value::Null);
    check(&cast("number"), "\"0.000125\"", json!(0.000125));
    check(&cast("integer"), "\"7.0\"", json!(7));
    check(&cast("integer"), "7", json!(7));
    check(&cast("boolean"), "\"Ja\"", json!(true));
    check(&cast("boolean"), "0", json!(false));
    check(&cast("boolean"), "\"否\"", json!(false));
    check(&cast("date"), "\"2026年11月5日\"", json!("2026-11-05"));
    check(&cast("date"), "\"5.11.2026\"", json!("2026-11-05"));
    check("{ column = \"v\", cast = \"date\", format = \"%m/%d/%Y\" }", "\"11/05/2026\"", json!("2026-11-05"));
    check(
        "{ column = \"v\", cast = \"time\", timezone = \"Asia/Shanghai\" }",
        "\"2026-11-05 10:00:00\"",
        json!("2026-11-05T02:00:00Z"),
    );
    check(&cast("json"), "\"{\\\"a\\\": [1, 2]}\"", json!({"a": [1, 2]}));
    check(&cast("minor_units"), "1999", json!(19.99));
    check(&cast("minor_units"), "-5", json!(-0.05));
    check("{ column = \"v\", cast = \"minor_units\", currency = \"currency\" }", "1999", json!(1999));
}

#[test]
fn what_cannot_be_cast_is_said() {
    let cast = |name: &str| format!("{{ column = \"v\", cast = \"{name}\" }}");
    check_fault(&cast("number"), "\"two\"", "`two` is not a number (digits, one decimal point, a minus sign)");
    check_fault(&cast("number"), "[1]", "`[1]` is not a number");
    check_fault(&cast("integer"), "7.5", "`7.5` is not a whole number");
    check_fault(
        &cast("boolean"),
        "\"maybe\"",
        "`maybe` is neither true nor false (yes, no, 1, 0); use `map` to make it one",
    );
    check_fault(
        &cast("date"),
        "\"01/02/2026\"",
        "`01/02/2026` is not a date that can be read without doubt; set `format`, for example format = \"%d/%m/%Y\"",
    );
    check_fault(&cast("minor_units"), "\"19.99\"", "`19.99` is not a whole number");
    check_fault(&cast("json"), "\"{\"", "`{` is not JSON: EOF while parsing an object at line 1 column 1");
}

#[test]
fn maps_and_defaults() {
    let map = "{ column = \"v\", map = { a = \"A\", b = \"\", \"*\" = \"other\" } }";
    check(map, "\"a\"", json!("A"));
    check(map, "\"b\"", Value::Null);
    check(map, "\"c\"", json!("other"));
    check(map, "null", Value::Null);
    check("{ column = \"v\", map = { a = \"A\" } }", "\"c\"", json!("c"));
    check("{ column = \"v\", map = { b = \"\" }, default = \"none\" }", "\"b\"", json!("none"));
    check("{ column = \"v\", default = 0 }", "null", json!(0));
    check("{ column = \"v\", cast = \"digits\", default = 0 }", "\"x\"", json!(0));
}

#[test]
fn templates_need_all_of_their_gaps() {
    check("{ template = \"{user}/{v}\" }", "7", json!("u/7"));
    check("{ template = \"{user}/{v}\" }", "null", Value::Null);
    check("{ template = \"{user}/{v}\", default = \"-\" }", "null", json!("-"));
}

#[test]
fn numbers_of_other_countries() {
    let mapping = one_rule(
        "[event.properties]\nx = { column = \"v\", cast = \"number\" }\n[numbers]\ndecimal = \"comma\"\nthousands = \".\"\n",
    );
    let event = only_event("{\"user\":\"u\",\"at\":\"2026-11-05\",\"v\":\"1.234,50 €\"}", &mapping);
    assert_eq!(event["properties"]["x"], json!(1234.50));
}

/// Every element of a list in an order, with values of the whole.
const ITEMS: &str = r#"
kind = "events"
source = "items"
user_id = "user"
time = "at"
[[event]]
each = "order.items"
when = [{ column = "kind", not = "fee" }, { column = "$.order.state", equals = "paid" }]
event = { constant = "Item Bought" }
[event.properties]
id = "id"
order_id = "$.order.id"
[[event]]
each = "tags"
event = { constant = "Tag Seen" }
properties.tag = "@"
"#;

#[test]
fn every_element_of_a_list_is_an_event() {
    let document = |state: &str| {
        format!(
            "{{\"user\":\"u\",\"at\":\"2026-11-05\",\"tags\":[\"x\",7],\"order\":{{\"id\":9,\"state\":\"{state}\",\"items\":[{{\"id\":1}},{{\"id\":2,\"kind\":\"fee\"}},{{\"id\":3}}]}}}}"
        )
    };
    let properties = |state: &str| {
        let imported = import(document(state), &events(ITEMS)).unwrap();
        imported.events.iter().map(|event| event["properties"].clone()).collect::<Vec<_>>()
    };
    let tags = [json!({"tag": "x"}), json!({"tag": 7})];
    let items = [json!({"id": 1, "order_id": 9}), json!({"id": 3, "order_id": 9})];
    assert_eq!(properties("paid"), [&items[..], &tags[..]].concat());
    assert_eq!(properties("open"), tags);
    let ids: std::collections::HashSet<_> = import(document("paid"), &events(ITEMS))
        .unwrap()
        .events
        .iter()
        .map(|event| event["messageId"].to_string())
        .collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_fault_in_an_element_says_which() {
    let mapping = events(&ITEMS.replace("id = \"id\"", "id = { column = \"id\", cast = \"number\" }"));
    let document =
        r#"{"user":"u","at":"2026-11-05","tags":["x"],"order":{"state":"paid","items":[{"id":1},{"id":"b"}]}}"#;
    assert_eq!(
        only_fault(document, &mapping),
        "line 1, value `order.items[1].id`: `b` is not a number (digits, one decimal point, a minus sign)"
    );
}

#[test]
fn the_first_rule_that_applies_can_be_the_only_one() {
    let names = |first: &str| {
        let mapping = events(&format!(
            "kind = \"events\"\nsource = \"s\"\nrules = \"{first}\"\nuser_id = \"user\"\ntime = \"at\"\n[[event]]\nwhen = {{ column = \"a\", exists = true }}\nevent = {{ constant = \"A\" }}\n[[event]]\nevent = {{ constant = \"B\" }}\n"
        ));
        let text = "{\"user\":\"u\",\"at\":\"2026-11-05\",\"a\":1}\n{\"user\":\"u\",\"at\":\"2026-11-05\"}\n";
        let imported = import(text, &mapping).unwrap();
        imported.events.iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("all"), ["A", "B", "B"]);
    assert_eq!(names("first"), ["A", "B"]);
}

#[test]
fn orders_are_as_the_tracking_api_makes_them() {
    let document = r#"{"no":1001,"at":"2026-11-05","currency":"eur","lines":[
        {"sku":"m-1","title":"White mug","count":2,"price":"6.75"},{"sku":7,"price":1.5e1}]}"#;
    let order = |text: &str| only_event(document, &events(text));
    let completed = order(super::files::ORDERS);
    assert_eq!((&completed["event"], &completed["anonymousId"]), (&json!("Order Completed"), &json!("order:1001")));
    assert_eq!(
        completed["order"],
        json!({"order_id": "1001", "currency": "EUR", "products": [
            {"id": "m-1", "name": "White mug", "qty": 2, "price": 6.75, "line": 1},
            {"id": "7", "name": "", "qty": 1, "price": 15, "line": 1}]})
    );
    let refund = "event = { constant = \"Order Refunded\" }\n[event.order]";
    let refunded = order(&super::files::ORDERS.replace("[event.order]", refund));
    assert_eq!((&refunded["event"], &refunded["order"]["products"][0]["qty"]), (&json!("Order Refunded"), &json!(-2)));
}

#[test]
fn an_order_without_products_is_a_reject() {
    let document = r#"{"no":1001,"user":"u","at":"2026-11-05","currency":"EUR","lines":[]}"#;
    assert_eq!(
        only_fault(document, &events(super::files::ORDERS)),
        "line 1, value `lines`: it is empty, but an order needs at least one product; use `when` to leave out such records"
    );
    let document = r#"{"no":1001,"user":"u","at":"2026-11-05","lines":[{"sku":"a"}]}"#;
    assert_eq!(
        only_fault(document, &events(super::files::ORDERS)),
        "line 1, value `currency`: it is empty, but an order needs a currency: add `currency` to the mapping's `order`"
    );
}

#[test]
fn the_other_calls() {
    let event = |kind: &str, more: &str| {
        let text = format!(
            "kind = \"events\"\nsource = \"s\"\n[[event]]\ntype = \"{kind}\"\nuser_id = \"user\"\ntime = \"at\"\n{more}"
        );
        only_event(r#"{"user":"u","at":"2026-11-05","other":"o"}"#, &events(&text))
    };
    assert_eq!(event("page", "name = \"other\"\ncategory = \"other\"")["name"], "o");
    assert_eq!(event("screen", "context.app.name = \"other\"")["context"], json!({"app": {"name": "o"}}));
    assert_eq!(event("group", "group_id = \"other\"")["groupId"], "o");
    assert_eq!(event("alias", "previous_id = \"other\"")["previousId"], "o");
}

#[test]
fn an_id_must_be_a_text_or_a_number() {
    let fault = only_fault("{\"user\":{\"id\":1},\"at\":\"2026-11-05\"}", &one_rule(""));
    assert_eq!(fault, "line 1, value `user`: an object stands where a text or a number belongs");
}
