//! Everything that is known about one record: what the manifests say, what the ledger says, what the instance has, what earlier runs did,
//! and what the next apply would do.

use crate::api::{ApiError, Client};
use crate::journal::{Folder, JournalError};
use crate::keys::KnownRecord;
use crate::ledger::{Entry, Ledger};
use crate::manifest::Reading;
use crate::model::{
    Declared, DeclaredPart, Ensure, FoldedKey, Instant, Key, KeyValue, ObjectKind, OnlyRecords,
    RecordKey, is_same_id,
};
use crate::observe;
use crate::plan::{
    Change, Leads, Matches, Question, UPDATED_AT, is_last_writer, parent_of, updated,
};

use super::ended::Ended;
use super::error::RunError;
use super::planned::Planned;
use super::record_runs::{RunTouch, touches};

/// A record as the files of the project know it.
#[derive(Clone, Debug)]
pub struct RecordHistory {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest.
    pub shown: String,
    pub label: Option<String>,
    pub declared: Option<DeclaredAt>,
    /// Whether an entry whose lead is not known may declare it.
    pub is_unclear: bool,
    /// Whether some of the manifests cannot be read.
    pub has_problems: bool,
    /// How many of the journals cannot be read.
    pub unread_journals: usize,
    pub has_ledger: bool,
    pub entry: Option<Entry>,
    /// The entries of its children, with their keys.
    pub children: Vec<DeclaredChild>,
    /// What earlier runs did with it, the last one first.
    pub runs: Vec<RunTouch>,
    /// None if its entry names a lead by a field, and that lead is not known.
    pub key: Option<Key>,
}

/// What the files of a project say.
#[derive(Debug)]
pub struct ProjectFiles {
    pub reading: Reading,
    pub ledger: Option<Ledger>,
    pub journals: Folder,
}

impl ProjectFiles {
    /// The leads that the entries of a record and of its children name, each by a field and its value.
    #[must_use]
    pub fn leads_of<'f>(&'f self, record: KnownRecord<'f>) -> Vec<(&'f str, &'f str)> {
        let parent = record.declared.and_then(Declared::full_key);
        let parent = parent.map(|key| (record.kind, key.folded()));
        let records = self.reading.desired.records.iter();
        let children = records.filter(|declared| parent.is_some() && declared.parent() == parent);
        let beside = self.entries_beside(record).into_iter();
        let needed = record.declared.into_iter().chain(children).chain(beside);
        let parts = needed.flat_map(|declared| &declared.key);
        let leads = parts.filter_map(|part| match part {
            DeclaredPart::LeadBy(lead) => Some((&*lead.field, &*lead.value)),
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) => None,
        });
        leads.collect()
    }

    /// The entries with the parent of a record that no entry names by its key.
    fn entries_beside(&self, record: KnownRecord<'_>) -> Vec<&Declared> {
        let entry = record.entry.filter(|_| record.declared.is_none());
        let parent = entry.and_then(|entry| parent_of(record.kind, &entry.key));
        let parent = parent.map(|(kind, key)| (kind, key.folded()));
        let records = self.reading.desired.records.iter();
        let beside = records.filter(|declared| {
            declared.kind == record.kind && parent.is_some() && declared.parent() == parent
        });
        beside.collect()
    }
}

/// The entry of a record.
#[derive(Clone, Debug)]
pub struct DeclaredAt {
    pub file: String,
    pub line: usize,
    pub ensure: Ensure,
    pub protect: bool,
    /// How many fields it writes.
    pub fields: usize,
}

/// The entry of a child.
#[derive(Clone, Debug)]
pub struct DeclaredChild {
    pub kind: &'static ObjectKind,
    /// The key in the words of the manifest, without the parent's.
    pub shown: String,
    pub key: Option<FoldedKey>,
}

