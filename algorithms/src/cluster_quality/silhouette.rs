//! Is a row nearer to its own group than to the next one?

use super::groups::measurable_groups;
use crate::error::{Result, require_equal};
use crate::matrix::Matrix;
use crate::parallel::map_ranges;
use crate::random::sample_indices;
use crate::simd::{LANES, Lanes, multiversion};
use crate::tiles::Tiles;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Rows in one piece of work; each is compared with all others, so few are enough.
const CHUNK: usize = 64;

/// How many rows to compare with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SilhouetteRows {
    /// All of them.
    All,
    /// All up to this many; of more, a random sample of this size, compared among itself.
    AtMost(usize),
}

/// A mean silhouette, and on how many rows it stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Silhouette {
    /// Mean over the rows, −1 to 1.
    pub mean: f64,
    /// Rows that it was computed on.
    pub rows: usize,
    /// Whether these are a sample.
    pub sampled: bool,
}

/// The mean silhouette. The generator is only used for a sample.
///
/// # Errors
/// [`crate::Error::Shape`] unless there is one label per row, [`crate::Error::TooLittleData`] for fewer than two groups or
/// as many as rows (also in the sample), [`crate::Error::NotFinite`].
pub fn silhouette<R: Rng + ?Sized>(
    data: &Matrix,
    labels: &[u32],
    rows: SilhouetteRows,
    rng: &mut R,
) -> Result<Silhouette> {
    require_equal("labels (one per row)", data.rows(), labels.len())?;
    match rows {
        SilhouetteRows::AtMost(most) if most < data.rows() => {
            let chosen = sample_indices(rng, data.rows(), most);
            let labels: Vec<u32> = chosen.iter().map(|&row| labels[row]).collect();
            let mean = mean(&silhouette_of_rows(&data.select_rows(&chosen), &labels)?);
            Ok(Silhouette { mean, rows: most, sampled: true })
        }
        _ => Ok(Silhouette { mean: mean(&silhouette_of_rows(data, labels)?), rows: data.rows(), sampled: false }),
    }
}

/// The silhouette of each row: `(b − a) / max(a, b)` with `a` the mean distance to the others of its group and `b` the
/// least mean distance to another group; 0 for a row that is alone in its group.
///
/// # Errors
/// As [`silhouette`].
pub fn silhouette_of_rows(data: &Matrix, labels: &[u32]) -> Result<Vec<f64>> {
    let groups = measurable_groups(data, labels)?;
    let tiles: Vec<Tiles> = groups.iter().map(|rows| Tiles::pack(&data.select_rows(rows))).collect();
    let mut group_of = vec![0; data.rows()];
    groups.iter().enumerate().for_each(|(group, rows)| rows.iter().for_each(|&row| group_of[row] = group));
    let parts = map_ranges(data.rows(), CHUNK, |range| {
        range.map(|row| of_row(data.row(row), group_of[row], &tiles)).collect::<Vec<f64>>()
    });
    Ok(parts.concat())
}

fn of_row(row: &[f32], own: usize, groups: &[Tiles]) -> f64 {
    if groups[own].rows == 1 {
        return 0.0;
    }
    let mut within = 0.0;
    let mut nearest_other = f64::INFINITY;
    for (group, tiles) in groups.iter().enumerate() {
        let sum = distance_sum(row, tiles.values(), tiles.rows);
        if group == own {
            within = sum / (tiles.rows - 1) as f64;
        } else {
            nearest_other = nearest_other.min(sum / tiles.rows as f64);
        }
    }
    let larger = within.max(nearest_other);
    if larger > 0.0 { (nearest_other - within) / larger } else { 0.0 }
}

multiversion! {
    /// The sum of distances of one row to all rows of some tiles.
    fn distance_sum(row: &[f32], tiles: &[Lanes], rows: usize) -> f64 = distance_sum_body
}

#[inline(always)]
fn distance_sum_body<const FUSED: bool>(row: &[f32], tiles: &[Lanes], rows: usize) -> f64 {
    let mut sum = 0.0;
    for (index, tile) in tiles.chunks_exact(row.len()).enumerate() {
        let mut squares = Lanes::splat(0.0);
        for (values, &value) in tile.iter().zip(row) {
            let difference = *values - Lanes::splat(value);
            squares = difference.times_plus::<FUSED>(difference, squares);
        }
        let mut distances = Lanes(squares.0.map(f32::sqrt));
        for lane in LANES.min(rows - index * LANES)..LANES {
            distances.0[lane] = 0.0;
        }
        sum += f64::from(distances.sum());
    }
    sum
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::seeded;

    #[test]
    fn four_points_on_a_line_by_hand() {
        let data = Matrix::from_rows(&[[0.0], [1.0], [10.0], [11.0]]).unwrap();
        // Row 0: a = 1, b = 10.5. Row 1: a = 1, b = 9.5.
        let expected = [9.5 / 10.5, 8.5 / 9.5, 8.5 / 9.5, 9.5 / 10.5];
        assert_eq!(silhouette_of_rows(&data, &[7, 7, 3, 3]).unwrap(), expected);
        let wrong = silhouette(&data, &[0, 1, 0, 1], SilhouetteRows::All, &mut seeded(0)).unwrap();
        assert!(wrong.mean < 0.0 && !wrong.sampled);
    }

    #[test]
    fn a_row_alone_has_none_and_one_group_is_refused() {
        let data = Matrix::from_rows(&[[0.0], [1.0], [10.0]]).unwrap();
        assert_eq!(silhouette_of_rows(&data, &[0, 0, 1]).unwrap()[2], 0.0);
        assert!(silhouette_of_rows(&data, &[0, 0, 0]).is_err());
        assert!(silhouette_of_rows(&data, &[0, 1, 2]).is_err());
        assert!(silhouette_of_rows(&data, &[0, 1]).is_err());
    }

    #[test]
    fn a_sample_says_that_it_is_one_and_is_close() {
        let values = (0..2000).map(|row| (row % 2 * 10) as f32 + (row % 17) as f32 / 17.0).collect();
        let data = Matrix::new(2000, 1, values).unwrap();
        let labels: Vec<u32> = (0..2000).map(|row| row % 2).collect();
        let all = silhouette(&data, &labels, SilhouetteRows::All, &mut seeded(1)).unwrap();
        let some = silhouette(&data, &labels, SilhouetteRows::AtMost(300), &mut seeded(1)).unwrap();
        assert_eq!((some.rows, some.sampled), (300, true));
        assert!((all.mean - some.mean).abs() < 0.01);
    }
}
