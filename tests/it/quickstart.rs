//! The life of the quickstart's records, from nothing to gone, as its first user lives it.

use oppctl::simulator::PRESETS;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Project, shows};

const CHAIRS: &str = "pipeline/chairs.yaml";

#[test]
fn the_first_apply_creates_and_the_second_has_nothing_to_do() {
    let project = Project::example("quickstart");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 2 opportunities, 4 roles in 2 files.

"#]]);
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/chairs.yaml
  + opportunity 19UYA31581L000000  "Chairs"                      :4
  + role        19UYA31581L000000 / 456783 / Technical Buyer     :12
  + role        19UYA31581L000000 / 456784 / Technical Buyer     :13
  + role        19UYA31581L000000 / joan@example.com / Champion  :15

pipeline/day-care.yaml
  + opportunity 29UYA31581L000000  "Big Dog Day Care-Phase12"         :6
  + role        29UYA31581L000000 / ada@example.com / Decision Maker  :13

Pipeline
  open  0 → 2  0 → 3,209  +3,209

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,992 left today).

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/chairs.yaml
  + opportunity 19UYA31581L000000  "Chairs"                      :4
  + role        19UYA31581L000000 / 456783 / Technical Buyer     :12
  + role        19UYA31581L000000 / 456784 / Technical Buyer     :13
  + role        19UYA31581L000000 / joan@example.com / Champion  :15

pipeline/day-care.yaml
  + opportunity 29UYA31581L000000  "Big Dog Day Care-Phase12"         :6
  + role        29UYA31581L000000 / ada@example.com / Decision Maker  :13

Pipeline
  open  0 → 2  0 → 3,209  +3,209

Plan: 6 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 8 calls; the apply is 0.004 % of 50,000 a day (49,984 left today).

Applied: 6 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local --allow-deletes 6

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

No changes. 6 unchanged.
Read 2 opportunities, 4 roles in 6 calls.

"#]]);
    project.assert_plan_empty();
}

#[test]
fn an_edited_field_is_the_only_change() {
    let project = applied();
    let before = records(&project);
    project.edit(CHAIRS, "amount: 1604.47", "amount: 1750");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/chairs.yaml
  ~ opportunity 19UYA31581L000000  "Chairs"  :4
      amount  1604.47 → 1750.00  (+145.53)

Pipeline
  open  2  3,209 → 3,354  +146

Plan: 1 to update; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,978 left today).

"#]]);
    assert_eq!(records(&project), before, "a plan changes nothing");
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/chairs.yaml
  ~ opportunity 19UYA31581L000000  "Chairs"  :4
      amount  1604.47 → 1750.00  (+145.53)

Pipeline
  open  2  3,209 → 3,354  +146

