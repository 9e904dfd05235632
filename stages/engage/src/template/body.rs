//! The body of a message: Liquid gives MJML, MJML gives HTML and plain text.
//!
//! Turning MJML into HTML is most of the work, and it is the same work for everybody whose documents differ only in the words. So values are
//! taken out of the document first (see [`super::source::Place`]): what is left is a skeleton that many people share. It is rendered once, and
//! everybody's values are put back where their marks came out. The first message of every skeleton is rendered the plain way too; if the two
//! differ, that skeleton is not used.

use super::{
    TemplateError,
    blocks::HOLE_MARK,
    liquid::{Liquid, Locale},
    mjml, plain,
    runtime::Hole,
};
use liquid_core::model::Object;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How many shapes of one template are kept. A template whose every message has another shape gains nothing from more.
const SKELETONS: usize = 64;

/// A rendered body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// A whole HTML document.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// The compiled body of a message. Can be rendered from many threads at once.
#[derive(Debug)]
pub struct BodyTemplate {
    liquid: Liquid,
    skeletons: Mutex<HashMap<String, Option<Arc<Skeleton>>>>,
}

impl BodyTemplate {
    /// Reads the Liquid. Whether it gives MJML shows when it is rendered.
    pub fn compile(source: &str) -> Result<Self, TemplateError> {
        if let Some(at) = source.find(HOLE_MARK) {
            let line = 1 + source[..at].matches('\n').count();
            return Err(TemplateError::Syntax { line, detail: format!("`{HOLE_MARK}` is reserved") });
        }
        Ok(Self { liquid: Liquid::compile(source, true)?, skeletons: Mutex::default() })
    }

    /// Renders for one person: `own` facts hide `shared` ones.
    pub fn render(&self, shared: &Object, own: &Object, locale: &Locale) -> Result<Body, TemplateError> {
        let output = self.liquid.render(shared, own, locale, true)?;
        let Some(holes) = output.holes else { return self.render_plainly(shared, own, locale) };
        let known = self.skeletons().get(&output.text).cloned();
        match known {
            Some(Some(skeleton)) => Ok(skeleton.fill(&holes)),
            Some(None) => self.render_plainly(shared, own, locale),
            None => {
                let body = self.render_plainly(shared, own, locale)?;
                self.learn(output.text, &holes, &body);
                Ok(body)
            }
        }
    }

    /// Liquid, then MJML, with nothing remembered. Gives the same as [`Self::render`].
    pub fn render_plainly(&self, shared: &Object, own: &Object, locale: &Locale) -> Result<Body, TemplateError> {
        let source = self.liquid.render(shared, own, locale, false)?.text;
        Ok(Body { html: mjml::render(&source)?.html, text: plain::from_mjml(&source) })
    }

    /// What the MJML renderer does not like about the document that these facts give.
    pub fn warnings(&self, shared: &Object, own: &Object, locale: &Locale) -> Result<Vec<String>, TemplateError> {
        let source = self.liquid.render(shared, own, locale, false)?.text;
        Ok(mjml::render(&source)?.warnings)
    }

    /// Keeps the skeleton if it gives exactly what the plain way gave.
    fn learn(&self, marked: String, holes: &[Hole], expected: &Body) {
        if self.skeletons().len() >= SKELETONS {
            return;
        }
        let skeleton = mjml::render(&marked)
            .ok()
            .and_then(|output| {
                Some(Skeleton { html: Pieces::cut(output.html)?, text: Pieces::cut(plain::from_mjml(&marked))? })
            })
            .filter(|skeleton| skeleton.largest_hole() < holes.len().max(1) && skeleton.fill(holes) == *expected);
        self.skeletons().insert(marked, skeleton.map(Arc::new));
    }

    fn skeletons(&self) -> std::sync::MutexGuard<'_, HashMap<String, Option<Arc<Skeleton>>>> {
        self.skeletons.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn known_skeletons(&self) -> usize {
        self.skeletons().values().flatten().count()
    }
}

/// A rendered document with holes.
#[derive(Debug)]
struct Skeleton {
    html: Pieces,
    text: Pieces,
}

impl Skeleton {
    fn fill(&self, holes: &[Hole]) -> Body {
        Body { html: self.html.fill(|number| &holes[number].html), text: self.text.fill(|number| &holes[number].text) }
    }

    fn largest_hole(&self) -> usize {
        self.html.cuts.iter().chain(&self.text.cuts).map(|(_, number)| *number).max().unwrap_or(0)
    }
}

/// A text without its marks, and where they stood.
#[derive(Debug)]
struct Pieces {
    text: String,
    /// Where in `text` the value of which hole goes, in order.
    cuts: Vec<(usize, usize)>,
}

impl Pieces {
    fn cut(marked: String) -> Option<Self> {
        let mut pieces = Self { text: String::with_capacity(marked.len()), cuts: Vec::new() };
        let mut rest = marked.as_str();
        while let Some(at) = rest.find(HOLE_MARK) {
            pieces.text.push_str(&rest[..at]);
            let (number, after) = rest[at + HOLE_MARK.len()..].split_once('~')?;
            pieces.cuts.push((pieces.text.len(), number.parse().ok()?));
            rest = after;
        }
        pieces.text.push_str(rest);
        Some(pieces)
    }

    fn fill<'h>(&self, value: impl Fn(usize) -> &'h String) -> String {
        let values: usize = self.cuts.iter().map(|(_, number)| value(*number).len()).sum();
        let mut out = String::with_capacity(self.text.len() + values);
        let mut from = 0;
        for (at, number) in &self.cuts {
            out.push_str(&self.text[from..*at]);
            out.push_str(value(*number));
            from = *at;
        }
        out.push_str(&self.text[from..]);
        out
    }
}
