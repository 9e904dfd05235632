//! `scale.py`: scikit-learn 1.9.1, NumPy 2.4.6, pandas 2.3.3.

use crate::{close, read};
use bellwether_algorithms::scale::{
    ColumnScale, Duplicates, QuantileBins, ScaleMethod, quantile, rank_average, rank_bins, rank_first,
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Column {
    values: Vec<f64>,
    scaled: BTreeMap<String, Vec<f64>>,
    quantiles: Vec<[f64; 2]>,
    qcut: Vec<Bins>,
    rank_qcut: Vec<Bins>,
    rank: Vec<f64>,
    rank_first: Vec<f64>,
}

#[derive(Deserialize)]
struct Bins {
    bins: usize,
    #[serde(default)]
    edges: Vec<f64>,
    codes: Vec<usize>,
}

fn columns() -> BTreeMap<String, Column> {
    read("scale")
}

#[test]
fn scaled_columns() {
    let methods =
        [("standard", ScaleMethod::Standard), ("min_max", ScaleMethod::MinMax), ("robust", ScaleMethod::Robust)];
    for (column, (name, method)) in columns().values().flat_map(|column| methods.map(|method| (column, method))) {
        let scale = ColumnScale::fit(method, &column.values).unwrap();
        for (&value, &expected) in column.values.iter().zip(&column.scaled[name]) {
            close(name, scale.apply(value), expected, 1e-12);
        }
    }
}

#[test]
fn quantiles_to_the_last_bit() {
    for column in columns().values() {
        for &[probability, expected] in &column.quantiles {
            assert_eq!(quantile(&column.values, probability).unwrap(), expected, "{probability}");
        }
    }
}

#[test]
fn quantile_bins_to_the_last_bit() {
    for (name, column) in columns() {
        for golden in &column.qcut {
            let bins = QuantileBins::fit(&column.values, golden.bins, Duplicates::Merge).unwrap();
            assert_eq!(bins.edges(), golden.edges, "{name}, {} bins", golden.bins);
            let codes: Vec<usize> = column.values.iter().map(|&value| bins.bin(value).unwrap()).collect();
            assert_eq!(codes, golden.codes, "{name}, {} bins", golden.bins);
        }
    }
}

#[test]
fn ranks_and_bins_of_ranks() {
    for column in columns().values() {
        assert_eq!(rank_average(&column.values).unwrap(), column.rank);
        assert_eq!(rank_first(&column.values).unwrap(), column.rank_first);
        for golden in &column.rank_qcut {
            assert_eq!(rank_bins(&column.values, golden.bins).unwrap(), golden.codes);
        }
    }
}
