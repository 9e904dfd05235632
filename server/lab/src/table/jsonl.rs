//! JSON Lines, or one JSON array: one object is one row. Nested objects become `outer.inner`, lists stay JSON text.

use super::{Projection, Table, TextColumn};
use crate::{LabError, Result};
use rustc_hash::FxHashMap;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

/// An object whose keys keep their order.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Object, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

/// Reads all rows into `table`.
pub(crate) fn read_jsonl(text: &str, projection: &Projection, table: &mut Table) -> Result<()> {
    let mut columns =
        Columns { projection, columns: Vec::new(), all: Vec::new(), index: FxHashMap::default(), rows: 0 };
    if text.trim_start().starts_with('[') {
        let elements: Vec<&RawValue> = serde_json::from_str(text)
            .map_err(|e| LabError::input(&table.input, format!("this is no JSON array: {e}")))?;
        for (number, element) in (1..).zip(elements) {
            match serde_json::from_str::<Object>(element.get()) {
                Ok(object) => {
                    columns.add_row(object);
                    table.lines.push(number);
                }
                Err(_) => table.rejects.add(number, "not_an_object", element.get()),
            }
        }
    } else {
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str::<Object>(line) {
                Ok(object) => {
                    columns.add_row(object);
                    table.lines.push(index as u64 + 1);
                }
                Err(error) if error.is_data() => table.rejects.add(index as u64 + 1, "not_an_object", line),
                Err(_) => table.rejects.add(index as u64 + 1, "invalid_json", line),
            }
        }
    }
    columns.finish(table);
    Ok(())
}

/// The columns found so far; a later row may bring new ones.
struct Columns<'p> {
    projection: &'p Projection,
    columns: Vec<TextColumn>,
    all: Vec<String>,
    /// Name to index in `columns`; `None` for a column that nobody asked for.
    index: FxHashMap<String, Option<usize>>,
    rows: usize,
}

impl Columns<'_> {
    fn add_row(&mut self, object: Object) {
        for (key, value) in object.0 {
            self.add(key, value);
        }
        self.rows += 1;
        for column in &mut self.columns {
            column.pad_to(self.rows);
        }
    }

    fn add(&mut self, key: String, value: Value) {
        if let Value::Object(inner) = value {
            for (name, value) in inner {
                self.add(format!("{key}.{name}"), value);
            }
            return;
        }
        let Some(index) = self.column_index(key) else { return };
        let column = &mut self.columns[index];
        column.pad_to(self.rows);
        column.truncate(self.rows);
        match value {
            Value::Null => column.push(""),
            Value::String(text) => {
                column.quoted += 1;
                column.push(&text);
            }
            other => column.push(&other.to_string()),
        }
    }

    fn column_index(&mut self, key: String) -> Option<usize> {
        if let Some(known) = self.index.get(&key) {
            return *known;
        }
        let index = self.projection.wants(&key).then(|| {
            let mut column = TextColumn::new(key.clone());
            column.typed_source = true;
            self.columns.push(column);
            self.columns.len() - 1
        });
        self.all.push(key.clone());
        self.index.insert(key, index);
        index
    }

    fn finish(self, table: &mut Table) {
        table.columns = self.columns;
        table.all_names = self.all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table> {
        let mut table = Table::default();
        read_jsonl(text, &Projection::All, &mut table).map(|()| table)
    }

    fn cells(table: &Table, name: &str) -> Vec<Option<String>> {
        table.column(name).unwrap().cells().map(|c| c.map(str::to_owned)).collect()
    }

    #[test]
    fn objects_become_rows() {
        let table =
            read("{\"a\":1,\"b\":{\"c\":\"x\"}}\n\n{\"b\":{\"c\":null},\"d\":[1,2]}\n{\"a\":2,\"a\":3}\n").unwrap();
        assert_eq!(table.all_names, ["a", "b.c", "d"]);
        assert_eq!(table.lines, [1, 3, 4]);
        assert_eq!(cells(&table, "a"), [Some("1".into()), None, Some("3".into())]);
        assert_eq!(cells(&table, "b.c"), [Some("x".into()), None, None]);
        assert_eq!(cells(&table, "d"), [None, Some("[1,2]".into()), None]);
    }

    #[test]
    fn bad_lines_are_rejected_with_their_number() {
        let table = read("{\"a\":1}\n{\"a\":\n[1]\n{\"a\":2}\n").unwrap();
        assert_eq!(table.lines, [1, 4]);
        let reasons: Vec<_> = table.rejects.counts().iter().map(|(r, n)| (r.as_str(), *n)).collect();
        assert_eq!(reasons, [("invalid_json", 1), ("not_an_object", 1)]);
    }

    #[test]
    fn an_array_is_read_whole() {
        assert_eq!(cells(&read("[{\"a\":1},{\"a\":true}]").unwrap(), "a"), [Some("1".into()), Some("true".into())]);
        assert!(read("[{\"a\":1},").is_err());
        let table = read("[{\"a\":1}, 7, null, {\"a\":2}]").unwrap();
        assert_eq!((table.lines.as_slice(), table.rejects.counts()["not_an_object"]), ([1, 4].as_slice(), 2));
    }
}
