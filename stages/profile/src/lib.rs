//! Clean events to one profile per customer, and features.
