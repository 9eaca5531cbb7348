//! The schemas of single values: parts of keys and fields, by their data types.
//!
//! They accept what `Value::declared` accepts, in each form that YAML may give it. Editors show `patternErrorMessage` instead of
//! the pattern; other tools ignore it.

use serde_json::{Map, Value, json};

use crate::model::kind::DocumentedField;
use crate::model::{DataType, Field, KeyPart, KeyType, ObjectKind};

/// A reference to a value of the instance.
pub(super) const REFERENCE: &str = r"^\$\{[A-Za-z][A-Za-z0-9_-]*\}$";

/// A form of text, and the message for text of another form.
struct Pattern {
    regex: &'static str,
    otherwise: &'static str,
}

const KEY: Pattern = Pattern {
    regex: r"^[^\s,\x00-\x1f\x7f-\x9f]([^,\x00-\x1f\x7f-\x9f]*[^\s,\x00-\x1f\x7f-\x9f])?$",
    otherwise: "Must not be empty, contain a comma or a control character, or have blanks around it.",
};

const PLAIN_KEY: Pattern = Pattern {
    regex: r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$",
    otherwise: "Must not be empty, contain a control character, or have blanks around it.",
};

const LEAD_ID: Pattern = Pattern {
    regex: r"^\+?0*[1-9][0-9]*$",
    otherwise: "Must be the id of a lead, a positive whole number.",
};

// Each of the following accepts the empty text too, which means the same as null.
const INTEGER: Pattern = Pattern {
    regex: r"^([+-]?[0-9]+(\.0*)?)?$",
    otherwise: "Must be a whole number.",
};
const DECIMAL: Pattern = Pattern {
    regex: r"^([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)?$",
    otherwise: "Must be a number without a currency and without thousands separators.",
};
const DATE: Pattern = Pattern {
    regex: "^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$",
    otherwise: "Must be a date: 2026-12-31.",
};
const DATETIME: Pattern = Pattern {
    regex: r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9].*([Zz]|[+-][0-9]{2}(:?[0-9]{2})*)(\[.*\])?)?$",
    otherwise: "Must be a date, a time and an offset: 2026-12-31T18:00:00+01:00.",
};
const ASCII: Pattern = Pattern {
    regex: r"^[\x00-\x7f]*$",
    otherwise: "Must be ASCII.",
};

/// A part of the key.
pub(super) fn key_part(kind: &ObjectKind, part: &KeyPart) -> Value {
    let of = if kind.key.len() == 1 {
        "The key"
    } else {
        "A part of the key"
    };
    match part.holds {
        KeyType::Text {
            max_chars,
            is_filtered,
        } => {
            let (rule, without) = if is_filtered {
                (&KEY, "without commas and without blanks around it")
            } else {
                (&PLAIN_KEY, "without blanks around it")
            };
            let mut schema = text_of(&["string", "number", "boolean"], rule);
            let description = format!(
                "{of} of the {}: at most {max_chars} characters, {without}. Marketo ignores letter case in keys.",
                kind.noun
            );
            schema.insert("description".to_owned(), description.into());
            schema.insert("maxLength".to_owned(), max_chars.into());
            schema.into()
        }
        KeyType::Lead { reference } => {
            let mut schema = text_of(&["integer", "string"], &LEAD_ID);
            let description = format!(
                "{of} of the {}: the id of the lead in the instance. Write `{reference}` instead to find the lead by a field, which works in every instance.",
                kind.noun
            );
            schema.insert("description".to_owned(), description.into());
            schema.insert("minimum".to_owned(), 1.into());
            schema.into()
        }
    }
}

/// The alternative to the part `field` of the key, which holds the id of a lead.
pub(super) fn lead_reference(field: &str) -> Value {
    let mut email = text_of(&["string"], &KEY);
    let description = "The lead's e-mail address.";
    email.insert("description".to_owned(), description.into());
    json!({
        "description": format!("The lead with this value in a searchable field, instead of `{field}`. Exactly one lead must match."),
        "type": "object",
        "properties": { "email": email },
        "additionalProperties": text_of(&["string", "number", "boolean"], &KEY),
        "minProperties": 1,
        "maxProperties": 1,
    })
}

/// A documented field.
pub(super) fn documented(kind: &ObjectKind, field: &DocumentedField) -> Value {
    of_field(kind, field.name, &field.data_type, field.length)
}

/// A field of the instance; `shown` is what people call it there.
pub(super) fn described(kind: &ObjectKind, field: &Field, shown: Option<&str>) -> Value {
    let mut schema = of_field(kind, &field.name, &field.data_type, field.length);
    if let (Some(shown), Some(description)) = (shown, schema.get_mut("description")) {
        let text = description.as_str().unwrap_or_default();
        *description = format!("{shown}. {text}").into();
    }
    schema
}

fn of_field(kind: &ObjectKind, name: &str, data_type: &DataType, length: Option<u32>) -> Value {
    let required = kind.required.contains(&name);
    let (mut words, mut schema) = value(data_type);
    if let Some(length) = length {
        words = format!("{words} of at most {length} characters");
        schema.insert("maxLength".to_owned(), length.into());
    }
    let null = if required {
        schema.insert("minLength".to_owned(), 1.into());
        format!("Required for a new {}; cannot be cleared.", kind.noun)
    } else {
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.push("null".into());
        }
        "`null` clears it.".to_owned()
    };
    let description = format!("{words}. {null}");
    schema.insert("description".to_owned(), description.into());
    schema.into()
}

/// The values that a manifest may write for a data type: in words, and as a schema with a list of types.
fn value(data_type: &DataType) -> (String, Map<String, Value>) {
    let (words, schema) = match data_type {
        DataType::Boolean => ("`true` or `false`", boolean()),
        DataType::Integer | DataType::Score => {
            ("A whole number", text_of(&["integer", "string"], &INTEGER))
        }
        DataType::Currency | DataType::Float | DataType::Percent => {
            ("A number", text_of(&["number", "string"], &DECIMAL))
        }
        DataType::Date => ("A date, `2026-12-31`", text_of(&["string"], &DATE)),
        DataType::Datetime => (
            "An instant with its offset, `2026-12-31T18:00:00+01:00`",
            text_of(&["string"], &DATETIME),
        ),
        DataType::Email => ("An e-mail address", text_of(&["string"], &ASCII)),
        DataType::Phone
        | DataType::String
        | DataType::Text
        | DataType::Textarea
        | DataType::Url
        | DataType::Other(_) => ("Text", any_of(&["string", "number", "boolean"])),
    };
    (words.to_owned(), schema)
}

/// A value of one of these types.
fn any_of(types: &[&str]) -> Map<String, Value> {
    members(json!({ "type": types }))
}

/// `true` or `false`, or a reference to one of them.
pub(super) fn boolean() -> Map<String, Value> {
    members(json!({
        "type": ["boolean", "string"],
        "pattern": REFERENCE,
        "patternErrorMessage": "Must be true or false.",
    }))
}

/// A value of one of these types; text must have the form of the pattern, or refer to a value.
fn text_of(types: &[&str], pattern: &Pattern) -> Map<String, Value> {
    members(json!({
        "type": types,
        "pattern": format!("{REFERENCE}|{}", pattern.regex),
        "patternErrorMessage": pattern.otherwise,
    }))
}

/// The members of an object that `json!` made.
pub(super) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}
