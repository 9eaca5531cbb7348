//! Tree to declared records: the top level of a file, and the small things that all levels share.
//!
//! Every function reports what is wrong and returns what is left, so that one run finds everything.

use super::entry::Inherited;
use super::fields::Written;
use super::grammar::Grammar;
use super::names::Names;
use super::parser::Parsed;
use super::suggest::closest;
use super::tree::{At, Member, Misshapen, Node, Text};
use crate::model::kind::KINDS;
use crate::model::{Declared, Diagnostic, FileId, Form, ObjectKind, Problem, Shape, Span};

/// The version of the manifest language that is read here.
pub(super) const VERSION: &str = "1";

pub(super) const VERSION_MEMBER: &str = "version";
const DEFAULTS_MEMBER: &str = "defaults";

/// Takes the tree of one file apart.
pub(super) struct Decoder<'d> {
    pub(super) file: FileId,
    pub(super) text: &'d str,
    pub(super) grammars: &'d [Grammar],
    pub(super) names: &'d mut Names,
    pub(super) out: &'d mut Vec<Diagnostic>,
    pub(super) records: &'d mut Vec<Declared>,
    /// What the file lays under its records, by the rank of the kind.
    pub(super) defaults: [Vec<Written>; KINDS.len()],
}

impl<'t> Decoder<'_> {
    /// Reads the top level and everything below.
    pub(super) fn document(&mut self, parsed: Parsed<'t>) {
        let Parsed { root, complete } = parsed;
        let empty = At { start: 0, end: 0 };
        let Some(root) = root.filter(|root| root.shape() != Some(Shape::Nothing)) else {
            if complete {
                self.report(Problem::EmptyDocument, empty);
            }
            return;
        };
        let at = root.at;
        let Some(members) = self.mapping(root) else {
            return;
        };
        let mut version = None;
        let mut defaults = None;
        let mut others = Vec::new();
        for member in members {
            match member.name.as_ref() {
                VERSION_MEMBER => version = Some(member.value),
                DEFAULTS_MEMBER => defaults = Some(member.value),
                _ => others.push(member),
            }
        }
        if let Some(version) = version {
            if !self.is_supported(version) {
                return;
            }
        } else if complete {
            self.report(Problem::MissingVersion, at);
        }
        // They lie under the records of the whole file, wherever they stand in it.
        if let Some(defaults) = defaults {
            self.read_defaults(defaults);
        }
        for member in others {
            match KINDS.into_iter().find(|kind| kind.plural == member.name) {
                Some(kind) => self.section(kind, member.value, None),
                None => self.unknown_section(&member),
            }
        }
    }

    /// Reads a list of entries.
    pub(super) fn section(
        &mut self,
        kind: &'static ObjectKind,
        node: Node<'t>,
        inherited: Option<Inherited<'_>>,
    ) {
        for item in self.list(node).unwrap_or_default() {
            self.entry(kind, item, inherited);
        }
    }

    /// A version of a later language may mean anything by its members: nothing else is read then.
    fn is_supported(&mut self, node: Node<'t>) -> bool {
        let at = node.at;
        let Some(version) = self.scalar(node) else {
            return true;
        };
        if version.form == Form::Number && version.text == VERSION {
            return true;
        }
        let found = self.text[at.start as usize..at.end as usize].to_owned();
        self.report(Problem::UnsupportedVersion { found }, at);
        false
    }

    fn unknown_section(&mut self, member: &Member<'t>) {
        let sections = KINDS.into_iter().map(|kind| kind.plural);
        let known = [VERSION_MEMBER, DEFAULTS_MEMBER]
            .into_iter()
            .chain(sections);
        self.unknown_member(member, known);
    }

    fn read_defaults(&mut self, node: Node<'t>) {
        for member in self.mapping(node).unwrap_or_default() {
            let Some(kind) = KINDS.into_iter().find(|kind| kind.name == member.name) else {
                self.unknown_member(&member, KINDS.into_iter().map(|kind| kind.name));
                continue;
            };
            let members = self.mapping(member.value).unwrap_or_default();
            self.defaults[kind.rank()] = self.default_fields(kind, members);
        }
    }

    // What all levels share.

    pub(super) fn report(&mut self, problem: Problem, at: At) {
        self.out.push(Diagnostic::new(problem, self.span(at)));
    }

    pub(super) fn span(&self, at: At) -> Span {
        at.span(self.file)
    }

    pub(super) fn unknown_member<'w>(
        &mut self,
        member: &Member<'t>,
        known: impl IntoIterator<Item = &'w str>,
    ) {
        let suggestion = closest(&member.name, known);
        let name = member.name.clone().into_owned();
        self.report(Problem::UnknownMember { name, suggestion }, member.name_at);
    }

    pub(super) fn list(&mut self, node: Node<'t>) -> Option<Vec<Node<'t>>> {
        let at = node.at;
        self.shaped(node.into_list(), Shape::List, at)
    }

    pub(super) fn mapping(&mut self, node: Node<'t>) -> Option<Vec<Member<'t>>> {
        let at = node.at;
        self.shaped(node.into_mapping(), Shape::Mapping, at)
    }

    /// A scalar that is not null.
    pub(super) fn scalar(&mut self, node: Node<'t>) -> Option<Text<'t>> {
        let at = node.at;
        let shape = node.shape();
        let scalar = match node.into_scalar() {
            Ok(text) if text.form == Form::Null => Err(Misshapen(shape)),
            other => other,
        };
        self.shaped(scalar, Shape::Scalar, at)
    }

    pub(super) fn shaped<T>(
        &mut self,
        result: Result<T, Misshapen>,
        wanted: Shape,
        at: At,
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
