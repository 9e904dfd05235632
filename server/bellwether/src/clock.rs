//! The one place that asks the machine for the time.

use bellwether_domain::Clock;
use chrono::{DateTime, Utc};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        // Microseconds, because that is what storage keeps.
        DateTime::from_timestamp_micros(since_epoch.as_micros() as i64).unwrap_or_default()
    }
}
