//! The state of decoding one file, and the small steps that all levels of its tree share.
//!
//! Every step reports its problems and returns the usable rest, so that one run finds all problems.

use std::collections::BTreeSet;

use super::field_names::FieldNames;
use super::grammar::Grammar;
use super::suggest::closest;
use super::tree::{Member, Misshapen, Node, ScalarText, TextRange};
use super::written::WrittenField;
use crate::model::kind::KINDS;
use crate::model::{Declared, Diagnostic, FileId, Form, ObjectKind, Problem, Shape, Span};

/// Decodes the tree of one file.
pub(super) struct Decoder<'d> {
    pub(super) file: FileId,
    pub(super) text: &'d str,
    pub(super) grammars: &'d [Grammar],
    pub(super) names: &'d mut FieldNames,
    pub(super) out: &'d mut Vec<Diagnostic>,
    pub(super) records: &'d mut Vec<Declared>,
    /// The files with a section that is an empty list.
    pub(super) emptied: &'d mut BTreeSet<FileId>,
    /// The `defaults` of the file, by the rank of the kind.
    pub(super) defaults: [Vec<WrittenField<'static>>; KINDS.len()],
    /// Whether entries are protected that do not say whether they are.
    pub(super) protects: bool,
}

impl<'d> Decoder<'d> {
    pub(super) fn grammar(&self, kind: &ObjectKind) -> &'d Grammar {
        &self.grammars[kind.rank()]
    }

    pub(super) fn report(&mut self, problem: Problem, at: TextRange) {
        self.out.push(Diagnostic::new(problem, self.span(at)));
    }

    pub(super) fn span(&self, at: TextRange) -> Span {
        at.span(self.file)
    }

    pub(super) fn unknown_member<'w>(
        &mut self,
        member: &Member<'_>,
        known: impl IntoIterator<Item = &'w str>,
    ) {
        let suggestion = closest(&member.name, known);
        let name = member.name.clone().into_owned();
        self.report(Problem::UnknownMember { name, suggestion }, member.name_at);
    }

    pub(super) fn list<'t>(&mut self, node: Node<'t>) -> Option<Vec<Node<'t>>> {
        let at = node.at;
        self.shaped(node.into_list(), Shape::List, at)
    }

    pub(super) fn mapping<'t>(&mut self, node: Node<'t>) -> Option<Vec<Member<'t>>> {
        let at = node.at;
        self.shaped(node.into_mapping(), Shape::Mapping, at)
    }

    /// A scalar that is not null.
    pub(super) fn scalar<'t>(&mut self, node: Node<'t>) -> Option<ScalarText<'t>> {
        let at = node.at;
        let shape = node.shape();
        let scalar = match node.into_scalar() {
            Ok(scalar) if scalar.form == Form::Null => Err(Misshapen(shape)),
            other => other,
        };
        self.shaped(scalar, Shape::Scalar, at)
    }

    /// The result, after reporting a node of the wrong shape.
    pub(super) fn shaped<T>(
        &mut self,
        result: Result<T, Misshapen>,
        wanted: Shape,
        at: TextRange,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Misshapen(found)) => {
                if let Some(found) = found {
                    self.report(Problem::WrongShape { wanted, found }, at);
                }
                None
            }
        }
    }
}
