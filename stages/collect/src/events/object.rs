//! Properties, traits and context: objects of values.

use super::{
    changes::Style,
    fault::Fault,
    json_text::{write_compact, write_text},
    record::View,
    value::{self, Item},
};
use crate::mapping::{FieldContent, FieldMapping};
use serde_json::value::RawValue;

/// The object that fields describe; `None` where none of them has a value. Values that are missing are left out.
pub(super) fn read(
    fields: &[FieldMapping],
    view: &View<'_, '_>,
    style: &Style,
) -> Result<Option<Box<RawValue>>, Fault> {
    if fields.is_empty() {
        return Ok(None);
    }
    let mut json = Vec::with_capacity(32 * fields.len());
    if !write(&mut json, fields, view, style)? {
        return Ok(None);
    }
    // What was written is JSON: every part was checked when it was read.
    Ok(String::from_utf8(json).ok().and_then(|json| RawValue::from_string(json).ok()))
}

/// Writes an object, or nothing at all and `false`.
fn write(into: &mut Vec<u8>, fields: &[FieldMapping], view: &View<'_, '_>, style: &Style) -> Result<bool, Fault> {
    let start = into.len();
    let mut any = false;
    for field in fields {
        let before = into.len();
        into.push(if any { b',' } else { b'{' });
        into.extend_from_slice(field.prefix.as_bytes());
        let written = match &field.content {
            FieldContent::Fields(inner) => write(into, inner, view, style)?,
            FieldContent::Value(value) => match value::read(value, view, style)? {
                Some(item) => {
                    write_item(into, &item);
                    true
                }
                None => false,
            },
        };
        if written {
            any = true;
        } else {
            into.truncate(before);
        }
    }
    match any {
        true => into.push(b'}'),
        false => into.truncate(start),
    }
    Ok(any)
}

fn write_item(into: &mut Vec<u8>, item: &Item<'_>) {
    match item {
        Item::Text(text) => write_text(into, text),
        Item::Json(json) => write_compact(into, json),
    }
}
