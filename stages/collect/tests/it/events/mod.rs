//! Mappings of kind `events`: rows, JSON files and single records.

mod broken;
mod currencies;
mod files;
mod language;
mod laws;
mod records;
mod values;

use crate::support::{Imported, import};
use bellwether_collect::EventMapping;
use serde_json::Value;

/// Interactions on a social network.
pub const LIKES: &str = r#"
kind = "events"
source = "likes"
user_id = "user"
time = { column = "time", format = "%Y-%m-%d %H:%M:%S", timezone = "Asia/Shanghai" }

[[event]]
when = { column = "action", in = ["like", "share"] }
event = { column = "action", map = { like = "Post Liked", share = "Post Shared" } }
[event.properties]
post_id = "post"
amount = { column = "amount", cast = "number", default = 0 }

[[event]]
when = [{ column = "action", equals = "join" }, { column = "mail", exists = true }]
type = "identify"
[event.traits]
email = { column = "mail", cast = ["trim", "lower"] }
address.city = "city"

[[event]]
when = { column = "action", equals = "test" }
skip = true
"#;

pub const HEADER: &str = "user,time,action,post,amount,mail,city";

pub fn events(text: &str) -> EventMapping {
    EventMapping::parse("mapping.toml", text).unwrap()
}

pub fn table(rows: &[&str]) -> String {
    rows.iter().fold(format!("{HEADER}\n"), |text, row| format!("{text}{row}\n"))
}

/// Imports rows of likes and expects that nothing is wrong with the file as a whole.
pub fn likes(rows: &[&str]) -> Imported {
    import(table(rows), &events(LIKES)).unwrap()
}

/// One rule for JSON, with the given lines in it.
pub fn one_rule(lines: &str) -> EventMapping {
    events(&format!(
        "kind = \"events\"\nsource = \"hook\"\n[[event]]\nuser_id = \"user\"\ntime = \"at\"\nevent = {{ constant = \"Done\" }}\n{lines}"
    ))
}

/// The only event that a JSON document becomes.
pub fn only_event(document: &str, mapping: &EventMapping) -> Value {
    let imported = import(document, mapping).unwrap();
    assert!(imported.rejects.is_empty(), "{:?}", imported.rejects);
    let [event] = imported.events.as_slice() else { panic!("{:?}", imported.events) };
    event.clone()
}

/// Why a JSON document becomes a reject.
pub fn only_fault(document: &str, mapping: &EventMapping) -> String {
    match import(document, mapping) {
        Err(error) => error.to_string().split_once("the first: ").unwrap().1.to_owned(),
        Ok(imported) => panic!("{imported:?}"),
    }
}
