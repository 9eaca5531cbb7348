//! One project for several instances: manifests that only one of them has, values that differ, and protection.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

const CONFIG: &str = "\
version: 1
manifests: [pipeline/*.yaml]
defaultInstance: sandbox
instances:
  sandbox:
    simulator: { data: .oppctl/sandbox, leads: leads.yaml }
    manifests: [sandbox/*.yaml]
    set: { owner: test@example.com, amount: 5.00, buyer: 1001, primary: true, note: ~ }
  production:
    simulator: { data: .oppctl/production, leads: leads.yaml }
    set: { owner: ada@example.com, amount: \"1250.50\", buyer: 1002, primary: false, note: no }
    protect: true
ownership: { ledger: .oppctl/ledger }
guards: { maxDeletes: 100, maxDeletePercent: 100 }
";

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    amount: ${amount}
    description: \"${note}\"
    nextStep: $${owner}
    fields: { type: \"${owner}\" }
    roles: [ { leadId: \"${buyer}\", role: Champion, isPrimary: \"${primary}\" } ]
";

fn project() -> Project {
    let project = Project::simulated(MANIFEST);
    project.write("oppctl.yaml", CONFIG);
    project.write(
        "sandbox/try.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: T-1, name: Only a test } ]\n",
    );
    project
}

#[test]
fn a_reference_is_the_value_of_the_instance_with_its_type() {
    let project = project();
    for (instance, expected) in [
        (
            "sandbox",
            str![[r#"
exit: 0
---- stdout
opportunity A-1
  amount                 5
  createdAt              [NOW]
  externalOpportunityId  A-1
  marketoGUID            [GUID 1]
  name                   Chairs
  nextStep               ${owner}
  type                   test@example.com
  updatedAt              [NOW]

"#]],
        ),
        (
            "production",
            str![[r#"
exit: 0
---- stdout
opportunity A-1
  amount                 1250.5
  createdAt              [NOW]
  description            no
  externalOpportunityId  A-1
  marketoGUID            [GUID 1]
  name                   Chairs
  nextStep               ${owner}
  type                   ada@example.com
  updatedAt              [NOW]

"#]],
        ),
    ] {
        let apply = format!("apply --yes --quiet -i {instance}");
        drop(project.run(&apply).exits(0));
        let plan = format!("plan -i {instance} --exit-code");
        drop(project.run(&plan).exits(0));
        let get = format!("get opportunity A-1 -i {instance}");
        project.run(&get).shows(expected);
    }
}

#[test]
fn each_instance_has_its_manifests_and_knows_those_of_the_others() {
    let project = project();
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: production: 1 opportunity, 1 role in 1 file; sandbox: 2 opportunities, 1 role in 2 files.

"#]]);
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("apply --yes --quiet -i production").exits(0));
    let owned = |instance: &str| {
        let list = format!("ledger list -i {instance}");
        let listed = project.run(&list).exits(0).stdout;
        listed.contains("T-1")
    };
    assert_eq!((owned("sandbox"), owned("production")), (true, false));
    // An entry that moves into the manifests of one instance leaves the other one.
    project.write("sandbox/main.yaml", project.read("pipeline/main.yaml"));
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    drop(project.run("plan --exit-code").exits(0));
    project.run("plan -i production").shows(str![[r#"
exit: 5
---- stdout
Marketo production (simulator)   plan [DIGITS]

Deletes  1 opportunity and 1 role   1,251
  - opportunity A-1  "Chairs"   1,250.50  pipeline/main.yaml:3
  - role A-1 / 1002 / Champion            pipeline/main.yaml:9
  Why: not declared any more, last applied on [DAY].

Pipeline
  open  1 → 0  1,251 → 0  −1,251

Look first
  ! Updates and deletions lower the open pipeline of 1,251 by 100 % (−1,251)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 2 to delete; 0 unchanged.  Apply needs 2 calls.
Read 1 opportunity, 1 role in 9 calls; the apply is 0.004 % of 50,000 a day (49,982 left today).
Refused for 4 reasons; nothing was sent.
  sandbox/main.yaml: only another instance has this file, so 1 opportunity and 1 role that it declares would be deleted: A-1
  the plan deletes 2 records: no manifest declares a record any more
  pipeline/main.yaml:3, last applied on [DAY]: opportunity A-1 has been protected since the apply on [DAY], and would be deleted
  pipeline/main.yaml:9, last applied on [DAY]: role A-1 / 1002 / Champion has been protected since the apply on [DAY], and would be deleted
---- stderr
error: the plan is refused for 4 reasons
  caused by: sandbox/main.yaml: only another instance has this file, so 1 opportunity and 1 role that it declares would be deleted: A-1
  caused by: the plan deletes 2 records: no manifest declares a record any more
  caused by: pipeline/main.yaml:3, last applied on [DAY]: opportunity A-1 has been protected since the apply on [DAY], and would be deleted
  caused by: pipeline/main.yaml:9, last applied on [DAY]: role A-1 / 1002 / Champion has been protected since the apply on [DAY], and would be deleted
  hint: if they are to stay in this instance too, move sandbox/main.yaml back to the common manifests; if they are to be deleted from it, write their entries with `ensure: absent` into a manifest of this instance, or pass `--allow-unread sandbox/main.yaml`
  hint: to end a protection, apply the entry with `lifecycle: { protect: false }`; after that it can be removed, and in a protected instance it can get `ensure: absent`

"#]]);
}

#[test]
fn what_is_protected_in_one_instance_may_be_deleted_in_another() {
    let project = project();
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run("apply --yes --quiet -i production").exits(0));
    project.edit("pipeline/main.yaml", "A-1", "A-1\n    ensure: absent");
    drop(project.run("plan").exits(0));
    let told = project.run("plan -i production --quiet").exits(5).stderr;
    assert!(told.contains("protected"), "{told}");
    // An entry has the last word.
    project.edit(
        "pipeline/main.yaml",
        "ensure: absent",
        "ensure: present\n    lifecycle: { protect: false }",
    );
    drop(project.run("apply -i production --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "ensure: present", "ensure: absent");
    drop(project.run("plan -i production").exits(0));
}

#[test]
fn a_name_without_a_value_is_refused_for_the_instance_that_lacks_it() {
    let project = project();
    project.edit("oppctl.yaml", "amount: 5.00, ", "");
    project.edit(
        "pipeline/main.yaml",
        "name: Chairs",
        "name: Chairs of ${owner}",
    );
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error[partial-reference]: `${` stands in a text that is no reference
 --> pipeline/main.yaml:4:11
  |
4 |     name: Chairs of ${owner}
  |           ^^^^^^^^^^^^^^^^^^ a reference is a whole value: `${NAME}`
  |
  = help: set the whole text in oppctl.yaml, and write the reference alone; if you mean the text itself, write `$${` for each `${`

1 problem in 1 file
explain: oppctl explain partial-reference
error[unknown-value]: `${amount}` has no value for sandbox
 --> pipeline/main.yaml:5:13
  |
5 |     amount: ${amount}
  |             ^^^^^^^^^ not set
  |
  = help: write it into oppctl.yaml, as in `set: { amount: VALUE }` below the instance; if you mean the text itself, write `$${amount}`

1 problem in 1 file
explain: oppctl explain unknown-value

"#]]);
}

#[test]
fn a_value_of_the_configuration_has_to_be_a_scalar_with_a_name() {
    let project = project();
    for (from, to, place) in [
        ("amount: 5.00", "amount: [5]", "8:45"),
        ("amount: 5.00", "the amount: 5", "8:49"),
        ("amount: 5.00", "amount: !!str 5", "8:51"),
    ] {
        let config = project.read("oppctl.yaml");
        project.edit("oppctl.yaml", from, to);
        let told = project.run("validate").exits(3).stderr;
        assert!(told.contains(&format!("oppctl.yaml:{place}")), "{told}");
        project.write("oppctl.yaml", config);
    }
}

#[test]
fn every_instance_is_planned_and_the_verdicts_stand_together() {
    let project = project();
    drop(project.run("apply --yes --quiet").exits(0));
    let all = project.run_args(&[
        "plan",
        "--all-instances",
        "--exit-code",
        "--quiet",
        "--out",
        "plan-{instance}.json",
        "--write",
        "markdown={instance}.md",
    ]);
    all.shows(str![[r#"
exit: 2
---- stdout
Marketo production (simulator)   plan [DIGITS]

2 records are to be protected: an apply remembers them, and from then on nothing deletes them.

Pipeline
  open  0 → 1  0 → 1,251  +1,251

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Marketo sandbox (simulator)   plan [DIGITS]

No changes. 3 unchanged.
Read 2 opportunities, 1 role in 5 calls.

All instances
  production  an apply creates 1 opportunity and 1 role; the ledger protects 2 records
  sandbox     no changes

"#]]);
    for instance in ["sandbox", "production"] {
        let page = project.read(&format!("{instance}.md"));
        assert!(
            page.contains(&format!("oppctl plan for `{instance}`")),
            "{page}"
        );
        let apply = format!("apply --plan plan-{instance}.json --yes --quiet -i {instance}");
        drop(project.run(&apply).exits(0));
    }
    project
        .run("plan --all-instances --exit-code")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo production (simulator)   plan [DIGITS]

No changes. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.

Marketo sandbox (simulator)   plan [DIGITS]

No changes. 3 unchanged.
Read 2 opportunities, 1 role in 5 calls.

All instances
  production  no changes
  sandbox     no changes

"#]]);
    project.run("plan --all-instances --drift").shows(str![[r#"
exit: 0
---- stdout
production
No drift. Marketo still has what the last apply wrote (2 records owned).

sandbox
No drift. Marketo still has what the last apply wrote (3 records owned).

All instances
  production  no drift: Marketo still has what the last apply wrote
  sandbox     no drift: Marketo still has what the last apply wrote

"#]]);
    // One that fails does not keep the others from being planned.
    project.edit("oppctl.yaml", "amount: 5.00, ", "");
    project.run("plan --all-instances --quiet").shows(str![[r#"
exit: 3
---- stdout
Marketo production (simulator)   plan [DIGITS]

No changes. 2 unchanged.
Read 1 opportunity, 1 role in 5 calls.


All instances
  production  no changes
  sandbox     1 problem in the manifests
---- stderr
error[unknown-value]: `${amount}` has no value for sandbox
 --> pipeline/main.yaml:5:13
  |
5 |     amount: ${amount}
  |             ^^^^^^^^^ not set
  |
  = help: write it into oppctl.yaml, as in `set: { amount: VALUE }` below the instance; if you mean the text itself, write `$${amount}`

1 problem in 1 file
explain: oppctl explain unknown-value

"#]]);
    for (args, named) in [
        (["--out", "plan.json"], "plan.json"),
        (["--write", "json=plan.json"], "plan.json"),
    ] {
        let run = project.run_args(&["plan", "--all-instances", args[0], args[1]]);
        let told = run.exits(64).stderr;
        assert!(
            told.contains(named) && told.contains("{instance}"),
            "{told}"
        );
    }
    drop(project.run("plan --all-instances -i sandbox").exits(64));
}

/// What a protected instance deletes only if its entry says so: what the ledger has not marked, too.
#[test]
fn a_protected_instance_deletes_nothing_that_no_entry_releases() {
    let project = project();
    project.edit("oppctl.yaml", "    protect: true\n", "");
    drop(project.run("apply --yes --quiet -i production").exits(0));
    project.write(
        "extra/x.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: X-1, name: Before } ]\n",
    );
    project.edit(
        "oppctl.yaml",
        "[pipeline/*.yaml]",
        "[pipeline/*.yaml, extra/*.yaml]",
    );
    drop(project.run("apply --yes --quiet -i production").exits(0));
    // Somebody else's record, and a role of somebody else beside one of ours.
    let others = "version: 1\nopportunities: [ { externalOpportunityId: O-1, name: Other } ]\n\
        roles: [ { externalOpportunityId: A-1, leadId: 1003, role: Buyer } ]\n";
    let foreign = Project::simulated(others);
    foreign.write(
        "oppctl.yaml",
        CONFIG.replace("ownership: { ledger: .oppctl/ledger }\n", ""),
    );
    let data = project.root().join(".oppctl/production");
    foreign.edit(
        "oppctl.yaml",
        "data: .oppctl/production",
        &format!("data: {}", data.display()),
    );
    foreign.edit("oppctl.yaml", "    protect: true\n", "");
    drop(foreign.run("apply --yes --quiet -i production").exits(0));
    project.edit(
        "oppctl.yaml",
        "    set: { owner: ada",
        "    protect: true\n    set: { owner: ada",
    );
    let before = [
        project.read("pipeline/main.yaml"),
        project.read("extra/x.yaml"),
    ];
    let attempts = [
        // An entry that was removed since, and that no apply has marked.
        ("extra/x.yaml", "X-1", "X-2"),
        // A tombstone of a record that nobody has owned.
        (
            "extra/x.yaml",
            "X-1, name: Before }",
            "X-1, name: Before }, { externalOpportunityId: O-1, ensure: absent }",
        ),
        // A role beside a complete list.
        (
            "pipeline/main.yaml",
            "    roles:",
            "    rolesMode: exact\n    roles:",
        ),
    ];
    for (file, from, to) in attempts {
        project.edit(file, from, to);
        let refused = project
            .run("apply --yes --quiet -i production --allow-deletes 9")
            .exits(5);
        let told = refused.stderr;
        assert!(
            told.contains("the instance protects all its records"),
            "{told}"
        );
        project.write("pipeline/main.yaml", &before[0]);
        project.write("extra/x.yaml", &before[1]);
    }
    // Without a ledger too.
    project.edit("oppctl.yaml", "ownership: { ledger: .oppctl/ledger }\n", "");
    let (file, from, to) = attempts[1];
    project.edit(file, from, to);
    drop(project.run("apply --yes --quiet -i production").exits(5));
    // The entry has the last word.
    project.edit(
        file,
        "ensure: absent",
        "ensure: absent, lifecycle: { protect: false }",
    );
    drop(project.run("apply --yes --quiet -i production").exits(0));
    let kept = project
        .run("get opportunity X-1 -i production")
        .exits(0)
        .stdout;
    assert!(kept.contains("Before"), "{kept}");
    let gone = project.run("get opportunity O-1 -i production").text();
    assert!(gone.contains("not found"), "{gone}");
}

#[test]
fn what_a_manifest_of_another_instance_declares_is_not_deleted_unasked() {
    let project = project();
    project.edit("oppctl.yaml", "    protect: true\n", "");
    drop(project.run("apply --yes --quiet -i production").exits(0));
    project.write("sandbox/main.yaml", project.read("pipeline/main.yaml"));
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: P-1, name: Left } ]\n",
    );
    let plan = "plan -i production --quiet";
    project.run(plan).shows(str![[r#"
exit: 5
---- stdout
Marketo production (simulator)   plan [DIGITS]

Pipeline
  open  1  1,251 → 0  −1,251

Look first
  ! Updates and deletions lower the open pipeline of 1,251 by 100 % (−1,251)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 2 to delete; 0 unchanged.  Apply needs 3 calls.
Read 1 opportunity, 1 role in 9 calls; the apply is 0.006 % of 50,000 a day (49,982 left today).
Refused: sandbox/main.yaml: only another instance has this file, so 1 opportunity and 1 role that it declares would be deleted: A-1. Nothing was sent.
---- stderr
error: sandbox/main.yaml: only another instance has this file, so 1 opportunity and 1 role that it declares would be deleted: A-1
  hint: if they are to stay in this instance too, move sandbox/main.yaml back to the common manifests; if they are to be deleted from it, write their entries with `ensure: absent` into a manifest of this instance, or pass `--allow-unread sandbox/main.yaml`

"#]]);
    let allowed = format!("{plan} --allow-unread sandbox/main.yaml");
    drop(project.run(&allowed).exits(0));
    // The same through a name for the same Marketo.
    project.edit(
        "oppctl.yaml",
        "data: .oppctl/production",
        "data: .oppctl/sandbox",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    drop(project.run(plan).exits(5));
}

#[test]
fn an_entry_that_another_instance_renames_still_declares_the_record() {
    let project = project();
    project.edit("oppctl.yaml", "    protect: true\n", "");
    drop(project.run("apply --yes --quiet -i production").exits(0));
    let renamed = project.read("pipeline/main.yaml");
    let renamed = renamed.replace(
        "externalOpportunityId: A-1",
        "externalOpportunityId: A-2\n    renamedFrom: A-1",
    );
    project.write("sandbox/main.yaml", renamed);
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: P-1, name: Left } ]\n",
    );
    drop(project.run("plan -i production --quiet").exits(5));
}

/// A tag says what a value is. It does not hide a reference.
#[test]
fn a_tagged_reference_is_refused() {
    let project = project();
    for (text, exit) in [
        ("!!str \"${owner}\"", 3),
        ("!!str \"by ${owner}\"", 3),
        ("!!str \"$${x}\"", 0),
    ] {
        let manifest = MANIFEST.replace("name: Chairs", &format!("name: {text}"));
        project.write("pipeline/main.yaml", manifest);
        drop(project.run("validate").exits(exit));
    }
}
