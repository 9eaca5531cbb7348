//! What an import looks at: the kinds, and of each the fields that a manifest may set.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::manifest::{Authority, FieldCheck};
use crate::model::{ObjectKind, Schema};
use crate::plan::Schemas;

/// The kinds of an import, and which of their fields are imported.
#[derive(Debug)]
pub struct Scope {
    schemas: Schemas,
    fields: BTreeMap<&'static ObjectKind, Vec<Arc<str>>>,
}

impl Scope {
    /// The fields that a manifest may set, in the order of the describe call. Sensitive ones are not even asked for, and
    /// the `marker` that names the owner of a record is never in a manifest.
    #[must_use]
    pub fn new(schemas: Schemas, marker: Option<&str>) -> Self {
        let fields = schemas
            .values()
            .map(|schema| (schema.kind, fields(schema, marker)));
        Self {
            fields: fields.collect(),
            schemas,
        }
    }

    /// What the instance describes, for each kind.
    #[must_use]
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The fields of a kind that are imported; none of a kind that is not.
    #[must_use]
    pub fn fields(&self, kind: &ObjectKind) -> &[Arc<str>] {
        self.fields.get(kind).map_or(&[], Vec::as_slice)
    }
}

fn fields(schema: &Schema, marker: Option<&str>) -> Vec<Arc<str>> {
    let documented = Schema::documented(schema.kind);
    let checks = checks(schema, &documented);
    let is_marker = |name: &str| marker.is_some_and(|marker| marker.eq_ignore_ascii_case(name));
    let fields = schema.fields().iter();
    fields
        .filter(|field| !field.sensitive && !is_marker(&field.name))
        .filter(|field| checks.iter().all(|check| check.sets(&field.name)))
        .map(|field| Arc::clone(&field.name))
        .collect()
}

/// A manifest is checked by both, so a value has to pass both.
pub(super) fn checks<'s>(schema: &'s Schema, documented: &'s Schema) -> [FieldCheck<'s>; 2] {
    [
        FieldCheck::new(schema, Authority::Instance),
        FieldCheck::new(documented, Authority::Documentation),
    ]
}
