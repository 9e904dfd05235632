//! Files that are whole and on the disk, or not there at all.

use crate::{
    Error, Result,
    error::{READ, WRITE},
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// The ending of a file that is being written. Found at another time, it is what a crash has left.
pub const TEMPORARY: &str = ".tmp";

/// Writes beside `path`, brings it to the disk, and gives it its name; a file of that name is replaced in one step. The
/// folder must be synced afterwards for the name to be durable, once for any number of files. Gives the size.
pub fn write_file(path: &Path, write: impl FnOnce(&File) -> Result<()>) -> Result<u64> {
    let temporary = temporary(path);
    let result = fill(path, &temporary, write);
    if result.is_err() {
        // What is wrong has been said already; a file that stays here is swept at the next start.
        let _ = fs::remove_file(&temporary);
    }
    result
}

fn fill(path: &Path, temporary: &Path, write: impl FnOnce(&File) -> Result<()>) -> Result<u64> {
    let failed = |e| Error::from_io(path, WRITE, e);
    let file = File::create(temporary).map_err(failed)?;
    write(&file)?;
    keep(&file).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    fs::rename(temporary, path).map_err(failed)?;
    Ok(bytes)
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    name.into()
}

/// Makes the names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| keep(&folder)).map_err(|e| Error::from_io(folder, "sync", e))
}

/// A file for reading.
pub fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::from_io(path, READ, e))
}

/// Whether the disk is told to keep files. In a release build always.
#[cfg(debug_assertions)]
static CARELESS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// From now on files of this process are written without telling the disk to keep them. Only for the test that shows what would be
/// lost.
#[cfg(debug_assertions)]
pub fn write_carelessly() {
    CARELESS.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// Tells the disk to keep a file, or the names in a folder.
fn keep(file: &File) -> std::io::Result<()> {
    #[cfg(debug_assertions)]
    if CARELESS.load(std::sync::atomic::Ordering::Relaxed) {
        return Ok(());
    }
    file.sync_all()
}
