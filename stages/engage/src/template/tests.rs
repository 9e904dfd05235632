use super::{Body, BodyTemplate, Locale, Object, SubjectTemplate, TemplateError, Value, liquid::Liquid};
use bellwether_domain::Language;
use proptest::prelude::*;

fn facts(json: serde_json::Value) -> Object {
    match liquid_core::to_value(&json).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other:?} is not an object"),
    }
}

fn locale() -> Locale {
    Locale { language: Language::English, currency: "GBP".to_owned(), zone: chrono_tz::Tz::UTC }
}

fn render(source: &str, data: serde_json::Value) -> Result<String, TemplateError> {
    Liquid::compile(source, true)?.render(&Object::new(), &facts(data), &locale(), false).map(|output| output.text)
}

#[track_caller]
fn check(source: &str, data: serde_json::Value, expected: &str) {
    assert_eq!(render(source, data).unwrap(), expected, "{source}");
}

#[test]
fn what_is_missing_is_nothing() {
    let data = || serde_json::json!({"a": {"b": 1}, "list": [], "text": "x", "nothing": null});
    for source in [
        "{{ x }}",
        "{{ x.y.z }}",
        "{{ a.c }}",
        "{{ a.b.c }}",
        "{{ list.first.name }}",
        "{{ a[x] }}",
        "{{ list[5] }}",
        "{{ text.y }}",
        "{{ nothing.y }}",
    ] {
        check(source, data(), "");
    }
    check("{{ x | default: 'friend' }}", data(), "friend");
    check("{{ x | upcase | append: '!' }}", data(), "!");
    check("{{ x | plus: 2 }}", data(), "2");
    check("{{ x | size }}{{ x | money }}{{ x | date }}", data(), "0");
    check("{% assign y = x %}{{ y.z }}{% if y == nil %}nil{% endif %}", data(), "nil");
    check("{% for i in x %}{{ i }}{% else %}none{% endfor %}", data(), "none");
    check("{% for i in list %}{{ i.name }}{% else %}none{% endfor %}", data(), "none");
}

#[test]
fn what_is_missing_compares_like_nil() {
    let data = || serde_json::json!({});
    for (condition, holds) in [
        ("x", false),
        ("x == nil", true),
        ("x != nil", false),
        ("x == blank", true),
        ("x == true", false),
        ("x == ''", false),
        ("x == 0", false),
        ("x > 1", false),
        ("x < 1", false),
        ("x contains 'vip'", false),
    ] {
        let source = format!("{{% if {condition} %}}yes{{% else %}}no{{% endif %}}");
        check(&source, data(), if holds { "yes" } else { "no" });
    }
}

#[test]
fn data_is_escaped_once() {
    let data = || serde_json::json!({"name": "<script>alert('x')</script> & \"co\"", "list": [{"n": "<b>"}]});
    let escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;";
    check("{{ name }}", data(), escaped);
    check("{{ name | escape }}", data(), escaped);
    check("{{ name | escape_once }}", data(), escaped);
    check("{% assign n = name %}{{ n }}", data(), escaped);
    check("{% capture n %}<i>{{ name }}</i>{% endcapture %}{{ n }}", data(), &format!("<i>{escaped}</i>"));
    check("{% capture n %}{{ name }}{% endcapture %}{% capture m %}{{ n }}{% endcapture %}{{ m }}", data(), escaped);
    check("{% for i in list %}{{ i.n }}{{ forloop.index }}{% endfor %}", data(), "&lt;b&gt;1");
    check("{{ name | raw }}", data(), "<script>alert('x')</script> & \"co\"");
    check("{{ 'a\nb<' | newline_to_br }}", data(), "a<br />\nb&lt;");
    check("{{ '<' | escape | append: '>' }}", data(), "&amp;lt;&gt;");
}

#[test]
fn a_subject_is_one_plain_line() {
    let subject = SubjectTemplate::compile("Hi {{ name }},\n  it's {{ x }}").unwrap();
    let render =
        |name: &str| subject.render(&Object::new(), &facts(serde_json::json!({ "name": name })), &locale()).unwrap();
    assert_eq!(render("Ann & <Bob>"), "Hi Ann & <Bob>, it's");
    assert_eq!(render("A\r\nBcc: x@example.com\u{0}"), "Hi A Bcc: x@example.com , it's");
    assert_eq!(render(&"长".repeat(300)).chars().count(), 200);
}

