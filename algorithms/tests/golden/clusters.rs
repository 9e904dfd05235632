//! `clusters.py`: scikit-learn 1.9.1 (`KMeans` with Lloyd's algorithm on `f32`, and the measures of clusters).

use crate::{close, matrix, read};
use bellwether_algorithms::cluster_quality::{
    SilhouetteRows, adjusted_rand_index, calinski_harabasz, davies_bouldin, silhouette, silhouette_of_rows,
};
use bellwether_algorithms::kmeans::KMeans;
use bellwether_algorithms::random::seeded;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Golden {
    data: Vec<Vec<f32>>,
    fits: Vec<Fit>,
    silhouettes: Silhouettes,
    agreement: Vec<Agreement>,
    best_inertia: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Fit {
    clusters: usize,
    max_iterations: usize,
    tolerance: f64,
    labels: Vec<u32>,
    centroids: Vec<Vec<f64>>,
    inertia: f64,
    iterations: usize,
    silhouette: f64,
    davies_bouldin: f64,
    calinski_harabasz: f64,
}

#[derive(Deserialize)]
struct Silhouettes {
    labels: Vec<u32>,
    values: Vec<f64>,
}

#[derive(Deserialize)]
struct Agreement {
    left: Vec<u32>,
    right: Vec<u32>,
    index: f64,
}

#[test]
fn the_same_start_goes_the_same_way() {
    let golden: Golden = read("clusters");
    let data = matrix(&golden.data);
    for fit in &golden.fits {
        let start = data.select_rows(&(0..fit.clusters).collect::<Vec<_>>());
        let parameters = KMeans::new(fit.clusters).initial_centroids(start).max_iterations(fit.max_iterations);
        let model = parameters.tolerance(fit.tolerance).fit(&data, &mut seeded(0)).unwrap();
        assert_eq!(model.iterations, fit.iterations);
        assert_eq!(model.labels, fit.labels);
        close("inertia", model.inertia, fit.inertia, 1e-6);
        for (found, &expected) in model.centroids.values().iter().zip(fit.centroids.iter().flatten()) {
            close("centroid", f64::from(*found), expected, 1e-5);
        }
    }
}

#[test]
fn measures_of_clusters() {
    let golden: Golden = read("clusters");
    let data = matrix(&golden.data);
    for fit in &golden.fits {
        let mean = silhouette(&data, &fit.labels, SilhouetteRows::All, &mut seeded(0)).unwrap().mean;
        close("silhouette", mean, fit.silhouette, 1e-6);
        close("Davies-Bouldin", davies_bouldin(&data, &fit.labels).unwrap(), fit.davies_bouldin, 1e-5);
        close("Calinski-Harabasz", calinski_harabasz(&data, &fit.labels).unwrap(), fit.calinski_harabasz, 1e-5);
    }
    let found = silhouette_of_rows(&data, &golden.silhouettes.labels).unwrap();
    found
        .iter()
        .zip(golden.silhouettes.values)
        .for_each(|(&found, expected)| close("silhouette", found, expected, 1e-6));
}

#[test]
fn agreement_of_divisions() {
    for golden in read::<Golden>("clusters").agreement {
        close("ARI", adjusted_rand_index(&golden.left, &golden.right).unwrap(), golden.index, 1e-12);
    }
}

#[test]
fn restarts_find_the_best_division() {
    let golden: Golden = read("clusters");
    let data = matrix(&golden.data);
    for (clusters, &expected) in &golden.best_inertia {
        let model =
            KMeans::new(clusters.parse().unwrap()).restarts(20).tolerance(0.0).fit(&data, &mut seeded(1)).unwrap();
        close("inertia", model.inertia, expected, 1e-6);
    }
}
