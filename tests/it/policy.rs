//! The policy: what a project's configuration and flags may not decide. A refusal is exit 5, before anything is sent or shown.

use std::path::Path;

use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs }
  - { externalOpportunityId: A-2, name: Tables }
  - { externalOpportunityId: A-3, name: Lamps }
  - { externalOpportunityId: A-4, name: Desks }
";

/// Every command that connects to an instance.
const CONNECTING: [&str; 9] = [
    "plan",
    "apply --yes",
    "undo last --yes",
    "import opportunity A-1",
    "get opportunity A-1",
    "describe",
    "fields",
    "usage",
    "plan --drift",
];

/// Has `OPPCTL_POLICY` name a policy with these members.
fn limit(project: &mut Project, members: &str) {
    project.write("policy.yaml", format!("version: 1\n{members}\n"));
    let path = project.root().join("policy.yaml");
    project.set("OPPCTL_POLICY", path.to_str().expect("it is UTF-8"));
}

/// Asserts that the policy refuses each of these commands, and that none makes a call.
#[track_caller]
fn refused(marketo: &Marketo, project: &Project, commands: &[&str]) {
    let before = calls(marketo);
    for command in commands {
        let run = project.run(command);
        let text = run.text();
        let by_policy = text.contains("the policy [ROOT]/policy.yaml refuses");
        assert!(run.exit == 5 && by_policy, "{command}\n{text}");
    }
    assert_eq!(calls(marketo), before);
}

fn calls(marketo: &Marketo) -> usize {
    marketo.calls().len()
}

/// A project whose records are applied and owned.
fn applied(marketo: &Marketo) -> Project {
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    project
}

/// Removes the last entries of the manifest, so that this many stay.
fn keep(project: &Project, count: usize) {
    let lines = MANIFEST.lines().take(2 + count);
    project.write("pipeline/main.yaml", lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_host_that_is_not_allowed_gets_no_call_and_no_secret() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    limit(&mut project, "allowedHosts: ['*.mktorest.com', 127.0.0.2]");
    refused(&marketo, &project, &CONNECTING);
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the host of instance production is 127.0.0.1
  hint: use an allowed host: *.mktorest.com, 127.0.0.2

"#]]);
    limit(&mut project, "allowedHosts: [127.0.0.1]");
    drop(project.run("plan").exits(0));
    limit(&mut project, "allowedHosts: []");
    project.run("get opportunity A-1").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the host of instance production is 127.0.0.1
  hint: use the built-in simulator: this policy allows no other instance

"#]]);
}

#[test]
fn the_built_in_simulator_is_always_allowed() {
    let mut project = Project::simulated(MANIFEST);
    limit(&mut project, "allowedHosts: []\nallowedLedgers: []");
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_credential_command_is_not_run() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    project.edit(
        "oppctl.yaml",
        "clientSecret: { env: MARKETO_CLIENT_SECRET }",
        "clientSecret: { command: [sh, -c, 'echo simulator; echo ran >> ran'] }",
    );
    limit(&mut project, "credentialCommands: deny");
    refused(&marketo, &project, &CONNECTING);
    assert!(!project.root().join("ran").exists());
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: `instances.production.credentials.clientSecret` runs a command
  hint: read the credential with `{ env: NAME }` or `{ file: PATH }`

"#]]);
    limit(&mut project, "credentialCommands: allow");
    drop(project.run("plan").exits(0));
    assert!(project.root().join("ran").exists());
}

#[test]
fn a_ledger_elsewhere_is_not_opened() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    limit(
        &mut project,
        "allowedLedgers: ['s3://acme-ops/oppctl', /srv/oppctl]",
    );
    let commands = [
        "plan",
        "apply --yes",
        "undo last --yes",
        "ledger list",
        "ledger show opportunity A-1",
        "ledger forget opportunity A-1",
        "ledger rename-project --from x",
        "ledger unlock --owner 0123456789abcdef",
    ];
    refused(&marketo, &project, &commands);
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the ledger is [ROOT]/.ledger
  hint: use a ledger at or below s3://acme-ops/oppctl, /srv/oppctl

"#]]);
    let beside = project.root().join(".ledger2");
    limit(&mut project, &places(&beside));
    refused(&marketo, &project, &commands);
    let ledger = project.root().join(".ledger");
    limit(&mut project, &places(&ledger));
    drop(project.run("plan").exits(0));
    drop(project.run("ledger list").exits(0));
}

fn places(place: &Path) -> String {
    format!("allowedLedgers: ['{}']", place.display())
}

/// Journals hold values: a branch must not send them elsewhere.
#[test]
fn a_branch_cannot_move_the_journal() {
    let marketo = Marketo::start();
    let mut project = marketo
        .project(MANIFEST)
        .with("project: acme/pipeline\njournal: { directory: 's3://elsewhere/x' }");
    limit(&mut project, "allowedJournals: ['s3://acme-ops/oppctl']");
    for command in ["apply --yes", "plan", "history", "undo last", "why A-1"] {
        drop(project.run(command).exits(5));
    }
    project.run("history").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the journal is s3://elsewhere/x
  hint: keep the journal in the project's folder, or at or below s3://acme-ops/oppctl

"#]]);
}

