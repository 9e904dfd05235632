//! `lab cluster`.

use crate::common::{check_close, golden, lab, report_of, shared};
use serde_json::{Value, json};

/// Three clouds of twenty rows, and what sets them apart.
fn clouds() -> String {
    let mut text = "id,income,visits,city\n".to_owned();
    for (cloud, (income, visits, city)) in
        [(1000.0, 2.0, "Rome"), (1000.0, 20.0, "Paris"), (9000.0, 11.0, "Paris")].into_iter().enumerate()
    {
        for n in 0..20 {
            let (x, y) = (income + f64::from(n % 5) * 10.0, visits + f64::from(n % 4) * 0.1);
            text.push_str(&format!("r{cloud}-{n},{x},{y},{city}\n"));
        }
    }
    text
}

#[test]
fn clouds_are_found_and_described() {
    let report = report_of("cluster", &clouds(), &["--columns", "income,visits", "--k-range", "2..5"]);
    assert_eq!(report["result"]["k"], 3);
    assert_eq!(report["parameters"]["k"], 3);
    let clusters = report["result"]["clusters"].as_array().unwrap();
    assert!(clusters.iter().all(|cluster| cluster["size"] == 20));
    let rich = clusters.iter().find(|cluster| cluster["centroid"]["income"].as_f64().unwrap() > 5000.0).unwrap();
    assert!(
        rich["description"].as_str().unwrap().starts_with("high income (9020 against 3686.67 on average)"),
        "{rich}"
    );
    assert!(report["metrics"]["silhouette"].as_f64().unwrap() > 0.9);
}

#[test]
fn texts_become_one_column_per_category_and_names_are_left_out() {
    let report = report_of("cluster", &clouds(), &["--k", "3"]);
    assert_eq!(report["parameters"]["columns"], json!(["income", "visits", "city"]));
    assert!(report["warnings"][0].as_str().unwrap().contains("`id` has more than 50 different texts"));
    let shares = &report["result"]["clusters"][0]["centroid"]["city"];
    check_close(
        "shares add up",
        &json!(shares["Rome"].as_f64().unwrap() + shares["Paris"].as_f64().unwrap()),
        &json!(1.0),
        1e-12,
    );
}

#[test]
fn rows_with_gaps_are_rejected_by_reason() {
    let text = clouds() + "r9,,3,Rome\nr10,many,3,Rome\n";
    let report = report_of("cluster", &text, &["--columns", "all,-id", "--k", "3"]);
    assert_eq!(report["input"]["rejected"]["reasons"], json!({"missing_value": 1, "unreadable_value": 1}));
    assert_eq!(report["input"]["rows"], 62);
}

#[test]
fn a_kept_model_places_new_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, model, first, second) = (path("in.csv"), path("model.json"), path("first.csv"), path("second.csv"));
    std::fs::write(&input, clouds()).unwrap();
    lab(&["cluster", "--input", &input, "--columns", "all,-id", "--k", "3", "--save", &model, "--output", &first])
        .report(0);
    let report = lab(&["apply", "--model", &model, "--input", &input, "--output", &second]).report(0);
    assert_eq!(report["result"]["k"], 3);
    assert_eq!(std::fs::read_to_string(&first).unwrap(), std::fs::read_to_string(second).unwrap());
    std::fs::write(&input, "income,city\n1,Rome\n").unwrap();
    let refused = lab(&["apply", "--model", &model, "--input", &input]);
    assert_eq!((refused.status, refused.stderr.contains("no column `visits`")), (2, true), "{}", refused.stderr);
}

#[test]
fn too_many_clusters_for_the_rows_are_too_little_data() {
    let ran = crate::common::lab_with_input(&["cluster", "--input", "-", "--k", "9"], b"x\n1\n2\n3\n");
    assert_eq!(ran.status, 4, "{}", ran.stderr);
}

/// The optimum that a hundred starts of scikit-learn find, and all four measures of it.
#[track_caller]
fn check_against_scikit_learn(file: &str, section: &str) {
    let Some(path) = shared(file) else { return };
    let golden = golden(section);
    let columns: Vec<&str> = golden["columns"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let (columns, k) = (columns.join(","), golden["k"].to_string());
    let words = ["cluster", "--input", path.to_str().unwrap(), "--columns", &columns, "--k", &k, "--restarts", "50"];
    let report = lab(&words).report(0);
    for (name, tolerance) in
        [("inertia", 1e-5), ("silhouette", 1e-4), ("davies_bouldin", 1e-4), ("calinski_harabasz", 1e-4)]
    {
        check_close(&format!("{section}: {name}"), &report["metrics"][name], &golden[name], tolerance);
    }
    let sizes: Vec<_> = report["result"]["clusters"].as_array().unwrap().iter().map(|c| c["size"].clone()).collect();
    assert_eq!(json!(sizes), golden["sizes"], "{section}");
    let used = report["input"]["rows"].as_u64().unwrap() - report["input"]["rejected"]["total"].as_u64().unwrap();
    assert_eq!(json!(used), golden["rows"]);
}

#[test]
fn measures_equal_those_of_scikit_learn() {
    check_against_scikit_learn("mall_customers/Mall_Customers.csv", "cluster_mall");
    check_against_scikit_learn("ifood_marketing_campaign/marketing_campaign.csv", "cluster_ifood");
}
