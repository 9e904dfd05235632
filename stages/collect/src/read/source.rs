//! Files and what they are packed in.

use crate::error::{Error, Result};
use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read},
    path::Path,
};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What a packed file is read in; also the memory that a frame of zstd may ask for (`zstd --long=27`).
const BUFFER: usize = 128 * 1024;

/// Bytes to read, unpacked, and what to call them.
pub(crate) struct Input {
    pub name: String,
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
        let (gzip, zstd) = (magic.starts_with(GZIP), magic.starts_with(ZSTD));
        let whole = Cursor::new(magic).chain(reader);
        let bytes: Box<dyn Read + Send> = if gzip {
            Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole)))
        } else if zstd {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(BUFFER, whole))?;
            decoder.window_log_max(27)?;
            Box::new(decoder)
        } else {
            Box::new(whole)
        };
        Ok(Self { name: name.into(), bytes })
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
