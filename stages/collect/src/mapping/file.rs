//! The form of the file itself: delimiter, encoding, header, how numbers are written.

use super::MappingError;
use super::document::Section;

/// The form of a delimited file. Everything is found out by itself where the mapping does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileMapping {
    /// What the file is made of.
    pub format: Format,
    /// What stands between two fields.
    pub delimiter: Delimiter,
    /// How text is written as bytes.
    pub encoding: Encoding,
    /// Where the names of the columns come from.
    pub header: Header,
}

/// What a file is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// By its first sign: `{` and `[` begin JSON.
    #[default]
    Detect,
    /// Rows of fields.
    Delimited,
    /// A JSON object on each line.
    JsonLines,
    /// JSON objects in a list, or one behind the other, over as many lines as they like.
    Json,
}

/// What stands between two fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delimiter {
    /// The one of `,` `;` tab and `|` that divides the first rows evenly.
    #[default]
    Detect,
    /// This one.
    Byte(u8),
}

/// How text is written as bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// By byte-order mark, else by what the first part of the file can be.
    #[default]
    Detect,
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Simplified Chinese; contains GBK and GB2312.
    Gb18030,
    /// Western European, with the additions of Windows (code page 1252).
    Latin1,
}

impl Encoding {
    /// As the mapping writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detect => "auto",
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Latin1 => "latin-1",
        }
    }
}

/// Where the names of the columns come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Header {
    /// From the first row.
    #[default]
    FirstRow,
    /// There is none; columns are called `c1`, `c2`, …
    None,
    /// There is none; these are the names.
    Names(Vec<String>),
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    /// `.` or `,`.
    pub decimal: u8,
    /// What groups thousands, if anything.
    pub thousands: Option<char>,
    /// More than four decimal places are rounded instead of refused.
    pub round: bool,
}

impl Default for NumberStyle {
    fn default() -> Self {
        Self { decimal: b'.', thousands: None, round: false }
    }
}

/// `[file]` of a table.
pub(super) fn parse(root: &mut Section<'_>) -> Result<FileMapping, MappingError> {
    parse_with(root, &[("auto", Format::Delimited), ("delimited", Format::Delimited)])
}

/// `[file]` of anything that can be read.
pub(super) fn parse_any(root: &mut Section<'_>) -> Result<FileMapping, MappingError> {
    parse_with(root, &FORMATS)
}

fn parse_with(root: &mut Section<'_>, formats: &[(&'static str, Format)]) -> Result<FileMapping, MappingError> {
    let Some(node) = root.optional("file") else { return Ok(FileMapping::default()) };
    let mut section = node.section()?;
    let format = section.optional("format").map(|node| node.choice(formats)).transpose()?;
    let delimiter = section.optional("delimiter").map(|node| node.choice(&DELIMITERS)).transpose()?;
    let encoding = section.optional("encoding").map(|node| node.choice(&ENCODINGS)).transpose()?;
    let header = match section.optional("header") {
        None => Header::FirstRow,
        Some(node) if node.is_list() => Header::Names(node.texts()?),
        Some(node) if node.boolean()? => Header::FirstRow,
        Some(_) => Header::None,
    };
    section.finish()?;
    let format = format.unwrap_or_default();
    Ok(FileMapping { format, delimiter: delimiter.unwrap_or_default(), encoding: encoding.unwrap_or_default(), header })
}

pub(super) fn parse_numbers(root: &mut Section<'_>) -> Result<NumberStyle, MappingError> {
    let mut style = NumberStyle::default();
    let Some(node) = root.optional("numbers") else { return Ok(style) };
    let mut section = node.section()?;
    if let Some(node) = section.optional("decimal") {
        style.decimal = node.choice(&[("point", b'.'), ("comma", b',')])?;
    }
    if let Some(node) = section.optional("thousands") {
        style.thousands = node.choice(&THOUSANDS)?;
        if style.thousands == Some(char::from(style.decimal)) {
            return Err(node.error("`numbers.thousands` cannot be the sign of the decimals"));
        }
    }
    style.round = section.optional_bool("round")?.unwrap_or(false);
    section.finish()?;
    Ok(style)
}

const FORMATS: [(&str, Format); 4] =
    [("auto", Format::Detect), ("delimited", Format::Delimited), ("jsonl", Format::JsonLines), ("json", Format::Json)];

const DELIMITERS: [(&str, Delimiter); 7] = [
    ("auto", Delimiter::Detect),
    (",", Delimiter::Byte(b',')),
    (";", Delimiter::Byte(b';')),
    ("\t", Delimiter::Byte(b'\t')),
    ("tab", Delimiter::Byte(b'\t')),
    ("|", Delimiter::Byte(b'|')),
    ("^", Delimiter::Byte(b'^')),
];

const ENCODINGS: [(&str, Encoding); 8] = [
    ("auto", Encoding::Detect),
    ("utf-8", Encoding::Utf8),
    ("utf-16le", Encoding::Utf16Le),
    ("utf-16be", Encoding::Utf16Be),
    ("gb18030", Encoding::Gb18030),
    ("gbk", Encoding::Gb18030),
    ("latin-1", Encoding::Latin1),
    ("windows-1252", Encoding::Latin1),
];

const THOUSANDS: [(&str, Option<char>); 6] =
    [("none", None), (",", Some(',')), (".", Some('.')), (" ", Some(' ')), ("'", Some('\'')), ("_", Some('_'))];
