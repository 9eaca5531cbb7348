//! What is worth knowing of a plan and changes nothing, in words.

use std::collections::BTreeMap;

use crate::model::{KeyType, ObjectKind, Sources, Span, shell_word};
use crate::plan::{BlockedEntry, Lost, LostLead, Note, Plan, PlanBasis};

use super::alike::{look_alike, spelled_out};
use super::basis::{AS_LAST_APPLIED, as_of, unknown};
use super::counting::counted;
use super::escape::escaped;
use super::not_undone::sentence;
use super::note_lines::{
    all_planned, changed_since, edited, fields_outdated, ledger_lost, narrowed, not_renamed,
    renamed, reviewed, unsure,
};
use super::recreation::recreated;
use super::shortened::{LISTED, first};

/// The most characters of a value in a note.
const LONGEST_VALUE: usize = 80;

/// The notes of a plan, a line each.
#[must_use]
pub fn notes(plan: &Plan, sources: &Sources) -> Vec<String> {
    let noted = noted(plan, sources).into_iter();
    noted.map(|(_, line)| line).collect()
}

/// The same, each with its word.
pub(super) fn noted(plan: &Plan, sources: &Sources) -> Vec<(&'static str, String)> {
    let blocked = lines(plan, sources, |sort| *sort == Sort::Blocked).into_iter();
    let mut noted: Vec<_> = blocked
        .map(|(word, entry)| (word, format!("blocked: {entry}")))
        .collect();
    noted.extend(lines(plan, sources, is_other));
    // All of it: each has to be looked at.
    let left = plan.notes.iter().filter_map(|note| {
        let Note::NotUndone(left) = note else {
            return None;
        };
        Some((note.word(), sentence(left, sources)))
    });
    noted.extend(left);
    noted
}

/// The entries that are blocked, a line each. They come before everything else.
pub(super) fn blocked(plan: &Plan, sources: &Sources) -> Vec<String> {
    let is_blocked = |sort: &Sort| *sort == Sort::Blocked;
    texts(lines(plan, sources, is_blocked))
}

/// The other notes, a line each, without what an undo leaves.
pub(super) fn others(plan: &Plan, sources: &Sources) -> Vec<String> {
    texts(lines(plan, sources, is_other))
}

fn is_other(sort: &Sort) -> bool {
    !matches!(sort, Sort::Blocked | Sort::Left)
}

fn texts(lines: Vec<(&'static str, String)>) -> Vec<String> {
    lines.into_iter().map(|(_, line)| line).collect()
}

fn lines(
    plan: &Plan,
    sources: &Sources,
    is_wanted: fn(&Sort) -> bool,
) -> Vec<(&'static str, String)> {
    let mut by_sort: BTreeMap<Sort, Vec<&Note>> = BTreeMap::new();
    for note in &plan.notes {
        let sort = Sort::of(note);
        if is_wanted(&sort) {
            by_sort.entry(sort).or_default().push(note);
        }
    }
    let mut lines = Vec::new();
    for of_sort in by_sort.into_values() {
        let (shown, more) = first(&of_sort, LISTED);
        let told = shown.iter();
        lines
            .extend(told.filter_map(|note| Some((note.word(), line(note, &plan.basis, sources)?))));
        if let Some(note) = of_sort.last().filter(|_| more > 0) {
            let rest = counted(more, "record");
            lines.push((note.word(), format!("the same for {rest} more")));
        }
    }
    lines
}

/// The sorts of notes, each shown together, in the order in which they are shown.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Blocked,
    Edited,
    Renamed,
    Narrowed,
    ChangedSince,
    Basis,
    Unknown,
    OtherCase,
    Orphan,
    Doubled,
    Undecided,
    NotDeclarable,
    OtherKey,
    Reviewed,
    Recreated,
    Unsure,
    Stray,
    IdlePattern,
    StoredOtherwise,
    Imprecise,
    IgnoresUnwritten,
    Unchecked,
    LedgerLost,
    FieldsOutdated,
    Unmasked,
    /// What an undo leaves, which has a form of its own.
    Left,
}

