//! Records: their names, and by file in folds what their fields hold before and after.

use std::collections::BTreeMap;

use super::page::{Lines, Page, PageSection};
use super::quoting::{code, cut, fence, html_code};
use super::updates::is_long;
use crate::model::{Sources, Verb};
use crate::plan::{ActionName, At, Change, FieldChange};
use crate::render::account::Account;
use crate::render::change_fields::mover;
use crate::render::counting::counted;
use crate::render::diff::{FieldDiff, new_value};
use crate::render::escape::escaped;
use crate::render::place::{place, written};

/// The most characters of a line of values that are shown.
const LINE: usize = 300;
/// The most lines of one field that are shown.
const LINES: usize = 40;
/// What a fold takes beside its lines: its tags, its fences, and the line that counts what is left out.
const FOLD: usize = 400;

/// A record by its kind, its key and what a person recognises it by.
pub(super) fn named(change: &Change) -> String {
    let label = change.label.as_deref().map(code);
    let label = label.map_or_else(String::new, |label| format!(" {label}"));
    format!("{} {}{label}", change.kind.noun, code(&change.shown))
}

/// Where the entry of a record is, or was.
pub(super) fn at(change: &Change, sources: &Sources) -> String {
    code(&match &change.at {
        At::Before { place, .. } => written(place),
        At::Here(_) | At::Saved { .. } => place(&change.at, sources),
    })
}

/// Writes the values by file, as far as the page has room.
pub(super) fn values(account: &Account<'_>, page: &mut Page) {
    let mut files: BTreeMap<String, Vec<&Change>> = BTreeMap::new();
    for change in account.changes {
        files
            .entry(file(change, account.sources))
            .or_default()
            .push(change);
    }
    let mut left = (0, 0);
    for (number, (file, changes)) in files.iter().enumerate() {
        match fold(file, changes, account.sources, page) {
            Some(text) => page.put(PageSection::Values(number), &text),
            None => left = (left.0 + 1, left.1 + changes.len()),
        }
    }
    if let (files @ 1.., changes) = left {
        page.put(
            PageSection::Left,
            &format!(
                "The values of {} in {} are left out, because the page would be too long.\n\n",
                counted(changes, "change"),
                counted(files, "file")
            ),
        );
    }
}

/// Writes the long texts that updates edit, in one fold.
pub(super) fn texts(account: &Account<'_>, page: &mut Page) {
    let edited: Vec<&Change> = account
        .changes
        .iter()
        .filter(|change| {
            change.verb() == Verb::Update && change.fields().iter().any(|it| is_long(&it))
        })
        .collect();
    let text = |change: &Change| of_fields(change, account.sources, is_long);
    together("Edited texts", PageSection::Values(1), &edited, text, page);
}

/// Writes the values of what is deleted, in one fold.
pub(super) fn lost(account: &Account<'_>, page: &mut Page) {
    let deleted: Vec<&Change> = account
        .changes
        .iter()
        .filter(|change| change.verb() == Verb::Delete && !change.fields().is_empty())
        .collect();
    let text = |change: &Change| record(change, account.sources);
    let summary = "Values of what is deleted";
    together(summary, PageSection::Values(2), &deleted, text, page);
}

/// Some records in one fold, as far as the page has room.
fn together(
    summary: &str,
    place: PageSection,
    changes: &[&Change],
    text: impl Fn(&Change) -> String,
    page: &mut Page,
) {
    if changes.is_empty() || !page.has_room(FOLD) {
        return;
    }
    let lines = Lines {
        count: changes.len(),
        items: changes.iter().map(|change| text(change)),
        most: usize::MAX,
        noun: "record",
    };
    let (shown, left) = page.take(lines, str::to_owned);
    if shown.is_empty() {
        return;
    }
    let fence = fence(shown.lines());
    let left = left.map_or_else(String::new, |left| {
        format!("{left}: the page would be too long.\n\n")
    });
    let count = counted(changes.len(), "record");
    page.put(
        place,
        &format!(
            "<details>\n<summary>{summary}, {count}</summary>\n\n{fence}diff\n{shown}{fence}\n\n{left}</details>\n\n"
        ),
    );
}

