//! What sets a cluster apart, in numbers and in words.

use super::encoding::{EncodedColumn, Encoding, Rows};
use crate::{
    report::{number, percent},
    table::{Moment, format_moment},
};
use serde_json::{Map, Value, json};

/// Standard deviations from the overall mean that make a number worth a word.
const NOTABLE: f64 = 0.5;
/// Difference of shares that makes a category worth a word.
const NOTABLE_SHARE: f64 = 0.15;
const WORDS: usize = 4;

/// One cluster as people want to hear of it.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub number: usize,
    pub size: usize,
    pub share: f64,
    pub centroid: Map<String, Value>,
    pub differences: Vec<Difference>,
    pub description: String,
}

/// One column in which a cluster differs from all rows.
#[derive(Debug)]
pub(crate) struct Difference {
    feature: String,
    /// Mean (or share) in the cluster and over all rows.
    value: f64,
    average: f64,
    /// In standard deviations, or in share points times four, so that both can be ranked together.
    effect: f64,
    words: String,
}

impl Cluster {
    /// The entry under `result.clusters`.
    pub fn to_json(&self) -> Value {
        let difference = |d: &Difference| json!({ "feature": d.feature, "value": d.value, "average": d.average, "effect": d.effect, "words": d.words });
        json!({
            "cluster": self.number,
            "size": self.size,
            "share": self.share,
            "centroid": self.centroid,
            "distinguishes": self.differences.iter().map(difference).collect::<Vec<_>>(),
            "description": self.description,
        })
    }
}

/// Describes every cluster.
pub(crate) fn describe(encoding: &Encoding, rows: &Rows, labels: &[u32], clusters: usize) -> Vec<Cluster> {
    (0..clusters)
        .map(|number| {
            let members: Vec<usize> = (0..labels.len()).filter(|&row| labels[row] as usize == number).collect();
            let mut cluster = Cluster {
                number,
                size: members.len(),
                share: members.len() as f64 / labels.len().max(1) as f64,
                centroid: Map::new(),
                differences: Vec::new(),
                description: String::new(),
            };
            for (column, values) in encoding.columns.iter().zip(&rows.values) {
                compare(column, values, &members, &mut cluster);
            }
            cluster.differences.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
            cluster.description = in_words(&cluster.differences);
            cluster
        })
        .collect()
}

fn compare(column: &EncodedColumn, values: &[f64], members: &[usize], cluster: &mut Cluster) {
    let name = column.name().to_owned();
    let all = values.len() as f64;
    let inside = members.len().max(1) as f64;
    match column {
        EncodedColumn::Number { date, .. } => {
            let average = values.iter().sum::<f64>() / all;
            let sd = (values.iter().map(|v| (v - average).powi(2)).sum::<f64>() / all).sqrt();
            let value = members.iter().map(|&row| values[row]).sum::<f64>() / inside;
            let shown =
                |v: f64| if *date { format_moment(Moment((v * 86_400e6) as i64), false) } else { number(Some(v)) };
            cluster.centroid.insert(name.clone(), if *date { json!(shown(value)) } else { json!(value) });
            let effect = if sd > 0.0 { (value - average) / sd } else { 0.0 };
            let level = match effect {
                e if e.abs() < NOTABLE / 2.0 => "average",
                e if e >= 2.0 => "very high",
                e if e >= 0.0 => "high",
                e if e > -2.0 => "low",
                _ => "very low",
            };
            let words = format!("{level} {name} ({} against {} on average)", shown(value), shown(average));
            cluster.differences.push(Difference { feature: name, value, average, effect, words });
        }
        EncodedColumn::OneHot { categories, .. } => {
            let mut shares = Map::new();
            for (index, category) in categories.iter().enumerate() {
                let is = |value: f64| value == index as f64;
                let average = values.iter().filter(|v| is(**v)).count() as f64 / all;
                let value = members.iter().filter(|&&row| is(values[row])).count() as f64 / inside;
                shares.insert(category.clone(), json!(value));
                let effect = (value - average) * NOTABLE / NOTABLE_SHARE;
                let how = if effect > 0.0 { "often" } else { "seldom" };
                let words =
                    format!("{how} {name} = {category} ({} against {})", percent(Some(value)), percent(Some(average)));
                cluster.differences.push(Difference {
                    feature: format!("{name} = {category}"),
                    value,
                    average,
                    effect,
                    words,
                });
            }
            cluster.centroid.insert(name, Value::Object(shares));
        }
    }
}

fn in_words(differences: &[Difference]) -> String {
    let notable: Vec<&str> =
        differences.iter().filter(|d| d.effect.abs() >= NOTABLE).take(WORDS).map(|d| d.words.as_str()).collect();
    if notable.is_empty() { "close to the average in everything".to_owned() } else { notable.join("; ") }
}
