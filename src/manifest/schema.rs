//! The JSON Schema of manifests, made from the table of kinds: what editors complete, explain and underline.
//!
//! It accepts what oppctl accepts, as long as words have the documented letter case, and catches what
//! a schema can say. It leaves to oppctl what it cannot: duplicates, and the fields of an instance.
//!
//! Draft 7, because every version of yaml-language-server and of the JSON tools of editors knows it;
//! the later drafts add nothing that is needed here.

use schemars::Schema;
use serde_json::{Map, Value, json};

use self::value::{documented, key_part, lead_reference};
use crate::model::kind::KINDS;
use crate::model::{Ensure, KeyType, ObjectKind};

mod value;

/// The JSON Schema of manifests, version 1.
#[must_use]
pub fn manifest_schema() -> Schema {
    let mut sections = Map::new();
    let mut defaults = Map::new();
    let mut definitions = Map::new();
    for kind in KINDS {
        sections.insert(
            kind.plural.to_owned(),
            list(
                kind.name,
                &format!(
                    "The {} that shall be as they are declared here.",
                    kind.plural
                ),
            ),
        );
        defaults.insert(kind.name.to_owned(), default_fields(kind));
        definitions.insert(kind.name.to_owned(), entry(kind, None));
        if let Some(parent) = &kind.parent {
            definitions.insert(
                nested_definition(kind, parent.kind),
                entry(kind, Some(parent.field)),
            );
        }
    }
    let mut properties = Map::new();
    properties.insert(
        "version".to_owned(),
        json!({ "description": "The version of the manifest language. Always 1.", "const": 1 }),
    );
    properties.insert(
        "defaults".to_owned(),
        json!({
            "description": "Fields that lie under every record of this file: a record that does not write one of them has it from here.",
            "type": "object",
            "properties": defaults,
            "additionalProperties": false,
        }),
    );
    properties.extend(sections);
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "oppctl manifest, version 1",
        "description": "Records of Adobe Marketo Engage as they shall be. Only the fields that are written are managed.",
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "additionalProperties": false,
        "definitions": definitions,
    });
    Schema::try_from(schema).expect("an object is a schema")
}

/// An entry of a section; `inherited` is the part of the key that it has from the entry around it.
fn entry(kind: &'static ObjectKind, inherited: Option<&str>) -> Value {
    let description = match inherited {
        None => format!("One {}.", kind.name),
        Some(field) => format!(
            "One {}; it has its `{field}` from the entry around it.",
            kind.name
        ),
    };
    let mut required = Vec::new();
    let mut choices = Vec::new();
    for part in kind.key.iter().filter(|part| inherited != Some(part.field)) {
        match part.holds {
            KeyType::Text { .. } => required.push(part.field),
            KeyType::Lead { reference } => {
                let either = [part.field, reference].map(|name| json!({ "required": [name] }));
                choices.push(json!({ "oneOf": either }));
            }
        }
    }
    let mut entry = members(json!({
        "description": description,
        "type": "object",
        "properties": entry_properties(kind, inherited),
        "required": required,
    }));
    if !choices.is_empty() {
        entry.insert("allOf".to_owned(), choices.into());
    }
    entry.insert("additionalProperties".to_owned(), further_fields(kind));
    entry.into()
}

fn entry_properties(kind: &'static ObjectKind, inherited: Option<&str>) -> Map<String, Value> {
    let mut properties = Map::new();
    for part in kind.key {
        if inherited == Some(part.field) {
            properties.insert(part.field.to_owned(), Value::Bool(false));
            continue;
        }
        properties.insert(part.field.to_owned(), key_part(kind, part));
        if let KeyType::Lead { reference } = part.holds {
            properties.insert(reference.to_owned(), lead_reference(part.field));
        }
    }
    properties.extend(fields(kind));
    for child in kind.children() {
        properties.extend(children(kind, child));
    }
    properties.extend(words(kind));
    properties
}