Plan: 1 to update; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,966 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    shows(
        &difference(&before, &records(&project)),
        str![[r#"
- {"externalOpportunityId":"19UYA31581L000000","amount":1604.47,"closeDate":"2030-12-31","createdAt":"[NOW]","description":"Chairs","leadSource":"Inbound Sales Call/Email","marketoGUID":"[GUID 1]","name":"Chairs","stage":"Negotiation","updatedAt":"[NOW]"}
+ {"externalOpportunityId":"19UYA31581L000000","amount":1750,"closeDate":"2030-12-31","createdAt":"[NOW]","description":"Chairs","leadSource":"Inbound Sales Call/Email","marketoGUID":"[GUID 1]","name":"Chairs","stage":"Negotiation","updatedAt":"[NOW]"}

"#]],
    );
    project.assert_plan_empty();
}

#[test]
fn a_field_that_is_no_longer_written_stays_and_null_clears_it() {
    let project = applied();
    let before = records(&project);
    project.edit(CHAIRS, "    stage: Negotiation\n", "");
    project.assert_plan_empty();
    project.edit(
        CHAIRS,
        "closeDate: 2030-12-31",
        "closeDate: 2030-12-31\n    stage: null",
    );
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/chairs.yaml
  ~ opportunity 19UYA31581L000000  "Chairs"  :4
      stage  Negotiation → (none)

Pipeline
  open  2  3,209

Plan: 1 to update; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,972 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    shows(
        &difference(&before, &records(&project)),
        str![[r#"
- {"externalOpportunityId":"19UYA31581L000000","amount":1604.47,"closeDate":"2030-12-31","createdAt":"[NOW]","description":"Chairs","leadSource":"Inbound Sales Call/Email","marketoGUID":"[GUID 1]","name":"Chairs","stage":"Negotiation","updatedAt":"[NOW]"}
+ {"externalOpportunityId":"19UYA31581L000000","amount":1604.47,"closeDate":"2030-12-31","createdAt":"[NOW]","description":"Chairs","leadSource":"Inbound Sales Call/Email","marketoGUID":"[GUID 1]","name":"Chairs","updatedAt":"[NOW]"}

"#]],
    );
    project.assert_plan_empty();
}

#[test]
fn an_absent_role_is_deleted_and_nothing_else() {
    let project = applied();
    let before = records(&project);
    project.edit(
        CHAIRS,
        "{ leadId: 456784, role: Technical Buyer, isPrimary: false }",
        "{ leadId: 456784, role: Technical Buyer, ensure: absent }",
    );
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deletes  1 role
  - role 19UYA31581L000000 / 456784 / Technical Buyer  pipeline/chairs.yaml:13
  Why: declared as absent.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 5 unchanged.  Apply needs 1 call.
Read 2 opportunities, 4 roles in 8 calls; the apply is 0.002 % of 50,000 a day (49,977 left today).

Applied: 1 deleted.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    shows(
        &difference(&before, &records(&project)),
        str![[r#"
- {"externalOpportunityId":"19UYA31581L000000","leadId":456784,"role":"Technical Buyer","createdAt":"[NOW]","isPrimary":false,"marketoGUID":"[GUID 1]","updatedAt":"[NOW]"}

"#]],
    );
    // The tombstone may stay: what is gone is as declared.
    project.assert_plan_empty();
}

#[test]
fn an_absent_opportunity_takes_its_absent_roles_along_and_nothing_else() {
    let project = applied();
    let before = records(&project);
    project.edit(
        "pipeline/day-care.yaml",
        "    name: Big Dog Day Care-Phase12\n",
        "    ensure: absent\n",
    );
    for field in [
        "    description: Big Dog Day Care-Phase12\n",
        "    amount: 1604.47\n",
        "    leadSource: Email\n",
    ] {
        project.edit("pipeline/day-care.yaml", field, "");
    }
    // A role that stays declared as present contradicts it.
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error[reference-absent]: the role 29UYA31581L000000 / ada@example.com / Decision Maker cannot exist: its opportunity is declared absent
  --> pipeline/day-care.yaml:10:28
   |
 6 |   - externalOpportunityId: 29UYA31581L000000
   |                            ----------------- declared absent here
...
10 |   - externalOpportunityId: 29UYA31581L000000
   |                            ^^^^^^^^^^^^^^^^^ declared present below an absent opportunity
   |
   = help: remove this entry, give it `ensure: absent`, or keep the opportunity

1 problem in 1 file
explain: oppctl explain reference-absent

"#]]);
    project.edit(
        "pipeline/day-care.yaml",
        "    role: Decision Maker\n",
        "    role: Decision Maker\n    ensure: absent\n",
    );
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deletes  1 opportunity and 1 role   1,604
  - opportunity 29UYA31581L000000  "Big Dog Day Care-Phase12"  1,604.47  pipeline/day-care.yaml:6
  - role 29UYA31581L000000 / ada@example.com / Decision Maker            pipeline/day-care.yaml:10
  Why: declared as absent.

Pipeline
  open  2 → 1  3,209 → 1,604  −1,604

Look first
  ! Updates and deletions lower the open pipeline of 3,209 by 50 % (−1,604)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 4 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 4 roles in 10 calls; the apply is 0.004 % of 50,000 a day (49,971 left today).

Applied: 2 deleted.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    shows(
        &difference(&before, &records(&project)),
        str![[r#"
- {"externalOpportunityId":"29UYA31581L000000","amount":1604.47,"createdAt":"[NOW]","description":"Big Dog Day Care-Phase12","leadSource":"Email","marketoGUID":"[GUID 1]","name":"Big Dog Day Care-Phase12","updatedAt":"[NOW]"}
- {"externalOpportunityId":"29UYA31581L000000","leadId":456783,"role":"Decision Maker","createdAt":"[NOW]","isPrimary":false,"marketoGUID":"[GUID 2]","updatedAt":"[NOW]"}

"#]],
    );
    project.assert_plan_empty();
}

#[test]
fn a_path_narrows_the_run() {
    let project = Project::example("quickstart");
    project
        .run("apply --yes pipeline/day-care.yaml")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/day-care.yaml
  + opportunity 29UYA31581L000000  "Big Dog Day Care-Phase12"         :6
  + role        29UYA31581L000000 / ada@example.com / Decision Maker  :13

Pipeline
  open  0 → 1  0 → 1,604  +1,604

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Applied: 2 created.  2 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local

"#]]);
    project.run("plan --exit-code --quiet").shows(str![[r#"
exit: 2
---- stdout
Marketo local (simulator)   plan [DIGITS]

Pipeline
  open  1 → 2  1,604 → 3,209  +1,604

Plan: 4 to create; 2 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 8 calls; the apply is 0.004 % of 50,000 a day (49,983 left today).

"#]]);
    project.run("plan leads.yaml").shows(str![[r#"
exit: 3
---- stderr
error: there is no manifest at or below `leads.yaml`; the patterns are `pipeline/**/*.yaml`

"#]]);
}

#[test]
fn the_life_of_the_records_is_the_same_under_each_preset() {
    for preset in PRESETS {
        let project = Project::example("quickstart");
        let answers = format!(
            "leads: leads.yaml, answers: {{ preset: {} }} }}",
            preset.name
        );
        project.edit("oppctl.yaml", "leads: leads.yaml }", &answers);
        let applied = |change: &str| {
            drop(project.run("apply --yes --quiet").exits(0));
            assert_eq!(
                project.run("plan --exit-code").exits(0).stderr,
                "",
                "{change}"
            );
            project.assert_plan_empty();
        };
        applied("create");
        // From ten million on, a live instance answers with an exponent.
        project.edit(CHAIRS, "amount: 1604.47", "amount: 12345678.9");
        applied("a large amount");
        project.edit(
            CHAIRS,
            "amount: 12345678.9",
            "amount: 10000000\n    isWon: null",
        );
        applied("a whole amount, and a boolean without a value");
        project.edit(CHAIRS, "stage: Negotiation", "stage: null");
        project.edit(
            CHAIRS,
            "{ leadId: 456784, role: Technical Buyer, isPrimary: false }",
            "{ leadId: 456784, role: Technical Buyer, ensure: absent }",
        );
        applied("a cleared field and a deleted role");
        let day_care = "pipeline/day-care.yaml";
        let text = project.read(day_care);
        let roles = text.split_once("# Roles").expect("the file has roles").1;
        let role = roles.replace(
            "role: Decision Maker",
            "role: Decision Maker\n    ensure: absent",
        );
        let opportunity = "version: 1\nopportunities: [{ externalOpportunityId: 29UYA31581L000000, ensure: absent }]\n";
        project.write(day_care, format!("{opportunity}# Roles{role}"));
        applied("a deleted opportunity with its role");
    }
}

/// The quickstart after its first apply.
fn applied() -> Project {
    let project = Project::example("quickstart");
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// Everything that the instance holds of the quickstart, with the ids of its records.
fn records(project: &Project) -> Vec<String> {
    let keys = "19UYA31581L000000 29UYA31581L000000";
    let [opportunities, roles] = ["opportunity", "role"].map(|kind| {
        project
            .run(&format!("get {kind} {keys} --format json"))
            .stdout
    });
    let lines = opportunities.lines().chain(roles.lines()).map(str::trim);
    lines
        .filter(|line| line.starts_with("{\""))
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect()
}

/// What is not in both, with the ids that other records keep.
fn difference(before: &[String], after: &[String]) -> String {
    let gone = before.iter().filter(|record| !after.contains(record));
    let new = after.iter().filter(|record| !before.contains(record));
    gone.map(|record| format!("- {record}\n"))
        .chain(new.map(|record| format!("+ {record}\n")))
        .collect()
}
