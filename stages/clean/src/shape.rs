//! How deep a JSON text is, how many keys it has, and whether one of them stands twice in an object. One pass over the
//! bytes, on no other stack than its own, so that a text of brackets only does no harm.

use rustc_hash::{FxHashSet, FxHasher};
use serde::{
    Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::{borrow::Cow, fmt, hash::Hasher};

/// What a JSON text looks like from afar.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Objects and lists within each other; where there are too many, one more than were asked for.
    pub depth: usize,
    /// Keys of all objects.
    pub keys: usize,
    /// Whether an object has a key twice. Hardly ever true where it is not so: hashes are compared.
    pub repeats_keys: bool,
}

impl Shape {
    /// Looks at valid JSON; no further than the first place that is deeper than `deep_enough`.
    pub fn of(json: &str, deep_enough: usize) -> Self {
        let bytes = json.as_bytes();
        let mut shape = Self::default();
        let mut open: SmallVec<[u32; 16]> = SmallVec::new();
        let mut seen: SmallVec<[(u32, u64); 32]> = SmallVec::new();
        let (mut at, mut objects) = (0, 0);
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'{' | b'[' => {
                    objects += 1;
                    open.push(objects);
                    shape.depth = shape.depth.max(open.len());
                    if open.len() > deep_enough {
                        return shape;
                    }
                }
                b'}' | b']' => drop(open.pop()),
                b'"' => {
                    let end = string_end(bytes, at);
                    if is_followed_by_colon(bytes, end) {
                        seen.push((open.last().copied().unwrap_or_default(), key_hash(&json[at..end])));
                    }
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        shape.keys = seen.len();
        seen.sort_unstable();
        shape.repeats_keys = seen.windows(2).any(|pair| pair[0] == pair[1]);
        shape
    }
}

/// Behind the closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            None | Some(b'"') => return (at + 1).min(bytes.len()),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

fn is_followed_by_colon(bytes: &[u8], from: usize) -> bool {
    bytes[from..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

/// The same for every way to write a key.
fn key_hash(key: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(unescaped(key).as_bytes());
    hasher.finish()
}

fn unescaped(key: &str) -> Cow<'_, str> {
    let plain = || Cow::Borrowed(key.trim_matches('"'));
    if key.contains('\\') { serde_json::from_str(key).map_or_else(|_| plain(), Cow::Owned) } else { plain() }
}

/// The same text with every key of an object once, with the value that it had last.
///
/// # Errors
/// When the text is no JSON. Goes one step deeper for every level: look at the [`Shape`] first.
pub(crate) fn last_values(json: &str) -> Result<Box<str>, serde_json::Error> {
    let mut text = String::with_capacity(json.len());
    write_value(&mut text, json)?;
    Ok(text.into())
}

fn write_value(into: &mut String, json: &str) -> Result<(), serde_json::Error> {
    match json.as_bytes().first() {
        Some(b'{') => write_object(into, json),
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(json)?;
            write_list(into, ['[', ']'], elements.into_iter(), |into, element| write_value(into, element.get()))
        }
        _ => {
            into.push_str(json);
            Ok(())
        }
    }
}

fn write_object(into: &mut String, json: &str) -> Result<(), serde_json::Error> {
    let mut fields = serde_json::Deserializer::from_str(json).deserialize_map(Fields)?;
    // From behind: the first that is met of a key is its last.
    let mut seen = FxHashSet::default();
    fields.reverse();
    fields.retain(|(key, _)| seen.insert(unescaped(key.get())));
    fields.reverse();
    write_list(into, ['{', '}'], fields.into_iter(), |into, (key, value)| {
        into.push_str(key.get());
        into.push(':');
        write_value(into, value.get())
    })
}

fn write_list<T>(
    into: &mut String,
    [open, close]: [char; 2],
    parts: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T) -> Result<(), serde_json::Error>,
) -> Result<(), serde_json::Error> {
    into.push(open);
    for (index, part) in parts.enumerate() {
        if index > 0 {
            into.push(',');
        }
        write(into, part)?;
    }
    into.push(close);
    Ok(())
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn check(json: &str, depth: usize, keys: usize, repeats_keys: bool) {
        assert_eq!(Shape::of(json, 64), Shape { depth, keys, repeats_keys }, "{json}");
    }

    #[test]
    fn depth_keys_and_repetitions() {
        check("{}", 1, 0, false);
        check(r#"{"a":1,"b":[{"a":{}}]}"#, 4, 3, false);
        check(r#"{"a":1,"b":2, "a" : 3}"#, 1, 3, true);
        check(r#"{"a":1,"\u0061":2}"#, 1, 2, true);
        check(r#"[{"a":1},{"a":1}]"#, 2, 2, false);
        check(r#"{"a":{"b":1},"c":{"b":1,"b":2}}"#, 2, 5, true);
        check(r#"{"a":"{\"b\":[[","b":"\\"}"#, 1, 2, false);
        check(r#"{"a":["b","b"]}"#, 2, 1, false);
        check("7", 0, 0, false);
    }

    #[test]
    fn what_is_too_deep_is_not_looked_at_any_further() {
        let deep = |levels: usize| format!("{}1{}", "{\"a\":[".repeat(levels / 2), "]}".repeat(levels / 2));
        assert_eq!(Shape::of(&deep(64), 64).depth, 64);
        assert_eq!(Shape::of(&deep(66), 64).depth, 65);
        assert_eq!(Shape::of(&"[".repeat(1_000_000), 64).depth, 65);
    }

    #[test]
    fn the_last_value_of_a_key_stays() {
        let check = |json: &str, expected: &str| assert_eq!(&*last_values(json).unwrap(), expected, "{json}");
        check(r#"{"a":1,"b":1.50,"a":1e999}"#, r#"{"b":1.50,"a":1e999}"#);
        check(r#"[{"a":[{"b":1,"\u0062":2}]},"x"]"#, r#"[{"a":[{"\u0062":2}]},"x"]"#);
        check("{ }", "{}");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            ".{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,2}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn count(value: &Value) -> (usize, usize) {
        let parts = |values: Vec<&Value>| {
            values.into_iter().map(count).fold((0, 0), |sum, part| (sum.0.max(part.0), sum.1 + part.1))
        };
        match value {
            Value::Array(list) => {
                let (depth, keys) = parts(list.iter().collect());
                (depth + 1, keys)
            }
            Value::Object(map) => {
                let (depth, keys) = parts(map.values().collect());
                (depth + 1, keys + map.len())
            }
            _ => (0, 0),
        }
    }

    proptest! {
        #[test]
        fn as_a_tree_of_values_counts(value in any_json()) {
            let (depth, keys) = count(&value);
            let json = value.to_string();
            prop_assert_eq!(Shape::of(&json, 64), Shape { depth, keys, repeats_keys: false });
            prop_assert_eq!(&serde_json::from_str::<Value>(&last_values(&json).unwrap()).unwrap(), &value);
        }

        #[test]
        fn repetitions_are_found_and_read_as_every_reader_does(
            fields in prop::collection::vec(("[ab]", any_json()), 0..6),
            inside in any::<bool>(),
        ) {
            let text: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            let object = format!("{{{}}}", text.join(","));
            let json = if inside { format!("{{\"x\":[{object}]}}") } else { object };
            let distinct: std::collections::BTreeSet<_> = fields.iter().map(|(key, _)| key).collect();
            prop_assert_eq!(Shape::of(&json, 64).repeats_keys, distinct.len() < fields.len());
            let once = last_values(&json).unwrap();
            prop_assert!(!Shape::of(&once, 64).repeats_keys);
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            prop_assert_eq!(read(&once), read(&json));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\":,\\\\a é]{0,30}") {
            Shape::of(&text, 8);
            let _ = last_values(&text);
        }
    }
}
