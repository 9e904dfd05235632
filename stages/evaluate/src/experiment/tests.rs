//! Experiments by hand, and one with published figures.

use super::*;
use bellwether_domain::{ExperimentId, ExperimentKind, Localized, Money};
use chrono::DateTime;

fn metric(key: &str, kind: MetricKind) -> Metric {
    Metric { key: key.into(), name: Localized::new(key, key), kind }
}

fn definition(control: &str, metrics: Vec<Metric>) -> ExperimentDefinition {
    ExperimentDefinition {
        id: ExperimentId::derive(&[b"x"]),
        slug: "x".into(),
        name: Localized::new("X", "X"),
        description: Localized::new("", ""),
        kind: ExperimentKind::Imported,
        control: control.into(),
        allocation: vec![],
        metrics,
        cost_per_message: None,
        currency: "USD".into(),
        ended_at: DateTime::UNIX_EPOCH,
    }
}

fn clicks(arm: &str, n: u64, clicks: u64) -> ArmSummary {
    ArmSummary { arm: arm.into(), metric: "click".into(), n, sum: clicks as f64, sum_squares: clicks as f64 }
}

fn click_test(arms: &[ArmSummary]) -> Analysis {
    analyse(&definition("random", vec![metric("click", MetricKind::Rate)]), arms, &[]).unwrap()
}

#[test]
fn equal_arms_say_that_nothing_is_seen_and_what_it_would_take() {
    let analysis = click_test(&[clicks("bts", 10_000, 46), clicks("random", 10_000, 46)]);
    assert_eq!(analysis.arms[0].arm, "random", "the control stands first");
    assert_eq!(analysis.metrics[0].comparisons[0].p_value, Some(1.0));
    let needed: Vec<_> = analysis.metrics[0].power.iter().map(|r| r.per_arm.unwrap()).collect();
    // The formula by SciPy 1.16: (z.975 sqrt(2 p̄q̄) + z.80 sqrt(p1q1 + p2q2))² / (p2 − p1)² at 0.46 %.
    assert_eq!(needed, [356_587, 93_370]);
    let sentence = analysis.verdict.sentence();
    assert!(
        sentence.en.starts_with("No difference can be seen: random 46 / 10000 (0.46 %), bts 46 / 10000"),
        "{}",
        sentence.en
    );
    assert!(sentence.en.contains("20 % with a chance of 80 % takes 93370 per arm"), "{}", sentence.en);
}

#[test]
fn a_clear_winner_is_named() {
    let analysis = click_test(&[clicks("random", 10_000, 500), clicks("new", 10_000, 650)]);
    assert_eq!(analysis.verdict.code(), "better");
    let Verdict::Better(finding) = analysis.verdict else { panic!() };
    assert!((finding.lift.unwrap()[0] - 0.3).abs() < 1e-12);
}

#[test]
fn a_broken_division_comes_before_every_number() {
    let analysis = click_test(&[clicks("random", 10_000, 500), clicks("new", 9_000, 650)]);
    assert!(!analysis.sample_ratio.ok);
    assert_eq!(analysis.verdict.code(), "not_as_planned");
}

#[test]
fn a_planned_division_of_nine_to_one_is_sound() {
    let mut definition = definition("random", vec![metric("click", MetricKind::Rate)]);
    definition.allocation = vec![0.9, 0.1];
    let arms = [clicks("new", 9_000, 90), clicks("random", 1_000, 10)];
    let analysis = analyse(&definition, &arms, &[]).unwrap();
    assert!(analysis.sample_ratio.ok);
    assert_eq!(analysis.arms[0].planned_share, 0.1);
}

#[test]
fn many_arms_need_a_clearer_difference() {
    // p = 0.03 alone: enough for one arm, not for one of two.
    let (control, arm) = (clicks("random", 10_000, 500), clicks("new", 10_000, 569));
    assert_eq!(click_test(&[control.clone(), arm.clone()]).verdict.code(), "better");
    let other = clicks("other", 10_000, 500);
    assert_eq!(click_test(&[control, arm, other]).verdict.code(), "no_difference_seen");
}