impl Sort {
    fn of(note: &Note) -> Self {
        match note {
            Note::Blocked(_) => Self::Blocked,
            Note::OtherCase { .. } => Self::OtherCase,
            Note::Orphan { .. } => Self::Orphan,
            Note::Doubled { .. } => Self::Doubled,
            Note::Undecided { .. } => Self::Undecided,
            Note::NotDeclarable { .. } => Self::NotDeclarable,
            Note::OtherKey { .. } => Self::OtherKey,
            Note::Reviewed { .. } => Self::Reviewed,
            Note::Recreated { .. } => Self::Recreated,
            Note::Unsure { .. } => Self::Unsure,
            Note::Stray { .. } => Self::Stray,
            Note::IdlePattern { .. } => Self::IdlePattern,
            Note::StoredOtherwise { .. } => Self::StoredOtherwise,
            Note::Imprecise { .. } => Self::Imprecise,
            Note::IgnoresUnwritten { .. } => Self::IgnoresUnwritten,
            Note::Unchecked { .. } => Self::Unchecked,
            Note::LedgerLost { .. } => Self::LedgerLost,
            Note::FieldsOutdated { .. } => Self::FieldsOutdated,
            Note::Renamed(_) => Self::Renamed,
            Note::NotRenamed { .. } => Self::Renamed,
            Note::Edited { .. } => Self::Edited,
            Note::Narrowed { .. } => Self::Narrowed,
            Note::ChangedSince(_) | Note::AllPlanned { .. } => Self::ChangedSince,
            Note::AsLastApplied | Note::AsOf { .. } => Self::Basis,
            Note::Unknown(_) => Self::Unknown,
            Note::Unmasked { .. } => Self::Unmasked,
            Note::NotUndone(_) => Self::Left,
        }
    }
}

/// That a file is not read, although it looks as if it should be.
#[must_use]
pub fn stray(file: &str) -> String {
    format!(
        "{} reads as a manifest, but no pattern of `manifests` matches it: nothing in it is declared. Rename it, or add it to `manifests` or `ignore` in oppctl.yaml.",
        escaped(file)
    )
}

/// That a number has more digits than Marketo is known to keep.
#[must_use]
pub fn imprecise(name: &str, at: Span, sources: &Sources) -> String {
    let place = sources.place(at);
    format!("{}: {}", escaped(&place), imprecise_number(name))
}

/// The same without its place.
pub(super) fn imprecise_number(name: &str) -> String {
    format!(
        "{} has more than 15 significant digits, and Marketo may not keep all of them.",
        escaped(name)
    )
}

/// That `ignoreChanges` names a field that the record does not write.
fn ignores_unwritten(name: &str, at: Span, sources: &Sources) -> String {
    format!(
        "{}: `ignoreChanges` names `{}`, which the record does not write.",
        escaped(&sources.place(at)),
        escaped(name)
    )
}

/// That a pattern finds no file.
#[must_use]
pub fn idle_pattern(pattern: &str) -> String {
    format!(
        "no file matches the pattern `{}` of `manifests`.",
        escaped(pattern)
    )
}

