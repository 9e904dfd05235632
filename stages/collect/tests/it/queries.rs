//! `[query]` in mappings.

use crate::support::SHOP;
use bellwether_collect::{
    Mapping, OrderMapping,
    mapping::{QueryAddress, QueryMapping},
};
use std::time::Duration;

const SQL: &str = "sql = \"SELECT * FROM t WHERE id > :cursor ORDER BY id\"\ncursor = \"id\"\nstart = 0\n";

fn with(query: &str) -> Result<QueryMapping, String> {
    let text = SHOP.replace("[columns]", &format!("[query]\n{query}\n[columns]"));
    let mapping = OrderMapping::parse("mapping.toml", &text).map_err(|error| error.to_string())?;
    Ok(mapping.query.unwrap())
}

fn fault(query: &str, expected: &str) {
    let said = with(query).unwrap_err();
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_query_is_read() {
    let query = with(&format!("url_env = \"SHOP_URL\"\nkey = [\"id\"]\nevery = \"5m\"\n{SQL}")).unwrap();
    assert_eq!(query.address, QueryAddress::Variable("SHOP_URL".to_owned()));
    assert_eq!((query.every, query.key), (Some(Duration::from_secs(300)), vec!["id".to_owned()]));
    let cursor = query.cursor.unwrap();
    assert_eq!((cursor.column.as_str(), cursor.start.as_str(), cursor.is_number), ("id", "0", true));
    let query = with("url = \"postgres://reader@db/shop\"\nsql = \"SELECT 1\"").unwrap();
    assert_eq!((query.cursor, query.every), (None, None));
}

#[test]
fn where_rows_come_from_is_not_what_they_mean() {
    let digest = |text: &str| Mapping::parse("m", text).unwrap().rows().unwrap().digest().to_owned();
    let with = SHOP.replace("[columns]", &format!("[query]\nurl = \"sqlite:x\"\n{SQL}\n[columns]"));
    assert_eq!(digest(SHOP), digest(&with));
}

#[test]
fn what_is_wrong_with_a_query_is_said() {
    fault(SQL, "`query` needs `url`");
    fault(&format!("url = \"a\"\nurl_env = \"b\"\n{SQL}"), "either `url` or `url_env`");
    fault(&format!("url = \"postgres://ann:secret@db/shop\"\n{SQL}"), "a password does not belong into a mapping");
    fault(&format!("url = \"postgres://db/shop?user=a&password=b\"\n{SQL}"), "a password does not belong");
    fault("url = \"sqlite:x\"\nsql = \" \"", "`query.sql` is empty");
    fault("url = \"sqlite:x\"\nsql = \"SELECT :cursor\"", "say which column it is");
    fault("url = \"sqlite:x\"\nsql = \"SELECT 1\"\ncursor = \"id\"\nstart = 0", "never asks for `:cursor`");
    fault("url = \"sqlite:x\"\nsql = \"SELECT :cursor\"\ncursor = \"id\"", "where the first run begins");
    fault("url = \"sqlite:x\"\nsql = \"SELECT :cursor\"\ncursor = \"id\"\nstart = 0", "ORDER BY id");
    fault("url = \"sqlite:x\"\nsql = \"SELECT 1\"\nstart = 0", "for a `query.cursor`");
    for every in ["5", "m", "0s", "5 weeks", "-1m"] {
        fault(&format!("url = \"sqlite:x\"\nevery = \"{every}\"\n{SQL}"), "a number with s, m, h or d");
    }
    fault(&format!("url = \"sqlite:x\"\nevry = \"5m\"\n{SQL}"), "did you mean `every`?");
}
