//! Changes of a text as a whole: made, read back, and refused unless the text then declares exactly what it is to declare.
//!
//! What is shared needs no rules of its own: where a change also reaches an entry that merges or repeats the changed one, that
//! entry differs from what it is to declare, and gets its value back as one of its own.

use std::collections::BTreeSet;
use std::ops::Range;

use super::append::{appended, behind_section};
use super::entry::{EntryEditor, place, refuse_shared};
use super::layout::{Layout, NodeId};
use super::not_edited::NotEdited;
use super::outline::{Outline, outlines, reading};
use super::scan::layout;
use super::sites::sites;
use super::splice::{Change, Splice, remove_item, spliced};
use crate::manifest::grammar::Grammar;
use crate::manifest::{InstanceRules, ManifestEntry, Reading, write};
use crate::model::kind::KINDS;
use crate::model::{Position, Scalar};

/// A change of a manifest. Records go by their numbers, in the order in which the reader finds them.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A field gets a value.
    Set {
        record: usize,
        field: String,
        value: Scalar<'static>,
    },
    /// An entry does not write a field any more.
    Unset { record: usize, field: String },
    /// An entry does not name the key any more that its record has had.
    Renamed { record: usize },
    /// An entry goes, with those nested in it, which have to go too.
    Remove { record: usize },
    /// Further entries at the end of the sections of their kinds.
    Append(Vec<ManifestEntry>),
}

/// The most rounds of changes: each round of a shared value reaches further entries.
const MOST_ROUNDS: usize = 40;

/// The text with these changes, for an instance with these rules.
///
/// # Errors
/// The text is not valid, or the change would touch more than what it is to change.
pub fn edit(text: &str, edits: &[Edit], rules: &InstanceRules) -> Result<String, NotEdited> {
    let before = reading(text, rules);
    if !before.diagnostics.is_empty() {
        return Err(NotEdited::Invalid);
    }
    let mut revision = Revision {
        grammars: Grammar::all(),
        wanted: outlines(&before),
        text: text.to_owned(),
        rules,
    };
    let mut removed = BTreeSet::new();
    let mut appended = Vec::new();
    for edit in edits {
        match edit {
            Edit::Set {
                record,
                field,
                value,
            } => {
                refuse_reference(&before, *record, field)?;
                revision.wanted(*record)?.set(field, value);
            }
            Edit::Unset { record, field } => {
                revision
                    .wanted(*record)?
                    .fields
                    .remove(&field.to_lowercase());
            }
            Edit::Renamed { record } => revision.wanted(*record)?.renamed_from = None,
            Edit::Remove { record } => drop(removed.insert(*record)),
            Edit::Append(entries) => appended.extend(entries),
        }
    }
    revision.change_fields()?;
    revision.remove(&removed)?;
    revision.append(&appended)?;
    Ok(revision.text)
}

/// A text, and what it is to declare.
struct Revision<'r> {
    grammars: Vec<Grammar>,
    wanted: Vec<Outline>,
    text: String,
    rules: &'r InstanceRules,
}

/// Refuses to write over a value that the configuration has: it is another one for other instances.
fn refuse_reference(before: &Reading, record: usize, field: &str) -> Result<(), NotEdited> {
    let record = before
        .desired
        .records
        .get(record)
        .ok_or(NotEdited::Layout)?;
    let mut fields = record.fields.iter();
    let found = fields.find(|it| it.is_reference && it.name.eq_ignore_ascii_case(field));
    let Some(found) = found else { return Ok(()) };
    let Position { line, column } = before.sources.position(found.at);
    let field = field.to_owned();
    Err(NotEdited::Reference {
        field,
        line,
        column,
    })
}

