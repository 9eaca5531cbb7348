//! Records that the instance refuses: the others are applied, and each refusal is at the line that caused it.

use oppctl::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Marketo;

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: 100
    stage: Negotiation
    roles:
      - { leadId: 1001, role: Champion }
      - { leadId: 4711, role: Champion }
      - { leadId: 1002, role: Buyer, isPrimary: true }
  - externalOpportunityId: A-2
    name: Tables
    stage: Negotiation
    roles:
      - { lead: { email: ada@example.com }, role: Champion }
";

#[test]
fn a_lead_that_is_not_there_is_a_mistake_at_its_line() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let plan = project.run("plan");
    plan.shows(str![[r#"
exit: 3
---- stderr
error[unknown-lead]: the instance has no lead whose id is 4711
 --> pipeline/main.yaml:9:19
  |
9 |       - { leadId: 4711, role: Champion }
  |                   ^^^^ no such lead
  |
  = help: correct the value, or create the lead first: oppctl does not create leads, and a simulator has those of its leads file

1 problem in 1 file
explain: oppctl explain unknown-lead

"#]]);
    let apply = project.run("apply --yes").exits(3);
    assert_eq!(apply.stderr, format!("{}Nothing was sent.\n", plan.stderr));
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_lead_that_vanishes_after_the_plan_keeps_no_other_record_from_being_applied() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    let gone = skip(1, "1004", "Lead not found: the lead does not exist");
    marketo.fault(gone.suffix("/roles.json"));
    project.run("apply --yes").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"                     :3
  + role        A-1 / 1001 / Champion             :8
  + role        A-1 / 1003 / Champion             :9
  + role        A-1 / 1002 / Buyer                :10
  + opportunity A-2  "Tables"                     :11
  + role        A-2 / ada@example.com / Champion  :15

Pipeline
  open  0 → 2  0 → 100  +100

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

Rejected (1)
  1004 Lead not found: the lead does not exist: the lead does not exist
      leadId: 1003
      pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
    → check the lead id: it is different in each instance, and the lead may have been merged or deleted
    For Adobe Support: request [REQUEST]

Partly applied: 5 of 6 changes are in Marketo, 1 was rejected.  2 calls in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 5
---- stderr
error: Partly applied: 5 of 6 changes are in Marketo, 1 was rejected.

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + role A-1 / 1003 / Champion  :9

Plan: 1 to create; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 3 roles in 8 calls; the apply is 0.002 % of 50,000 a day (49,982 left today).

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_message_that_names_a_field_leads_to_its_value() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    marketo.fault(skip(
        1,
        "1003",
        "Invalid value for field 'stage' and value 'Negotiation'",
    ));
    project.run("apply --yes").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"                     :3
  + role        A-1 / 1001 / Champion             :8
  + role        A-1 / 1003 / Champion             :9
  + role        A-1 / 1002 / Buyer                :10
  + opportunity A-2  "Tables"                     :11
  + role        A-2 / ada@example.com / Champion  :15

Pipeline
  open  0 → 2  0 → 100  +100

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

Rejected (1)
  1003 Invalid value for field 'stage' and value 'Negotiation': a value or a parameter of the call is invalid
      pipeline/main.yaml:13:12  opportunity A-2
    → correct the field that the message names
    For Adobe Support: request [REQUEST]

Not attempted (1)
  1 role, because its opportunity A-2 was rejected
      pipeline/main.yaml:15:17  role A-2 / ada@example.com / Champion

Partly applied: 4 of 6 changes are in Marketo, 1 was rejected, 1 was not attempted.  2 calls in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 4
---- stderr
error: Partly applied: 4 of 6 changes are in Marketo, 1 was rejected, 1 was not attempted.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn roles_of_a_refused_opportunity_are_not_attempted() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    marketo.fault(skip(0, "1014", "Failed to create"));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Pipeline
  open  0 → 2  0 → 100  +100

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

Rejected (1)
  1014 Failed to create: Marketo could not create the record
      pipeline/main.yaml:3:28  opportunity A-1
    → check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support
    For Adobe Support: request [REQUEST]

Not attempted (3)
  3 roles, because their opportunity A-1 was rejected
      pipeline/main.yaml:8:19  role A-1 / 1001 / Champion
      pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
      pipeline/main.yaml:10:19  role A-1 / 1002 / Buyer

Partly applied: 2 of 6 changes are in Marketo, 1 was rejected, 3 were not attempted.  2 calls in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Partly applied: 2 of 6 changes are in Marketo, 1 was rejected, 3 were not attempted.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn an_opportunity_whose_role_could_not_be_deleted_is_not_attempted() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    drop(project.run("apply --yes").exits(0));
    project.write(
        "pipeline/main.yaml",
        "\
version: 1
opportunities:
  - externalOpportunityId: A-2
    ensure: absent
    roles:
      - { lead: { email: ada@example.com }, role: Champion, ensure: absent }
",
    );
    marketo.fault(Fault::new(skipping(0, "1022", "Object in use")).on(CallOperation::Delete));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 0 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 10 calls; the apply is 0.004 % of 50,000 a day (49,980 left today).

Rejected (1)
  1022 Object in use: the record is in use: other records depend on it
      pipeline/main.yaml:6:17  role A-2 / ada@example.com / Champion
    → delete the records that depend on it first
    For Adobe Support: request [REQUEST]

Not attempted (1)
  1 opportunity, because its role A-2 / ada@example.com / Champion was rejected
      pipeline/main.yaml:3:28  opportunity A-2

Nothing was changed: 1 change was rejected, 1 was not attempted.  1 call in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 1 change was rejected, 1 was not attempted.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_role_that_nobody_declared_keeps_its_opportunity() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    drop(project.run("apply --yes").exits(0));
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-2, ensure: absent }\n",
    );
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  1 opportunity
  - opportunity A-2  "Tables"  Negotiation  pipeline/main.yaml:3
  Why: declared as absent.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 1 role in 7 calls; the apply is 0.002 % of 50,000 a day (49,983 left today).
Refused: pipeline/main.yaml:3:30: opportunity A-2 would be deleted, and no manifest declares its role A-2 / 1001 / Champion. Nothing was sent.
---- stderr
error: pipeline/main.yaml:3:30: opportunity A-2 would be deleted, and no manifest declares its role A-2 / 1001 / Champion; nothing was sent
  hint: declare them, or delete them too: --with-undeclared-roles

"#]]);
}

