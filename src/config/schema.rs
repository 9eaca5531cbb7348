//! The JSON Schemas of `oppctl.yaml` and of policies, derived from the types that read them.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use super::file::ConfigFile;
use super::policy::PolicyFile;

/// The JSON Schema of the configuration, version 1.
#[must_use]
pub fn config_schema() -> Schema {
    schema::<ConfigFile>()
}

/// The JSON Schema of a policy, version 1.
#[must_use]
pub fn policy_schema() -> Schema {
    schema::<PolicyFile>()
}

fn schema<File: JsonSchema>() -> Schema {
    // Every editor understands draft 7. Subschemas are inlined, because a reference in draft 7 hides the description
    // beside it.
    let mut settings = SchemaSettings::draft07().with_transform(RecursiveTransform(tidy));
    settings.inline_subschemas = true;
    SchemaGenerator::new(settings).into_root_schema_for::<File>()
}

/// Removes details of Rust that do not matter in YAML: the widths of integers, and null for an optional member.
fn tidy(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    object.remove("format");
    // No member takes null, so that it is no default either.
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(mut choices)) = object.remove("anyOf") {
        choices.retain(|choice| choice.get("type") != Some(&Value::from("null")));
        match <[Value; 1]>::try_from(choices) {
            Ok([only]) => take_over(object, only),
            Err(choices) => {
                object.insert("anyOf".to_owned(), choices.into());
            }
        }
    }
}

/// Adds the members of the only choice left. Members that the object has already stay.
fn take_over(object: &mut Map<String, Value>, only: Value) {
    if let Value::Object(only) = only {
        for (name, value) in only {
            object.entry(name).or_insert(value);
        }
    }
}
