//! Our own tags and blocks: outputs that escape, loops and captures that are bounded, and marks that keep the line.

use super::{
    limits,
    runtime::{Hole, LoopFrame, RenderState, charge, exceed, state},
    source::Place,
};
use liquid_core::{
    BlockReflection, Error, Expression, Language, ParseBlock, ParseTag, Renderable, Result, Runtime, TagBlock,
    TagReflection, TagTokenIter, Template, Value, ValueCow, ValueView,
    model::{KString, Object},
    parser::{BlockElement, FilterChain, TryMatchToken},
    runtime::{Interrupt, InterruptRegister},
};
use std::{borrow::Cow, fmt::Write as _, io::Write};

/// What stands in the document where a value was taken out. Plain ASCII, so that MJML passes it on as it is.
pub(crate) const HOLE_MARK: &str = "~hole~";

/// The mark of the hole with this number.
pub(crate) fn hole_mark(number: usize) -> String {
    format!("{HOLE_MARK}{number:05}~")
}

fn failed(_: std::io::Error) -> Error {
    Error::with_msg("the output could not be written")
}

macro_rules! tag {
    ($name:ident, $tag:literal) => {
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;

        impl TagReflection for $name {
            fn tag(&self) -> &str {
                $tag
            }

            fn description(&self) -> &str {
                ""
            }
        }
    };
}

tag!(LineTag, "line");
tag!(OutputTag, "output");

/// `{% line 12 %}`: from here on, errors are about line 12.
impl ParseTag for LineTag {
    fn parse(&self, mut arguments: TagTokenIter<'_>, _options: &Language) -> Result<Box<dyn Renderable>> {
        Ok(Box::new(Line { line: number(&mut arguments)? }))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self
    }
}

fn number(arguments: &mut TagTokenIter<'_>) -> Result<usize> {
    let token = arguments.expect_next("a number was expected")?;
    token.as_str().parse().map_err(|_| arguments.raise_error("a number was expected"))
}

#[derive(Debug)]
struct Line {
    line: usize,
}

impl Renderable for Line {
    fn render_to(&self, _writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        state(runtime).line = self.line;
        charge(runtime, 1)
    }
}

/// `{% output 12 2 name | upcase %}`: what the source calls `{{ name | upcase }}`.
impl ParseTag for OutputTag {
    fn parse(&self, mut arguments: TagTokenIter<'_>, options: &Language) -> Result<Box<dyn Renderable>> {
        let line = number(&mut arguments)?;
        let place = u8::try_from(number(&mut arguments)?).ok().and_then(Place::from_code);
        let place = place.ok_or_else(|| Error::with_msg("unknown place"))?;
        let chain = arguments.expect_next("a value was expected")?.expect_filter_chain(options).into_result()?;
        arguments.expect_nothing()?;
        Ok(Box::new(Output { line, place, chain }))
    }

    fn reflection(&self) -> &dyn TagReflection {
        self
    }
}

#[derive(Debug)]
struct Output {
    line: usize,
    place: Place,
    chain: FilterChain,
}

impl Renderable for Output {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        state(runtime).line = self.line;
        charge(runtime, 1)?;
        let value = self.chain.evaluate(runtime)?;
        let value = value.to_kstr();
        let shown = show(&mut state(runtime), self.place, value.as_str());
        writer.write_all(shown.as_bytes()).map_err(failed)
    }
}

/// The value as it is written: as it is, escaped, or as the mark of a hole.
fn show(state: &mut RenderState, place: Place, value: &str) -> String {
    if !state.html || place == Place::Trusted || state.finished_html.contains(value) {
        return value.to_owned();
    }
    // What no reader shows is in neither form of the message.
    let value = visible(value);
    let value = value.as_ref();
    let html = escape(value);
    if state.captures > 0 {
        return html;
    }
    let Some(holes) = &mut state.holes else { return html };
    state.holes_failed |= html.contains(HOLE_MARK);
    if !can_be_taken_out(place, value, &html) {
        return html;
    }
    let is_address = place == Place::Address;
    // A link whose words are its address shows it once in the plain text, so the two have to be the same hole.
    if let Some(number) = holes.iter().position(|hole| hole.is_address && hole.html == html) {
        return hole_mark(number);
    }
    let text = if is_address { value.to_owned() } else { single_spaced(value) };
    holes.push(Hole { html, text, is_address });
    hole_mark(holes.len() - 1)
}

/// Whether the document would be the same around any other value. White space at an edge can be trimmed with what is around it, and
/// attributes are written in a form that changes some characters.
fn can_be_taken_out(place: Place, value: &str, html: &str) -> bool {
    let trimmed = !value.is_empty() && value.trim().len() == value.len();
    match place {
        Place::Trusted | Place::Shaping => false,
        Place::Text => trimmed,
        Place::Address => trimmed && html.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'),
    }
}

