//! The records of an instance, found by their keys as Marketo compares keys.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::model::{
    FoldedKey, Key, KeyIndex, LastFound, ObjectKind, Record, RecordKey, is_same_id,
};

use super::parent::parent_of;
use super::unknown::WhyUnknown;

/// The records that an instance has, among those that were asked for.
#[derive(Debug, Default)]
pub struct Observed {
    kinds: BTreeMap<&'static ObjectKind, OfKind>,
    /// Records of which it is not known whether they are there.
    unknown: HashMap<RecordKey, WhyUnknown>,
    /// The parents of which the children of a kind are not known, by that kind.
    unknown_children: HashSet<RecordKey>,
    /// The keys of the records with the project's marker.
    marked: Vec<(&'static ObjectKind, Key)>,
}

#[derive(Debug, Default)]
struct OfKind {
    /// In the order in which they were answered, which is that of the questions.
    records: Vec<Record>,
    by_key: KeyIndex,
    last: LastFound,
    /// Records whose key differs from that of another record in case only. Some instances tell case apart.
    twins: Vec<Record>,
    /// The ids of the records that have one key between them.
    doubled: HashMap<FoldedKey, BTreeSet<Box<str>>>,
    /// The records that came for a key and have another one, by the key that was asked for.
    respelled: HashMap<FoldedKey, Record>,
}

impl Observed {
    /// Reserves space for this number of further records.
    pub fn reserve(&mut self, kind: &'static ObjectKind, records: usize) {
        let of_kind = self.kinds.entry(kind).or_default();
        of_kind.records.reserve(records);
        of_kind.by_key.reserve(records);
    }

    /// Keeps a record. A record that was answered twice, for two filters or on two pages, counts once. Of two records with one key
    /// the first is kept, and both ids. Keys that differ in case only are one key, also where the instance tells them apart.
    pub fn insert(&mut self, kind: &'static ObjectKind, record: Record) {
        let of_kind = self.kinds.entry(kind).or_default();
        let OfKind {
            records,
            by_key,
            twins,
            doubled,
            ..
        } = of_kind;
        let first = match by_key.insert(&record.key, records.len(), |at| &records[at].key) {
            Ok(()) => return records.push(record),
            Err(first) => &records[first],
        };
        let is_same = |known: &Record| known.key == record.key && is_same_id(&known.id, &record.id);
        if is_same(first) || twins.iter().any(is_same) {
            return;
        }
        if !is_same_id(&first.id, &record.id) {
            let ids = doubled.entry(record.key.folded()).or_default();
            ids.extend([first.id.clone(), record.id.clone()]);
        }
        // A ledger cannot own both, so neither is touched.
        if first.key != record.key {
            twins.push(record);
        }
    }

    /// Keeps a record that came for another spelling of its key.
    pub fn respell(&mut self, kind: &'static ObjectKind, asked: &Key, record: Record) {
        let of_kind = self.kinds.entry(kind).or_default();
        of_kind.respelled.insert(asked.folded(), record);
    }

    /// The record that came for a key and has another one: the instance takes both for the same.
    #[must_use]
    pub fn respelled(&self, kind: &ObjectKind, asked: &Key) -> Option<&Record> {
        let respelled = &self.kinds.get(kind)?.respelled;
        // There are hardly ever any, and each record is asked about.
        if respelled.is_empty() {
            return None;
        }
        respelled.get(&asked.folded())
    }

    /// The ids of the records that have this key, if there are several.
    #[must_use]
    pub fn doubled(&self, kind: &ObjectKind, key: &Key) -> Option<&BTreeSet<Box<str>>> {
        let doubled = &self.kinds.get(kind)?.doubled;
        if doubled.is_empty() {
            return None;
        }
        doubled.get(&key.folded())
    }

    /// Remembers that it is not known whether a record is there, and what it has.
    pub fn leave(&mut self, kind: &'static ObjectKind, key: &Key, why: WhyUnknown) {
        self.unknown.insert((kind, key.folded()), why);
    }

    /// Remembers that it is not known which children of this kind a parent has. Then the parent is not known either: what a plan needs to
    /// know of it is not there.
    pub fn leave_children(
        &mut self,
        kind: &'static ObjectKind,
        parent: &'static ObjectKind,
        key: &Key,
    ) {
        self.unknown_children.insert((kind, key.folded()));
        self.leave(parent, key, WhyUnknown::NotAsked);
    }

