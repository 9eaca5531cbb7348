//! Entries: one record each, with the entries of child kinds that are nested in it.

use super::decode::Decoder;
use super::fields::Fields;
use super::grammar::{Grammar, Meaning};
use super::key::{By, WrittenPart};
use super::lifecycle::WrittenLifecycle;
use super::suggest::closest;
use super::tree::{At, Member, Node};
use crate::model::{
    Declared, DeclaredPart, Diagnostic, Ensure, KeyType, ObjectKind, Problem, Span,
};

/// The words of `<children>Mode`.
const MODES: &[&str] = &["additive", EXACT];
const EXACT: &str = "exact";

/// What a nested entry has from the one around it.
#[derive(Clone, Copy)]
pub(super) struct Inherited<'p> {
    /// The part of its key that holds the parent's.
    part: usize,
    /// The parent's key; nothing if that is broken.
    value: Option<&'p DeclaredPart>,
    /// What shall become of the parent: where a nested entry says nothing else, of it as well.
    ensure: Ensure,
}

/// The members of an entry, by what they mean.
struct Entry<'t> {
    /// One for each part of the key.
    key: Vec<Option<WrittenPart<'t>>>,
    children: Vec<(&'static ObjectKind, Node<'t>)>,
    exact_children: Option<Span>,
    ensure: Option<(Ensure, At)>,
    lifecycle: WrittenLifecycle,
    fields: Fields,
}

impl<'t> Decoder<'_> {
    /// Reads an entry and those nested in it.
    pub(super) fn entry(
        &mut self,
        kind: &'static ObjectKind,
        node: Node<'t>,
        inherited: Option<Inherited<'_>>,
    ) {
        let entry_at = node.at;
        let Some(members) = self.mapping(node) else {
            return;
        };
        let Entry {
            key,
            children,
            exact_children,
            ensure,
            lifecycle,
            fields,
        } = self.sorted(kind, members, inherited);
        let (key, at) = self.key(kind, key, inherited, entry_at);
        let (ensure, ensure_at) = ensure.unwrap_or_else(|| {
            let inherited = inherited.map_or(Ensure::Present, |parent| parent.ensure);
            (inherited, entry_at)
        });
        if let (Ensure::Absent, Some(protect_at)) = (ensure, lifecycle.protect) {
            let problem = Diagnostic::new(Problem::ProtectedAbsent, self.span(ensure_at));
            self.out
                .push(problem.with(self.span(protect_at), "protected here"));
        }
        let Fields { written, broken } = fields;
        let fields = self.settled(kind, ensure, written);
        let lifecycle = self.lifecycle(kind, ensure, lifecycle, &fields, &broken);
        let parent = key.first().cloned().flatten();
        if let Some(key) = key.into_iter().collect() {
            self.records.push(Declared {
                kind,
                key,
                ensure,
                lifecycle,
                fields,
                exact_children,
                at: self.span(at),
            });
        }
        for (child, section) in children {
            let inherited = child.parent_part().map(|part| Inherited {
                part,
                value: parent.as_ref(),
                ensure,
            });
            self.section(child, section, inherited);
        }
    }

    fn sorted(
        &mut self,
        kind: &'static ObjectKind,
        members: Vec<Member<'t>>,
        inherited: Option<Inherited<'_>>,
    ) -> Entry<'t> {
        let grammar = &self.grammars[kind.rank()];
        let mut entry = Entry {
            key: kind.key.iter().map(|_| None).collect(),
            children: Vec::new(),
            exact_children: None,
            ensure: None,
            lifecycle: WrittenLifecycle::default(),
            fields: Fields::default(),
        };
        for member in members {
            self.sort_in(&mut entry, grammar, member, inherited);
        }
        entry
    }

    fn sort_in(
        &mut self,
        entry: &mut Entry<'t>,
        grammar: &Grammar,
        member: Member<'t>,
        inherited: Option<Inherited<'_>>,
    ) {
        let Some((word, meaning)) = grammar.word(&member.name) else {
            return self.field(grammar, member, &mut entry.fields);
        };
        if word != member.name {
            self.unknown_member(&member, [word]);
        }
        match meaning {
            Meaning::Key(index) if inherited.is_some_and(|parent| parent.part == index) => {
                let field = grammar.kind.key[index].field;
                self.report(Problem::ParentKeyRepeated { field }, member.name_at);
            }
            Meaning::Key(index) => self.sort_key(entry, grammar.kind, index, member, By::Value),
            Meaning::Reference(index) => {
                self.sort_key(entry, grammar.kind, index, member, By::Reference);
            }
            Meaning::Children(child) => entry.children.push((child, member.value)),
            Meaning::Mode => {
                let at = member.value.at;
                if self.word(member.value, MODES) == Some(EXACT) {
                    entry.exact_children = Some(self.span(at));
                }
            }
            Meaning::Ensure => {
                let at = member.value.at;
                entry.ensure = self
                    .word(member.value, Ensure::WORDS)
                    .and_then(Ensure::named)
                    .map(|ensure| (ensure, at));
            }
            Meaning::Lifecycle => entry.lifecycle = self.written_lifecycle(member.value),
            Meaning::Fields => self.escaped_fields(grammar, member, &mut entry.fields),
        }
    }

    fn sort_key(
        &mut self,
        entry: &mut Entry<'t>,
        kind: &'static ObjectKind,
        index: usize,
        member: Member<'t>,
        by: By,
    ) {
        let Some(first) = &entry.key[index] else {
            entry.key[index] = Some(WrittenPart { member, by });
            return;
        };
        // The same name in two letter cases: the wrong one is reported already.
        if first.by == by {
            return;
        }
        if let KeyType::Lead { reference } = kind.key[index].holds {
            let field = kind.key[index].field;
            let first = self.span(first.member.name_at);
            let problem = Problem::TwoLeads { field, reference };
            let again = Diagnostic::new(problem, self.span(member.name_at));
            self.out.push(again.with(first, "first here"));
        }
    }

    fn key(
        &mut self,
        kind: &'static ObjectKind,
        written: Vec<Option<WrittenPart<'t>>>,
        inherited: Option<Inherited<'_>>,
        entry_at: At,
    ) -> (Vec<Option<DeclaredPart>>, At) {
        let mut first = None;
        let mut parts = Vec::with_capacity(kind.key.len());
        for ((index, part), written) in kind.key.iter().enumerate().zip(written) {
            let value = match (written, inherited) {
                (_, Some(parent)) if parent.part == index => parent.value.cloned(),
                (Some(written), _) => {
                    first.get_or_insert(written.member.value.at);
                    self.key_part(part, written)
                }
                (None, _) => {
                    let field = part.field;
                    self.report(Problem::MissingKey { kind, field }, entry_at);
                    None
                }
            };
            parts.push(value);
        }
        (parts, first.unwrap_or(entry_at))
    }

    /// One of the words that a member takes.
    fn word(&mut self, node: Node<'t>, allowed: &'static [&'static str]) -> Option<&'static str> {
        let at = node.at;
        let found = self.scalar(node)?;
        let word = allowed.iter().find(|word| **word == found.text).copied();
        if word.is_none() {
            let suggestion = closest(&found.text, allowed.iter().copied());
            let found = found.text.into_owned();
            self.report(
                Problem::UnknownWord {
                    found,
                    allowed,
                    suggestion,
                },
                at,
            );
        }
        word
    }
}
