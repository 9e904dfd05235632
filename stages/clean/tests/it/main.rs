//! Cleaning by its public interface: every rule with its opposite, laws on random orders, and the counts of the real file.

mod cancellations;
mod gate;
mod known_counts;
mod outliers;
mod received;
mod rules;
mod support;
