//! Renames: which entries need not name the old keys of their records any more. Pure; the caller reads manifests and ledgers.
//!
//! The word may go where every instance that has the entry is done. An instance is done where its ledger owns the new key and remembers
//! that the old one is gone. Not owning the old key says nothing by itself: a ledger that was lost owns nothing either, and its copy,
//! restored, would delete a record that the manifests do not speak of any more.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::ledger::Ledger;
use crate::manifest::{Edit, InstanceRules, Reading};
use crate::model::{Declared, FileId, ObjectKind, Span};

/// The entries that name old keys, and how far the instances have come.
#[derive(Debug, Default)]
pub struct Renames {
    entries: BTreeMap<EntryPlace, RenamedEntry>,
    /// What each file means for an instance that has it.
    rules: BTreeMap<PathBuf, InstanceRules>,
}

/// The place of an entry: its file, and its number among the entries of that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryPlace {
    pub file: PathBuf,
    pub number: usize,
}

/// An entry that names the old key of its record.
#[derive(Debug)]
pub struct RenamedEntry {
    pub kind: &'static ObjectKind,
    /// The old key, as the entry writes it.
    pub from: Box<str>,
    pub shown: Box<str>,
    pub line: usize,
    /// The instances that are not done, by name.
    pub waits: Vec<(Box<str>, RenameWait)>,
}

/// Why an instance is not done with a rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameWait {
    /// It has no ledger.
    NoLedger,
    /// Its ledger owns the old key.
    OldOwned,
    /// Its ledger does not own the new key.
    NewMissing,
    /// Its ledger knows nothing of the old key.
    OldUnknown,
}

impl Renames {
    /// Adds how far an instance has come: what its manifests declare, and its ledger, if it has one.
    pub fn add(
        &mut self,
        instance: &str,
        rules: &InstanceRules,
        reading: &Reading,
        ledger: Option<&Ledger>,
    ) {
        for (place, declared) in renamed(reading) {
            let Some(from) = &declared.renamed_from else {
                continue;
            };
            let rules = || rules.clone();
            self.rules.entry(place.file.clone()).or_insert_with(rules);
            let entry = self.entries.entry(place).or_insert_with(|| RenamedEntry {
                kind: declared.kind,
                from: from.key.clone(),
                shown: declared.shown_key().into(),
                line: reading.sources.position(declared.at).line,
                waits: Vec::new(),
            });
            let wait = wait(declared, ledger).map(|wait| (instance.into(), wait));
            entry.waits.extend(wait);
        }
    }

    /// The changes that take the word out of the entries of a file for which every instance is done, and the rules to make them by.
    #[must_use]
    pub fn edits(&self, file: &Path) -> Option<(Vec<Edit>, &InstanceRules)> {
        let own = self.entries.iter().filter(|(place, _)| place.file == file);
        let done = own.filter(|(_, entry)| entry.waits.is_empty());
        let record = |(place, _): (&EntryPlace, _)| Edit::Renamed {
            record: place.number,
        };
        let edits: Vec<Edit> = done.map(record).collect();
        let rules = self.rules.get(file)?;
        (!edits.is_empty()).then_some((edits, rules))
    }

    /// The places of the entries of a reading for which every instance is done.
    #[must_use]
    pub fn done(&self, reading: &Reading) -> HashSet<Span> {
        let is_done = |place: &EntryPlace| {
            let entry = self.entries.get(place);
            entry.is_some_and(|entry| entry.waits.is_empty())
        };
        let done = renamed(reading).filter(|(place, _)| is_done(place));
        done.map(|(_, declared)| declared.at).collect()
    }

    /// The entries for which an instance is not done.
    pub fn waiting(&self) -> impl Iterator<Item = (&EntryPlace, &RenamedEntry)> {
        { self.entries.iter() }.filter(|(_, entry)| !entry.waits.is_empty())
    }
}

/// The entries of a reading that name old keys.
fn renamed(reading: &Reading) -> impl Iterator<Item = (EntryPlace, &Declared)> {
    let mut numbers: HashMap<FileId, usize> = HashMap::new();
    let records = reading.desired.records.iter();
    let numbered = records.map(move |declared| {
        let next = numbers.entry(declared.at.file).or_default();
        let number = *next;
        *next += 1;
        (number, declared)
    });
    let named = numbered.filter(|(_, declared)| declared.renamed_from.is_some());
    named.map(|(number, declared)| {
        let file = reading.sources.path(declared.at).to_owned();
        (EntryPlace { file, number }, declared)
    })
}

/// Why an instance with this ledger is not done with the rename of an entry, if it is not.
fn wait(declared: &Declared, ledger: Option<&Ledger>) -> Option<RenameWait> {
    let Some(ledger) = ledger else {
        return Some(RenameWait::NoLedger);
    };
    let (kind, old) = declared.renamed_key()?;
    if ledger.get(kind, &old).is_some() {
        return Some(RenameWait::OldOwned);
    }
    let new = { declared.full_key() }.and_then(|key| ledger.get(kind, &key.folded()));
    if new.is_none_or(|entry| entry.id.is_none()) {
        return Some(RenameWait::NewMissing);
    }
    (!ledger.past.is_buried(kind, &old)).then_some(RenameWait::OldUnknown)
}
