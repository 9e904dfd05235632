//! The whole way on real data, held against what is known of it.

use crate::support::{Shop, command, data_set};
use std::path::Path;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap()
}

#[test]
fn the_demo_agrees_with_what_is_known_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let demo = || {
        let output = command(project(), &data, &["demo", "--no-serve"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let read = |arguments: &[&str]| {
        let output = command(project(), &data, arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    demo();
    let report: serde_json::Value =
        serde_json::from_str(&read(&["report", "--format", "json", "--output", "-"])).unwrap();
    assert_eq!(report["imports"][0]["rows"], 541_909);
    assert_eq!(report["totals"]["customers"], 4_372);
    let rows = |rule: &str| {
        let all = report["rules"].as_array().unwrap().iter();
        all.filter(|row| row["rule"] == rule).map(|row| row["rows"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(rows("exact_duplicate"), 5_268);
    let members: u64 = report["segments"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|segment| segment["kind"] == "rfm")
        .map(|segment| segment["size"].as_u64().unwrap())
        .sum();
    assert!((4_300..=4_372).contains(&members), "everybody with an order is in one segment: {members}");
    let ndcg = |kind: &str| {
        let all = report["recommenders"].as_array().unwrap();
        all.iter().find(|r| r["kind"] == kind).unwrap()["metrics"]["ndcg_at_10"].as_f64().unwrap()
    };
    assert!(ndcg("als").max(ndcg("item_to_item")) >= 1.2 * ndcg("popularity"));
    assert!(report["campaigns"].as_array().is_some_and(|campaigns| !campaigns.is_empty()));
    for campaign in report["campaigns"].as_array().unwrap() {
        assert!(campaign["decisions"]["send"].as_u64().is_some_and(|people| people > 0), "{campaign}");
        assert_eq!(campaign["messages"]["handed_over"], campaign["decisions"]["send"], "{campaign}");
    }
    // Order 581483 (168,469.60, cancelled twelve minutes later) lies in the backtest's window, and is no revenue.
    let compared = &report["backtest"]["campaigns"][0];
    let revenue = |group: &str| compared[group]["revenue"].as_f64().unwrap();
    assert!((revenue("chosen") + revenue("rest") - 913_087.77).abs() < 0.01, "{compared}");
    let click = &report["experiments"][0]["analysis"];
    assert_eq!(click["verdict"]["verdict"], "no_difference_seen");
    assert_eq!(
        (&click["metrics"][0]["arms"][0]["sum"], &click["metrics"][0]["arms"][0]["n"]),
        (&46.0.into(), &10_000.into())
    );

    // Run again: nothing is done twice.
    let digest = read(&["doctor", "--digest"]);
    demo();
    assert_eq!(read(&["doctor", "--digest"]), digest);
    read(&["doctor"]);
}

#[test]
fn the_mail_experiment_has_its_published_rates() {
    let Some(file) = data_set("hillstrom/hillstrom.csv.gz") else { return };
    let shop = Shop::new("");
    let mapping = project().join("examples/hillstrom/mapping.toml");
    shop.ok(&["import", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
    let report = shop.report();
    let metrics = report["experiments"][0]["analysis"]["metrics"].as_array().unwrap();
    let mean = |metric: &str, arm: &str| {
        let metric = metrics.iter().find(|m| m["metric"]["key"] == metric).unwrap();
        let arms = metric["arms"].as_array().unwrap();
        arms.iter().find(|a| a["arm"] == arm).unwrap()["mean"].as_f64().unwrap()
    };
    let near = |value: f64, expected: f64, places: i32| {
        assert!((value - expected).abs() < 0.5 * 10f64.powi(-places), "{value} is not {expected}");
    };
    // Radcliffe (2008), as recomputed in the data set's notes.
    near(mean("visit", "Mens E-Mail"), 0.1828, 4);
    near(mean("visit", "Womens E-Mail"), 0.1514, 4);
    near(mean("visit", "No E-Mail"), 0.1062, 4);
    near(mean("conversion", "Mens E-Mail"), 0.0125, 4);
    near(mean("spend", "Mens E-Mail"), 1.4226, 4);
    near(mean("spend", "Womens E-Mail"), 1.0772, 4);
    near(mean("spend", "No E-Mail"), 0.6528, 4);
}
