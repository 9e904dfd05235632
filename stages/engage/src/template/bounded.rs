//! The library's filters, bounded: each accounts for its work, and none makes a value that is larger than the limit.

use super::{
    filters::{BreaksParser, DateParser, LocalizedParser, MoneyParser, NumberParser, RawParser, TidyParser},
    limits,
    runtime::{charge, exceed, state},
};
use liquid_core::{
    Error, Filter, FilterReflection, Language, ParseFilter, Result, Runtime, Value, ValueView, parser::FilterArguments,
};
use liquid_lib::stdlib;
use std::fmt;

/// Filters that take a number, for which nothing is 0.
const NUMERIC: [&str; 11] =
    ["abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"];

/// Registers every filter that templates can use.
pub(crate) fn register(language: &mut Language) {
    let mut add = |filter: Box<dyn ParseFilter>| {
        let name = filter.reflection().name().to_owned();
        language.filters.register(name, Box::new(BoundedParser { inner: filter }));
    };
    macro_rules! add {
        ($($filter:expr),* $(,)?) => { $(add(Box::new($filter));)* };
    }
    add!(
        stdlib::Abs,
        stdlib::Append,
        stdlib::AtLeast,
        stdlib::AtMost,
        stdlib::Capitalize,
        stdlib::Ceil,
        stdlib::Compact,
        stdlib::Concat,
        stdlib::Default,
        stdlib::DividedBy,
        stdlib::Downcase,
        stdlib::Escape,
        stdlib::EscapeOnce,
        stdlib::First,
        stdlib::Floor,
        stdlib::Join,
        stdlib::Last,
        stdlib::Lstrip,
        stdlib::Map,
        stdlib::Minus,
        stdlib::Modulo,
        stdlib::Plus,
        stdlib::Prepend,
        stdlib::Remove,
        stdlib::RemoveFirst,
        stdlib::Replace,
        stdlib::ReplaceFirst,
        stdlib::Reverse,
        stdlib::Round,
        stdlib::Rstrip,
        stdlib::Size,
        stdlib::Slice,
        stdlib::Sort,
        stdlib::SortNatural,
        stdlib::Split,
        stdlib::Strip,
        stdlib::StripHtml,
        stdlib::StripNewlines,
        stdlib::Times,
        stdlib::Truncate,
        stdlib::TruncateWords,
        stdlib::Uniq,
        stdlib::Upcase,
        stdlib::UrlDecode,
        stdlib::UrlEncode,
        stdlib::Where,
    );
    add!(MoneyParser, NumberParser, DateParser, TidyParser, LocalizedParser, RawParser, BreaksParser);
}

struct BoundedParser {
    inner: Box<dyn ParseFilter>,
}

impl Clone for BoundedParser {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone_box() }
    }
}

impl ParseFilter for BoundedParser {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let name = self.inner.reflection().name();
        let numeric = NUMERIC.contains(&name);
        let (uniq, replaces) = (name == "uniq", matches!(name, "replace" | "join"));
        Ok(Box::new(BoundedFilter { inner: self.inner.parse(arguments)?, numeric, uniq, replaces }))
    }

    fn reflection(&self) -> &dyn FilterReflection {
        self.inner.reflection()
    }
}

#[derive(Debug)]
struct BoundedFilter {
    inner: Box<dyn Filter>,
    numeric: bool,
    /// Compares every entry with every other.
    uniq: bool,
    /// Can put one large text many times into another.
    replaces: bool,
}

impl fmt::Display for BoundedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Filter for BoundedFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let (bytes, entries) = size(input);
        let comparisons = if self.uniq { entries * entries } else { entries };
        charge(runtime, 1 + comparisons as u64 + bytes as u64 / 64)?;
        // A text of n bytes can hold at most n + 1 copies of another one of n bytes.
        if self.replaces && bytes.max(entries) > REPLACED_BYTES {
            return Err(exceed(&mut state(runtime), "bytes of a text to replace in", REPLACED_BYTES as u64));
        }
        let zero = Value::scalar(0_i64);
        let nothing = Value::Nil;
        // What is missing can stand in for a scalar elsewhere; filters see plain nothing.
        let input = match (input.is_nil(), self.numeric) {
            (true, true) => &zero,
            (true, false) => &nothing,
            (false, _) => input,
        };
        let value = self.inner.evaluate(input, runtime)?;
        within_limits(&value, runtime)?;
        Ok(value)
    }
}

const REPLACED_BYTES: usize = 4 * 1024;

/// Bytes of a text, entries of a list.
fn size(value: &dyn ValueView) -> (usize, usize) {
    if let Some(array) = value.as_array() {
        (0, usize::try_from(array.size()).unwrap_or(usize::MAX))
    } else if let Some(scalar) = value.as_scalar() {
        (scalar.to_kstr().len(), 0)
    } else {
        (0, 1)
    }
}

fn within_limits(value: &Value, runtime: &dyn Runtime) -> Result<()> {
    let (bytes, entries) = size(value);
    let exceeded: Option<Error> = if bytes > limits::VALUE_BYTES {
        Some(exceed(&mut state(runtime), "bytes in a value", limits::VALUE_BYTES as u64))
    } else if entries > limits::ARRAY_ENTRIES {
        Some(exceed(&mut state(runtime), "entries in a list", limits::ARRAY_ENTRIES as u64))
    } else {
        None
    };
    exceeded.map_or(Ok(()), Err)
}
