//! What manifests come to by rules that know nothing of plans: what the instance is to hold, what a run may do to a record, and
//! whether two plans would do the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::marketo::Effect;
use super::naming::{outliving, references, users};
use crate::apply::tests::bench::{Records, decided, told};
use crate::apply::tests::case::{Contents, Wish, Wishes, is_account, kind_of, name_of};
use crate::ledger::Ledger;
use crate::model::ObjectKind;

/// What is owned: keys in small letters, and the ids where they are known.
pub(super) type Owned = BTreeMap<String, Option<String>>;

/// What a manifest means for an instance.
pub(super) struct Oracle<'o> {
    pub(super) wishes: &'o Wishes,
    /// Without a ledger nothing.
    pub(super) owned: Option<&'o Owned>,
    /// Whether roles that nobody declares go with their opportunity.
    pub(super) with_undeclared: bool,
    /// Whether Marketo may store less of a text than it was sent.
    pub(super) loses: bool,
    /// What leads name.
    pub(super) of_leads: BTreeSet<String>,
    /// What Marketo counts as named, although nobody sees by what.
    pub(super) unseen: BTreeSet<String>,
    /// Whether the instance tells which leads name a record.
    pub(super) tells_leads: bool,
    /// What may be deleted although others name it.
    pub(super) allowed: Vec<String>,
    /// Whether the instance refuses to delete what others name.
    pub(super) refuses_used: bool,
}

/// What references in fields keep from being done.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Whether a plan is refused, or its manifest is wrong for the instance.
    pub(super) is_refused: bool,
    /// Whether a person allows what the instance refuses: to delete what others name.
    pub(super) is_in_use: bool,
    /// The records whose entries wait for what they name.
    pub(super) waiting: BTreeSet<String>,
}