#[test]
fn what_cannot_be_compared_says_so() {
    for arms in [&[clicks("random", 500, 3)][..], &[clicks("random", 1, 0), clicks("new", 1, 1)]] {
        let analysis = click_test(arms);
        assert_eq!(analysis.verdict.code(), "nothing_to_compare", "{arms:?}");
        assert!(analysis.sample_ratio.ok && analysis.metrics[0].comparisons.is_empty());
    }
    // Nobody in an arm: the division was broken, and that comes first.
    let analysis = click_test(&[clicks("random", 500, 3), clicks("new", 0, 0)]);
    assert_eq!(analysis.verdict.code(), "not_as_planned");
    // One person in one of three arms keeps the other two comparable.
    let mut definition = definition("random", vec![metric("click", MetricKind::Rate)]);
    definition.allocation = vec![500.0, 500.0, 1.0];
    let arms = [clicks("random", 500, 20), clicks("new", 500, 60), clicks("tiny", 1, 1)];
    let analysis = analyse(&definition, &arms, &[]).unwrap();
    assert_eq!(analysis.metrics[0].comparisons.len(), 1);
    assert_eq!(analysis.verdict.code(), "better");
}

#[test]
fn shares_of_other_arms_are_refused() {
    let mut definition = definition("random", vec![metric("click", MetricKind::Rate)]);
    definition.allocation = vec![0.5, 0.5];
    let arms = [clicks("random", 10, 1), clicks("new", 10, 1), clicks("more", 10, 1)];
    let error = analyse(&definition, &arms, &[]).unwrap_err().to_string();
    assert!(error.contains("2 shares for 3 arms"), "{error}");
}

#[test]
fn several_arms_need_more_people_too() {
    let one = click_test(&[clicks("random", 10_000, 500), clicks("a", 10_000, 500)]);
    let two = click_test(&[clicks("random", 10_000, 500), clicks("a", 10_000, 500), clicks("b", 10_000, 500)]);
    let needed = |analysis: &Analysis| analysis.metrics[0].power[0].per_arm.unwrap();
    assert!(needed(&two) > needed(&one) * 11 / 10, "{} {}", needed(&two), needed(&one));
}

#[test]
fn of_many_parts_one_that_looks_clear_is_none() {
    let definition = definition("random", vec![metric("click", MetricKind::Rate)]);
    let part = |value: usize, summary| SegmentArm { column: "city".into(), value: value.to_string(), summary };
    let parts = |clear: u64| -> Vec<SegmentArm> {
        let arm = |value| clicks("new", 1_000, if value == 0 { clear } else { 50 });
        (0..20).flat_map(|value| [part(value, clicks("random", 1_000, 50)), part(value, arm(value))]).collect()
    };
    let arms = [clicks("random", 20_000, 1_000), clicks("new", 20_000, 1_000)];
    let clear = |clicks| {
        let analysis = analyse(&definition, &arms, &parts(clicks)).unwrap();
        let p = analysis.segments.iter().map(|effect| effect.comparison.p_value.unwrap()).fold(1.0, f64::min);
        (p < ALPHA, analysis.segments.iter().filter(|effect| effect.comparison.significant).count())
    };
    assert_eq!(clear(75), (true, 0), "p below 0.05 once in twenty is what chance does");
    assert_eq!(clear(120), (true, 1));
}

#[test]
fn money_returns_are_counted_per_message() {
    let mut definition = definition("none", vec![metric("spend", MetricKind::Amount)]);
    definition.cost_per_message = Some("0.10".parse::<Money>().unwrap());
    let spend = |arm: &str, mean: f64| ArmSummary {
        arm: arm.into(),
        metric: "spend".into(),
        n: 1_000,
        sum: mean * 1_000.0,
        sum_squares: (mean * mean + 4.0) * 1_000.0,
    };
    let analysis = analyse(&definition, &[spend("none", 1.0), spend("mail", 1.5)], &[]).unwrap();
    let returned = &analysis.returns[0];
    assert!((returned.cost - 100.0).abs() < 1e-9);
    assert!((returned.incremental_revenue[0] - 500.0).abs() < 1e-9);
    assert!((returned.roi.unwrap()[0] - 4.0).abs() < 1e-9);
    assert!(returned.roi.unwrap()[1] < 4.0 && returned.roi.unwrap()[2] > 4.0);
}

#[test]
fn a_missing_arm_is_named() {
    let error = analyse(&definition("nobody", vec![metric("click", MetricKind::Rate)]), &[clicks("a", 2, 1)], &[]);
    assert!(error.unwrap_err().to_string().contains("no numbers for arm `nobody`"));
}

#[test]
fn rows_lost_by_one_arm_are_noticed() {
    assert!(lost_unevenly(&[0, 40], &[1_000, 960]));
    assert!(!lost_unevenly(&[20, 20], &[1_000, 980]));
    assert!(!lost_unevenly(&[0, 0], &[1_000, 980]));
    assert!(!lost_unevenly(&[3], &[10]));
}
