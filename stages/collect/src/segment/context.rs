//! The circumstances of an event: its own, and what its batch says for all of its events.

use super::fields::{each_field, is_object};
use rustc_hash::FxHashSet;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Where the context keeps `integrations`: there is no other place for them, and they are not to be lost.
const INTEGRATIONS: &str = "integrations";

/// What a batch says for all of its events.
#[derive(Debug, Clone, Copy, Default)]
pub struct Defaults<'a> {
    pub context: Option<&'a RawValue>,
    pub integrations: Option<&'a RawValue>,
}

impl Defaults<'_> {
    /// What adding them to an event costs, in bytes.
    pub fn bytes(&self) -> usize {
        [self.context, self.integrations].into_iter().flatten().map(|value| value.get().len()).sum()
    }
}

/// The circumstances of one event. What is no object is given as it is: cleaning says what is wrong with it.
pub fn merged<'a>(own: Defaults<'a>, batch: Defaults<'a>) -> Option<Cow<'a, RawValue>> {
    let context = both(batch.context, own.context);
    let integrations = both(batch.integrations, own.integrations).filter(|value| names_anything(value));
    match (context, integrations) {
        (context, None) => context,
        (Some(context), Some(_)) if !is_object(&context) => Some(context),
        (context, Some(integrations)) => {
            let mut fields = Writer::new();
            fields.field(INTEGRATIONS, integrations.get());
            let context = context.as_deref().map_or("{}", RawValue::get);
            fields.finish(context).map(Cow::Owned)
        }
    }
}

/// The fields of both, those of `own` where both have one.
fn both<'a>(defaults: Option<&'a RawValue>, own: Option<&'a RawValue>) -> Option<Cow<'a, RawValue>> {
    let (defaults, own) = match (defaults, own) {
        (Some(defaults), Some(own)) => (defaults, own),
        (one, other) => return one.or(other).map(Cow::Borrowed),
    };
    match (is_object(defaults), is_object(own)) {
        (_, false) => return Some(Cow::Borrowed(own)),
        (false, true) => return Some(Cow::Borrowed(defaults)),
        (true, true) => {}
    }
    let mut fields = Writer::new();
    each_field(defaults.get(), |name, value| fields.field(&name, value.get())).ok()?;
    fields.finish(own.get()).map(Cow::Owned)
}

/// Writes an object in two parts: what holds unless it is said otherwise, then what is said.
struct Writer {
    defaults: Vec<(String, String)>,
}

impl Writer {
    const fn new() -> Self {
        Self { defaults: Vec::new() }
    }

    fn field(&mut self, name: &str, value: &str) {
        self.defaults.push((name.to_owned(), value.to_owned()));
    }

    fn finish(self, own: &str) -> Option<Box<RawValue>> {
        let mut said = FxHashSet::default();
        let mut text = String::from("{");
        let mut write = |name: &str, value: &str| {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&serde_json::Value::from(name).to_string());
            text.push(':');
            text.push_str(value);
        };
        each_field(own, |name, value| {
            write(&name, value.get());
            said.insert(name.into_owned());
        })
        .ok()?;
        for (name, value) in self.defaults.iter().filter(|(name, _)| !said.contains(name)) {
            write(name, value);
        }
        text.push('}');
        RawValue::from_string(text).ok()
    }
}

/// `{}` and `null` are what libraries send who have nothing to say.
fn names_anything(value: &RawValue) -> bool {
    let text = value.get();
    let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    text != "null" && inside.is_none_or(|inside| !inside.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Option<&RawValue> {
        (!json.is_empty()).then(|| serde_json::from_str(json).unwrap())
    }

    /// Context and integrations of the event, then those of the batch; empty where there are none.
    fn check(own: [&str; 2], batch: [&str; 2], expected: Option<&str>) {
        let defaults = |[context, integrations]: [&'static str; 2]| Defaults {
            context: raw(context),
            integrations: raw(integrations),
        };
        let leaked = |texts: [&str; 2]| texts.map(|text| &*text.to_owned().leak());
        let found = merged(defaults(leaked(own)), defaults(leaked(batch)));
        assert_eq!(found.as_deref().map(RawValue::get), expected, "{own:?} {batch:?}");
    }

    #[test]
    fn an_event_goes_before_its_batch() {
        check(["", ""], ["", ""], None);
        check([r#"{"a":1}"#, ""], ["", ""], Some(r#"{"a":1}"#));
        check(["", ""], [r#"{ "a":1 }"#, ""], Some(r#"{ "a":1 }"#));
        check([r#"{"a":1}"#, ""], [r#"{"a":2,"b":{"c":[]}}"#, ""], Some(r#"{"a":1,"b":{"c":[]}}"#));
        check([r#"{"\u0061":1}"#, ""], [r#"{"a":2}"#, ""], Some(r#"{"a":1}"#));
        check(["{}", ""], [r#"{"a":1e999}"#, ""], Some(r#"{"a":1e999}"#));
    }

    #[test]
    fn integrations_that_name_anything_are_kept() {
        check([r#"{"a":1}"#, "{}"], ["", "{ }"], Some(r#"{"a":1}"#));
        check([r#"{"a":1}"#, "null"], ["", ""], Some(r#"{"a":1}"#));
        check(["", r#"{"All":false}"#], ["", ""], Some(r#"{"integrations":{"All":false}}"#));
        check(
            [r#"{"a":1}"#, r#"{"All":false}"#],
            ["", r#"{"All":true,"Mail":true}"#],
            Some(r#"{"a":1,"integrations":{"All":false,"Mail":true}}"#),
        );
        check([r#"{"integrations":1}"#, r#"{"All":false}"#], ["", ""], Some(r#"{"integrations":1}"#));
    }

    #[test]
    fn what_is_no_object_is_left_to_cleaning() {
        check(["[1]", ""], [r#"{"a":1}"#, ""], Some("[1]"));
        check([r#"{"a":1}"#, ""], ["7", ""], Some("7"));
        check(["7", r#"{"All":false}"#], ["", ""], Some("7"));
    }
}
