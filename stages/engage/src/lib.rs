//! Campaigns: audience, content, hold-out, and the send ledger's rules.
