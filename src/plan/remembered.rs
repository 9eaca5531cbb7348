//! The fields of kinds as far as they are known without the instance: those that the project keeps in a file, and else the documented ones
//! with those that the manifests write and the ledger remembers.
//!
//! The ledger has hashes of values and no types. The type of a field is the one in which a declared value has the hash that the ledger
//! remembers; where no value has, the one that the value is written in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::ledger::Ledger;
use crate::manifest::typed_values;
use crate::model::kind::KINDS;
use crate::model::{DataType, Declared, Desired, Field, Form, ObjectKind, Schema, Value};

use super::bind::Schemas;

/// The types that values can have, each once.
const TYPES: [DataType; 6] = [
    DataType::String,
    DataType::Float,
    DataType::Integer,
    DataType::Boolean,
    DataType::Date,
    DataType::Datetime,
];

/// The fields of all kinds without the instance. `kept` are those that the project keeps in a file, and `sensitive` the names of fields
/// that are sensitive.
#[must_use]
pub fn remembered_schemas(
    desired: &Desired,
    ledger: &Ledger,
    kept: &Schemas,
    sensitive: &[Box<str>],
) -> Schemas {
    let schemas = KINDS.into_iter().map(|kind| {
        let kept = kept.get(kind).cloned();
        let mut schema = kept.unwrap_or_else(|| remembered(kind, desired, ledger));
        schema.mark_sensitive(sensitive.iter().map(|name| &**name));
        (kind, schema)
    });
    schemas.collect()
}

/// The fields of one kind by its documentation, the manifests and the ledger.
fn remembered(kind: &'static ObjectKind, desired: &Desired, ledger: &Ledger) -> Schema {
    let known = [Schema::documented(kind), Schema::standard(kind)];
    let mut fields: Vec<Field> = known.iter().flat_map(Schema::fields).cloned().collect();
    let is_known = |name: &str| known.iter().any(|schema| schema.folded(name).is_some());
    let mut unknown: BTreeSet<Arc<str>> = BTreeSet::new();
    for (_, _, entry) in { ledger.iter() }.filter(|(of, ..)| *of == kind) {
        let names = entry.fields.names().iter();
        unknown.extend(names.filter(|name| !is_known(name)).cloned());
    }
    let declared: Vec<&Declared> = { desired.records.iter() }
        .filter(|declared| declared.kind == kind)
        .collect();
    for declared in &declared {
        let names = declared.fields.names().iter();
        unknown.extend(names.filter(|name| !is_known(name)).cloned());
    }
    let hidden = hidden(kind, ledger);
    let types = types(kind, &unknown, &declared, ledger);
    fields.extend(unknown.into_iter().map(|name| Field {
        data_type: types.get(&name).cloned().unwrap_or(DataType::String),
        length: None,
        updateable: true,
        sensitive: hidden.contains(&name),
        name,
    }));
    for field in &mut fields {
        field.sensitive |= hidden.contains(&field.name);
    }
    Schema::new(kind, fields)
}

/// The fields of which the ledger has no hash at any record: it keeps none of sensitive values.
fn hidden(kind: &ObjectKind, ledger: &Ledger) -> BTreeSet<Arc<str>> {
    let mut hidden = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for (_, _, entry) in { ledger.iter() }.filter(|(of, ..)| *of == kind) {
        for (name, hash) in entry.fields.iter() {
            let of = if hash.is_some() {
                &mut shown
            } else {
                &mut hidden
            };
            if !of.contains(name) {
                of.insert(Arc::clone(name));
            }
        }
    }
    hidden.retain(|name| !shown.contains(name));
    hidden
}

/// The types of these fields, as far as a declared value tells one.
fn types(
    kind: &'static ObjectKind,
    names: &BTreeSet<Arc<str>>,
    declared: &[&Declared],
    ledger: &Ledger,
) -> BTreeMap<Arc<str>, DataType> {
    let mut types = BTreeMap::new();
    let mut proven: BTreeSet<&Arc<str>> = BTreeSet::new();
    for declared in declared {
        if proven.len() == names.len() {
            break;
        }
        let key = declared.full_key();
        let entry = key.and_then(|key| ledger.get(kind, &key.folded()));
        for assignment in declared.fields.iter() {
            let Some(name) = names.get(assignment.name).filter(|it| !proven.contains(it)) else {
                continue;
            };
            let applied = entry.and_then(|entry| entry.fields.get(name));
            let has_hash = |data_type: &&DataType| {
                let field = field(name, data_type);
                let schema = Schema::new(kind, vec![field]);
                let mut typed = typed_values(declared, &schema);
                let hash = |value: &Value| ledger.digest_unless(false, name, value);
                applied.is_some() && typed.any(|it| hash(&it.value) == applied)
            };
            if let Some(found) = TYPES.iter().find(has_hash) {
                types.insert(Arc::clone(name), found.clone());
                proven.insert(name);
            } else {
                let written = written(assignment.value.form);
                types.entry(Arc::clone(name)).or_insert(written);
            }
        }
    }
    types
}

/// The type of a value as it is written.
fn written(form: Form) -> DataType {
    match form {
        Form::Null | Form::Text => DataType::String,
        Form::Number => DataType::Float,
        Form::Boolean => DataType::Boolean,
    }
}

fn field(name: &Arc<str>, data_type: &DataType) -> Field {
    Field {
        name: Arc::clone(name),
        data_type: data_type.clone(),
        length: None,
        updateable: true,
        sensitive: false,
    }
}
