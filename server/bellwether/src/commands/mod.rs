//! One file per command.

mod campaign;
mod demo;
mod doctor;
mod import;
mod outbox_digest;
mod plan;
mod refresh;
mod replay;
mod report;
mod retention;
mod serve;
mod small;
mod source;
mod source_hook;
mod store;
mod tail;

pub use campaign::campaign;
pub use demo::demo;
pub use doctor::doctor;
pub use import::{guess, import};
pub use plan::plan;
pub use refresh::refresh;
pub use replay::replay;
pub use report::report;
pub use retention::retention;
pub use serve::serve;
pub use small::{check_acquisition, completions, lab, migrate, openapi, shipped_acquisition, show_config};
pub use source::source;
pub use store::store;
pub use tail::tail;

use crate::config::Config;
use anyhow::{Context as _, Result};
use chrono_tz::Tz;

/// The shop's time zone.
pub fn timezone(config: &Config) -> Result<Tz> {
    let name = &config.shop.timezone;
    name.parse::<Tz>()
        .map_err(|_| anyhow::anyhow!("`{name}` is not a time zone; use an IANA name such as Europe/London"))
        .context("setting shop.timezone")
}
