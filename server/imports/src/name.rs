//! Names of files as strangers give them.

/// The most bytes of a name: file systems take 255, and a few of them are ours.
const LONGEST: usize = 160;
/// What a file is called whose name says nothing.
const NAMELESS: &str = "upload";

/// A name that is one file in one folder, whatever was sent: without folders, signs that control something, and dots at its
/// beginning. Letters of all languages stay, because people must know their file again; so does the ending, which says what a
/// damaged file was meant to be.
pub(crate) fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let fits = |c: char| match c {
        c if c.is_control() => '_',
        // Signs that would turn the direction of text around, or that nobody sees.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '_',
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c => c,
    };
    let name: String = last.chars().map(fits).collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if name.is_empty() { NAMELESS.to_owned() } else { shortened(name) }
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
    let ending = if ending.len() <= 16 { ending } else { "" };
    let mut end = LONGEST - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(safe(name), expected);
    }

    #[test]
    fn names_stay_what_people_know() {
        check("orders.csv", "orders.csv");
        check("互动 (1).csv", "互动 (1).csv");
        check("Umsätze 2026.csv.zst", "Umsätze 2026.csv.zst");
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        check("../../etc/passwd", "passwd");
        check("C:\\Users\\ann\\orders.csv", "orders.csv");
        check("..", "upload");
        check("a/", "upload");
        check("", "upload");
        check(" . ", "upload");
        check(".hidden", "hidden");
        check("a\0b\nc.csv", "a_b_c.csv");
        check("a\u{202e}vsc.exe", "a_vsc.exe");
    }

    #[test]
    fn long_names_keep_their_ending() {
        let name = safe(&format!("{}.parquet", "数".repeat(200)));
        assert!(name.len() <= LONGEST && name.ends_with("数.parquet"), "{name}");
        assert!(safe(&"x".repeat(1_000)).len() <= LONGEST);
        assert!(safe(&format!("a.{}", "x".repeat(1_000))).len() <= LONGEST);
    }
}
