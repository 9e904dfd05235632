//! The Segment tracking API: what stands between the body of a request and events.
//!
//! Two steps. [`check`] looks at a body while the client waits for the answer: can it be understood at all? What cannot is
//! refused with a sentence, and the client must not send it again. Everything else is kept as it came ([`ReceivedCall`]) and
//! taken apart later by [`events`], where whatever is wrong with one event sends that event alone to quarantine.
//!
//! What an event becomes:
//!
//! - **Kind.** Its `type`; without one, the call it came by (`/v1/track`).
//! - **Id.** Its `messageId`. Without one, a digest of source, moment of arrival, place in the call and its own bytes: then
//!   the same event sent twice counts twice, because a repetition cannot be told from a second event.
//! - **Time.** Clocks of phones are wrong, but they run evenly. With `sentAt` (the event's own, else the batch's) the
//!   event happened as long before it arrived as its own clock says that it happened before it was sent: `receivedAt −
//!   (sentAt − originalTimestamp)`. Without `sentAt`, or with one that is no time, it happened when it says.
//!   `originalTimestamp` goes before `timestamp`, an event with neither happened when it arrived, and none happens after
//!   it arrived. A time that cannot be read, or that lies before 1900, is an error: nobody knows when it was.
//! - **Ids of people and things** may be numbers; their digits are the id. `null` and blank mean that there is none.
//! - **`context`, `integrations`** of a batch hold for each of its events; what an event says itself under the same key
//!   wins. `integrations` that name anything are kept inside of the context.
//! - **Orders.** `Order Completed`, `Order Refunded` and `Order Cancelled` with an `order_id` and `products` become orders;
//!   without one of the two they stay events like all others. A product's number is its `product_id`, else its `sku`, else
//!   its `id`; an unknown price is zero, which cleaning flags; an unknown quantity is one; what comes back counts below
//!   zero. Amounts are read exactly, to four places; beyond that they are rounded, since the rest is noise of binary
//!   fractions. All properties are kept as well.
//!
//! Fields that the specification does not know are left out.
//!
//! What quarantine keeps of an event stands for itself: it says what only its call or its batch said, so that [`again`] can
//! make a call of it once somebody has mended it.
//!
//! **Never** panics, nor uses more stack for deeper JSON, whatever the body holds.

mod again;
pub(crate) mod amount;
pub(crate) mod check;
mod context;
mod event;
mod events;
pub(crate) mod fields;
mod kept;
mod moment;
mod order;

pub use again::{Again, NotAgain, again};
pub use bellwether_domain::ReceivedCall;
pub use check::{Checked, Endpoint, Refusal, check};
pub use events::{Events, events};
pub use order::OrderCurrency;
pub(crate) use order::is_refund;

/// The largest body of a batch, in bytes.
pub const MAX_BODY: usize = 500 * 1024;
/// The largest event, and so the largest body of a call that is no batch, in bytes.
pub const MAX_EVENT: usize = bellwether_domain::MAX_EVENT;
/// The most events of a batch. So many fit into the largest body only if most of them say nothing; each costs a line in
/// quarantine.
pub const MAX_EVENTS: u32 = 20_000;
/// What a batch's own context may come to when it is added to each of its events, in bytes. Otherwise a small body could
/// become a thousand times as large.
const MAX_INHERITED: usize = 4 * MAX_BODY;
