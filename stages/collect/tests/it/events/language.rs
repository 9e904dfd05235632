//! Mistakes in mappings of events are named with their place.

use super::{LIKES, events};
use bellwether_collect::{EventMapping, Mapping, OrderMapping};

fn check(from: &str, to: &str, expected: &str) {
    assert!(LIKES.contains(from), "{from}");
    let error = EventMapping::parse("mapping.toml", &LIKES.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn mistakes_are_named_with_line_and_column() {
    check(
        "kind = \"events\"",
        "kind = \"event\"",
        "mapping.toml:2:8: `kind` cannot be `event`; did you mean `events`?",
    );
    check("[[event]]", "[event]", "mapping.toml:14:3: duplicate key");
    check("skip = true", "skipp = true", "mapping.toml:23:1: unknown key `event[3].skipp`; did you mean `skip`?");
    check(
        "equals = \"join\"",
        "equal = \"join\"",
        "mapping.toml:15:30: unknown key `event[2].when[1].equal`; did you mean `equals`?",
    );
    check(
        "in = [\"like\", \"share\"]",
        "in = []",
        "mapping.toml:8:34: `event[1].when.in` lists nothing, so it could never be met",
    );
    check(
        ", in = [\"like\", \"share\"]",
        "",
        "mapping.toml:8:8: `event[1].when` says nothing about `action`: add `equals`, `in`, `not`, `starts_with`, `matches` or `exists`",
    );
    check(
        "type = \"identify\"",
        "type = \"identity\"",
        "mapping.toml:16:8: `event[2].type` cannot be `identity`; did you mean `identify`?",
    );
    check(
        "type = \"identify\"",
        "",
        "mapping.toml:14:1: `event[2].event` is missing: a `track` says what happened, for example event = { constant = \"Coupon Redeemed\" }; leave `type` out or write another one",
    );
    check(
        "user_id = \"user\"\n",
        "",
        "mapping.toml:6:1: `event[1].user_id` is missing: nothing says whom the event is about; set `user_id` or `anonymous_id`, here or at the top",
    );
    check(
        "cast = \"number\"",
        "cast = \"numbr\"",
        "mapping.toml:12:38: `event[1].properties.amount.cast` cannot be `numbr`; did you mean `number`?",
    );
    check(
        "amount = { column = \"amount\"",
        "amount = { colum = \"amount\"",
        "mapping.toml:12:10: `event[1].properties.amount` needs exactly one of `column`, `constant` and `template`, for example { column = \"Country\" }",
    );
    check(
        "skip = true",
        "skip = true\nevent = \"action\"",
        "mapping.toml:21:1: `event[3]`: a rule with `skip = true` makes no event, so `event` has no use in it",
    );
    check("post_id = \"post\"", "post_id = \"\"", "mapping.toml:11:11: `event[1].properties.post_id` names no column");
    check(
        "address.city = \"city\"",
        "address.city = \"city\"\n\"address\" = \"mail\"",
        "mapping.toml:20:1: duplicate key",
    );
}

#[test]
fn an_order_has_the_name_of_an_order() {
    let error = EventMapping::parse(
        "m.toml",
        &super::files::ORDERS.replace("[event.order]", "event = { constant = \"Sale\" }\n[event.order]"),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "m.toml:4:1: `event[1].event` has no use here: an order is called \"Order Completed\" (the default), \"Order Refunded\" or \"Order Cancelled\"; write it as { constant = … }"
    );
}

#[test]
fn a_mapping_of_another_kind_is_refused() {
    let error = OrderMapping::parse("mapping.toml", LIKES).unwrap_err().to_string();
    assert_eq!(error, "mapping.toml:2:1: this is a mapping of kind `events`; one of kind `orders` is needed here");
    let mapping = Mapping::parse("mapping.toml", LIKES).unwrap();
    assert_eq!((mapping.source(), mapping.kind(), mapping.rows().unwrap().source()), ("likes", "events", "likes"));
}

#[test]
fn layout_and_comments_do_not_change_what_a_mapping_is() {
    let digest = events(LIKES).digest;
    assert_eq!(digest, events(&format!("# a remark\n{}", LIKES.replace(" = ", "  =  "))).digest);
    assert_ne!(digest, events(&LIKES.replace("Post Liked", "Liked")).digest);
}