fn single_spaced(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as HTML that shows it, in an element or in a quoted attribute. Control characters, which no reader shows, are left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if !is_visible(character) => {}
            _ => out.push(character),
        }
    }
    out
}

fn is_visible(character: char) -> bool {
    !character.is_control() || matches!(character, '\n' | '\t')
}

fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_visible) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|character| is_visible(*character)).collect())
    }
}

macro_rules! block {
    ($name:ident, $start:literal, $end:literal) => {
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name;

        impl BlockReflection for $name {
            fn start_tag(&self) -> &str {
                $start
            }

            fn end_tag(&self) -> &str {
                $end
            }

            fn description(&self) -> &str {
                ""
            }
        }
    };
}

block!(CaptureBlock, "capture", "endcapture");
block!(ForBlock, "for", "endfor");

/// `{% capture card %}…{% endcapture %}`: what is inside becomes a variable; in a document, finished HTML.
impl ParseBlock for CaptureBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        options: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("a name was expected")?.expect_identifier().into_result()?.to_owned();
        arguments.expect_nothing()?;
        let content = Template::new(block.parse_all(options)?);
        block.assert_empty();
        Ok(Box::new(Capture { name: name.into(), content }))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

#[derive(Debug)]
struct Capture {
    name: KString,
    content: Template,
}

impl Renderable for Capture {
    fn render_to(&self, _writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let mut caught = Bounded::new(limits::VALUE_BYTES);
        state(runtime).captures += 1;
        let rendered = self.content.render_to(&mut caught, runtime);
        let mut state = state(runtime);
        state.captures -= 1;
        if caught.full {
            return Err(exceed(&mut state, "bytes in a capture", limits::VALUE_BYTES as u64));
        }
        rendered?;
        let text = caught.into_text();
        if state.html {
            state.finished_html.insert(text.clone());
        }
        drop(state);
        charge(runtime, 1 + text.len() as u64 / 64)?;
        runtime.set_global(self.name.clone(), Value::scalar(text));
        Ok(())
    }
}

/// Takes bytes up to a limit.
pub(crate) struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    /// Whether more was written than fits.
    pub full: bool,
}

