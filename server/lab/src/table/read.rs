//! The recipe: bytes, text, layout, rows.

use super::{
    Table, TextColumn,
    delimited::{Delimiter, Layout, Record, Records},
    detect::{detect_delimiter, detect_header, detect_quotes, sample},
    encoding::decode,
    jsonl::read_jsonl,
    parquet::read_parquet,
    source::{Source, read_source},
};
use crate::{
    LabError, Result,
    options::{FileFormat, InputArgs},
};
use serde_json::json;
use std::{collections::BTreeMap, io::Read};

/// How to read; from the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadOptions {
    pub input: String,
    pub format: Option<FileFormat>,
    pub delimiter: Option<String>,
    pub encoding: Option<String>,
    pub no_header: bool,
}

impl ReadOptions {
    pub fn of(args: &InputArgs) -> Self {
        Self {
            input: args.input.clone(),
            format: args.input_format,
            delimiter: args.delimiter.clone(),
            encoding: args.encoding.clone(),
            no_header: args.no_header,
        }
    }
}

/// Which columns a job needs; the others are cut but not kept.
#[derive(Debug, Clone)]
pub(crate) enum Projection {
    All,
    Only(Vec<String>),
}

impl Projection {
    pub fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|wanted| wanted == name || wanted.trim() == name.trim()),
        }
    }
}

/// Reads a whole input. An error only where not a single row can be used.
pub(crate) fn read_table(options: &ReadOptions, projection: &Projection, stdin: &mut dyn Read) -> Result<Table> {
    let table = read_any(options, projection, stdin)?;
    refuse_no_rows(&table)?;
    Ok(table)
}

/// The same, but for an input without a usable row: whoever asks for the rejects gets them, too.
pub(crate) fn read_any(options: &ReadOptions, projection: &Projection, stdin: &mut dyn Read) -> Result<Table> {
    let mut table = Table { input: options.input.clone(), ..Table::default() };
    let source = read_source(&options.input, options.format, stdin)?;
    if source.cut_off {
        table.warnings.push("the packed file ends in the middle; the rows before that are used".to_owned());
    }
    table.reading.insert("input_format".into(), json!(format_name(source.format)));
    match source.format {
        FileFormat::Parquet => read_parquet(&source, projection, &mut table)?,
        _ => read_text(source, options, projection, &mut table)?,
    }
    Ok(table)
}

fn format_name(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "csv",
        FileFormat::Tsv => "tsv",
        FileFormat::Jsonl => "jsonl",
        FileFormat::Parquet => "parquet",
    }
}

fn read_text(source: Source, options: &ReadOptions, projection: &Projection, table: &mut Table) -> Result<()> {
    let decoded = decode(source.bytes, options.encoding.as_deref())?;
    refuse_binary(&options.input, &decoded.text)?;
    if decoded.damaged {
        table.warnings.push(format!("some bytes are no valid {} and were replaced by �", decoded.encoding));
    }
    table.reading.insert("encoding".into(), json!(decoded.encoding));
    // Files of old Macs end their lines with a carriage return alone.
    let lone_returns = !decoded.text.contains('\n') && decoded.text.contains('\r');
    let text = if lone_returns { decoded.text.replace('\r', "\n") } else { decoded.text };
    if text.trim().is_empty() {
        return Err(LabError::input(&options.input, "the file holds nothing but blanks"));
    }
    match source.format {
        FileFormat::Jsonl => read_jsonl(&text, projection, table),
        _ => read_delimited(&text, source.tabs, options, projection, table),
    }
}

fn refuse_binary(input: &str, text: &str) -> Result<()> {
    let start: Vec<char> = text.chars().take(65_536).collect();
    let strange = start.iter().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')).count();
    let unreadable = start.iter().filter(|c| **c == '\u{fffd}').count();
    if start.contains(&'\0') || strange * 20 > start.len() || unreadable * 4 > start.len() {
        return Err(LabError::input(
            input,
            "this is no text (binary data); CSV, TSV, JSON Lines and Parquet can be read",
        ));
    }
    Ok(())
}

