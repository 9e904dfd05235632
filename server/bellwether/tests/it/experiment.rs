//! Experiments whose files are not what they should be.

use crate::support::Shop;

const MAPPING: &str = r#"kind = "experiment"
source = "mails"
name = "Mails"
ended_at = "2024-03-20"
arm_column = "arm"
control = "none"

[[outcome]]
key = "bought"
kind = "rate"
"#;

fn shop(csv: &str, mapping: &str) -> Shop {
    Shop::mapped(&format!("arm,bought,before\n{csv}"), mapping)
}

fn rows(arm: &str, good: usize, bad: usize) -> String {
    let row = |outcome: &str| format!("{arm},{outcome},1\n");
    (0..good).map(|number| row(if number % 5 == 0 { "1" } else { "0" })).collect::<String>() + &row("maybe").repeat(bad)
}

#[test]
fn one_arm_is_nothing_to_compare_and_the_report_goes_on() {
    let shop = shop(&rows("none", 50, 0), MAPPING);
    let output = shop.import();
    assert!(String::from_utf8_lossy(&output.stdout).contains("nothing to compare"), "{output:?}");
    assert_eq!(shop.report()["experiments"][0]["analysis"]["verdict"]["verdict"], "nothing_to_compare");
    shop.ok(&["report", "--output", "-"]);
}

#[test]
fn rows_that_cannot_be_used_are_counted_by_arm() {
    let shop = shop(&(rows("none", 500, 2) + &rows("mail", 500, 40)), MAPPING);
    for _ in 0..2 {
        let output = shop.import();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("42 of 1042 rows") && said.contains("none 2, mail 40"), "{said}");
        assert!(said.contains("may not be comparable"), "{said}");
    }
    let report = shop.report();
    assert_eq!(report["imports"][0]["rejected"], 42);
    assert_eq!(report["rejects"][0]["rows"], 42, "the same file again puts nothing there twice: {report}");
}

#[test]
fn covariates_are_refused_rather_than_forgotten() {
    let mapping = MAPPING.replace("control =", "covariates = [\"before\"]\ncontrol =");
    let shop = shop(&(rows("none", 50, 0) + &rows("mail", 50, 0)), &mapping);
    let output = shop.import();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("bellwether lab experiment --covariate"), "{output:?}");
    assert_eq!(shop.report()["experiments"], serde_json::json!([]), "and nothing is left behind");
}
