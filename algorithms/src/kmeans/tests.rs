use super::*;
use crate::random::seeded;
use proptest::prelude::*;
use rand::Rng;

fn fit(rows: &[[f32; 3]], clusters: usize) -> KMeansModel {
    KMeans::new(clusters).fit(&Matrix::from_rows(rows).unwrap(), &mut seeded(3)).unwrap()
}

/// Which rows share a label, whatever the labels are called.
fn groups(model: &KMeansModel) -> Vec<Vec<usize>> {
    let mut groups = vec![vec![]; model.clusters()];
    model.labels.iter().enumerate().for_each(|(row, &label)| groups[label as usize].push(row));
    groups.sort();
    groups
}

const THREE_CUSTOMERS: [[f32; 3]; 3] = [[1.0, 5.0, 3.0], [5.0, 2.0, 4.0], [3.0, 4.0, 2.0]];
const FIVE_SPENDERS: [[f32; 3]; 5] = [
    [30.0, 50_000.0, 1_000.0],
    [40.0, 60_000.0, 1_200.0],
    [25.0, 40_000.0, 800.0],
    [35.0, 55_000.0, 1_100.0],
    [45.0, 70_000.0, 1_400.0],
];

#[test]
fn three_customers_in_three_groups_leave_nothing() {
    assert_eq!(fit(&THREE_CUSTOMERS, 3).inertia, 0.0);
}

#[test]
fn three_customers_in_two_groups() {
    let model = fit(&THREE_CUSTOMERS, 2);
    assert_eq!(model.inertia, 3.0);
    assert_eq!(groups(&model), [vec![0, 2], vec![1]]);
    assert!(model.converged);
}

#[test]
fn five_spenders_in_raw_units() {
    let model = fit(&FIVE_SPENDERS, 3);
    assert_eq!(model.inertia, 50_020_050.0);
    assert_eq!(groups(&model), [vec![0, 1, 3], vec![2], vec![4]]);
}

#[test]
fn given_centroids_are_where_it_starts() {
    let data = Matrix::from_rows(&[[0.0], [1.0], [10.0], [11.0]]).unwrap();
    let start = Matrix::from_rows(&[[0.0], [1.0]]).unwrap();
    let one = KMeans::new(2).initial_centroids(start.clone()).max_iterations(1).fit(&data, &mut seeded(0)).unwrap();
    // Row 0 stays alone; rows 1, 2 and 3 move the second centroid to 22 / 3; row 1 is then nearer to the first.
    assert_eq!(one.centroids.values(), [0.0, 22.0_f32 / 3.0]);
    assert_eq!(one.labels, [0, 0, 1, 1]);
    assert!(!one.converged);
    let all = KMeans::new(2).initial_centroids(start).fit(&data, &mut seeded(0)).unwrap();
    assert_eq!(all.centroids.values(), [0.5, 10.5]);
    assert_eq!(all.inertia, 1.0);
    assert_eq!(all.predict(&Matrix::from_rows(&[[4.0], [7.0]]).unwrap()).unwrap(), [0, 1]);
}

#[test]
fn a_group_that_nobody_belongs_to_gets_the_farthest_row() {
    let data = Matrix::from_rows(&[[0.0], [1.0], [2.0], [50.0]]).unwrap();
    let start = Matrix::from_rows(&[[1.0], [1000.0]]).unwrap();
    let model = KMeans::new(2).initial_centroids(start).fit(&data, &mut seeded(0)).unwrap();
    assert_eq!(model.labels, [0, 0, 0, 1]);
    assert_eq!(model.inertia, 2.0);
}

#[test]
fn identical_rows_are_no_reason_to_loop_or_fail() {
    let data = Matrix::filled(5, 2, 1.5_f32);
    let model = KMeans::new(3).fit(&data, &mut seeded(0)).unwrap();
    assert_eq!(model.inertia, 0.0);
}

#[test]
fn wrong_parameters_and_data_are_refused_with_their_name() {
    let check = |parameters: KMeans, data: &Matrix| parameters.fit(data, &mut seeded(0)).unwrap_err();
    let data = Matrix::filled(2, 2, 0.0);
    assert!(matches!(check(KMeans::new(0), &data), Error::Parameter { name: "clusters", .. }));
    assert!(matches!(check(KMeans::new(1).restarts(0), &data), Error::Parameter { name: "restarts", .. }));
    assert!(matches!(check(KMeans::new(1).tolerance(-1.0), &data), Error::Parameter { name: "tolerance", .. }));
    assert!(matches!(check(KMeans::new(3), &data), Error::TooLittleData { need: 3, have: 2, .. }));
    assert!(matches!(check(KMeans::new(1), &Matrix::filled(1, 1, f32::NAN)), Error::NotFinite { .. }));
    let start = Matrix::filled(1, 3, 0.0);
    assert!(matches!(check(KMeans::new(1).initial_centroids(start), &data), Error::Shape { .. }));
}

/// Three clouds of two columns, large enough for several chunks.
fn clouds(rows: usize) -> Matrix {
    let mut rng = seeded(11);
    let mut values = Vec::new();
    for row in 0..rows {
        let centre = [[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]][row % 3];
        values.extend(centre.map(|centre: f32| centre + rng.random_range(-3.0..3.0)));
    }
    Matrix::new(rows, 2, values).unwrap()
}

#[test]
fn the_model_has_the_same_bits_on_one_thread_and_on_many() {
    let data = clouds(10_000);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| KMeans::new(5).restarts(2).fit(&data, &mut seeded(5)).unwrap())
    };
    assert_eq!(on(1), on(4));
}

proptest! {
    #[test]
    fn every_row_has_its_nearest_centroid_and_every_centroid_is_a_mean(
        rows in prop::collection::vec(prop::array::uniform3(-9i8..9), 8..80),
        clusters in 1usize..7,
        seed in 0u64..100,
    ) {
        let rows: Vec<[f32; 3]> = rows.into_iter().map(|row| row.map(f32::from)).collect();
        let data = Matrix::from_rows(&rows).unwrap();
        let model = KMeans::new(clusters).tolerance(0.0).restarts(2).fit(&data, &mut seeded(seed)).unwrap();
        let distance = |row: &[f32], label: usize| -> f32 {
            row.iter().zip(model.centroids.row(label)).map(|(left, right)| (left - right).powi(2)).sum()
        };
        for (row, &label) in data.iter_rows().zip(&model.labels) {
            let own = distance(row, label as usize);
            prop_assert!((0..clusters).all(|other| own <= distance(row, other) + 1e-3));
        }
        for label in 0..clusters {
            let members: Vec<_> = (0..rows.len()).filter(|&row| model.labels[row] as usize == label).collect();
            for column in 0..3 {
                let sum: f32 = members.iter().map(|&row| data.row(row)[column]).sum();
                let mean = sum / members.len() as f32;
                prop_assert!(members.is_empty() || (mean - model.centroids.row(label)[column]).abs() < 1e-4);
            }
        }
        prop_assert!(model.inertia <= KMeans::new(1).fit(&data, &mut seeded(0)).unwrap().inertia + 1e-6);
    }
}