#[test]
fn a_record_that_appeared_since_the_plan_is_not_overwritten() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    drop(project.run("apply --yes").exits(0));
    // The next read shows nothing, as if another writer had been faster than this run.
    for row in (0..2).rev() {
        marketo.fault(
            Fault::new(FaultKind::Alter(oppctl::simulator::Alteration::OmitRow(
                row,
            )))
            .on(CallOperation::Query)
            .suffix("/opportunities.json"),
        );
        project.edit(
            "pipeline/main.yaml",
            ["    name: Chairs\n", "    name: Tables\n"][row],
            ["    name: Sofas\n", "    name: Shelves\n"][row],
        );
    }
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Pipeline
  open  1 → 2  100

Plan: 1 to create, 1 to update; 4 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 4 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,983 left today).

Rejected (1)
  1017 Object already exists: the record already exists
      pipeline/main.yaml:11:28  opportunity A-2
    → plan again: somebody created the record meanwhile
    For Adobe Support: request [REQUEST]

Partly applied: 1 of 2 changes is in Marketo, 1 was rejected.  2 calls in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Partly applied: 1 of 2 changes is in Marketo, 1 was rejected.

"#]]);
}

#[test]
fn an_answer_that_was_lost_is_read_back() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    for (how, when) in [
        (Breakdown::Disconnect, Moment::AfterCommit),
        (Breakdown::BadGateway, Moment::BeforeCommit),
    ] {
        marketo.fault(Fault::new(FaultKind::Break { how, when }).on(CallOperation::Sync));
    }
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Pipeline
  open  0 → 2  0 → 100  +100

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

Applied: 6 created.  6 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production --allow-deletes 6

"#]]);
    project.assert_plan_empty();
}

