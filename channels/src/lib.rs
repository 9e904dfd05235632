//! The channel contract and the channels: outbox folder, SMTP.
