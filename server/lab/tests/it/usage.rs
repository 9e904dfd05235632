//! Exit statuses, the envelope, and that threads change nothing.

use crate::common::{Ran, comparable, lab, lab_with_input, report_of};

#[track_caller]
fn check(ran: &Ran, status: u8, message: &str) {
    assert_eq!(ran.status, status, "{}", ran.stderr);
    assert!(ran.stderr.contains(message), "`{message}` is not in: {}", ran.stderr);
}

const SMALL: &str = "id,age,city\n1,30,Rome\n2,40,Paris\n3,50,Rome\n";

#[test]
fn wrong_usage_exits_with_2_and_says_what_there_is() {
    let with = |words: &[&str]| lab_with_input(words, SMALL.as_bytes());
    check(
        &with(&["forecast", "--input", "-", "--horizon", "3"]),
        2,
        "there is no job `forecast`; there are: describe, rfm, cluster",
    );
    check(&with(&["cluster", "--input", "-", "--algorithm", "gmm"]), 2, "there is: kmeans");
    check(&with(&["cluster", "--input", "-", "--columns", "agee"]), 2, "did you mean `age`?");
    check(&with(&["describe", "--input", "-", "--output", "x.xlsx"]), 2, ".csv, .tsv or .parquet");
    check(&with(&["describe", "--input", "-", "--encoding", "klingon"]), 2, "klingon");
    check(&with(&["describe", "--input", "-", "--threads", "0"]), 2, "--threads");
    check(
        &with(&["recommend", "--input", "-", "--user", "id", "--item", "city", "--algorithm", "svd"]),
        2,
        "auto, popular, item-knn, als",
    );
    check(
        &with(&["recommend", "--input", "-", "--user", "id", "--item", "city", "--split", "half"]),
        2,
        "random:0.2, leave-last",
    );
    check(
        &with(&["experiment", "--input", "-", "--variant", "city", "--outcome", "age", "--control", "Oslo"]),
        2,
        "Paris, Rome",
    );
    check(&with(&["apply", "--input", "-", "--model", "/nowhere/model.json"]), 2, "/nowhere/model.json");
}

#[test]
fn unusable_input_exits_with_3() {
    check(&lab(&["describe", "--input", "/nowhere.csv"]), 3, "there is no such file");
    check(&lab_with_input(&["describe", "--input", "-"], b""), 3, "standard input: the file is empty");
    check(&lab_with_input(&["describe", "--input", "-"], b"a,b\n"), 3, "no row below");
    check(&lab_with_input(&["describe", "--input", "-"], &[0, 1, 2, 3, 255, 254]), 3, "binary");
    let words = ["rfm", "--input", "-", "--customer", "id", "--time", "city", "--amount", "age"];
    check(&lab_with_input(&words, SMALL.as_bytes()), 3, "not one row");
}

#[test]
fn where_no_row_can_be_used_the_rejects_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let with = |words: &[&str], input: &str| {
        let words = [words, &["--rejects", path.to_str().unwrap()]].concat();
        check(&lab_with_input(&words, input.as_bytes()), 3, "not one row");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        text
    };
    // Refused by the reader, and by the job.
    assert!(with(&["describe", "--input", "-", "--input-format", "jsonl"], "{\"a\":\n[1]\n").contains("invalid_json"));
    let words = ["rfm", "--input", "-", "--customer", "id", "--time", "city", "--amount", "age"];
    assert_eq!(with(&words, SMALL).lines().count(), 4);
}

#[test]
fn too_little_data_exits_with_4_and_the_report_says_what_is_missing() {
    let ran = lab_with_input(
        &["experiment", "--input", "-", "--variant", "city", "--outcome", "age", "--control", "Rome"],
        SMALL.as_bytes(),
    );
    let report = ran.report(4);
    assert_eq!(report["result"]["missing"][0], "variant `Paris` needs at least 2 usable rows, it has 1");
    assert_eq!(report["input"]["rows"], 3);
    let ran = lab_with_input(&["recommend", "--input", "-", "--user", "id", "--item", "city"], SMALL.as_bytes());
    assert!(ran.report(4)["result"]["missing"][0].as_str().unwrap().contains("at least 10 users"));
    check(&lab_with_input(&["cluster", "--input", "-", "--k", "5"], SMALL.as_bytes()), 4, "k-means");
}

