//! `cluster`: groups of similar rows, how good they are, and what sets each apart.

mod difference;
mod encoding;
mod text;

use crate::{
    LabError, Result,
    jobs::refused,
    options::{ClusterArgs, InputArgs},
    report::Findings,
    run::save_model,
    table::{OutputColumn, Table, TextColumn, parse_list, resolve_columns},
};
use bellwether_algorithms::{
    cluster_quality::{ChooseK, ChosenK, SilhouetteRows, calinski_harabasz, davies_bouldin, silhouette},
    kmeans::{KMeans, KMeansModel},
    matrix::Matrix,
    random::seeded,
    scale::ScaleMethod,
};
use encoding::{Encoding, Rows};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The silhouette compares all rows with each other up to here; of more, a sample.
const SILHOUETTE_ROWS: usize = 30_000;
const ALGORITHMS: [&str; 1] = ["kmeans"];
const SCALES: [(&str, ScaleMethod); 4] = [
    ("zscore", ScaleMethod::Standard),
    ("minmax", ScaleMethod::MinMax),
    ("robust", ScaleMethod::Robust),
    ("none", ScaleMethod::None),
];

/// What `--save` keeps: everything that is needed to place a new row.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ClusterModel {
    encoding: Encoding,
    kmeans: KMeansModel,
    /// One line per cluster.
    descriptions: Vec<String>,
}

/// Divides the rows.
pub(crate) fn run(args: &ClusterArgs, table: &mut Table) -> Result<Findings> {
    let scale = check_names(args)?;
    let names = chosen_columns(args, table)?;
    let mut findings = Findings::default();
    let (encoding, rows) = Encoding::fit(table, &names, scale, &args.input, &mut findings)?;
    let data = encoding.matrix(&rows)?;
    let (mut model, candidates) = fit(args, &data, &mut findings)?;
    largest_first(&mut model);
    add_parameters(args, &encoding, &model, &mut findings);
    add_metrics(&data, &model, args.output.seed, &mut findings)?;
    let clusters = difference::describe(&encoding, &rows, &model.labels, model.clusters());
    text::add_sections(&mut findings, &clusters, &candidates);
    findings.result("k", model.clusters());
    findings.result("clusters", clusters.iter().map(difference::Cluster::to_json).collect::<Vec<_>>());
    if !candidates.is_empty() {
        findings.result("candidates", &candidates);
    }
    findings.output = Some(output(args.key.as_deref(), table, &rows, &data, &model)?);
    if let Some(path) = &args.save {
        let descriptions = clusters.into_iter().map(|cluster| cluster.description).collect();
        let kmeans = KMeansModel { labels: Vec::new(), ..model };
        save_model(path, "cluster", json!(ClusterModel { encoding, kmeans, descriptions }))?;
    }
    Ok(findings)
}

/// Places new rows in the clusters of a kept model.
pub(crate) fn apply(model: &ClusterModel, table: &mut Table, input: &InputArgs) -> Result<Findings> {
    let mut findings = Findings::default();
    let rows = model.encoding.read(table, input)?;
    let data = model.encoding.matrix(&rows)?;
    let labels = model.kmeans.predict(&data).map_err(refused)?;
    let placed = KMeansModel { labels, ..model.kmeans.clone() };
    let sizes = placed.sizes();
    let clusters: Vec<Value> = sizes
        .iter()
        .zip(&model.descriptions)
        .enumerate()
        .map(|(cluster, (size, description))| {
            json!({ "cluster": cluster, "size": size, "share": *size as f64 / data.rows() as f64, "description": description })
        })
        .collect();
    findings.metric("rows", data.rows());
    findings.metric("mean_distance", distances(&data, &placed).iter().sum::<f64>() / data.rows() as f64);
    findings.result("k", placed.clusters());
    findings.result("clusters", clusters);
    findings.output = Some(output(None, table, &rows, &data, &placed)?);
    text::add_sizes(&mut findings, &sizes, &model.descriptions);
    Ok(findings)
}

