//! Drafts of mappings: they say what a person would have written, and can always be tried.

use bellwether_collect::{DryRun, Importer, Mapping, guess_from_reader};
use proptest::prelude::*;
use std::io::Cursor;

fn draft(name: &str, bytes: &[u8]) -> (String, Mapping) {
    let text = guess_from_reader(name, Cursor::new(bytes.to_vec())).unwrap();
    let mapping = Mapping::parse("draft.toml", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    (text, mapping)
}

fn dry_run(bytes: &[u8], mapping: &Mapping) -> DryRun {
    let importer = Importer::from_reader("a", Cursor::new(bytes.to_vec()), mapping.rows().unwrap()).unwrap();
    importer.dry_run(20).unwrap()
}

/// Every line of `expected` stands in the draft, comments aside.
fn check(name: &str, content: &str, kind: &str, expected: &[&str]) -> String {
    let (text, mapping) = draft(name, content.as_bytes());
    assert_eq!(mapping.kind(), kind, "{text}");
    for line in expected {
        assert!(text.lines().any(|written| written.split("  #").next() == Some(line)), "{line}\n{text}");
    }
    let dry = dry_run(content.as_bytes(), &mapping);
    assert!(dry.rejects.is_empty() && !dry.events.is_empty(), "{text}\n{:?}", dry.rejects);
    text
}

#[test]
fn order_lines_in_english() {
    check(
        "Online Orders.csv",
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
         1001,A1,White mug,2,2026-11-05 10:00:00,£6.75,17850,France\n1002,B2,Lamp,-1,2026-11-13 11:00:00,£12.00,17851,Spain\n",
        "orders",
        &[
            "source = \"online-orders\"",
            "order = \"InvoiceNo\"",
            "customer = \"CustomerID\"",
            "time = { column = \"InvoiceDate\", format = \"iso\", timezone = \"UTC\" }",
            "item = \"StockCode\"",
            "item_name = \"Description\"",
            "price = \"UnitPrice\"",
            "currency = { constant = \"GBP\" }",
            "country = \"Country\"",
            "negative_quantity = true",
        ],
    );
}

#[test]
fn order_lines_in_german() {
    check(
        "bestellungen.csv",
        "Bestellnummer;Kundennummer;Bestelldatum;Artikelnummer;Bezeichnung;Menge;Einzelpreis;Bemerkung\n\
         1;K1;13.12.2025 09:15;T1;Grüner Tee;2;1.024,50;\n2;K2;14.12.2025 09:15;T2;Kanne;1;7,90;\n",
        "orders",
        &[
            "numbers = { decimal = \"comma\", thousands = \".\" }",
            "order = \"Bestellnummer\"",
            "customer = \"Kundennummer\"",
            "time = { column = \"Bestelldatum\", format = \"%d.%m.%Y %H:%M\", timezone = \"UTC\" }",
            "currency = { constant = \"EUR\" }",
            "# - Bemerkung: it is empty",
        ],
    );
}

#[test]
fn interactions_in_chinese() {
    let text = check(
        "互动.csv",
        "用户ID,互动类型,互动时间,帖子编号,点赞数,城市\nu1,点赞,2026/11/05 10:00:00,p-1,3,杭州\nu2,评论,2026/11/05 10:01:00,p-2,5,上海\nu3,点赞,2026/11/06 10:01:00,p-3,5,上海\n\
         u1,点赞,2026/11/07 10:00:00,p-1,3,杭州\nu2,点赞,2026/11/08 10:01:00,p-2,5,上海\nu3,评论,2026/11/09 10:01:00,p-3,5,上海\n",
        "events",
        &[
            "source = \"import\"",
            "user_id = \"用户ID\"",
            "time = { column = \"互动时间\", format = \"%Y/%m/%d %H:%M:%S\", timezone = \"UTC\" }",
            "event = \"互动类型\"",
            "\"帖子编号\" = \"帖子编号\"",
            "\"点赞数\" = { column = \"点赞数\", cast = \"number\" }",
            "city = \"城市\"",
        ],
    );
    assert!(text.contains("type = \"identify\""), "{text}");
}

#[test]
fn a_list_of_people() {
    check(
        "members.csv",
        "会员号,姓名,手机号,邮箱,生日,积分\nM1,王芳,13800138000,wang@example.cn,1990-05-17,120\nM2,李雷,13900139000,li@example.cn,1988-12-01,80\n",
        "events",
        &[
            "user_id = \"会员号\"",
            "time = { constant = \"2000-01-01\" }",
            "type = \"identify\"",
            "email = { column = \"邮箱\", cast = \"lower\" }",
            "phone = \"手机号\"",
            "name = \"姓名\"",
            "birthday = { column = \"生日\", cast = \"date\", format = \"iso\" }",
            "\"积分\" = { column = \"积分\", cast = \"number\" }",
        ],
    );
}

#[test]
fn lines_of_json() {
    let text = check(
        "hits.jsonl",
        "{\"user\":{\"id\":7,\"email\":\"a@x.org\"},\"event\":\"Seen\",\"created_at\":\"2026-11-05T10:00:00Z\",\"items\":[{\"a\":1}],\"ok\":true}\n",
        "events",
        &[
            "user_id = \"user.id\"",
            "event = \"event\"",
            "time = { column = \"created_at\", format = \"iso\", timezone = \"UTC\" }",
            "email = { column = \"user.email\", cast = \"lower\" }",
            "ok = { column = \"ok\", cast = \"boolean\" }",
        ],
    );
    assert!(text.contains("# - items: a list"), "{text}");
}

#[test]
fn doubtful_dates_are_named() {
    let (text, _) = draft("a.csv", b"user_id,date,note\nu1,01/02/2026,a\nu2,03/04/2026,b\n");
    assert!(text.contains("can be read as %d/%m/%Y and as %m/%d/%Y: check"), "{text}");
}

#[test]
fn numbers_of_things_are_no_dates() {
    let (text, _) = draft("a.csv", b"reference,user_id,note\n1234567890,u1,a\n1334567891,u2,b\n");
    assert!(text.contains("time = { constant"), "{text}");
}

#[test]
fn grouped_thousands_are_no_decimal_commas() {
    let rows = |prices: [&str; 2]| {
        let row = |(n, price): (usize, &str)| format!("{n},C{n},2026-11-13,P{n},1,\"{price}\"\n");
        "order,customer,date,sku,quantity,price\n".to_owned() + &(1..).zip(prices).map(row).collect::<String>()
    };
    let thousands = "numbers = { decimal = \"point\", thousands = \",\" }";
    let doubtful = check("a.csv", &rows(["1,234", "2,500"]), "orders", &[thousands]);
    assert!(doubtful.contains("# A number such as 1,234 is taken for one with grouped thousands. If"), "{doubtful}");
    check("a.csv", &rows(["950", "2,500"]), "orders", &[thousands]);
    let certain = check("a.csv", &rows(["1,234.50", "2,500.00"]), "orders", &[thousands]);
    assert!(!certain.contains("is taken for"), "{certain}");
    let comma = "numbers = { decimal = \"comma\", thousands = \"none\" }";
    check("a.csv", &rows(["1,234", "2,50"]), "orders", &[comma]);
    check("a.csv", &rows(["0,234", "0,500"]), "orders", &[comma]);
}

#[test]
fn what_is_left_of_an_order_is_its_properties() {
    let text = check(
        "小票.csv",
        "小票号,会员号,下单时间,商品编号,数量,单价,门店,支付方式\n1,M1,2026-11-13 10:00:00,P1,1,9.50,S-1,微信\n2,M2,2026-11-14 10:00:00,P2,1,3.50,S-2,现金\n",
        "orders",
        &["[properties]", "store_id = \"门店\"", "\"支付方式\" = \"支付方式\""],
    );
    assert!(!text.contains("Left out"), "{text}");
    check(
        "till.csv",
        "receipt,date,sku,quantity,price,Branch,Store Name,Till No\n1,2026-11-13,P1,1,9.50,B7,Nord,12\n2,2026-11-14,P2,1,3.50,B8,Süd,13\n",
        "orders",
        &["store_id = \"Branch\"", "store_name = \"Store Name\"", "till_no = \"Till No\""],
    );
}

#[test]
fn a_column_that_is_called_a_time_stays_one_where_cells_are_bad() {
    let row = |n: u32| match n {
        3 | 6 => format!("{n},M{n},未知,P{n},1,9.50\n"),
        n => format!("{n},M{n},2026/11/1{n} 10:00,P{n},1,9.50\n"),
    };
    let text = "订单号,会员号,下单时间,商品编号,数量,单价\n".to_owned() + &(1..=8).map(row).collect::<String>();
    let bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
    let (draft, mapping) = draft("订单.csv", &bytes);
    assert_eq!(mapping.kind(), "orders", "{draft}");
    assert!(draft.contains("time = { column = \"下单时间\", format = \"%Y/%m/%d %H:%M\""), "{draft}");
    let dry = dry_run(&bytes, &mapping);
    assert_eq!((dry.events.len(), dry.rejects.len()), (6, 2));
}

#[test]
fn what_holds_no_object_is_not_said_to_be_empty() {
    let check = |text: &str, expected: &str| {
        let error = guess_from_reader("a.json", Cursor::new(text.to_owned())).unwrap_err().to_string();
        assert!(error.starts_with(&format!("a.json: none of its {expected}")), "{error}");
    };
    check("{\"a\":", "1 rows can be used; the first: line 1 holds no record: it is not JSON: EOF");
    check("[1,\n2]", "2 rows can be used; the first: line 1 holds no record: it must be a JSON object");
    check("[{\"a\":", "1 rows can be used; the first: the document that begins in line 1 is never closed");
}

proptest! {
    #[test]
    fn a_draft_always_parses_and_can_be_tried(
        header in prop::collection::vec("([\\PC\"\\\\ .$@\\[\\]]{0,8}|email|order|item|price|time|date|数量)", 1..7),
        rows in prop::collection::vec(prop::collection::vec("([\\PC ]{0,8}|2026-11-05|[0-9]{1,12}|a@x.org|-3|1,5)", 7), 1..6),
    ) {
        let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
        let line = |texts: &[String]| texts.iter().map(quoted).collect::<Vec<_>>().join(";");
        let mut text = line(&header) + "\n";
        for row in &rows {
            text.push_str(&(line(&row[..header.len()]) + "\n"));
        }
        if let Ok(draft) = guess_from_reader("any.csv", Cursor::new(text.clone().into_bytes())) {
            let mapping = Mapping::parse("draft.toml", &draft);
            prop_assert!(mapping.is_ok(), "{:?}\n{}", mapping, draft);
            let mapping = mapping.unwrap();
            let opened = Importer::from_reader("any.csv", Cursor::new(text.into_bytes()), mapping.rows().unwrap());
            prop_assert!(opened.is_ok(), "{:?}\n{}", opened.err(), draft);
        }
    }

    #[test]
    fn any_bytes_have_a_draft_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..300), begin in "(|\\{|\\[\\{|a,b\n)") {
        let bytes = [begin.as_bytes(), &bytes[..]].concat();
        if let Ok(draft) = guess_from_reader("any", Cursor::new(bytes)) {
            prop_assert!(Mapping::parse("draft.toml", &draft).is_ok(), "{}", draft);
        }
    }
}
