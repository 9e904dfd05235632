//! `lab recommend`.

use crate::common::{check_close, golden, lab, report_of, shared};
use serde_json::{Value, json};

/// Two tastes: even users take even items, odd users odd ones; every user leaves out one item.
fn tastes() -> String {
    let mut text = "user,item,time\n".to_owned();
    for user in 0..40 {
        for item in (0..20).filter(|item| item % 2 == user % 2 && item / 2 != user / 4) {
            text.push_str(&format!("u{user},i{item},{}\n", 1_600_000_000 + (item * 7) % 20 * 1000 + user));
        }
    }
    text
}

const COLUMNS: [&str; 4] = ["--user", "user", "--item", "item"];

#[test]
fn tastes_are_learned_and_lists_hold_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lists.csv");
    let options =
        [&COLUMNS[..], &["--algorithm", "item-knn", "--top", "1", "--output", path.to_str().unwrap()]].concat();
    let report = report_of("recommend", &tastes(), &options);
    let metric = |name: &str| report["metrics"][name].as_f64().unwrap();
    assert_eq!(report["parameters"]["algorithm"], "item-knn");
    assert!(metric("ndcg@10") > 0.5 && metric("coverage@20") > 0.9, "{}", report["metrics"]);
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("user,rank,item,score"));
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let (user, item): (usize, usize) = (cells[0][1..].parse().unwrap(), cells[2][1..].parse().unwrap());
        assert_eq!((item % 2, item / 2), (user % 2, user / 4), "user {user} got {item}");
    }
}

#[test]
fn every_kind_of_split_holds_out_what_it_says() {
    let of = |split: &str| {
        let options = [&COLUMNS[..], &["--time", "time", "--algorithm", "popular", "--split", split]].concat();
        report_of("recommend", &tastes(), &options)
    };
    assert_eq!(of("leave-last")["metrics"]["test_interactions"], 40);
    assert_eq!(of("random:0.25")["metrics"]["test_interactions"], 90);
    assert_eq!(of("time:2020-09-13T16:36:40")["parameters"]["split"], "time:2020-09-13T16:36:40");
    let none = of("none");
    assert_eq!(none["metrics"]["test_interactions"], 0);
    assert!(none["metrics"].get("ndcg@10").is_none());
}

#[test]
fn what_the_command_line_names_is_not_tuned() {
    let options = [
        &COLUMNS[..],
        &["--algorithm", "als", "--factors", "4", "--regularization", "0.5", "--alpha", "2", "--iterations", "3"],
    ]
    .concat();
    let report = report_of("recommend", &tastes(), &options);
    let parameters = &report["parameters"];
    assert_eq!(
        (&parameters["factors"], &parameters["regularization"], &parameters["alpha"]),
        (&json!(4), &json!(0.5), &json!(2.0))
    );
    assert!(report["result"].get("tried").is_none());
}

/// MovieLens, the first published fold: popularity's measures equal an independent computation, and learning beats it.
#[test]
fn movielens_measures_are_right_and_learning_beats_popularity() {
    let Some(path) = shared("movielens_100k/u.data") else { return };
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let file = |name: &str, lines: &[&str]| {
        let path = folder.path().join(name);
        std::fs::write(&path, lines.join("\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (test, train) = (file("test.tsv", &lines[..20_000]), file("train.tsv", &lines[20_000..]));
    let run = |algorithm: &[&str]| -> Value {
        let words = [
            "recommend",
            "--input",
            &train,
            "--test",
            &test,
            "--user",
            "c1",
            "--item",
            "c2",
            "--value",
            "c3",
            "--no-header",
        ];
        lab(&[&words[..], algorithm].concat()).report(0)
    };
    let popular = run(&["--algorithm", "popular"]);
    for (name, expected) in golden("popularity").as_object().unwrap() {
        check_close(name, &popular["metrics"][name], expected, 1e-12);
    }
    let ndcg = |report: &Value| report["metrics"]["ndcg@10"].as_f64().unwrap();
    let als = run(&["--algorithm", "als", "--factors", "32", "--regularization", "30", "--alpha", "2"]);
    let knn = run(&["--algorithm", "item-knn", "--neighbours", "100"]);
    assert!(ndcg(&als) > 1.2 * ndcg(&popular), "{} against {}", ndcg(&als), ndcg(&popular));
    assert!(ndcg(&knn) > 1.2 * ndcg(&popular), "{} against {}", ndcg(&knn), ndcg(&popular));
    assert_eq!(als["metrics"]["rmse"], Value::Null);
}
