//! The ledger's side of a comparison: what an apply keeps of each record, and what the hashes tell of the instance.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::ledger::{Digest, Entry, Place};
use crate::manifest::Typed;
use crate::model::{FileId, ObjectKind, Record, Value};

use super::bind::{Bound, Target};
use super::change::{FieldChange, Moved, Note, Plan};
use super::keeping::{Drift, Drifted, Dropped, Kept, WhyDropped};
use super::observed::Observed;
use super::ownership::{Owning, Standing};

/// Collects what the ledger has to do with a plan; nothing where there is no ledger.
pub(super) struct Tracker<'b> {
    bound: &'b Bound<'b>,
    /// The paths of files as the ledger writes them: one text, however many entries name it.
    files: HashMap<FileId, Arc<str>>,
}

impl<'b> Tracker<'b> {
    pub(super) fn new(bound: &'b Bound<'b>) -> Self {
        Self {
            bound,
            files: HashMap::new(),
        }
    }

    fn owning(&self) -> Option<Owning<'b>> {
        self.bound.ownership.ledger
    }

    fn entry(&self, target: &Target<'_>) -> Option<&'b Entry> {
        self.bound
            .ownership
            .entry(target.declared.kind, &target.key)
    }

    /// Who has changed a field that is not as declared.
    pub(super) fn moved(
        &self,
        standing: Standing<'_>,
        field: &Typed<'_, '_>,
        before: &Value,
    ) -> Option<Moved> {
        let Standing::Own(entry) = standing else {
            return None;
        };
        let name = &field.assignment.name;
        let applied = entry.applied(name)?;
        let digest = |value| Some(self.owning()?.ledger.digest(name, value));
        Some(if digest(before)? == applied {
            Moved::You
        } else if digest(&field.value)? == applied {
            Moved::Marketo
        } else {
            Moved::Both
        })
    }

    /// Notes what somebody else has changed of a record that is there.
    pub(super) fn drift(&self, target: &Target<'_>, record: &Record, plan: &mut Plan) {
        let kind = target.declared.kind;
        let what = match self.bound.ownership.standing(kind, record) {
            Standing::Stateless | Standing::Stranger => return,
            Standing::Remade => Drifted::Remade,
            Standing::Own(entry) => Drifted::Fields(self.drifted(target, record, entry)),
        };
        if !matches!(&what, Drifted::Fields(fields) if fields.is_empty()) {
            plan.drift.push(drift(target, what));
        }
    }

    fn drifted(&self, target: &Target<'_>, record: &Record, entry: &'b Entry) -> Vec<FieldChange> {
        let Some(Owning { ledger, .. }) = self.owning() else {
            return Vec::new();
        };
        let fields = target.fields.iter().filter_map(|field| {
            let name = &field.assignment.name;
            let now = record.fields.get(name);
            (entry.applied(name)? != ledger.digest(name, now)).then(|| FieldChange {
                name: Arc::clone(name),
                data_type: field.field.data_type.clone(),
                before: field.value.clone(),
                after: now.clone(),
                sensitive: field.field.sensitive,
                moved: self.moved(Standing::Own(entry), field, now),
                at: field.assignment.at,
            })
        });
        fields.collect()
    }

    /// Notes that a record is not there that was created or found by an earlier apply.
    pub(super) fn vanished(&self, target: &Target<'_>, plan: &mut Plan) {
        if self.entry(target).is_some_and(|entry| entry.id.is_some()) {
            plan.drift.push(drift(target, Drifted::Gone));
        }
    }

    /// Keeps an entry that is to be present, if it is not in the ledger as it will be.
    pub(super) fn keep(
        &mut self,
        target: &Target<'_>,
        record: Option<&Record>,
        change: Option<usize>,
        plan: &mut Plan,
    ) {
        let Some(owning) = self.owning() else {
            return;
        };
        let kind = target.declared.kind;
        let old = self.entry(target);
        let adopts = record.is_some_and(|record| {
            let standing = self.bound.ownership.standing(kind, record);
            matches!(standing, Standing::Stranger | Standing::Remade)
        });
        let entry = self.new_entry(owning, target, record, old);
        if change.is_some() || !old.is_some_and(|old| is_alike(old, &entry)) {
            plan.keeping.kept.push(Kept {
                kind,
                entry,
                change,
                adopts,
            });
        }
    }

    fn new_entry(
        &mut self,
        owning: Owning<'b>,
        target: &Target<'_>,
        record: Option<&Record>,
        old: Option<&Entry>,
    ) -> Entry {
        let declared = target.declared;
        let managed = target.fields.iter().filter(|field| {
            let ignored = &declared.lifecycle.ignore_changes;
            !ignored.contains(&field.assignment.name)
        });
        let digest = |field: &Typed<'_, '_>| -> (Arc<str>, Digest) {
            let name = &field.assignment.name;
            let digest = owning.ledger.digest(name, &field.value);
            (Arc::clone(name), digest)
        };
        let mut fields: Vec<_> = managed.map(digest).collect();
        fields.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let protected = declared.lifecycle.protect.then(|| {
            let since = old.and_then(|old| old.protected.as_ref());
            Arc::clone(since.unwrap_or(owning.origin))
        });
        let sources = owning.sources;
        let file = self.files.entry(declared.at.file).or_insert_with(|| {
            let path = sources.path(declared.at).display();
            path.to_string().into()
        });
        let line = sources.position(declared.at).line;
        Entry {
            key: record.map_or(&target.key, |record| &record.key).clone(),
            id: record.map(|record| record.id.clone()),
            fields,
            protected,
            declared: Place {
                file: Arc::clone(file),
                line: u32::try_from(line).unwrap_or(u32::MAX),
            },
            origin: Arc::clone(owning.origin),
        }
    }

    /// Lets go of an entry that is to be forgotten.
    pub(super) fn forget(&self, target: &Target<'_>, plan: &mut Plan) {
        self.drop_entry(target, WhyDropped::Forgotten, plan);
    }

    /// Lets go of an entry that is to be absent, and is.
    pub(super) fn gone(&self, target: &Target<'_>, plan: &mut Plan) {
        self.drop_entry(target, WhyDropped::Gone, plan);
    }

    fn drop_entry(&self, target: &Target<'_>, why: WhyDropped, plan: &mut Plan) {
        if let Some(entry) = self.entry(target) {
            let kind = target.declared.kind;
            plan.keeping.dropped.push(dropped(kind, entry, why));
        }
    }

    /// The records that bear the project's marker, and that nobody declares or owns.
    pub(super) fn orphans(&self, observed: &Observed) -> Vec<Note> {
        let bound = self.bound;
        let targets = bound.targets.iter();
        let declared: HashSet<_> = targets
            .map(|target| (target.declared.kind, target.key.folded()))
            .chain(bound.left_out.keys().cloned())
            .collect();
        let marked = observed.marked().filter(|(kind, key)| {
            !declared.contains(&(*kind, key.folded())) && bound.ownership.entry(kind, key).is_none()
        });
        marked
            .map(|(kind, key)| Note::Orphan {
                kind,
                key: key.clone(),
            })
            .collect()
    }
}

/// An entry that the ledger lets go of.
pub(super) fn dropped(kind: &'static ObjectKind, entry: &Entry, why: WhyDropped) -> Dropped {
    Dropped {
        kind,
        key: entry.key.clone(),
        place: entry.declared.clone(),
        why,
    }
}

fn drift(target: &Target<'_>, what: Drifted) -> Drift {
    Drift {
        kind: target.declared.kind,
        shown: target.declared.shown_key().into(),
        at: target.declared.at,
        what,
    }
}

/// Whether the ledger says all there is to say; that a line has moved within its file is not worth a new version.
fn is_alike(old: &Entry, new: &Entry) -> bool {
    let Entry {
        key,
        id,
        fields,
        protected,
        declared,
        origin: _,
    } = new;
    old.key == *key
        && old.id == *id
        && old.fields == *fields
        && old.protected.is_some() == protected.is_some()
        && old.declared.file == declared.file
}
