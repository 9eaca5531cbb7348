//! The scope of an import: its kinds, and the fields of each kind that a manifest may set.

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
    /// The fields that a manifest may set, in the order of the describe call. Sensitive fields are not even requested, and the
    /// field of the `marker` is never in a manifest.
    #[must_use]
    pub fn new(schemas: Schemas, marker: Option<&str>) -> Self {
        let mut imported = BTreeMap::new();
        for schema in schemas.values() {
            imported.insert(schema.kind, fields(schema, marker));
        }
        Self {
            schemas,
            fields: imported,
        }
    }

    /// The description of each kind by the instance.
    #[must_use]
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The imported fields of a kind; none if the kind is not imported.
    #[must_use]
    pub fn fields(&self, kind: &ObjectKind) -> &[Arc<str>] {
        self.fields.get(kind).map_or(&[], Vec::as_slice)
    }
}

fn fields(schema: &Schema, marker: Option<&str>) -> Vec<Arc<str>> {
    let documented = Schema::documented(schema.kind);
    let checks = checks(schema, &documented);
    let mut fields = Vec::new();
    for field in schema.fields() {
        let is_marker = marker.is_some_and(|marker| marker.eq_ignore_ascii_case(&field.name));
        let may_be_set = checks.iter().all(|check| check.sets(&field.name));
        if may_be_set && !is_marker && !field.sensitive {
            fields.push(Arc::clone(&field.name));
        }
    }
    fields
}

/// The two checks of a manifest, offline and online. A value has to pass both.
pub(super) fn checks<'s>(schema: &'s Schema, documented: &'s Schema) -> [FieldCheck<'s>; 2] {
    [
        FieldCheck::new(schema, Authority::Instance),
        FieldCheck::new(documented, Authority::Documentation),
    ]
}
