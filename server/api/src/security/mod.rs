//! What stands before every handler: headers, host names, origins, and the administrator's session.

pub mod headers;
pub mod host;
pub mod origin;
pub mod session;
pub mod throttle;
