//! The HTTP API: axum routes over the seams, OpenAPI generated from the code, and the embedded console.
//!
//! **Takes** an open Store and Lake, a clock and settings as an [`ApiState`]. **Gives** a router and a server for it.
//! **Promises**: every endpoint is in the committed OpenAPI document; every error is a problem document with a stable
//! code; without an administrator's password nobody but this machine is answered; asking for the same data twice
//! computes it once. **Never** changes the data that it shows, but for sources, stores, uploads and their jobs, the quarantine, sessions and unsubscribing;
//! never shows a secret (but a source's key to whoever may replace it; the secret of a web hook to nobody) or a database's own words.
//!
//! How it is built: [`router`] lists every route; one file per endpoint holds its shapes, its handler and what turns
//! the domain's words into them; `security` holds what stands before all handlers. To add an endpoint: a file, a line in
//! the router, and `cargo run -p bellwether-api --example openapi > console/openapi.json`.

pub mod backtest;
pub mod campaigns;
mod console;
pub mod customers;
pub mod experiments;
pub mod extract;
mod feedback;
pub mod health;
pub mod imports;
pub mod jobs;
pub mod live;
pub mod metrics;
pub mod overview;
pub mod page;
pub mod plan;
pub mod problem;
pub mod processing;
pub mod products;
pub mod quality;
pub mod recommendations;
pub mod results;
mod router;
mod security;
pub mod segments;
pub mod session;
pub mod sources;
pub mod state;
pub mod stores;
mod unsubscribe;
pub mod words;

pub use backtest::Backtest;
pub use imports::{ImportOrder, Imports, LiveImport, LiveImports, ShopCurrency};
pub use live::LiveEvents;
pub use metrics::{hooks_left_out, query_done, query_failed};
pub use processing::Processing;
pub use router::{API_PREFIX, openapi, router};
pub use segments::clustering::ClusteringChoice;
pub use state::{Administrator, ApiSettings, ApiState, MessageSettings};
