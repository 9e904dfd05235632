//! Recency, frequency and monetary value: three scores from 1 to 5, and eleven segments that marketers know by name.
//!
//! # Idea
//! Who bought lately, often and much, buys again. Each of the three numbers is cut into quintiles; 5 is best, so a *short*
//! time since the last order scores high. [`RfmSegment::of`] names each of the 125 combinations.
//!
//! # Scores
//! Edges are the quintiles of the values (as pandas' `qcut`). Orders per customer are heavily tied (half of all customers may
//! have one); equal values always score equally, so classes may be of different size or missing. Where edges coincide a value
//! keeps the place that its quintile has: if 60 % of customers have one order, they score 1 and the next 20 % score 4. Without
//! ties in the edges this equals `qcut`. [`QuantileScale`] does it for one measure and any number of classes.
//!
//! # Segments
//! One row per rule of [`RULES`]; `FM` is the mean of the frequency and monetary scores, 1 to 5 in halves. No two rules
//! overlap and none of the 125 combinations is left out.
//!
//! | recency | FM | segment | in words |
//! | --- | --- | --- | --- |
//! | 4–5 | 4–5 | Champions | bought lately, often, much |
//! | 4–5 | 3–3.5 | Loyal Customers | lately, and regularly |
//! | 3 | 3.5–5 | Loyal Customers | often and much, not quite lately |
//! | 4–5 | 2–2.5 | Potential Loyalists | lately, more than once |
//! | 5 | 1–1.5 | New Customers | just now, once or little |
//! | 4 | 1–1.5 | Promising | rather lately, once or little |
//! | 3 | 2.5–3 | Needs Attention | middling in everything |
//! | 3 | 1–2 | About To Sleep | below the middle, fading |
//! | 2 | 3–5 | At Risk | used to buy well, not for long |
//! | 1 | 3–3.5 | At Risk | used to buy regularly, long gone |
//! | 1 | 4–5 | Can't Lose Them | used to be among the best, long gone |
//! | 2 | 1–2.5 | Hibernating | little, a long time ago |
//! | 1 | 2–2.5 | Hibernating | little, a very long time ago |
//! | 1 | 1–1.5 | Lost | least of all |
//!
//! # Errors, cost, when not to use it
//! Lists of different length, fewer than two customers, values that are not finite. O(n log n). Scores compare customers
//! of one shop at one moment; they say nothing about absolute value, and a shop with one order per customer has no F.
//!
//! # Source
//! Hughes (1994), *Strategic Database Marketing*, for the scores; the segment names are those in common use, the borders
//! are this table.

mod score;
mod segment;

pub use score::{QuantileScale, RfmScore, scores};
pub use segment::{RULES, RfmSegment, SegmentRule};
