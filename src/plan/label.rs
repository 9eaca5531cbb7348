//! The field by which people recognise a record.

use crate::model::ObjectKind;

use super::bind::Schemas;

/// The field that records of a kind are recognised by, unless its values are to be shown to nobody.
pub(super) fn shown_label(kind: &ObjectKind, schemas: &Schemas) -> Option<&'static str> {
    let is_sensitive = |name| {
        let schema = schemas.get(kind);
        schema.is_some_and(|schema| schema.is_sensitive(name))
    };
    kind.label.filter(|name| !is_sensitive(name))
}
