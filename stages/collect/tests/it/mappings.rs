//! The mapping language: what is wrong is said with its place, what is documented works.

use crate::support::*;
use bellwether_collect::{ExperimentMapping, Mapping};
use bellwether_domain::{Money, NameCase};
use serde_json::json;

fn check(text: &str, expected: &str) {
    assert_eq!(Mapping::parse("mapping.toml", text).unwrap_err().to_string(), expected);
}

fn check_shop(from: &str, to: &str, expected: &str) {
    assert!(SHOP.contains(from), "{from}");
    check(&SHOP.replace(from, to), expected);
}

#[test]
fn mistakes_are_named_with_line_and_column() {
    check("kind = \"order\"", "mapping.toml:1:8: `kind` cannot be `order`; did you mean `orders`?");
    check("", "mapping.toml:1:1: `kind` is missing");
    check(
        "kind = \"orders\"\nsource = shop",
        "mapping.toml:2:10: string values must be quoted, expected literal string",
    );
    check_shop(
        "source = \"shop\"",
        "source = \"My Shop\"",
        "mapping.toml:3:10: `source` must be 1 to 64 of the signs a-z, 0-9, `-` and `_`, for example `online-retail`; it is `My Shop`",
    );
    check_shop(
        "quantity = ",
        "quantitty = ",
        "mapping.toml:10:1: unknown key `columns.quantitty`; did you mean `quantity`?",
    );
    check_shop("price = \"price\"\n", "", "mapping.toml:4:1: `columns.price` is missing");
    check_shop("price = ", "prise = ", "mapping.toml:4:1: `columns.price` is missing; is `prise` meant to be it?");
    check_shop(
        "price = \"price\"",
        "price = 12",
        "mapping.toml:11:9: `columns.price` must be a table, but it is a integer",
    );
    check_shop(
        "cast = \"integer_text\"",
        "cast = \"integer\"",
        "mapping.toml:6:42: `columns.customer.cast` cannot be `integer`; did you mean `integer_text`?",
    );
    check_shop(
        "\"GBP\"",
        "\"pounds\"",
        "mapping.toml:12:12: `pounds` is not a currency; three capital letters of ISO 4217 are, for example `GBP` or `CNY`",
    );
    check_shop(
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %Q",
        "mapping.toml:7:36: the date format `%Y-%m-%d %Q` has `%Q`, which is not known; known are %Y %y %m %b %d %H %I %p %M %S %z %F %T, and the words iso, unix, unix_ms, auto",
    );
    check_shop(
        "Europe/London",
        "Europe/Londn",
        "mapping.toml:7:68: `Europe/Londn` is not a time zone; did you mean `Europe/London`?",
    );
    check_shop(
        "{customer}",
        "{customer",
        "mapping.toml:15:22: `traits.email.template`: a `{` is never closed with `}`",
    );
    check_shop(
        "{ constant = \"GBP\" }",
        "{ constant = \"GBP\", column = \"x\" }",
        "mapping.toml:12:12: `columns.currency` needs exactly one of `column`, `constant` and `template`, for example { column = \"Country\" }",
    );
    check_shop(
        "order_starts_with = \"C\"",
        "",
        "mapping.toml:16:1: `refund` names no condition: set `order_starts_with`, `negative_quantity` or `column` with `equals`",
    );
    check_shop(
        "order_starts_with = \"C\"",
        "equals = [\"x\"]",
        "mapping.toml:16:1: `refund.column` and `refund.equals` belong together: the column and the values that mean a return",
    );
    check_shop(
        "[refund]",
        "[items.category]\nname = \"x\"\n[refund]",
        "mapping.toml:16:1: write [[items.category]] with double brackets: there is one for each category, in order",
    );
    check_shop(
        "[refund]",
        "[numbers]\ndecimal = \"comma\"\nthousands = \",\"\n[refund]",
        "mapping.toml:18:13: `numbers.thousands` cannot be the sign of the decimals",
    );
}

#[test]
fn a_mapping_of_the_other_kind_is_refused() {
    let error = ExperimentMapping::parse("mapping.toml", SHOP).unwrap_err().to_string();
    assert_eq!(error, "mapping.toml:2:1: this is a mapping of kind `orders`; one of kind `experiment` is needed here");
}