#[test]
fn a_file_that_cannot_be_written_exits_with_1() {
    let words = ["cluster", "--input", "-", "--columns", "age", "--k", "2", "--output", "/nowhere/at/all.csv"];
    check(&lab_with_input(&words, SMALL.as_bytes()), 1, "cannot write /nowhere/at/all.csv");
}

#[test]
fn every_report_has_the_same_envelope() {
    let report = report_of("describe", SMALL, &[]);
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, ["input", "job", "metrics", "parameters", "result", "timings", "version", "warnings"]);
    assert_eq!(report["input"]["rows"], 3);
    assert_eq!(report["input"]["columns"], 3);
    assert_eq!(report["input"]["rejected"]["total"], 0);
    assert!(report["timings"]["total_seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(report["parameters"]["delimiter"], ",");
}

#[test]
fn rejected_rows_are_counted_and_listed_with_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.csv");
    let text = "customer,time,amount\na,2024-01-01,5\n,2024-01-02,6\nb,2024-13-02,7\nc,2024-01-03,x\nd,2024-01-04\ne,2024-01-05,\"1\nf,2024-01-06,2\n";
    let options = [
        "--customer",
        "customer",
        "--time",
        "time",
        "--amount",
        "amount",
        "--bins",
        "2",
        "--rejects",
        path.to_str().unwrap(),
    ];
    let report = report_of("rfm", text, &options);
    let reasons = &report["input"]["rejected"]["reasons"];
    assert_eq!(report["input"]["rejected"]["total"], 5);
    assert_eq!(report["input"]["rows"], 7);
    for reason in ["missing_customer", "unreadable_time", "unreadable_amount", "too_few_fields", "broken_quote"] {
        assert_eq!(reasons[reason], 1, "{reason} in {reasons}");
    }
    let listed = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = listed.lines().map(|line| &line[..line.find(',').unwrap()]).collect();
    assert_eq!(lines, ["line", "3", "4", "5", "6", "7"], "{listed}");
}

#[test]
fn threads_change_nothing() {
    let rows: String =
        (0..3000).map(|i| format!("{},{},u{},i{}\n", i * 7 % 101, i * i % 37, i % 60, i * 13 % 41)).collect();
    let text = format!("x,y,user,item\n{rows}");
    for (job, options) in [
        ("describe", &["--key", "user"][..]),
        ("cluster", &["--columns", "x,y", "--k-range", "2..4"]),
        ("recommend", &["--user", "user", "--item", "item", "--algorithm", "als", "--factors", "8"]),
    ] {
        let with = |threads| {
            let options: Vec<&str> = options.iter().copied().chain(["--threads", threads]).collect();
            comparable(report_of(job, &text, &options))
        };
        assert_eq!(with("1"), with("3"), "{job}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Whatever is in the file, a job ends with one of the five statuses and, where it has a report, valid JSON.
    #[test]
    fn no_text_makes_a_job_panic(rows in proptest::collection::vec("[ab1-9.,;\"0-9\\-/:é客 ]{0,24}", 0..30), header: bool) {
        let mut text = if header { "c1,c2,c3\n".to_owned() } else { String::new() };
        text.push_str(&rows.join("\n"));
        for words in [
            &["describe", "--key", "c1"][..],
            &["rfm", "--customer", "c1", "--time", "c2", "--amount", "c3", "--bins", "2"],
            &["cluster", "--k", "2"],
            &["cluster", "--columns", "c1", "--k-range", "2..3"],
            &["recommend", "--user", "c1", "--item", "c2", "--algorithm", "popular", "--split", "leave-last"],
            &["experiment", "--variant", "c1", "--outcome", "c2", "--covariate", "c3", "--order", "c3"],
        ] {
            let ran = lab_with_input(&[words, &["--input", "-", "--threads", "1"]].concat(), text.as_bytes());
            proptest::prop_assert!(ran.status <= 4);
            if matches!(ran.status, 0 | 4) {
                ran.report(ran.status);
            }
        }
    }
}
