//! Reads a template's source once and prepares it: every output becomes a tag that knows its line and where in the document it stands.
//!
//! The Liquid library has no automatic escaping and no line numbers in its errors. Both come from this rewriting:
//! `{{ name | upcase }}` becomes `{% output 7 2 name | upcase %}`, where 7 is the line and 2 says "text of the document".

use super::{TemplateError, limits};

/// Where an output stands, and so what has to be done to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The template says that this is HTML already (`| raw`, `| escape`, `| newline_to_br`).
    Trusted,
    /// Escaped; its value may shape the document (an attribute such as `width`, a style sheet).
    Shaping,
    /// Escaped; text that a reader sees.
    Text,
    /// Escaped; the value of a link or an image address.
    Address,
}

impl Place {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Trusted => 0,
            Self::Shaping => 1,
            Self::Text => 2,
            Self::Address => 3,
        }
    }

    pub(crate) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Trusted),
            1 => Some(Self::Shaping),
            2 => Some(Self::Text),
            3 => Some(Self::Address),
            _ => None,
        }
    }
}

/// Filters that end in HTML: their result is not escaped once more.
const HTML_FILTERS: [&str; 4] = ["raw", "escape", "escape_once", "newline_to_br"];
/// Tags that can fail or take long while rendering, and therefore announce their line.
const MARKED_TAGS: [&str; 6] = ["if", "unless", "for", "case", "assign", "capture"];
const OPENING: [&str; 5] = ["if", "unless", "for", "case", "capture"];
const CLOSING: [&str; 5] = ["endif", "endunless", "endfor", "endcase", "endcapture"];
/// Elements whose content is not text for a reader. The title is also written into an attribute.
const SHAPING_ELEMENTS: [&str; 6] = ["mj-title", "mj-style", "mj-raw", "style", "script", "mj-attributes"];

/// What the library's parser cannot take: it recurses without a limit and panics on integers of more than 64 bits.
pub(crate) fn check(source: &str) -> Result<(), TemplateError> {
    if source.len() > limits::SOURCE_BYTES {
        return Err(limit(1, "bytes of source", limits::SOURCE_BYTES));
    }
    let mut depth = 0_usize;
    for piece in Pieces::new(source) {
        if let Kind::Tag { name, .. } = piece.kind {
            if OPENING.contains(&name) {
                depth += 1;
            } else if CLOSING.contains(&name) {
                depth = depth.saturating_sub(1);
            }
            if depth > limits::NESTED_BLOCKS {
                return Err(limit(piece.line, "nested blocks", limits::NESTED_BLOCKS));
            }
        }
        if !matches!(piece.kind, Kind::Text) && has_long_number(piece.text) {
            let detail = "a number has more than 18 digits".to_owned();
            return Err(TemplateError::Syntax { line: piece.line, detail });
        }
    }
    Ok(())
}

/// The prepared source. Expects one that the library's parser accepted.
pub(crate) fn annotate(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut position = Position::default();
    for piece in Pieces::new(source) {
        match piece.kind {
            Kind::Text => {
                position.walk(piece.text);
                out.push_str(piece.text);
            }
            Kind::Verbatim => out.push_str(piece.text),
            Kind::Output { inner, open_dash, close_dash } => {
                let place = if ends_in_html(inner) { Place::Trusted } else { position.place() };
                let (open, close) = (dash(open_dash), dash(close_dash));
                out.push_str(&format!("{{%{open} output {} {} {inner} {close}%}}", piece.line, place.code()));
            }
            Kind::Tag { name, open_dash } => {
                if MARKED_TAGS.contains(&name) {
                    out.push_str(&format!("{{%{} line {} %}}", dash(open_dash), piece.line));
                }
                out.push_str(piece.text);
            }
        }
    }
    out
}

const fn dash(present: bool) -> &'static str {
    if present { "-" } else { "" }
}

fn limit(line: usize, what: &'static str, limit: usize) -> TemplateError {
    TemplateError::Limit { line, what, limit: limit as u64 }
}

fn has_long_number(text: &str) -> bool {
    let mut run = 0;
    let mut quote = None;
    for character in text.chars() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None => {}
        }
        run = if quote.is_none() && character.is_ascii_digit() { run + 1 } else { 0 };
        if run > 18 {
            return true;
        }
    }
    false
}