#[test]
fn loops_have_all_their_parts() {
    let data = || serde_json::json!({"l": [1, 2, 3, 4], "o": {"k": "v"}});
    check(
        "{% for i in l reversed limit: 2 offset: 1 %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}",
        data(),
        "3,2",
    );
    check("{% for i in (2..4) %}{{ i }}{% endfor %}", data(), "234");
    check("{% for i in (4..2) %}{{ i }}{% else %}-{% endfor %}", data(), "-");
    check("{% for p in o %}{{ p[0] }}={{ p[1] }}{% endfor %}", data(), "k=v");
    check(
        "{% for i in l %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}!",
        data(),
        "13!",
    );
    check(
        "{% for i in l limit: 2 %}{% for j in l limit: 2 %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
        data(),
        "11 12 21 22 ",
    );
    check("{% for i in l offset: 9 %}x{% endfor %}", data(), "");
}

#[test]
fn filters_know_the_language() {
    let data =
        facts(serde_json::json!({"v": 1234.5, "d": "2011-12-05T23:30:00Z", "n": {"en": "Hello", "zh-CN": "你好"}}));
    let source = "{{ v | money }} {{ v | money: 'CNY' }} {{ v | number }} {{ v | number: 2 }} {{ d | date }} {{ d | date: 'short' }} {{ n | localized }}";
    let render = |language, zone| {
        let locale = Locale { language, zone, ..locale() };
        Liquid::compile(source, true).unwrap().render(&Object::new(), &data, &locale, false).unwrap().text
    };
    assert_eq!(
        render(Language::English, chrono_tz::Tz::UTC),
        "£1,234.50 CN¥1,234.50 1,235 1,234.50 5 December 2011 5 Dec Hello"
    );
    assert_eq!(
        render(Language::Chinese, chrono_tz::Asia::Shanghai),
        "£1,234.50 ¥1,234.50 1,235 1,234.50 2011年12月6日 12月6日 你好"
    );
}

/// Half an hour before midnight in London's winter is half past midnight in its summer.
#[test]
fn a_date_has_the_offset_of_its_own_day() {
    let data = facts(
        serde_json::json!({"winter": "2011-12-05T23:30:00Z", "summer": "2011-07-05T23:30:00Z", "day": "2011-07-05"}),
    );
    let locale = Locale { zone: chrono_tz::Europe::London, ..locale() };
    let source = "{{ winter | date: 'iso' }} {{ summer | date: 'iso' }} {{ day | date: 'iso' }}";
    let text = Liquid::compile(source, true).unwrap().render(&Object::new(), &data, &locale, false).unwrap().text;
    assert_eq!(text, "2011-12-05 2011-07-06 2011-07-05");
}

#[test]
fn control_characters_are_in_neither_form() {
    let template = BodyTemplate::compile(DOCUMENT).unwrap();
    for name in ["Ann\rLee", "A\u{7}nn", "\rAnn", "Ann\u{85}", "\u{1b}"] {
        let own = facts(
            serde_json::json!({"name": name, "title": "T", "url": "https://x.example", "label": "Go", "items": []}),
        );
        // Twice: the first message of a shape is rendered the plain way as well.
        for _ in 0..2 {
            let short = template.render(&Object::new(), &own, &locale()).unwrap();
            assert_eq!(Ok(short), template.render_plainly(&Object::new(), &own, &locale()), "{name:?}");
        }
    }
}

