//! Hostile texts: each must be refused or read with time and memory in proportion to its size.
//!
//! Nothing here measures time: a quadratic or exponential step would not end.

use std::iter::repeat_n;

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::super::named_values::NamedValues;
use super::super::parser::parse;
use super::super::read::read;
use super::super::tree::{Node, NodeContent, TextRange};
use super::tree;
use crate::model::Sources;

/// A first line, and one more for each of these levels.
fn levels(first: &str, levels: std::ops::Range<u32>, line: impl Fn(u32) -> String) -> String {
    let mut text = first.to_owned();
    for level in levels {
        text.push_str(&line(level));
    }
    text
}

#[test]
fn alias_bombs_are_refused() {
    let laughs = levels(
        "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n",
        1..10,
        |level| {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            format!("a{level}: &a{level} [{aliases}]\n")
        },
    );
    let (_, problems) = tree(&laughs);
    assert_eq!(problems, ["7:10 too-many-nodes"]);

    let merges = levels("a0: &a0 {k: v}\n", 1..40, |level| {
        let below = level - 1;
        format!("a{level}: &a{level} {{<<: [*a{below}, *a{below}]}}\n")
    });
    let (_, problems) = tree(&merges);
    assert_eq!(problems, ["18:23 too-many-nodes"]);
}

#[test]
fn a_base_that_many_records_share_is_allowed() {
    let base = "base: &base {a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9}\nlist:\n";
    let records: String = repeat_n("- <<: *base\n  key: A-1\n", 70_000).collect();
    let (_, problems) = tree(&format!("{base}{records}"));
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_chain_of_anchors_is_too_deep() {
    let chain = levels("- &a0 x\n", 1..50_000, |level| {
        format!("- &a{level} [*a{}]\n", level - 1)
    });
    let (_, problems) = tree(&chain);
    assert_eq!(problems.first().map(String::as_str), Some("33:9 too-deep"));
}

#[test]
fn deep_nesting_is_refused() {
    for opening in ["[", "{a: ", "- ", "? ", "[{a: "] {
        let text: String = repeat_n(opening, 100_000).collect();
        let (_, problems) = tree(&text);
        assert_eq!(problems.len(), 1, "{opening}");
        let code = problems[0].split(' ').next_back();
        assert!(
            matches!(code, Some("too-deep" | "syntax")),
            "{opening}: {problems:?}"
        );
    }
    let (_, problems) = tree(&format!("{}{}", "[".repeat(32), "]".repeat(32)));
    assert_eq!(problems, Vec::<String>::new());
    let (_, problems) = tree(&format!("{}{}", "[".repeat(33), "]".repeat(33)));
    assert_eq!(problems, ["1:33 too-deep"]);
}

#[test]
fn wide_mappings_are_compared_by_hashing() {
    let wide: String = (0..100_000).map(|index| format!("k{index}: 1\n")).collect();
    let (_, problems) = tree(&wide);
    assert_eq!(problems, Vec::<String>::new());
    let same: String = repeat_n("k: 1\n", 20_000).collect();
    let (_, problems) = tree(&same);
    assert_eq!(problems.len(), 19_999);
}

fn check_places(node: &Node<'_>, text: &str) {
    let TextRange { start, end } = node.at;
    assert!(
        text.get(start as usize..end as usize).is_some(),
        "{start}..{end} of {text:?}"
    );
    match &node.content {
        NodeContent::Scalar(_) | NodeContent::Broken => {}
        NodeContent::List(items) => items.iter().for_each(|item| check_places(item, text)),
        NodeContent::Mapping(members) => {
            members
                .iter()
                .for_each(|member| check_places(&member.value, text));
        }
        NodeContent::Shared(node) => check_places(node, text),
    }
}

/// Pieces that make nearly-YAML more often than characters would.
fn nearly_yaml() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "version: 1\n",
        "opportunities:\n",
        "  - externalOpportunityId: A\n",
        "    roles: ",
        "    lead: ",
        "    lifecycle:",
        "- ",
        "  ",
        "\n",
        ": ",
        "a",
        "ä",
        "'",
        "\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!t ",
        "? ",
        "|",
        ">",
        "#",
        "---\n",
        "\t",
        "\r\n",
        "\u{feff}",
        "\u{2028}",
        "\0",
        "%",
        "1.5",
        "~",
        "田",
        "“",
        "\u{a0}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_places_inside(text in nearly_yaml()) {
        let mut sources = Sources::default();
        let file = sources.add("any.yaml".into(), text.clone());
        let mut out = Vec::new();
        if let Some(root) = parse(file, &text, &NamedValues::default(), &mut out).root {
            check_places(&root, &text);
        }
        let mut reading = read([("any.yaml".into(), text.into_bytes())]);
        for diagnostic in &reading.diagnostics {
            let text = reading.sources.file(diagnostic.at.file).text();
            let text = text.expect("it is kept");
            let (start, end) = (diagnostic.at.start as usize, diagnostic.at.end as usize);
            prop_assert!(text.get(start..end).is_some(), "{diagnostic:?}");
        }
        reading.sources.cover_behind(|_| true);
        let mut rendered = Vec::new();
        crate::render::diagnostics(&reading.sources, &reading.diagnostics, crate::model::Invocation::plain(), &mut rendered, false).unwrap();
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let reading = read([("any.yaml".into(), bytes)]);
        let mut rendered = Vec::new();
        crate::render::diagnostics(&reading.sources, &reading.diagnostics, crate::model::Invocation::plain(), &mut rendered, true).unwrap();
    }
}
