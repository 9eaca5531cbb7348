//! The fields of an instance in the schema of manifests: with their types for completion, and no others.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::nested_definition;
use super::value::described;
use crate::manifest::grammar::FIELDS;
use crate::model::{ObjectKind, Schema};

/// What people call the fields of a kind, by their API names.
type Names = BTreeMap<String, String>;

/// Adds the fields of a kind wherever an entry or its defaults may write them.
pub(super) fn add(root: &mut Value, kind: &'static ObjectKind, schema: &Schema, names: &Names) {
    let mut places = vec![
        format!("/definitions/{}", kind.name),
        format!("/properties/defaults/properties/{}", kind.name),
    ];
    if let Some(parent) = kind.parent() {
        places.push(format!(
            "/definitions/{}",
            nested_definition(kind, parent.kind)
        ));
    }
    for place in places {
        let Some(entry) = root.pointer_mut(&place).and_then(Value::as_object_mut) else {
            continue;
        };
        if let Some(escaped) = entry
            .get_mut("properties")
            .and_then(|properties| properties.get_mut(FIELDS))
            .and_then(Value::as_object_mut)
        {
            add_to(escaped, kind, schema, names);
        }
        add_to(entry, kind, schema, names);
    }
}

fn add_to(object: &mut Map<String, Value>, kind: &ObjectKind, schema: &Schema, names: &Names) {
    object.insert("additionalProperties".to_owned(), Value::Bool(false));
    let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for field in schema.writable() {
        let name = names.get(&*field.name).map(String::as_str);
        // A word of the language keeps its meaning: its field is written below `fields`.
        properties
            .entry(field.name.to_string())
            .or_insert_with(|| described(kind, field, name));
    }
}