/// A record as its instance has it, and what the next apply would do with it.
#[derive(Debug)]
pub struct RecordNow {
    /// The problems of the manifests, because of which nothing can be planned.
    pub problems: usize,
    pub change: Option<Change>,
    /// A plan of nothing but the record and its children.
    pub planned: Option<Planned>,
    /// Whether it is there; nothing if its key is not known.
    pub is_there: Option<bool>,
    /// When it was last written.
    pub updated: Option<Instant>,
    /// Whether this project wrote it last, if that is known.
    pub is_ours: Option<bool>,
    /// Whether it is another record than the one that is owned.
    pub is_other: bool,
    /// Its children in the instance.
    pub children: Vec<(&'static ObjectKind, Key)>,
}

impl RecordHistory {
    /// Puts together what the files of the project know about a record.
    ///
    /// # Errors
    /// The journals cannot be listed.
    pub fn of(
        record: KnownRecord<'_>,
        files: &ProjectFiles,
        leads: &Leads,
    ) -> Result<Self, JournalError> {
        let ProjectFiles {
            reading,
            ledger,
            journals,
        } = files;
        let own = |declared: &Declared| key_of(declared, leads);
        let key = record.declared.and_then(own);
        let key = key.or_else(|| record.entry.map(|entry| entry.key.clone()));
        // An owned record that no entry names by its key may be declared by an entry that names its lead by a field.
        let same_parent = files.entries_beside(record);
        let folded = key.as_ref().map(Key::folded);
        let mut by_field = same_parent.clone().into_iter();
        let by_field =
            by_field.find(|declared| own(declared).is_some_and(|key| Some(key.folded()) == folded));
        let declared = record.declared.or(by_field);
        let is_unclear = declared.is_none() && same_parent.iter().any(|other| own(other).is_none());
        let entry = || ledger.as_ref()?.get(record.kind, &key.as_ref()?.folded());
        let entry = record.entry.or_else(entry);
        let (runs, unread_journals) = match &key {
            Some(key) => touches(record.kind, &key.folded(), journals)?,
            None => (Vec::new(), 0),
        };
        Ok(Self {
            kind: record.kind,
            shown: declared.map_or_else(|| record.shown(), Declared::shown_key),
            label: record.label(),
            is_unclear,
            has_problems: !reading.diagnostics.is_empty(),
            unread_journals,
            declared: declared.map(|declared| declared_at(declared, reading)),
            has_ledger: ledger.is_some(),
            entry: entry.cloned(),
            children: children(record.kind, key.as_ref(), reading, leads),
            runs,
            key,
        })
    }

    /// Leaves every other record out of what a plan is made of: this one, its parent and its children remain, and so do the entries
    /// beside it that name leads by a field, which may declare it.
    pub fn narrow(&self, reading: &mut Reading, ledger: Option<&Ledger>) {
        let own = self.key.as_ref().map(|key| (self.kind, key.folded()));
        let parent = self.key.as_ref().and_then(|key| parent_of(self.kind, key));
        let parent = parent.map(|(kind, key)| (kind, key.folded()));
        let mut only = OnlyRecords::default();
        for declared in &reading.desired.records {
            let of = declared.parent();
            let is_child = own.is_some() && of == own;
            let is_beside = parent.is_some() && of == parent && declared.full_key().is_none();
            let is_parent = || {
                let key = declared.full_key().map(|key| (declared.kind, key.folded()));
                parent.is_some() && key == parent
            };
            let is_it = declared.kind == self.kind && declared.shown_key() == self.shown;
            if is_it || is_child || is_beside || is_parent() {
                only.entries.insert(declared.at);
            }
        }
        let entries = ledger.into_iter().flat_map(Ledger::iter);
        let children = entries.filter_map(|(kind, folded, entry)| {
            let (of, key) = parent_of(kind, &entry.key)?;
            let is_child = own.is_some() && Some((of, key.folded())) == own;
            is_child.then(|| (kind, folded.clone()))
        });
        only.undeclared.extend(children);
        only.undeclared.extend(own);
        reading.desired.keep(only);
    }
}

impl RecordNow {
    /// What a preview that was narrowed to a record has shown, and what the instance says of it and of its children.
    ///
    /// # Errors
    /// The instance cannot be asked.
    pub async fn of(
        history: &RecordHistory,
        ended: Ended,
        client: &Client,
    ) -> Result<Self, ApiError> {
        let mut now = Self {
            problems: 0,
            change: None,
            planned: None,
            is_there: None,
            updated: None,
            is_ours: None,
            is_other: false,
            children: Vec::new(),
        };
        let Some(planned) = ended.planned else {
            if let Err(RunError::Invalid(problems)) = ended.end {
                now.problems = problems.diagnostics.len();
            }
            return Ok(now);
        };
        let is_it = |kind: &ObjectKind, shown: &str, key: Option<&Key>| {
            kind == history.kind
                && (shown == history.shown
                    || key.is_some()
                        && key.map(Key::folded) == history.key.as_ref().map(Key::folded))
        };
        let mut changes = planned.plan.changes.iter();
        now.change = changes
            .find(|change| is_it(change.kind, &change.shown, Some(&change.key)))
            .cloned();
        now.read(history, &planned, client).await?;
        now.planned = Some(planned);
        Ok(now)
    }

