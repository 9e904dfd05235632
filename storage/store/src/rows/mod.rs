//! One file per table: its row, and the way from and to the domain's type. Rows never leave this crate.

pub mod arm;
pub mod campaign;
pub mod decision;
pub mod event_file;
pub mod experiment;
pub mod features;
pub mod import;
pub mod item;
pub mod job;
pub mod membership;
pub mod message;
pub mod model;
pub mod pipeline_state;
pub mod profile;
pub mod recommendation;
pub mod recommended_product;
pub mod reject;
pub mod result;
pub mod rule_count;
pub mod seen_run;
pub mod segment;
pub mod source;
pub mod source_activity;
pub mod subject;
pub mod suppression;
