//! Batch work after an import: what was cleaned in the past as a whole, who is who, who is alike, what to offer.
//!
//! Every step reads through the seams, calls a pure stage, and replaces its parts of the Store one after the other, each
//! in a transaction. All of it can be run again at any time, also where it was stopped halfway, and gives the same result
//! for the same data: the moment that everything is computed as of follows from the data. A step that has too little to
//! go on says so, and the others go on.

mod backtest;
mod past;
mod quality;
mod recommendations;
mod segments;

pub use backtest::backtest;
pub use past::Past;
pub use quality::{BatchQuality, batch_rules, quality};
pub use recommendations::{RecommendationSummary, recommendations};
pub use segments::{SegmentSummary, segments};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Everything that draws by chance starts from here, so that the same data gives the same result.
fn generator(what: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(0xBE11_0000 + what)
}
