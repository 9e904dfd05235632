//! Segments: the list, one of them, and how the number of clusters was chosen.

pub mod clustering;
mod compare;
pub mod list;
pub mod show;
