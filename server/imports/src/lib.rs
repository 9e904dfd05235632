//! Files on their way in: uploads in the data folder, what a file seems to be, and what a mapping makes of its first rows.
//!
//! **Takes** the bytes of a file part by part, or the path of one that lies there; a mapping. **Gives** an [`Upload`] that is on
//! the disk; an [`Importer`](bellwether_collect::Importer) of a file of any form; what a file seems to be ([`rows::look_at`]); what
//! a mapping makes of its first rows ([`preview`]). **Promises** that memory stays bounded however large a file is; that an upload
//! is there as a whole or not at all, whenever the process dies; that a name cannot lead out of the folder. **Never** imports
//! anything: that is the binary's part, which alone has the inbox and the pipeline.
//!
//! `rows` opens files, `uploads` keeps them, `receiver` takes them in, `preview` shows them, `read_by` says whether an import can go on.

mod error;
mod name;
mod preview;
mod read_by;
mod receiver;
pub mod rows;
mod upload;
mod uploads;

pub use error::{Error, Result};
pub use preview::{BadMapping, CannotPreview, PREVIEW_ROWS, Preview, PreviewRow, parse, preview, without_folder};
pub use read_by::ReadBy;
pub use receiver::Receiver;
pub use upload::{Begun, Outcome, Upload};
pub use uploads::Uploads;
