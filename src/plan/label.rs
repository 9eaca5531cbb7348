//! The field by which people recognise a record.

use crate::model::ObjectKind;

use super::bind::Schemas;

/// The field by which people recognise records of a kind, unless the instance marks it as sensitive.
pub(super) fn label_field(kind: &ObjectKind, schemas: &Schemas) -> Option<&'static str> {
    let name = kind.label?;
    let is_sensitive = schemas
        .get(kind)
        .is_some_and(|schema| schema.is_sensitive(name));
    if is_sensitive { None } else { Some(name) }
}
