//! Documents that are not what the mapping or the file's form says.

use super::{files::ORDERS, *};

#[test]
fn what_is_no_list_is_not_taken_for_an_empty_one() {
    let each = events(
        "kind = \"events\"\nsource = \"baskets\"\n[[event]]\neach = \"basket.items\"\nuser_id = \"$.user\"\ntime = \"$.at\"\n\
         event = { constant = \"Added\" }\n[[event]]\nuser_id = \"user\"\ntime = \"at\"\nevent = { constant = \"Seen\" }\n",
    );
    let document = |list: &str, of: &str| {
        format!("{{\"no\":\"1\",\"user\":\"u\",\"at\":\"2026-11-05\",\"currency\":\"EUR\",\"{of}\":{list}}}")
    };
    let check = |list: &str, expected: Result<usize, &str>| {
        let text = document(&format!("{{\"items\":{list}}}"), "basket");
        match expected {
            Ok(count) => assert_eq!(import(text, &each).unwrap().events.len(), count, "{list}"),
            Err(what) => assert_eq!(
                only_fault(&text, &each),
                format!("line 1, value `basket.items`: it is {what}, but the mapping asks for each element of a list")
            ),
        }
    };
    check("[1, 2]", Ok(3));
    check("[]", Ok(1));
    check("null", Ok(1));
    check("{\"0\": 1}", Err("an object"));
    check("\"a,b\"", Err("a text"));
    check("7", Err("a number"));
    assert_eq!(import(document("[1]", "other"), &each).unwrap().events.len(), 1);
    let fault = only_fault(&document("{\"sku\":\"a\"}", "lines"), &events(ORDERS));
    assert!(fault.starts_with("line 1, value `lines`: it is an object, but"), "{fault}");
}

#[test]
fn a_broken_line_is_one_reject_also_where_it_is_the_first() {
    let seen = one_rule("");
    let good = |user: &str| format!("{{\"user\":\"{user}\",\"at\":\"2026-11-05\"}}");
    let check = |lines: &[&str], events: usize, faults: &[&str]| {
        let imported = import(lines.join("\n"), &seen).unwrap();
        assert_eq!(
            (imported.events.len(), imported.faults()),
            (events, faults.iter().map(|f| (*f).to_owned()).collect())
        );
    };
    let (a, b) = (good("a"), good("b"));
    for broken in ["{\"user\":\"x\",", "{\"user\":", "{\"user\":[", "{\"user\":\"x", "{user}", "{\"user\":\"x\"}}"] {
        check(&[broken, &a, &b], 2, &["1 malformed"]);
        check(&[broken, broken, &a, broken], 1, &["1 malformed", "2 malformed", "4 malformed"]);
    }
    // What is laid out over several lines is one document.
    check(&["{\"user\":\"a\",", "\"more\":", &b, ",\"at\":\"2026-11-05\"}"], 1, &[]);
    check(&["{", "  \"user\": \"a\",", "  \"at\": \"2026-11-05\"", "}", &b], 2, &[]);
}
