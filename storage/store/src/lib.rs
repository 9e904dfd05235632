//! What is true now: SQLite or PostgreSQL behind one seam.
