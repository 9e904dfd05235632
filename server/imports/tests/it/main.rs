//! Uploads and previews, on real files.

mod previews;
mod uploads;