fn read_delimited(
    text: &str,
    tabs: bool,
    options: &ReadOptions,
    projection: &Projection,
    table: &mut Table,
) -> Result<()> {
    let (announced, body) = announced_delimiter(text);
    let sample = sample(body);
    let delimiter = match &options.delimiter {
        Some(name) => delimiter_by_name(name)?,
        None if announced.is_some() => announced.unwrap_or(Delimiter::Nothing),
        None if tabs && sample.contains('\t') => Delimiter::Byte(b'\t'),
        None => detect_delimiter(sample),
    };
    let layout = Layout { delimiter, quotes: detect_quotes(sample, delimiter) };
    let header =
        !options.no_header && (names_are_in_first_line(sample, layout, projection) || detect_header(sample, layout));
    table.reading.insert("delimiter".into(), json!(delimiter_name(delimiter)));
    table.reading.insert("header".into(), json!(header));
    let mut records = Records::starting(text, layout, text.len() - body.len());
    let mut record = Record::default();
    let width = usual_width(sample, layout, header);
    table.all_names = if header && records.next_record(&mut record) {
        header_names(&record, width, &mut table.warnings)
    } else {
        (1..=width.map_or(1, |width| width.fields)).map(|n| format!("c{n}")).collect()
    };
    read_rows(&mut records, projection, table);
    Ok(())
}

/// Spreadsheets write `sep=;` into a first line of its own; gives the delimiter and what follows.
fn announced_delimiter(text: &str) -> (Option<Delimiter>, &str) {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let name = first.trim_end_matches('\r').strip_prefix("sep=").map(delimiter_by_name);
    match name {
        Some(Ok(delimiter)) => (Some(delimiter), body),
        _ => (None, text),
    }
}

/// A column that an option names stands in the first line: that line is a header.
fn names_are_in_first_line(sample: &str, layout: Layout, projection: &Projection) -> bool {
    let Projection::Only(names) = projection else { return false };
    let mut record = Record::default();
    Records::new(sample, layout).next_record(&mut record)
        && record.fields().any(|field| names.iter().any(|name| name.trim() == field.trim()))
}

