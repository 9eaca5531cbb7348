//! What a crash leaves can be read; any other damage is an error with its line.

use std::path::Path;

use pretty_assertions::assert_eq;

use super::format::OLDER;
use super::sample::{begin, plan, sample, settled};
use crate::apply::tests::bench::log::Log;
use crate::apply::{ApplyEvent, Outcome, WhyNot};
use crate::journal::{JournalError, Run, read};
use crate::model::Verb;
use crate::model::kind::OPPORTUNITY;
use crate::plan::Batch;

fn read_text(text: &[u8]) -> Result<Option<Run>, JournalError> {
    read(&mut &*text, Path::new("run.jsonl"))
}

#[test]
fn a_journal_that_breaks_off_anywhere_says_what_it_knows() {
    let log = sample(true);
    let text = log.text.borrow();
    let whole = read_text(&text).unwrap().unwrap();
    for length in 0..=text.len() {
        let Some(run) = read_text(&text[..length]).unwrap() else {
            assert!(!text[..length].contains(&b'\n'));
            continue;
        };
        assert_eq!(run.changes.len() + run.unwritten(), whole.changes.len());
        for (now, then) in run.outcomes.iter().zip(&whole.outcomes) {
            let is_so = now == then
                || match now {
                    Outcome::NotAttempted(WhyNot::Halted) => true,
                    // It was about to be sent, and nothing more is known.
                    Outcome::Unknown { .. } => !matches!(then, Outcome::NotAttempted(_)),
                    Outcome::Applied { .. }
                    | Outcome::Rejected { .. }
                    | Outcome::NotAttempted(_) => false,
                };
            assert!(is_so, "{length}: {now:?} of {then:?}");
        }
        assert_eq!(run.end.is_some(), length == text.len());
    }
}

#[test]
fn blocks_that_were_never_written_are_what_a_crash_leaves() {
    let mut text = sample(true).text.borrow().clone();
    text.extend([0; 512]);
    assert!(read_text(&text).unwrap().unwrap().end.is_some());
}

/// What is wrong with a journal without checksums after a line is replaced.
fn mistake(line: usize, with: &str) -> String {
    let mut lines: Vec<&str> = OLDER.lines().collect();
    lines[line - 1] = with;
    let text = lines.join("\n") + "\n";
    read_text(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn damage_is_told_with_its_line() {
    let change =
        |rest: &str| format!("{{\"change\":{{\"file\":\"a\",\"line\":1,\"fields\":[],{rest}}}}}");
    let rows = [
        (1, "{}".to_owned(), "line 1: unexpected content: `oppctl` is missing"),
        (
            1,
            "{\"oppctl\":\"ledger\",\"version\":1}".to_owned(),
            "line 1: not a journal",
        ),
        (3, "\0\0".to_owned(), "line 3: unexpected content: expected value"),
        (
            2,
            change("\"kind\":\"lead\",\"key\":[],\"action\":\"create\""),
            "line 2: the kind `lead` is unknown",
        ),
        (
            2,
            change("\"kind\":\"opportunity\",\"key\":[7],\"action\":\"create\""),
            "line 2: the key does not have the parts of its kind",
        ),
        (
            2,
            change("\"kind\":\"opportunity\",\"key\":[\"A\"],\"action\":\"update\""),
            "line 2: the action has no `id`",
        ),
        (
            2,
            change("\"kind\":\"opportunity\",\"key\":[\"A\"],\"action\":\"create\"")
                .replace(
                    "[],\"kind",
                    "[{\"name\":\"a\",\"type\":\"float\",\"after\":{\"decimal\":\"x\"}}],\"kind",
                ),
            "line 2: `x` is not a valid decimal number",
        ),
        (
            7,
            "{\"sending\":{\"time\":\"2026-03-02T18:00:00Z\",\"kind\":\"role\",\"verb\":\"update\",\"changes\":[4]}}".to_owned(),
            "line 7: it refers to a change that the journal does not have",
        ),
        (
            8,
            "{\"settled\":{\"time\":\"2026-03-02T18:00:00Z\",\"outcomes\":[{\"change\":0,\"tries\":1}]}}".to_owned(),
            "line 8: a change must have exactly one outcome",
        ),
    ];
    for (line, text, expected) in rows {
        assert_eq!(mistake(line, &text), format!("run.jsonl, {expected}"));
    }
    let second = OLDER.lines().nth(1).unwrap();
    let longer = OLDER.replacen(second, &format!("{second}\n{second}"), 1);
    assert_eq!(
        read_text(longer.as_bytes()).unwrap_err().to_string(),
        "run.jsonl, line 6: more changes than its first line announces"
    );
}

#[test]
fn a_changed_journal_is_found() {
    let text = sample(true).text.borrow().clone();
    // A changed byte.
    for at in 0..text.len() - 1 {
        let mut changed = text.clone();
        changed[at] ^= 1;
        let is_read = read_text(&changed).is_ok_and(|run| run.is_some());
        assert!(!is_read, "byte {at}");
    }
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for at in 1..lines.len() {
        let without: Vec<&[u8]> = [&lines[..at], &lines[at + 1..]].concat();
        let twice: Vec<&[u8]> = [&lines[..=at], &lines[at..]].concat();
        // What ends with a line that was written is what a crash leaves.
        if at < lines.len() - 1 {
            assert!(read_text(&without.concat()).is_err(), "line {at}");
        }
        assert!(read_text(&twice.concat()).is_err(), "line {at}");
    }
    // A line without a checksum among others, and one with it among those without.
    let older = OLDER.split_inclusive('\n').map(str::as_bytes);
    let older: Vec<&[u8]> = older.collect();
    for (whole, other) in [(&lines, &older), (&older, &lines)] {
        let mut mixed = whole.clone();
        mixed[2] = other[2];
        let error = read_text(&mixed.concat()).unwrap_err();
        assert!(error.to_string().contains("line 3: "), "{error}");
    }
}

#[test]
fn a_newer_version_is_refused() {
    let newer = "{\"oppctl\":\"journal\",\"version\":2,\"run\":7}";
    assert_eq!(
        mistake(1, newer),
        "run.jsonl has version 2 of its format, but this oppctl reads up to 1"
    );
}

#[test]
fn nothing_follows_what_could_not_be_written() {
    let (log, plan) = (Log::default(), plan());
    let mut journal = begin(&log, &plan, true);
    log.left.set(Some(1));
    let batch = Batch {
        kind: &OPPORTUNITY,
        verb: Verb::Create,
        changes: vec![0],
    };
    journal.note(ApplyEvent::Sending(&batch)).unwrap();
    let [created, ..] = settled();
    let failed = journal.note(ApplyEvent::Settled(&[created])).unwrap_err();
    assert_eq!(failed.to_string(), "cannot write to run.jsonl");
    log.left.set(None);
    let [created, ..] = settled();
    let failed = journal.note(ApplyEvent::Settled(&[created])).unwrap_err();
    assert_eq!(failed.to_string(), "an earlier write to run.jsonl failed");
    // The half line is ignored, so the outcome of the batch is unknown.
    let run = log.read().unwrap();
    assert!(matches!(run.outcomes[0], Outcome::Unknown { .. }));
    assert_eq!(run.end, None);
}
