//! Fields of entries and of `defaults`: names with scalar values, each name once, and the defaults below the entry's own fields.

use std::borrow::Cow;

use super::decoder::Decoder;
use super::grammar::{Grammar, WordMeaning};
use super::repeated::repeated;
use super::suggest::closest;
use super::tree::{Member, TextRange};
use super::written::{WrittenField, WrittenFields};
use crate::model::{
    Assignment, Assignments, Diagnostic, Ensure, KeyPart, ObjectKind, Problem, Scalar, Shape,
};

/// Reads a member whose name is not a word of the language.
pub(super) fn read<'t>(
    decoder: &mut Decoder<'_>,
    grammar: &Grammar,
    member: Member<'t>,
    fields: &mut WrittenFields<'t>,
) {
    let is_collection = matches!(member.value.shape(), Some(Shape::List | Shape::Mapping));
    // A list or mapping is not the value of a field. If the name resembles a word, it is probably a misspelt one.
    if is_collection && closest(&member.name, grammar.words()).is_some() {
        return decoder.unknown_member(&member, grammar.words());
    }
    assign(decoder, member, fields);
}

/// Reads the member `fields`, in which every name is a field, except for the parts of the key.
pub(super) fn read_escaped<'t>(
    decoder: &mut Decoder<'_>,
    grammar: &Grammar,
    member: Member<'t>,
    fields: &mut WrittenFields<'t>,
) {
    for member in decoder.mapping(member.value).unwrap_or_default() {
        match grammar.word(&member.name) {
            Some((_, WordMeaning::Key(index))) => {
                report_key(decoder, &grammar.kind.key[index], member.name_at);
            }
            Some(_) | None => assign(decoder, member, fields),
        }
    }
}

/// The fields that `defaults` writes for one kind, where only fields are allowed.
pub(super) fn of_defaults(
    decoder: &mut Decoder<'_>,
    kind: &'static ObjectKind,
    members: Vec<Member<'_>>,
) -> Vec<WrittenField<'static>> {
    let grammar = decoder.grammar(kind);
    let mut fields = WrittenFields::default();
    for member in members {
        match grammar.word(&member.name) {
            None => assign(decoder, member, &mut fields),
            Some((_, WordMeaning::Fields)) => {
                read_escaped(decoder, grammar, member, &mut fields);
            }
            Some((_, WordMeaning::Key(index))) => {
                report_key(decoder, &kind.key[index], member.name_at);
            }
            Some((
                _,
                WordMeaning::Reference(_)
                | WordMeaning::Children(_)
                | WordMeaning::Mode
                | WordMeaning::Ensure
                | WordMeaning::Lifecycle
                | WordMeaning::RenamedFrom,
            )) => {
                let name = member.name.into_owned();
                decoder.report(Problem::KeywordAsField { name }, member.name_at);
            }
        }
    }
    refuse_repeated(decoder, &mut fields.usable);
    let usable = fields.usable.into_iter();
    usable.map(WrittenField::into_owned).collect()
}

/// The fields of a record: those that its entry writes and the defaults that it does not write, in the order of the names.
pub(super) fn of_record(
    decoder: &mut Decoder<'_>,
    kind: &ObjectKind,
    ensure: Ensure,
    mut written: Vec<WrittenField<'_>>,
) -> Assignments {
    refuse_repeated(decoder, &mut written);
    if ensure == Ensure::Present {
        let own = written.len();
        for default in &decoder.defaults[kind.rank()] {
            let mut own = written[..own].iter();
            if !own.any(|field| field.folded == default.folded) {
                written.push(default.clone());
            }
        }
    }
    written.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    let names = decoder.names.list(written.iter().map(|field| &field.name));
    let assignments = written.iter().map(|field| Assignment {
        name: &field.name,
        value: Scalar {
            form: field.value.form,
            text: Cow::Borrowed(&field.value.text),
        },
        is_reference: field.value.is_reference,
        name_at: decoder.span(field.name_at),
        at: decoder.span(field.at),
    });
    Assignments::of(decoder.file, names, assignments)
}

fn report_key(decoder: &mut Decoder<'_>, part: &KeyPart, at: TextRange) {
    decoder.report(Problem::KeyAsField { field: part.field }, at);
}

fn assign<'t>(decoder: &mut Decoder<'_>, member: Member<'t>, fields: &mut WrittenFields<'t>) {
    let (name, folded) = decoder.names.keep(&member.name);
    let at = member.value.at;
    match member.value.into_scalar() {
        Ok(value) => fields.usable.push(WrittenField {
            name,
            folded,
            name_at: member.name_at,
            value,
            at,
        }),
        Err(misshapen) => {
            fields.broken.push(folded);
            if misshapen.0.is_some() {
                let name = name.as_ref().to_owned();
                decoder.report(Problem::ValueNotScalar { name }, at);
            }
        }
    }
}

fn refuse_repeated(decoder: &mut Decoder<'_>, written: &mut Vec<WrittenField<'_>>) {
    let repeated = repeated(written.len(), |index| written[index].folded);
    for pair in repeated.iter().rev() {
        let again = written.remove(pair.again);
        let problem = Problem::FieldTwice {
            name: again.name.as_ref().to_owned(),
        };
        let first = decoder.span(written[pair.first].name_at);
        let diagnostic = Diagnostic::new(problem, decoder.span(again.name_at));
        decoder.out.push(diagnostic.with(first, "first here"));
    }
}
