//! A file from the first look to the customer.

use super::{begin, preview, problem, shown, start, upload, value, wait};
use crate::{door::server::Server, support::get};
use serde_json::{Value, json};

/// What a shop exports, and nobody has tidied.
const MESSY: &str = "订单号;会员号;下单时间;商品名称;数量;单价
T1001;M17;2026/01/31 10:05:00;龙井茶;2;59,50
T1001;M17;2026/01/31 10:05:00;茶杯;1;18,00
T1002;M23;2026/02/01 09:12:00;普洱茶;三;128,00
T1003;;2026/02/01 11:40:00;龙井茶;1;59,50
T1004;M23;2026/02/02;普洱茶
T1005;M42;2026/02/03 16:20:00;\"花茶; 袋装\";4;22,80
";

const MAPPING: &str = r#"kind = "orders"
source = "tea-shop"
numbers = { decimal = "comma" }

[columns]
order = "订单号"
customer = "会员号"
time = { column = "下单时间", format = "%Y/%m/%d %H:%M:%S", timezone = "Asia/Shanghai" }
item = "商品名称"
quantity = "数量"
price = "单价"
currency = { constant = "CNY" }
"#;

fn messy() -> Vec<u8> {
    // GB18030 of what stands above; a test has no library for it, so it asks the tool that every system has.
    let mut child = std::process::Command::new("iconv")
        .args(["-f", "UTF-8", "-t", "GB18030"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), MESSY.as_bytes()).unwrap();
    let bytes = child.wait_with_output().unwrap().stdout;
    assert!(std::str::from_utf8(&bytes).is_err());
    bytes
}

fn strings<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap()).collect()
}

#[test]
fn a_messy_file_in_gb18030_is_in_within_a_few_calls() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    assert_eq!(get(&server.address, "/session")["shop"]["currency"], "USD");
    let id = upload(&server, "%E8%AE%A2%E5%8D%95.csv", &messy());
    assert_eq!(shown(&server, &id)["name"], "订单.csv");

    let look = value(&server.get(&format!("/api/v1/imports/uploads/{id}/look")).unwrap());
    assert_eq!(
        (&look["format"], &look["encoding"], &look["delimiter"]),
        (&"delimited".into(), &"gb18030".into(), &";".into())
    );
    assert_eq!(strings(&look["columns"], "name"), ["订单号", "会员号", "下单时间", "商品名称", "数量", "单价"]);
    assert_eq!(look["columns"][3]["values"][0], "龙井茶");
    let draft = look["draft"].as_str().unwrap();
    assert!(draft.contains("kind = \"orders\"") && draft.contains("\"商品名称\""), "{draft}");

    let rows = preview(&server, &id, MAPPING);
    assert_eq!((&rows["source"], &rows["standing"]), (&"tea-shop".into(), &"new".into()));
    let summary = rows["rows"].as_array().unwrap().iter().map(|row| {
        let events = row["events"].as_array().unwrap().len();
        let fields: Vec<_> =
            row["problems"].as_array().unwrap().iter().map(|problem| problem["field"].as_str()).collect();
        (row["line"].as_u64().unwrap(), events, fields)
    });
    let summary: Vec<_> = summary.collect();
    let expected = [
        (2, 1, vec![]),
        (3, 0, vec![]),
        (4, 0, vec![Some("数量")]),
        (5, 1, vec![]),
        (6, 0, vec![None]),
        (7, 1, vec![]),
    ];
    assert_eq!(summary, expected);
    assert_eq!(rows["rows"][0]["events"][0]["order"]["products"].as_array().unwrap().len(), 2);

    begin(&server, &id, MAPPING);
    let done = wait(&server, &id, "done");
    let outcome = &done["outcome"];
    assert_eq!(
        (&outcome["rows"], &outcome["events"], &outcome["rejected"], &outcome["already_imported"]),
        (&6.into(), &3.into(), &2.into(), &false.into())
    );
    // At once, and without a start of the server in between: the customer, the currency, the quarantine.
    let customers = get(&server.address, "/customers?q=M17");
    assert_eq!((&customers["total"], &customers["currency"]), (&1.into(), &"CNY".into()));
    assert_eq!(customers["rows"][0]["net_revenue"].as_f64(), Some(137.0));
    assert_eq!(get(&server.address, "/session")["shop"]["currency"], "CNY");
    let (behind, up_to) = (&outcome["rejects_behind"], &outcome["rejects_up_to"]);
    let rejects = get(&server.address, &format!("/quality/rejects?source=tea-shop&behind={behind}&up_to={up_to}"));
    let lines: Vec<_> = rejects["rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [6, 4]);
    assert_eq!(get(&server.address, &format!("/quality/rejects?behind={up_to}"))["total"], 0);
    let imports = get(&server.address, "/imports");
    assert_eq!((strings(&imports, "file"), strings(&imports, "source")), (vec!["订单.csv"], vec!["tea-shop"]));
    // The file is not kept.
    assert_eq!(super::left_over(&server), [format!("{id}.json")]);
}