/// Without its ledger a project would forget what it protects.
#[test]
fn a_branch_cannot_leave_out_the_ledger() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    limit(&mut project, "allowedLedgers: ['s3://acme-ops/oppctl']");
    refused(&marketo, &project, &["plan", "apply --yes"]);
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the project has no ledger
  hint: write `ownership: { ledger: LOCATION }` with a location at or below s3://acme-ops/oppctl

"#]]);
}

#[test]
fn a_guard_above_that_of_the_policy_is_refused() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    let mut project = project.with("guards: { maxDeletes: 50, maxDeletePercent: 80 }");
    limit(&mut project, "maxDeletes: 20");
    refused(&marketo, &project, &["plan", "apply --yes"]);
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: guards.maxDeletes is 50, and the policy allows at most 20
  hint: write at most `guards: { maxDeletes: 20 }`

"#]]);
    limit(&mut project, "maxDeletePercent: 30");
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: guards.maxDeletePercent is 80, and the policy allows at most 30
  hint: write at most `guards: { maxDeletePercent: 30 }`

"#]]);
    limit(&mut project, "maxDeletes: 50\nmaxDeletePercent: 80");
    drop(project.run("plan").exits(0));
}

#[test]
fn the_policy_limits_what_guards_leave_open() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST).with_ledger();
    limit(&mut project, "maxCreates: 1");
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3
  + opportunity A-2  "Tables"  :4
  + opportunity A-3  "Lamps"   :5
  + opportunity A-4  "Desks"   :6

Plan: 4 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).
Refused: the plan creates 4 records: maxCreates of the policy is 1. Nothing was sent.
---- stderr
error: the plan creates 4 records: maxCreates of the policy is 1; nothing was sent
  hint: create fewer records in one run: no flag lifts the policy

"#]]);
    assert_eq!(marketo.answered(CallOperation::Sync), 0);
    limit(&mut project, "maxAmountFactor: 1");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: policy.yaml:2:18: `maxAmountFactor` must be at least 2, not 1

"#]]);
}

#[test]
fn no_flag_allows_more_deletions_than_the_policy() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    keep(&project, 1);
    limit(&mut project, "maxDeletes: 2");
    project.run("apply --yes").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  3 opportunities
  - opportunity A-2  "Tables"  pipeline/main.yaml:4
  - opportunity A-3  "Lamps"   pipeline/main.yaml:5
  - opportunity A-4  "Desks"   pipeline/main.yaml:6
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to delete; 1 unchanged.  Apply needs 1 call.
Read 4 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 3 records: maxDeletes of the policy is 2. Nothing was sent.
---- stderr
error: the plan deletes 3 records: maxDeletes of the policy is 2; nothing was sent
  hint: delete fewer records in one run: no flag lifts the policy

"#]]);
    project
        .run("apply --yes --allow-deletes 3")
        .shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: --allow-deletes allows 3 deletions, and the policy at most 2
  hint: delete at most 2 records in one run

"#]]);
    project.run("apply --yes --allow-deletes 2").shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  3 opportunities
  - opportunity A-2  "Tables"  pipeline/main.yaml:4
  - opportunity A-3  "Lamps"   pipeline/main.yaml:5
  - opportunity A-4  "Desks"   pipeline/main.yaml:6
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to delete; 1 unchanged.  Apply needs 1 call.
Read 4 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,981 left today).
Refused: the plan deletes 3 records: maxDeletes of the policy is 2. Nothing was sent.
---- stderr
error: the plan deletes 3 records: maxDeletes of the policy is 2; nothing was sent
  hint: delete fewer records in one run: no flag lifts the policy

"#]]);
    keep(&project, 2);
    drop(project.run("apply --yes --allow-deletes 2").exits(0));
    project.assert_plan_empty();
}

