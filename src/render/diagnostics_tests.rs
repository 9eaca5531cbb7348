//! Excerpts of awkward places: hostile text, long lines, tabs, the end of the file.
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use pretty_assertions::assert_eq;
use snapbox::{Assert, IntoData as _, str};

use super::diagnostics;
use crate::model::{Diagnostic, FileId, Invocation, Problem, Sources, Span};

fn assert_shown(shown: &str, expected: snapbox::data::Inline) {
    Assert::new()
        .action_env("SNAPSHOTS")
        .eq(shown, expected.raw());
}

fn rendered(sources: &Sources, found: &[Diagnostic], styled: bool) -> String {
    let mut out = Vec::new();
    diagnostics(sources, found, Invocation::plain(), &mut out, styled).unwrap();
    String::from_utf8(out).unwrap()
}

/// The message about the `nth` occurrence of `needle` in a file.
fn about(text: &str, needle: &str, problem: Problem) -> String {
    let mut sources = Sources::default();
    let file = sources.add("dir/a.yaml".into(), text.to_owned());
    let found = Diagnostic::new(problem, span(file, text, needle));
    rendered(&sources, &[found], false)
}

fn span(file: FileId, text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap();
    Span {
        file,
        start: start.try_into().unwrap(),
        end: (start + needle.len()).try_into().unwrap(),
    }
}

fn unknown(name: &str) -> Problem {
    Problem::UnknownMember {
        name: name.to_owned(),
        suggestion: None,
    }
}

