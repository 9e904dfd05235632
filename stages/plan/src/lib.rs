//! The tracking plan: which events there are, and what each must look like.
//!
//! **Takes** the changes that were made to the plan, and events. **Gives**, for every event, what is wrong with it and what
//! is to happen ([`TrackingPlan`]); and, from events that came, a proposal of what the plan could say ([`Learner`]).
//! **Promises** that a schema that is taken is checked in a bounded number of steps, whatever the event ([`Schema`]); that a
//! plan that is taken fits into memory ([`check_size`]); that nothing is
//! fetched from anywhere; that one version of one entry decides about an event; that where the plan says nothing, nothing is
//! parsed. **Never** reads a clock, a file or a store; never changes an event.

mod bounds;
mod current;
mod document;
mod learn;
mod path;
mod plan;
mod schema;

pub use current::CurrentPlan;
pub use document::{DocumentError, DocumentFormat, PlanDocument, PlannedEvent};
pub use learn::{LearnOptions, LearnedField, Learner, Proposal};
pub use path::dotted;
pub use plan::{Judged, TooMany, TrackingPlan, check_size};
pub use schema::{Schema, SchemaError};
