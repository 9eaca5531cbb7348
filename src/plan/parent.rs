//! The parent of a record, which the record's key names.

use crate::model::{Key, KeyValue, ObjectKind};

/// The parent of a record of this kind with this key.
#[must_use]
pub fn parent_of(kind: &'static ObjectKind, key: &Key) -> Option<(&'static ObjectKind, Key)> {
    let parent = kind.parent.as_ref()?;
    let part: KeyValue = key.parts().get(kind.parent_part()?)?.clone();
    Some((parent.kind, Key::new(vec![part])))
}
