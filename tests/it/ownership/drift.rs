//! Who has changed what since the last apply.

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use snapbox::str;

use crate::harness::{Marketo, Project};

const CHAIRS: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A
    name: Chairs
    type: New
    stage: Open
    description: Oak
  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1001, role: Buyer }] }
";

/// The project after its first apply.
fn applied(marketo: &Marketo, manifest: &str) -> Project {
    let project = marketo.project(manifest).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

/// What others do in the same instance.
fn others(marketo: &Marketo, opportunities: &str) {
    let manifest = format!("version: 1\nopportunities:\n{opportunities}");
    drop(
        marketo
            .project(&manifest)
            .run("apply --yes --quiet")
            .exits(0),
    );
}

#[test]
fn each_changed_field_says_who_has_moved_it() {
    let marketo = Marketo::start();
    let project = applied(&marketo, CHAIRS);
    others(
        &marketo,
        "  - { externalOpportunityId: A, type: Old, stage: Won }\n",
    );
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Lost");
    project.edit("pipeline/main.yaml", "Oak", "Pine");
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  ~ opportunity A  "Chairs"  :3
      type         Old → New   changed in Marketo
      stage        Won → Lost   changed in both
      description  Oak → Pine   you changed it

Look first
  ! 1 field was changed both in the manifests and in Marketo since the last apply: the manifests win
      Chairs  stage Won → Lost, edited [DAY]  pipeline/main.yaml:3
  ! 1 edit made in Marketo since the last apply is overwritten
      Chairs  type Old → New, edited [DAY]  pipeline/main.yaml:3

Plan: 1 to update; 2 unchanged.  Apply needs 1 call.
Read 2 opportunities, 1 role in 6 calls; the apply is 0.002 % of 50,000 a day (49,980 left today).

"#]]);
    project.run("plan --drift").shows(str![[r#"
exit: 2
---- stdout
  ! opportunity A  pipeline/main.yaml:3
      type   New → Old
      stage  Lost → Won   you changed it too

Drift: 1 record changed in Marketo since the last apply (declared → in Marketo).
To take this into the manifests: oppctl pull --drift. An apply sets it back.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
    project.run("plan --drift").shows(str![[r#"
exit: 0
---- stdout
No drift. Marketo still has what the last apply wrote (3 records owned).

"#]]);
}

#[test]
fn drift_shows_what_is_gone_and_what_was_made_anew() {
    let marketo = Marketo::start();
    let project = applied(&marketo, CHAIRS);
    let tables =
        "  - { externalOpportunityId: B, name: Tables, roles: [{ leadId: 1001, role: Buyer }] }\n";
    others(&marketo, &tables.replace("name: Tables", "ensure: absent"));
    others(&marketo, "  - { externalOpportunityId: B, name: Desks }\n");
    project.run("plan --drift").shows(str![[r#"
exit: 2
---- stdout
  ! opportunity B  pipeline/main.yaml:8   was deleted in Marketo, and another record has its key
  ! role B / 1001 / Buyer  pipeline/main.yaml:8   was deleted in Marketo

Drift: 2 records changed in Marketo since the last apply (declared → in Marketo).
To take this into the manifests: oppctl pull --drift. An apply sets it back.

"#]]);
    // A plan takes the one for new and adopts the other.
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  > opportunity B  "Tables"       :8   already in Marketo; managed from now on
      name  Desks → Tables
  + role        B / 1001 / Buyer  :8

Look first
  ! 1 role that somebody deleted in Marketo is created again
      B / 1001 / Buyer    pipeline/main.yaml:8

Plan: 1 to create, 1 to adopt; 1 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,961 left today).

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("plan --drift").exits(0));
}

#[test]
fn a_change_that_the_manifests_have_followed_is_drift_and_nothing_to_do() {
    let marketo = Marketo::start();
    let project = applied(&marketo, CHAIRS);
    others(&marketo, "  - { externalOpportunityId: A, stage: Won }\n");
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    project.assert_plan_empty();
    project.run("plan --drift").shows(str![[r#"
exit: 2
---- stdout
  ! opportunity A  pipeline/main.yaml:3
      stage  changed, and now equals the manifest

Drift: 1 record changed in Marketo since the last apply (declared → in Marketo).
To take this into the manifests: oppctl pull --drift. An apply sets it back.

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

1 ledger entry is out of date: an apply updates it without writing to Marketo.
No changes. 3 unchanged.
Read 2 opportunities, 1 role in 5 calls.

Ledger: updated to match the manifests; nothing was sent to Marketo.

"#]]);
    drop(project.run("plan --drift").exits(0));
}

#[test]
fn what_is_sensitive_drifts_unseen() {
    let marketo = Marketo::schema(
        "opportunity: { fields: [{ name: salary, dataType: currency, isSensitive: true }] }",
    );
    let manifest = "version: 1\nopportunities: [{ externalOpportunityId: A, name: Chairs, salary: 47110815 }]\n";
    let project = applied(&marketo, manifest);
    others(
        &marketo,
        "  - { externalOpportunityId: A, salary: 47110816 }\n",
    );
    project.run("plan --drift").shows(str![[r#"
exit: 2
---- stdout
  ! opportunity A  pipeline/main.yaml:2
      salary  (sensitive) → (sensitive, changed)   by you or in Marketo: the ledger keeps no hash of it

Drift: 1 record changed in Marketo since the last apply (declared → in Marketo).
To take this into the manifests: oppctl pull --drift. An apply sets it back.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    let ledger = project.run("ledger show opportunity A").exits(0);
    assert!(!ledger.stdout.contains("4711081"), "{}", ledger.text());
}

#[test]
fn what_others_change_in_fields_that_are_not_managed_is_no_drift() {
    let marketo = Marketo::start();
    let project = applied(&marketo, CHAIRS);
    others(
        &marketo,
        "  - { externalOpportunityId: A, nextStep: Call }\n  - { externalOpportunityId: X, name: Beds }\n",
    );
    project.run("plan --drift").shows(str![[r#"
exit: 0
---- stdout
No drift. Marketo still has what the last apply wrote (3 records owned).

"#]]);
}

#[test]
fn without_a_ledger_there_is_no_drift_to_know_of() {
    let marketo = Marketo::start();
    marketo.project(CHAIRS).run("plan --drift").shows(str![[r#"
exit: 3
---- stderr
error: drift needs a ledger, which records what was applied last
  hint: write `ownership: { ledger: FOLDER }` into the configuration

"#]]);
}

#[test]
fn what_marketo_stores_otherwise_is_told_and_not_sent_again() {
    let marketo = Marketo::start();
    let project = marketo.project("").with_ledger();
    let declare = |name: &str, stage: &str| {
        let manifest = format!(
            "version: 1\nopportunities:\n  - {{ externalOpportunityId: A, name: {name}, stage: {stage} }}\n"
        );
        project.write("pipeline/main.yaml", manifest);
    };
    let apply = || drop(project.run("apply --yes --quiet").exits(0));
    let lose = |kept: usize| {
        let field = "name".to_owned();
        marketo.fault(Fault::new(FaultKind::Lose { field, kept }).on(CallOperation::Sync));
    };
    declare("Chairs", "Open");
    lose(4);
    apply();
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Note: opportunity A (pipeline/main.yaml:3:39): name was sent as `Chairs`, and Marketo stored `Chai`. It is not sent again until the manifest changes: declare what Marketo keeps.

No changes. 1 unchanged.
Read 1 opportunity in 4 calls.

"#]]);
    // Other fields of the record are written all the same, and the next plan tells it still.
    declare("Chairs", "Won");
    apply();
    let plan = project.run("plan --exit-code").exits(0);
    assert!(plan.stdout.contains("`Chai`"), "{}", plan.stdout);
    // Another value is sent.
    declare("Benches", "Won");
    lose(5);
    apply();
    let plan = project.run("plan --exit-code").exits(0);
    assert!(plan.stdout.contains("`Bench`"), "{}", plan.stdout);
    // What is declared as it is kept needs no further word.
    declare("Bench", "Won");
    apply();
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

No changes. 1 unchanged.
Read 1 opportunity in 4 calls.

"#]]);
    // What was not written at all is sent again.
    declare("Stools", "Won");
    lose(0);
    apply();
    drop(project.run("plan --exit-code").exits(2));
    apply();
    project.assert_plan_empty();
}
