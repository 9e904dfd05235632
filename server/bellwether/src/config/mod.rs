//! The configuration in force: defaults, then a file, then the environment, then flags.
//!
//! A key `listen` of section `server` is `listen` under `[server]` in the file, `BELLWETHER_SERVER_LISTEN` in the
//! environment and `--set server.listen=…` on the command line. The section `s3` also goes by the names that other tools have
//! for it, such as `AWS_REGION`.

mod layers;
mod sections;

pub use layers::{Layers, Origin};
#[cfg(test)]
pub use sections::Days;
pub use sections::{Config, LogFormat, MailServiceName, RetentionSection, S3Section, SmtpSection, TlsMode, Track};