#[test]
fn a_broken_mapping_is_an_answer_while_typing_and_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = upload(&server, "orders.csv", MESSY.as_bytes());
    let broken = MAPPING.replace("quantity =", "quantitty =");
    let shown = &preview(&server, &id, &broken)["mapping_problem"];
    assert_eq!((&shown["line"], &shown["column"]), (&10.into(), &1.into()));
    assert!(shown["message"].as_str().unwrap().contains("did you mean `quantity`?"), "{shown}");
    assert_eq!(preview(&server, &id, "kind = ")["mapping_problem"]["line"], 1);
    let other_column = MAPPING.replace("\"单价\"", "\"价\"");
    let shown = preview(&server, &id, &other_column);
    assert!(shown["file_problem"].as_str().unwrap().contains("no column `价`"), "{shown}");

    let refused = start(&server, &id, &broken);
    assert_eq!(problem(&refused), (422, "mapping_invalid".to_owned()));
    assert_eq!(value(&refused)["field"], "mapping");
    assert!(value(&refused)["detail"].as_str().unwrap().starts_with("line 10, column 1: "));
    assert_eq!(problem(&start(&server, &id, &other_column)), (422, "file_unreadable".to_owned()));
    assert_eq!(problem(&start(&server, &id, &"#".repeat(70_000))), (400, "invalid_body".to_owned()));
    assert_eq!(super::shown(&server, &id)["state"], "uploaded");
    let nobody = "upl_00000000000000000000000000000000";
    assert_eq!(problem(&start(&server, nobody, MAPPING)), (404, "not_found".to_owned()));
    assert_eq!(problem(&start(&server, "..%2F..%2Fetc", MAPPING)), (404, "not_found".to_owned()));
}

#[test]
fn what_only_looks_like_a_table_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let id = upload(&server, "orders.xlsx", b"PK\x03\x04 a workbook");
    let refused = server.get(&format!("/api/v1/imports/uploads/{id}/look")).unwrap();
    assert_eq!(problem(&refused), (422, "file_unreadable".to_owned()));
    let detail = value(&refused)["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.starts_with("orders.xlsx is not a text file") && detail.contains("save the sheet as CSV"),
        "{detail}"
    );
}

#[test]
fn every_row_bad_gives_up_and_a_mended_mapping_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let csv = "order,customer,time,item,quantity,price\n1,A,2026-01-31 10:00:00,P1,2,9.50\n2,B,2026-01-31 10:00:00,P1,1,9.50\n";
    let id = upload(&server, "orders.csv", csv.as_bytes());
    let wrong = super::MAPPING.replace("quantity = \"quantity\"", "quantity = \"item\"");
    begin(&server, &id, &wrong);
    let failed = wait(&server, &id, "failed");
    assert!(failed["error"].as_str().unwrap().contains("none of its 2 rows can be used"), "{failed}");
    assert_eq!(get(&server.address, "/quality/rejects?source=small-shop")["total"], 2);
    assert_eq!(failed["mapping"], wrong);
    begin(&server, &id, super::MAPPING);
    assert_eq!(wait(&server, &id, "done")["outcome"]["events"], 2);
    // The rejects of the first attempt were taken back.
    assert_eq!(get(&server.address, "/quality/rejects?source=small-shop")["total"], 0);
}

#[test]
fn ready_mappings_are_there_to_start_from() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::running(folder.path());
    let ready = get(&server.address, "/imports/mappings");
    let names = strings(&ready, "name");
    assert!(names.contains(&"weibo-interactions") && names.contains(&"shopify-orders"), "{names:?}");
    let weibo = ready.as_array().unwrap().iter().find(|one| one["name"] == "weibo-interactions").unwrap();
    let sample = include_bytes!("../../../../../../packs/mappings/weibo-interactions.sample.csv");
    let id = upload(&server, "weibo.csv", sample);
    let rows = preview(&server, &id, weibo["text"].as_str().unwrap());
    assert!(rows["rows"][0]["events"][0]["event"].is_string(), "{rows}");
    begin(&server, &id, weibo["text"].as_str().unwrap());
    wait(&server, &id, "done");
    assert_eq!(json!(["weibo"]), json!(strings(&get(&server.address, "/imports"), "source")));
}