fn check_names(args: &ClusterArgs) -> Result<ScaleMethod> {
    if !ALGORITHMS.contains(&args.algorithm.as_str()) {
        return Err(not_there("--algorithm", &args.algorithm, &ALGORITHMS));
    }
    if args.mixed != "onehot" {
        return Err(not_there("--mixed", &args.mixed, &["onehot"]));
    }
    if args.restarts == Some(0) {
        return Err(LabError::usage("--restarts must be at least 1"));
    }
    let names: Vec<&str> = SCALES.iter().map(|(name, _)| *name).collect();
    SCALES
        .iter()
        .find(|(name, _)| *name == args.scale)
        .map(|(_, scale)| *scale)
        .ok_or_else(|| not_there("--scale", &args.scale, &names))
}

fn not_there(option: &str, value: &str, there_is: &[&str]) -> LabError {
    LabError::usage(format!("{option} `{value}` is not there; there is: {}", there_is.join(", ")))
}

/// The columns of `--columns`, without those of `--key`.
fn chosen_columns(args: &ClusterArgs, table: &Table) -> Result<Vec<String>> {
    let key = args.key.as_deref().map(parse_list).unwrap_or_default();
    let names = resolve_columns(&args.columns, &table.all_names)?;
    Ok(names.into_iter().filter(|name| !key.contains(name)).collect())
}

/// A small table costs nothing, and more starts find the best division more surely.
fn restarts(args: &ClusterArgs, data: &Matrix) -> usize {
    args.restarts.unwrap_or(if data.rows() <= 20_000 { 50 } else { 10 })
}

/// k-means with the number of clusters that was given, or the best of a range.
fn fit(args: &ClusterArgs, data: &Matrix, findings: &mut Findings) -> Result<(KMeansModel, Vec<Value>)> {
    let mut rng = seeded(args.output.seed);
    findings.parameter("restarts", restarts(args, data));
    if let Some(k) = args.k {
        let model = KMeans::new(k).restarts(restarts(args, data)).fit(data, &mut rng).map_err(refused)?;
        return Ok((model, Vec::new()));
    }
    let (from, to) = parse_range(args.k_range.as_deref().unwrap_or("2..10"))?;
    let to = if args.k_range.is_none() { to.min(data.rows().saturating_sub(1)).max(from) } else { to };
    findings.parameter("k_range", format!("{from}..{to}"));
    let choose = ChooseK::new(from..=to)
        .restarts(restarts(args, data))
        .silhouette_rows(SilhouetteRows::AtMost(SILHOUETTE_ROWS / 3));
    let chosen = match choose.clone().fit(data, &mut rng) {
        Err(bellwether_algorithms::Error::TooLittleData { .. }) if data.rows() > to => {
            findings.warn(
                "every number of clusters has one with less than 1% of the rows; the smallest are probably outliers",
            );
            choose.minimum_share(0.0).fit(data, &mut seeded(args.output.seed))
        }
        other => other,
    };
    let chosen = chosen.map_err(refused)?;
    findings.parameter(
        "k_chosen_by",
        "best silhouette among those that are stable in resamples and have no cluster under 1%",
    );
    let candidates = candidates_as_json(&chosen);
    Ok((chosen.model, candidates))
}

fn candidates_as_json(chosen: &ChosenK) -> Vec<Value> {
    let candidate = |c: &bellwether_algorithms::cluster_quality::Candidate| {
        json!({
            "k": c.clusters,
            "inertia": c.inertia,
            "silhouette": c.silhouette.mean,
            "davies_bouldin": c.davies_bouldin,
            "calinski_harabasz": c.calinski_harabasz,
            "stability": c.stability,
            "smallest_share": c.smallest_share,
        })
    };
    chosen.candidates.iter().map(candidate).collect()
}

/// `2..10` (both ends belong to it), also `2-10` and `2..=10`.
fn parse_range(text: &str) -> Result<(usize, usize)> {
    let parts = text.split_once("..=").or_else(|| text.split_once("..")).or_else(|| text.split_once('-'));
    let range = parts.and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
    match range {
        Some((from, to)) if 2 <= from && from <= to => Ok((from, to)),
        _ => Err(LabError::usage(format!("--k-range `{text}` is not a range such as 2..10 that starts at 2 or later"))),
    }
}

