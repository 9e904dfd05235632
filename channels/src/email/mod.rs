mod mime;
mod outbox;
mod refusal;
mod settings;
mod smtp;

pub use outbox::Outbox;
pub use settings::{Secret, SmtpSettings, TlsMode};
pub use smtp::Smtp;
