//! From raw events to clean ones: typed, without copies, with every doubt flagged.
//!
//! **Takes** `RawEvent`s and the shop's `ItemRules`. **Gives** `CleanEvent`s, `Reject`s, catalogue items and, for every rule,
//! how many rows it touched ([`Cleaner`]); and, over a whole history, which sale every return belongs to
//! ([`cancellations`]) and which quantities and prices stand out ([`outliers`]); and how likely it is that a program sent an
//! event ([`BotDetector`]), which alone depends on what came shortly before. A [`Gate`] may refuse events that passed.
//! **Promises** that every row is in exactly one clean event or reject; that what is doubtful is flagged, never changed or
//! dropped; that traits, properties and context are JSON that every reader understands alike, within bounds; that the answer
//! for an event depends on that event and the rules alone, not on its neighbours or on batches.
//! **Never** reads a file, a clock or a store; never guesses who an anonymous buyer was.

mod bad_event;
mod bots;
mod cancellations;
mod catalogue;
mod cleaner;
mod documents;
mod gate;
mod limits;
mod lines;
mod names;
mod outliers;
mod pattern;
mod rules;
mod shape;

pub use bots::BotDetector;
pub use cancellations::{CancellationMatch, CancellationReport, MatchedSale, cancellations};
pub use catalogue::merge_item;
pub use cleaner::{CleanBatch, Cleaner, event_id, subject_of, subject_of_visitor};
pub use gate::{Candidate, Gate, Open, Refused};
pub use outliers::{OutlierLimits, Outliers, outliers};
pub use rules::Rule;
