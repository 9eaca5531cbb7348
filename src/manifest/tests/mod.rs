//! Tests of the stages of reading, one file each, and the printers that they share.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod common_form;
mod differential;
mod document;
mod files;
mod hostile;
mod tree;
mod typed;

use super::named_values::NamedValues;
use super::parser::{Parsed, parse};
use super::tree::{Member, Node, NodeContent, ScalarText};
use crate::model::{Declared, Diagnostic, Ensure, Form, Sources};

/// The tree of a text as one line, and its problems as `line:col code`.
fn tree(text: &str) -> (String, Vec<String>) {
    let mut sources = Sources::default();
    let file = sources.add("test.yaml".into(), text.to_owned());
    let mut out = Vec::new();
    let Parsed { root, complete } = parse(file, text, &NamedValues::default(), &mut out);
    let tree = root.as_ref().map_or_else(String::new, shown);
    let end = if complete { "" } else { " …" };
    (format!("{tree}{end}"), placed(&sources, &out))
}

fn placed(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = sources.position(diagnostic.at);
            let code = diagnostic.problem.code();
            format!("{}:{} {code}", place.line, place.column)
        })
        .collect()
}

/// A node in flow style, with texts in quotes and broken nodes as `!`.
fn shown(node: &Node<'_>) -> String {
    match &node.content {
        NodeContent::Scalar(ScalarText { form, text, .. }) => match form {
            Form::Null => "null".to_owned(),
            Form::Boolean | Form::Number => text.clone().into_owned(),
            Form::Text => format!("{text:?}"),
        },
        NodeContent::List(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        NodeContent::Mapping(members) => {
            let members: Vec<_> = members.iter().map(shown_member).collect();
            format!("{{{}}}", members.join(", "))
        }
        NodeContent::Shared(node) => shown(node),
        NodeContent::Broken => "!".to_owned(),
    }
}

fn shown_member(member: &Member<'_>) -> String {
    format!("{}: {}", member.name, shown(&member.value))
}

/// A record as one line.
fn record(declared: &Declared) -> String {
    let Declared {
        kind,
        key: _,
        ensure,
        lifecycle,
        fields,
        renamed_from,
        exact_children,
        at: _,
    } = declared;
    let mut words = vec![kind.name.to_owned(), declared.shown_key()];
    match ensure {
        Ensure::Present => {}
        Ensure::Absent => words.push("absent".to_owned()),
        Ensure::Forgotten => words.push("forgotten".to_owned()),
    }
    if let Some(renamed) = renamed_from {
        words.push(format!("renamed from {}", renamed.key));
    }
    if lifecycle.protect {
        words.push("protected".to_owned());
    }
    if exact_children.is_some() {
        words.push("exact".to_owned());
    }
    for field in fields.iter() {
        let value = &field.value;
        let text = match value.form {
            Form::Null => "null".to_owned(),
            Form::Boolean | Form::Number => value.text.to_string(),
            Form::Text => format!("{:?}", value.text),
        };
        words.push(format!("{}={text}", field.name));
    }
    if !lifecycle.ignore_changes.is_empty() {
        words.push(format!("ignores {}", lifecycle.ignore_changes.join(",")));
    }
    words.join(" ")
}
