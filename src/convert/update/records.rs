//! The records that a text declares, to find them and to compare them.

use std::collections::{BTreeMap, HashMap};

use crate::manifest::{Reading, read};
use crate::model::{
    DataType, Declared, DeclaredPart, Ensure, FoldedKey, Folding, Form, Lifecycle, ObjectKind,
    Scalar, Value,
};

/// What tells a record from all others, as Marketo compares keys. Addresses stand in place of ids.
pub(super) type Identity = (&'static ObjectKind, FoldedKey);

/// The parts of a record that an update keeps or sets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outline {
    pub(super) ensure: Ensure,
    lifecycle: Lifecycle,
    has_exact_children: bool,
    pub(super) fields: BTreeMap<String, (Form, String)>,
}

/// Reads a text as a manifest.
pub(super) fn reading(text: &str) -> Reading {
    read([("manifest.yaml".into(), text.as_bytes().to_vec())])
}

/// The records by their keys.
pub(super) fn by_identity(records: &[Declared]) -> HashMap<Identity, &Declared> {
    records
        .iter()
        .map(|record| (identity(record), record))
        .collect()
}

/// What tells this record from all others.
pub(super) fn identity(record: &Declared) -> Identity {
    let mut folding = Folding::default();
    for part in &record.key {
        match part {
            DeclaredPart::Text(text) => folding.text(text),
            DeclaredPart::Lead(id) => folding.lead(*id),
            DeclaredPart::LeadBy(lead) => folding.text(&lead.value),
        }
    }
    (record.kind, folding.end())
}

/// The parts of a record that an update keeps or sets.
pub(super) fn outline(record: &Declared) -> Outline {
    let fields = record.fields.iter();
    let fields = fields.map(|field| (field.name.to_string(), comparable(&field.value)));
    Outline {
        ensure: record.ensure,
        lifecycle: record.lifecycle.clone(),
        has_exact_children: record.exact_children.is_some(),
        fields: fields.collect(),
    }
}

/// A value so that different ways to write a number are the same.
pub(super) fn comparable(scalar: &Scalar) -> (Form, String) {
    let Scalar { form, text } = scalar;
    let number = Value::declared(scalar, &DataType::Currency);
    match number {
        Ok(number) if *form == Form::Number => (*form, number.without_zeros().to_string()),
        Ok(_) | Err(_) => (*form, text.to_string()),
    }
}
