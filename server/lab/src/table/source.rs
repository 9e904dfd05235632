//! Where the bytes come from: a file or standard input, unpacked, and what format they are in.

use crate::{LabError, Result, options::FileFormat};
use std::{
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

/// The unpacked bytes of an input.
#[derive(Debug)]
pub(crate) struct Source {
    /// Empty for a Parquet file that can be read in place.
    pub bytes: Vec<u8>,
    /// The Parquet file, if it is one on the disk.
    pub in_place: Option<PathBuf>,
    pub format: FileFormat,
    /// The name says that it is delimited by tabs.
    pub tabs: bool,
    /// The packed file ended too early; what came before is kept.
    pub cut_off: bool,
}

/// Reads everything, unpacks it, finds the format. `format` is the user's word.
pub(crate) fn read_source(input: &str, format: Option<FileFormat>, stdin: &mut dyn Read) -> Result<Source> {
    let extension = extension_of(input);
    if let Some(path) = parquet_in_place(input, &extension, format) {
        return Ok(Source {
            bytes: Vec::new(),
            in_place: Some(path),
            format: FileFormat::Parquet,
            tabs: false,
            cut_off: false,
        });
    }
    let packed = read_bytes(input, stdin)?;
    let (bytes, cut_off) = unpack(input, packed)?;
    let format = match (format, extension.as_str()) {
        (Some(format), _) => format,
        (None, "parquet" | "pq") => FileFormat::Parquet,
        (None, "jsonl" | "ndjson" | "json") => FileFormat::Jsonl,
        (None, "csv") => FileFormat::Csv,
        (None, "tsv" | "tab") => FileFormat::Tsv,
        (None, _) => sniff(&bytes),
    };
    refuse_foreign_formats(input, &bytes, format)?;
    Ok(Source { tabs: format == FileFormat::Tsv, bytes, in_place: None, format, cut_off })
}

/// A Parquet file is read by its own footer, not from front to end, so it stays where it is.
fn parquet_in_place(input: &str, extension: &str, format: Option<FileFormat>) -> Option<PathBuf> {
    let named = matches!(extension, "parquet" | "pq");
    let wanted = format == Some(FileFormat::Parquet) || (format.is_none() && named);
    let mut start = [0; 4];
    let begins = std::fs::File::open(input).and_then(|mut file| file.read_exact(&mut start)).is_ok();
    (wanted && input != "-" && begins && &start == b"PAR1").then(|| PathBuf::from(input))
}

fn read_bytes(input: &str, stdin: &mut dyn Read) -> Result<Vec<u8>> {
    if input == "-" {
        let mut bytes = Vec::new();
        stdin.read_to_end(&mut bytes).map_err(|e| LabError::input(input, format!("cannot be read: {e}")))?;
        return Ok(bytes);
    }
    std::fs::read(input).map_err(|error| {
        let problem = match error.kind() {
            ErrorKind::NotFound => "there is no such file".to_owned(),
            _ if Path::new(input).is_dir() => "this is a folder; name one file".to_owned(),
            _ => format!("cannot be read: {error}"),
        };
        LabError::input(input, problem)
    })
}

/// `orders.csv.gz` has the extension `csv`.
fn extension_of(input: &str) -> String {
    let name = Path::new(input).file_name().and_then(|n| n.to_str()).unwrap_or("").to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|packed| name.strip_suffix(packed)).unwrap_or(&name);
    name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_owned())
}

/// Unpacks by the first bytes, whatever the name says. What came before a damage is kept.
fn unpack(input: &str, bytes: Vec<u8>) -> Result<(Vec<u8>, bool)> {
    let mut unpacked = Vec::new();
    let done = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => zstd::stream::read::Decoder::new(bytes.as_slice())
            .and_then(|mut decoder| decoder.read_to_end(&mut unpacked)),
        _ => return Ok((bytes, false)),
    };
    match done {
        Ok(_) => Ok((unpacked, false)),
        Err(_) if !unpacked.is_empty() => Ok((unpacked, true)),
        Err(error) => Err(LabError::input(input, format!("the packed file is damaged: {error}"))),
    }
}