#[track_caller]
fn check_limit(source: &str, expected: &str) {
    match render(source, serde_json::json!({"l": (0..100).collect::<Vec<_>>()})) {
        Err(TemplateError::Limit { what, .. }) => assert_eq!(what, expected),
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn time_and_size_are_bounded() {
    check_limit("{% for i in (1..1000000000) %}{% endfor %}", "steps of work");
    check_limit(
        "{% for i in l %}{% for j in l %}{% for k in l %}{{ k }}{% endfor %}{% endfor %}{% endfor %}",
        "steps of work",
    );
    check_limit(
        "{% for i in (1..9000) %}{{ 'x' | append: '0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890' }}{% endfor %}",
        "bytes of output",
    );
    check_limit(
        "{% assign s = 'x' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}",
        "bytes in a value",
    );
    check_limit(
        "{% assign s = l %}{% for i in (1..40) %}{% assign s = s | concat: s %}{% endfor %}",
        "entries in a list",
    );
    check_limit(
        "{% assign s = 'xxxxxxxx' %}{% for i in (1..10) %}{% assign s = s | append: s %}{% endfor %}{{ s | replace: 'x', s }}",
        "bytes of a text to replace in",
    );
    check_limit(
        "{% capture s %}{% for i in (1..9999) %}0123456789012345678901234567890{% endfor %}{% endcapture %}",
        "bytes in a capture",
    );
}

#[track_caller]
fn check_error(source: &str, expected: &str) {
    let error = render(source, serde_json::json!({"n": "x"})).unwrap_err().to_string();
    assert!(error.contains(expected), "{source:?}: {error:?} should contain {expected:?}");
}

#[test]
fn errors_name_the_line() {
    check_error("a\nb {{ n | }}", "template line 2:");
    check_error("a\n\n{% if n %}", "template line 3:");
    check_error("a\n{{ n | upcaze }}", "template line 2: Unknown filter; requested filter=upcaze");
    check_error("a\n{% frobnicate %}", "template line 2:");
    check_error("a\n\n{{ n }}{{ n | money }}", "template line 3:");
    check_error("a\n\n{{ n | date: '%Q!' }}", "`x` is not a date");
    check_error("{{ 5 }}\n{% assign y = 5 | divided_by: 0 %}", "template line 2:");
    check_error("\n{% for i in n %}{% endfor %}", "template line 2: `x` is not a list");
    check_error("{{ 9223372036854775807 | plus: 1 }}", "template line 1:");
}

const DOCUMENT: &str = r#"<mjml><mj-head><mj-title>{{ title }}</mj-title><mj-preview>{{ name }} {{ title }}</mj-preview>
<mj-attributes><mj-all font-family="Arial, sans-serif" /></mj-attributes></mj-head>
<mj-body width="600px"><mj-section><mj-column>
<mj-text>{% if name %}Hi <b>{{ name }}</b>,{% else %}Hello,{% endif %} {{ title }}</mj-text>
{% for item in items %}<mj-text padding="{{ item.padding }}"><a href="{{ item.url }}">{{ item.name | tidy }}</a> {{ item.price | money }}<br />{{ item.note }}</mj-text>{% endfor %}
<mj-button href="{{ url }}">{{ label }}</mj-button><mj-text><a href="{{ url }}">{{ url }}</a></mj-text>
</mj-column></mj-section></mj-body></mjml>"#;

fn data_of_people() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        6 => "[A-Za-z]{1,12}",
        2 => "[中国红灯笼 ]{0,6}",
        2 => "[<>&\"'~\\\\{}%#/=-]{0,6}",
        1 => Just("~hole~00001~".to_owned()),
        1 => "(&lt;|&amp;|<!--|]]>|<b>|</mj-text>|\n|\t|  ){0,3}",
        1 => "\\PC{0,8}",
        2 => "[A-Za-z \r\n\t\u{7}\u{85}\u{a0}\u{2028}\u{3000}]{0,6}",
    ];
    let url =
        prop_oneof![Just("https://x.example/p?a=1&b=2".to_owned()), "https://x.example/[a-z\"'<> ]{0,8}", text.clone()];
    let item = (text.clone(), url.clone(), text.clone(), 0_i32..100_000, prop_oneof![9 => Just("0"), 1 => Just("4px")]).prop_map(
        |(name, url, note, price, padding)| serde_json::json!({"name": name, "url": url, "note": note, "price": f64::from(price) / 100.0, "padding": padding}),
    );
    (prop::option::of(text.clone()), text.clone(), url, text, prop::collection::vec(item, 1..3)).prop_map(
        |(name, title, url, label, items)| serde_json::json!({"name": name, "title": title, "url": url, "label": label, "items": items}),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The law of the cache: whatever the data, in whatever order people come, the result is that of the plain way.
    #[test]
    fn the_short_way_gives_what_the_plain_way_gives(people in prop::collection::vec(data_of_people(), 1..10)) {
        let template = BodyTemplate::compile(DOCUMENT).unwrap();
        for person in people {
            let own = facts(person);
            let short = template.render(&Object::new(), &own, &locale());
            let plain = template.render_plainly(&Object::new(), &own, &locale());
            prop_assert_eq!(short, plain);
        }
    }

    /// Nobody's name can add an element to the document.
    #[test]
    fn no_value_adds_markup(name in "\\PC{0,20}", more in "[<>/\"'=a-z ]{0,20}") {
        let source = "<p title=\"{{ name }}\">{{ name }}</p>";
        let out = render(source, serde_json::json!({ "name": format!("{name}{more}") })).unwrap();
        prop_assert_eq!(out.matches('<').count(), 2);
        prop_assert_eq!(out.matches('"').count(), 2);
    }

    #[test]
    fn no_source_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|-|if|for|x|in|\\||'|\"|<a href=|>|end|[ a-z0-9.:,]|\n){0,24}") {
        if let Ok(template) = BodyTemplate::compile(&source) {
            let _ = template.render(&Object::new(), &Object::new(), &locale());
        }
    }
}

