//! What people and programs are told of a run has no sensitive value in it.

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
    let ending = Ending {
        exit: 0,
        verdict: Verdict::Well,
        failure: None,
    };
    let account = Account::of_run(
        "apply",
        Some(instance),
        Some(ended),
        ending,
        Invocation::plain(),
    );
    assert_no_secret(&render::markdown(&account, render::MarkdownLimit::Github));
    let document = serde_json::to_string(&render::report_document(&account)).unwrap();
    assert_no_secret(&document);
    if let Err(error) = &ended.end {
        assert_no_secret(&error.to_string());
    }
    let Some(planned) = &ended.planned else {
        return;
    };
    let file = planned.sealed(&serde_json::to_string(&render::plan_file(planned)).unwrap());
    assert_no_secret(&file);
    assert_no_secret(&as_text(ended, planned));
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
