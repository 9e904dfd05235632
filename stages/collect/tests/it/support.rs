//! A small shop, and ways to look at what was imported.

use bellwether_collect::{Error, Importer, OrderMapping, RowMapping};
use bellwether_domain::Reject;
use serde::Deserialize;
use serde_json::Value;
use std::{
    io::{Cursor, Read},
    path::PathBuf,
};

pub const HEADER: &str = "order,customer,time,item,name,quantity,price,country";

pub const SHOP: &str = r#"
kind = "orders"
source = "shop"
[columns]
order = "order"
customer = { column = "customer", cast = "integer_text" }
time = { column = "time", format = "%Y-%m-%d %H:%M:%S", timezone = "Europe/London" }
item = "item"
item_name = "name"
quantity = "quantity"
price = "price"
currency = { constant = "GBP" }
[traits]
country = "country"
email = { template = "customer-{customer}@example.com" }
[refund]
order_starts_with = "C"
"#;

#[derive(Debug, Deserialize)]
pub enum Record {
    #[serde(rename = "e")]
    Event(Value),
    #[serde(rename = "r")]
    Reject(Reject),
}

#[derive(Debug, Default)]
pub struct Imported {
    pub body: Vec<u8>,
    pub events: Vec<Value>,
    pub rejects: Vec<Reject>,
    pub rows: u64,
    pub skipped: u64,
    pub positions: Vec<u64>,
}

pub fn mapping(text: &str) -> OrderMapping {
    OrderMapping::parse("mapping.toml", text).unwrap()
}

/// The shop's mapping with one part replaced; the part must be there.
pub fn shop_with(from: &str, to: &str) -> OrderMapping {
    assert!(SHOP.contains(from), "{from}");
    mapping(&SHOP.replace(from, to))
}

/// A table of the shop, with its header.
pub fn table(rows: &[&str]) -> String {
    let mut text = format!("{HEADER}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

pub fn import<'m>(bytes: impl Into<Vec<u8>>, mapping: impl Into<RowMapping<'m>>) -> Result<Imported, Error> {
    drain(Importer::from_reader("shop.csv", Cursor::new(bytes.into()), mapping)?, 1000)
}

/// Imports the shop's table and expects that nothing is wrong with the file as a whole.
pub fn import_shop(rows: &[&str]) -> Imported {
    import(table(rows), &mapping(SHOP)).unwrap()
}

pub fn drain(mut importer: Importer, max_events: usize) -> Result<Imported, Error> {
    let mut all = Imported::default();
    while let Some(batch) = importer.next_batch(max_events)? {
        let records: Vec<Record> =
            batch.body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(read_record).collect();
        assert_eq!(batch.records as usize, records.len());
        assert_eq!(u64::from(batch.records), batch.events + batch.rejected);
        all.rows += batch.rows;
        all.skipped += batch.skipped;
        all.positions.push(batch.position);
        all.body.extend_from_slice(&batch.body);
        for record in records {
            match record {
                Record::Event(event) => all.events.push(named(event)),
                Record::Reject(reject) => all.rejects.push(reject),
            }
        }
    }
    assert!(importer.next_batch(max_events)?.is_none(), "the end stays the end");
    Ok(all)
}

fn read_record(line: &[u8]) -> Record {
    serde_json::from_slice(line).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(line)))
}

/// An order's lines with the names of their fields.
fn named(mut event: Value) -> Value {
    let named = |row: &Value| {
        let values = row.as_array().unwrap_or_else(|| panic!("{row} is no row")).iter().cloned();
        ["id", "name", "qty", "price", "line"].map(str::to_owned).into_iter().zip(values).collect::<Value>()
    };
    if let Some(products) = event.pointer_mut("/order/products").and_then(Value::as_array_mut) {
        products.iter_mut().for_each(|row| *row = named(row));
    }
    event
}

impl Imported {
    /// `order:line,line` of every event.
    pub fn orders(&self) -> Vec<String> {
        self.events.iter().map(|event| format!("{}:{}", text(&event["order"]["order_id"]), lines(event))).collect()
    }

    /// `line reason` of every reject.
    pub fn faults(&self) -> Vec<String> {
        let reason = |reject: &Reject| text(&serde_json::to_value(reject.reason).unwrap());
        self.rejects.iter().map(|reject| format!("{} {}", reject.origin.line.unwrap(), reason(reject))).collect()
    }

    pub fn names(&self) -> Vec<String> {
        let products = |event: &Value| event["order"]["products"].as_array().unwrap().clone();
        self.events.iter().flat_map(products).map(|product| text(&product["name"])).collect()
    }
}

fn lines(event: &Value) -> String {
    let products = event["order"]["products"].as_array().unwrap();
    products.iter().map(|product| product["line"].to_string()).collect::<Vec<_>>().join(",")
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Gives its bytes a few at a time.
pub struct Drops {
    pub bytes: Cursor<Vec<u8>>,
    pub size: usize,
}

impl Read for Drops {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let size = self.size.min(into.len());
        self.bytes.read(&mut into[..size])
    }
}

/// A file of the real data sets; `None` where they are not on this machine. What is skipped is said, and is a failure with
/// `BELLWETHER_REQUIRE_ALL=1`.
pub fn real(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BELLWETHER_DATA").map(PathBuf::from);
    let found = folder.map(|folder| folder.join(file)).filter(|path| path.exists());
    if found.is_none() {
        println!("skipped: {file} is not in the folder that BELLWETHER_DATA names");
        assert_ne!(std::env::var("BELLWETHER_REQUIRE_ALL").as_deref(), Ok("1"), "{file} is required");
    }
    found
}

/// A file of the repository.
pub fn bundled(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