    /// Why it is not known whether a record is there, and what it has, if it is not.
    #[must_use]
    pub fn unknown(&self, kind: &'static ObjectKind, key: &Key) -> Option<&WhyUnknown> {
        if self.unknown.is_empty() {
            return None;
        }
        if let Some(why) = self.unknown.get(&(kind, key.folded())) {
            return Some(why);
        }
        let (parent, parent_key) = parent_of(kind, key)?;
        let is_left = self.unknown_children.contains(&(kind, parent_key.folded()));
        if !is_left || self.get(kind, key).is_some() {
            return None;
        }
        self.unknown.get(&(parent, parent_key.folded()))
    }

    /// Whether a record is there, or may be, because that is not known.
    #[must_use]
    pub fn may_have(&self, kind: &'static ObjectKind, key: &Key) -> bool {
        self.get(kind, key).is_some() || self.unknown(kind, key).is_some()
    }

    /// Remembers that a record has the project's marker.
    pub fn mark(&mut self, kind: &'static ObjectKind, key: Key) {
        self.marked.push((kind, key));
    }

    /// The records with the project's marker.
    pub fn marked(&self) -> impl Iterator<Item = (&'static ObjectKind, &Key)> {
        self.marked.iter().map(|(kind, key)| (*kind, key))
    }

    /// Forgets what was answered for a key.
    pub fn forget(&mut self, kind: &ObjectKind, key: &Key) {
        if let Some(of_kind) = self.kinds.get_mut(kind) {
            let folded = key.folded();
            of_kind.remove(key);
            of_kind.twins.retain(|twin| twin.key.folded() != folded);
            of_kind.doubled.remove(&folded);
            drop(of_kind.respelled.remove(&folded));
        }
    }

    /// Adds the records of another answer.
    pub fn extend(&mut self, other: Self) {
        let Self {
            kinds,
            unknown,
            unknown_children,
            marked,
        } = other;
        for (kind, of_kind) in kinds {
            let OfKind {
                records,
                by_key: _,
                last: _,
                twins,
                doubled,
                respelled,
            } = of_kind;
            for record in records.into_iter().chain(twins) {
                self.insert(kind, record);
            }
            let own = self.kinds.entry(kind).or_default();
            for (key, ids) in doubled {
                own.doubled.entry(key).or_default().extend(ids);
            }
            own.respelled.extend(respelled);
        }
        self.unknown.extend(unknown);
        self.unknown_children.extend(unknown_children);
        self.marked.extend(marked);
    }

    /// The record with exactly this key if there is one, else a record whose key differs in case only.
    #[must_use]
    pub fn get(&self, kind: &ObjectKind, key: &Key) -> Option<&Record> {
        let of_kind = self.kinds.get(kind)?;
        let found = of_kind.find(key)?;
        if found.key == *key {
            return Some(found);
        }
        let twin = of_kind.twins.iter().find(|twin| twin.key == *key);
        Some(twin.unwrap_or(found))
    }

    /// The key of the record with this id, whatever key it was asked for by.
    #[must_use]
    pub fn key_of(&self, kind: &ObjectKind, id: &str) -> Option<&Key> {
        let of_kind = self.kinds.get(kind)?;
        let mut records = of_kind.records.iter().chain(&of_kind.twins);
        let found = records.find(|record| &*record.id == id);
        found.map(|record| &record.key)
    }

    /// All records of a kind, in the order of their keys.
    #[must_use]
    pub fn all(&self, kind: &ObjectKind) -> Vec<&Record> {
        let mut records: Vec<_> = self
            .kinds
            .get(kind)
            .into_iter()
            .flat_map(|of_kind| of_kind.records.iter().chain(&of_kind.twins))
            .collect();
        records.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        records
    }

    /// The number of records of a kind.
    #[must_use]
    pub fn count(&self, kind: &ObjectKind) -> usize {
        self.kinds
            .get(kind)
            .map_or(0, |of_kind| of_kind.records.len() + of_kind.twins.len())
    }
}

impl OfKind {
    /// The record with this key, whatever its case. Whoever asks about all records in the order in which they came looks up none.
    fn find(&self, key: &Key) -> Option<&Record> {
        let is_it = |place: usize| { self.records.get(place) }.is_some_and(|it| it.key == *key);
        let by_index = || self.by_key.get(key, |at| &self.records[at].key);
        let place = self.last.find(is_it, by_index)?;
        Some(&self.records[place])
    }

