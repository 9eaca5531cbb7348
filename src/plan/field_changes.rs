//! The fields that one change gives other values. They are packed: a plan keeps those of every record, and looks at few of them twice.

use std::fmt;
use std::sync::Arc;

use crate::model::packed::{put_number, put_signed, take, take_number, take_signed};
use crate::model::{DataType, FileId, Span, put_value, skip_value, take_value};

use super::field_change::{FieldChange, Moved};

/// Fields that get other values, in the order in which they were given.
#[derive(Clone)]
pub struct FieldChanges {
    heads: Heads,
    /// One change for each head: see [`put`].
    packed: Box<[u8]>,
}

/// What the changes of many records have in common, field by field.
pub(super) type Heads = Arc<[Head]>;

/// The name and the type of a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    name: Arc<str>,
    data_type: DataType,
}

impl FieldChanges {
    /// Packs these changes. They share the heads of earlier ones if those have the same fields; otherwise `heads` becomes theirs.
    pub(super) fn sharing(heads: &mut Heads, fields: &[FieldChange]) -> Self {
        if !heads.iter().eq(fields) {
            *heads = fields.iter().map(Head::of).collect();
        }
        let mut packed = Vec::new();
        for field in fields {
            put(field, &mut packed);
        }
        Self {
            heads: Arc::clone(heads),
            packed: packed.into(),
        }
    }

    /// The changes in their order.
    pub fn iter(&self) -> impl Iterator<Item = FieldChange> + Clone {
        self.those(|_, _| true)
    }

    /// The changes whose values must not be shown.
    pub fn sensitive(&self) -> impl Iterator<Item = FieldChange> {
        self.those(|_, marks| marks & SENSITIVE != 0)
    }

    /// The change of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<FieldChange> {
        self.those(|head, _| *head.name == *name).next()
    }

    /// The names of the fields.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.heads.iter().map(|head| &head.name)
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The changes with such heads and [marks](SENSITIVE). The values of the others are passed over.
    fn those(
        &self,
        is_asked: impl Fn(&Head, u8) -> bool + Clone,
    ) -> impl Iterator<Item = FieldChange> + Clone {
        let mut rest = &*self.packed;
        self.heads.iter().filter_map(move |head| {
            let [marks] = take(&mut rest);
            let at = (marks & PLACED != 0).then(|| take_span(&mut rest));
            if !is_asked(head, marks) {
                skip_value(&mut rest);
                skip_value(&mut rest);
                return None;
            }
            Some(FieldChange {
                name: Arc::clone(&head.name),
                data_type: head.data_type.clone(),
                before: take_value(&mut rest),
                after: take_value(&mut rest),
                sensitive: marks & SENSITIVE != 0,
                moved: moved(marks & MOVED),
                at,
            })
        })
    }
}

impl Head {
    fn of(field: &FieldChange) -> Self {
        Self {
            name: Arc::clone(&field.name),
            data_type: field.data_type.clone(),
        }
    }
}

impl PartialEq<&FieldChange> for &Head {
    fn eq(&self, field: &&FieldChange) -> bool {
        self.name == field.name && self.data_type == field.data_type
    }
}

impl Default for FieldChanges {
    fn default() -> Self {
        [].into_iter().collect()
    }
}

impl From<Vec<FieldChange>> for FieldChanges {
    fn from(fields: Vec<FieldChange>) -> Self {
        Self::sharing(&mut Heads::default(), &fields)
    }
}

impl FromIterator<FieldChange> for FieldChanges {
    fn from_iter<I: IntoIterator<Item = FieldChange>>(fields: I) -> Self {
        fields.into_iter().collect::<Vec<_>>().into()
    }
}

