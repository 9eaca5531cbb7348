//! What is read in the common form is exactly what the parser reads: the same nodes at the same places, and the same problems.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use pretty_assertions::assert_eq;
use proptest::prelude::*;
use walkdir::WalkDir;

use super::super::common_form::{self, Unread};
use super::super::named_values::NamedValues;
use super::super::parser::{Parsed, parse, parse_any_form};
use super::super::tree_builder::TreeBuilder;
use crate::model::{Diagnostic, FileId};

fn has_common_form(text: &str) -> bool {
    common_form::read(text, &mut Unread)
}

/// The tree and its problems.
fn shown(parsed: &Parsed<'_>, out: &[Diagnostic]) -> String {
    format!("{} {:#?}\n{out:#?}", parsed.complete, parsed.root)
}

/// Reads a text in both ways; whether it is in the common form.
fn check(text: &str) -> bool {
    if !has_common_form(text) {
        return false;
    }
    let values = NamedValues::default();
    let (mut out, mut out_of_parser) = (Vec::new(), Vec::new());
    let parsed = parse(FileId(0), text, &values, &mut out);
    let builder = TreeBuilder::new(FileId(0), text.len(), &values, &mut out_of_parser, None);
    let by_parser = parse_any_form(builder, text);
    let by_parser = shown(&by_parser, &out_of_parser);
    assert_eq!(shown(&parsed, &out), by_parser, "{text:?}");
    true
}

/// The YAML files of the examples, as texts.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).into_iter();
    let files = files.map(|entry| entry.unwrap().into_path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    files
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
});

#[test]
fn manifests_of_the_usual_styles_are_in_the_common_form() {
    for text in [
        "version: 1\nopportunities:\n  - externalOpportunityId: A-1 # of the CRM\n    name: 'Ada''s chairs'\n    amount: -12.50\n\n    closeDate: 2030-12-31\n    roles:\n      - { leadId: 1, role: \"Say \\\"Buyer\\\"\" }\n",
        "---\n# Chairs\nversion: 1\nopportunities:\n- externalOpportunityId: A-1\n  description:\n  fields: {}\n  roles: [ { lead: { email: ada@example.com }, role: Käufer } ]\n- ensure: absent\n  externalOpportunityId: https://crm.example/A#1",
    ] {
        assert!(check(text), "{text}");
    }
    let common = EXAMPLES.iter().filter(|text| check(text)).count();
    let all = EXAMPLES.len();
    assert!(common * 10 > all * 8, "{common} of {all}");
}

#[test]
fn what_is_not_recognised_is_left_to_the_parser() {
    for text in [
        "",
        "# nothing\n",
        "a",
        "- a\n",
        " a: b\n",
        "a: b\n...\n",
        "a: b\n---\n",
        "%YAML 1.2\n---\na: b\n",
        "a:\tb\n",
        "a: b\r\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !!str b\n",
        "a: |\n  b\n",
        "a: >-\n  b\n",
        "a: b\n  c\n",
        "a: 'b\n  c'\n",
        "a: [b,\n  c]\n",
        "? a\n: b\n",
        "a: b: c\n",
        "a: b\n c: d\n",
        "a: 'b' c\n",
        "a: [b]: c\n",
        "a: 'b'#c\n",
        "a: \"\\x41\"\n",
        "a: {b}\n",
        "a: [b: c]\n",
        "a: [b,]\n",
        "a: [b c]d\n",
        "a: @b\n",
        "a: `b`\n",
        "a: %b\n",
        "a: - b\n",
        "a: -\n",
        "a:\n  -\n",
        "a:\n  - \n",
        "a: \u{feff}b\n",
        "\u{feff}a: b\n",
        "a: b\u{2028}c\n",
        "a: b\u{85}c\n",
        "a: b\u{7f}\n",
        "a: b\0\n",
        "a: 'b\u{7}'\n",
        "a: b # \u{1}\n",
        "a:\n    - b\n  - c\n",
        "a:\n  - b\n - c\n",
        "- a\nb: c\n",
        "a: {b: c} d\n",
        "a: {b:c}\n",
        "a: {\"b\":c}\n",
        "a: {b: }\n",
        "a: [b, #c\n]\n",
        "a b\n",
        "a: ?b\n",
        "? b: c\n",
        "a: ]b\n",
        "a: b: \n",
    ] {
        assert!(!has_common_form(text), "{text:?}");
    }
    let deep = "- ".repeat(40);
    assert!(!has_common_form(&format!("a:\n  {deep}b\n")));
    let deep = "[".repeat(40);
    assert!(!has_common_form(&format!("a: {deep}{}\n", "]".repeat(40))));
    assert!(!has_common_form(&format!("{}: b\n", "a".repeat(1025))));
}

