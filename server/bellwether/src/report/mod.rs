//! `bellwether report`: everything on one self-contained page, or as JSON.

mod charts;
mod data;
mod html;
mod sections;
mod words;

pub use data::gather;
pub use html::page;
