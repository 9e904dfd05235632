//! `lab describe`.

use crate::common::{check_close, golden, lab, lab_with_input, report_of, shared, without_time};
use serde_json::{Value, json};

#[track_caller]
fn column<'r>(report: &'r Value, name: &str) -> &'r Value {
    let columns = report["result"]["columns"].as_array().unwrap();
    columns.iter().find(|column| column["name"] == name).unwrap_or_else(|| panic!("no column {name}"))
}

const ORDERS: &str = "order;customer;date;amount;paid;city\n\
    1;17850.0;04-09-2012;12,50;TRUE;北京\n\
    2;17850.0;21-09-2012;1.200,00;FALSE;上海\n\
    3;;30-09-2012;7,25;TRUE;NA\n\
    4;13047.0;01-10-2012;3;TRUE;北京\n\
    4;13047.0;01-10-2012;3;TRUE;北京\n";

#[test]
fn types_and_numbers_are_found() {
    let report = report_of("describe", ORDERS, &["--key", "order"]);
    assert_eq!(
        report["metrics"],
        json!({"duplicate_rows": 1, "missing_cells": 2, "duplicate_keys": 1, "missing_keys": 0})
    );
    let types: Vec<_> = report["result"]["columns"].as_array().unwrap().iter().map(|c| c["type"].clone()).collect();
    assert_eq!(types, ["integer", "integer", "date", "number", "boolean", "text"]);
    let amount = column(&report, "amount");
    assert_eq!((&amount["min"], &amount["max"], &amount["distinct"]), (&json!(3.0), &json!(1200.0), &json!(4)));
    assert_eq!(amount["suspicions"][0]["suspicion"], "numbers_as_text");
    assert_eq!(column(&report, "customer")["top"][0], json!({"value": "13047", "count": 2}));
    assert_eq!(column(&report, "date")["min"], "2012-09-04");
    assert_eq!(column(&report, "city")["missing"], 1);
    assert_eq!(column(&report, "paid")["mean"], 0.8);
}

#[test]
fn the_text_form_is_aligned_also_with_chinese() {
    let ran = lab_with_input(&["describe", "--input", "-", "--format", "text"], ORDERS.as_bytes());
    assert_eq!(ran.status, 0);
    insta::assert_snapshot!(without_time(&ran.stdout));
}

#[test]
fn the_same_table_in_other_forms_is_described_alike() {
    let csv = report_of("describe", "a,b\n1,x\n2,\n", &[]);
    let described = |report: &Value| {
        let mut columns = report["result"]["columns"].clone();
        columns.as_array_mut().unwrap().iter_mut().for_each(|column| column["suspicions"] = Value::Null);
        columns
    };
    for (text, options) in [
        ("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n", &["--input-format", "jsonl"][..]),
        ("a\tb\n1\tx\n2\t\n", &["--input-format", "tsv"]),
        ("\u{feff}a|b\r\n1|x\r\n2|\r\n", &[]),
    ] {
        assert_eq!(described(&report_of("describe", text, options)), described(&csv), "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let utf16 = folder.path().join("table.csv");
    let bytes: Vec<u8> = "\u{feff}a,b\n1,x\n2,\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&utf16, bytes).unwrap();
    let report = lab(&["describe", "--input", utf16.to_str().unwrap()]).report(0);
    assert_eq!(report["parameters"]["encoding"], "UTF-16LE");
    assert_eq!(described(&report), described(&csv));
}

/// Every figure of pandas' `describe`, `nunique`, `isna` and `duplicated`.
#[track_caller]
fn check_against_pandas(file: &str, section: &str) {
    let Some(path) = shared(file) else { return };
    let (report, golden) = (lab(&["describe", "--input", path.to_str().unwrap()]).report(0), golden(section));
    assert_eq!(report["input"]["rows"], golden["rows"]);
    assert_eq!(report["metrics"]["duplicate_rows"], golden["duplicate_rows"]);
    for (name, expected) in golden["columns"].as_object().unwrap() {
        let found = column(&report, name);
        for key in ["missing", "distinct"] {
            assert_eq!(found[key], expected[key], "{name}: {key}");
        }
        if expected["mean"].is_number() {
            for (ours, theirs) in [("mean", "mean"), ("sd", "std"), ("min", "min"), ("max", "max")] {
                check_close(&format!("{name}: {ours}"), &found[ours], &expected[theirs], 1e-12);
            }
            for (ours, theirs) in [("p25", "25%"), ("p50", "50%"), ("p75", "75%")] {
                check_close(&format!("{name}: {ours}"), &found["quantiles"][ours], &expected[theirs], 1e-12);
            }
            assert_eq!(found["outliers"], expected["outliers"], "{name}: outliers");
        }
    }
}

#[test]
fn figures_equal_those_of_pandas() {
    check_against_pandas("mall_customers/Mall_Customers.csv", "describe_mall");
    check_against_pandas("ifood_marketing_campaign/marketing_campaign.csv", "describe_ifood");
    check_against_pandas("online_shoppers/online_shoppers_intention.csv", "describe_shoppers");
}

#[test]
fn known_facts_of_the_shared_files_are_found() {
    if let Some(path) = shared("telco_churn/Telco-Customer-Churn.csv") {
        let report = lab(&["describe", "--input", path.to_str().unwrap(), "--key", "customerID"]).report(0);
        let charges = column(&report, "TotalCharges");
        assert_eq!((&charges["type"], &charges["missing"]), (&json!("number"), &json!(11)));
        assert_eq!(charges["suspicions"][0]["suspicion"], "blank_cells");
        assert_eq!(report["metrics"]["duplicate_keys"], 0);
    }
    if let Some(path) = shared("movielens_100k/u.data") {
        let report = lab(&["describe", "--input", path.to_str().unwrap()]).report(0);
        assert_eq!(report["parameters"]["header"], false);
        assert_eq!(
            (&column(&report, "c1")["distinct"], &column(&report, "c2")["distinct"]),
            (&json!(943), &json!(1682))
        );
        check_close("mean rating", &column(&report, "c3")["mean"], &json!(3.52986), 1e-9);
    }
    if let Some(path) = shared("chnsenticorp_hotel/ChnSentiCorp_htl_all.csv.gz") {
        let report = lab(&["describe", "--input", path.to_str().unwrap()]).report(0);
        assert_eq!((&report["input"]["rows"], &column(&report, "review")["missing"]), (&json!(7766), &json!(1)));
        check_close("share of positive", &column(&report, "label")["mean"], &json!(5322.0 / 7766.0), 1e-12);
    }
}
