//! How a delimited text is laid out: its delimiter, whether quotes protect, whether the first line holds names.

use super::{
    cell::{CellKind, classify, is_missing_word},
    delimited::{Delimiter, Layout, Record, Records},
};

const SAMPLE_BYTES: usize = 256 * 1024;
const SAMPLE_LINES: usize = 400;

/// The start of the text, in whole lines.
pub(crate) fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let mut end = SAMPLE_BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].rfind('\n').map_or(&text[..end], |newline| &text[..newline])
}

/// The delimiter that cuts most lines into the same number of fields, more than one; none where every line is one text.
pub(crate) fn detect_delimiter(sample: &str) -> Delimiter {
    // The rarer a character is inside values, the more it means that lines can be cut there.
    const CANDIDATES: [(Delimiter, f64); 5] = [
        (Delimiter::Colons, 0.05),
        (Delimiter::Byte(b'\t'), 0.04),
        (Delimiter::Byte(b';'), 0.03),
        (Delimiter::Byte(b'|'), 0.02),
        (Delimiter::Byte(b','), 0.01),
    ];
    let mut best = (Delimiter::Nothing, 0.0);
    for (candidate, rarity) in CANDIDATES {
        let score = score(sample, candidate).map_or(0.0, |score| score + rarity);
        if score > best.1 {
            best = (candidate, score);
        }
    }
    // Blanks are inside most texts, so they count only where nothing else cuts and nearly every line agrees.
    if best.1 < 0.6 && score(sample, Delimiter::Blanks).is_some_and(|score| score > 0.9) {
        return Delimiter::Blanks;
    }
    best.0
}

/// Share of lines with the usual number of fields, and half a point more if the first line has it too (a header holds no
/// decimal commas and no lists); `None` for one field.
fn score(sample: &str, delimiter: Delimiter) -> Option<f64> {
    let layout = Layout { delimiter, quotes: true };
    let mut counts = std::collections::BTreeMap::<usize, u64>::new();
    let (mut lines, mut first) = (0u64, 0);
    for_each_record(sample, layout, |fields| {
        lines += 1;
        *counts.entry(fields.len()).or_insert(0) += 1;
        if lines == 1 {
            first = fields.len();
        }
    });
    let (&fields, &count) = counts.iter().max_by_key(|&(fields, count)| (*count, *fields))?;
    (fields >= 2).then(|| count as f64 / lines as f64 + if first == fields { 0.5 } else { 0.0 })
}

/// Whether quotes at the start of fields protect delimiters: they do if they are closed.
///
/// Commas are inside texts, so a comma file needs its quotes, and many broken ones must speak against them. Tabs are not,
/// and files that are cut by tabs are mostly written without any quoting.
pub(crate) fn detect_quotes(sample: &str, delimiter: Delimiter) -> bool {
    let mut records = Records::new(sample, Layout { delimiter, quotes: true });
    let (mut record, mut broken, mut quoted) = (Record::default(), 0u64, 0u64);
    while records.next_record(&mut record) {
        broken += u64::from(record.broken_quote);
        quoted += u64::from(record.quoted);
    }
    match delimiter {
        Delimiter::Byte(b',' | b';') => broken < 3 || broken * 2 <= quoted,
        _ => broken * 5 <= quoted,
    }
}

/// Whether the first line holds names.
///
/// A name differs from what stands below it: text above numbers says names, a number above numbers says values. Where
/// everything is text, a first cell that comes back further down is a value.
pub(crate) fn detect_header(sample: &str, layout: Layout) -> bool {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for_each_record(sample, layout, |fields| rows.push(fields.to_vec()));
    let Some((first, rest)) = rows.split_first() else { return true };
    let rest = if rest.len() > 1 { rest } else { return first.iter().all(|cell| !is_value(cell)) };
    let votes: i32 =
        (0..first.len()).map(|column| vote(&first[column], rest.iter().filter_map(|row| row.get(column)))).sum();
    match votes {
        0 => first.iter().all(|cell| !is_value(cell) && cell.chars().count() <= 64),
        votes => votes > 0,
    }
}

fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    !cell.is_empty() && classify(cell) != CellKind::Text
}

/// +1: looks like a name; -1: looks like a value; 0: cannot say.
fn vote<'a>(first: &str, below: impl Iterator<Item = &'a String>) -> i32 {
    let first = first.trim();
    let below: Vec<&str> = below.map(|cell| cell.trim()).filter(|c| !c.is_empty() && !is_missing_word(c)).collect();
    if below.is_empty() {
        return 0;
    }
    let values = below.iter().filter(|cell| is_value(cell)).count();
    if values * 10 >= below.len() * 9 {
        return match is_value(first) {
            true => -1,
            false if first.is_empty() => 0,
            false => 1,
        };
    }
    if is_value(first) || below.iter().any(|cell| *cell == first && !first.is_empty()) { -1 } else { 0 }
}

fn for_each_record(sample: &str, layout: Layout, mut act: impl FnMut(&[String])) {
    let mut records = Records::new(sample, layout);
    let mut record = Record::default();
    let mut lines = 0;
    while lines < SAMPLE_LINES && records.next_record(&mut record) {
        if !record.broken_quote {
            let fields: Vec<String> = record.fields().map(|f| f.into_owned()).collect();
            act(&fields);
        }
        lines += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, delimiter: Delimiter, header: bool) {
        let found = detect_delimiter(text);
        let layout = Layout { delimiter: found, quotes: detect_quotes(text, found) };
        assert_eq!((found, detect_header(text, layout)), (delimiter, header), "{text}");
    }

    #[test]
    fn layouts_are_recognised() {
        check("id,name\n1,a\n2,b\n", Delimiter::Byte(b','), true);
        check("196\t242\t3\t881250949\n186\t302\t3\t891717742\n22\t377\t1\t878887116\n", Delimiter::Byte(b'\t'), false);
        check(
            " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n 00021 0002 19970101  3   63.34\n",
            Delimiter::Blanks,
            false,
        );
        check("a;b\n1,5;2,5\n2,5;3,5\n", Delimiter::Byte(b';'), true);
        check("1|24|M|technician|85711\n2|53|F|other|94043\n3|23|M|writer|32067\n", Delimiter::Byte(b'|'), false);
        check("label,review\n1,\"near, but far\"\n0,\"so, so\"\n", Delimiter::Byte(b','), true);
        check("citrus fruit,bread\ntropical fruit,yogurt\ncitrus fruit,milk\n", Delimiter::Byte(b','), false);
        check(",item,x\n0,a,0.5\n1,b,0.25\n", Delimiter::Byte(b','), true);
        check("city\nBerlin\nParis, Texas\nRome\n", Delimiter::Nothing, true);
        check("a,b,c\n", Delimiter::Byte(b','), true);
        check("what a day\nit was so long a day\n", Delimiter::Nothing, true);
        check("1::1193::5::978300760\n1::661::3::978302109\n2::914::3::978301968\n", Delimiter::Colons, false);
        check("$:\t-1.5\t[-1, 2, 3]\n%)\t-0.4\t[-1, 0, 5]\n", Delimiter::Byte(b'\t'), false);
        check("id,tags\n1,a;b\n2,c;d\n3,e;f\n", Delimiter::Byte(b','), true);
    }

    #[test]
    fn stray_quotes_are_text() {
        let text = "1\t\"so it begins\n2\tplain\n3\t\"and goes on\n";
        assert!(!detect_quotes(text, Delimiter::Byte(b'\t')));
        assert!(detect_quotes("1\t\"a\"\n2\t\"b\tc\"\n", Delimiter::Byte(b'\t')));
    }
}
