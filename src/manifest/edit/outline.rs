//! What the records of a text declare, to compare it before and after a change.

use std::collections::BTreeMap;

use crate::manifest::{InstanceRules, Reading, read_with};
use crate::model::{Declared, DeclaredPart, Ensure, Form, Lifecycle, ObjectKind, Scalar};

/// Everything that an entry declares.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outline {
    pub(super) kind: &'static ObjectKind,
    key: Vec<String>,
    ensure: Ensure,
    lifecycle: Lifecycle,
    has_exact_children: bool,
    pub(super) renamed_from: Option<String>,
    /// By their names in small letters.
    pub(super) fields: BTreeMap<String, Field>,
}

/// A field of an outline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Scalar<'static>,
}

/// Reads a text as a manifest.
pub(super) fn reading(text: &str, rules: &InstanceRules) -> Reading {
    read_with([("manifest.yaml".into(), text.as_bytes().to_vec())], rules)
}

/// What the records of a reading declare, in its order.
pub(super) fn outlines(reading: &Reading) -> Vec<Outline> {
    reading.desired.records.iter().map(outline).collect()
}

fn outline(record: &Declared) -> Outline {
    let part = |part: &DeclaredPart| match part {
        DeclaredPart::Text(text) => format!("text {text}"),
        DeclaredPart::Lead(id) => format!("lead {id}"),
        DeclaredPart::LeadBy(lead) => format!("lead by {} {}", lead.field, lead.value),
    };
    let fields = record.fields.iter().map(|field| {
        let name = field.name.to_string();
        let value = field.value.into_owned();
        (name.to_lowercase(), Field { name, value })
    });
    Outline {
        kind: record.kind,
        key: record.key.iter().map(part).collect(),
        ensure: record.ensure,
        lifecycle: record.lifecycle.clone(),
        has_exact_children: record.exact_children.is_some(),
        renamed_from: { record.renamed_from.as_ref() }.map(|old| old.key.to_string()),
        fields: fields.collect(),
    }
}

impl Field {
    /// Whether this is written where the other is wanted: a number in quotes is one.
    fn is_for(&self, wanted: &Self) -> bool {
        let (own, other) = (&self.value, &wanted.value);
        let is_quoted = own.form == Form::Text && other.form == Form::Number;
        self.name == wanted.name && own.text == other.text && (own.form == other.form || is_quoted)
            || own.form == Form::Null && other.form == Form::Null
    }
}

impl Outline {
    /// What tells it from all others.
    pub(super) fn identity(&self) -> (&'static str, Vec<String>) {
        (self.kind.name, self.key.clone())
    }

    /// Gives a field a value.
    pub(super) fn set(&mut self, field: &str, value: &Scalar<'static>) {
        let folded = field.to_lowercase();
        let name = self.fields.get(&folded).map(|old| old.name.clone());
        let name = name.unwrap_or_else(|| field.to_owned());
        let value = value.clone();
        self.fields.insert(folded, Field { name, value });
    }

    /// The names of the fields in which this differs from what is wanted.
    pub(super) fn differing<'o>(&'o self, wanted: &'o Self) -> Vec<&'o str> {
        let names = self.fields.keys().chain(wanted.fields.keys());
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(
            |name| match (self.fields.get(*name), wanted.fields.get(*name)) {
                (Some(own), Some(wanted)) => !own.is_for(wanted),
                (None, None) => false,
                (Some(_), None) | (None, Some(_)) => true,
            },
        );
        names
    }

    /// Whether it declares what is wanted.
    pub(super) fn is_as(&self, wanted: &Self) -> bool {
        let without = |outline: &Self| Self {
            fields: BTreeMap::new(),
            ..outline.clone()
        };
        self.differing(wanted).is_empty() && without(self) == without(wanted)
    }
}