impl PartialEq for FieldChanges {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for FieldChanges {}

impl fmt::Debug for FieldChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The bits of [`FieldChange::moved`].
const MOVED: u8 = 7;
/// The bit of [`FieldChange::sensitive`].
const SENSITIVE: u8 = 8;
/// The bit that says that a place follows.
const PLACED: u8 = 16;

/// Adds a change: a byte of marks, the place if there is one, and both values.
fn put(field: &FieldChange, packed: &mut Vec<u8>) {
    let sensitive = if field.sensitive { SENSITIVE } else { 0 };
    let placed = if field.at.is_some() { PLACED } else { 0 };
    packed.push(moved_bits(field.moved) | sensitive | placed);
    if let Some(Span { file, start, end }) = field.at {
        put_number(file.0.into(), packed);
        put_number(start.into(), packed);
        put_signed(i64::from(end) - i64::from(start), packed);
    }
    put_value(&field.before, packed);
    put_value(&field.after, packed);
}

fn take_span(rest: &mut &[u8]) -> Span {
    let file = FileId(take_number(rest) as u32);
    let start = take_number(rest);
    let end = start.wrapping_add_signed(take_signed(rest));
    Span {
        file,
        start: start as u32,
        end: end as u32,
    }
}

fn moved_bits(moved: Option<Moved>) -> u8 {
    match moved {
        None => 0,
        Some(Moved::You) => 1,
        Some(Moved::Marketo) => 2,
        Some(Moved::Both) => 3,
        Some(Moved::Hidden) => 4,
    }
}

fn moved(bits: u8) -> Option<Moved> {
    match bits {
        1 => Some(Moved::You),
        2 => Some(Moved::Marketo),
        3 => Some(Moved::Both),
        4 => Some(Moved::Hidden),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::model::any_value;

    fn field() -> impl Strategy<Value = FieldChange> {
        let types = vec![DataType::Currency, DataType::Other("reference".into())];
        let moved = vec![
            None,
            Some(Moved::You),
            Some(Moved::Marketo),
            Some(Moved::Both),
            Some(Moved::Hidden),
        ];
        let at = any::<Option<(u32, u32, u32)>>();
        let marks = (any::<bool>(), select(moved), at);
        let values = (any_value(), any_value());
        ("[a-z]{1,3}", select(types), values, marks).prop_map(
            |(name, data_type, (before, after), (sensitive, moved, at))| FieldChange {
                name: name.into(),
                data_type,
                before,
                after,
                sensitive,
                moved,
                at: at.map(|(file, start, end)| Span {
                    file: FileId(file),
                    start,
                    end,
                }),
            },
        )
    }

    fn fields() -> impl Strategy<Value = Vec<FieldChange>> {
        prop::collection::vec(field(), 0..6)
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(given in fields()) {
            let packed: FieldChanges = given.iter().cloned().collect();
            assert_eq!(packed.iter().collect::<Vec<_>>(), given);
            assert_eq!((packed.len(), packed.is_empty()), (given.len(), given.is_empty()));
            assert!(packed.names().eq(given.iter().map(|field| &field.name)));
            let sensitive = given.iter().filter(|field| field.sensitive).cloned();
            assert_eq!(packed.sensitive().collect::<Vec<_>>(), sensitive.collect::<Vec<_>>());
            for name in given.iter().map(|field| &*field.name).chain(["none"]) {
                let first = given.iter().find(|field| *field.name == *name);
                assert_eq!(packed.get(name).as_ref(), first);
            }
        }

        #[test]
        fn changes_are_the_same_if_their_fields_are(one in fields(), other in fields()) {
            let pack = |given: &[FieldChange]| FieldChanges::from(given.to_vec());
            assert_eq!(pack(&one) == pack(&other), one == other);
            assert_eq!(pack(&one), pack(&one));
        }

        #[test]
        fn what_is_shared_is_only_what_is_alike(all in prop::collection::vec(fields(), 1..5), again in 0..5usize) {
            let mut heads = Heads::default();
            // The same changes once more have the heads of those before them.
            let all = all.iter().flat_map(|given| std::iter::repeat_n(given, 1 + again % 2));
            for given in all {
                let before = Arc::clone(&heads);
                let packed = FieldChanges::sharing(&mut heads, given);
                assert_eq!(packed.iter().collect::<Vec<_>>(), *given);
                let is_alike = before.iter().eq(given);
                assert_eq!(Arc::ptr_eq(&packed.heads, &before), is_alike);
            }
        }
    }
}
