//! The plain text of a message, made from its MJML: what a reader without HTML gets.
//!
//! Paragraphs, lines and list entries keep their shape; a link is its words and its address; the preview line, styles and
//! decoration are left out.

use std::ops::Range;

/// Elements whose content no reader sees, or sees twice.
const HIDDEN: [&str; 6] = ["mj-head", "mj-style", "mj-raw", "style", "script", "mj-preview"];
/// Elements with a blank line around them.
const PARAGRAPHS: [&str; 12] =
    ["mj-text", "mj-button", "mj-section", "mj-divider", "mj-table", "p", "h1", "h2", "h3", "ul", "ol", "table"];
/// Elements that begin a line.
const LINES: [&str; 4] = ["li", "tr", "div", "mj-column"];

/// The text of an MJML document.
pub(crate) fn from_mjml(mjml: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = mjml;
    while let Some(at) = rest.find('<') {
        writer.text(&rest[..at]);
        rest = &rest[at..];
        let length = if rest.starts_with("<!--") {
            rest.find("-->").map_or(rest.len(), |end| end + 3)
        } else {
            let tag = tag_length(rest);
            writer.tag(rest[1..tag].trim_end_matches('>'));
            tag
        };
        rest = &rest[length..];
    }
    writer.text(rest);
    writer.finish()
}

/// From `<` to the `>` that ends the tag, quotes respected.
pub(crate) fn tag_length(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if byte == b'>' => return at + 1,
            None => {}
        }
    }
    rest.len()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks that are due before the next word.
    breaks: usize,
    space: bool,
    hidden: usize,
    /// The element that says of itself that it is decoration, and how many of its kind are open inside it.
    decoration: Option<(String, usize)>,
    /// The addresses of the links that are open.
    links: Vec<String>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.is_silent() {
            return;
        }
        for (index, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= index > 0;
            if !word.is_empty() {
                self.word(&unescape(word));
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() {
            self.breaks = 0;
        } else if self.breaks > 0 {
            self.out.extend(std::iter::repeat_n('\n', self.breaks));
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn tag(&mut self, tag: &str) {
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let empty = tag.ends_with('/');
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        if HIDDEN.contains(&name) && !empty {
            self.hidden = if closing { self.hidden.saturating_sub(1) } else { self.hidden + 1 };
        }
        self.decorate(name, tag, closing, empty);
        if self.is_silent() {
            return;
        }
        self.link(name, tag, closing, empty);
        if name == "br" {
            self.breaks = (self.breaks + 1).min(2);
        } else if PARAGRAPHS.contains(&name) {
            self.breaks = 2;
        } else if LINES.contains(&name) {
            self.breaks = self.breaks.max(1);
        } else if name == "td" {
            self.space = true;
        }
        if name == "li" && !closing {
            self.word("-");
            self.space = true;
        }
    }

    const fn is_silent(&self) -> bool {
        self.hidden > 0 || self.decoration.is_some()
    }

    fn decorate(&mut self, name: &str, tag: &str, closing: bool, empty: bool) {
        match &mut self.decoration {
            Some((open, depth)) if open == name && closing => {
                *depth -= 1;
                if *depth == 0 {
                    self.decoration = None;
                }
            }
            Some((open, depth)) if open == name && !empty => *depth += 1,
            Some(_) => {}
            None if !closing && !empty && attribute(tag, "aria-hidden").is_some_and(|value| value == "true") => {
                self.decoration = Some((name.to_owned(), 1));
            }
            None => {}
        }
    }

    fn link(&mut self, name: &str, tag: &str, closing: bool, empty: bool) {
        if !matches!(name, "a" | "mj-button") || empty {
            return;
        }
        if !closing {
            self.links.push(attribute(tag, "href").unwrap_or_default());
        } else if let Some(address) = self.links.pop()
            && !address.is_empty()
            && !self.out.ends_with(&address)
        {
            self.space = true;
            self.word(&format!("({address})"));
        }
    }

    fn finish(mut self) -> String {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }
}

/// The value of an attribute of a tag.
pub(crate) fn attribute(tag: &str, wanted: &str) -> Option<String> {
    attribute_place(tag, wanted).map(|place| unescape(&tag[place]))
}

/// Where the value of an attribute stands in a tag, between its quotes.
pub(crate) fn attribute_place(tag: &str, wanted: &str) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(equals) = tag[from..].find('=').map(|at| from + at) {
        let name = tag[from..equals].trim_end().rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        let value = tag[equals + 1..].trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let start = tag.len() - value.len() + 1;
        let end = start + tag[start..].find(quote)?;
        if name == wanted {
            return Some(start..end);
        }
        from = end + 1;
    }
    None
}

/// The entities that our escaping writes, and those that authors use.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(at, _)| at);
        match end.and_then(|end| entity(&rest[1..end]).map(|character| (character, end))) {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "middot" => '·',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "copy" => '©',
        "rarr" => '→',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| !character.is_control())?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mjml: &str, expected: &str) {
        assert_eq!(from_mjml(mjml), expected);
    }

    #[test]
    fn paragraphs_lines_and_entries_keep_their_shape() {
        check("<mj-text><p>One\n  two</p><p>Three<br/>four</p></mj-text>", "One two\n\nThree\nfour\n");
        check("<mj-text><ul><li>a</li><li>b <b>c</b>d</li></ul></mj-text>", "- a\n- b cd\n");
        check(
            "<mj-section><mj-column><mj-text>A</mj-text></mj-column><mj-column><mj-text>B</mj-text></mj-column></mj-section>",
            "A\n\nB\n",
        );
    }

    #[test]
    fn links_have_their_address() {
        check(
            "<mj-button href=\"https://x.example/?a=1&amp;b=2\">Shop now</mj-button>",
            "Shop now (https://x.example/?a=1&b=2)\n",
        );
        check("<mj-text>See <a href='https://x.example'>https://x.example</a>.</mj-text>", "See https://x.example.\n");
        check("<mj-text><a name='top'>Top</a></mj-text>", "Top\n");
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        check(
            "<mj-head><mj-title>T</mj-title></mj-head><mj-preview>P</mj-preview><!-- c --><mj-text>B</mj-text>",
            "B\n",
        );
        check("<p>a</p><div aria-hidden=\"true\">x<div>y</div>z</div><p>b</p>", "a\n\nb\n");
        check("", "");
    }

    #[test]
    fn entities_are_read_once() {
        check("&amp;lt; &lt;b&gt; &#39;&#x4e2d;&#39; &unknown; a & b", "&lt; <b> '中' &unknown; a & b\n");
    }

    #[test]
    fn broken_markup_does_not_panic() {
        for mjml in ["<", "<a", "<a href=", "<a href='", "</", "<!--", "&", "&;", "<>", "< >", "&#0;", "<li>"] {
            let _ = from_mjml(mjml);
        }
    }
}
