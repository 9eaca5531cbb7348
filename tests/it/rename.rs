//! `renamedFrom`: a record goes on under another key, with everything that it has.

use pretty_assertions::assert_eq;
use snapbox::str;

use oppctl::simulator::{CallOperation, Fault, FaultKind};

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Proposal
    roles: [ { leadId: 1001, role: Champion, isPrimary: true } ]
  - { externalOpportunityId: A-2, name: Tables }
";

/// What others have added in Marketo: values and a role that no manifest declares.
const THEIRS: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, description: Call Ada first, amount: 12.50 }
roles:
  - { externalOpportunityId: A-1, leadId: 1002, role: Buyer, isPrimary: false }
";

fn project(marketo: &Marketo) -> Project {
    let project = marketo
        .project(MANIFEST)
        .with_ledger()
        .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
    drop(project.run("apply --yes --quiet").exits(0));
    drop(marketo.project(THEIRS).run("apply --yes --quiet").exits(0));
    project.edit(
        "pipeline/main.yaml",
        "externalOpportunityId: A-1\n    name: Chairs\n",
        "externalOpportunityId: B-1 # as in the CRM\n    renamedFrom: A-1\n",
    );
    project
}

fn held(project: &Project) -> String {
    let get = |what: &str| {
        let run = project.run(&format!("get {what}"));
        let lines = run.stdout.lines().filter(|line| {
            let is_own = ["createdAt", "updatedAt", "marketoGUID"];
            !is_own.iter().any(|field| line.contains(field))
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    [
        get("opportunity A-1"),
        get("opportunity B-1"),
        get("role B-1"),
    ]
    .join("\n")
}

#[test]
fn a_renamed_record_keeps_what_no_manifest_declares() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity B-1                    :3
  + role        B-1 / 1002 / Buyer     :4
  + role        B-1 / 1001 / Champion  :6

Deletes  1 opportunity and 2 roles   13
  - opportunity A-1  "Chairs"   12.50  Proposal  pipeline/main.yaml:3  not declared any more, last applied on [DAY]
  - role A-1 / 1002 / Buyer                      pipeline/main.yaml:3  no manifest declares it, and its opportunity is deleted
  - role A-1 / 1001 / Champion                   pipeline/main.yaml:6  not declared any more, last applied on [DAY]

Note: opportunity A-1 is renamed to B-1. It is created under the new key, with 3 values and 1 role that no manifest declares, and the old record is deleted last. The new one has another id and no history, and smart campaigns may fire.

Look first
  ! 1 opportunity is deleted and created again under another key: A-1 → B-1. What is created again has a new id and no history
      B-1    pipeline/main.yaml:3

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to create, 3 to delete; 1 unchanged.  Apply needs 8 calls.
Read 2 opportunities, 2 roles in 10 calls; the apply is 0.02 % of 50,000 a day (49,972 left today).

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    crate::harness::shows(
        &held(&project),
        str![[r#"

opportunity B-1
  amount                 12.5
  description            Call Ada first
  externalOpportunityId  B-1
  name                   Chairs
  stage                  Proposal
role B-1 / 1001 / Champion
  externalOpportunityId  B-1
  isPrimary              true
  leadId                 1001
  role                   Champion

role B-1 / 1002 / Buyer
  externalOpportunityId  B-1
  isPrimary              false
  leadId                 1002
  role                   Buyer
"#]],
    );
    // The word is of no use any more, and of no harm.
    project.run("pull --yes").shows(str![[r#"
exit: 0
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -1,7 +1,6 @@
 version: 1
 opportunities:
   - externalOpportunityId: B-1 # as in the CRM
-    renamedFrom: A-1
     stage: Proposal
     roles: [ { leadId: 1001, role: Champion, isPrimary: true } ]
   - { externalOpportunityId: A-2, name: Tables }
Pull: takes `renamedFrom` out of 1 entry, in 1 file.
---- stderr
wrote 1 file

"#]]);
    assert_eq!(
        project.read("pipeline/main.yaml").lines().nth(2),
        Some("  - externalOpportunityId: B-1 # as in the CRM")
    );
    project.assert_plan_empty();
    // An undo is the way back.
    drop(
        project
            .run("undo last --yes --quiet --allow-deletes 3")
            .exits(0),
    );
    crate::harness::shows(
        &held(&project),
        str![[r#"
opportunity A-1
  amount                 12.5
  description            Call Ada first
  externalOpportunityId  A-1
  name                   Chairs
  stage                  Proposal


"#]],
    );
}

#[test]
fn the_old_record_stays_while_the_new_one_is_missing() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    // The first record of each call is refused: of the opportunity, of a role, of a deletion.
    let refused = || FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "not today".to_owned(),
    };
    for operation in [
        CallOperation::Sync,
        CallOperation::Sync,
        CallOperation::Delete,
    ] {
        marketo.fault(Fault::new(refused()).on(operation));
        drop(project.run("apply --yes --quiet").exits(4));
        marketo.heal();
        let held = held(&project);
        assert!(
            held.contains("A-1") || held.contains("Call Ada first"),
            "{held}"
        );
    }
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_narrowed_run_renames_as_a_whole_or_not_at_all() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    project.write(
        "pipeline/other.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: C-1, name: Lamps } ]\n",
    );
    for (narrowed, tally) in [
        ("--only A-1", "3 to create, 3 to delete"),
        ("--only B-1", "3 to create, 3 to delete"),
        ("--only A-2", "No changes."),
        ("pipeline/other.yaml", "1 to create"),
    ] {
        let plan = project.run(&format!("plan --quiet {narrowed}"));
        assert!(plan.stdout.contains(tally), "{narrowed}: {}", plan.text());
    }
}

#[test]
fn what_is_no_rename_is_refused_at_its_line() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let whole = project.read("pipeline/main.yaml");
    let attempts = [
        ("renamedFrom: A-1", "renamedFrom: b-1"),
        ("renamedFrom: A-1", "renamedFrom: A-2"),
        ("renamedFrom: A-1", "renamedFrom: A-1\n    ensure: absent"),
        (
            "A-2, name: Tables }",
            "A-2, name: Tables, renamedFrom: A-1 }",
        ),
        ("renamedFrom: A-1", "renamedFrom: ''"),
        ("renamedFrom: A-1", "renamedFrom: [A-1]"),
        ("{ leadId: 1001,", "{ renamedFrom: X, leadId: 1001,"),
    ];
    let mut told = String::new();
    for (from, to) in attempts {
        project.edit("pipeline/main.yaml", from, to);
        told.push_str(&project.run("validate").exits(3).stderr);
        project.write("pipeline/main.yaml", &whole);
    }
    crate::harness::shows(
        &told,
        str![[r#"
error[bad-rename]: the opportunity b-1 is declared itself
 --> pipeline/main.yaml:4:18
  |
3 |   - externalOpportunityId: B-1 # as in the CRM
  |                            --- declared here
4 |     renamedFrom: b-1
  |                  ^^^ so no other record has had this key
  |
  = help: remove `renamedFrom` if that rename is done, or remove the other entry

1 problem in 1 file
explain: oppctl explain bad-rename
error[bad-rename]: the opportunity A-2 is declared itself
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: A-2
  |                  ^^^ so no other record has had this key
...
7 |   - { externalOpportunityId: A-2, name: Tables }
  |                              --- declared here
  |
  = help: remove `renamedFrom` if that rename is done, or remove the other entry

1 problem in 1 file
explain: oppctl explain bad-rename
error[bad-rename]: a record that is renamed has to exist
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: A-1
  |                  ^^^ beside `ensure: absent` or `ensure: forgotten`
  |
  = help: remove `renamedFrom`, or declare the record as present

1 problem in 1 file
explain: oppctl explain bad-rename
error[bad-rename]: two entries have had the key A-1 so far
 --> pipeline/main.yaml:7:62
  |
4 |     renamedFrom: A-1
  |                  --- first here
...
7 |   - { externalOpportunityId: A-2, name: Tables, renamedFrom: A-1 }
  |                                                              ^^^ again here
  |
  = help: keep `renamedFrom` at the entry that goes on as this record

1 problem in 1 file
explain: oppctl explain bad-rename
error[empty-key]: `externalOpportunityId` has no value
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: ''
  |                  ^^ empty
  |
  = help: write a value: it is a part of the key that names the record

1 problem in 1 file
explain: oppctl explain empty-key
error[wrong-shape]: this must be a single value
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: [A-1]
  |                  ^^^^^ this is a list

1 problem in 1 file
explain: oppctl explain wrong-shape
error[unknown-field]: roles have no field `renamedFrom`
 --> pipeline/main.yaml:6:16
  |
6 |     roles: [ { renamedFrom: X, leadId: 1001, role: Champion, isPrimary: true } ]
  |                ^^^^^^^^^^^ unknown field
  |
  = help: the fields of roles are `isPrimary` and `externalCreatedDate`

1 problem in 1 file
explain: oppctl explain unknown-field

"#]],
    );
}

#[test]
fn a_rename_needs_a_ledger_and_a_free_key() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    drop(
        marketo
            .project(
                "version: 1\nopportunities: [ { externalOpportunityId: B-1, name: Theirs } ]\n",
            )
            .run("apply --yes --quiet")
            .exits(0),
    );
    let mut told = project.run("plan").exits(3).stderr;
    let config = project.read("oppctl.yaml");
    let config = config.lines().filter(|line| !line.contains("ledger"));
    project.write("oppctl.yaml", config.collect::<Vec<_>>().join("\n"));
    told.push_str(&project.run("plan").exits(3).stderr);
    crate::harness::shows(
        &told,
        str![[r#"
error[bad-rename]: the opportunity exists already under its new key, and the project does not own it
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: A-1
  |                  ^^^ A-1 is not renamed onto another record
  |
  = help: remove `renamedFrom`: the existing record is then adopted, and the old one is deleted as one that no manifest declares

1 problem in 1 file
explain: oppctl explain bad-rename
error[bad-rename]: `renamedFrom` needs a ledger
 --> pipeline/main.yaml:4:18
  |
4 |     renamedFrom: A-1
  |                  ^^^ without one it is not known whose the opportunity A-1 is
  |
  = help: write `ownership: { ledger: … }` into oppctl.yaml; or create the new record, and delete the old one with `ensure: absent`

1 problem in 1 file
explain: oppctl explain bad-rename

"#]],
    );
}

#[test]
fn a_rename_deletes_and_so_guards_and_protections_count() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    project.edit("oppctl.yaml", "maxDeletes: 100", "maxDeletes: 2");
    let refused = project.run("plan --quiet").exits(5).stderr;
    assert!(refused.contains("deletes 3 records"), "{refused}");
}

/// Whoever deletes or renames a record has to know that somebody works with it.
#[test]
fn what_others_have_changed_in_an_undeclared_record_is_told() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let edit = "version: 1\nopportunities: [ { externalOpportunityId: A-1, stage: Theirs } ]\n";
    drop(marketo.project(edit).run("apply --yes --quiet").exits(0));
    project.run("plan --drift").shows(str![[r#"
exit: 2
---- stdout
  ! opportunity A-1  pipeline/main.yaml:3   no manifest declares it any more
      stage  (none) → Theirs

Drift: 1 record changed in Marketo since the last apply (declared → in Marketo).
To take this into the manifests: oppctl pull --drift. An apply sets it back.

"#]]);
    let plan = project.run("plan --quiet").exits(0).stdout;
    assert!(
        plan.contains("others have changed it in Marketo since the last apply: stage."),
        "{plan}"
    );
    for format in ["json", "markdown", "html"] {
        let drift = project.run(&format!("plan --drift --format {format}"));
        assert!(drift.stdout.contains("Theirs"), "{}", drift.text());
    }
    // A slip in the old key is told too.
    project.edit(
        "pipeline/main.yaml",
        "renamedFrom: A-1",
        "renamedFrom: A-11\n    name: Chairs",
    );
    let plan = project
        .run("plan --quiet --with-undeclared-roles")
        .exits(0)
        .stdout;
    assert!(
        plan.contains("`renamedFrom` of the opportunity B-1 does nothing here"),
        "{plan}"
    );
}

/// A rename takes what each entry leaves open from the old records, whatever an entry says of a role.
#[test]
fn each_role_goes_on_as_its_entry_says() {
    let marketo = Marketo::start();
    let manifest = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Open
    lifecycle: { ignoreChanges: [stage] }
    roles:
      - { leadId: 1001, role: Champion }
      - { leadId: 1002, role: Buyer }
      - { leadId: 1003, role: User }
";
    let project = marketo
        .project(manifest)
        .with_ledger()
        .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
    drop(project.run("apply --yes --quiet").exits(0));
    let theirs = "\
version: 1
opportunities: [ { externalOpportunityId: A-1, stage: Won } ]
roles: [ { externalOpportunityId: A-1, leadId: 1001, role: Champion, isPrimary: true } ]
";
    drop(marketo.project(theirs).run("apply --yes --quiet").exits(0));
    project.edit(
        "pipeline/main.yaml",
        "A-1\n    name: Chairs",
        "B-1\n    renamedFrom: A-1",
    );
    project.edit(
        "pipeline/main.yaml",
        "role: Buyer }",
        "role: Buyer, ensure: forgotten }",
    );
    project.edit(
        "pipeline/main.yaml",
        "      - { leadId: 1003, role: User }\n",
        "",
    );
    // The role that is not declared any more follows the rename, whatever a run is narrowed to.
    for narrowed in ["--only B-1", "--only A-1", ""] {
        let plan = project
            .run(&format!("plan --quiet {narrowed}"))
            .exits(0)
            .stdout;
        assert!(
            plan.contains("Plan: 3 to create, 4 to delete"),
            "{narrowed}: {plan}"
        );
    }
    let role = project
        .run_args(&["plan", "--only", "[\"A-1\",1003,\"User\"]"])
        .exits(0)
        .stdout;
    assert!(role.contains("No changes."), "{role}");
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    crate::harness::shows(
        &held(&project),
        str![[r#"

opportunity B-1
  externalOpportunityId  B-1
  name                   Chairs
  stage                  Won
role B-1 / 1001 / Champion
  externalOpportunityId  B-1
  isPrimary              true
  leadId                 1001
  role                   Champion

role B-1 / 1002 / Buyer
  externalOpportunityId  B-1
  isPrimary              false
  leadId                 1002
  role                   Buyer
"#]],
    );
}

#[test]
fn a_rename_counts_as_a_change_of_the_record() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    project.edit(
        "pipeline/main.yaml",
        "    stage: Proposal\n",
        "    stage: Proposal\n    amount: 99999\n",
    );
    project.edit(
        "oppctl.yaml",
        "maxDeletes: 100",
        "maxAmountFactor: 2, maxUpdates: 0, maxDeletes: 100",
    );
    let refused = project.run("plan --quiet").exits(5).stderr;
    assert!(
        refused.contains("maxAmountFactor") && refused.contains("maxUpdates"),
        "{refused}"
    );
}

#[test]
fn two_records_that_are_there_are_not_made_one_unless_nothing_is_lost() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    project.edit(
        "pipeline/main.yaml",
        "    renamedFrom: A-1\n",
        "    name: Both\n",
    );
    let entry = "\n  - { externalOpportunityId: A-1, ensure: forgotten }\n";
    let both = project.read("pipeline/main.yaml") + entry.trim_start_matches('\n');
    project.write(
        "pipeline/main.yaml",
        both.replace("ensure: forgotten", "name: Chairs"),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: A-1, name: Chairs }\n",
        "",
    );
    project.edit(
        "pipeline/main.yaml",
        "    name: Both\n",
        "    name: Both\n    renamedFrom: A-1\n",
    );
    let refused = project.run("plan").exits(3).stderr;
    assert!(
        refused.contains("has values that the one with its new key lacks"),
        "{refused}"
    );
}

/// Where a write was refused, the reviewed plan is applied again for the rest, with what was carried over.
#[test]
fn a_reviewed_rename_can_be_finished() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    drop(project.run("plan --out plan.json").exits(0));
    let refused = FaultKind::SkipRecord {
        index: 0,
        code: "1003".to_owned(),
        message: "not today".to_owned(),
    };
    marketo.fault(Fault::new(refused).on(CallOperation::Sync).after(1));
    drop(project.run("apply --yes --quiet --plan plan.json").exits(4));
    marketo.heal();
    drop(project.run("apply --yes --quiet --plan plan.json").exits(0));
    project.assert_plan_empty();
}

/// What Marketo did not keep of the new record is seen before the old one goes.
#[test]
fn a_value_that_was_not_kept_keeps_the_old_record() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    let lose = FaultKind::Lose {
        field: "description".to_owned(),
        kept: 0,
    };
    marketo.fault(Fault::new(lose).on(CallOperation::Sync));
    let run = project.run("apply --yes --quiet");
    assert!(run.exit == 4 || run.exit == 1, "{}", run.text());
    marketo.heal();
    assert!(held(&project).contains("Call Ada first"), "{}", run.text());
    let told = project.run("plan").exits(3).stderr;
    assert!(
        told.contains("has values that the one with its new key lacks"),
        "{told}"
    );
}

/// A rename that is taken back is no loss of the deal. What the journal may not hold is lost with the new record, so the plan says
/// first how all values are kept.
#[test]
fn an_undo_of_a_rename_says_what_it_does_to_the_deal() {
    let marketo = Marketo::start();
    let project = project(&marketo).with("sensitive: [description]");
    project.edit(
        "pipeline/main.yaml",
        "stage: Proposal",
        "stage: Proposal\n    amount: 12.50",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.run("undo last --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1002 / Buyer     :3
  + role        A-1 / 1001 / Champion  :6

Deletes  1 opportunity and 2 roles   13
  - opportunity B-1  "Chairs"   12.50  Proposal  pipeline/main.yaml:3
  - role B-1 / 1002 / Buyer                      pipeline/main.yaml:4
  - role B-1 / 1001 / Champion                   pipeline/main.yaml:7
  Why: created by the run that is undone.

Note: 3 records that the run deleted are re-created with a new id. Smart campaigns may fire.
Not undone: opportunity A-1 (pipeline/main.yaml:3, last applied on [DAY]): it is created again without the sensitive values of description, which the journal does not have. If the run renamed it, do not undo: write its old key into its entry, with the new one as `renamedFrom`, and apply. That takes all values from Marketo. Otherwise write them in Marketo by hand.

Look first
  ! 1 opportunity is deleted and created again under another key: B-1 → A-1. What is created again has a new id and no history
      Chairs    pipeline/main.yaml:3

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to create, 3 to delete; 0 unchanged.  Apply needs 4 calls.
Read 1 opportunity, 2 roles in 9 calls; the apply is 0.008 % of 50,000 a day (49,955 left today).
Refused: pipeline/main.yaml:3, last applied on [DAY]: opportunity B-1 would be deleted, which may be A-1 under another key: the journal does not have the sensitive values of description, so they would be lost. Nothing was sent.
---- stderr
If the manifests still say what the run applied, the next apply does it again: take it back in them too.
error: pipeline/main.yaml:3, last applied on [DAY]: opportunity B-1 would be deleted, which may be A-1 under another key: the journal does not have the sensitive values of description, so they would be lost; nothing was sent
  hint: if the run renamed it, rename it back: write its old key A-1 into its entry, with `renamedFrom: B-1`, and apply. That takes all values from Marketo. To undo all the same and lose them: `--force-field description`

"#]]);
    assert!(held(&project).contains("opportunity B-1"));
    drop(project.run("undo last --out undo.json").exits(5));
    project.run("show undo.json").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   saved plan [DIGITS] to undo [RUN]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1002 / Buyer     :3
  + role        A-1 / 1001 / Champion  :6

Deletes  1 opportunity and 2 roles   13
  - opportunity B-1  "Chairs"   12.50  Proposal  pipeline/main.yaml:3
  - role B-1 / 1002 / Buyer                      pipeline/main.yaml:4
  - role B-1 / 1001 / Champion                   pipeline/main.yaml:7
  Why: created by the run that is undone.

Look first
  ! 1 opportunity is deleted and created again under another key: B-1 → A-1. What is created again has a new id and no history
      Chairs    pipeline/main.yaml:3

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to create, 3 to delete; 0 unchanged.  Apply needs 4 calls.
Planned in 9 calls; the apply is 0.008 % of 50,000 a day.
Note: 3 records that the run deleted are re-created with a new id. Smart campaigns may fire.
Note: opportunity A-1 (pipeline/main.yaml:3, last applied on [DAY]): it is created again without the sensitive values of description, which the journal does not have. If the run renamed it, do not undo: write its old key into its entry, with the new one as `renamedFrom`, and apply. That takes all values from Marketo. Otherwise write them in Marketo by hand.
Refused: pipeline/main.yaml:3, last applied on [DAY]: opportunity B-1 would be deleted, which may be A-1 under another key: the journal does not have the sensitive values of description, so they would be lost. Nothing was sent.

"#]]);
    // The way that the plan names.
    project.edit(
        "pipeline/main.yaml",
        "externalOpportunityId: B-1 # as in the CRM\n    renamedFrom: A-1",
        "externalOpportunityId: A-1\n    renamedFrom: B-1",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    crate::harness::shows(
        &held(&project),
        str![[r#"
opportunity A-1
  amount                 12.5
  description            (sensitive)
  externalOpportunityId  A-1
  name                   Chairs
  stage                  Proposal


"#]],
    );
    let roles = project.run("get role A-1").exits(0);
    assert!(roles.stdout.contains("Buyer"), "{}", roles.text());
    project.assert_plan_empty();
}

/// Who names the fields loses their values, and knows it.
#[test]
fn an_undo_loses_values_only_if_somebody_insists() {
    let marketo = Marketo::start();
    let project = project(&marketo).with("sensitive: [description]");
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("undo last --yes --quiet").exits(5));
    let undone = project.run("undo last --yes --quiet --force-field description");
    assert_eq!(undone.exit, 4, "{}", undone.text());
    crate::harness::shows(
        &held(&project),
        str![[r#"
opportunity A-1
  amount                 12.5
  externalOpportunityId  A-1
  name                   Chairs
  stage                  Proposal


"#]],
    );
}

/// Two records that have nothing to do with each other lose nothing where no sensitive value is left out.
#[test]
fn an_undo_of_a_rename_without_sensitive_values_is_not_refused() {
    let marketo = Marketo::start();
    let project = project(&marketo);
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("undo last --yes --quiet").exits(0));
    assert!(held(&project).contains("Call Ada first"));
}

const INSTANCES: &str = "\
version: 1
manifests: [pipeline/*.yaml]
defaultInstance: sandbox
instances:
  sandbox: { simulator: { data: .oppctl/sandbox, leads: leads.yaml }, manifests: [sandbox/*.yaml] }
  production: { simulator: { data: .oppctl/production, leads: leads.yaml } }
ownership: { ledger: .oppctl/ledger }
guards: { maxDeletes: 100, maxDeletePercent: 100 }
";

/// A project with two instances, where a record of both and one of the sandbox have been renamed in the manifests.
fn of_two_instances() -> Project {
    let manifest = MANIFEST.replace("[ { ", "[{ ").replace(" } ]", " }]");
    let project = Project::simulated(&manifest);
    project.write("oppctl.yaml", INSTANCES);
    let sandbox =
        "version: 1\nopportunities: [{ externalOpportunityId: T-1, name: Only a test }]\n";
    project.write("sandbox/try.yaml", sandbox);
    for instance in ["sandbox", "production"] {
        drop(
            project
                .run(&format!("apply --yes --quiet -i {instance}"))
                .exits(0),
        );
    }
    project.edit(
        "pipeline/main.yaml",
        "externalOpportunityId: A-1\n",
        "externalOpportunityId: B-1\n    renamedFrom: A-1\n",
    );
    project.edit("sandbox/try.yaml", "T-1,", "T-2, renamedFrom: &old T-1,");
    project
}

#[test]
fn the_word_goes_once_every_instance_is_done() {
    let project = of_two_instances();
    let files = ["pipeline/main.yaml", "sandbox/try.yaml"];
    let before = files.map(|file| project.read(file));
    drop(project.run("apply --yes --quiet").exits(0));
    project
        .run("fmt --drop-renamed --check")
        .shows(str![[r#"
exit: 2
---- stdout
--- a/sandbox/try.yaml
+++ b/sandbox/try.yaml
@@ -1,2 +1,2 @@
 version: 1
-opportunities: [{ externalOpportunityId: T-2, renamedFrom: &old T-1, name: Only a test }]
+opportunities: [{ externalOpportunityId: T-2, name: Only a test }]
---- stderr
1 file not formatted, 1 formatted already. To format: `oppctl fmt --drop-renamed`
would take `renamedFrom` out of 1 entry
`renamedFrom` stays in 1 entry:
  opportunity B-1  pipeline/main.yaml:3   production still owns A-1; to rename it: `oppctl apply --instance production`

"#]]);
    // Nothing goes on the word of one instance, by a pull either.
    project.run("pull --yes").shows(str![[r#"
exit: 0
---- stdout
--- a/sandbox/try.yaml
+++ b/sandbox/try.yaml
@@ -1,2 +1,2 @@
 version: 1
-opportunities: [{ externalOpportunityId: T-2, renamedFrom: &old T-1, name: Only a test }]
+opportunities: [{ externalOpportunityId: T-2, name: Only a test }]
Pull: takes `renamedFrom` out of 1 entry, in 1 file.
---- stderr
`renamedFrom` stays in 1 entry:
  opportunity B-1  pipeline/main.yaml:3   production still owns A-1; to rename it: `oppctl apply --instance production`
wrote 1 file

"#]]);
    assert_eq!(project.read(files[0]), before[0]);
    drop(project.run("apply --yes --quiet -i production").exits(0));
    project
        .run("fmt --drop-renamed --check -i production")
        .shows(str![[r#"
exit: 2
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -1,7 +1,6 @@
 version: 1
 opportunities:
   - externalOpportunityId: B-1
-    renamedFrom: A-1
     name: Chairs
     stage: Proposal
     roles: [{ leadId: 1001, role: Champion, isPrimary: true }]
---- stderr
1 file not formatted. To format: `oppctl fmt --drop-renamed --instance production`
would take `renamedFrom` out of 1 entry

"#]]);
    project.run("fmt --drop-renamed").shows(str![[r#"
exit: 0
---- stdout
pipeline/main.yaml
---- stderr
formatted 1 file, 1 formatted already
took `renamedFrom` out of 1 entry

"#]]);
    assert!(!project.read(files[0]).contains("renamedFrom"));
    project.run("fmt --drop-renamed").shows(str![[r#"
exit: 0
---- stderr
2 files formatted already

"#]]);
    for instance in ["sandbox", "production"] {
        let plan = project.run(&format!("plan --quiet -i {instance}")).exits(0);
        assert!(plan.stdout.contains("No changes"), "{}", plan.text());
    }
}

#[test]
fn what_is_not_known_of_an_instance_leaves_the_word() {
    let project = of_two_instances();
    for instance in ["sandbox", "production"] {
        drop(
            project
                .run(&format!("apply --yes --quiet -i {instance}"))
                .exits(0),
        );
    }
    let all = project.read("pipeline/main.yaml");
    // A ledger that was lost and begun again owns the new key, and remembers nothing of the old one.
    let ledgers = project.root().join(".oppctl/ledger");
    let kept = project.root().join("kept");
    std::fs::rename(&ledgers, &kept).expect("it is there");
    project.run("fmt --drop-renamed").shows(str![[r#"
exit: 0
---- stderr
2 files formatted already
`renamedFrom` stays in 2 entries:
  opportunity B-1  pipeline/main.yaml:3   production has no ledger, so it is not known how far it has come
  opportunity B-1  pipeline/main.yaml:3   sandbox has no ledger, so it is not known how far it has come
  opportunity T-2  sandbox/try.yaml:2   sandbox has no ledger, so it is not known how far it has come

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("pull --yes --quiet").exits(0));
    project.run("fmt --drop-renamed").shows(str![[r#"
exit: 0
---- stderr
2 files formatted already
`renamedFrom` stays in 2 entries:
  opportunity B-1  pipeline/main.yaml:3   production has no ledger, so it is not known how far it has come
  opportunity B-1  pipeline/main.yaml:3   the ledger of sandbox does not know A-1: it never owned that, or it was lost. If it never did, remove the line by hand
  opportunity T-2  sandbox/try.yaml:2   the ledger of sandbox does not know T-1: it never owned that, or it was lost. If it never did, remove the line by hand

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), all);
    // One that cannot be read is named.
    std::fs::remove_dir_all(&ledgers).expect("it can be removed");
    std::fs::rename(&kept, &ledgers).expect("it is there");
    let newest = |folder: &std::path::Path| {
        let files = std::fs::read_dir(folder.join("ledger")).expect("it has versions");
        files
            .map(|file| file.expect("a file").path())
            .max()
            .expect("one")
    };
    for folder in std::fs::read_dir(&ledgers).expect("it is there") {
        std::fs::write(newest(&folder.expect("a folder").path()), "no ledger\n").expect("written");
    }
    let told = project.run("fmt --drop-renamed");
    assert!(
        told.stderr
            .contains("cannot read the ledger of production; nothing was written"),
        "{}",
        told.text()
    );
    assert_eq!((told.exit, project.read("pipeline/main.yaml")), (1, all));
    // Standard input has no instances.
    drop(project.run("fmt --drop-renamed -").exits(64));
}

#[test]
fn without_a_ledger_no_rename_is_known_to_be_done() {
    let project = Project::simulated(MANIFEST);
    project.edit("pipeline/main.yaml", "A-1\n", "B-1\n    renamedFrom: A-1\n");
    project.run("fmt --drop-renamed").shows(str![[r#"
exit: 0
---- stdout
pipeline/main.yaml
---- stderr
formatted 1 file
`renamedFrom` stays in 1 entry:
  opportunity B-1  pipeline/main.yaml:3   local has no ledger, so it is not known how far it has come

"#]]);
}
