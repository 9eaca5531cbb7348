//! The words for each problem of a manifest: what is wrong, a label for the place, and the way out.
//!
//! One arm for each problem, and no wildcard: a new problem does not compile without its words.

use super::escape::escaped;
use super::field_problem::{unknown_field, wrong_type};
use super::rename_problem::bad_rename;
use super::wording::{Wording, lead_id_field, lead_reference, listed, marks_escaped, shape_name};
use crate::model::{LengthUnit, ObjectKind, Problem, Shape};
use crate::regular_file::TOO_LARGE;

/// The words for a problem.
#[expect(clippy::too_many_lines, reason = "one arm for each problem")]
pub(super) fn wording(problem: &Problem) -> Wording {
    match problem {
        Problem::NotUtf8 => Wording::new("the file is not UTF-8")
            .label("the first byte that is not")
            .help("save the file as UTF-8"),
        Problem::FileTooLarge => Wording::new(TOO_LARGE)
            .help("split the file: records can be in any file, and moving one changes nothing in Marketo"),
        Problem::Syntax { message } => {
            Wording::new("the file is not valid YAML").label(message.clone()).help(
                "indent with spaces, not with tabs; quote texts that contain `: ` or ` #`, or that begin with a special character such as `*`, `&`, `!`, `%` or `@`",
            )
        }
        Problem::SecondDocument => Wording::new("the file has a second document")
            .label("it begins here and is not read")
            .help("remove this line, or move what follows to a file of its own"),
        Problem::MergeConflict => Wording::new("git left a conflict in this file")
            .label("both sides of it stand from here on")
            .help("keep what is right of the two sides, remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`, and run `git add` on the file"),
        Problem::DuplicateMember { name } => {
            Wording::new(format!("`{name}` is written twice in one mapping"))
                .label("written again")
                .help("keep one of the two; YAML does not say which would count")
        }
        Problem::KeyNotScalar => Wording::new("a list or mapping stands where a name belongs")
            .label("not a name")
            .help("if this is a text with braces or brackets, put it in quotes"),
        Problem::UnsupportedTag { tag } => {
            Wording::new(format!("the tag `{tag}` is not supported")).help(
                "only the core tags are read: !!str, !!int, !!float, !!bool, !!null, !!map and !!seq",
            )
        }
        Problem::TagMismatch { tag } => {
            Wording::new(format!("the value is not what its tag `{tag}` says"))
                .label("does not fit the value")
                .help("remove the tag, or write a value of its type")
        }
        Problem::BadMerge => Wording::new("`<<` takes a mapping or a list of mappings")
            .label("neither of the two")
            .help("name an anchor of a mapping, as in `<<: *base`"),
        Problem::UnknownValue { name, instance, suggestion } => {
            let instance = instance.as_deref().map_or_else(|| "this instance".into(), escaped);
            let wording = Wording::new(format!("`${{{name}}}` has no value for {instance}"))
                .label("not set");
            match suggestion {
                Some(meant) => wording.help(format!("did you mean `${{{meant}}}`?")),
                None => wording.help(format!(
                    "write it into oppctl.yaml, as in `set: {{ {name}: VALUE }}` below the instance; if you mean the text itself, write `$${{{name}}}`"
                )),
            }
        }
        Problem::PartialReference => {
            Wording::new("`${` stands in a text that is no reference")
                .label("a reference is a whole value: `${NAME}`")
                .help("set the whole text in oppctl.yaml, and write the reference alone; if you mean the text itself, write `$${` for each `${`")
        }
        Problem::TooManyNodes { limit } => {
            Wording::new("the aliases of this file expand to more values than any real manifest has")
                .label(format!("the limit of {limit} is reached here"))
                .help("write the records out, or say what they share in `defaults`")
        }
        Problem::TooDeep { limit } => Wording::new(format!(
            "lists and mappings are nested deeper than {limit} levels"
        ))
        .label("one level too many"),

        Problem::WrongShape { wanted, found } => wrong_shape(*wanted, *found),
        Problem::MissingVersion => Wording::new("the file does not say its version")
            .label("`version` is missing")
            .help("write `version: 1` at the top"),
        Problem::UnsupportedVersion { found } => {
            Wording::new(format!("this oppctl does not read version {found} of manifests"))
                .label("unknown version")
                .help("write `version: 1`, or use the oppctl that this file was written for")
        }
        Problem::UnknownMember { name, suggestion } => {
            Wording::new(format!("`{name}` is not known here"))
                .label("unknown name")
                .suggest(suggestion.as_ref(), "remove it")
        }
        Problem::UnknownWord {
            found,
            allowed,
            suggestion,
        } => {
            let allowed = listed(allowed, "or");
            let wording = Wording::new(format!("`{found}` is not a valid value: write {allowed}"))
                .label("unknown word");
            match suggestion {
                Some(word) => wording.help(format!("did you mean `{word}`?")),
                None => wording,
            }
        }
        Problem::NotTrueOrFalse => Wording::new("this is neither `true` nor `false`")
            .label("write `true` or `false`")
            .help("`yes`, `no`, `on` and `off` are texts in YAML 1.2, as is anything in quotes"),
        Problem::MissingKey { kind, field } => missing_key(kind, field),
        Problem::EmptyKey { field } => Wording::new(format!("`{field}` has no value"))
            .label("empty")
            .help("write a value: it is a part of the key that names the record"),
        Problem::BlanksAroundKey { field } => {
            Wording::new(format!("`{field}` begins or ends with a blank"))
                .help("remove the blanks: Marketo compares keys without them")
        }
        Problem::CommaInKey { field } => Wording::new(format!("`{field}` contains a comma")).help(
            "use a key without commas: Marketo cannot search for a value that contains one",
        ),
        Problem::ControlInKey { field } => {
            Wording::new(format!("`{field}` contains a control character"))
                .help("remove it; a line break in a quoted text is one, too")
        }
        Problem::KeyTooLong {
            field,
            length,
            limit,
        } => Wording::new(format!("`{field}` is longer than {limit} characters"))
            .label(format!("{length} characters"))
            .help("shorten it: Marketo does not store longer keys"),
        Problem::NotALeadId { field } => Wording::new(format!("`{field}` is not the id of a lead"))
            .label("not a positive whole number")
            .help(match lead_reference(field) {
                Some(reference) => {
                    format!("to name a lead by a field, write `{reference}: {{ email: ADDRESS }}`")
                }
                None => String::new(),
            }),
        Problem::TwoLeads { field, reference } => {
            Wording::new(format!("both `{field}` and `{reference}` name the lead"))
                .label("named again")
                .help("keep one of the two")
        }
        Problem::LeadNeedsOneField { found } => Wording::new(format!(
            "`lead` must have exactly one field, not {found}"
        ))
        .help("write one field, as in `{ email: ada@example.com }`"),
        Problem::BadLeadValue { value } if value.is_empty() => {
            Wording::new("no lead can be found by an empty value").label("empty")
        }
        Problem::BadLeadValue { value } => {
            Wording::new(format!("Marketo cannot search leads by the value `{value}`")).help(
                "remove blanks around it, commas and control characters: Marketo cannot search for them",
            )
        }
        Problem::ParentKeyRepeated { field } => {
            Wording::new(format!("`{field}` is written again in a nested entry"))
                .label("the entry around this one has it already")
                .help("remove it, or move the entry to the top level of the file")
        }
        Problem::KeyAsField { field } => {
            Wording::new(format!("`{field}` is a part of the key, not a field"))
                .label("names the record and cannot be managed as one of its fields")
        }
        Problem::KeywordAsField { name } => {
            Wording::new(format!("`{name}` is a word of the manifest language, not a field"))
                .label("only fields belong here")
                .help(format!(
                    "if Marketo has a field of this name, write it under `fields`, as in `fields: {{ {name}: VALUE }}`"
                ))
        }
        Problem::FieldTwice { name } => {
            Wording::new(format!("the field `{name}` is written twice in one record"))
                .label("written again")
                .help("keep one of the two; Marketo ignores letter case in field names")
        }
        Problem::ValueNotScalar { name } => Wording::new(format!(
            "the value of the field `{name}` is a list or a mapping"
        ))
        .label("a field has one value")
        .help("write a text, a number, a date, `true`, `false` or `null`"),
        Problem::DuplicateRecord { kind, key } => {
            Wording::new(format!("two entries declare the {} {key}", kind.noun))
                .label("declared again")
                .help("keep one of the two: a record is declared in one place")
        }
        Problem::DuplicateRecordByCase { kind, key } => Wording::new(format!(
            "two entries declare the {} {key}, in different letter case or with other blanks",
            kind.noun
        ))
        .label("the same record to Marketo")
        .help("Marketo compares keys without letter case: keep one of the two"),
        Problem::ReferenceAbsent { kind, key, to } => absent(kind, key, to),
        Problem::ProtectedAbsent => {
            Wording::new("the record is protected and declared absent at once")
                .label("would delete a protected record")
                .help("to delete the record, first remove `protect: true` in a change of its own")
        }
        Problem::BadRename { kind, key, why } => bad_rename(kind, key, *why),

        Problem::UnknownField {
            kind,
            name,
            suggestion,
            known_offline,
        } => unknown_field(kind, name, suggestion.as_ref(), *known_offline),
        Problem::SystemField { name } => Wording::new(format!("Marketo sets `{name}` itself"))
            .label("cannot be written")
            .help("remove it; the value that Marketo set stays"),
        Problem::RequiredNull { name } => Wording::new(format!("`{name}` may not be cleared"))
            .label("null")
            .help("write a value, or remove the field to keep the current value: Marketo does not allow null here"),
        Problem::WrongType {
            name,
            data_type,
            error,
        } => wrong_type(name, data_type, *error),
        Problem::TooLong {
            name,
            length,
            limit,
            unit,
        } => {
            let unit = match unit {
                LengthUnit::Characters => "characters",
                LengthUnit::Bytes => "bytes",
            };
            Wording::new(format!("the field `{name}` takes at most {limit} {unit}"))
                .label(format!("{length} {unit}"))
                .help("shorten it: Marketo would refuse the record")
        }
        Problem::IgnoresUnwritten { name, suggestion } => {
            Wording::new(format!("`ignoreChanges` names `{name}`, which the record does not write"))
                .label("not written here")
                .suggest(
                    suggestion.as_ref(),
                    "remove it: fields that are not written are never changed",
                )
        }

        Problem::NotUpdateable { name } => Wording::new(format!(
            "`{name}` cannot be changed once the record exists"
        ))
        .label("differs from the value in the instance")
        .help("write the value that the instance has, or remove the field"),
        Problem::MissingRequired { kind, name } => {
            Wording::new(format!("a new {} needs `{name}`", kind.noun))
                .label(format!("not in the instance yet, and `{name}` is not written"))
                .help(format!("write `{name}`, or correct the key if the record should exist"))
        }
        Problem::UnknownLead { field, value } => {
            Wording::new(format!("the instance has no lead whose {field} is {value}"))
                .label("no such lead")
                .help("correct the value, or create the lead first: oppctl does not create leads, and a simulator has those of its leads file")
        }
        Problem::AmbiguousLead { field, value, ids } => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let ids = ids.join(", ");
            Wording::new(format!("several leads have {value} as their {field}"))
                .label(format!("could be any of the leads {ids}"))
                .help(format!("merge them in Marketo, or name one by its `{}`", lead_id_field()))
        }
        Problem::UnsearchableLeadField { field, message } => {
            Wording::new(format!("the instance cannot search leads by `{field}`"))
                .label(format!("the instance says: {message}"))
                .help(if field.eq_ignore_ascii_case("email") {
                    format!("name the lead by its id with `{}`", lead_id_field())
                } else {
                    "use a searchable field, for example `email`".to_owned()
                })
        }
        Problem::SameLead { kind, key } => {
            Wording::new(format!("two entries declare the {} {key}", kind.noun))
                .label("turned out to be the same lead")
                .help("keep one of the two")
        }
        Problem::OtherSpelling {
            kind,
            key,
            answered,
        } => Wording::new(format!(
            "asked for the {} {}, the instance answers {}, and takes both for the same key",
            kind.noun,
            marks_escaped(key),
            marks_escaped(answered)
        ))
        .label("the instance has this key in another spelling")
        .help(format!(
            "write the key as the instance has it, {}, or give the record another key",
            marks_escaped(answered)
        )),
        Problem::UnknownReference { to, key, field } => Wording::new(format!(
            "the {} {key} is not in the instance, and no entry of this run declares it",
            to.noun
        ))
        .label(format!("its {} does not exist", to.noun))
        .help(format!("declare the {}, or correct `{field}`", to.noun)),
        Problem::ReferenceRemoved { to, key, now } => removed(to, key, now.as_deref()),
        Problem::MarkerAsField { name } => Wording::new(format!(
            "`{name}` is the marker of this project, which oppctl sets"
        ))
        .label("set by `ownership.marker`")
        .help("remove it here"),
    }
}

