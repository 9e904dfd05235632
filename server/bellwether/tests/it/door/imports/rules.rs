//! Rules of a source change while the pipeline runs, and what was cleaned by the old ones stays as it is.

use super::{MAPPING, begin, by_command_line, digest, upload, wait};
use crate::{door::server::Server, support::orders};

/// Other rules for the same source: some items are no goods, and names are written in another way.
fn other_rules() -> String {
    format!(
        "{MAPPING}item_name = \"item\"\n\n[items]\nnon_product_codes = [\"P1*\"]\nname_case = \"title\"\nquantity_limit = 3\n"
    )
}

/// Two files of one source, the second by other rules, while the events of the first are in no file yet: they are cleaned once more
/// after the kill.
fn two_files(fault: Option<&'static str>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::new(folder.path(), &["lake.seconds_until_file=3600".to_owned()]);
    if let Some(fault) = fault {
        server = server.with_fault(fault);
    }
    assert!(server.start(), "{}", server.log());
    for (name, csv, mapping) in files() {
        let id = upload(&server, name, csv.as_bytes());
        begin(&server, &id, &mapping);
        wait(&server, &id, "done");
    }
    server.kill();
    assert!(server.start(), "{}", server.log());
    server.settle();
    server.stop();
    digest(&server)
}

fn files() -> [(&'static str, String, String); 2] {
    let second = orders(400, 3).replace("2024-", "2025-").replace("\n", "\n9");
    let second = format!("order,customer,time,item,quantity,price\n{}", second.split_once('\n').unwrap().1);
    let second = second.strip_suffix("\n9").unwrap().to_owned() + "\n";
    [("first.csv", orders(400, 3), MAPPING.to_owned()), ("second.csv", second, other_rules())]
}

fn expected() -> String {
    let folder = tempfile::tempdir().unwrap();
    let files = files();
    let files: Vec<_> = files.iter().map(|(name, csv, mapping)| (*name, csv.as_bytes(), mapping.as_str())).collect();
    by_command_line(folder.path(), &[], &files)
}

#[test]
fn each_file_is_cleaned_by_the_rules_that_it_came_with() {
    assert_eq!(two_files(None), expected());
}

#[test]
fn when_rules_change_at_once_files_are_cleaned_by_others() {
    assert_ne!(two_files(Some("change-rules-early")), expected());
}
