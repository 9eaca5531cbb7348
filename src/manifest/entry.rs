//! Entries: one record each, together with the entries of child kinds that are nested in it.

use super::decoder::Decoder;
use super::fields;
use super::grammar::{EXACT, Grammar, MODES, WordMeaning};
use super::key::{self, PartForm, WrittenPart};
use super::lifecycle::{self, RecordFields, WrittenLifecycle};
use super::suggest::closest;
use super::tree::{Member, Node, TextRange};
use super::written::WrittenFields;
use crate::model::{
    Declared, DeclaredPart, Diagnostic, Ensure, KeyType, ObjectKind, Problem, RenamedFrom, Span,
};

/// What a nested entry takes from the entry around it.
#[derive(Clone, Copy)]
pub(super) struct Inherited<'p> {
    /// The index of the part of the nested entry's key that holds the parent's key.
    part: usize,
    /// The parent's key; `None` if it cannot be used.
    value: Option<&'p DeclaredPart>,
    /// The parent's `ensure`, which applies to a nested entry that does not write its own.
    ensure: Ensure,
    /// Whether a nested entry is protected that does not say whether it is.
    protects: bool,
}

/// The members of an entry, sorted by their meanings.
struct EntryMembers<'t> {
    /// One for each part of the key.
    key: Vec<Option<WrittenPart<'t>>>,
    children: Vec<(&'static ObjectKind, Node<'t>)>,
    exact_children: Option<Span>,
    ensure: Option<(Ensure, TextRange)>,
    lifecycle: WrittenLifecycle,
    renamed_from: Option<RenamedFrom>,
    fields: WrittenFields<'t>,
}

/// Decodes one entry.
struct EntryDecoder<'r, 'd> {
    decoder: &'r mut Decoder<'d>,
    grammar: &'d Grammar,
    inherited: Option<Inherited<'r>>,
    /// The place of the entry.
    at: TextRange,
}

/// Decodes the entries of a list.
pub(super) fn section<'t>(
    decoder: &mut Decoder<'_>,
    kind: &'static ObjectKind,
    items: impl IntoIterator<Item = Node<'t>>,
    inherited: Option<Inherited<'_>>,
) {
    for item in items {
        let at = item.at;
        if let Some(members) = decoder.mapping(item) {
            let entry = EntryDecoder {
                grammar: decoder.grammar(kind),
                decoder,
                inherited,
                at,
            };
            entry.decode(members);
        }
    }
}

impl EntryDecoder<'_, '_> {
    /// Adds the record of the entry, then those of the entries nested in it.
    fn decode(mut self, members: Vec<Member<'_>>) {
        let kind = self.grammar.kind;
        let EntryMembers {
            key,
            children,
            exact_children,
            ensure,
            lifecycle,
            renamed_from,
            fields,
        } = self.sorted(members);
        let (key, at) = self.key(key);
        let (ensure, ensure_at) = ensure.unwrap_or_else(|| {
            let inherited = self.inherited.map(|parent| parent.ensure);
            (inherited.unwrap_or_default(), self.at)
        });
        if let (Ensure::Absent, Some(protect_at)) = (ensure, lifecycle.protected_at()) {
            self.report_with(
                Problem::ProtectedAbsent,
                ensure_at,
                (protect_at, "protected here"),
            );
        }
        let WrittenFields { usable, broken } = fields;
        let fields = fields::of_record(self.decoder, kind, ensure, usable);
        let of_instance = self.decoder.protects;
        let protects = self.inherited.map_or(of_instance, |parent| parent.protects);
        let record = RecordFields {
            grammar: self.grammar,
            ensure,
            protects,
            names: fields.names(),
            broken: &broken,
        };
        let protects = protects && !lifecycle.is_unprotected();
        let lifecycle = lifecycle::of_record(self.decoder, lifecycle, &record);
        let parent = key.first().cloned().flatten();
        if let Some(key) = key.into_iter().collect() {
            self.decoder.records.push(Declared {
                kind,
                key,
                ensure,
                lifecycle,
                fields,
                renamed_from: renamed_from.map(Box::new),
                exact_children,
                at: self.decoder.span(at),
            });
        }
        for (child, node) in children {
            let inherited = child.parent_part().map(|part| Inherited {
                part,
                value: parent.as_ref(),
                ensure,
                protects,
            });
            let items = self.decoder.list(node).unwrap_or_default();
            section(self.decoder, child, items, inherited);
        }
    }

