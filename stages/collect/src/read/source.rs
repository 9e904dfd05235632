//! Files and what they are packed in.

use crate::error::{Error, Result};
use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read},
    path::{Path, PathBuf},
};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What a packed file is read in; also the memory that a frame of zstd may ask for (`zstd --long=27`).
const BUFFER: usize = 128 * 1024;

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// In nothing.
    None,
    /// With gzip.
    Gzip,
    /// With zstd.
    Zstd,
}

/// Bytes to read, unpacked, and what to call them.
pub(crate) struct Input {
    pub name: String,
    pub packing: Packing,
    pub bytes: Box<dyn Read + Send>,
}

impl Input {
    /// Opens a file; what it is packed in is known by its first bytes, not by its name.
    pub fn open(path: &Path) -> Result<Self> {
        let fail = |source| Error::Io { path: path.to_owned(), source };
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let file = File::open(path).map_err(fail)?;
        if file.metadata().map_err(fail)?.is_dir() {
            return Err(Error::NotText { file: name, hint: "it is a folder; name a file in it".to_owned() });
        }
        Self::new(name, file).map_err(fail)
    }

    /// Takes the bytes of any reader.
    pub fn new(name: impl Into<String>, mut reader: impl Read + Send + 'static) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(4);
        reader.by_ref().take(4).read_to_end(&mut magic)?;
        let packing = if magic.starts_with(GZIP) {
            Packing::Gzip
        } else if magic.starts_with(ZSTD) {
            Packing::Zstd
        } else {
            Packing::None
        };
        let whole = Cursor::new(magic).chain(reader);
        let bytes: Box<dyn Read + Send> = match packing {
            Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole))),
            Packing::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(BUFFER, whole))?;
                decoder.window_log_max(27)?;
                Box::new(decoder)
            }
            Packing::None => Box::new(whole),
        };
        Ok(Self { name: name.into(), packing, bytes })
    }
}

/// The files that a path stands for: itself, or those in a folder, by name. Hidden files and folders in it are passed over.
///
/// # Errors
/// When the folder cannot be read, or has no file in it.
pub fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let fail = |source| Error::Io { path: path.to_owned(), source };
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(fail)?;
    let is_hidden = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
    let visible = entries.iter().filter(|entry| !is_hidden(entry)).map(std::fs::DirEntry::path);
    let mut files: Vec<PathBuf> = visible.filter(|file| file.is_file()).collect();
    files.sort();
    match files.is_empty() {
        true => Err(fail(io::Error::new(io::ErrorKind::NotFound, "there is no file in this folder"))),
        false => Ok(files),
    }
}

/// The BLAKE3 digest of a file as it is stored, in hexadecimal: the same content has the same digest under any name.
///
/// # Errors
/// When the file cannot be read.
pub fn file_digest(path: &Path) -> Result<String> {
    let fail = |source| Error::Io { path: path.to_owned(), source };
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(fail)?;
    io::copy(&mut BufReader::with_capacity(BUFFER, file), &mut hasher).map_err(fail)?;
    Ok(hasher.finalize().to_hex().to_string())
}
