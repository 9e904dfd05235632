//! `when`: which records a rule is for.

use super::MappingError;
use super::document::{Node, Section};
use super::name::Name;

/// A condition on one value. All of its tests must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The value that is looked at.
    pub column: Name,
    /// What must be so.
    pub tests: Vec<Test>,
}

/// What must be so. Texts are compared whatever their case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It is one of these (`equals`, `in`).
    OneOf(Vec<String>),
    /// It is none of these (`not`).
    NoneOf(Vec<String>),
    /// It begins with one of these.
    StartsWith(Vec<String>),
    /// One of these patterns fits; `*` stands for any text.
    Matches(Vec<String>),
    /// It is there, and more than blanks; or it is not.
    Exists(bool),
}

/// One condition, or a list of them.
pub(super) fn parse(node: &Node<'_>) -> Result<Vec<Condition>, MappingError> {
    match node.is_list() {
        true => node.list()?.iter().map(condition).collect(),
        false => Ok(vec![condition(node)?]),
    }
}

fn condition(node: &Node<'_>) -> Result<Condition, MappingError> {
    let mut section = node.section()?;
    let column = section.required("column")?.name()?;
    let mut tests = Vec::new();
    texts_test(&mut section, "equals", Test::OneOf, &mut tests)?;
    texts_test(&mut section, "in", Test::OneOf, &mut tests)?;
    texts_test(&mut section, "not", Test::NoneOf, &mut tests)?;
    texts_test(&mut section, "starts_with", Test::StartsWith, &mut tests)?;
    texts_test(&mut section, "matches", Test::Matches, &mut tests)?;
    tests.extend(section.optional_bool("exists")?.map(Test::Exists));
    section.finish()?;
    if tests.is_empty() {
        return Err(node.error(format!(
            "`{}` says nothing about `{}`: add `equals`, `in`, `not`, `starts_with`, `matches` or `exists`",
            node.path, column.text
        )));
    }
    Ok(Condition { column, tests })
}

fn texts_test(
    section: &mut Section<'_>,
    key: &'static str,
    test: fn(Vec<String>) -> Test,
    tests: &mut Vec<Test>,
) -> Result<(), MappingError> {
    let Some(node) = section.optional(key) else { return Ok(()) };
    let texts = match node.is_list() {
        true => node.list()?.iter().map(text).collect::<Result<Vec<_>, _>>()?,
        false => vec![text(&node)?],
    };
    if texts.is_empty() {
        return Err(node.error(format!("`{}` lists nothing, so it could never be met", node.path)));
    }
    tests.push(test(texts.iter().map(|text| text.to_lowercase()).collect()));
    Ok(())
}

/// Numbers and truth values are compared as they are written.
fn text(node: &Node<'_>) -> Result<String, MappingError> {
    match node.boolean() {
        Ok(value) => Ok(value.to_string()),
        Err(_) => node.digits(),
    }
}

impl Test {
    /// Whether it holds for a value; an empty text is a missing one.
    pub(crate) fn holds(&self, value: &str) -> bool {
        match self {
            Self::Exists(wanted) => *wanted != value.is_empty(),
            Self::OneOf(texts) => texts.iter().any(|text| same(value, text)),
            Self::NoneOf(texts) => !texts.iter().any(|text| same(value, text)),
            Self::StartsWith(starts) => {
                let value = value.to_lowercase();
                starts.iter().any(|start| value.starts_with(start.as_str()))
            }
            Self::Matches(patterns) => {
                let value = value.to_lowercase();
                patterns.iter().any(|pattern| fits(&value, pattern))
            }
        }
    }
}

/// `lower` is in small letters already.
fn same(value: &str, lower: &str) -> bool {
    value == lower || value.eq_ignore_ascii_case(lower) || (!value.is_ascii() && value.to_lowercase() == lower)
}

/// Whether a text is the pattern, where `*` is any text. Every part is looked for as early as possible, so it takes no more
/// than the product of both lengths.
fn fits(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, pattern: &str, expected: bool) {
        assert_eq!(fits(text, pattern), expected, "{text} {pattern}");
    }

    #[test]
    fn stars_stand_for_any_text() {
        check("order", "order", true);
        check("orders", "order", false);
        check("order.created", "order.*", true);
        check("order.created", "*.created", true);
        check("order.created", "*er*at*", true);
        check("order.created", "*at*er*", false);
        check("", "*", true);
        check("a", "a*a", false);
        check("aa", "a*a", true);
        check("灯笼套装", "*套装", true);
    }

    #[test]
    fn values_are_compared_whatever_their_case() {
        let paid = Test::OneOf(vec!["paid".to_owned(), "größe".to_owned()]);
        assert!(paid.holds("PAID") && paid.holds("GRÖSSE") == paid.holds("grösse") && paid.holds("GRÖßE"));
        assert!(!paid.holds("unpaid"));
        assert!(Test::NoneOf(vec!["paid".to_owned()]).holds(""));
        assert!(Test::Exists(false).holds("") && !Test::Exists(true).holds(""));
        assert!(Test::StartsWith(vec!["order".to_owned()]).holds("Order.created"));
    }
}