    fn sorted<'t>(&mut self, members: Vec<Member<'t>>) -> EntryMembers<'t> {
        let mut entry = EntryMembers {
            key: self.grammar.kind.key.iter().map(|_| None).collect(),
            children: Vec::new(),
            exact_children: None,
            ensure: None,
            lifecycle: WrittenLifecycle::default(),
            renamed_from: None,
            fields: WrittenFields::default(),
        };
        entry.fields.usable.reserve(members.len());
        for member in members {
            self.sort_in(&mut entry, member);
        }
        entry
    }

    fn sort_in<'t>(&mut self, entry: &mut EntryMembers<'t>, member: Member<'t>) {
        let grammar = self.grammar;
        let Some((word, meaning)) = grammar.word(&member.name) else {
            return fields::read(self.decoder, grammar, member, &mut entry.fields);
        };
        if word != member.name {
            self.decoder.unknown_member(&member, [word]);
        }
        let at = member.value.at;
        match meaning {
            WordMeaning::Key(index) if self.inherits(index) => {
                let field = grammar.kind.key[index].field;
                self.decoder
                    .report(Problem::ParentKeyRepeated { field }, member.name_at);
            }
            WordMeaning::Key(index) => self.sort_key(entry, index, member, PartForm::Value),
            WordMeaning::Reference(index) => {
                self.sort_key(entry, index, member, PartForm::Reference);
            }
            WordMeaning::Children(child) => entry.children.push((child, member.value)),
            WordMeaning::Mode => {
                if self.word(member.value, MODES) == Some(EXACT) {
                    entry.exact_children = Some(self.decoder.span(at));
                }
            }
            WordMeaning::Ensure => {
                entry.ensure = self
                    .word(member.value, Ensure::WORDS)
                    .and_then(Ensure::named)
                    .map(|ensure| (ensure, at));
            }
            WordMeaning::Lifecycle => {
                entry.lifecycle = lifecycle::read(self.decoder, member.value);
            }
            WordMeaning::RenamedFrom => entry.renamed_from = self.renamed_from(member),
            WordMeaning::Fields => {
                fields::read_escaped(self.decoder, grammar, member, &mut entry.fields);
            }
        }
    }

    /// The key that the record has had so far.
    fn renamed_from(&mut self, member: Member<'_>) -> Option<RenamedFrom> {
        let at = self.decoder.span(member.value.at);
        let form = PartForm::Value;
        let part = &self.grammar.kind.key[0];
        match key::part(self.decoder, part, WrittenPart { member, form })? {
            DeclaredPart::Text(key) => Some(RenamedFrom { key, at }),
            DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_) => None,
        }
    }

    fn sort_key<'t>(
        &mut self,
        entry: &mut EntryMembers<'t>,
        index: usize,
        member: Member<'t>,
        form: PartForm,
    ) {
        let Some(first) = &entry.key[index] else {
            entry.key[index] = Some(WrittenPart { member, form });
            return;
        };
        // The same name in two letter cases: the wrong one is reported already.
        if first.form == form {
            return;
        }
        let part = &self.grammar.kind.key[index];
        if let KeyType::Lead { reference } = part.holds {
            let field = part.field;
            self.report_with(
                Problem::TwoLeads { field, reference },
                member.name_at,
                (first.member.name_at, "first here"),
            );
        }
    }

    /// The parts of the key, and the place of the first one that the entry writes.
    fn key(
        &mut self,
        written: Vec<Option<WrittenPart<'_>>>,
    ) -> (Vec<Option<DeclaredPart>>, TextRange) {
        let kind = self.grammar.kind;
        let mut first = None;
        let mut parts = Vec::with_capacity(kind.key.len());
        for ((index, part), written) in kind.key.iter().enumerate().zip(written) {
            let value = match (written, self.inherited) {
                (_, Some(parent)) if parent.part == index => parent.value.cloned(),
                (Some(written), _) => {
                    first.get_or_insert(written.member.value.at);
                    key::part(self.decoder, part, written)
                }
                (None, _) => {
                    let field = part.field;
                    self.decoder
                        .report(Problem::MissingKey { kind, field }, self.at);
                    None
                }
            };
            parts.push(value);
        }
        (parts, first.unwrap_or(self.at))
    }

    fn inherits(&self, index: usize) -> bool {
        self.inherited.is_some_and(|parent| parent.part == index)
    }

    /// One of the words that a member takes.
    fn word(&mut self, node: Node<'_>, allowed: &'static [&'static str]) -> Option<&'static str> {
        let at = node.at;
        let found = self.decoder.scalar(node)?;
        let word = allowed.iter().find(|word| **word == found.text).copied();
        if word.is_none() {
            let problem = Problem::UnknownWord {
                suggestion: closest(&found.text, allowed.iter().copied()),
                found: found.text.into_owned(),
                allowed,
            };
            self.decoder.report(problem, at);
        }
        word
    }

    fn report_with(
        &mut self,
        problem: Problem,
        at: TextRange,
        (related, note): (TextRange, &'static str),
    ) {
        let related = self.decoder.span(related);
        let diagnostic = Diagnostic::new(problem, self.decoder.span(at));
        self.decoder.out.push(diagnostic.with(related, note));
    }
}
