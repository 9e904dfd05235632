//! Takes events over HTTP, from the socket to the disk: the Segment tracking API, for the SDKs that exist, our own script, and
//! web hooks of other systems.
//!
//! **Takes** an inbox's appender, a Store with sources, a clock, as an [`Intake`]. **Gives** the routes, and the socket that
//! serves them and any other. **Promises** that what is answered with 200 is on the disk, and that what is not taken is
//! answered so that the SDKs do the right thing: a request is looked at just enough to know that it can be understood later.
//! What cannot be written is answered with 503 and `Retry-After`: the SDKs keep it and come again. They throw away for good
//! what is answered with any other 4xx than 408, 410, 429 and 460, so those are for requests that no repetition makes better.
//! **Never** processes an event.
//!
//! A crate of its own because all of it runs for every request, also what it makes of its generic libraries, and is optimised
//! accordingly; the rest of the API is not.

mod answer;
mod body;
mod collector;
pub mod deliveries;
mod hook;
pub mod hosts;
mod key;
pub mod meters;
pub mod names;
pub mod ready_hook;
mod receive;
pub mod refusals;
mod routes;
mod script;
mod serve;
mod settings;
mod short_way;
pub mod write_keys;

pub use answer::NotTaken;
pub use collector::Collector;
pub use routes::routes;
pub use script::DEMO_SOURCE;
pub use serve::serve;

use bellwether_domain::Clock;
use bellwether_store::Store;
use body::Room;
use deliveries::Deliveries;
use hosts::Hosts;
use meters::SourceMeters;
use refusals::Refusals;
use std::{fmt, sync::Arc};
use write_keys::WriteKeys;

/// What taking events needs; a clone is cheap and leads to the same things.
#[derive(Clone)]
pub struct Intake {
    /// Makes durable what arrives; without one, everything is refused for the time being.
    pub collector: Option<Collector>,
    /// Who is sending.
    pub write_keys: Arc<WriteKeys>,
    /// How much.
    pub meters: Arc<SourceMeters>,
    /// What web hooks were refused last.
    pub refusals: Arc<Refusals>,
    /// What they were told last.
    pub deliveries: Arc<Deliveries>,
    /// Under which names it answers.
    pub hosts: Arc<Hosts>,
    /// Memory for bodies.
    room: Arc<Room>,
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    public_url: Option<Arc<str>>,
}

impl Intake {
    /// For the sources of a Store. `public_url` is where people reach this server, when they were told another address than the
    /// one that they use; without an administrator's password nobody but this machine is answered.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>, public_url: Option<&str>, has_password: bool) -> Self {
        Self {
            collector: None,
            write_keys: Arc::new(WriteKeys::new(Arc::clone(&store))),
            meters: Arc::new(SourceMeters::new(clock.now())),
            refusals: Arc::default(),
            deliveries: Arc::default(),
            room: Arc::default(),
            hosts: Arc::new(Hosts::new(has_password, public_url)),
            store,
            clock,
            public_url: public_url.map(Into::into),
        }
    }

    /// Takes events. Without a collector they are refused for the time being.
    pub fn with_collector(self, collector: Collector) -> Self {
        Self { collector: Some(collector), ..self }
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("collector", &self.collector).finish_non_exhaustive()
    }
}