#[test]
fn what_cannot_be_read_back_is_unknown() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", "leadId: 4711", "leadId: 1003");
    let lost = FaultKind::Break {
        how: Breakdown::Disconnect,
        when: Moment::AfterCommit,
    };
    marketo.fault(Fault::new(lost).on(CallOperation::Sync));
    // The two queries of the plan pass; that of the look afterwards does not.
    marketo.fault(
        Fault::code("603")
            .on(CallOperation::Query)
            .suffix("/opportunities.json")
            .after(1),
    );
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 8
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Pipeline
  open  0 → 2  0 → 100  +100

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

Unknown: may or may not have been written (2)
  create of opportunities: the connection broke; reading back failed: query of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
      pipeline/main.yaml:3:28  opportunity A-1
      pipeline/main.yaml:11:28  opportunity A-2

Not attempted (4)
  4 roles, because the API user lacks a permission
      pipeline/main.yaml:8:19  role A-1 / 1001 / Champion
      pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
      pipeline/main.yaml:10:19  role A-1 / 1002 / Buyer
      pipeline/main.yaml:15:17  role A-2 / ada@example.com / Champion
      if the role has it already: `oppctl explain 603` tells the other causes

Stopped early: 0 of 6 changes are in Marketo, 2 are unknown, 4 were not attempted.  2 calls in [SECONDS] s.
  Next      add "Read-Only Opportunity" to the API user's role (Admin > Users & Roles > Roles), then run the same command again: it reads what is unknown, and sends what is left
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Stopped early: 0 of 6 changes are in Marketo, 2 are unknown, 4 were not attempted.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

/// Skips this record of the next write.
fn skip(index: usize, code: &str, message: &str) -> Fault {
    Fault::new(skipping(index, code, message)).on(CallOperation::Sync)
}

fn skipping(index: usize, code: &str, message: &str) -> FaultKind {
    FaultKind::SkipRecord {
        index,
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

const OF_ONE: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles:
      - { leadId: 1001, role: Champion }
";

const RENAMED: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1-new
    name: Chairs
    roles:
      - { leadId: 1001, role: Champion }
  - externalOpportunityId: A-1
    ensure: absent
    roles:
      - { leadId: 1001, role: Champion, ensure: absent }
";

#[test]
fn a_deal_that_gets_another_key_is_never_gone() {
    let marketo = Marketo::start();
    let project = marketo.project(OF_ONE);
    drop(project.run("apply --yes").exits(0));
    project.write("pipeline/main.yaml", RENAMED);
    marketo.fault(skip(0, "1014", "Simulated"));
    project.run("apply --yes").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1-new  "Chairs"          :3
  + role        A-1-new / 1001 / Champion  :6

Deletes  1 opportunity and 1 role
  - opportunity A-1  "Chairs"   pipeline/main.yaml:7
  - role A-1 / 1001 / Champion  pipeline/main.yaml:10
  Why: declared as absent.

Look first
  ! 1 opportunity is deleted and created again under another key: A-1 → A-1-new. What is created again has a new id and no history
      Chairs    pipeline/main.yaml:3

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to create, 2 to delete; 0 unchanged.  Apply needs 4 calls.
Read 1 opportunity, 1 role in 10 calls; the apply is 0.008 % of 50,000 a day (49,981 left today).

Rejected (1)
  1014 Simulated: Marketo could not create the record
      pipeline/main.yaml:3:28  opportunity A-1-new
    → check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support
    For Adobe Support: request [REQUEST]

Not attempted (3)
  1 opportunity and 1 role, because 1 opportunity was rejected, and deletes come last
      pipeline/main.yaml:7:28  opportunity A-1
      pipeline/main.yaml:10:19  role A-1 / 1001 / Champion
  1 role, because its opportunity A-1-new was rejected
      pipeline/main.yaml:6:19  role A-1-new / 1001 / Champion

Nothing was changed: 1 change was rejected, 3 were not attempted.  1 call in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 1 change was rejected, 3 were not attempted.

"#]]);
    drop(project.run("get opportunity A-1").exits(0));
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}
