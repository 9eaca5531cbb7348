//! A page that would be too long loses values first, and what it loses is counted.

use super::markdown;
use super::sample::{Sample, created, deleted, field, updated};
use crate::apply::{Outcome, WhyNot};
use crate::plan::file::Severity;
use crate::render::complaint::Complaint;
use crate::render::ending::Verdict;
use crate::render::markdown::MarkdownLimit;

/// So many changes of each sort, in so many files, with values of so many characters.
fn large(each: usize, files: usize, length: usize) -> Sample {
    let value = "x".repeat(length);
    let changes = (0..each).flat_map(|index| {
        let file = format!("pipeline/{:04}.yaml", index % files);
        [
            updated(
                &format!("U-{index}"),
                &file,
                vec![field("stage", "", &value)],
            ),
            created(&format!("C-{index}"), &file),
            deleted(&format!("D-{index}"), &file),
        ]
    });
    let mut sample = Sample::of(changes.collect());
    sample.head.refusals = vec!["the plan deletes too much".to_owned()];
    sample
}

#[track_caller]
fn has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "{wanted} is not in {text}");
}

#[test]
fn everything_is_there_where_there_is_room() {
    let text = markdown(&large(5, 2, 20).planned());
    assert!(!text.contains("left out"), "{text}");
    assert!(!text.contains("… and"), "{text}");
}

#[test]
fn values_are_cut_before_the_names_of_what_is_deleted() {
    let text = markdown(&large(300, 3, 200).planned());
    assert!(text.len() <= MarkdownLimit::Github.bytes());
    for index in 0..300 {
        has(&text, &format!("`D-{index}`"));
    }
    has(&text, "**refused** — merging changes nothing");
    has(
        &text,
        "This change creates 300 opportunities, updates 300 opportunities and **deletes** 300 opportunities.",
    );
    has(&text, "the plan deletes too much");
    has(&text, "260 more deletions, each smaller");
    has(&text, ": the page would be too long.");
}

#[test]
fn every_forge_gets_as_much_as_it_takes() {
    let sample = large(800, 800, 200);
    let account = sample.planned();
    let mut shown = Vec::new();
    for name in ["10000", "bitbucket", "github", "azure", "gitlab"] {
        let limit: MarkdownLimit = name.parse().expect("a limit");
        let text = crate::render::markdown(&account, limit);
        assert!(text.len() <= limit.bytes(), "{name}: {}", text.len());
        has(&text, "**refused** — merging changes nothing");
        shown.push(text.len());
    }
    assert!(shown.is_sorted_by(|one, other| one < other), "{shown:?}");
}

#[test]
fn many_files_are_counted() {
    let text = markdown(&large(600, 600, 200).planned());
    assert!(text.len() <= MarkdownLimit::Github.bytes());
    has(&text, ": the page would be too long.");
}

#[test]
fn a_hundred_thousand_deletions_are_counted() {
    let changes = (0..100_000).map(|index| deleted(&format!("D-{index}"), "a.yaml"));
    let text = markdown(&Sample::of(changes.collect()).planned());
    assert!(text.len() <= MarkdownLimit::Github.bytes());
    has(&text, "merging **deletes** 100,000 opportunities");
    has(&text, "> **Deleted: 100,000 opportunities.**");
    has(&text, "`D-200`");
    has(&text, "… and ");
    has(&text, "99,960 more deletions, each smaller");
}

#[test]
fn failures_come_before_everything_else_of_a_report() {
    let mut sample = large(400, 400, 300);
    sample.head.refusals.clear();
    for (index, outcome) in sample.outcomes.iter_mut().enumerate() {
        *outcome = match index % 3 {
            0 => Outcome::Unknown {
                why: "the connection was lost".to_owned(),
            },
            1 => Outcome::NotAttempted(WhyNot::Halted),
            _ => Outcome::Applied { id: None },
        };
    }
    let text = markdown(&sample.applied());
    assert!(text.len() <= MarkdownLimit::Github.bytes());
    for index in 0..400 {
        has(&text, &format!("`U-{index}`"));
    }
    has(&text, "400 unknown");
}

#[test]
fn one_long_value_does_not_push_the_others_out() {
    let long = "y".repeat(1_000_000);
    let lines = "z\n".repeat(100_000);
    let fields = vec![
        field("description", "", &long),
        field("story", "a\n", &lines),
        field("stage", "Won", "Lost"),
    ];
    let text = markdown(&Sample::of(vec![updated("A-1", "a.yaml", fields)]).planned());
    assert!(text.len() < 10_000);
    has(&text, "… (+999");
    has(&text, "more lines");
    has(&text, "`stage` Won → Lost");
}

#[test]
fn texts_that_grow_when_they_are_made_harmless_are_counted_as_they_are_then() {
    for text in ["@", "#", "`", "\"", "\u{202e}", "//", "<"] {
        let sample = Sample::everywhere(&text.repeat(4_000));
        for account in [
            sample.planned(),
            sample.applied(),
            sample.failed(Verdict::Failed),
        ] {
            let text = markdown(&account);
            assert!(
                text.len() <= MarkdownLimit::Github.bytes(),
                "{}",
                text.len()
            );
        }
    }
}

#[test]
fn many_long_complaints_are_counted() {
    let mut sample = Sample::everywhere("#");
    let complaints = (0..2_000).map(|line| Complaint {
        code: "wrong-type",
        severity: Severity::Error,
        file: "\"".repeat(500),
        line,
        column: 1,
        end_line: line,
        end_column: 2,
        message: "@".repeat(5_000),
        help: Some("#".repeat(5_000)),
        excerpt: "`".repeat(5_000),
    });
    sample.complaints = complaints.collect();
    let text = markdown(&sample.failed(Verdict::Failed));
    assert!(
        text.len() <= MarkdownLimit::Github.bytes(),
        "{}",
        text.len()
    );
    has(&text, "**2,000 problems in the manifests**");
    has(&text, "> - … and 1,99");
}
