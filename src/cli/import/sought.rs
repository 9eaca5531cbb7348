//! Which records an import asks for: each once, by the cheapest question, and with the place that named it.

use std::collections::HashSet;

use crate::import::{DeclaredRecords, Scope};
use crate::keys::{KeyPlace, ResolvedKey};
use crate::manifest::is_declarable;
use crate::model::{FoldedKey, Key, ObjectKind};
use crate::plan::{Observed, Question, parent_of};
use crate::render::{childless, escaped, not_found};

use super::super::keys::offered;

/// What the keys of a kind ask for, each record once.
pub(super) struct Sought<'s> {
    kind: &'static ObjectKind,
    /// The name of the instance.
    instance: &'s str,
    pub(super) keys: Vec<(Key, KeyPlace)>,
    parents: Vec<(Key, KeyPlace)>,
    seen: HashSet<FoldedKey>,
    /// The records that were read by another field.
    found: HashSet<FoldedKey>,
    /// A line for each key that cannot be asked for, with the reason.
    refused: Vec<String>,
}

impl<'s> Sought<'s> {
    /// Nothing yet, of this kind in the instance with this name.
    pub(super) fn nothing(kind: &'static ObjectKind, instance: &'s str) -> Self {
        Self {
            kind,
            instance,
            keys: Vec::new(),
            parents: Vec::new(),
            seen: HashSet::new(),
            found: HashSet::new(),
            refused: Vec::new(),
        }
    }

    /// Adds a record that was found by a field: it is read already.
    pub(super) fn add_found(&mut self, key: Key) {
        self.found.insert(key.folded());
        self.add(&KeyPlace::Argument, ResolvedKey::Whole(key));
    }

    pub(super) fn add(&mut self, place: &KeyPlace, resolved: ResolvedKey) {
        let kind = self.kind;
        match resolved {
            // Marketo separates the values of a query by commas, so a key with a comma cannot be queried.
            ResolvedKey::Whole(key) | ResolvedKey::Parent(key) if !is_declarable(kind, &key) => {
                let (name, key) = (kind.noun, key.to_string());
                let why = "no manifest can have this key";
                let line = format!("{place}not imported: {name} {}: {why}", escaped(&key));
                self.refused.push(line);
            }
            // `seen` can hold both: a whole key has more parts than the key of a parent, so they never collide.
            ResolvedKey::Whole(key) if self.seen.insert(key.folded()) => {
                self.keys.push((key, place.clone()));
            }
            ResolvedKey::Parent(key) if self.seen.insert(key.folded()) => {
                self.parents.push((key, place.clone()));
            }
            ResolvedKey::Whole(_) | ResolvedKey::Parent(_) => {}
            ResolvedKey::NoLead(no_lead) => {
                let message = no_lead.message(self.instance);
                let hint = no_lead.hint();
                let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
                let line = format!("{place}{message}{hint}");
                self.refused.push(escaped(&line).into_owned());
            }
            ResolvedKey::Ambiguous(text, keys) => {
                let (text, count) = (escaped(&text), keys.len());
                let hint = offered(&keys);
                let line = format!("{place}not imported: `{text}` can mean {count} keys; {hint}");
                self.refused.push(line);
            }
        }
    }

    /// One question for each kind that is read.
    pub(super) fn questions(&self, scope: &Scope, known: &DeclaredRecords<'_>) -> Vec<Question> {
        let kinds = scope.schemas().keys();
        let questions = kinds.map(|of| {
            let (own, parents) = if *of == self.kind {
                (self.own_keys(known), &self.parents)
            } else {
                (Vec::new(), &self.keys)
            };
            Question {
                kind: of,
                fields: scope.fields(of).to_vec(),
                keys: own,
                children_of: parents.iter().map(|(key, _)| key.clone()).collect(),
            }
        });
        questions.collect()
    }

    /// The keys to ask for, except those whose parent is asked for: its children come with it.
    fn own_keys(&self, known: &DeclaredRecords<'_>) -> Vec<Key> {
        let own = self.unknown(known).filter(|(key, _)| {
            parent_of(self.kind, key)
                .is_none_or(|(_, parent)| !self.seen.contains(&parent.folded()))
        });
        let own = own.filter(|(key, _)| !self.found.contains(&key.folded()));
        own.map(|(key, _)| key.clone()).collect()
    }

    /// The keys that no manifest has.
    pub(super) fn unknown<'k>(
        &'k self,
        known: &DeclaredRecords<'_>,
    ) -> impl Iterator<Item = &'k (Key, KeyPlace)> {
        let keys = self.keys.iter();
        keys.filter(move |(key, _)| !known.has_key(self.kind, key))
    }

    /// A line for each key without a record.
    pub(super) fn missing(self, observed: &Observed, known: &DeclaredRecords<'_>) -> Vec<String> {
        let (kind, instance) = (self.kind, self.instance);
        let parents: HashSet<FoldedKey> = observed
            .all(kind)
            .into_iter()
            .filter_map(|record| Some(parent_of(kind, &record.key)?.1.folded()))
            .collect();
        let mut lines = Vec::new();
        for (key, place) in self.unknown(known) {
            if observed.get(kind, key).is_none() {
                let answered = observed.respelled(kind, key);
                let missing = not_found(instance, kind, key, answered);
                lines.push(format!("{place}{missing}"));
            }
        }
        for (key, place) in &self.parents {
            if !parents.contains(&key.folded()) {
                lines.push(format!("{place}{}", childless(instance, kind, key)));
            }
        }
        lines.extend(self.refused);
        lines
    }
}
