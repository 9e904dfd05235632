//! Load for the front door: a stream of shop events ([`clickstream`]), requests that hold them ([`request`]), and how
//! long each took ([`latency`]). The binaries: `load` sends, `peer` is what a decent engineer would write instead of
//! Bellwether's front door, `clickstream` writes events to a file.

pub mod arguments;
pub mod clickstream;
pub mod latency;
pub mod request;