/// What becomes of a record: an action, and its fields before and after.
pub(super) type Intent = (&'static str, BTreeMap<String, [Value; 2]>);

pub(super) fn owned(ledger: &Ledger) -> Owned {
    let entries = ledger.iter().map(|(kind, _, entry)| {
        let id = entry.id.as_deref().map(str::to_owned);
        (name_of(kind, &entry.key.to_string()), id)
    });
    entries.collect()
}

fn id(record: &Map<String, Value>) -> Option<&str> {
    record.get("marketoGUID")?.as_str()
}

fn parent(key: &str) -> Option<&str> {
    Some(key.split_once(" / ")?.0)
}

impl Oracle<'_> {
    /// Whether a ledger has this record and not another one with its key.
    fn owns(&self, key: &str, record: &Map<String, Value>) -> bool {
        let entry = self.owned.and_then(|owned| owned.get(key));
        entry.is_some_and(|own| own.as_deref().is_none_or(|own| id(record) == Some(own)))
    }

    /// Whether a record that is there is to go.
    pub(super) fn is_doomed(&self, key: &str, record: &Map<String, Value>, all: &Records) -> bool {
        let parent = parent(key);
        let with_parent = || {
            let record = parent.and_then(|parent| Some((parent, all.get(parent)?)));
            self.with_undeclared
                && record.is_some_and(|(parent, record)| self.is_doomed(parent, record, all))
        };
        match self.wishes.records.get(key) {
            Some(Wish::Absent) => true,
            Some(Wish::Present(_)) => false,
            Some(Wish::Forgotten) => with_parent(),
            None => {
                parent.is_some_and(|parent| self.wishes.complete.contains(parent))
                    || self.owns(key, record)
                    || with_parent()
            }
        }
    }

    /// What references in fields keep from being done.
    pub(super) fn held(&self, records: &Records) -> Held {
        let mut held = Held::default();
        // Which entries write the name of a declared record that is not there yet.
        let mut after: Vec<(&String, String)> = Vec::new();
        let is_declared =
            |name: &str| matches!(self.wishes.records.get(name), Some(Wish::Present(_)));
        for (key, wish) in &self.wishes.records {
            let Wish::Present(fields) = wish else {
                continue;
            };
            held.is_refused |= is_fixed(kind_of(key), fields, records.get(key));
            for (field, named) in references(kind_of(key), fields) {
                let now = records.get(key).and_then(|record| record.get(field));
                let is_written = !is_met(&fields[field], now);
                match records.get(&named) {
                    _ if !is_account(kind_of(&named)) => {}
                    None if is_declared(&named) => {
                        after.extend(is_written.then_some((key, named)));
                    }
                    _ if is_declared(&named) => {}
                    Some(record) => held.is_refused |= self.is_doomed(&named, record, records),
                    None => {
                        let is_owned = self.owned.is_some_and(|owned| owned.contains_key(key));
                        held.is_refused |= is_written && !is_owned;
                        if is_written && is_owned {
                            held.waiting.insert(key.clone());
                        }
                    }
                }
            }
        }
        // What names an entry that waits, waits with it.
        after.sort_by_key(|(_, named)| kind_of(named));
        for (key, named) in after {
            if held.waiting.contains(&named) {
                held.waiting.insert(key.clone());
            }
        }
        let expected = self.expected_with(records, &held.waiting);
        // What goes on counting once it is deleted: no permit helps where both go at once.
        let doomed =
            { records.iter() }.filter(|(name, record)| self.is_doomed(name, record, records));
        let outliving: BTreeSet<String> = doomed
            .flat_map(|(name, record)| outliving(kind_of(name), record))
            .collect();
        for (name, record) in records {
            let kind = kind_of(name);
            let is_deleted = is_account(kind) && self.is_doomed(name, record, records);
            if !is_deleted {
                continue;
            }
            let is_used = self.of_leads.contains(name) || !users(name, expected.iter()).is_empty();
            held.is_refused |= outliving.contains(name);
            held.is_in_use |= self.unseen.contains(name) && self.refuses_used;
            if self.allowed.contains(name) {
                held.is_in_use |= is_used && self.refuses_used;
            } else {
                held.is_refused |= is_used || kind.lead_field.is_some() && !self.tells_leads;
            }
        }
        held
    }

    /// What an instance is to hold in the end.
    pub(super) fn expected(&self, records: &Records) -> Contents {
        self.expected_with(records, &self.held(records).waiting)
    }

    fn expected_with(&self, records: &Records, waiting: &BTreeSet<String>) -> Contents {
        let mut expected = Contents::new();
        for (key, record) in records {
            if !self.is_doomed(key, record, records) {
                expected.insert(key.clone(), told(record));
            }
        }
        for (key, wish) in &self.wishes.records {
            if let Wish::Present(fields) = wish
                && !waiting.contains(key)
            {
                let record = expected.entry(key.clone()).or_default();
                for (name, value) in fields {
                    if !is_met(value, record.get(name)) {
                        record.insert(name.clone(), value.clone());
                    }
                }
                *record = told(record);
            }
        }
        expected
    }

    /// Asserts that a run may do this to a record.
    pub(super) fn assert_may(&self, effect: &Effect, records: &Records) {
        let Effect {
            key, before, after, ..
        } = effect;
        let wish = self.wishes.records.get(key);
        match (before, after) {
            (Some(before), None) => {
                let mut all = records.clone();
                all.insert(key.clone(), before.clone());
                assert!(
                    self.is_doomed(key, before, &all),
                    "{key} is deleted: {before:?} {:?} {:?}",
                    self.owned,
                    self.wishes
                );
            }
            (before, Some(after)) => {
                let Some(Wish::Present(fields)) = wish else {
                    panic!("{key} is written: {wish:?}");
                };
                let mut wanted = before.as_ref().map(told).unwrap_or_default();
                wanted.extend(fields.clone());
                let wanted = told(&wanted);
                let after = told(after);
                // An update sends only what was different when it was planned.
                for (name, value) in &after {
                    let old = before.as_ref().and_then(|before| before.get(name));
                    let wanted = wanted.get(name);
                    let is_start = self.loses && wanted.is_some_and(|all| is_start(value, all));
                    assert!(
                        wanted == Some(value) || old == Some(value) || is_start,
                        "{key}: {name} is written"
                    );
                }
                for name in wanted.keys() {
                    let old = before.as_ref().and_then(|before| before.get(name));
                    // Somebody may have set a boolean to `false` since.
                    let is_empty = old.is_none_or(|old| *old == Value::Bool(false));
                    assert!(
                        after.contains_key(name) || before.is_some() && is_empty,
                        "{key}: {name} is cleared"
                    );
                }
            }
            (None, None) => panic!("an effect is one"),
        }
    }

    /// What a plan would do.
    pub(super) fn intents(&self, records: &Records) -> BTreeMap<String, Intent> {
        let mut intents = BTreeMap::new();
        let waiting = self.held(records).waiting;
        let keys: BTreeSet<&String> = records
            .keys()
            .chain(self.wishes.records.keys())
            .chain(self.owned.iter().flat_map(|owned| owned.keys()))
            .collect();
        for key in keys.into_iter().filter(|key| !waiting.contains(*key)) {
            let record = records.get(key);
            let intent = self.intent(key, record, records);
            intents.extend(intent.map(|intent| (key.clone(), intent)));
        }
        intents
    }

    fn intent(
        &self,
        key: &str,
        record: Option<&Map<String, Value>>,
        all: &Records,
    ) -> Option<Intent> {
        let is_known = self.owned.is_some_and(|owned| owned.contains_key(key));
        let forget = || is_known.then(|| ("forget", BTreeMap::new()));
        let now = |name: &String| {
            let value = record.and_then(|record| record.get(name));
            value.cloned().unwrap_or_default()
        };
        match (self.wishes.records.get(key), record) {
            (Some(Wish::Present(fields)), _) => {
                let fields = fields.iter();
                let fields = fields.map(|(name, after)| (name.clone(), [now(name), after.clone()]));
                let fields = fields.filter(|(_, [now, after])| !is_met(after, Some(now)));
                let fields: BTreeMap<_, _> = fields.collect();
                match record {
                    None => Some(("create", fields)),
                    Some(record) => {
                        let is_ours = self.owned.is_none_or(|owned| {
                            let entry = owned.get(key).and_then(Option::as_deref);
                            entry.is_some() && entry == id(record)
                        });
                        match (is_ours, fields.is_empty()) {
                            (true, true) => None,
                            (true, false) => Some(("update", fields)),
                            (false, _) => Some(("adopt", fields)),
                        }
                    }
                }
            }
            (_, Some(record)) if self.is_doomed(key, record, all) => {
                let fields = decided(record).into_iter();
                let fields = fields.map(|(name, value)| (name, [value, Value::Null]));
                Some(("delete", fields.collect()))
            }
            (Some(Wish::Absent | Wish::Forgotten) | None, _) => forget(),
        }
    }
}

/// Whether a record that is there would have to get another value of what only a new one can be given.
fn is_fixed(
    kind: &ObjectKind,
    fields: &Map<String, Value>,
    record: Option<&Map<String, Value>>,
) -> bool {
    let is_other = |record: &Map<String, Value>, name: &str| {
        let wanted = fields.get(name);
        wanted.is_some_and(|wanted| !is_met(wanted, record.get(name)))
    };
    let mut names = kind.create_only.iter();
    record.is_some_and(|record| names.any(|name| is_other(record, name)))
}

/// Whether a text is the beginning of another one.
fn is_start(part: &Value, all: &Value) -> bool {
    let texts = part.as_str().zip(all.as_str());
    texts.is_some_and(|(part, all)| all.starts_with(part))
}

/// Whether a field that holds this needs no write: a boolean that is cleared is stored as `false`.
fn is_met(wanted: &Value, now: Option<&Value>) -> bool {
    now.unwrap_or(&Value::Null) == wanted || (wanted.is_null() && now == Some(&Value::Bool(false)))
}