fn ends_in_html(expression: &str) -> bool {
    let mut quote = None;
    let mut last = None;
    for (at, character) in expression.char_indices() {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '|' => last = Some(at + 1),
            None => {}
        }
    }
    last.is_some_and(|at| HTML_FILTERS.contains(&expression[at..].trim()))
}

/// One piece of a template's source.
struct Piece<'a> {
    line: usize,
    text: &'a str,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Text,
    /// A `raw` or `comment` block with all that is in it.
    Verbatim,
    Output {
        inner: &'a str,
        open_dash: bool,
        close_dash: bool,
    },
    Tag {
        name: &'a str,
        open_dash: bool,
    },
}

/// Cuts a source into text, outputs and tags, the way the library's grammar does.
struct Pieces<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Pieces<'a> {
    const fn new(source: &'a str) -> Self {
        Self { rest: source, line: 1 }
    }

    fn take(&mut self, length: usize, kind: Kind<'a>) -> Piece<'a> {
        let (text, rest) = self.rest.split_at(length);
        let piece = Piece { line: self.line, text, kind };
        self.line += text.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        piece
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = ["{{", "{%"].iter().filter_map(|open| self.rest.find(open)).min();
        Some(match start {
            None => self.take(self.rest.len(), Kind::Text),
            Some(0) => {
                let (length, kind) = construct(self.rest);
                self.take(length, kind)
            }
            Some(start) => self.take(start, Kind::Text),
        })
    }
}

/// The length and kind of the output or tag that `rest` begins with.
fn construct(rest: &str) -> (usize, Kind<'_>) {
    let is_output = rest.starts_with("{{");
    let length = end_of(rest, if is_output { "}}" } else { "%}" }).unwrap_or(rest.len());
    let open_dash = rest[2..].starts_with('-');
    // `{{-}}` has its dash on both sides of nothing.
    let from = 2 + usize::from(open_dash);
    let until = length.saturating_sub(2).max(from);
    let body = &rest[from.min(length)..until.min(length).max(from.min(length))];
    let close_dash = body.ends_with('-');
    let inner = body.strip_suffix('-').unwrap_or(body).trim();
    if is_output {
        return (length, Kind::Output { inner, open_dash, close_dash });
    }
    let name_length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
    let name = &inner[..name_length];
    if matches!(name, "raw" | "comment") {
        let end = end_of_block(&rest[length..], name).map_or(rest.len(), |end| length + end);
        return (end, Kind::Verbatim);
    }
    (length, Kind::Tag { name, open_dash })
}

/// Where `close` ends outside quotes.
fn end_of(rest: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in rest.char_indices().skip(2) {
        match quote {
            Some(open) if open == character => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if rest[at..].starts_with(close) => return Some(at + close.len()),
            None => {}
        }
    }
    None
}

/// Where `{% end<name> %}` ends.
fn end_of_block(rest: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(open) = rest[from..].find("{%") {
        let start = from + open;
        let inner = rest[start + 2..].trim_start_matches('-').trim_start();
        if let Some(after) = inner.strip_prefix("end").and_then(|inner| inner.strip_prefix(name)) {
            let after = after.trim_start().trim_start_matches('-');
            if after.starts_with("%}") {
                return Some(rest.len() - after.len() + 2);
            }
        }
        from = start + 2;
    }
    None
}

/// Where in the document the reader of the source stands, as far as outputs are concerned.
#[derive(Default)]
struct Position {
    /// Inside `<…>`: the text since `<`, without what quotes closed.
    tag: Option<String>,
    quote: Option<char>,
    comment: bool,
    /// The element that makes everything in it shaping.
    shaping: Option<&'static str>,
}

