//! Leads that are not there any more, or that are there twice: their entries wait, and everything else goes on.

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use snapbox::str;

use crate::harness::Marketo;

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    rolesMode: exact
    roles:
      - { lead: { email: ada@example.com }, role: Champion }
      - { leadId: 1002, role: Buyer }
";

/// The address of ada, who is not in the instance under it any more.
const LOST: (&str, &str) = ("ada@example.com", "ada@old.example.com");

#[test]
fn a_lost_lead_blocks_its_entry_and_nothing_else() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", LOST.0, LOST.1);
    project.edit("pipeline/main.yaml", "Chairs", "Tables");
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Blocked: role A-1 / ada@old.example.com / Champion (pipeline/main.yaml:7:17): Marketo has no lead whose email is ada@old.example.com. Nothing of it is changed, and what is owned of it stays. To go on: correct the lead, or bring it back; or name the lead of the role that is owned: `leadId: 1001`.

pipeline/main.yaml
  ~ opportunity A-1  "Tables"  :3
      name  Chairs → Tables   you changed it

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Read 1 opportunity, 1 role in 7 calls; the apply is 0.002 % of 50,000 a day (49,983 left today).

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Blocked: role A-1 / ada@old.example.com / Champion (pipeline/main.yaml:7:17): Marketo has no lead whose email is ada@old.example.com. Nothing of it is changed, and what is owned of it stays. To go on: correct the lead, or bring it back; or name the lead of the role that is owned: `leadId: 1001`.

pipeline/main.yaml
  ~ opportunity A-1  "Tables"  :3
      name  Chairs → Tables   you changed it

Plan: 1 to update; 1 unchanged.  Apply needs 1 call.
Read 1 opportunity, 1 role in 7 calls; the apply is 0.002 % of 50,000 a day (49,976 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Applied: 1 updated. Some entries wait: the plan says which, and why

"#]]);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
    // Without the entry its role is a removal again.
    project.edit(
        "pipeline/main.yaml",
        "      - { lead: { email: ada@old.example.com }, role: Champion }\n",
        "",
    );
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  1 role
  - role A-1 / 1001 / Champion  pipeline/main.yaml:7
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 2 unchanged.  Apply needs 1 call.
Read 1 opportunity, 2 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,968 left today).

"#]]);
}

#[test]
fn without_a_ledger_lost_leads_are_left_out_where_that_is_configured() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.edit("pipeline/main.yaml", LOST.0, LOST.1);
    drop(project.run("apply --yes").exits(3));
    let config = project.read("oppctl.yaml") + "references: { missing: skip }\n";
    project.write("oppctl.yaml", config);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Blocked: role A-1 / ada@old.example.com / Champion (pipeline/main.yaml:7:17): Marketo has no lead whose email is ada@old.example.com. Nothing of it is changed, and what is owned of it stays. To go on: correct or remove the entry, or bring the lead back.

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,985 left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Applied: 2 created. Some entries wait: the plan says which, and why

"#]]);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

/// A deal whose key is replaced by one that Marketo does not take.
const OLD: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs, externalCompanyId: C1, roles: [{ leadId: 1001, role: Champion }] }
";

#[test]
fn a_company_that_has_gone_since_the_plan_is_named_as_the_cause_and_the_old_deal_stays() {
    let leads = "leads: [{ id: 1001, email: ada@example.com }]\ncompanies: [C1]\n";
    let marketo = Marketo::secret("opportunity: { fields: [] }", leads, "simulator");
    let project = marketo.project(OLD).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", OLD.replace("A-1", "A-1-new"));
    let gone = FaultKind::SkipRecord {
        index: 0,
        code: "1013".into(),
        message: "Object not found".into(),
    };
    let gone = Fault::new(gone).on(CallOperation::Sync);
    marketo.fault(gone.suffix("/opportunities.json"));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 4
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Look first
  ! 1 opportunity is deleted and created again under another key: A-1 → A-1-new. What is created again has a new id and no history
      Chairs    pipeline/main.yaml:3

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to create, 2 to delete; 0 unchanged.  Apply needs 4 calls.
Read 1 opportunity, 1 role in 11 calls; the apply is 0.008 % of 50,000 a day (49,979 left today).

Rejected (1)
  1013 Object not found: something that the record refers to does not exist
      externalCompanyId: C1
      pipeline/main.yaml:3:72  opportunity A-1-new
    → create the company or the sales person first, or correct `externalCompanyId` or `externalSalesPersonId`
    For Adobe Support: request [REQUEST]

Not attempted (3)
  1 opportunity and 1 role, because 1 opportunity was rejected, and deletes come last
      pipeline/main.yaml:3, last applied on [DAY]  opportunity A-1
      pipeline/main.yaml:3, last applied on [DAY]  role A-1 / 1001 / Champion
  1 role, because its opportunity A-1-new was rejected
      pipeline/main.yaml:3:94  role A-1-new / 1001 / Champion

Nothing was changed: 1 change was rejected, 3 were not attempted.  1 call in [SECONDS] s.
  Next      correct what was rejected, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 1 change was rejected, 3 were not attempted.

"#]]);
    drop(project.run("get opportunity A-1").exits(0));
    drop(project.run("get role A-1").exits(0));
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    drop(project.run("get opportunity A-1").exits(1));
}
