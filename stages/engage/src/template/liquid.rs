//! Compiles and renders Liquid.

use super::{
    TemplateError,
    blocks::{Bounded, CaptureBlock, ForBlock, LineTag, OutputTag},
    bounded, limits,
    runtime::{Hole, RenderState, Root},
    source,
};
use bellwether_domain::Language as ReaderLanguage;
use chrono_tz::Tz;
use liquid_core::{Language, ParseBlock, ParseTag, Renderable, Template, model::Object, parser};
use liquid_lib::stdlib;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

/// How the people who read write money and days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    /// Their language.
    pub language: ReaderLanguage,
    /// ISO 4217, for amounts that do not name another.
    pub currency: String,
    /// The zone of their days.
    pub zone: Tz,
}

impl Default for Locale {
    fn default() -> Self {
        Self { language: ReaderLanguage::English, currency: "USD".to_owned(), zone: Tz::UTC }
    }
}

/// Compiled Liquid.
#[derive(Debug)]
pub(crate) struct Liquid {
    template: Template,
    html: bool,
}

/// What came out of it.
pub(crate) struct LiquidOutput {
    pub text: String,
    /// The values that the text has marks for; `None` when it has none because one of the values looks like a mark.
    pub holes: Option<Vec<Hole>>,
}

impl Liquid {
    /// For a document whose outputs are escaped (`html`), or for plain text.
    pub fn compile(source: &str, html: bool) -> Result<Self, TemplateError> {
        source::check(source)?;
        // The first parse is for the errors: they quote what the author wrote.
        parse(source).map_err(|message| syntax_error(source, &message))?;
        let elements = parse(&source::annotate(source)).map_err(|message| syntax_error(source, &message))?;
        Ok(Self { template: Template::new(elements), html })
    }

    /// With `with_holes`, values that the document does not depend on are replaced by marks.
    pub fn render(
        &self,
        shared: &Object,
        own: &Object,
        locale: &Locale,
        with_holes: bool,
    ) -> Result<LiquidOutput, TemplateError> {
        let root = Root::new(shared, own, RenderState::new(locale.clone(), self.html, with_holes));
        let mut out = Bounded::new(limits::OUTPUT_BYTES);
        // A filter of the library that panics (an overflow, say) is an error of this template and of nothing else.
        let rendered = catch_unwind(AssertUnwindSafe(|| self.template.render_to(&mut out, &root)));
        let state = root.into_state();
        match rendered {
            Ok(Ok(())) => {
                let holes = state.holes.filter(|_| !state.holes_failed);
                Ok(LiquidOutput { text: out.into_text(), holes })
            }
            Ok(Err(error)) => Err(render_error(&state, out.full, &error.to_string())),
            Err(_) => Err(render_error(&state, false, "a filter failed on this value")),
        }
    }
}

fn render_error(state: &RenderState, output_full: bool, message: &str) -> TemplateError {
    let line = state.line.max(1);
    if output_full {
        return TemplateError::Limit { line, what: "bytes of output", limit: limits::OUTPUT_BYTES as u64 };
    }
    match state.exceeded {
        Some((what, limit)) => TemplateError::Limit { line, what, limit },
        None => TemplateError::Render { line, detail: brief(message) },
    }
}

/// The library's message without its frame: the sentence, then what it was about.
fn brief(message: &str) -> String {
    let useful = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && line != "with:" && !line.starts_with("from:") && !line.starts_with("available")
    };
    let lines: Vec<&str> = message.lines().filter(useful).map(str::trim).collect();
    let text = lines.join("; ");
    text.strip_prefix("liquid: ").unwrap_or(&text).chars().take(300).collect()
}

/// The library says the line inside its message (` --> 3:5`), and the problem after ` = `.
fn syntax_error(source: &str, message: &str) -> TemplateError {
    let line = message
        .split_once("--> ")
        .and_then(|(_, rest)| rest.split_once(':'))
        .and_then(|(line, _)| line.trim().parse().ok())
        .unwrap_or_else(|| line_of_name(source, message));
    let detail = message.split_once("= ").map_or_else(|| brief(message), |(_, problem)| brief(problem));
    TemplateError::Syntax { line, detail }
}

/// An unknown filter is reported with its name only.
fn line_of_name(source: &str, message: &str) -> usize {
    let name = message.split_once("requested filter=").map(|(_, rest)| rest.lines().next().unwrap_or_default().trim());
    let at = name.filter(|name| !name.is_empty()).and_then(|name| source.find(name));
    1 + at.map_or(0, |at| source[..at].matches('\n').count())
}

fn parse(source: &str) -> Result<Vec<Box<dyn Renderable>>, String> {
    match catch_unwind(|| parser::parse(source, language())) {
        Ok(parsed) => parsed.map_err(|error| error.to_string()),
        Err(_) => Err("the template cannot be read".to_owned()),
    }
}

/// The tags and filters that templates can use. Made once.
fn language() -> &'static Language {
    static LANGUAGE: OnceLock<Language> = OnceLock::new();
    LANGUAGE.get_or_init(|| {
        let mut language = Language::empty();
        let mut block = |block: Box<dyn ParseBlock>| {
            language.blocks.register(block.reflection().start_tag().to_owned(), block);
        };
        block(Box::new(stdlib::IfBlock));
        block(Box::new(stdlib::UnlessBlock));
        block(Box::new(stdlib::CaseBlock));
        block(Box::new(stdlib::CommentBlock));
        block(Box::new(stdlib::RawBlock));
        block(Box::new(ForBlock));
        block(Box::new(CaptureBlock));
        let mut tag = |tag: Box<dyn ParseTag>| {
            language.tags.register(tag.reflection().tag().to_owned(), tag);
        };
        tag(Box::new(stdlib::AssignTag));
        tag(Box::new(stdlib::BreakTag));
        tag(Box::new(stdlib::ContinueTag));
        tag(Box::new(LineTag));
        tag(Box::new(OutputTag));
        bounded::register(&mut language);
        language
    })
}

/// The compiled subject of a message: one line of plain text.
#[derive(Debug)]
pub struct SubjectTemplate(Liquid);

impl SubjectTemplate {
    /// Reads the template.
    pub fn compile(source: &str) -> Result<Self, TemplateError> {
        Liquid::compile(source, false).map(Self)
    }

    /// One line, without control characters, cut at 200 characters.
    pub fn render(&self, shared: &Object, own: &Object, locale: &Locale) -> Result<String, TemplateError> {
        let rendered = self.0.render(shared, own, locale, false)?.text;
        let words = rendered.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let line = words.collect::<Vec<_>>().join(" ");
        if line.chars().count() <= limits::SUBJECT_CHARS {
            return Ok(line);
        }
        let cut: String = line.chars().take(limits::SUBJECT_CHARS - 1).collect();
        Ok(cut.trim_end().to_owned() + "…")
    }
}