/// The members of an entry that every kind has.
fn words(kind: &'static ObjectKind) -> Map<String, Value> {
    let name = kind.name;
    let ignore = "Fields that are set when the record is created and left alone afterwards.";
    let words = json!({
        "ensure": {
            "description": format!("`present`: the {name} exists as declared. `absent`: it does not exist; if it does, it is deleted. `forgotten`: it is left as it is and no longer managed."),
            "enum": Ensure::WORDS,
            "default": Ensure::WORDS[0],
        },
        "lifecycle": {
            "description": format!("How the {name} may change."),
            "type": "object",
            "properties": {
                "protect": { "description": format!("Whether deleting the {name} is refused."), "type": "boolean", "default": false },
                "ignoreChanges": { "description": ignore, "type": "array", "items": { "type": "string", "minLength": 1 } },
            },
            "additionalProperties": false,
        },
        "fields": escaped_fields(kind),
    });
    members(words)
}

/// `fields`, where a field may have the name of a word of the language.
fn escaped_fields(kind: &'static ObjectKind) -> Value {
    let mut properties = refused(kind.key.iter().map(|part| part.field));
    properties.extend(fields(kind));
    json!({
        "description": "Fields by their API names, also those that are called like a word of the manifest language.",
        "type": "object",
        "properties": properties,
        "additionalProperties": further_fields(kind),
    })
}

/// The fields of a kind that may stand in `defaults`, where every other word of an entry is refused.
fn default_fields(kind: &'static ObjectKind) -> Value {
    let mut properties = refused(entry_properties(kind, None).keys().map(String::as_str));
    properties.extend(fields(kind));
    properties.insert("fields".to_owned(), escaped_fields(kind));
    json!({
        "description": format!("Fields that lie under every {} of this file.", kind.name),
        "type": "object",
        "properties": properties,
        "additionalProperties": further_fields(kind),
    })
}

/// Names that may not be written: editors say so, and do not offer them.
fn refused<'n>(names: impl Iterator<Item = &'n str>) -> Map<String, Value> {
    names
        .map(|name| (name.to_owned(), Value::Bool(false)))
        .collect()
}

/// The documented fields that are no part of the key. Those that Marketo sets itself are refused.
fn fields(kind: &ObjectKind) -> Map<String, Value> {
    let fields = kind
        .documented
        .iter()
        .filter(|field| !kind.is_key(field.name));
    fields
        .map(|field| {
            let schema = if field.updateable {
                documented(kind, field)
            } else {
                Value::Bool(false)
            };
            (field.name.to_owned(), schema)
        })
        .collect()
}

/// What else an entry may have: custom fields, of which only the instance knows the types.
fn further_fields(kind: &ObjectKind) -> Value {
    if kind.extensible {
        json!({
            "description": "A field of the instance, by its API name. `null` clears it.",
            "type": ["string", "number", "boolean", "null"],
        })
    } else {
        Value::Bool(false)
    }
}

/// The nested entries of a child kind, and their mode.
fn children(kind: &'static ObjectKind, child: &'static ObjectKind) -> Map<String, Value> {
    let (parent, plural) = (kind.name, child.plural);
    let mode = format!(
        "`additive`: the {plural} that nobody declares are left alone. `exact`: the {plural} declared for this {parent}, wherever they stand, are all that may exist; every other one is deleted."
    );
    let mut properties = Map::new();
    properties.insert(
        plural.to_owned(),
        list(&nested_definition(child, kind), &format!("The {plural} of this {parent}; a shorthand for entries of the top-level `{plural}`.")),
    );
    properties.insert(
        format!("{plural}Mode"),
        json!({ "description": mode, "enum": ["additive", "exact"], "default": "additive" }),
    );
    properties
}

fn list(definition: &str, description: &str) -> Value {
    json!({
        "description": description,
        "type": "array",
        "items": { "$ref": format!("#/definitions/{definition}") },
    })
}

fn nested_definition(kind: &ObjectKind, parent: &ObjectKind) -> String {
    format!("{}.{}", parent.name, kind.name)
}

/// The members of an object that `json!` made.
fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