impl Position {
    fn walk(&mut self, text: &str) {
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if self.comment {
                let Some(end) = rest.find("-->") else { return };
                self.comment = false;
                rest = &rest[end + 3..];
                continue;
            }
            if self.tag.is_none() && rest.starts_with("<!--") {
                self.comment = true;
                rest = &rest[4..];
                continue;
            }
            self.step(character);
            rest = &rest[character.len_utf8()..];
        }
    }

    fn step(&mut self, character: char) {
        match (&mut self.tag, self.quote) {
            (None, _) if character == '<' => self.tag = Some(String::new()),
            (None, _) => {}
            (Some(_), Some(open)) if character == open => self.quote = None,
            (Some(_), Some(_)) => {}
            (Some(_), None) if character == '>' => self.close_tag(),
            (Some(tag), None) => {
                if character == '"' || character == '\'' {
                    self.quote = Some(character);
                }
                tag.push(character);
            }
        }
    }

    fn close_tag(&mut self) {
        let tag = self.tag.take().unwrap_or_default();
        let (closing, rest) = tag.strip_prefix('/').map_or((false, tag.as_str()), |rest| (true, rest));
        let name = rest.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let shaping = SHAPING_ELEMENTS.iter().copied().find(|element| *element == name);
        match (closing, self.shaping) {
            (false, None) if !rest.ends_with('/') => self.shaping = shaping,
            (true, Some(open)) if Some(open) == shaping => self.shaping = None,
            _ => {}
        }
    }

    fn place(&self) -> Place {
        match (&self.tag, self.quote) {
            _ if self.comment || self.shaping.is_some() => Place::Shaping,
            (None, _) => Place::Text,
            (Some(tag), Some(_)) => {
                let attribute = tag.trim_end_matches(['"', '\'']).trim_end_matches('=').trim_end();
                let name = attribute.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
                if matches!(name, "href" | "src") { Place::Address } else { Place::Shaping }
            }
            (Some(_), None) => Place::Shaping,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_annotated(source: &str, expected: &str) {
        assert_eq!(annotate(source), expected);
    }

    #[test]
    fn outputs_learn_their_line_and_place() {
        check_annotated("<mj-text>\n{{ name }}</mj-text>", "<mj-text>\n{% output 2 2 name %}</mj-text>");
        check_annotated("<a href=\"{{ u }}\">", "<a href=\"{% output 1 3 u %}\">");
        check_annotated("<a href=\"x\" title='{{ u }}'>", "<a href=\"x\" title='{% output 1 1 u %}'>");
        check_annotated("<mj-image width=\"{{ w }}\" />", "<mj-image width=\"{% output 1 1 w %}\" />");
        check_annotated("<!-- {{ x }} -->{{ y }}", "<!-- {% output 1 1 x %} -->{% output 1 2 y %}");
        check_annotated(
            "<mj-style>{{ x }}</mj-style>{{ y }}",
            "<mj-style>{% output 1 1 x %}</mj-style>{% output 1 2 y %}",
        );
    }

    #[test]
    fn white_space_control_survives() {
        check_annotated("a {{- x -}} b", "a {%- output 1 2 x -%} b");
        check_annotated("a {%- if x -%} b {%- endif %}", "a {%- line 1 %}{%- if x -%} b {%- endif %}");
    }

    #[test]
    fn html_filters_end_escaping_only_as_the_last_filter() {
        check_annotated("{{ x | raw }}", "{% output 1 0 x | raw %}");
        check_annotated("{{ x | escape | append: y }}", "{% output 1 2 x | escape | append: y %}");
        check_annotated("{{ x | append: '| raw' }}", "{% output 1 2 x | append: '| raw' %}");
    }

    #[test]
    fn quotes_raw_and_comments_are_respected() {
        check_annotated("{{ '}}' }}", "{% output 1 2 '}}' %}");
        check_annotated("{% raw %}{{ x }}{% endraw %}{{ y }}", "{% raw %}{{ x }}{% endraw %}{% output 1 2 y %}");
        check_annotated(
            "{% comment %}\n{{ x }}{%- endcomment -%}{{ y }}",
            "{% comment %}\n{{ x }}{%- endcomment -%}{% output 2 2 y %}",
        );
    }

    #[test]
    fn unfinished_sources_do_not_panic() {
        for source in ["{{", "{%", "{{-", "{{-}}", "{%-%}", "{{ '", "{% raw %}", "<a href='{{", "{{ x | ", "{%- end"] {
            let _ = check(source);
            let _ = annotate(source);
        }
    }

    #[test]
    fn depth_numbers_and_size_are_limited() {
        let deep = "{% if a %}".repeat(41);
        assert!(matches!(check(&deep), Err(TemplateError::Limit { what: "nested blocks", .. })));
        assert!(check(&"{% if a %}{% endif %}".repeat(100)).is_ok());
        assert!(matches!(check("\n{{ 99999999999999999999 }}"), Err(TemplateError::Syntax { line: 2, .. })));
        assert!(check("{{ '99999999999999999999' }} 99999999999999999999").is_ok());
        assert!(check(&"x".repeat(limits::SOURCE_BYTES + 1)).is_err());
    }
}