fn delimiter_by_name(name: &str) -> Result<Delimiter> {
    Ok(match (name.to_ascii_lowercase().as_str(), name.as_bytes()) {
        ("tab" | "\\t", _) => Delimiter::Byte(b'\t'),
        ("comma", _) => Delimiter::Byte(b','),
        ("semicolon", _) => Delimiter::Byte(b';'),
        ("pipe", _) => Delimiter::Byte(b'|'),
        ("::", _) => Delimiter::Colons,
        ("none", _) => Delimiter::Nothing,
        ("blank" | "blanks" | "space" | "whitespace" | " ", _) => Delimiter::Blanks,
        (_, [byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Delimiter::Byte(*byte),
        _ => {
            return Err(LabError::usage(format!(
                "--delimiter `{name}` is not one character, nor tab, comma, semicolon, pipe, blank, :: or none"
            )));
        }
    })
}

fn delimiter_name(delimiter: Delimiter) -> String {
    match delimiter {
        Delimiter::Blanks => "blank".to_owned(),
        Delimiter::Colons => "::".to_owned(),
        Delimiter::Nothing => "none".to_owned(),
        Delimiter::Byte(b'\t') => "tab".to_owned(),
        Delimiter::Byte(byte) => (byte as char).to_string(),
    }
}

/// The number of fields that most rows of the sample have.
#[derive(Debug, Clone, Copy, PartialEq)]
struct UsualWidth {
    fields: usize,
    /// Nearly all rows have it.
    regular: bool,
    /// The last field is empty in all of them.
    last_is_empty: bool,
}

fn usual_width(sample: &str, layout: Layout, header: bool) -> Option<UsualWidth> {
    let mut records = Records::new(sample, layout);
    let mut record = Record::default();
    let (mut widths, mut rows) = (BTreeMap::<usize, (u64, bool)>::new(), 0);
    let mut skip = header;
    while records.next_record(&mut record) {
        if !std::mem::take(&mut skip) && !record.broken_quote && record.len() > 0 {
            let entry = widths.entry(record.len()).or_insert((0, true));
            entry.0 += 1;
            entry.1 &= record.field(record.len() - 1).trim().is_empty();
            rows += 1;
        }
    }
    let (fields, (count, last_is_empty)) = widths.into_iter().max_by_key(|&(width, (count, _))| (count, width))?;
    Some(UsualWidth { fields, regular: count * 10 > rows * 9, last_is_empty })
}

/// Names of the header, made unique; a column without a name is called by its place.
fn header_names(record: &Record<'_>, width: Option<UsualWidth>, warnings: &mut Vec<String>) -> Vec<String> {
    let mut cells: Vec<String> = record.fields().map(|field| field.trim().to_owned()).collect();
    if width.is_some_and(|width| width.fields == cells.len() + 1 && width.regular && !width.last_is_empty) {
        warnings.push(
            "the rows have one field more than the header: the first is taken as the row's name, `row`".to_owned(),
        );
        cells.insert(0, "row".to_owned());
    }
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.into_iter().enumerate() {
        let base = if cell.is_empty() { format!("c{}", index + 1) } else { cell };
        let mut name = base.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        if number > 2 {
            warnings.push(format!("the header has `{base}` more than once; the later one is called `{name}`"));
        }
        names.push(name);
    }
    names
}

fn read_rows(records: &mut Records<'_>, projection: &Projection, table: &mut Table) {
    let wanted: Vec<usize> = (0..table.all_names.len()).filter(|&i| projection.wants(&table.all_names[i])).collect();
    table.columns = wanted.iter().map(|&i| TextColumn::new(table.all_names[i].clone())).collect();
    let width = table.all_names.len();
    let mut record = Record::default();
    while records.next_record(&mut record) {
        if let Some(reason) = unusable(&record, width) {
            let detail = records_text(&record);
            table.rejects.add(record.line, reason, &detail);
            continue;
        }
        for (column, &index) in table.columns.iter_mut().zip(&wanted) {
            column.push(&record.field(index));
        }
        table.lines.push(record.line);
    }
}

/// Why a record has not the form of the others.
fn unusable(record: &Record<'_>, width: usize) -> Option<&'static str> {
    if record.broken_quote {
        return Some("broken_quote");
    }
    if record.len() < width {
        return Some("too_few_fields");
    }
    let extra = (width..record.len()).any(|index| !record.field(index).trim().is_empty());
    extra.then_some("too_many_fields")
}

fn records_text(record: &Record<'_>) -> String {
    let mut text = String::new();
    for field in record.fields() {
        if text.len() > 400 {
            break;
        }
        if !text.is_empty() {
            text.push_str(" | ");
        }
        text.push_str(&field);
    }
    format!("{} fields: {text}", record.len())
}

/// An input has to have a row that can be used.
pub(crate) fn refuse_no_rows(table: &Table) -> Result<()> {
    if table.rows() > 0 {
        return Ok(());
    }
    let rejected = table.rejects.counts().iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>();
    let problem = match rejected.is_empty() {
        true => "there is a header and no row below it".to_owned(),
        false => {
            let hint = match table.reading.get("input_format").and_then(|f| f.as_str()) {
                Some("jsonl") => "JSON must be one object a line, or one array of objects",
                _ => "is the delimiter right?",
            };
            format!("not one row can be used ({}); {hint}", rejected.join(", "))
        }
    };
    Err(LabError::input(&table.input, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_with(bytes: &[u8], options: ReadOptions) -> Result<Table> {
        read_table(&ReadOptions { input: "-".into(), ..options }, &Projection::All, &mut &*bytes)
    }

    fn read(bytes: &[u8]) -> Result<Table> {
        read_with(bytes, ReadOptions::default())
    }

    #[track_caller]
    fn check(text: &str, names: &[&str], rows: &[&[&str]], rejected: &[(&str, u64)]) {
        let table = read(text.as_bytes()).unwrap();
        assert_eq!(table.all_names, names, "{text}");
        let actual: Vec<Vec<&str>> =
            (0..table.rows()).map(|row| table.columns.iter().map(|c| c.raw(row)).collect()).collect();
        assert_eq!(actual, rows, "{text}");
        let counts: Vec<_> = table.rejects.counts().iter().map(|(r, n)| (r.as_str(), *n)).collect();
        assert_eq!(counts, rejected, "{text}");
    }

    #[test]
    fn tables_are_read() {
        check("a,b\n1, x \n2,y\n", &["a", "b"], &[&["1", "x"], &["2", "y"]], &[]);
        check("a;b;\n1;2;\n", &["a", "b", "c3"], &[&["1", "2", ""]], &[]);
        check("a,a,\n1,2,3\n", &["a", "a_2", "c3"], &[&["1", "2", "3"]], &[]);
        check("sep=;\r\na;b\r\n1,5;2\r\nx\r\n", &["a", "b"], &[&["1,5", "2"]], &[("too_few_fields", 1)]);
        check("a\tb\nx\t1\t2\ny\t3\t4\n", &["row", "a", "b"], &[&["x", "1", "2"], &["y", "3", "4"]], &[]);
        check("a\r2\r1\r", &["a"], &[&["2"], &["1"]], &[]);
        check(
            "a,b\n1,2\n3\n4,5,6\n7,\"8\n9,10,\n",
            &["a", "b"],
            &[&["1", "2"], &["9", "10"]],
            &[("broken_quote", 1), ("too_few_fields", 1), ("too_many_fields", 1)],
        );
    }

    #[test]
    fn options_override_detection() {
        let options = ReadOptions { no_header: true, delimiter: Some(";".into()), ..ReadOptions::default() };
        let table = read_with(b"a,1;b\nc;d\n", options).unwrap();
        assert_eq!(table.all_names, ["c1", "c2"]);
        assert_eq!(table.columns[0].raw(0), "a,1");
    }

    #[test]
    fn only_wanted_columns_are_kept() {
        let projection = Projection::Only(vec!["b".into(), "missing".into()]);
        let table =
            read_table(&ReadOptions { input: "-".into(), ..Default::default() }, &projection, &mut &b"a,b\n1,2\n"[..])
                .unwrap();
        assert_eq!(table.columns.len(), 1);
        assert_eq!(table.all_names, ["a", "b"]);
        assert!(table.column("B").unwrap_err().to_string().contains("`b`"));
    }

    #[test]
    fn unusable_inputs_exit_with_3() {
        for (bytes, text) in [
            (&b""[..], "empty"),
            (b" \n \n", "nothing but blanks"),
            (b"a,b,c\n", "no row below"),
            (b"\x00\x01\x02\x03\xff\xfe", "binary"),
            (b"id,name,x\n1,a\n2,b\n", "not one row"),
        ] {
            let error = read(bytes).unwrap_err();
            assert!(error.to_string().contains(text), "{bytes:?}: {error}");
            assert_eq!(error.exit_status(), 3);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_text_gives_aligned_columns(text in "[a-c0-9,;\"\\n\\t |{}:.é中-]{0,120}") {
            if let Ok(table) = read(text.as_bytes()) {
                for column in &table.columns {
                    prop_assert_eq!(column.len(), table.rows());
                    let _ = (column.numbers(), column.dates(None));
                }
            }
        }
    }
}
