//! MJML to HTML.

use super::{TemplateError, limits};
use mrml::prelude::{
    parser::{Error, ParserOptions},
    render::RenderOptions,
};
use std::collections::HashMap;

/// The HTML, and what the renderer did not like.
pub(crate) struct MjmlOutput {
    pub html: String,
    pub warnings: Vec<String>,
}

/// Renders a whole document. Nothing is fetched or read: `mj-include` is an error.
pub(crate) fn render(source: &str) -> Result<MjmlOutput, TemplateError> {
    check_depth(source)?;
    let parsed =
        mrml::parse_with_options(source, &ParserOptions::default()).map_err(|error| located(source, &error))?;
    let warnings = parsed
        .warnings
        .iter()
        .map(|warning| format!("line {} of the rendered MJML: {}", line_at(source, warning.span.start).0, warning.kind))
        .collect();
    // The renderer would link web fonts by itself; opening a message must not tell anybody that it was opened.
    let options = RenderOptions { fonts: HashMap::new(), ..RenderOptions::default() };
    let html = parsed.element.render(&options).map_err(|error| TemplateError::Mjml {
        line: 1,
        excerpt: excerpt(source, 0),
        detail: error.to_string(),
    })?;
    Ok(MjmlOutput { html, warnings })
}

/// The parser recurses once a level; an open element in a loop must not be able to exhaust the stack.
fn check_depth(source: &str) -> Result<(), TemplateError> {
    let mut depth = 0_usize;
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or(rest.len());
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if rest.starts_with(char::is_alphabetic) && !rest[..end].ends_with('/') && !is_void(&rest[..end]) {
            depth += 1;
        }
        if depth > limits::NESTED_ELEMENTS {
            let line = line_at(source, source.len() - rest.len()).0;
            return Err(TemplateError::Limit { line, what: "nested elements", limit: limits::NESTED_ELEMENTS as u64 });
        }
    }
    Ok(())
}

fn is_void(tag: &str) -> bool {
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

fn located(source: &str, error: &Error) -> TemplateError {
    let (at, detail) = match error {
        Error::UnexpectedElement { position, .. } => (position.start, "this element cannot stand here".to_owned()),
        Error::UnexpectedToken { position, .. } => (position.start, "this cannot stand here".to_owned()),
        Error::MissingAttribute { name, position, .. } => {
            (position.start, format!("the attribute `{name}` is missing"))
        }
        Error::InvalidAttribute { position, .. } => (position.start, "this attribute cannot be used".to_owned()),
        Error::InvalidFormat { position, .. } => (position.start, "this is not well-formed".to_owned()),
        Error::IncludeLoaderError { position, .. } => (position.start, "templates cannot include files".to_owned()),
        Error::EndOfStream { .. } => (source.len(), "an element is not closed".to_owned()),
        Error::ParserError { source: inner, .. } => {
            let position = inner.pos();
            let line = source.lines().nth((position.row as usize).saturating_sub(1)).unwrap_or_default();
            return TemplateError::Mjml {
                line: position.row as usize,
                excerpt: shorten(line),
                detail: inner.to_string(),
            };
        }
        Error::SizeLimit { .. } | Error::NoRootNode => (0, error.to_string()),
    };
    let (line, _) = line_at(source, at);
    TemplateError::Mjml { line, excerpt: excerpt(source, at), detail }
}

/// The line (from 1) that holds this byte, and where it starts.
fn line_at(source: &str, at: usize) -> (usize, usize) {
    let at = (0..=at.min(source.len())).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
    let before = &source[..at];
    (1 + before.matches('\n').count(), before.rfind('\n').map_or(0, |newline| newline + 1))
}

fn excerpt(source: &str, at: usize) -> String {
    let (_, start) = line_at(source, at);
    shorten(source[start..].lines().next().unwrap_or_default())
}

fn shorten(line: &str) -> String {
    line.trim().chars().take(100).collect()
}
