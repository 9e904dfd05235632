//! Quantities and prices that stand out of a shop's whole history.

use bellwether_domain::{HistoryLine, Money, OrderHistory, Quantity};

/// From where on a quantity or a price stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutlierLimits {
    /// Pieces of one line.
    pub quantity: Quantity,
    /// Price of one piece.
    pub price: Money,
}

/// The lines that stand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outliers {
    /// The limits that this history gives.
    pub limits: OutlierLimits,
    /// Lines (indices into the history's lines) with more pieces.
    pub quantities: Vec<u32>,
    /// Lines with a higher price.
    pub prices: Vec<u32>,
}

/// How many robust standard deviations from the middle. Five leaves one in a few thousand of ordinary, skewed sales.
const DEVIATIONS: f64 = 5.0;
/// Turns the median absolute deviation of normal numbers into their standard deviation.
const MAD_TO_SD: f64 = 1.4826;

/// Finds the lines whose quantity or price stands out from all lines of goods.
///
/// Both spread over orders of magnitude, so their logarithms are judged: the limit lies five robust standard deviations
/// (1.4826 × median absolute deviation) above the median. Neither moves when a few values are absurd (Iglewicz & Hoaglin,
/// *How to Detect and Handle Outliers*, 1993). `None` with fewer than 100 lines of goods, or when most of them are equal:
/// then nothing can be said. Cost: two selections of the median per column.
pub fn outliers(history: &OrderHistory) -> Option<Outliers> {
    let goods: Vec<(u32, &HistoryLine)> = (0..)
        .zip(&history.lines)
        .filter(|(_, line)| line.flags.is_ordinary_sale() && !line.quantity.is_zero())
        .collect();
    if goods.len() < 100 {
        return None;
    }
    let limits = OutlierLimits {
        quantity: Quantity::from_f64(upper_limit(goods.iter().map(|(_, line)| line.quantity.abs().to_f64()))?)?,
        price: Money::from_f64(upper_limit(goods.iter().map(|(_, line)| line.price.to_f64()))?)?,
    };
    let beyond = |stands_out: &dyn Fn(&HistoryLine) -> bool| {
        goods.iter().filter(|(_, line)| stands_out(line)).map(|(index, _)| *index).collect()
    };
    Some(Outliers {
        limits,
        quantities: beyond(&|line| line.quantity.abs() > limits.quantity),
        prices: beyond(&|line| line.price > limits.price),
    })
}

fn upper_limit(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut logs: Vec<f64> = values.filter(|value| *value > 0.0).map(f64::ln).collect();
    let middle = median(&mut logs)?;
    logs.iter_mut().for_each(|log| *log = (*log - middle).abs());
    let deviation = median(&mut logs).filter(|deviation| *deviation > 0.0)?;
    Some((middle + DEVIATIONS * MAD_TO_SD * deviation).exp())
}

/// The upper of the two middle values where there are two.
fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
