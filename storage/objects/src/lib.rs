//! Objects in S3-compatible stores: Amazon's own, MinIO, Ceph, R2, OSS, COS and the like.
//!
//! **Takes** an address (`s3://bucket/key`) and how to get there ([`Settings`]). **Gives** the objects that the address stands for,
//! and any part of one. **Promises** that all parts of an object are of one version of it, or an error says that it changed; that
//! errors say which bucket and key, what the server said and what to do; that no secret is in them. **Never** writes to a store,
//! and keeps nothing.
//!
//! The only crate that knows the client; no type of it leaves it.

mod address;
mod bucket;
mod error;
mod settings;

pub use address::Address;
pub use bucket::{Bucket, Object};
pub use error::{Error, Result};
pub use settings::Settings;
