//! `lab experiment`.

use crate::common::{check_close, golden, lab, lab_with_input, report_of, shared, without_time};
use serde_json::{Value, json};

/// 200 people an arm; `B` converts 30 of 100, `control` 20; who spent before spends again.
fn two_arms() -> String {
    let mut text = "arm,when,converted,spent,before\n".to_owned();
    for n in 0..400 {
        let (arm, rate) = if n % 2 == 0 { ("control", 20) } else { ("B", 30) };
        let person = (n / 2 * 37) % 100;
        let converted = u8::from(person < rate);
        let before = f64::from(person % 10);
        text.push_str(&format!(
            "{arm},2024-01-{:02},{converted},{},{before}\n",
            1 + n / 20,
            before * 2.0 + f64::from(n % 3)
        ));
    }
    text
}

#[track_caller]
fn variant<'r>(list: &'r Value, name: &str) -> &'r Value {
    list.as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["variant"] == name)
        .unwrap_or_else(|| panic!("no variant {name}"))
}

#[test]
fn two_arms_by_hand() {
    let report = report_of(
        "experiment",
        &two_arms(),
        &["--variant", "arm", "--outcome", "converted", "--value", "spent", "--covariate", "before"],
    );
    let (control, b) = (variant(&report["result"]["variants"], "control"), variant(&report["result"]["variants"], "B"));
    assert_eq!((&control["n"], &control["mean"], &control["lift"]), (&json!(200), &json!(0.2), &Value::Null));
    check_close("lift", &b["lift"], &json!(0.5), 1e-12);
    // z = 0.1 / sqrt(0.25 · 0.75 · 2 / 200)
    check_close("p", &b["p_value"], &json!(0.020_921_335_337_794), 1e-9);
    assert_eq!(report["metrics"]["srm_p_value"], 1.0);
    assert!(b["sequential_ci_low"].as_f64() < b["ci_low"].as_f64(), "an interval for all times is wider");
    check_close(
        "chances add up",
        &json!(control["probability_best"].as_f64().unwrap() + b["probability_best"].as_f64().unwrap()),
        &json!(1.0),
        1e-6,
    );
    let spent = &report["result"]["outcomes"][1];
    assert_eq!((&spent["outcome"], &spent["kind"]), (&json!("spent"), &json!("amount")));
    assert!(variant(&spent["variants"], "B")["cuped_variance_reduction"].as_f64().unwrap() > 0.9);
}

#[test]
fn a_broken_split_is_told() {
    let text = format!("arm,y\n{}{}", "a,1\na,0\n".repeat(100), "b,1\nb,0\n".repeat(150));
    let report = report_of("experiment", &text, &["--variant", "arm", "--outcome", "y", "--control", "a"]);
    assert!(report["metrics"]["srm_p_value"].as_f64().unwrap() < 0.001);
    assert!(
        report["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|w| w.as_str().unwrap().contains("no result below can be trusted"))
    );
    let planned = ["--variant", "arm", "--outcome", "y", "--control", "a", "--allocation", "a=0.4,b=0.6"];
    assert_eq!(report_of("experiment", &text, &planned)["metrics"]["srm_p_value"], 1.0);
}

#[test]
fn looks_on_the_way_end_with_the_final_answer() {
    let report =
        report_of("experiment", &two_arms(), &["--variant", "arm", "--outcome", "converted", "--order", "when"]);
    let looks = report["result"]["looks"].as_array().unwrap();
    let last = looks.last().unwrap();
    assert_eq!((looks.len(), &last["n"]), (20, &json!(400)));
    let (look, end) = (&last["variants"][0], variant(&report["result"]["variants"], "B"));
    for key in ["lift", "sequential_ci_low", "sequential_ci_high"] {
        assert_eq!(look[key], end[key], "{key}");
    }
}

#[test]
fn what_is_not_defined_is_null() {
    let report = report_of(
        "experiment",
        "arm,y\na,0\na,0\nb,0\nb,0\n",
        &["--variant", "arm", "--outcome", "y", "--control", "a"],
    );
    let b = variant(&report["result"]["variants"], "b");
    for key in ["lift", "ci_low", "ci_high", "cuped_variance_reduction"] {
        assert_eq!(b[key], Value::Null, "{key}");
    }
}

#[test]
fn the_text_form_says_it_in_sentences() {
    let words = ["experiment", "--input", "-", "--variant", "arm", "--outcome", "converted", "--format", "text"];
    let ran = lab_with_input(&words, two_arms().as_bytes());
    insta::assert_snapshot!(without_time(&ran.stdout));
}

#[test]
fn hillstrom_equals_the_published_figures() {
    let Some(path) = shared("hillstrom/hillstrom.csv.gz") else { return };
    let words = [
        "experiment",
        "--input",
        path.to_str().unwrap(),
        "--variant",
        "segment",
        "--outcome",
        "visit,conversion",
        "--value",
        "spend",
    ];
    let report = lab(&[&words[..], &["--control", "No E-Mail"]].concat()).report(0);
    let golden = golden("experiment");
    check_close("srm", &report["metrics"]["srm_p_value"], &golden["srm_p_value"], 1e-9);
    for outcome in report["result"]["outcomes"].as_array().unwrap() {
        let name = outcome["outcome"].as_str().unwrap();
        for (arm, expected) in golden["variants"].as_object().unwrap() {
            let found = variant(&outcome["variants"], arm);
            assert_eq!(found["n"], expected["n"]);
            for (key, value) in expected[name].as_object().unwrap() {
                check_close(&format!("{name}, {arm}: {key}"), &found[key], value, 1e-8);
            }
        }
    }
    let visits = &report["result"]["variants"];
    for (arm, published) in [("Mens E-Mail", "18.28"), ("Womens E-Mail", "15.14"), ("No E-Mail", "10.62")] {
        assert_eq!(format!("{:.2}", variant(visits, arm)["mean"].as_f64().unwrap() * 100.0), published);
    }
}
