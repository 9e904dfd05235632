//! `recommend`: what to offer whom, judged by full ranking on held-out interactions.
//!
//! Tuning happens inside the training part only; the held-out part is looked at once, at the end. The lists of `--output`
//! come from the same settings fitted on all of `--input`.

mod candidate;
mod data;
mod judge;
mod split;
mod text;
mod tune;

use crate::{
    LabError, Result,
    jobs::refused,
    options::RecommendArgs,
    report::Findings,
    table::{OutputColumn, Projection, ReadOptions, Table, read_table},
};
use bellwether_algorithms::recommend::{Recommender, Request};
use candidate::Candidate;
use data::{Columns, Event, Interactions};
use judge::Judge;
use serde_json::{Map, Value, json};
use split::Split;

const ALGORITHMS: [&str; 4] = ["auto", "popular", "item-knn", "als"];

/// The columns that the job reads.
pub(crate) fn projection(args: &RecommendArgs) -> Projection {
    Projection::Only(
        [Some(&args.user), Some(&args.item), args.value.as_ref(), args.time.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
    )
}

/// Fits, judges and makes lists.
pub(crate) fn run(args: &RecommendArgs, table: &mut Table) -> Result<Findings> {
    if !ALGORITHMS.contains(&args.algorithm.as_str()) {
        return Err(LabError::usage(format!(
            "--algorithm `{}` is not there; there is: {}",
            args.algorithm,
            ALGORITHMS.join(", ")
        )));
    }
    if args.top == 0 {
        return Err(LabError::usage("--top must be at least 1"));
    }
    let mut findings = Findings::default();
    let columns = Columns::of(args);
    let mut interactions = Interactions::default();
    let events = interactions.read(table, &columns, &mut findings)?;
    let split = Split::of(args, &events, &mut findings)?;
    let (train, test) = match &args.test {
        Some(file) => (events.clone(), read_test(file, args, &columns, &mut interactions, &mut findings)?),
        None => split.apply(&events, args.output.seed)?,
    };
    add_parameters(args, &split, &mut findings);
    let best = if matches!(split, Split::None) {
        add_sizes(&interactions, &events, &[], &mut findings);
        tune::tune(args, &interactions, &events, &Split::Random(0.15), &mut findings)?
    } else {
        judge_all(args, &interactions, &train, &test, &split, &mut findings)?
    };
    findings.parameters.extend(best.parameters());
    text::add_sections(&mut findings);
    if args.output.output.is_some() {
        findings.output = Some(lists(args, &interactions, &events, &best)?);
    }
    Ok(findings)
}

fn read_test(
    file: &str,
    args: &RecommendArgs,
    columns: &Columns,
    interactions: &mut Interactions,
    findings: &mut Findings,
) -> Result<Vec<Event>> {
    let options = ReadOptions { input: file.to_owned(), ..ReadOptions::of(&args.input) };
    let mut table = read_table(&options, &projection(args), &mut std::io::empty())?;
    let events = interactions.read(&mut table, columns, findings)?;
    if table.rejects.total() > 0 {
        findings.warn(format!("{} rows of {file} could not be used", table.rejects.total()));
    }
    Ok(events)
}

fn add_parameters(args: &RecommendArgs, split: &Split, findings: &mut Findings) {
    findings.parameter("user", &args.user);
    findings.parameter("item", &args.item);
    findings.parameter("value", &args.value);
    findings.parameter("time", &args.time);
    findings.parameter("top", args.top);
    findings.parameter("keep_seen", args.keep_seen);
    match &args.test {
        Some(file) => findings.parameter("test", file),
        None => findings.parameter("split", split.name()),
    }
}

fn add_sizes(interactions: &Interactions, train: &[Event], test: &[Event], findings: &mut Findings) {
    findings.metric("users", interactions.users.len());
    findings.metric("items", interactions.items.len());
    findings.metric("train_interactions", train.len());
    findings.metric("test_interactions", test.len());
}

/// Tunes on the training part, then judges the chosen model, and popularity beside it, on the held-out part.
fn judge_all(
    args: &RecommendArgs,
    interactions: &Interactions,
    train: &[Event],
    test: &[Event],
    split: &Split,
    findings: &mut Findings,
) -> Result<Candidate> {
    add_sizes(interactions, train, test, findings);
    let judge = Judge::new(interactions, train, test, args.keep_seen)?;
    findings.metric("judged_users", judge.people());
    findings.metric("cold_users", judge.cold_users);
    if judge.cold_users > 0 {
        findings.warn(format!("{} users of the held-out part have no history and are not judged", judge.cold_users));
    }
    let best = tune::tune(args, interactions, train, &split.inside(args.time.is_some()), findings)?;
    let mut models = vec![best.clone()];
    if best != Candidate::Popular {
        models.push(Candidate::Popular);
    }
    let mut judged = Vec::new();
    for model in &models {
        let fitted = model.fit(judge.train(), args.output.seed)?;
        let metrics = judge.metrics(fitted.as_ref(), args.top)?;
        let mut entry = Map::from_iter([
            ("model".to_owned(), json!(model.name())),
            ("parameters".to_owned(), Value::Object(model.parameters())),
        ]);
        entry.extend(metrics.clone());
        judged.push(Value::Object(entry));
        if *model == best {
            findings.metrics.extend(metrics);
        }
    }
    let ndcg = |entry: &Value| entry[format!("ndcg@{}", args.top).as_str()].as_f64().unwrap_or(0.0);
    if judged.len() == 2 && ndcg(&judged[0]) <= ndcg(&judged[1]) {
        findings.warn(format!("{} does not beat popularity on the held-out part", best.name()));
    }
    findings.result("models", judged);
    if findings.parameters.get("values_are_ratings") == Some(&json!(true)) {
        findings.metric("rmse", Value::Null);
        findings.warn(
            "the values look like ratings; these algorithms rank items and predict no ratings, so there is no rmse",
        );
    }
    Ok(best)
}

/// The best items of every user, from the chosen settings fitted on everything.
fn lists(
    args: &RecommendArgs,
    interactions: &Interactions,
    events: &[Event],
    best: &Candidate,
) -> Result<Vec<OutputColumn>> {
    let history = interactions.matrix(events)?;
    let model = best.fit(&history, args.output.seed)?;
    let people: Vec<u32> =
        (0..interactions.users.len() as u32).filter(|&user| history.row_len(user as usize) > 0).collect();
    let allowed: Vec<bool> = history.column_counts().iter().map(|count| *count > 0).collect();
    let request =
        Request { keep_seen: args.keep_seen, allowed: Some(&allowed), ..Request::new(&people, &history, args.top) };
    let lists = Recommender::recommend(model.as_ref(), &request).map_err(refused)?;
    let rows = || {
        people
            .iter()
            .zip(&lists)
            .flat_map(|(user, list)| list.iter().enumerate().map(move |(rank, one)| (user, rank, one)))
    };
    Ok(vec![
        OutputColumn::text("user", rows().map(|(user, ..)| Some(interactions.users[*user as usize].clone()))),
        OutputColumn::integer("rank", rows().map(|(_, rank, _)| rank as i64 + 1)),
        OutputColumn::text("item", rows().map(|(.., one)| Some(interactions.items[one.item as usize].clone()))),
        OutputColumn::number("score", rows().map(|(.., one)| f64::from(one.score))),
    ])
}
