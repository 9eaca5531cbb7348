//! Fields of entries and of `defaults`: names with scalar values, once each, with the defaults laid under.

use super::decode::Decoder;
use super::grammar::{Grammar, Meaning};
use super::names::Folded;
use super::repeated::repeated;
use super::suggest::closest;
use super::tree::{At, Member, Text};
use crate::model::{Assignment, Diagnostic, Ensure, KeyPart, ObjectKind, Problem, Scalar, Shape};

/// A field that an entry writes.
#[derive(Clone)]
pub(super) struct Written {
    pub(super) folded: Folded,
    pub(super) assignment: Assignment,
}

/// The fields that one entry writes.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) written: Vec<Written>,
    /// Fields whose value cannot be used: they are not unwritten.
    pub(super) broken: Vec<Folded>,
}

impl<'t> Decoder<'_> {
    /// Reads a member that is a field because its name is no word.
    pub(super) fn field(&mut self, grammar: &Grammar, member: Member<'t>, fields: &mut Fields) {
        let is_scalar = !matches!(member.value.shape(), Some(Shape::List | Shape::Mapping));
        // A list or mapping is no value; below a misspelt word it is what the word takes.
        if !is_scalar && closest(&member.name, grammar.words()).is_some() {
            return self.unknown_member(&member, grammar.words());
        }
        self.assign(member, fields);
    }

    /// Reads the member `fields`, in which every name but those of the key is a field.
    pub(super) fn escaped_fields(
        &mut self,
        grammar: &Grammar,
        member: Member<'t>,
        fields: &mut Fields,
    ) {
        for member in self.mapping(member.value).unwrap_or_default() {
            match grammar.word(&member.name) {
                Some((_, Meaning::Key(index))) => {
                    self.key_as_field(&grammar.kind.key[index], member.name_at);
                }
                Some(_) | None => self.assign(member, fields),
            }
        }
    }

    /// Reads what `defaults` says of one kind: fields and nothing else.
    pub(super) fn default_fields(
        &mut self,
        kind: &'static ObjectKind,
        members: Vec<Member<'t>>,
    ) -> Vec<Written> {
        let grammar = &self.grammars[kind.rank()];
        let mut fields = Fields::default();
        for member in members {
            match grammar.word(&member.name) {
                None => self.assign(member, &mut fields),
                Some((_, Meaning::Fields)) => self.escaped_fields(grammar, member, &mut fields),
                Some((_, Meaning::Key(index))) => {
                    self.key_as_field(&kind.key[index], member.name_at);
                }
                Some((
                    _,
                    Meaning::Reference(_)
                    | Meaning::Children(_)
                    | Meaning::Mode
                    | Meaning::Ensure
                    | Meaning::Lifecycle,
                )) => {
                    let name = member.name.into_owned();
                    self.report(Problem::KeywordAsField { name }, member.name_at);
                }
            }
        }
        self.refuse_twins(&mut fields.written);
        fields.written
    }

    /// The fields of a record: what its entry writes over the defaults, in the order of the names.
    pub(super) fn settled(
        &mut self,
        kind: &'static ObjectKind,
        ensure: Ensure,
        mut written: Vec<Written>,
    ) -> Vec<Assignment> {
        self.refuse_twins(&mut written);
        if ensure == Ensure::Present {
            let own = written.len();
            for default in &self.defaults[kind.rank()] {
                if !written[..own]
                    .iter()
                    .any(|field| field.folded == default.folded)
                {
                    written.push(default.clone());
                }
            }
        }
        let mut fields: Vec<Assignment> =
            written.into_iter().map(|field| field.assignment).collect();
        fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        fields.shrink_to_fit();
        fields
    }

    pub(super) fn key_as_field(&mut self, part: &'static KeyPart, at: At) {
        self.report(Problem::KeyAsField { field: part.field }, at);
    }

    fn assign(&mut self, member: Member<'t>, fields: &mut Fields) {
        let (name, folded) = self.names.keep(&member.name);
        let at = member.value.at;
        match member.value.into_scalar() {
            Ok(Text { form, text }) => {
                let text = text.into_owned().into_boxed_str();
                fields.written.push(Written {
                    folded,
                    assignment: Assignment {
                        name,
                        value: Scalar { form, text },
                        name_at: self.span(member.name_at),
                        at: self.span(at),
                    },
                });
            }
            Err(misshapen) => {
                fields.broken.push(folded);
                if misshapen.0.is_some() {
                    let name = name.as_ref().to_owned();
                    self.report(Problem::ValueNotScalar { name }, at);
                }
            }
        }
    }

    fn refuse_twins(&mut self, written: &mut Vec<Written>) {
        let twins = repeated(written.len(), |index| written[index].folded);
        for pair in twins.iter().rev() {
            let again = written.remove(pair.again).assignment;
            let problem = Problem::FieldTwice {
                name: again.name.as_ref().to_owned(),
            };
            let first = written[pair.first].assignment.name_at;
            self.out
                .push(Diagnostic::new(problem, again.name_at).with(first, "first here"));
        }
    }
}
