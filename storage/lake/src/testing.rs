//! Small events for tests.