/// An entry names a record that will be deleted, or that goes on under another key.
fn removed(to: &ObjectKind, key: &str, now: Option<&str>) -> Wording {
    let noun = to.noun;
    if let Some(now) = now {
        return Wording::new(format!(
            "the {noun} {key} that this entry names is renamed to {now}"
        ))
        .label(format!("its {noun} goes on under another key"))
        .help(format!("name {now} here"));
    }
    Wording::new(format!(
        "this entry depends on the {noun} {key}, which is owned and no longer declared, so it will be deleted"
    ))
    .label(format!("its {noun} is no longer declared"))
    .help(format!(
        "declare the {noun} again, remove this entry too, or stop managing the {noun} with `ensure: forgotten`"
    ))
}

/// An entry names a record that is declared absent: its parent, or another one.
fn absent(kind: &ObjectKind, key: &str, to: &ObjectKind) -> Wording {
    let (own, other) = (kind.noun, to.noun);
    let is_child = kind.parent().is_some_and(|parent| parent.kind == to);
    let (why, label, help) = if is_child {
        (
            format!("the {own} {key} cannot exist: its {other} is declared absent"),
            format!("declared present below an absent {other}"),
            format!("remove this entry, give it `ensure: absent`, or keep the {other}"),
        )
    } else {
        (
            format!("the {own} {key} names a {other} that is declared absent"),
            format!("this {other} is declared absent"),
            format!("name another {other}, or keep this one"),
        )
    };
    Wording::new(why).label(label).help(help)
}

