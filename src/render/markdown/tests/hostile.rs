//! Data stays data: each page is read by a renderer of GitHub's Markdown, and everything that is more than text must be our own.

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, parse_document};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;

use super::markdown;
use super::sample::Sample;
use crate::render::ending::Verdict;
use crate::render::escape::{escaped, without_commands};
use crate::render::markdown::MarkdownLimit;

/// What a text may be made of.
const PIECES: [&str; 62] = [
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "```diff",
    "<script>alert(1)</script>",
    "<img src=x onerror=x>",
    "<!--",
    "-->",
    "--!>",
    "</details>",
    "</summary>",
    "<details>",
    "</code>",
    "</p>",
    "&lt;",
    "&#64;",
    "&#",
    "@ada",
    "@acme/ops",
    "#1",
    "GH-1",
    "gh-12",
    "acme/pipeline#7",
    "https://evil.example/x",
    "http://",
    "www.evil.example",
    "ftp://evil.example",
    "mailto:ada@evil.example",
    "ada@evil.example",
    "<https://evil.example>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "[x]: https://evil.example",
    "[^1]",
    "[ ] ",
    "- [x] ",
    "::set-output name=a::b",
    "::",
    "##[add-mask]a",
    "##vso[task.setvariable]",
    "###",
    "\n",
    "\r\n",
    "\n\n",
    "\u{1b}[31m",
    "\u{9b}1m",
    "\u{202e}",
    "\u{200b}",
    "|a|b|\n|-|-|",
    "*a*",
    "__b__",
    "~~c~~",
    "$x$",
    "$$",
    "\\",
    "> ",
    "1. ",
    "    ",
    "\t",
    "x",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PIECES[..]), 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_text_is_never_more_than_text(text in text()) {
        inspect_all(&text);
    }
}

#[test]
fn each_piece_is_only_text() {
    for piece in PIECES {
        inspect_all(piece);
        inspect_all(&format!("a{piece}1"));
    }
}

#[track_caller]
fn inspect_all(text: &str) {
    let sample = Sample::everywhere(text);
    inspect(&markdown(&sample.planned()));
    inspect(&markdown(&sample.applied()));
    for verdict in [Verdict::Refused, Verdict::Stale, Verdict::Failed] {
        inspect(&markdown(&sample.failed(verdict)));
    }
    let mut refused = Sample::everywhere(text).undoing(text);
    inspect(&markdown(&refused.planned()));
    refused.head.refusals = vec![text.to_owned(), text.to_owned()];
    refused.complaints.clear();
    inspect(&markdown(&refused.failed(Verdict::Refused)));
}

#[track_caller]
fn inspect(text: &str) {
    assert!(text.len() <= MarkdownLimit::Github.bytes());
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line}");
        assert_eq!(without_commands(line), line);
        assert_eq!(escaped(line), line);
    }
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.autolink = true;
    extension.table = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.alerts = true;
    extension.math_dollars = true;
    extension.math_code = true;
    options.parse.relaxed_autolinks = true;
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let mut headings = 0;
    for node in root.descendants() {
        let data = node.data();
        let value = &data.value;
        let told = || format!("{value:?} in\n{text}");
        if let NodeValue::Heading(_) = value {
            headings += 1;
        } else if let NodeValue::HtmlBlock(html) = value {
            let lines = html.literal.lines();
            assert!(lines.clone().all(is_ours), "{}", told());
        } else if let NodeValue::CodeBlock(block) = value {
            let is_ours = ["diff", "text"].contains(&&*block.info);
            assert!(block.fenced && block.closed && is_ours, "{}", told());
        } else {
            assert!(is_plain(value), "{}", told());
        }
        words(node);
    }
    assert_eq!(headings, 1, "{text}");
}

/// Whether this is a node that our own pages have.
fn is_plain(value: &NodeValue) -> bool {
    matches!(
        value,
        NodeValue::Document
            | NodeValue::BlockQuote
            | NodeValue::Alert(_)
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Paragraph
            | NodeValue::Text(_)
            | NodeValue::Code(_)
            | NodeValue::Strong
            | NodeValue::Emph
            | NodeValue::SoftBreak
            | NodeValue::Table(_)
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
    )
}

/// Whether a line of HTML is one that pages are made with.
fn is_ours(line: &str) -> bool {
    let inside = |text: &str| !text.contains(['<', '>', '"', '@']);
    let is_summary = |line: &str| {
        let name = line.strip_prefix("<summary><code>");
        let name = name.and_then(|line| line.strip_suffix("</summary>"));
        name.and_then(|name| name.split_once("</code>: "))
            .is_some_and(|(name, count)| !name.contains(['<', '>', '"']) && inside(count))
    };
    let is_header = |line: &str| {
        let rest = line.strip_prefix("<!-- oppctl:v1 instance=");
        let rest = rest.and_then(|line| line.strip_suffix(" -->"));
        rest.is_some_and(inside)
    };
    // A summary of our own words and numbers.
    let is_words = |line: &str| {
        let words = line.strip_prefix("<summary>");
        let words = words.and_then(|line| line.strip_suffix("</summary>"));
        words.is_some_and(|words| {
            words
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " ,.−".contains(c))
        })
    };
    is_words(line)
        || ["", "<details>", "</details>"].contains(&line)
        || [
            "<summary>Where they are</summary>",
            "<summary>What has changed since the review</summary>",
        ]
        .contains(&line)
        || is_summary(line)
        || is_header(line)
}

/// Whether the words of a paragraph mention nobody and nothing: GitHub looks for that in the text that is left.
fn words(node: Node<'_>) {
    let mut text = String::new();
    for child in node.children() {
        if let NodeValue::Text(words) = &child.data().value {
            text.push_str(words);
        } else {
            text.push(' ');
        }
    }
    let lower = text.to_ascii_lowercase();
    for (mark, is_next) in [
        ("@", char::is_alphanumeric as fn(char) -> bool),
        ("#", |c: char| c.is_ascii_digit()),
        ("gh-", |c: char| c.is_ascii_digit()),
        ("://", |_| true),
        ("www.", |_| true),
    ] {
        for (start, _) in lower.match_indices(mark) {
            let next = lower[start + mark.len()..].chars().next();
            assert!(!next.is_some_and(is_next), "{mark} in {text}");
        }
    }
}
