//! Davies–Bouldin and Caliński–Harabasz, both from group means.

use super::groups::measurable_groups;
use crate::error::Result;
use crate::matrix::Matrix;

/// Mean over groups of the worst ratio (width of both) / (distance of their means), width being the mean distance to
/// the group's mean. 0 is best.
///
/// # Errors
/// [`crate::Error::Shape`] unless there is one label per row, [`crate::Error::TooLittleData`] for fewer than two groups or
/// as many as rows, [`crate::Error::NotFinite`].
pub fn davies_bouldin(data: &Matrix, labels: &[u32]) -> Result<f64> {
    let groups = measurable_groups(data, labels)?;
    let means: Vec<Vec<f64>> = groups.iter().map(|rows| mean(data, rows)).collect();
    let widths: Vec<f64> = groups.iter().zip(&means).map(|(rows, mean)| width(data, rows, mean)).collect();
    let worst = |group: usize| {
        (0..groups.len())
            .filter(|&other| other != group)
            .map(|other| ratio(widths[group] + widths[other], distance(&means[group], &means[other])))
            .fold(0.0, f64::max)
    };
    Ok((0..groups.len()).map(worst).sum::<f64>() / groups.len() as f64)
}

/// `(between / (k − 1)) / (within / (n − k))` with sums of squares between and within groups. Infinite where nothing is
/// left within groups.
///
/// # Errors
/// As [`davies_bouldin`].
pub fn calinski_harabasz(data: &Matrix, labels: &[u32]) -> Result<f64> {
    let groups = measurable_groups(data, labels)?;
    let all: Vec<usize> = (0..data.rows()).collect();
    let centre = mean(data, &all);
    let (mut between, mut within) = (0.0, 0.0);
    for rows in &groups {
        let mean = mean(data, rows);
        between += rows.len() as f64 * distance(&mean, &centre).powi(2);
        within += rows.iter().map(|&row| squares(data.row(row), &mean)).sum::<f64>();
    }
    let (rows, groups) = (data.rows() as f64, groups.len() as f64);
    Ok(between / within * (rows - groups) / (groups - 1.0))
}

/// Coinciding groups are as badly apart as can be, unless both have no width.
fn ratio(width: f64, distance: f64) -> f64 {
    if width == 0.0 { 0.0 } else { width / distance }
}

fn mean(data: &Matrix, rows: &[usize]) -> Vec<f64> {
    let mut mean = vec![0.0; data.columns()];
    for &row in rows {
        mean.iter_mut().zip(data.row(row)).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    mean.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
    mean
}

fn width(data: &Matrix, rows: &[usize], mean: &[f64]) -> f64 {
    rows.iter().map(|&row| squares(data.row(row), mean).sqrt()).sum::<f64>() / rows.len() as f64
}

fn squares(row: &[f32], point: &[f64]) -> f64 {
    row.iter().zip(point).map(|(&value, &point)| (f64::from(value) - point).powi(2)).sum()
}

fn distance(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_points_on_a_line_by_hand() {
        let data = Matrix::from_rows(&[[0.0], [1.0], [10.0], [11.0]]).unwrap();
        // Widths 0.5 and 0.5, means 10 apart; between 4 · 25 = 100, within 4 · 0.25 = 1, (100 / 1) / (1 / 2) = 200.
        assert_eq!(davies_bouldin(&data, &[0, 0, 1, 1]).unwrap(), 0.1);
        assert_eq!(calinski_harabasz(&data, &[0, 0, 1, 1]).unwrap(), 200.0);
        assert!(davies_bouldin(&data, &[0, 1, 0, 1]).unwrap() > 1.0);
        assert!(calinski_harabasz(&data, &[0, 1, 0, 1]).unwrap() < 1.0);
    }
}
