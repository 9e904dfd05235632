//! The laboratory: every algorithm on a file, without a server.
