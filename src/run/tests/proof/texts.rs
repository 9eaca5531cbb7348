//! What people and programs are told of a run: nothing of it is a sensitive value, and its numbers are those of the outcomes, which are
//! compared with the store elsewhere.

use pretty_assertions::assert_eq;

use crate::apply::Outcome;
use crate::model::Invocation;
use crate::plan::{Note, Plan};
use crate::render::{self, Account, Detail, Ending, Head, PlanFacts, Verdict};
use crate::run::{Ended, InstanceId, Planned};

/// What every sensitive value of a history has in it, and nothing else.
pub(super) const SECRET: &str = "hush";

/// Asserts that no text of a run tells a sensitive value.
pub(super) fn assert_silent(ended: &Ended, instance: &InstanceId) {
    if ended.planned.as_ref().is_some_and(is_unmasked) {
        return;
    }
    let account = account(ended, instance);
    assert_no_secret(&render::markdown(&account, render::MarkdownLimit::Github));
    let document = serde_json::to_string(&render::report_document(&account)).unwrap();
    assert_no_secret(&document);
    if let Err(error) = &ended.end {
        assert_no_secret(&error.to_string());
    }
    let Some(planned) = &ended.planned else {
        return;
    };
    let file = planned.sealed(serde_json::to_string(&render::plan_file(planned)).unwrap());
    assert_no_secret(&file);
    assert_no_secret(&as_text(ended, planned));
}

/// Asserts that the verdict, the counts and the next step of a run are those of its outcomes.
pub(super) fn assert_agrees(ended: &Ended, instance: &InstanceId) {
    let (Some(planned), Some(sent)) = (&ended.planned, &ended.sent) else {
        return;
    };
    let account = account(ended, instance);
    let verdict = render::verdict(&account);
    let outcomes = &sent.report.outcomes;
    let count = |test: fn(&Outcome) -> bool| outcomes.iter().filter(|it| test(it)).count();
    let [applied, rejected, unknown, waiting] = [
        count(Outcome::is_applied),
        count(|outcome| matches!(outcome, Outcome::Rejected { .. })),
        count(|outcome| matches!(outcome, Outcome::Unknown { .. })),
        count(|outcome| matches!(outcome, Outcome::NotAttempted(_))),
    ];
    let is_complete = applied == outcomes.len();
    let is_done = is_complete && sent.report.halt.is_none();
    let numbers: Vec<usize> = verdict
        .split(|c: char| !c.is_ascii_digit() && c != ',')
        .filter_map(|text| text.replace(',', "").parse().ok())
        .collect();
    if is_done {
        assert_eq!(numbers.iter().sum::<usize>(), applied, "{verdict}");
    } else if !is_complete {
        for (number, word) in [
            (rejected, "rejected"),
            (unknown, "unknown"),
            (waiting, "not attempted"),
        ] {
            let is_told = verdict.contains(word) && numbers.contains(&number);
            assert_eq!(is_told, number > 0, "{number} {word}: {verdict}");
        }
        assert!(applied == 0 || numbers.contains(&applied), "{verdict}");
    } else {
        assert!(!verdict.starts_with("Stopped early"), "{verdict}");
    }
    let document = serde_json::to_value(render::report_document(&account)).unwrap();
    assert_eq!(document["verdict"], verdict);
    let text = anstream::adapter::strip_str(&as_text(ended, planned)).to_string();
    assert!(text.contains(&verdict), "{verdict}\n{text}");
    // What is done needs no further step, and all else names one.
    let has_next = text
        .lines()
        .any(|line| line.trim_start().starts_with("Next "));
    assert_eq!(has_next, !is_done, "{text}");
}

fn account<'e>(ended: &'e Ended, instance: &'e InstanceId) -> Account<'e> {
    let ending = Ending {
        exit: 0,
        verdict: Verdict::Well,
        failure: None,
    };
    Account::of_run(
        "apply",
        Some(instance),
        Some(ended),
        ending,
        Invocation::plain(),
    )
}

/// Whether the instance did not say which fields are sensitive: then a note says so, and values are shown.
fn is_unmasked(planned: &Planned) -> bool {
    let mut notes = planned.plan.notes.iter();
    notes.any(|note| matches!(note, Note::Unmasked { .. }))
}

fn as_text(ended: &Ended, planned: &Planned) -> String {
    let Planned { plan, sources, .. } = planned;
    let plan: &Plan = plan;
    let mut text = String::new();
    let facts = PlanFacts::of(planned);
    let head = Head::of(planned, &facts, Invocation::plain());
    render::plan(plan, sources, &head, Detail::Full, &mut text).unwrap();
    if let Some(sent) = &ended.sent {
        render::report(planned, sent, Invocation::plain(), Detail::Full, &mut text).unwrap();
    }
    text
}

fn assert_no_secret(text: &str) {
    assert!(!text.contains(SECRET), "a sensitive value is told: {text}");
}