/// The values of a file in a fold; nothing if the page has no room for some.
fn fold(file: &str, changes: &[&Change], sources: &Sources, page: &Page) -> Option<String> {
    if !page.has_room(FOLD) {
        return None;
    }
    let lines = Lines {
        count: changes.len(),
        items: changes.iter().map(|change| record(change, sources)),
        most: usize::MAX,
        noun: "change",
    };
    let (text, left) = page.take(lines, str::to_owned);
    if text.is_empty() {
        return None;
    }
    let fence = fence(text.lines());
    let left = left.map_or_else(String::new, |left| {
        format!("{left} in this file; left out, because the page would be too long.\n\n")
    });
    let (name, count) = (html_code(file), counted(changes.len(), "change"));
    Some(format!(
        "<details>\n<summary>{name}: {count}</summary>\n\n{fence}diff\n{text}{fence}\n\n{left}</details>\n\n"
    ))
}

fn file(change: &Change, sources: &Sources) -> String {
    match &change.at {
        At::Here(span) => sources.path(*span).display().to_string(),
        At::Saved { file, .. } => file.to_string(),
        At::Before { place, .. } => place.file.to_string(),
    }
}

/// The lines of a record, each with the mark that a diff begins with.
pub(super) fn record(change: &Change, sources: &Sources) -> String {
    of_fields(change, sources, |_| true)
}

/// The same with these fields only.
fn of_fields(change: &Change, sources: &Sources, is_shown: fn(&FieldChange) -> bool) -> String {
    let action = change.action.name();
    // A diff colours these marks; it has none for the symbols of the other actions.
    let (mark, adopts) = match action {
        ActionName::Create | ActionName::Delete => (action.symbol(), ""),
        ActionName::Adopt => ('!', "  (adopted)"),
        ActionName::Update => ('!', ""),
    };
    let label = change.label.as_deref();
    let label = label.map_or_else(String::new, |label| format!("  \"{}\"", escaped(label)));
    let title = format!(
        "{mark} {} {}{label}  :{}{adopts}",
        change.kind.noun,
        escaped(&change.shown),
        change.at.line(sources)
    );
    let mut text = cut(&title, LINE) + "\n";
    for field in change.fields().iter().filter(is_shown) {
        for line in values_of(&field, change.verb()) {
            // The marks of a diff may make a command of a CI system out of the value before them.
            text.push_str(&cut(&escaped(&line), LINE));
            text.push('\n');
        }
    }
    text
}

/// The lines of a field.
fn values_of(field: &FieldChange, verb: Verb) -> Vec<String> {
    let name = escaped(&field.name);
    let moved = field.moved.map(mover);
    let moved = moved.map_or_else(String::new, |moved| format!("   ({moved})"));
    if verb == Verb::Create {
        return vec![format!("+     {name}: {}", new_value(field))];
    }
    match FieldDiff::of(field) {
        FieldDiff::Sides {
            before,
            after,
            delta,
        } => {
            let delta = delta.map_or_else(String::new, |delta| format!("  {delta}"));
            let mut lines = Vec::new();
            if !field.before.is_null() {
                lines.push(format!("-     {name}: {before}"));
            }
            if verb == Verb::Update {
                lines.push(format!("+     {name}: {after}{delta}{moved}"));
            }
            lines
        }
        FieldDiff::Inline(pieces) => {
            let text: String = pieces.into_iter().map(|piece| piece.text).collect();
            vec![format!("!     {name}: {text}{moved}")]
        }
        FieldDiff::Block(block) => {
            let mut lines = vec![format!("!     {name}:{moved}")];
            let count = block.len();
            lines.extend(block.iter().take(LINES).map(|line| {
                let (mark, text) = line.text.split_at(1);
                format!("{mark}      {text}")
            }));
            if count > LINES {
                lines.push(format!(
                    "       … and {}",
                    counted(count - LINES, "more line")
                ));
            }
            lines
        }
    }
}