#[test]
fn no_escape_sequence_of_a_file_reaches_the_terminal() {
    let text = "a\u{1b}[2J\u{202e}: { \u{1b}]0;x\u{7}\u{200b}é: 1 } # \u{9b}31m\r\n";
    let shown = about(
        text,
        "\u{1b}]0;x\u{7}\u{200b}é",
        unknown("\u{1b}]0;x\u{7}\u{200b}é"),
    );
    assert_shown(
        &shown,
        str![[r#"
error[unknown-member]: `\e]0;x\u{7}\u{200b}é` is not known here
 --> dir/a.yaml:1:11
  |
1 | a␛[2J�: { \e]0;x\u{7}\u{200b}é: 1 } # \u{9b}31m
  |           ^^^^^^^^^^^^^^^^^^^^ unknown name
  |
  = help: remove it

"#]],
    );
    // Columns are those of the file although escapes are wider.
    assert!(!shown.contains(|character: char| character.is_control() && character != '\n'));
}

#[test]
fn paths_are_escaped() {
    let mut sources = Sources::default();
    let file = sources.add("a\u{1b}[31m\n.yaml".into(), "x: 1".to_owned());
    let found = Diagnostic::new(Problem::MissingVersion, span(file, "x: 1", "x"));
    assert_shown(
        &rendered(&sources, &[found], false),
        str![[r#"
error[missing-version]: the file does not say its version
 --> a\e[31m\n.yaml:1:1
  |
1 | x: 1
  | ^ `version` is missing
  |
  = help: write `version: 1` at the top

"#]],
    );
}

#[test]
fn columns_count_characters_and_carets_their_width() {
    assert_shown(
        &about("田中: 中\tfehler: 1\n", "fehler", unknown("fehler")),
        str![[r#"
error[unknown-member]: `fehler` is not known here
 --> dir/a.yaml:1:7
  |
1 | 田中: 中    fehler: 1
  |             ^^^^^^ unknown name
  |
  = help: remove it

"#]],
    );
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let text = format!(
        "{{ {} bad: 1, {} }}",
        "good: 1, ".repeat(100_000),
        "more: 1, ".repeat(100_000)
    );
    assert_shown(
        &about(&text, "bad", unknown("bad")),
        str![[r#"
error[unknown-member]: `bad` is not known here
 --> dir/a.yaml:1:900004
  |
 ... 
1 | ..., good: 1, good: 1, good: 1, good: 1, good: 1, good: 1,  bad: 1, more: 1, more: 1, more: 1, more: 1, more: 1, more: 1, more: 1, mo...
  |                                                             ^^^ unknown name
  |
  = help: remove it

"#]],
    );
}

#[test]
fn a_place_of_many_lines_shows_its_first() {
    let text = "a:\n  b: 1   \n  c: 2\n";
    assert_shown(
        &about(text, "b: 1   \n  c: 2\n", unknown("b")),
        str![[r#"
error[unknown-member]: `b` is not known here
 --> dir/a.yaml:2:3
  |
2 |   b: 1   
  |   ^^^^ unknown name
  |
  = help: remove it

"#]],
    );
}

#[test]
fn the_end_of_the_file_is_a_place() {
    for text in ["a: [", "a: [\n", "", "\n\n"] {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".into(), text.to_owned());
        let end = text.len().try_into().unwrap();
        let at = Span {
            file,
            start: end,
            end,
        };
        let found = Diagnostic::new(Problem::NotTrueOrFalse, at);
        let place = sources.place(at);
        let shown = rendered(&sources, &[found], false);
        assert_eq!(
            shown.lines().nth(1).map(str::trim_start),
            Some(format!("--> {place}").as_str())
        );
    }
}

#[test]
fn related_places_share_an_excerpt_where_they_are_near() {
    let near = "a: 1\nb: 2\nc: 3\n";
    let far = format!("a: 1\n{}c: 3\n", "b: 2\n".repeat(30));
    let other = "z: 1\n";
    let mut sources = Sources::default();
    let near_file = sources.add("near.yaml".into(), near.to_owned());
    let far_file = sources.add("far.yaml".into(), far.clone());
    let other_file = sources.add("other.yaml".into(), other.to_owned());
    let c = |file, text| Diagnostic::new(unknown("c"), span(file, text, "c"));
    let found = [
        c(near_file, near)
            .with(span(near_file, near, "a"), "first here")
            .with(
                span(near_file, near, "c"),
                "the place itself is not repeated",
            ),
        c(far_file, &far)
            .with(span(far_file, &far, "a"), "first here")
            .with(span(other_file, other, "z"), "and here"),
    ];
    assert_shown(
        &rendered(&sources, &found, false),
        str![[r#"
error[unknown-member]: `c` is not known here
 --> near.yaml:3:1
  |
1 | a: 1
  | - first here
2 | b: 2
3 | c: 3
  | ^ unknown name
  |
  = help: remove it

error[unknown-member]: `c` is not known here
  --> far.yaml:32:1
   |
32 | c: 3
   | ^ unknown name
   |
  --> far.yaml:1:1
   |
 1 | a: 1
   | - first here
   |
  --> other.yaml:1:1
   |
 1 | z: 1
   | - and here
   |
   = help: remove it

"#]],
    );
}

#[test]
fn style_adds_nothing_but_colour() {
    let mut sources = Sources::default();
    let file = sources.add("a.yaml".into(), "x: 1".to_owned());
    let found = [Diagnostic::new(
        Problem::MissingVersion,
        span(file, "x: 1", "x"),
    )];
    let styled = rendered(&sources, &found, true);
    assert!(styled.contains('\u{1b}'));
    let bare = anstream::adapter::strip_str(&styled).to_string();
    assert_eq!(bare, rendered(&sources, &found, false));
}

#[test]
fn the_tally_counts_problems_and_files() {
    let at = |file| Span {
        file: FileId(file),
        start: 0,
        end: 0,
    };
    let found = |file| Diagnostic::new(Problem::NotTrueOrFalse, at(file));
    assert_eq!(super::tally(&[found(0)]), "1 problem in 1 file");
    assert_eq!(
        super::tally(&[found(0), found(0), found(1)]),
        "3 problems in 2 files"
    );
}

/// The parser notices some mistakes only later: the place shown is where they begin.
#[test]
fn a_syntax_error_is_shown_where_it_begins() {
    let shown = |text: &str| {
        let reading = crate::manifest::read([("a.yaml".into(), text.as_bytes().to_vec())]);
        let found = &reading.diagnostics[..1];
        let text = rendered(&reading.sources, found, false);
        text.lines().take(5).collect::<Vec<_>>().join("\n")
    };
    let record = "version: 1\nopportunities:\n  - externalOpportunityId: 'A'\n";
    assert_shown(
        &shown(&format!("{record}    name: \"Chairs, 2\n    amount: 3\n")),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:4:11
  |
4 |     name: "Chairs, 2
  |           ^ the text in quotes that begins here does not end on its line
"#]],
    );
    assert_shown(
        &shown(&format!("{record}    name: 'it''s\n")),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:4:11
  |
4 |     name: 'it''s
  |           ^ the text in quotes that begins here does not end on its line
"#]],
    );
    let plain = record.replace('\'', "");
    assert_shown(
        &shown(&format!("{plain}\tname: Chairs\n")),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:4:1
  |
4 |     name: Chairs
  | ^ while scanning a plain scalar, found a tab
"#]],
    );
    assert_shown(
        &shown(&format!("{record}\tname: Chairs\n")),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:4:1
  |
4 |     name: Chairs
  | ^ tabs disallowed within this context (block indentation)
"#]],
    );
    assert_shown(
        &shown(
            "version: 1\nopportunities:\n  - { externalOpportunityId: \"A\", name: \"Chairs }\n  - { externalOpportunityId: B, name: \"Tables\" }\n",
        ),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:3:41
  |
3 |   - { externalOpportunityId: "A", name: "Chairs }
  |                                         ^ the text in quotes that begins here does not end on its line
"#]],
    );
    assert_shown(
        &shown(
            "version: 1\nopportunities:\n  - { externalOpportunityId: A, name: \"Chairs\" x }\n",
        ),
        str![[r#"
error[syntax]: the file is not valid YAML
 --> a.yaml:3:48
  |
3 |   - { externalOpportunityId: A, name: "Chairs" x }
  |                                                ^ invalid trailing content after double-quoted scalar
"#]],
    );
}
