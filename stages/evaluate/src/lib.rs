//! What campaigns caused, and what was only observed.
//!
//! **Takes** outcomes of people: of a randomised experiment as sufficient statistics, or of history as what each person
//! did after a date. **Gives** effects with intervals, a verdict in plain words, and the exposures that a clearer answer
//! needs. **Promises** that observed and caused are never mixed up: a backtest has no verdict. **Never** reads a clock.

pub mod backtest;
pub mod experiment;
