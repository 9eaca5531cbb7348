//! The records that a text declares, to find them and to compare them.

use crate::manifest::{InstanceRules, Reading, read_with};
use crate::model::{
    DataType, Declared, DeclaredPart, FoldedKey, Folding, Form, ObjectKind, Scalar, Value,
};

/// What tells a record from all others, as Marketo compares keys. Addresses stand in place of ids.
pub(super) type Identity = (&'static ObjectKind, FoldedKey);

/// Reads a text as a manifest.
pub(super) fn reading(text: &str, rules: &InstanceRules) -> Reading {
    read_with([("manifest.yaml".into(), text.as_bytes().to_vec())], rules)
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

/// A value so that different ways to write a number are the same.
pub(super) fn comparable(scalar: &Scalar<'_>) -> (Form, String) {
    let Scalar { form, text } = scalar;
    let number = Value::declared(scalar, &DataType::Currency);
    match number {
        Ok(number) if *form == Form::Number => (*form, number.without_zeros().to_string()),
        Ok(_) | Err(_) => (*form, text.to_string()),
    }
}