#[test]
fn no_flag_allows_a_larger_share_than_the_policy() {
    let marketo = Marketo::start();
    let mut project = marketo.project(&format!(
        "{MANIFEST}  - {{ externalOpportunityId: A-5, name: Beds }}\n"
    ));
    project = project.with_ledger();
    drop(project.run("apply --yes").exits(0));
    keep(&project, 2);
    limit(&mut project, "maxDeletePercent: 50");
    project
        .run("apply --yes --allow-deletes 3")
        .shows(str![[r#"
exit: 5
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Deletes  3 opportunities
  - opportunity A-3  "Lamps"  pipeline/main.yaml:5
  - opportunity A-4  "Desks"  pipeline/main.yaml:6
  - opportunity A-5  "Beds"   pipeline/main.yaml:7
  Why: not declared any more, last applied on [DAY].

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 3 to delete; 2 unchanged.  Apply needs 1 call.
Read 5 opportunities, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).
Refused: the plan deletes 3 records: maxDeletePercent of the policy is 50, and this is 60 % of the 5 owned records; 2 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 3 records: maxDeletePercent of the policy is 50, and this is 60 % of the 5 owned records; 2 are allowed; nothing was sent
  hint: delete fewer records in one run: no flag lifts the policy

"#]]);
    assert_eq!(marketo.answered(CallOperation::Delete), 0);
}

#[test]
fn no_plan_file_allows_more_deletions_than_the_policy() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    keep(&project, 1);
    drop(
        project
            .run("plan --out plan.json --allow-deletes 12")
            .exits(0),
    );
    limit(&mut project, "maxDeletes: 10");
    refused(&marketo, &project, &["apply --yes --plan plan.json"]);
    project
        .run("apply --yes --plan plan.json")
        .shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: the plan file allows 12 deletions, and the policy at most 10
  hint: make and review a new plan that deletes at most 10 records

"#]]);
}

#[test]
fn values_that_may_be_sensitive_are_neither_shown_nor_saved() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    project.edit("pipeline/main.yaml", "Chairs", "Mermaids");
    limit(&mut project, "unmaskedValues: deny");
    drop(project.run("plan").exits(0));
    marketo.fault(Fault::code("603").on(CallOperation::Schema).times(20));
    let queries = marketo.answered(CallOperation::Query);
    for command in [
        "plan --out plan.json --write markdown=plan.md --write json=plan.report.json",
        "plan --format json",
        "apply --yes -v",
        "undo last --yes",
        "get opportunity A-1",
        "import opportunity A-1 --with-sensitive",
    ] {
        let run = project.run(command).exits(5);
        let told = run.text();
        assert!(
            !told.contains("Chairs") && !told.contains("Mermaids"),
            "{told}"
        );
    }
    assert_eq!(marketo.answered(CallOperation::Query), queries);
    assert!(!project.root().join("plan.json").exists());
    for report in ["plan.md", "plan.report.json"] {
        let report = project.read(report);
        assert!(
            !report.contains("Chairs") && !report.contains("Mermaids"),
            "{report}"
        );
    }
    project.run("plan").shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: it is not known which fields are sensitive, so values would not be masked: fields of opportunities: access denied (the API user's role needs "Read-Write Schema Standard Field" and "Read-Write Schema Custom Field"): 603 "Access denied", request [REQUEST]
  hint: give the API user the schema permissions; `oppctl fields` then lists all fields

"#]]);
    project
        .run("import opportunity A-1 --with-sensitive")
        .shows(str![[r#"
exit: 5
---- stderr
error: the policy [ROOT]/policy.yaml refuses this: --with-sensitive imports the values of sensitive fields
  hint: import without --with-sensitive: sensitive fields are left out

"#]]);
}

#[test]
fn a_policy_that_cannot_be_read_is_never_no_policy() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    let plan = |project: &Project| -> Run { project.run("plan") };
    project.set("OPPCTL_POLICY", "");
    plan(&project).shows(str![[r#"
exit: 3
---- stderr
error: OPPCTL_POLICY must name a file by its absolute path, and is ""
  hint: write the absolute path of a policy file outside of the repository, or unset the variable

"#]]);
    project.set("OPPCTL_POLICY", "policy.yaml");
    drop(plan(&project).exits(3));
    limit(&mut project, "maxDeletes: -1");
    plan(&project).shows(str![[r#"
exit: 3
---- stderr
error: policy.yaml:2:13: `maxDeletes` must be a whole number, not -1

"#]]);
    drop(project.run("ledger list").exits(3));
    drop(project.run("validate").exits(3));
    let missing = project.root().join("none.yaml");
    project.set("OPPCTL_POLICY", missing.to_str().expect("it is UTF-8"));
    plan(&project).shows(str![[r#"
exit: 1
---- stderr
error: cannot read the policy [ROOT]/none.yaml
  caused by: No such file or directory (os error 2)
  hint: make the file readable for this user; oppctl does nothing without its policy

"#]]);
    drop(project.run("ledger list").exits(1));
}

/// Whoever can write the policy decides what it allows.
#[cfg(unix)]
#[test]
fn a_policy_that_everybody_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut project = Project::simulated(MANIFEST);
    limit(&mut project, "maxDeletes: 1");
    let set = |mode: u32| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(project.root().join("policy.yaml"), permissions)
            .expect("it is the test's own");
    };
    set(0o646);
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: the policy [ROOT]/policy.yaml can be changed by every user of this machine
  hint: take the right to write it away: `chmod o-w [ROOT]/policy.yaml`; the same for its folder

"#]]);
    set(0o644);
    drop(project.run("plan").exits(0));
}

/// `show` reads the ledger only to verify a file; a policy that it cannot read stops it all the same.
#[test]
fn a_plan_file_is_not_verified_with_a_ledger_that_is_not_allowed() {
    let marketo = Marketo::start();
    let mut project = applied(&marketo);
    drop(project.run("plan --out plan.json").exits(0));
    limit(&mut project, "allowedLedgers: [/srv/oppctl]");
    let run = project.run("show plan.json").exits(0);
    assert_eq!(
        run.stderr,
        "not verified: the policy does not allow its ledger, so it may have been edited after it was made\n"
    );
    limit(&mut project, "allowedLedgers: [srv]");
    drop(project.run("show plan.json").exits(3));
}
