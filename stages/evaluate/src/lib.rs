//! What campaigns caused, and what was only observed.