/// A note in a line; none for what an undo leaves, which has a form of its own.
fn line(note: &Note, basis: &PlanBasis, sources: &Sources) -> Option<String> {
    let line = match note {
        Note::NotUndone(_) => return None,
        Note::Blocked(entry) => blocked_entry(entry, sources),
        Note::OtherCase {
            kind,
            declared,
            observed,
            at,
        } => format!(
            "{} {} ({}) is written {} in Marketo. Case does not count in keys.",
            kind.noun,
            escaped(declared),
            escaped(&sources.place(*at)),
            escaped(&observed.to_string())
        ),
        Note::Orphan { kind, key } => format!(
            "{} {} is marked as ours, but not in any manifest: it is left alone.",
            kind.noun,
            escaped(&key.to_string())
        ),
        Note::Doubled { kind, shown, ids } => format!(
            "{} {} is there {} times in Marketo ({}; case does not count in keys): none of them is touched; delete the wrong ones there, and run again.",
            kind.noun,
            escaped(shown),
            ids.len(),
            escaped(&ids.join(", "))
        ),
        Note::Undecided { kind, key } => format!(
            "{} {} is owned and not declared in these paths, but may be in others that name leads: plan without paths to see.",
            kind.noun,
            escaped(&key.to_string())
        ),
        Note::OtherKey { kind, key, now } => format!(
            "{} {} is owned and not declared any more, but has the key {} in Marketo now: it is left alone. To stop managing it: `oppctl ledger forget {} {}`",
            kind.noun,
            escaped(&key.to_string()),
            escaped(&now.to_string()),
            kind.noun,
            shell_word(&escaped(&key.to_string()))
        ),
        Note::NotDeclarable { kind, key, at } => format!(
            "{} {} is not in the complete list at {}, but no entry can write its key: it is left alone.",
            kind.noun,
            escaped(&key.to_string()),
            escaped(&sources.place(*at))
        ),
        Note::Reviewed { done, superseded } => reviewed(*done, *superseded),
        Note::Recreated { records } => recreated(*records),
        Note::Unsure { records } => unsure(*records),
        Note::StoredOtherwise {
            kind,
            shown,
            field,
            at,
        } => {
            let (stored, sent) = (field.before.to_string(), field.after.to_string());
            let show = if look_alike(&stored, &sent) {
                |text: &str| spelled_out(text)
            } else {
                |text: &str| escaped(text).into_owned()
            };
            let [stored, sent] = [stored, sent].map(|text| beginning(&show(&text)));
            format!(
                "{} {} ({}): {} was sent as `{sent}`, and Marketo stored `{stored}`. It is not sent again until the manifest changes: declare what Marketo keeps.",
                kind.noun,
                escaped(shown),
                escaped(&sources.place(*at)),
                escaped(&field.name)
            )
        }
        Note::Stray { file } => stray(file),
        Note::IdlePattern { pattern } => idle_pattern(pattern),
        Note::Imprecise { name, at } => imprecise(name, *at, sources),
        Note::IgnoresUnwritten { name, at } => ignores_unwritten(name, *at, sources),
        Note::Unchecked { what, why } => format!(
            "it was not checked whether the {what} that records name are there: {}",
            escaped(why)
        ),
        Note::LedgerLost { runs } => ledger_lost(*runs),
        Note::FieldsOutdated { file, fields } => fields_outdated(file, fields),
        Note::Renamed(note) => renamed(note),
        Note::NotRenamed { kind, from, to } => not_renamed(kind, from, to),
        Note::Edited { kind, key, fields } => edited(kind, key, fields),
        Note::Narrowed {
            patterns,
            entries,
            undeclared,
        } => narrowed(patterns, *entries, *undeclared),
        Note::ChangedSince(part) => changed_since(part),
        Note::AsLastApplied => AS_LAST_APPLIED.to_owned(),
        Note::AsOf { time } => as_of(*time),
        Note::Unknown(record) => unknown(record, basis, sources),
        Note::AllPlanned { revision, why } => all_planned(revision, why),
        Note::Unmasked { why } => unmasked(why),
    };
    Some(line)
}

/// Why an entry waits, and what to do.
fn blocked_entry(entry: &BlockedEntry, sources: &Sources) -> String {
    let (why, mend) = match &entry.lost {
        Lost::Lead { lead, owned } => lost_lead(entry.kind, lead, owned),
        Lost::Record { kind, key, field } => (
            format!("Marketo has no {} {key}", kind.noun),
            format!(
                "declare the {}, bring it back, or correct `{field}`",
                kind.noun
            ),
        ),
    };
    format!(
        "{} {} ({}): {}. Nothing of it is changed, and what is owned of it stays. To go on: {mend}.",
        entry.kind.noun,
        escaped(&entry.shown),
        escaped(&sources.place(entry.at)),
        escaped(&why)
    )
}

/// Why an entry waits whose lead is missing or doubled, and what to do.
fn lost_lead(kind: &ObjectKind, lead: &LostLead, owned: &[i64]) -> (String, String) {
    let LostLead { field, value, ids } = lead;
    if ids.is_empty() {
        let mend = match owned {
            [] => "correct or remove the entry, or bring the lead back".to_owned(),
            // Without the entry, its record would be one that no manifest declares.
            [lead] => format!(
                "correct the lead, or bring it back; or name the lead of the {} that is owned: `{}: {lead}`",
                kind.noun,
                lead_field(kind)
            ),
            leads => format!(
                "correct the lead, or bring it back; or name one of the leads of the {} that are owned: {}",
                kind.nouns,
                ids_of(leads)
            ),
        };
        (
            format!("Marketo has no lead whose {field} is {value}"),
            mend,
        )
    } else {
        let why = format!(
            "{} leads have {value} as their {field} ({})",
            ids.len(),
            ids_of(ids)
        );
        (
            why,
            "merge them in Marketo, or name one by its id".to_owned(),
        )
    }
}

/// The part of a kind's key that holds the id of a lead.
fn lead_field(kind: &ObjectKind) -> &'static str {
    let mut parts = kind.key.iter();
    let lead = parts.find(|part| matches!(part.holds, KeyType::Lead { .. }));
    lead.map_or("id", |part| part.field)
}

fn ids_of(ids: &[i64]) -> String {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    ids.join(", ")
}

/// The beginning of a long text, or all of a short one.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Says that the values of sensitive fields may be shown, because it is not known which fields are sensitive.
#[must_use]
pub fn unmasked(why: &str) -> String {
    format!(
        "values are not masked where it is not known which fields are sensitive: {}",
        escaped(why)
    )
}