impl Revision<'_> {
    fn wanted(&mut self, record: usize) -> Result<&mut Outline, NotEdited> {
        self.wanted.get_mut(record).ok_or(NotEdited::Layout)
    }

    /// Changes fields until each record declares what it is to declare.
    fn change_fields(&mut self) -> Result<(), NotEdited> {
        for _ in 0..MOST_ROUNDS {
            let found = self.outlines()?;
            let layout = layout(&self.text).ok_or(NotEdited::Layout)?;
            let sites = sites(&layout, &self.grammars);
            if found.len() != self.wanted.len() || sites.len() != found.len() {
                return Err(NotEdited::Layout);
            }
            let mut splices: Vec<Splice> = Vec::new();
            let mut is_done = true;
            for ((site, found), wanted) in sites.iter().zip(&found).zip(&self.wanted) {
                let entry = EntryEditor {
                    layout: &layout,
                    grammar: &self.grammars[site.kind.rank()],
                    site,
                };
                for field in entry.changes(found, wanted) {
                    is_done = false;
                    let change = field?;
                    let is_free = |it: &Splice| splices.iter().all(|other| !other.overlaps(it));
                    // What meets another change waits for the next round.
                    if change.iter().all(is_free) {
                        splices.extend(change);
                    }
                }
            }
            if is_done {
                return match found
                    .iter()
                    .zip(&self.wanted)
                    .all(|(own, it)| own.is_as(it))
                {
                    true => Ok(()),
                    false => Err(NotEdited::Layout),
                };
            }
            self.text = checked(&layout, splices)?;
        }
        Err(NotEdited::Layout)
    }

    /// Removes entries.
    fn remove(&mut self, removed: &BTreeSet<usize>) -> Result<(), NotEdited> {
        if removed.is_empty() {
            return Ok(());
        }
        let layout = layout(&self.text).ok_or(NotEdited::Layout)?;
        let sites = sites(&layout, &self.grammars);
        let mut lists: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
        for number in removed {
            let site = sites.get(*number).ok_or(NotEdited::Layout)?;
            refuse_shared(&layout, site)?;
            let mut children = sites.iter().enumerate();
            if children.any(|(child, it)| it.parent == Some(*number) && !removed.contains(&child)) {
                let (line, column) = place(&layout, layout.node(site.entry).start());
                return Err(NotEdited::Nested { line, column });
            }
            if site.parent.is_some_and(|parent| removed.contains(&parent)) {
                continue;
            }
            match lists.iter_mut().find(|(list, _)| *list == site.list) {
                Some((_, items)) => items.push(site.entry),
                None => lists.push((site.list, vec![site.entry])),
            }
        }
        let mut splices = Vec::new();
        for (list, items) in lists {
            splices.extend(remove_item(&layout, list, &items).ok_or(NotEdited::Layout)?);
        }
        self.text = checked(&layout, splices)?;
        let kept = self.wanted.iter().enumerate();
        let kept = kept.filter(|(number, _)| !removed.contains(number));
        self.wanted = kept.map(|(_, wanted)| wanted.clone()).collect();
        let found = self.outlines()?;
        is_all(&found, &self.wanted)
            .then_some(())
            .ok_or(NotEdited::Layout)
    }

    /// Adds entries at the ends of the sections of their kinds.
    fn append(&mut self, entries: &[&ManifestEntry]) -> Result<(), NotEdited> {
        for kind in KINDS {
            let own: Vec<&ManifestEntry> = { entries.iter() }
                .copied()
                .filter(|entry| entry.kind == kind)
                .collect();
            if own.is_empty() {
                continue;
            }
            let written = write(None, &own);
            let layout = layout(&self.text).ok_or(NotEdited::Layout)?;
            let place = behind_section(&layout, &sites(&layout, &self.grammars), kind);
            let new = outlines(&reading(&written, self.rules));
            let place = place.unwrap_or(self.wanted.len());
            drop(self.wanted.splice(place..place, new));
            let splice = appended(&layout, kind, &written).ok_or(NotEdited::Layout)?;
            self.text = checked(&layout, vec![splice])?;
            let found = self.outlines()?;
            if !is_all(&found, &self.wanted) {
                return Err(NotEdited::Layout);
            }
        }
        Ok(())
    }

    /// What the records of the text declare now.
    fn outlines(&self) -> Result<Vec<Outline>, NotEdited> {
        let reading = reading(&self.text, self.rules);
        match reading.diagnostics.is_empty() {
            true => Ok(outlines(&reading)),
            false => Err(NotEdited::Layout),
        }
    }
}

/// The text with the splices, if all comments are still there that were not removed.
fn checked(layout: &Layout<'_>, splices: Vec<Splice>) -> Result<String, NotEdited> {
    let removed = splices
        .iter()
        .filter(|splice| splice.what == Change::Removal);
    let removed: Vec<Range<usize>> = removed.map(|splice| splice.range.clone()).collect();
    let text = spliced(layout.text, splices).ok_or(NotEdited::Layout)?;
    let new = super::scan::layout(&text).ok_or(NotEdited::Layout)?;
    if new.comments_outside(&[]) != layout.comments_outside(&removed) {
        return Err(NotEdited::Layout);
    }
    Ok(text)
}

fn is_all(found: &[Outline], wanted: &[Outline]) -> bool {
    found.len() == wanted.len() && found.iter().zip(wanted).all(|(own, it)| own.is_as(it))
}
