//! The exits as the page of commands lists them, and those of reports.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;

use crate::api::{ApiError, Call, CallRefusal, Operation};
use crate::apply::{CanaryFailure, Halt, Outcome, Report, WhyNot};
use crate::cli::exit::Exit;
use crate::ledger::Lost;
use crate::model::kind::OPPORTUNITY;
use crate::plan::{At, NotUndone, Note, Plan, WhyNotUndone};
use crate::render::{PageFamily, listed};

use super::{of_plan, of_report};

const PAGE: &str = include_str!("../../../docs/commands.md");

const ALL: [Exit; 12] = [
    Exit::Done,
    Exit::Failed,
    Exit::Pending,
    Exit::Invalid,
    Exit::Partial,
    Exit::Guarded,
    Exit::Stale,
    Exit::Unavailable,
    Exit::Denied,
    Exit::Usage,
    Exit::Interrupted,
    Exit::Terminated,
];

#[test]
fn the_page_lists_every_exit_and_no_other() {
    let (_, table) = PAGE
        .split_once("| exit | meaning |\n|---|---|\n")
        .expect("there is a table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let numbers = rows.flat_map(|row| {
        let cell = row.split('|').nth(1).expect("a row has cells");
        cell.split(',')
            .map(|number| number.trim().parse::<u8>().expect("it is a number"))
    });
    let numbers: Vec<u8> = numbers.collect();
    assert_eq!(numbers, ALL.map(Exit::code));
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
}

#[test]
fn every_exit_has_a_page_and_every_page_an_exit() {
    let pages = listed().into_iter();
    let ids = pages.filter(|page| page.family == PageFamily::Exit);
    let ids: Vec<String> = ids.map(|page| page.id).collect();
    assert_eq!(ids, ALL.map(|exit| format!("exit-{}", exit.code())));
}

fn refused() -> (Call, CallRefusal) {
    let refusal = CallRefusal {
        code: "1".into(),
        message: "No".into(),
        request_id: None,
    };
    let call = Call {
        operation: Operation::Create,
        kind: Some(&OPPORTUNITY),
    };
    (call, refusal)
}

fn exit(outcome: Outcome, halt: Option<Halt>) -> Exit {
    let report = Report {
        outcomes: vec![outcome],
        halt,
        tried: None,
    };
    of_report(&report, &Plan::default(), Exit::Terminated)
}

#[test]
fn each_end_of_a_run_has_its_exit() {
    let applied = || Outcome::Applied { id: None };
    let left = || Outcome::NotAttempted(WhyNot::Halted);
    let (call, refusal) = refused();
    let quota = ApiError::Quota {
        call,
        refusal: refusal.clone(),
    };
    let denied = ApiError::Denied {
        call,
        refusal: refusal.clone(),
    };
    let other = ApiError::Refused { call, refusal };
    let canary = CanaryFailure::NotApplied {
        not_applied: 1,
        changes: 1,
    };
    let ends = [
        (Exit::Done, None),
        (Exit::Terminated, Some(Halt::Interrupted)),
        (Exit::Partial, Some(Halt::LockLost(Lost::Expired))),
        (Exit::Partial, Some(Halt::Canary(canary))),
        (Exit::Failed, Some(Halt::Unrecorded("full".into()))),
        (Exit::Unavailable, Some(Halt::Api(quota))),
        (Exit::Denied, Some(Halt::Api(denied))),
        (Exit::Partial, Some(Halt::Api(other))),
    ];
    for (expected, halt) in ends {
        assert_eq!(exit(applied(), halt), expected);
    }
    assert_eq!(exit(left(), None), Exit::Partial);
}

#[test]
fn an_undo_that_leaves_something_is_partial() {
    let mut plan = Plan::default();
    assert_eq!(of_plan(&plan), Exit::Done);
    plan.notes.push(Note::NotUndone(NotUndone {
        kind: &OPPORTUNITY,
        shown: "A-1".into(),
        at: At::Saved {
            file: "a.yaml".into(),
            line: 1,
            column: 1,
        },
        why: WhyNotUndone::Gone,
    }));
    assert_eq!(of_plan(&plan), Exit::Partial);
}