/// Numbers the clusters by size, so that the numbers do not depend on chance.
fn largest_first(model: &mut KMeansModel) {
    let sizes = model.sizes();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|&cluster| std::cmp::Reverse(sizes[cluster]));
    let mut new_number = vec![0; sizes.len()];
    order.iter().enumerate().for_each(|(new, &old)| new_number[old] = new as u32);
    model.labels.iter_mut().for_each(|label| *label = new_number[*label as usize]);
    model.centroids = model.centroids.select_rows(&order);
}

fn add_parameters(args: &ClusterArgs, encoding: &Encoding, model: &KMeansModel, findings: &mut Findings) {
    findings.parameter("algorithm", &args.algorithm);
    findings.parameter("k", model.clusters());
    findings.parameter("columns", encoding.names());
    findings.parameter("scale", &args.scale);
    findings.parameter("mixed", &args.mixed);
    findings.parameter("iterations", model.iterations);
    findings.parameter("converged", model.converged);
}

/// The four measures; `null` where a measure is not defined (one cluster, or as many as rows).
fn add_metrics(data: &Matrix, model: &KMeansModel, seed: u64, findings: &mut Findings) -> Result<()> {
    findings.metric("inertia", model.inertia);
    let labels = &model.labels;
    let rows = SilhouetteRows::AtMost(SILHOUETTE_ROWS);
    let measured = silhouette(data, labels, rows, &mut seeded(seed)).ok();
    findings.metric("silhouette", measured.map(|s| s.mean));
    findings.metric("davies_bouldin", davies_bouldin(data, labels).ok());
    findings.metric("calinski_harabasz", calinski_harabasz(data, labels).ok());
    if let Some(measured) = measured.filter(|s| s.sampled) {
        findings.parameter("silhouette_rows", measured.rows);
        findings.warn(format!("the silhouette stands on a sample of {} rows", measured.rows));
    }
    Ok(())
}

/// Key columns (or the line), the cluster, and the distance to its centre in scaled units.
fn output(
    key: Option<&str>,
    table: &Table,
    rows: &Rows,
    data: &Matrix,
    model: &KMeansModel,
) -> Result<Vec<OutputColumn>> {
    let mut columns = Vec::new();
    let text = |column: &TextColumn| {
        OutputColumn::text(column.name(), rows.used.iter().map(|&row| column.get(row).map(str::to_owned)))
    };
    for name in key.map(parse_list).unwrap_or_default() {
        columns.push(text(table.column(&name)?));
    }
    if columns.is_empty() {
        columns.push(OutputColumn::integer("line", rows.used.iter().map(|&row| table.lines[row] as i64)));
    }
    columns.push(OutputColumn::integer("cluster", model.labels.iter().map(|label| i64::from(*label))));
    columns.push(OutputColumn::number("distance", distances(data, model)));
    Ok(columns)
}

fn distances(data: &Matrix, model: &KMeansModel) -> Vec<f64> {
    let square = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    let distance = |(row, label): (&[f32], &u32)| {
        row.iter().zip(model.centroids.row(*label as usize)).map(square).sum::<f64>().sqrt()
    };
    data.iter_rows().zip(&model.labels).map(distance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(parse_range("2..10").unwrap(), (2, 10));
        assert_eq!(parse_range("3..=5").unwrap(), (3, 5));
        assert_eq!(parse_range("4-8").unwrap(), (4, 8));
        for wrong in ["1..3", "5..2", "x", "3"] {
            assert_eq!(parse_range(wrong).unwrap_err().exit_status(), 2, "{wrong}");
        }
    }

    #[test]
    fn the_largest_cluster_comes_first() {
        let centroids = Matrix::from_rows(&[[1.0_f32], [2.0], [3.0]]).unwrap();
        let labels = vec![0, 1, 1, 1, 2, 2];
        let mut model = KMeansModel { centroids, labels, inertia: 0.0, iterations: 1, converged: true };
        largest_first(&mut model);
        assert_eq!(model.labels, [2, 0, 0, 0, 1, 1]);
        assert_eq!(model.centroids.values(), [2.0, 3.0, 1.0]);
    }
}
