//! Raw events to clean events and rejects.