impl Bounded {
    pub fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, full: false }
    }

    pub fn into_text(self) -> String {
        String::from_utf8(self.bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.full = true;
            return Err(std::io::Error::other("the output is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// `{% for item in items reversed limit: 3 offset: 1 %}…{% else %}…{% endfor %}`, over an array, an object's pairs or a range.
impl ParseBlock for ForBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut block: TagBlock<'_, '_>,
        options: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("a name was expected")?.expect_identifier().into_result()?.to_owned();
        arguments.expect_next("`in` was expected")?.expect_str("in").into_result_custom_msg("`in` was expected")?;
        let over = arguments.expect_next("an array or a range was expected")?;
        let over = match over.expect_value() {
            TryMatchToken::Matches(value) => Over::Value(value),
            TryMatchToken::Fails(token) => {
                token.expect_range().into_result().map(|(from, to)| Over::Range(from, to))?
            }
        };
        let mut parsed =
            For { name, over, limit: None, offset: None, reversed: false, each: Template::new(vec![]), none: None };
        while let Some(token) = arguments.next() {
            match token.as_str() {
                "limit" => parsed.limit = Some(argument(&mut arguments)?),
                "offset" => parsed.offset = Some(argument(&mut arguments)?),
                "reversed" => parsed.reversed = true,
                _ => return Err(token.raise_custom_error("`limit`, `offset` or `reversed` was expected")),
            }
        }
        (parsed.each, parsed.none) = parse_bodies(&mut block, options)?;
        block.assert_empty();
        Ok(Box::new(parsed))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

fn parse_bodies(block: &mut TagBlock<'_, '_>, options: &Language) -> Result<(Template, Option<Template>)> {
    let mut each = Vec::new();
    while let Some(element) = block.next()? {
        match element {
            BlockElement::Tag(mut tag) if tag.name() == "else" => {
                tag.tokens().expect_nothing()?;
                let none = Template::new(block.parse_all(options)?);
                return Ok((Template::new(each), Some(none)));
            }
            element => each.push(element.parse(block, options)?),
        }
    }
    Ok((Template::new(each), None))
}

fn argument(arguments: &mut TagTokenIter<'_>) -> Result<Expression> {
    arguments.expect_next("`:` was expected")?.expect_str(":").into_result_custom_msg("`:` was expected")?;
    arguments.expect_next("a value was expected")?.expect_value().into_result()
}

#[derive(Debug)]
enum Over {
    Value(Expression),
    Range(Expression, Expression),
}

#[derive(Debug)]
struct For {
    name: String,
    over: Over,
    limit: Option<Expression>,
    offset: Option<Expression>,
    reversed: bool,
    each: Template,
    none: Option<Template>,
}

impl Renderable for For {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let offset = whole_number(self.offset.as_ref(), runtime)?.unwrap_or(0);
        let limit = whole_number(self.limit.as_ref(), runtime)?.unwrap_or(usize::MAX);
        match &self.over {
            Over::Range(from, to) => {
                let from = whole(&from.evaluate(runtime)?)?;
                let to = whole(&to.evaluate(runtime)?)?;
                let length = usize::try_from(to.saturating_sub(from).saturating_add(1)).unwrap_or(0);
                let chosen = Chosen::new(length, offset, limit, self.reversed);
                self.rounds(writer, runtime, chosen, |index| {
                    ValueCow::Owned(Value::scalar(from.saturating_add(i64::try_from(index).unwrap_or(i64::MAX))))
                })
            }
            Over::Value(expression) => {
                let value = expression.evaluate(runtime)?;
                if let Some(array) = value.as_array() {
                    let entries: Vec<&dyn ValueView> = array.values().collect();
                    let chosen = Chosen::new(entries.len(), offset, limit, self.reversed);
                    self.rounds(writer, runtime, chosen, |index| ValueCow::Borrowed(entries[index]))
                } else if let Some(object) = value.as_object() {
                    let pairs: Vec<Value> = object
                        .iter()
                        .map(|(key, value)| Value::Array(vec![Value::scalar(key.into_owned()), value.to_value()]))
                        .collect();
                    let chosen = Chosen::new(pairs.len(), offset, limit, self.reversed);
                    self.rounds(writer, runtime, chosen, |index| ValueCow::Borrowed(&pairs[index]))
                } else if value.is_nil() || value.to_kstr().is_empty() {
                    self.rounds(writer, runtime, Chosen::new(0, 0, 0, false), |_| ValueCow::Owned(Value::Nil))
                } else {
                    let text = value.to_kstr();
                    Err(Error::with_msg(format!("`{}` is not a list that can be looped over", shorten(text.as_str()))))
                }
            }
        }
    }
}

/// Which entries of a list a loop visits.
struct Chosen {
    first: usize,
    length: usize,
    reversed: bool,
}

impl Chosen {
    fn new(available: usize, offset: usize, limit: usize, reversed: bool) -> Self {
        let first = offset.min(available);
        Self { first, length: (available - first).min(limit), reversed }
    }

    fn index(&self, round: usize) -> usize {
        self.first + if self.reversed { self.length - 1 - round } else { round }
    }
}

impl For {
    fn rounds<'v>(
        &self,
        writer: &mut dyn Write,
        runtime: &dyn Runtime,
        chosen: Chosen,
        entry: impl Fn(usize) -> ValueCow<'v>,
    ) -> Result<()> {
        if chosen.length == 0 {
            return self.none.as_ref().map_or(Ok(()), |none| none.render_to(writer, runtime));
        }
        for round in 0..chosen.length {
            charge(runtime, 1)?;
            let value = entry(chosen.index(round));
            let forloop = forloop(round, chosen.length);
            let frame = LoopFrame { parent: runtime, name: &self.name, value: value.as_view(), forloop: &forloop };
            self.each.render_to(writer, &frame)?;
            let interrupt = runtime.registers().get_mut::<InterruptRegister>().reset();
            if matches!(interrupt, Some(Interrupt::Break)) {
                break;
            }
        }
        Ok(())
    }
}

fn forloop(round: usize, length: usize) -> Object {
    let number = |value: usize| Value::scalar(i64::try_from(value).unwrap_or(i64::MAX));
    Object::from_iter([
        ("length".into(), number(length)),
        ("index".into(), number(round + 1)),
        ("index0".into(), number(round)),
        ("rindex".into(), number(length - round)),
        ("rindex0".into(), number(length - round - 1)),
        ("first".into(), Value::scalar(round == 0)),
        ("last".into(), Value::scalar(round + 1 == length)),
    ])
}

fn whole_number(expression: Option<&Expression>, runtime: &dyn Runtime) -> Result<Option<usize>> {
    let Some(expression) = expression else { return Ok(None) };
    let value = expression.evaluate(runtime)?;
    if value.is_nil() {
        return Ok(None);
    }
    Ok(Some(usize::try_from(whole(&value)?).unwrap_or(0)))
}

fn whole(value: &ValueCow<'_>) -> Result<i64> {
    if value.is_nil() {
        return Ok(0);
    }
    let number = value.as_scalar().and_then(|scalar| scalar.to_integer());
    number.ok_or_else(|| Error::with_msg(format!("`{}` is not a whole number", shorten(value.to_kstr().as_str()))))
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        let _ = write!(short, "…");
    }
    short
}