/// The format of an unknown name.
fn sniff(bytes: &[u8]) -> FileFormat {
    if bytes.starts_with(b"PAR1") {
        return FileFormat::Parquet;
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let first_line = start.split(|b| *b == b'\n').next().unwrap_or(&[]).trim_ascii_end();
    let is_object = first_line.first() == Some(&b'{') && first_line.last() == Some(&b'}');
    let is_array = start.first() == Some(&b'[') && start[1..].trim_ascii_start().first() == Some(&b'{');
    if is_object || is_array { FileFormat::Jsonl } else { FileFormat::Csv }
}

/// Files that people try and that are no tables of text: the message says what to do instead.
fn refuse_foreign_formats(input: &str, bytes: &[u8], format: FileFormat) -> Result<()> {
    let problem = match bytes {
        [] => "the file is empty",
        [b'P', b'A', b'R', b'1', ..] if format == FileFormat::Parquet => return Ok(()),
        _ if format == FileFormat::Parquet => "this is no Parquet file; name it by what it is, or give --input-format",
        [b'P', b'K', 3, 4, ..] => "this is a zip archive or an Excel workbook; unpack it or save it as CSV",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "this is an old Excel workbook; save it as CSV",
        [b'%', b'P', b'D', b'F', ..] => "this is a PDF document, not a table",
        [b'P', b'A', b'R', b'1', ..] => "this is a Parquet file; name it .parquet or give --input-format parquet",
        [b'S', b'Q', b'L', b'i', b't', b'e', b' ', ..] => "this is an SQLite database; export the table as CSV",
        _ => return Ok(()),
    };
    Err(LabError::input(input, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn source(name: &str, bytes: &[u8]) -> Result<Source> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read_source(path.to_str().unwrap(), None, &mut std::io::empty())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn names_and_content_tell_the_format() {
        assert_eq!(source("a.csv", b"{}").unwrap().format, FileFormat::Csv);
        assert_eq!(source("a.tsv", b"x").unwrap().format, FileFormat::Tsv);
        assert_eq!(source("u.data", b"1\t2\n").unwrap().format, FileFormat::Csv);
        assert_eq!(source("events", b"{\"a\":1}\n{\"a\":2}").unwrap().format, FileFormat::Jsonl);
        assert_eq!(source("events", b"PAR1....").unwrap().format, FileFormat::Parquet);
        assert_eq!(source("a.ndjson.gz", &gzip(b"{}")).unwrap().format, FileFormat::Jsonl);
    }

    #[test]
    fn packed_files_are_unpacked_and_damage_is_told() {
        assert_eq!(source("a.csv.gz", &gzip(b"a,b\n1,2\n")).unwrap().bytes, b"a,b\n1,2\n");
        assert_eq!(source("a.csv.zst", &zstd::encode_all(&b"a,b\n"[..], 1).unwrap()).unwrap().bytes, b"a,b\n");
        let text: Vec<u8> =
            (0..20_000u32).flat_map(|i| format!("{i},{}\n", i.wrapping_mul(2_654_435_761)).into_bytes()).collect();
        let packed = gzip(&text);
        let cut = source("a.csv.gz", &packed[..packed.len() / 2]).unwrap();
        assert!(cut.cut_off && text.starts_with(&cut.bytes));
    }

    #[test]
    fn foreign_files_are_refused_with_advice() {
        for (name, bytes, text) in [
            ("a.xlsx", &b"PK\x03\x04zzz"[..], "save it as CSV"),
            ("a.csv", b"", "empty"),
            ("b.csv", b"PAR1", "Parquet"),
        ] {
            let error = source(name, bytes).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
            assert_eq!(error.exit_status(), 3);
        }
    }
}
