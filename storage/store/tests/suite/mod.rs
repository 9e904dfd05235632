//! The cases. Each gets a fresh store and knows nothing of the database under it.

pub mod branches;
pub mod broken;
pub mod catalogue;
pub mod customers;
pub mod derived;
pub mod digest;
pub mod engage;
pub mod evaluate;
mod fixtures;
pub mod jobs;
pub mod ledger;
pub mod manifest;
pub mod pipeline;
pub mod plan;
pub mod profiles;
pub mod quality;
pub mod retention;
pub mod schema;
pub mod sources;

use crate::support::Fresh;
use std::sync::Arc;

type Case = Arc<Fresh>;
