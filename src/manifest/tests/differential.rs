//! The tree against another reader of YAML: a text that is valid for both must mean the same to both.
//!
//! The other reader follows YAML 1.1 in some details: it takes `007` for text, leaves merge keys to its caller, and breaks lines at
//! U+2028. These are left out here and have their own tests.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_yaml::Value;

use super::super::named_values::NamedValues;
use super::super::parser::{Parsed, parse};
use super::super::tree::{Node, NodeContent};
use crate::model::{FileId, Form};

/// A value in terms of both readers.
#[derive(Debug, PartialEq)]
enum Meaning {
    Null,
    Boolean(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Self>),
    Mapping(Vec<(String, Self)>),
}

fn ours(node: &Node<'_>) -> Meaning {
    match &node.content {
        NodeContent::Scalar(scalar) => match scalar.form {
            Form::Null => Meaning::Null,
            Form::Boolean => Meaning::Boolean(scalar.text.eq_ignore_ascii_case("true")),
            Form::Number => number(&scalar.text),
            Form::Text => Meaning::Text(scalar.text.clone().into_owned()),
        },
        NodeContent::List(items) => Meaning::List(items.iter().map(ours).collect()),
        NodeContent::Mapping(members) => sorted(
            members
                .iter()
                .map(|member| (member.name.clone().into_owned(), ours(&member.value)))
                .collect(),
        ),
        NodeContent::Shared(node) => ours(node),
        NodeContent::Broken => Meaning::Text("broken".to_owned()),
    }
}

fn theirs(value: &Value) -> Meaning {
    match value {
        Value::Null => Meaning::Null,
        Value::Bool(value) => Meaning::Boolean(*value),
        Value::Number(value) => number(&value.to_string()),
        Value::String(text) => Meaning::Text(text.clone()),
        Value::Sequence(items) => Meaning::List(items.iter().map(theirs).collect()),
        Value::Mapping(members) => sorted(
            members
                .iter()
                .map(|(name, value)| (name_of(name), theirs(value)))
                .collect(),
        ),
        Value::Tagged(_) => Meaning::Text("broken".to_owned()),
    }
}

fn number(text: &str) -> Meaning {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let integer = match (digits.strip_prefix("0x"), digits.strip_prefix("0o")) {
        (Some(hexadecimal), _) => i128::from_str_radix(hexadecimal, 16).ok(),
        (None, Some(octal)) => i128::from_str_radix(octal, 8).ok(),
        (None, None) => digits.parse().ok(),
    };
    match integer {
        Some(integer) => Meaning::Integer(integer),
        None => Meaning::Float(digits.trim_end_matches('.').parse().unwrap_or(f64::MAX)),
    }
}

fn name_of(value: &Value) -> String {
    match value {
        Value::String(name) => name.clone(),
        Value::Null => "null".to_owned(),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Sequence(_)
        | Value::Mapping(_)
        | Value::Tagged(_) => serde_yaml::to_string(value).unwrap().trim_end().to_owned(),
    }
}

fn sorted(mut members: Vec<(String, Meaning)>) -> Meaning {
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    Meaning::Mapping(members)
}

/// Our meaning of a text that has no problem.
fn read(text: &str) -> Option<Meaning> {
    let mut out = Vec::new();
    let Parsed { root, .. } = parse(FileId(0), text, &NamedValues::default(), &mut out);
    out.is_empty()
        .then(|| root.as_ref().map_or(Meaning::Null, ours))
}

#[test]
fn samples_mean_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/invalid");
    let mut compared = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if path.extension().is_none_or(|end| end != "yaml") {
            continue;
        }
        let Some(meaning) = read(&text) else {
            continue;
        };
        let value: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(meaning, theirs(&value), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 20, "only {compared} samples were compared");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[a-z0-9:#,'\"{}\\[\\]&*!|>%@` \\n-]{0,16}",
        "[äöüé€田 a-z]{0,8}",
        prop::sample::select(vec![
            "no",
            "on",
            "~",
            "null",
            "true",
            "1e3",
            "0x1F",
            "1_000",
            "2026-12-31",
            "12:30",
            ".inf",
            "-",
            "?",
            "- a",
            "a: b",
            "a #b",
            " a",
            "a ",
            "\n",
            "a\n",
            "\na",
            "\ta",
            "007",
            "+1",
            "=",
            "<",
            "!",
            "",
        ])
        .prop_map(ToOwned::to_owned),
    ]
    // A text with the beginning of a reference is refused.
    .prop_map(|text: String| text.replace("${", "$("))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::String),
        1 => any::<i64>().prop_map(|number| Value::Number(number.into())),
        1 => (-1e9..1e9f64).prop_map(|number| Value::Number(number.into())),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Sequence),
            prop::collection::btree_map(text(), inner, 0..6).prop_map(|members| {
                let members = members.into_iter().filter(|(name, _)| name != "<<");
                Value::Mapping(
                    members
                        .map(|(name, value)| (Value::String(name), value))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_the_other_writes_in_block_style_is_read_back(value in value()) {
        let text = serde_yaml::to_string(&value).unwrap();
        prop_assert_eq!(read(&text), Some(theirs(&value)), "{}", text);
    }

    #[test]
    fn json_is_yaml(value in value()) {
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(read(&text), Some(theirs(&value)), "{}", text);
    }

    #[test]
    fn plain_scalars_mean_the_same(text in "[-+.0-9a-fA-FxoelntrusTUNIi~]{1,6}") {
        let is_zero_led = text.trim_start_matches(['-', '+']).starts_with('0') && !text.contains(['x', 'o', '.']);
        prop_assume!(!is_zero_led);
        let text = format!("a: {text}");
        let value: Option<Value> = serde_yaml::from_str(&text).ok();
        prop_assert_eq!(read(&text), value.as_ref().map(theirs));
    }
}
