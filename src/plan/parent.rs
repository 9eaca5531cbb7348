//! The parent of a record. The record's key names it.

use crate::model::{Key, KeyValue, ObjectKind};

/// The kind and key of the parent of a record, if its kind has a parent.
#[must_use]
pub fn parent_of(kind: &'static ObjectKind, key: &Key) -> Option<(&'static ObjectKind, Key)> {
    let parent = kind.parent()?;
    let part: KeyValue = key.parts().get(parent.part)?.clone();
    Some((parent.kind, Key::new(vec![part])))
}