fn wrong_shape(wanted: Shape, found: Shape) -> Wording {
    let wanted_name = shape_name(wanted);
    let wording = Wording::new(format!("this must be {wanted_name}"));
    let wording = match found {
        Shape::Nothing => wording.label("has no value"),
        Shape::Mapping | Shape::List | Shape::Scalar => {
            wording.label(format!("this is {}", shape_name(found)))
        }
    };
    match (wanted, found) {
        (Shape::List, Shape::Nothing) => wording.help("write `[]` for an empty one, or remove it"),
        (Shape::Mapping | Shape::Scalar | Shape::Nothing, Shape::Nothing) => {
            wording.help(format!("write {wanted_name}, or remove it"))
        }
        (_, Shape::Mapping | Shape::List | Shape::Scalar) => wording,
    }
}

fn missing_key(kind: &ObjectKind, field: &str) -> Wording {
    let wording = Wording::new(format!("the {} has no `{field}`", kind.noun))
        .label("this entry names no record");
    match lead_reference(field) {
        Some(reference) => wording.help(format!(
            "write `{field}: ID`, or `{reference}: {{ email: ADDRESS }}`"
        )),
        None => wording.help(format!("write `{field}`; it is a part of the key")),
    }
}

/// That the instance was not asked for further problems, in a line.
#[must_use]
pub fn unasked(why: &str) -> String {
    format!(
        "The instance was not asked for further ones: {}\n",
        escaped(why)
    )
}
