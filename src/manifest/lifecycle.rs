//! The member `lifecycle` of an entry.

use std::sync::Arc;

use super::decode::Decoder;
use super::grammar::Meaning;
use super::names::Folded;
use super::suggest::closest;
use super::tree::{At, Node};
use crate::model::{Assignment, Ensure, Form, Lifecycle, ObjectKind, Problem, Shape};

const PROTECT: &str = "protect";
const IGNORE_CHANGES: &str = "ignoreChanges";

/// A lifecycle whose names were not yet compared with the fields of the record.
#[derive(Default)]
pub(super) struct WrittenLifecycle {
    /// Where it says that the record may not be deleted.
    pub(super) protect: Option<At>,
    ignored: Vec<Ignored>,
}

struct Ignored {
    name: Arc<str>,
    folded: Folded,
    at: At,
}

impl<'t> Decoder<'_> {
    pub(super) fn written_lifecycle(&mut self, node: Node<'t>) -> WrittenLifecycle {
        let mut lifecycle = WrittenLifecycle::default();
        for member in self.mapping(node).unwrap_or_default() {
            match member.name.as_ref() {
                PROTECT => lifecycle.protect = self.protect(member.value),
                IGNORE_CHANGES => lifecycle.ignored = self.ignored(member.value),
                _ => self.unknown_member(&member, [PROTECT, IGNORE_CHANGES]),
            }
        }
        lifecycle
    }

    /// Compares the names to ignore with the fields that the record writes, on the spot or by default.
    pub(super) fn lifecycle(
        &mut self,
        kind: &'static ObjectKind,
        ensure: Ensure,
        written: WrittenLifecycle,
        fields: &[Assignment],
        broken: &[Folded],
    ) -> Lifecycle {
        let WrittenLifecycle { protect, ignored } = written;
        let mut ignore_changes = Vec::with_capacity(ignored.len());
        for Ignored { name, folded, at } in ignored {
            let is_written =
                fields.iter().any(|field| field.name == name) || broken.contains(&folded);
            if !is_written && let Some(problem) = not_a_field(self, kind, ensure, &name, fields) {
                self.report(problem, at);
            } else if !ignore_changes.contains(&name) {
                ignore_changes.push(name);
            }
        }
        Lifecycle {
            protect: protect.is_some(),
            ignore_changes,
        }
    }

    fn protect(&mut self, node: Node<'t>) -> Option<At> {
        let at = node.at;
        let scalar = self.shaped(node.into_scalar(), Shape::Scalar, at)?;
        if scalar.form != Form::Boolean {
            self.report(Problem::NotTrueOrFalse, at);
            return None;
        }
        scalar.text.eq_ignore_ascii_case("true").then_some(at)
    }

    fn ignored(&mut self, node: Node<'t>) -> Vec<Ignored> {
        let mut ignored = Vec::new();
        for item in self.list(node).unwrap_or_default() {
            let at = item.at;
            if let Some(text) = self.scalar(item) {
                let (name, folded) = self.names.keep(&text.text);
                ignored.push(Ignored { name, folded, at });
            }
        }
        ignored
    }
}

/// Why a name that the record does not write cannot be ignored. A record that is not to be present
/// may have lost its fields before its lifecycle.
fn not_a_field(
    decoder: &Decoder<'_>,
    kind: &'static ObjectKind,
    ensure: Ensure,
    name: &str,
    fields: &[Assignment],
) -> Option<Problem> {
    match decoder.grammars[kind.rank()].word(name) {
        Some((_, Meaning::Key(index))) => {
            let field = kind.key[index].field;
            return Some(Problem::KeyAsField { field });
        }
        Some(_) => {
            let name = name.to_owned();
            return Some(Problem::KeywordAsField { name });
        }
        None => {}
    }
    match ensure {
        Ensure::Present => Some(Problem::IgnoresUnwritten {
            name: name.to_owned(),
            suggestion: closest(name, fields.iter().map(|field| field.name.as_ref())),
        }),
        Ensure::Absent | Ensure::Forgotten => None,
    }
}
