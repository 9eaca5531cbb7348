//! What the day has left, and what a run may use of it.

use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;
use serde_json::Value;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles:
      - { leadId: 1001, role: Champion }
";

/// A project with further limits in its configuration.
fn limited(marketo: &Marketo, limits: &str) -> Project {
    let project = marketo.project(MANIFEST);
    let config = marketo.config("");
    let with = format!("readLag: 0s, {limits} }}");
    project.write("oppctl.yaml", config.replace("readLag: 0s }", &with));
    project
}

#[test]
fn a_plan_says_what_the_day_has_left_and_an_apply_needs_that_much() {
    let marketo = Marketo::start();
    let project = limited(&marketo, "dailyCalls: 10");
    project.run("plan --quiet --out plan.json").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 20 % of 10 a day (3 left today).

"#]]);
    let report: Value = serde_json::from_str(&project.read("plan.json")).expect("JSON");
    assert_eq!(report["calls"]["left"], 3);
    let refused = project.run("apply --yes --quiet");
    refused.shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 20 % of 10 a day (none left today).
Refused: the apply needs 2 calls, and this day has 0 of 10 left; the quota is renewed at [MIDNIGHT]. Nothing was sent.
---- stderr
error: the apply needs 2 calls, and this day has 0 of 10 left; the quota is renewed at [MIDNIGHT]; nothing was sent
  hint: run it again then. To send what today's calls allow, and the rest with a later run: --allow-over-quota. If the subscription has more calls a day, correct limits.dailyCalls in oppctl.yaml

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 0);
    project
        .run("apply --yes --quiet --allow-over-quota")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 20 % of 10 a day (none left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    // Where nothing is to be sent, nothing is asked.
    let before = marketo.answered(CallOperation::Usage);
    project.assert_plan_empty();
    assert_eq!(marketo.answered(CallOperation::Usage), before);
}

#[test]
fn nothing_is_said_of_the_day_where_the_instance_does_not_tell() {
    for code in ["603", "611", "1003"] {
        let marketo = Marketo::start();
        let project = marketo.project(MANIFEST);
        marketo.fault(Fault::code(code).on(CallOperation::Usage).times(9));
        let plan = project.run("plan").exits(0);
        assert!(!plan.text().contains("left today"), "{}", plan.text());
        drop(project.run("apply --yes").exits(0));
        // Each is asked once.
        let asked = |call: &&oppctl::simulator::LoggedCall| call.operation == CallOperation::Usage;
        assert_eq!(marketo.calls().iter().filter(asked).count(), 2, "{code}");
    }
}

#[test]
fn a_plan_whose_apply_needs_more_calls_than_a_run_may_make_is_refused() {
    let marketo = Marketo::start();
    let project = limited(&marketo, "maxCalls: 8");
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).
Refused: planning took 7 calls, and the apply needs 2: together more than the 8 of this run. Nothing was sent.
---- stderr
error: planning took 7 calls, and the apply needs 2: together more than the 8 of this run
  hint: if these calls are right, allow them: --max-calls 9

"#]]);
    project
        .run("apply --yes --quiet --max-calls 7")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,986 left today).
Refused: planning took 7 calls, and the apply needs 2: together more than the 7 of this run. Nothing was sent.
---- stderr
error: planning took 7 calls, and the apply needs 2: together more than the 7 of this run; nothing was sent
  hint: if these calls are right, allow them: --max-calls 9

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 0);
    drop(project.run("apply --yes --quiet --max-calls 100").exits(0));
    project.assert_plan_empty();
}

#[test]
fn no_call_over_the_limit_is_sent_while_records_are_read() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.run("plan --quiet --max-calls 3").shows(str![[r#"
exit: 7
---- stderr
error: query of opportunities: not sent, because the run may make 3 calls, and has made them
  hint: allow more calls: --max-calls COUNT, or limits.maxCalls in oppctl.yaml

"#]]);
    assert_eq!(marketo.calls().len(), 4, "a token and three calls");
    project.run("describe --max-calls 0").shows(str![[r#"
exit: 64
---- stderr
error: invalid value '0' for '--max-calls <COUNT>': expected a whole number, at least 1

For more information, try '--help'.

"#]]);
}

#[test]
fn an_apply_whose_retries_use_up_its_calls_ends_with_what_is_done() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(Fault::code("608").on(CallOperation::Sync));
    project
        .run("apply --yes --quiet --max-calls 9")
        .shows(str![[r#"
exit: 7
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Not attempted (1)
  1 role, because the run ended early
      pipeline/main.yaml:6:19  role A-1 / 1001 / Champion

The run ended early: create of roles: not sent, because the run may make 9 calls, and has made them.

Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.  2 calls in [SECONDS] s.
  Next      run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 1);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}