fn person(number: usize) -> Object {
    let items: Vec<_> = (0..3)
        .map(|item| serde_json::json!({"name": format!("ITEM {number}-{item}"), "url": format!("https://x.example/{number}"), "price": number as f64, "note": "n", "padding": "4px"}))
        .collect();
    facts(
        serde_json::json!({"name": format!("Person {number}"), "title": "T", "url": "https://x.example", "label": "Go", "items": items}),
    )
}

#[test]
fn people_share_a_skeleton() {
    let template = BodyTemplate::compile(DOCUMENT).unwrap();
    for number in 0..50 {
        let body = template.render(&Object::new(), &person(number), &locale()).unwrap();
        assert!(body.html.contains(&format!("Item {number}-2")));
    }
    assert_eq!(template.known_skeletons(), 1);
}

#[test]
fn a_body_has_both_forms() {
    let template = BodyTemplate::compile(DOCUMENT).unwrap();
    let Body { html, text } = template.render(&Object::new(), &person(7), &locale()).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("Hi <b>Person 7</b>,"));
    let expected = "Hi Person 7, T\n\nItem 7-0 (https://x.example/7) £7.00\nn\n\nItem 7-1 (https://x.example/7) £7.00\nn\n\n\
                    Item 7-2 (https://x.example/7) £7.00\nn\n\nGo (https://x.example)\n\nhttps://x.example\n";
    assert_eq!(text, expected);
}

#[test]
fn bad_mjml_is_refused_with_its_line() {
    let check = |source: &str, expected: &str| {
        let template = BodyTemplate::compile(source).unwrap();
        let error = template.render(&Object::new(), &Object::new(), &locale()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("<mjml>\n<mj-body>\n<mj-text", "rendered MJML");
    check("<mjml>\n<mj-body><mj-include path=\"/etc/passwd\" /></mj-body></mjml>", "cannot include files");
    check("", "rendered MJML");
    check("<mjml><mj-body>{% for i in (1..500) %}<div>{% endfor %}</mj-body></mjml>", "nested elements");
    assert!(BodyTemplate::compile("\n~hole~").unwrap_err().to_string().contains("line 2"));
}

/// How fast bodies are rendered; prints figures and proves nothing. `cargo test --release -- --ignored --nocapture speed`
#[test]
#[ignore = "a measurement"]
fn speed() {
    let template = BodyTemplate::compile(DOCUMENT).unwrap();
    let people: Vec<Object> = (0..2_000).map(person).collect();
    for (name, plain) in [("plain", true), ("short", false)] {
        let start = std::time::Instant::now();
        for person in &people {
            let body = if plain {
                template.render_plainly(&Object::new(), person, &locale())
            } else {
                template.render(&Object::new(), person, &locale())
            };
            body.unwrap();
        }
        println!("{name}: {:.0} bodies/s", people.len() as f64 / start.elapsed().as_secs_f64());
    }
}
