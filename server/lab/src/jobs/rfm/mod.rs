//! `rfm`: who bought lately, often and much.
//!
//! Amounts are added up per customer; purchases are rows, or different orders where `--order` names them. Scores are
//! quantile classes as pandas' `qcut` cuts them, the segments are the eleven usual ones.

mod purchases;
mod scoring;
mod text;

use crate::{
    Result,
    options::RfmArgs,
    report::Findings,
    run::save_model,
    table::{OutputColumn, Projection, Table, format_moment},
};
use bellwether_algorithms::rfm::RfmSegment;
use purchases::{Customers, PurchaseColumns};
pub(crate) use scoring::RfmModel;
use scoring::Scores;
use serde_json::{Value, json};

/// The columns that the job reads.
pub(crate) fn projection(args: &RfmArgs) -> Projection {
    let mut names = vec![args.customer.clone(), args.time.clone(), args.amount.clone()];
    names.extend(args.amount.split('*').map(|factor| factor.trim().to_owned()));
    names.extend(args.order.clone());
    Projection::Only(names)
}

/// Scores every customer.
pub(crate) fn run(args: &RfmArgs, table: &mut Table) -> Result<Findings> {
    let columns = PurchaseColumns {
        customer: args.customer.clone(),
        time: args.time.clone(),
        amount: args.amount.clone(),
        order: args.order.clone(),
    };
    let mut findings = Findings::default();
    let customers =
        Customers::of(table, &columns, args.as_of.as_deref(), args.input.date_format.as_deref(), &mut findings)?;
    let (model, scores) = RfmModel::fit(columns, &customers, args.bins)?;
    model.describe(&mut findings);
    report(&customers, &scores, &mut findings);
    if let Some(path) = &args.save {
        save_model(path, "rfm", json!(model))?;
    }
    Ok(findings)
}

/// Scores the customers of new rows by the limits of a kept model.
pub(crate) fn apply(model: &RfmModel, table: &mut Table, date_format: Option<&str>) -> Result<Findings> {
    let mut findings = Findings::default();
    let customers = Customers::of(table, &model.columns, None, date_format, &mut findings)?;
    let scores = model.score(&customers)?;
    model.describe(&mut findings);
    report(&customers, &scores, &mut findings);
    Ok(findings)
}

fn report(customers: &Customers, scores: &Scores, findings: &mut Findings) {
    let segments = segment_facts(customers, scores);
    findings.parameter("as_of", format_moment(customers.as_of, customers.as_of_has_time));
    findings.metric("customers", customers.names.len());
    findings.metric("purchases", customers.frequency.iter().sum::<f64>() as u64);
    findings.metric("revenue", customers.monetary.iter().sum::<f64>());
    for (segment, facts) in &segments {
        findings.metric(&segment.slug().replace('-', "_"), &facts["size"]);
    }
    text::add_sections(findings, &segments, scores);
    findings.result("segments", segments.into_iter().map(|(_, facts)| facts).collect::<Vec<_>>());
    findings.result("scores", scores.counts());
    findings.output = Some(vec![
        OutputColumn::text("customer", customers.names.iter().cloned().map(Some)),
        OutputColumn::integer("recency_days", customers.recency.iter().map(|days| *days as i64)),
        OutputColumn::integer("frequency", customers.frequency.iter().map(|n| *n as i64)),
        OutputColumn::number("monetary", customers.monetary.iter().copied()),
        OutputColumn::integer("r", scores.recency.iter().map(|s| *s as i64)),
        OutputColumn::integer("f", scores.frequency.iter().map(|s| *s as i64)),
        OutputColumn::integer("m", scores.monetary.iter().map(|s| *s as i64)),
        OutputColumn::text("segment", scores.segments.iter().map(|s| Some(s.name().to_owned()))),
    ]);
}

/// Size, share of revenue and means of each of the eleven segments, the most valuable first.
fn segment_facts(customers: &Customers, scores: &Scores) -> Vec<(RfmSegment, Value)> {
    let revenue: f64 = customers.monetary.iter().sum();
    let facts = |segment: RfmSegment| {
        let rows: Vec<usize> = (0..customers.names.len()).filter(|&row| scores.segments[row] == segment).collect();
        let sum = |values: &[f64]| rows.iter().map(|&row| values[row]).sum::<f64>();
        let mean = |values: &[f64]| (!rows.is_empty()).then(|| sum(values) / rows.len() as f64);
        json!({
            "segment": segment.name(),
            "size": rows.len(),
            "share": rows.len() as f64 / customers.names.len() as f64,
            "revenue": sum(&customers.monetary),
            "revenue_share": (revenue != 0.0).then(|| sum(&customers.monetary) / revenue),
            "mean_recency_days": mean(&customers.recency),
            "mean_frequency": mean(&customers.frequency),
            "mean_monetary": mean(&customers.monetary),
        })
    };
    RfmSegment::ALL.into_iter().map(|segment| (segment, facts(segment))).collect()
}
