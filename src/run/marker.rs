//! The marker of the project in an instance: which kinds have its field.

use thiserror::Error;

use crate::model::{DataType, ObjectKind, Schema};
use crate::plan::{Marker, Schemas};

/// Why the marker of the project cannot be used in an instance.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{} of this instance have no writable string field `{field}` for the marker",
    kind.plural
)]
pub struct MarkerError {
    pub field: String,
    pub kind: &'static ObjectKind,
}

/// The kinds that have the marker, as the instance describes them.
///
/// # Errors
/// The marker is not a field of one of them that can be written.
pub fn marked_schemas<'s>(
    marker: &Marker,
    schemas: &'s Schemas,
) -> Result<Vec<&'s Schema>, MarkerError> {
    let mut marked = Vec::new();
    for schema in schemas.values() {
        if !schema.kind.extensible {
            continue;
        }
        let field = schema.field(&marker.field);
        if !field.is_some_and(|field| field.updateable && field.data_type == DataType::String) {
            return Err(MarkerError {
                field: marker.field.to_string(),
                kind: schema.kind,
            });
        }
        marked.push(schema);
    }
    Ok(marked)
}
