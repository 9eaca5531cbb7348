//! The ledger's side of a comparison: what an apply keeps of each record, and what the hashes tell of the instance.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::ledger::{Applied, Entry, FieldNames, Place};
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
    names: HashSet<FieldNames>,
}

impl<'b> Tracker<'b> {
    pub(super) fn new(bound: &'b Bound<'b>) -> Self {
        Self {
            bound,
            files: HashMap::new(),
            names: HashSet::new(),
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
        let applied = entry.fields.get(name)?;
        let digest = |value| Some(self.owning()?.ledger.digest(name, value));
        Some(if digest(before)? == applied {
            Moved::You
        } else if digest(&field.value)? == applied {
            Moved::Marketo
        } else {
            Moved::Both
        })
    }

    /// Keeps an entry that is to be present, if it is not in the ledger as it will be, and notes what somebody else has
    /// changed of its record.
    pub(super) fn keep(
        &mut self,
        target: &Target<'_>,
        known: Option<(&Record, Standing<'_>)>,
        change: Option<usize>,
        plan: &mut Plan,
    ) {
        let Some(owning) = self.owning() else {
            return;
        };
        let mut fields = self.drift(target, known, plan);
        fields.share(&mut self.names);
        let file = self.file(owning, target);
        if change.is_none()
            && let Some((record, Standing::Own(old))) = known
            && is_alike(old, target, record, &fields, &file)
        {
            return;
        }
        let declared = target.declared;
        let old = self.entry(target);
        let protected = declared.lifecycle.protect.then(|| {
            let since = old.and_then(|old| old.protected.as_ref());
            Arc::clone(since.unwrap_or(owning.origin))
        });
        let is_claimed = old.is_some_and(|old| old.id.is_none());
        let record = known.map(|(record, _)| record);
        let line = owning.sources.position(declared.at).line;
        plan.keeping.kept.push(Kept {
            kind: declared.kind,
            entry: Entry {
                key: record.map_or(&target.key, |record| &record.key).clone(),
                id: record.map(|record| record.id.clone()),
                fields,
                protected,
                declared: Place {
                    file,
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                },
                origin: Arc::clone(owning.origin),
            },
            change,
            adopts: known.is_some_and(|(_, standing)| {
                matches!(standing, Standing::Stranger | Standing::Remade)
            }),
            is_claimed,
        });
    }

    /// Notes what somebody else has changed of a target's record; returns what is to be applied of its managed fields.
    pub(super) fn drift(
        &self,
        target: &Target<'_>,
        known: Option<(&Record, Standing<'_>)>,
        plan: &mut Plan,
    ) -> Applied {
        let Some(owning) = self.owning() else {
            return Applied::default();
        };
        let fields = managed(target, owning);
        let drifted = match known {
            None => self
                .entry(target)
                .and_then(|entry| entry.id.as_ref().map(|_| Drifted::Gone)),
            Some((_, Standing::Stateless | Standing::Stranger)) => None,
            Some((_, Standing::Remade)) => Some(Drifted::Remade),
            Some((record, Standing::Own(entry))) => self.drifted(target, record, entry, &fields),
        };
        plan.drift.extend(drifted.map(|what| Drift {
            kind: target.declared.kind,
            shown: target.declared.shown_key().into(),
            at: target.declared.at,
            what,
        }));
        fields
    }

    /// The managed fields that are not as they were last applied.
    fn drifted(
        &self,
        target: &Target<'_>,
        record: &Record,
        entry: &Entry,
        fields: &Applied,
    ) -> Option<Drifted> {
        let ledger = self.owning()?.ledger;
        let drifted = target.fields.iter().filter_map(|field| {
            let name = &field.assignment.name;
            let now = record.fields.get(name);
            // Most fields are as they are wanted, and the hash of that is known.
            let digest = if *now == field.value {
                fields.get(name)?
            } else {
                ledger.digest(name, now)
            };
            (entry.fields.get(name)? != digest).then(|| FieldChange {
                name: Arc::clone(name),
                data_type: field.field.data_type.clone(),
                before: field.value.clone(),
                after: now.clone(),
                sensitive: field.field.sensitive,
                moved: self.moved(Standing::Own(entry), field, now),
                at: Some(field.assignment.at),
            })
        });
        let drifted: Vec<FieldChange> = drifted.collect();
        (!drifted.is_empty()).then_some(Drifted::Fields(drifted))
    }

    /// The path of a target's file.
    fn file(&mut self, owning: Owning<'_>, target: &Target<'_>) -> Arc<str> {
        let at = target.declared.at;
        let file = self.files.entry(at.file).or_insert_with(|| {
            let path = owning.sources.path(at).display();
            path.to_string().into()
        });
        Arc::clone(file)
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

/// The fields that a target manages, with what it wants of them.
fn managed(target: &Target<'_>, owning: Owning<'_>) -> Applied {
    let ignored = &target.declared.lifecycle.ignore_changes;
    let fields = target.fields.iter().map(|field| {
        let name = &field.assignment.name;
        (name, &field.value)
    });
    let managed = fields.filter(|(name, _)| !ignored.contains(name));
    managed
        .map(|(name, value)| (Arc::clone(name), owning.ledger.digest(name, value)))
        .collect()
}

/// Whether the ledger says all there is to say of its own record; that a line has moved within its file is not worth a new version.
fn is_alike(
    old: &Entry,
    target: &Target<'_>,
    record: &Record,
    fields: &Applied,
    file: &Arc<str>,
) -> bool {
    old.key == record.key
        && old.fields == *fields
        && old.protected.is_some() == target.declared.lifecycle.protect
        && old.declared.file == *file
}