    /// Whether the instance or the configuration marks the field as sensitive that people recognise records of this kind by.
    #[must_use]
    pub fn hides_label(&self, kind: &ObjectKind) -> bool {
        let schema = self
            .planned
            .as_ref()
            .and_then(|planned| planned.schemas.get(kind));
        let field = kind.label.and_then(|label| schema?.field(label));
        field.is_some_and(|field| field.sensitive)
    }

    /// Reads the record itself and its children.
    async fn read(
        &mut self,
        history: &RecordHistory,
        planned: &Planned,
        client: &Client,
    ) -> Result<(), ApiError> {
        let kind = history.kind;
        let found = self.change.as_ref().map(|change| &change.key);
        let Some(key) = found.or(history.key.as_ref()) else {
            return Ok(());
        };
        let mut questions = vec![Question {
            kind,
            fields: vec![UPDATED_AT.into()],
            keys: vec![key.clone()],
            children_of: Vec::new(),
        }];
        for child in kind
            .children()
            .filter(|child| planned.schemas.contains_key(child))
        {
            questions.push(Question {
                kind: child,
                fields: Vec::new(),
                keys: Vec::new(),
                children_of: vec![key.clone()],
            });
        }
        let observed = observe::records(client, &planned.schemas, &questions).await?;
        let record = observed.get(kind, key);
        self.is_there = Some(record.is_some());
        if let Some(record) = record {
            self.updated = updated(record);
            let owned = history.entry.as_ref().and_then(|entry| entry.id.as_deref());
            self.is_other = owned.is_some_and(|id| !is_same_id(id, &record.id));
            self.is_ours = history
                .entry
                .as_ref()
                .filter(|entry| entry.written.is_some())
                .map(|entry| is_last_writer(entry, record));
        }
        for child in kind.children() {
            let records = observed.all(child).into_iter();
            let own = records.filter(|record| {
                parent_of(child, &record.key)
                    .is_some_and(|(_, parent)| parent.folded() == key.folded())
            });
            let mut keys: Vec<Key> = own.map(|record| record.key.clone()).collect();
            keys.sort_by_key(ToString::to_string);
            self.children
                .extend(keys.into_iter().map(|key| (child, key)));
        }
        Ok(())
    }
}

fn declared_at(declared: &Declared, reading: &Reading) -> DeclaredAt {
    DeclaredAt {
        file: reading
            .sources
            .path(declared.at)
            .to_string_lossy()
            .into_owned(),
        line: reading.sources.position(declared.at).line,
        ensure: declared.ensure,
        protect: declared.lifecycle.protect,
        fields: declared.fields.len(),
    }
}

/// The key of an entry, if the leads that it names are known.
fn key_of(declared: &Declared, leads: &Leads) -> Option<Key> {
    let parts = declared.key.iter().map(|part| match part {
        DeclaredPart::LeadBy(lead) => match leads.get(lead)? {
            Matches::Ids(ids) => match ids[..] {
                [id] => Some(KeyValue::Lead(id)),
                _ => None,
            },
            Matches::Refused(_) | Matches::Unread => None,
        },
        DeclaredPart::Text(_) | DeclaredPart::Lead(_) => part.value(),
    });
    parts.collect::<Option<Vec<_>>>().map(Key::new)
}

fn children(
    kind: &'static ObjectKind,
    key: Option<&Key>,
    reading: &Reading,
    leads: &Leads,
) -> Vec<DeclaredChild> {
    let Some(key) = key else {
        return Vec::new();
    };
    let wanted: RecordKey = (kind, key.folded());
    let records = reading.desired.records.iter();
    let own = records.filter(|declared| {
        declared.ensure == Ensure::Present && declared.parent().as_ref() == Some(&wanted)
    });
    let children = own.map(|declared| {
        let parent = declared.kind.parent_part();
        let parts = declared.key.iter().enumerate();
        let parts = parts.filter(|(index, _)| Some(*index) != parent);
        let parts: Vec<String> = parts.map(|(_, part)| part.to_string()).collect();
        DeclaredChild {
            kind: declared.kind,
            shown: parts.join(" / "),
            key: key_of(declared, leads).map(|key| key.folded()),
        }
    });
    children.collect()
}