#[test]
fn item_rules_are_read() {
    let rules = mapping(&format!(
        "{SHOP}\n[items]\nnon_product_codes = [\"POST\"]\nname_case = \"title\"\nprice_limit = 99.5\nquantity_limit = 1000\n[[items.category]]\nname = \"B\"\nwords = [\"b\"]\n[[items.category]]\nname = \"A\"\nwords = [\"a\"]\n"
    ))
    .items;
    assert_eq!((rules.non_product_codes, rules.name_case), (vec!["POST".to_owned()], NameCase::Title));
    assert_eq!(
        (rules.price_limit, rules.categories[0].name.as_str()),
        (Some(Money::from_ten_thousandths(995_000)), "B")
    );
}

/// The other shop of `docs/mapping.md`.
const OTHER_SHOP: &str = r#"
kind = "orders"
source = "teeladen"
[file]
delimiter = ";"
encoding = "latin-1"
[numbers]
decimal = "comma"
thousands = "."
[columns]
order = { template = "{Filiale}-{Beleg}" }
customer = "Kundennummer"
time = { column = "Datum", format = "%d.%m.%Y %H:%M", timezone = "Europe/Berlin" }
item = "Artikel"
item_name = "Bezeichnung"
quantity = "Menge"
price = "Einzelpreis"
currency = { column = "Währung", map = { "Euro" = "EUR" } }
[traits]
country = { column = "Land", map = { DE = "Germany", AT = "Austria", "unbekannt" = "" } }
language = { constant = "de" }
[refund]
column = "Vorgang"
equals = ["Retoure", "Storno"]
negate = true
"#;

#[test]
fn another_shop_in_another_country() {
    let text = "Filiale;Beleg;Vorgang;Datum;Kundennummer;Artikel;Bezeichnung;Menge;Einzelpreis;Währung;Land\n\
                7;100;Verkauf;01.12.2023 09:15;K-5;T1;\"Grüner Tee; lose\";0,250;1.024,50;Euro;DE\n\
                7;101;Retoure;02.12.2023 10:00;K-5;T1;Grüner Tee;1;7,90 €;Euro;unbekannt\n";
    let bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let imported = import(bytes, &mapping(OTHER_SHOP)).unwrap();
    assert!(imported.rejects.is_empty(), "{:?}", imported.rejects);
    assert_eq!(imported.orders(), ["7-100:2", "7-101:3"]);
    assert_eq!(imported.names(), ["Grüner Tee; lose", "Grüner Tee"]);
    assert_eq!(imported.events[0]["timestamp"], "2023-12-01T08:15:00Z");
    assert_eq!(imported.events[0]["traits"], json!({"country": "Germany", "language": "de"}));
    assert_eq!(imported.events[1]["traits"], json!({"language": "de"}));
    assert_eq!(imported.events[0]["order"]["products"][0]["price"], 1024.5);
    assert_eq!(imported.events[1]["order"]["products"][0]["qty"], -1);
    assert_eq!(imported.events[1]["event"], "Order Refunded");
    assert_eq!(imported.events[1]["order"]["currency"], "EUR");
}

#[test]
fn a_currency_that_is_none_is_a_reject() {
    let text = "Filiale;Beleg;Vorgang;Datum;Kundennummer;Artikel;Bezeichnung;Menge;Einzelpreis;Währung;Land\n\
                7;100;Verkauf;01.12.2023 09:15;K-5;T1;Tee;1;1,50;Taler;DE\n\
                7;101;Verkauf;01.12.2023 09:15;K-5;T1;Tee;1;1,50;Euro;DE\n";
    let imported = import(encoding_rs::WINDOWS_1252.encode(text).0.into_owned(), &mapping(OTHER_SHOP)).unwrap();
    assert_eq!((imported.events.len(), imported.faults()), (1, vec!["2 malformed".to_owned()]));
}

#[test]
fn the_documented_examples_are_valid() {
    let page = std::fs::read_to_string(bundled("docs/mapping.md")).unwrap();
    let examples: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|part| part.split("\n```").next()).collect();
    let whole: Vec<&&str> = examples.iter().filter(|example| example.contains("kind = ")).collect();
    assert!(whole.len() >= 4, "{}", whole.len());
    for example in whole {
        Mapping::parse("docs/mapping.md", example).unwrap();
    }
}
