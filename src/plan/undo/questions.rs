//! Which records an undo has to read: those of the run, their parents where they are to be created again, and the children of those
//! that are to be deleted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{Key, ObjectKind, Schema, Verb};
use crate::plan::bind::Schemas;
use crate::plan::ownership::Ownership;
use crate::plan::parent::parent_of;
use crate::plan::question::Question;

use super::undoing::Undoing;

/// The questions that an undo raises, one for each kind that has any.
#[must_use]
pub fn undo_questions(
    undoing: &Undoing<'_>,
    schemas: &Schemas,
    ownership: &Ownership<'_>,
) -> Vec<Question> {
    let mut asked: BTreeMap<&'static ObjectKind, Asked> = BTreeMap::new();
    for made in &undoing.made {
        let (kind, key) = (made.change.kind, &made.change.key);
        let of_kind = asked.entry(kind).or_default();
        of_kind.key(key);
        let fields = made.change.fields().iter();
        of_kind
            .fields
            .extend(fields.map(|field| Arc::clone(&field.name)));
        match made.change.verb() {
            Verb::Create => {
                // Whatever somebody has written to it since keeps it.
                of_kind.is_whole = true;
                for child in kind.children() {
                    let children = asked.entry(child).or_default();
                    children.children_of.push(key.clone());
                }
            }
            Verb::Update => {}
            Verb::Delete => {
                if let Some((parent, key)) = parent_of(kind, key) {
                    asked.entry(parent).or_default().key(&key);
                }
            }
        }
    }
    let question = |(kind, asked): (&'static ObjectKind, Asked)| {
        let marker = ownership.marker(kind).map(|marker| &marker.field);
        let label = kind.label.map(Arc::from);
        let schema = schemas.get(kind).filter(|_| asked.is_whole);
        let whole = schema.into_iter().flat_map(Schema::writable);
        let whole = whole.map(|field| Arc::clone(&field.name));
        let fields = asked.fields.into_iter().chain(whole);
        let mut fields: BTreeSet<Arc<str>> = fields.chain(marker.cloned()).chain(label).collect();
        // Asking for a field that is not there any more would fail the whole call.
        fields.retain(|name| schemas.get(kind).is_some_and(|it| it.field(name).is_some()));
        Question {
            kind,
            fields: fields.into_iter().collect(),
            keys: asked.keys,
            children_of: asked.children_of,
        }
    };
    asked.into_iter().map(question).collect()
}

#[derive(Default)]
struct Asked {
    fields: BTreeSet<Arc<str>>,
    /// Whether all fields that can be written are asked for too.
    is_whole: bool,
    seen: BTreeSet<crate::model::FoldedKey>,
    keys: Vec<Key>,
    children_of: Vec<Key>,
}

impl Asked {
    fn key(&mut self, key: &Key) {
        if self.seen.insert(key.folded()) {
            self.keys.push(key.clone());
        }
    }
}