    /// Removes the record with this key, whatever its case. The last one takes its place.
    fn remove(&mut self, key: &Key) {
        let Self {
            records, by_key, ..
        } = self;
        let Some(index) = by_key.remove(key, |at| &records[at].key) else {
            return;
        };
        let last = records.len() - 1;
        if index != last {
            by_key.change(&records[last].key, last, index);
        }
        drop(records.swap_remove(index));
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::KeyValue;
    use crate::model::kind::OPPORTUNITY;

    fn key(text: &str) -> Key {
        Key::new(vec![KeyValue::Text(text.into())])
    }

    /// What an instance that tells case apart has answered, by key and id.
    fn observed(records: &[(&str, &str)]) -> Observed {
        let mut observed = Observed::default();
        for (text, id) in records {
            let record = Record {
                id: (*id).into(),
                key: key(text),
                fields: Vec::new().into_iter().collect(),
            };
            observed.insert(&OPPORTUNITY, record);
        }
        observed
    }

    /// The ids behind these keys.
    fn ids<'o>(observed: &'o Observed, keys: &[&str]) -> Vec<Option<&'o str>> {
        let id = |text: &&str| Some(&*observed.get(&OPPORTUNITY, &key(text))?.id);
        keys.iter().map(id).collect()
    }

    #[test]
    fn a_record_that_was_answered_twice_counts_once() {
        let observed = observed(&[("A", "1"), ("A", "1"), ("B", "3")]);
        assert_eq!(observed.count(&OPPORTUNITY), 2);
        assert_eq!(
            ids(&observed, &["A", "b", "C"]),
            [Some("1"), Some("3"), None]
        );
        assert_eq!(observed.doubled(&OPPORTUNITY, &key("A")), None);
    }

    #[test]
    fn two_records_with_one_key_are_both_named() {
        let mut one = observed(&[("A", "1"), ("B", "3")]);
        one.extend(observed(&[("A", "2"), ("A", "1"), ("b", "4")]));
        let ids = one.doubled(&OPPORTUNITY, &key("a")).expect("two ids");
        assert_eq!(*ids, ["1".into(), "2".into()].into());
        // In another case it is the same key.
        let ids = one.doubled(&OPPORTUNITY, &key("B")).expect("two ids");
        assert_eq!(*ids, ["3".into(), "4".into()].into());
        one.forget(&OPPORTUNITY, &key("A"));
        assert_eq!(one.doubled(&OPPORTUNITY, &key("A")), None);
    }

    #[test]
    fn records_that_differ_in_case_are_found_by_their_own_keys() {
        let mut observed = observed(&[
            ("AB", "1"),
            ("ab", "2"),
            ("aB", "3"),
            ("C", "4"),
            ("c", "5"),
        ]);
        assert_eq!(observed.count(&OPPORTUNITY), 5);
        assert_eq!(
            ids(&observed, &["AB", "ab", "aB", "Ab"]),
            [Some("1"), Some("2"), Some("3"), Some("1")]
        );
        let all = observed.all(&OPPORTUNITY);
        let all: Vec<&str> = all.iter().map(|record| &*record.id).collect();
        assert_eq!(all, ["1", "4", "3", "2", "5"]);
        observed.forget(&OPPORTUNITY, &key("Ab"));
        assert_eq!(ids(&observed, &["AB", "ab", "c"]), [None, None, Some("5")]);
        assert_eq!(observed.count(&OPPORTUNITY), 2);
    }

    #[test]
    fn what_is_forgotten_leaves_all_others() {
        let keys = ["A", "B", "C", "D", "E"];
        let ids = |observed: &Observed| {
            let id = |text: &&str| {
                observed
                    .get(&OPPORTUNITY, &key(text))
                    .map(|it| it.id.clone())
            };
            keys.iter().map(id).collect::<Vec<_>>()
        };
        for gone in keys {
            let mut observed = observed(&keys.map(|text| (text, text)));
            let before = ids(&observed);
            observed.forget(&OPPORTUNITY, &key(gone));
            let expected: Vec<_> = { before.into_iter() }
                .map(|id| id.filter(|id| **id != *gone))
                .collect();
            assert_eq!(ids(&observed), expected);
            let mut backwards: Vec<_> = { keys.iter().rev() }
                .map(|text| {
                    observed
                        .get(&OPPORTUNITY, &key(text))
                        .map(|it| it.id.clone())
                })
                .collect();
            backwards.reverse();
            assert_eq!(backwards, expected);
            observed.insert(
                &OPPORTUNITY,
                Record {
                    id: gone.into(),
                    key: key(gone),
                    fields: Vec::new().into_iter().collect(),
                },
            );
            assert_eq!(observed.count(&OPPORTUNITY), keys.len());
            let all: Vec<_> = keys.map(|text| Some(text.into())).into();
            assert_eq!(ids(&observed), all);
        }
    }
}