/// A line of nearly common form: what may stand in it, in its order.
fn line() -> impl Strategy<Value = String> {
    let part = |parts: &[&'static str]| prop::sample::select(parts.to_vec());
    let indent = part(&["", "", "", " ", "  ", "  ", "    ", "    ", "      ", "\t"]);
    let marks = part(&[
        "", "", "", "", "- ", "- ", "-  ", "- - ", "-", "? ", "--- ", "... ",
    ]);
    let key = part(&[
        "", "", "a: ", "b: ", "c: ", "d:  ", "e:", "f : ", "'g': ", "\"h\" : ", "é: ", "i:j: ",
        "<<: ", "k#: ", "-1: ", "~: ",
    ]);
    let blank = part(&["", "", "", "", " ", "  ", "\t"]);
    let comment = part(&[
        "", "", "", "", " # c", "#c", " #", "\t# c", " # é", " # \u{1}",
    ]);
    let end = part(&[
        "\n", "\n", "\n", "\n", "\n", "\n", "\n", "\n\n", "\r\n", "", "\n---\n", "\n...\n",
    ]);
    (indent, marks, key, value(), blank, comment, end)
        .prop_map(|(a, b, c, d, e, f, g)| format!("{a}{b}{c}{d}{e}{f}{g}"))
}

fn value() -> impl Strategy<Value = String> {
    let whole = prop::sample::select(vec![
        "",
        "",
        "",
        "",
        "x",
        "x y",
        "12",
        "-1.5",
        "2026-12-31",
        "12:30",
        "x:y",
        "x #y",
        "x#y",
        "x: y",
        "'x'",
        "'it''s'",
        "'x: y'",
        "' '",
        "\"x\"",
        "\"\\\"x\\\\\"",
        "\"\\n\"",
        "\"\\t\"",
        "\"x # y\"",
        "'x",
        "\"x",
        "x'",
        "x\"y",
        "[]",
        "{}",
        "[ ]",
        "[x, y]",
        "[x,y]",
        "[x:y, 'z']",
        "[x: y]",
        "{x: y}",
        "{ x: y, z: [1, {}] }",
        "{x: }",
        "{x}",
        "{'x':y}",
        "{'x': y}",
        "{x: y z}",
        "{x: y}z",
        "[x]#y",
        "[x] #y",
        "[x, ]",
        "[,]",
        "[[[x]]]",
        "{a: {b: {c: d}}}",
        "{a: 1, a: 2}",
        "|",
        ">",
        "&x",
        "*x",
        "!x",
        "!!str x",
        "&x y",
        "@",
        "%",
        "`x`",
        "?",
        "-",
        "--",
        "-x",
        "~",
        "null",
        "é",
        "日本",
        "\u{a0}",
        "\u{2028}",
        "\u{85}",
        "\u{feff}x",
        "x\u{7f}",
        "<<",
        "=",
        ".",
        "..",
        "...",
        "---",
        "--- x",
        ":",
        ":x",
        "::",
        ",x",
        "x,",
        "]",
        "}",
        "x]",
        "x}y",
        "x [y]",
        "{x: [y}",
        "${x}",
        "$(x)",
        "\\",
        "#",
    ]);
    prop_oneof![
        4 => whole.prop_map(ToOwned::to_owned),
        1 => "[-a-c0-2 :#,'\"{}\\[\\]&*!|>%@`.?\\\\é]{0,8}",
    ]
}

proptest! {
    #[test]
    fn both_ways_read_the_same(lines in prop::collection::vec(line(), 1..9)) {
        let text = lines.concat();
        check(&text);
        check(&format!("a: b\n{text}"));
    }

    /// Edited samples are nearly always valid, or nearly so.
    #[test]
    fn both_ways_read_edited_samples_alike(
        sample in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6usize, value()), 0..4),
    ) {
        let samples: Vec<&String> = { EXAMPLES.iter() }
            .filter(|text| text.len() < 4000)
            .collect();
        let mut text: Vec<char> = sample.get(&samples).chars().collect();
        for (at, dropped, more) in edits {
            let start = at.index(text.len() + 1);
            let end = (start + dropped).min(text.len());
            text.splice(start..end, more.chars());
        }
        check(&text.into_iter().collect::<String>());
    }
}
