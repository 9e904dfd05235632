//! Web hooks: what another system tells while it happens.
//!
//! Three steps. [`verify`] holds a delivery's signature against its body as it was sent, before anybody reads a word of it.
//! [`check`] looks whether the body can be read at all. Everything else is kept as it came ([`ReceivedHook`]) and mapped later
//! by [`events`], where whatever is wrong with one document sends that document alone to quarantine, whole and with what its
//! headers say, so that [`again`] can make a delivery of it once somebody has mended it, or the mapping.
//!
//! - **Ids of events** follow from what is signed: a number in the body where the mapping names one, otherwise all of the
//!   body. Never from a header: those of Shopify and WooCommerce that number deliveries are not signed, so that whoever once saw
//!   a delivery could have it counted again under another number. A delivery that is repeated counts once in any case.
//! - **Headers** are kept only as far as the mapping asks for them or they say what the delivery is about.
//!
//! **Never** reads a clock: what time it is, is an argument.

mod body;
mod events;
mod kept;
mod ready;
mod signature;
mod trial;

pub use bellwether_domain::ReceivedHook;
pub use body::{Checked, check, is_ping};
pub use events::{events, unreadable};
pub use kept::{Again, NotADelivery, again};
pub use ready::{
    ExampleDelivery, example, guess, is_secret, kept_headers, parse_mapping, ready_mapping, service_mappings,
};
pub use signature::{NotVerified, verify};
pub use trial::{Trial, trial};

/// The largest body of a delivery, in bytes. An order of a thousand lines has about so many.
pub const MAX_BODY: usize = 1024 * 1024;
/// The most documents of a body that is a list.
pub const MAX_DOCUMENTS: u32 = 10_000;
/// What quarantine keeps whole, in bytes; of more it keeps the beginning.
pub const MAX_KEPT: usize = 128 * 1024;
/// How old a signature of Stripe may be, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;
