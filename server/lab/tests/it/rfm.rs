//! `lab rfm`.

use crate::common::{check_close, golden, lab, report_of, shared};
use serde_json::json;

const OPTIONS: [&str; 6] = ["--customer", "customer", "--time", "time", "--amount", "amount"];

/// Ten customers; number `n` bought `n` times, last `100 - n` days ago, for `n` each time.
fn ten_customers() -> String {
    let mut text = "customer,order,time,amount\n".to_owned();
    for n in 1..=10 {
        for order in 0..n {
            // The 2024-04-09 is the day 100 of its year.
            let day = if order == 0 { n } else { 1 };
            text.push_str(&format!("c{n:02},{n}-{order},2024-01-{day:02},{n}\n"));
        }
    }
    text
}

#[test]
fn ten_customers_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    let options: Vec<&str> =
        OPTIONS.into_iter().chain(["--as-of", "2024-01-11", "--output", path.to_str().unwrap()]).collect();
    let report = report_of("rfm", &ten_customers(), &options);
    assert_eq!(report["metrics"]["customers"], 10);
    assert_eq!(report["metrics"]["purchases"], 55);
    assert_eq!(report["metrics"]["revenue"], 385.0);
    assert_eq!(report["result"]["segments"].as_array().unwrap().len(), 11);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "customer,recency_days,frequency,monetary,r,f,m,segment");
    assert_eq!(lines[1], "c01,10,1,1,1,1,1,Lost");
    assert_eq!(lines[6], "c06,5,6,36,3,3,3,Needs Attention");
    assert_eq!(lines[10], "c10,1,10,100,5,5,5,Champions");
}

#[test]
fn orders_are_counted_once_and_the_default_moment_is_the_day_after() {
    let text = "customer,order,time,amount\na,1,2024-01-05 10:00,5\na,1,2024-01-05 10:00,7\nb,2,2024-01-07 23:59,1\n";
    let options: Vec<&str> = OPTIONS.into_iter().chain(["--order", "order", "--bins", "2"]).collect();
    let report = report_of("rfm", text, &options);
    assert_eq!(report["parameters"]["as_of"], "2024-01-08");
    assert_eq!(report["parameters"]["frequency_counts"], "different orders");
    assert_eq!(report["metrics"]["purchases"], 2);
    let by_rows = report_of("rfm", text, &[&OPTIONS[..], &["--bins", "2"]].concat());
    assert_eq!(by_rows["parameters"]["frequency_counts"], "rows");
    assert_eq!(by_rows["metrics"]["purchases"], 3);
}

#[test]
fn an_amount_can_be_a_product_and_events_after_the_moment_are_left_out() {
    let text = "customer,time,quantity,price\n1.0,2024-01-01,2,3.5\n2.0,2024-01-02,1,1\n2.0,2024-02-01,9,9\n";
    let words = [
        "--customer",
        "customer",
        "--time",
        "time",
        "--amount",
        "quantity*price",
        "--as-of",
        "2024-01-31",
        "--bins",
        "2",
    ];
    let report = report_of("rfm", text, &words);
    assert_eq!(report["metrics"]["revenue"], 8.0);
    assert_eq!(report["input"]["rejected"]["reasons"], json!({"after_as_of": 1}));
}

#[test]
fn a_kept_model_scores_its_own_customers_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("in.csv"), ten_customers()).unwrap();
    let mut words = vec!["rfm", "--input"];
    let (input, model, first, second) = (path("in.csv"), path("model.json"), path("first.csv"), path("second.csv"));
    words.extend([input.as_str(), "--save", &model, "--output", &first]);
    words.extend(OPTIONS);
    lab(&words).report(0);
    let report = lab(&["apply", "--model", &model, "--input", &input, "--output", &second]).report(0);
    assert_eq!(report["parameters"]["model_job"], "rfm");
    assert_eq!(std::fs::read_to_string(first).unwrap(), std::fs::read_to_string(second).unwrap());
    std::fs::write(&input, "who,when\na,b\n").unwrap();
    let refused = lab(&["apply", "--model", &model, "--input", &input]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("no column `customer`"), "{}", refused.stderr);
}

#[test]
fn scores_of_cdnow_equal_those_of_pandas_qcut() {
    let Some(path) = shared("cdnow_sample/CDNOW_sample.txt") else { return };
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("scores.csv");
    let words =
        ["rfm", "--input", path.to_str().unwrap(), "--customer", "c1", "--time", "c3", "--amount", "c5", "--output"];
    let report = lab(&[&words[..], &[output.to_str().unwrap()]].concat()).report(0);
    let golden = golden("rfm");
    assert_eq!(report["parameters"]["as_of"], golden["as_of"]);
    assert_eq!(report["metrics"]["customers"], golden["customers"]);
    // Half of all customers have one order; ours score equally, `qcut(rank(method="first"))` divides them.
    for score in ["r", "m"] {
        assert_eq!(report["result"]["scores"][score], golden[score], "{score}");
    }
    let text = std::fs::read_to_string(&output).unwrap();
    let frequencies: Vec<f64> =
        text.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse().unwrap()).collect();
    let by_rank = bellwether_algorithms::scale::rank_bins(&frequencies, 5).unwrap();
    let mut of_frequency = std::collections::BTreeMap::new();
    let (mut recency, mut frequency, mut monetary, mut checksum) = (0_u64, 0_u64, 0.0, 0_u64);
    for (index, line) in text.lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<u64>().unwrap();
        recency += number(1);
        frequency += number(2);
        assert_eq!(*of_frequency.entry(number(2)).or_insert(number(5)), number(5), "equals score differently");
        monetary += cells[3].parse::<f64>().unwrap();
        checksum += (index as u64 + 1) * (100 * number(4) + 10 * (by_rank[index] as u64 + 1) + number(6));
    }
    assert_eq!((json!(recency), json!(frequency)), (golden["recency_sum"].clone(), golden["frequency_sum"].clone()));
    check_close("sum of amounts", &json!(monetary), &golden["monetary_sum"], 1e-12);
    assert_eq!(json!(checksum), golden["score_checksum"], "a score of a customer differs");
}
