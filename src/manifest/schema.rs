//! The JSON Schema of manifests, made from the table of kinds, for completion, explanations and warnings in editors.
//!
//! It accepts what oppctl accepts, if words have the documented letter case. It cannot find duplicates or check the fields of an
//! instance; only oppctl can.
//!
//! Draft 7, because every version of yaml-language-server and of the editors' JSON tools knows it. Nothing here needs a later draft.

use std::collections::BTreeMap;

use schemars::Schema;
use serde_json::{Map, Value, json};

use self::value::{REFERENCE, boolean, documented, key_part, lead_reference, members};
use super::grammar::{ENSURE, FIELDS, LIFECYCLE, MODES, RENAMED_FROM, has_names, mode_of};
use crate::model::kind::KINDS;
use crate::model::{Ensure, KeyType, ObjectKind, Schema as FieldSchema};

mod described;
mod value;

/// The same with the fields of an instance: `schemas` has what it describes, and `names` what people call the fields.
#[must_use]
pub fn manifest_schema_with(
    schemas: &BTreeMap<&'static ObjectKind, FieldSchema>,
    names: &BTreeMap<&'static ObjectKind, BTreeMap<String, String>>,
) -> Schema {
    let mut schema = manifest_schema().to_value();
    let nameless = BTreeMap::new();
    for (kind, fields) in schemas {
        let names = names.get(kind).unwrap_or(&nameless);
        described::add(&mut schema, kind, fields, names);
    }
    Schema::try_from(schema).expect("an object is a schema")
}

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
                &format!("The {} that this file declares.", kind.nouns),
            ),
        );
        defaults.insert(kind.name.to_owned(), default_fields(kind));
        definitions.insert(kind.name.to_owned(), entry(kind, None));
        if let Some(parent) = kind.parent() {
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
            "description": "Default values of fields, for all records of this file that do not write the field themselves.",
            "type": "object",
            "properties": defaults,
            "additionalProperties": false,
        }),
    );
    properties.extend(sections);
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "oppctl manifest, version 1",
        "description": "Records of Adobe Marketo Engage in their desired state. oppctl manages only the fields that are written.",
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "additionalProperties": false,
        "definitions": definitions,
    });
    Schema::try_from(schema).expect("an object is a schema")
}

/// An entry of a section. `inherited` is the part of the key that a nested entry takes from the entry around it.
fn entry(kind: &'static ObjectKind, inherited: Option<&str>) -> Value {
    let description = match inherited {
        None => format!("One {}.", kind.noun),
        Some(field) => format!(
            "One {}; its `{field}` is that of the entry around it.",
            kind.noun
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
    let name = kind.noun;
    let ignore =
        "Fields that oppctl sets when it creates the record, and does not change afterwards.";
    let mut protect = boolean();
    let description =
        format!("Whether oppctl refuses to delete the {name}. By default what the instance says.");
    protect.insert("description".to_owned(), description.into());
    let words = json!({
        ENSURE: word(
            &format!("`present`: the {name} exists as declared. `absent`: the {name} must not exist and is deleted if it does. `forgotten`: the {name} stays as it is and is no longer managed."),
            Ensure::WORDS,
        ),
        LIFECYCLE: {
            "description": format!("How the {name} may change."),
            "type": "object",
            "properties": {
                "protect": protect,
                "ignoreChanges": { "description": ignore, "type": "array", "items": { "type": "string", "minLength": 1 } },
            },
            "additionalProperties": false,
        },
        FIELDS: escaped_fields(kind),
    });
    let mut words = members(words);
    if has_names(kind) {
        let text = format!(
            "The key that the {name} has had so far, if the project owns it: it is created under its new key with the values and roles that it has, and the old one is deleted last."
        );
        let mut old = key_part(kind, &kind.key[0]);
        old["description"] = text.into();
        words.insert(RENAMED_FROM.to_owned(), old);
    }
    words
}

/// The member `fields`, in which a field may have the name of a word of the language.
fn escaped_fields(kind: &'static ObjectKind) -> Value {
    let mut properties = refused(kind.key.iter().map(|part| part.field));
    properties.extend(fields(kind));
    json!({
        "description": "Fields by their API names, including those with the name of a word of the manifest language.",
        "type": "object",
        "properties": properties,
        "additionalProperties": further_fields(kind),
    })
}

/// The fields of a kind in `defaults`, where no other word of an entry is allowed.
fn default_fields(kind: &'static ObjectKind) -> Value {
    let mut properties = refused(entry_properties(kind, None).keys().map(String::as_str));
    properties.extend(fields(kind));
    properties.insert(FIELDS.to_owned(), escaped_fields(kind));
    json!({
        "description": format!("Default values of fields, for every {} of this file that does not write the field itself.", kind.noun),
        "type": "object",
        "properties": properties,
        "additionalProperties": further_fields(kind),
    })
}

/// Names that are not allowed: editors report them, and do not offer them.
fn refused<'n>(names: impl Iterator<Item = &'n str>) -> Map<String, Value> {
    names
        .map(|name| (name.to_owned(), Value::Bool(false)))
        .collect()
}

/// The documented fields outside of the key. Fields that Marketo sets itself are not allowed.
fn fields(kind: &ObjectKind) -> Map<String, Value> {
    let mut fields = Map::new();
    for field in kind.documented {
        if kind.is_key(field.name) {
            continue;
        }
        let schema = if field.updateable {
            documented(kind, field)
        } else {
            Value::Bool(false)
        };
        fields.insert(field.name.to_owned(), schema);
    }
    fields
}

/// All other members of an entry: custom fields, whose types only the instance knows.
fn further_fields(kind: &ObjectKind) -> Value {
    if !kind.documents_all {
        json!({
            "description": "A field of the instance, by its API name. `null` clears it.",
            "type": ["string", "number", "boolean", "null"],
        })
    } else {
        Value::Bool(false)
    }
}

/// The members for the nested entries of a child kind, and for their mode.
fn children(kind: &'static ObjectKind, child: &'static ObjectKind) -> Map<String, Value> {
    let (parent, plural) = (kind.noun, child.plural);
    let mode = format!(
        "`additive`: other {plural} of this {parent} stay as they are. `exact`: only the {plural} that manifests declare for this {parent}, in any file, may exist; all others are deleted."
    );
    let mut properties = Map::new();
    properties.insert(
        plural.to_owned(),
        list(
            &nested_definition(child, kind),
            &format!(
                "The {plural} of this {parent}: short for entries of the top-level `{plural}`."
            ),
        ),
    );
    properties.insert(mode_of(child), word(&mode, MODES));
    properties
}

/// One of these words, of which the first is the default, or a reference to one.
fn word(description: &str, words: &[&str]) -> Value {
    json!({
        "description": description,
        "anyOf": [{ "enum": words }, { "type": "string", "pattern": REFERENCE }],
        "default": words[0],
    })
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
