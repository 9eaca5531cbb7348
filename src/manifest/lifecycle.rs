//! The member `lifecycle` of an entry.

use std::sync::Arc;

use super::decoder::Decoder;
use super::field_names::FoldedName;
use super::grammar::{Grammar, WordMeaning};
use super::suggest::closest;
use super::tree::{Node, TextRange};
use crate::model::{Ensure, Form, Lifecycle, Problem, Shape};

const PROTECT: &str = "protect";
const IGNORE_CHANGES: &str = "ignoreChanges";

/// A lifecycle as an entry writes it, before its names are compared with the fields of the record.
#[derive(Default)]
pub(super) struct WrittenLifecycle {
    /// What `protect` says, and where.
    protect: Option<(bool, TextRange)>,
    ignored: Vec<Ignored>,
}

/// A name in `ignoreChanges`.
struct Ignored {
    name: Arc<str>,
    folded: FoldedName,
    at: TextRange,
}

impl WrittenLifecycle {
    /// The place of `protect: true`.
    pub(super) fn protected_at(&self) -> Option<TextRange> {
        let (_, at) = self.protect.filter(|(protect, _)| *protect)?;
        Some(at)
    }

    /// Whether it says `protect: false`.
    pub(super) fn is_unprotected(&self) -> bool {
        matches!(self.protect, Some((false, _)))
    }
}

/// The fields of a record, among which `ignoreChanges` may choose.
pub(super) struct RecordFields<'r> {
    pub(super) grammar: &'r Grammar,
    pub(super) ensure: Ensure,
    /// Whether it is protected if it does not say so.
    pub(super) protects: bool,
    /// The fields that the record writes, defaults included.
    pub(super) names: &'r [Arc<str>],
    /// The fields that its entry writes with a value that cannot be used.
    pub(super) broken: &'r [FoldedName],
}

/// Reads the member.
pub(super) fn read(decoder: &mut Decoder<'_>, node: Node<'_>) -> WrittenLifecycle {
    let mut lifecycle = WrittenLifecycle::default();
    for member in decoder.mapping(node).unwrap_or_default() {
        match member.name.as_ref() {
            PROTECT => lifecycle.protect = protect(decoder, member.value),
            IGNORE_CHANGES => lifecycle.ignored = ignored(decoder, member.value),
            _ => decoder.unknown_member(&member, [PROTECT, IGNORE_CHANGES]),
        }
    }
    lifecycle
}

/// The lifecycle of a record, after the check of the names to ignore.
pub(super) fn of_record(
    decoder: &mut Decoder<'_>,
    written: WrittenLifecycle,
    record: &RecordFields<'_>,
) -> Lifecycle {
    let WrittenLifecycle { protect, ignored } = written;
    let mut ignore_changes = Vec::with_capacity(ignored.len());
    for ignored in ignored {
        if let Some(problem) = record.problem(&ignored) {
            decoder.report(problem, ignored.at);
        } else if !ignore_changes.contains(&ignored.name) {
            ignore_changes.push(ignored.name);
        }
    }
    // One to be deleted too: the instance protects it unless its entry says otherwise.
    let of_instance = record.protects && record.ensure != Ensure::Forgotten;
    Lifecycle {
        protect: protect.map_or(of_instance, |(protect, _)| protect),
        ignore_changes,
    }
}

fn protect(decoder: &mut Decoder<'_>, node: Node<'_>) -> Option<(bool, TextRange)> {
    let at = node.at;
    let scalar = decoder.shaped(node.into_scalar(), Shape::Scalar, at)?;
    if scalar.form != Form::Boolean {
        decoder.report(Problem::NotTrueOrFalse, at);
        return None;
    }
    Some((scalar.text.eq_ignore_ascii_case("true"), at))
}

fn ignored(decoder: &mut Decoder<'_>, node: Node<'_>) -> Vec<Ignored> {
    let mut ignored = Vec::new();
    for item in decoder.list(node).unwrap_or_default() {
        let at = item.at;
        if let Some(scalar) = decoder.scalar(item) {
            let (name, folded) = decoder.names.keep(&scalar.text);
            ignored.push(Ignored { name, folded, at });
        }
    }
    ignored
}

impl RecordFields<'_> {
    /// Why changes of this name cannot be ignored.
    fn problem(&self, ignored: &Ignored) -> Option<Problem> {
        let name = &ignored.name;
        if self.names.contains(name) || self.broken.contains(&ignored.folded) {
            return None;
        }
        let name = name.as_ref();
        match self.grammar.word(name) {
            Some((_, WordMeaning::Key(index))) => {
                let field = self.grammar.kind.key[index].field;
                return Some(Problem::KeyAsField { field });
            }
            Some(_) => {
                let name = name.to_owned();
                return Some(Problem::KeywordAsField { name });
            }
            None => {}
        }
        match self.ensure {
            Ensure::Present => {
                let fields = self.names.iter().map(AsRef::as_ref);
                Some(Problem::IgnoresUnwritten {
                    name: name.to_owned(),
                    suggestion: closest(name, fields),
                })
            }
            // The entry may have lost its fields before its lifecycle.
            Ensure::Absent | Ensure::Forgotten => None,
        }
    }
}
