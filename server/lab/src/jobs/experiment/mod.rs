//! `experiment`: what a randomised comparison says, and whether its split can be trusted.
//!
//! Every outcome is judged by itself: 0/1 columns as rates, all others as amounts. Lift is relative to the control (0.1 is
//! +10 %), and so are its intervals; `difference` is absolute.

mod arms;
mod looks;
mod text;
mod verdict;

use crate::{
    LabError, Result,
    jobs::refused,
    options::ExperimentArgs,
    report::Findings,
    table::{Projection, Table, parse_list},
};
use arms::{Arms, Outcome};
use bellwether_algorithms::statistics::sample_ratio_check;
use serde_json::{Value, json};

/// Below this the split was almost surely broken.
const SPLIT_ALARM: f64 = 0.001;

/// The columns that the job reads.
pub(crate) fn projection(args: &ExperimentArgs) -> Projection {
    let single = [Some(&args.variant), args.value.as_ref(), args.covariate.as_ref(), args.order.as_ref()];
    let mut names: Vec<String> = single.into_iter().flatten().cloned().collect();
    names.extend(parse_list(&args.outcome));
    names.push(args.outcome.clone());
    Projection::Only(names)
}

/// Compares every variant with the control.
pub(crate) fn run(args: &ExperimentArgs, table: &mut Table) -> Result<Findings> {
    if !(args.alpha > 0.0 && args.alpha < 1.0) {
        return Err(LabError::usage(format!("--alpha {} is not between 0 and 1", args.alpha)));
    }
    let mut findings = Findings::default();
    let arms = Arms::read(args, table, &mut findings)?;
    let shares = planned_shares(args.allocation.as_deref(), &arms.names)?;
    check_split(&arms, &shares, &mut findings)?;
    let mut outcomes = Vec::new();
    for outcome in &arms.outcomes {
        let variants = verdict::variants(&arms, outcome, args.alpha)?;
        let power = verdict::power(&arms, outcome, args.alpha);
        outcomes.push(
            json!({ "outcome": outcome.name, "kind": outcome.kind_name(), "variants": variants, "power": power }),
        );
    }
    add_parameters(args, &arms, &shares, &mut findings);
    if args.order.is_some() {
        findings.result("looks", looks::over_time(&arms, args.alpha)?);
    }
    warn_about_many(&arms, &mut findings);
    text::add_sections(&mut findings, &outcomes);
    findings.result("variants", outcomes.first().map(|main| main["variants"].clone()));
    findings.result("power", outcomes.first().map(|main| main["power"].clone()));
    findings.result("outcomes", outcomes);
    Ok(findings)
}

/// The planned share of each variant, in the order of `names`; equal where nothing was said.
fn planned_shares(allocation: Option<&str>, names: &[String]) -> Result<Vec<f64>> {
    let Some(text) = allocation else { return Ok(vec![1.0 / names.len() as f64; names.len()]) };
    let wrong = |what: &str| {
        LabError::usage(format!(
            "--allocation `{text}`: {what} (for example A=0.5,B=0.5 with the variants {})",
            names.join(", ")
        ))
    };
    let mut shares = vec![None; names.len()];
    for part in parse_list(text) {
        let (name, share) = part.rsplit_once('=').ok_or_else(|| wrong("each part must be NAME=SHARE"))?;
        let index = names
            .iter()
            .position(|n| n == name.trim())
            .ok_or_else(|| wrong(&format!("there is no variant `{}`", name.trim())))?;
        let share: f64 = share.trim().parse().map_err(|_| wrong("a share is no number"))?;
        if share.is_nan() || share <= 0.0 || share.is_infinite() {
            return Err(wrong("a share must be above 0"));
        }
        shares[index] = Some(share);
    }
    let whole: f64 = shares.iter().flatten().sum();
    shares
        .into_iter()
        .map(|share| share.map(|s| s / whole).ok_or_else(|| wrong("every variant needs a share")))
        .collect()
}

fn check_split(arms: &Arms, shares: &[f64], findings: &mut Findings) -> Result<()> {
    let observed: Vec<u64> = arms.rows.iter().map(|rows| rows.len() as u64).collect();
    let check = sample_ratio_check(&observed, shares).map_err(refused)?;
    findings.metric("srm_p_value", check.p_value);
    findings.metric("srm_statistic", check.statistic);
    findings.metric("n", observed.iter().sum::<u64>());
    if check.p_value < SPLIT_ALARM {
        findings.warn(format!(
            "the sizes of the variants do not fit the planned shares (p = {:.2e}): something went wrong before anything was measured, and no result below can be trusted",
            check.p_value
        ));
    }
    Ok(())
}

fn add_parameters(args: &ExperimentArgs, arms: &Arms, shares: &[f64], findings: &mut Findings) {
    findings.parameter("variant", &args.variant);
    findings.parameter("outcomes", arms.outcomes.iter().map(|o: &Outcome| o.name.as_str()).collect::<Vec<_>>());
    findings.parameter("value", &args.value);
    findings.parameter("covariate", &args.covariate);
    findings.parameter("order", &args.order);
    findings.parameter("control", &arms.names[0]);
    let allocation = arms.names.iter().zip(shares).map(|(name, share)| (name.clone(), json!(share))).collect();
    findings.parameter("allocation", Value::Object(allocation));
    findings.parameter("alpha", args.alpha);
    findings.parameter("sequential_tuning", verdict::TUNING);
}

fn warn_about_many(arms: &Arms, findings: &mut Findings) {
    let comparisons = (arms.names.len() - 1) * arms.outcomes.len();
    if comparisons > 1 {
        findings.parameter("comparisons", comparisons);
        findings.warn(format!(
            "{comparisons} comparisons were made and p-values are not adjusted for that: by chance alone one in twenty is below 0.05"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_in_any_order() {
        let names = vec!["No E-Mail".to_owned(), "Mens".to_owned()];
        assert_eq!(planned_shares(None, &names).unwrap(), [0.5, 0.5]);
        assert_eq!(planned_shares(Some("Mens=3, No E-Mail=1"), &names).unwrap(), [0.25, 0.75]);
        for wrong in ["Mens=1", "Mens=1,Womens=1", "Mens,No E-Mail", "Mens=0,No E-Mail=1", "Mens=x,No E-Mail=1"] {
            assert_eq!(planned_shares(Some(wrong), &names).unwrap_err().exit_status(), 2, "{wrong}");
        }
    }
}
