//! Records that the instance refuses: the others are applied, and each refusal is at the line that caused it.

use oppctl::simulator::{Breakdown, CallOperation, Fault, FaultKind, Moment};
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
    for command in ["plan", "apply --yes"] {
        project.run(command).shows(str![[r#"
exit: 3
---- stderr
error[unknown-lead]: the instance has no lead whose id is 4711
 --> pipeline/main.yaml:9:19
  |
9 |       - { leadId: 4711, role: Champion }
  |                   ^^^^ no such lead
  |
  = help: correct the value, or create the lead first: oppctl does not create leads

1 problem in 1 file

"#]]);
    }
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
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

pipeline/main.yaml
  + opportunity A-1  "Chairs"                     :3   3 fields
  + role        A-1 / 1001 / Champion             :8   0 fields
  + role        A-1 / 1003 / Champion             :9   0 fields
  + role        A-1 / 1002 / Buyer                :10   1 field
  + opportunity A-2  "Tables"                     :11   2 fields
  + role        A-2 / ada@example.com / Champion  :15   0 fields

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 7 calls; the apply is 0.004 % of the day's 50000.

Applied: 5 created.  2 calls in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
      1004 Lead not found: the lead does not exist: the lead does not exist
      check the lead id: it is different in each instance, and the lead may have been merged or deleted
      request [REQUEST], which Adobe's support asks for
---- stderr
2 of 6 changes processed
6 of 6 changes processed

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   2 opportunities, 3 roles read in 2 calls

pipeline/main.yaml
  + role A-1 / 1003 / Champion  :9   0 fields

Plan: 1 to create; 5 unchanged.  Apply needs 1 call.
Planning took 7 calls; the apply is 0.002 % of the day's 50000.

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
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

pipeline/main.yaml
  + opportunity A-1  "Chairs"                     :3   3 fields
  + role        A-1 / 1001 / Champion             :8   0 fields
  + role        A-1 / 1003 / Champion             :9   0 fields
  + role        A-1 / 1002 / Buyer                :10   1 field
  + opportunity A-2  "Tables"                     :11   2 fields
  + role        A-2 / ada@example.com / Champion  :15   0 fields

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 7 calls; the apply is 0.004 % of the day's 50000.

Applied: 4 created.  2 calls in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:13:12  opportunity A-2
      1003 Invalid value for field 'stage' and value 'Negotiation': a value or a parameter of the call is invalid
      correct the field that the message names
      request [REQUEST], which Adobe's support asks for

Not attempted (1)
  pipeline/main.yaml:15:17  role A-2 / ada@example.com / Champion
      opportunity A-2 (pipeline/main.yaml:11:28) was not created
---- stderr
2 of 6 changes processed
3 of 6 changes processed
6 of 6 changes processed

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
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 7 calls; the apply is 0.004 % of the day's 50000.

Applied: 2 created.  2 calls in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:3:28  opportunity A-1
      1014 Failed to create: Marketo could not create the record
      check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support
      request [REQUEST], which Adobe's support asks for

Not attempted (3)
  pipeline/main.yaml:8:19  role A-1 / 1001 / Champion
      opportunity A-1 (pipeline/main.yaml:3:28) was not created
  pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
      opportunity A-1 (pipeline/main.yaml:3:28) was not created
  pipeline/main.yaml:10:19  role A-1 / 1002 / Buyer
      opportunity A-1 (pipeline/main.yaml:3:28) was not created

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
Marketo production (http://127.0.0.1:[PORT])   1 opportunity, 1 role read in 5 calls

Deleted records can be re-created, but with a new GUID. Smart campaigns may fire both times.
Plan: 2 to delete; 0 unchanged.  Apply needs 2 calls.
Planning took 9 calls; the apply is 0.004 % of the day's 50000.

Applied: nothing.  1 call in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:6:17  role A-2 / ada@example.com / Champion
      1022 Object in use: the record is in use: other records depend on it
      delete the records that depend on it first
      request [REQUEST], which Adobe's support asks for

Not attempted (1)
  pipeline/main.yaml:3:28  opportunity A-2
      role A-2 / ada@example.com / Champion (pipeline/main.yaml:6:17) was not deleted

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
Marketo production (http://127.0.0.1:[PORT])   1 opportunity, 1 role read in 3 calls

pipeline/main.yaml
  - opportunity A-2  "Tables"  :3   ensure: absent

Deleted records can be re-created, but with a new GUID. Smart campaigns may fire both times.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Planning took 6 calls; the apply is 0.002 % of the day's 50000.
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
Marketo production (http://127.0.0.1:[PORT])   1 opportunity, 4 roles read in 2 calls

Plan: 1 to create, 1 to update; 4 unchanged.  Apply needs 2 calls.
Planning took 6 calls; the apply is 0.004 % of the day's 50000.

Applied: 1 updated.  2 calls in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:11:28  opportunity A-2
      1017 Object already exists: the record already exists
      plan again: somebody created the record meanwhile
      request [REQUEST], which Adobe's support asks for

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
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 7 calls; the apply is 0.004 % of the day's 50000.

Applied: 6 created.  6 calls in [SECONDS] s.

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
Marketo production (http://127.0.0.1:[PORT])   0 opportunities, 0 roles read in 2 calls

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Planning took 7 calls; the apply is 0.004 % of the day's 50000.

Applied: nothing.  2 calls in [SECONDS] s.

Unknown (2)
  pipeline/main.yaml:3:28  opportunity A-1
      create of opportunities: the connection broke; reading back failed: query of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
      It may or may not have been written. A further plan reads it and shows what is left to do.
  pipeline/main.yaml:11:28  opportunity A-2
      create of opportunities: the connection broke; reading back failed: query of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
      It may or may not have been written. A further plan reads it and shows what is left to do.

Not attempted (4)
  pipeline/main.yaml:8:19  role A-1 / 1001 / Champion
      the run had ended
  pipeline/main.yaml:9:19  role A-1 / 1003 / Champion
      the run had ended
  pipeline/main.yaml:10:19  role A-1 / 1002 / Buyer
      the run had ended
  pipeline/main.yaml:15:17  role A-2 / ada@example.com / Champion
      the run had ended

The run ended early: query of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
      add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header
Changes that were applied stay applied. The next apply plans only the rest.

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
Marketo production (http://127.0.0.1:[PORT])   1 opportunity, 1 role read in 5 calls

pipeline/main.yaml
  + opportunity A-1-new  "Chairs"          :3   1 field
  + role        A-1-new / 1001 / Champion  :6   0 fields
  - opportunity A-1  "Chairs"              :7   ensure: absent
  - role        A-1 / 1001 / Champion      :10   ensure: absent

Deleted records can be re-created, but with a new GUID. Smart campaigns may fire both times.
Plan: 2 to create, 2 to delete; 0 unchanged.  Apply needs 4 calls.
Planning took 9 calls; the apply is 0.008 % of the day's 50000.

Applied: nothing.  1 call in [SECONDS] s.

Rejected (1)
  pipeline/main.yaml:3:28  opportunity A-1-new
      1014 Simulated: Marketo could not create the record
      check the values of the record, above all those that refer to other records; if they are right, run again, and send the request id to Adobe's support
      request [REQUEST], which Adobe's support asks for

Not attempted (3)
  pipeline/main.yaml:6:19  role A-1-new / 1001 / Champion
      opportunity A-1-new (pipeline/main.yaml:3:28) was not created
  pipeline/main.yaml:7:28  opportunity A-1
      opportunity A-1-new (pipeline/main.yaml:3:28) was not written, and deletes come last
  pipeline/main.yaml:10:19  role A-1 / 1001 / Champion
      opportunity A-1-new (pipeline/main.yaml:3:28) was not written, and deletes come last
---- stderr
1 of 4 changes processed
2 of 4 changes processed
3 of 4 changes processed
4 of 4 changes processed

"#]]);
    drop(project.run("get opportunity A-1").exits(0));
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}
