//! `oppctl doctor`: each check, good and bad, and that nothing is changed.

use oppctl::simulator::{CallOperation, Fault};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str =
    "version: 1\nopportunities: [{ externalOpportunityId: A-1, name: Chairs }]\n";

#[test]
fn a_project_that_is_well() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    project.run("doctor").shows(str![[r#"
exit: 0
---- stdout
oppctl doctor   production
  ✓ configuration     oppctl.yaml, 1 file, 1 entry, no mistakes
  ✓ journal           .oppctl/journal
  ✓ ledger            .ledger/[INSTANCE], version 0, 0 records, no lock
  ✓ address           http://127.0.0.1:[PORT], answered in [TIME]
  ✓ credentials       a token was granted
  ✓ permissions       opportunities and roles can be read
  – writing           not tried: doctor changes nothing; an apply without the permission ends with 603
  ✓ sensitive fields  known, and not shown
  ✓ quota             6 of 50,000 calls used today, by 1 API user; it is renewed in [TIME]
All is well: 9 checks.

"#]]);
    drop(project.run("apply --yes").exits(0));
    let run = project.run("doctor --format json").exits(0);
    let found: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let states: Vec<String> = found["checks"]
        .as_array()
        .expect("there are checks")
        .iter()
        .map(|check| format!("{} {}", check["name"], check["state"]).replace('"', ""))
        .collect();
    assert_eq!(
        states,
        [
            "configuration good",
            "journal good",
            "ledger good",
            "address good",
            "credentials good",
            "permissions good",
            "writing not_tried",
            "sensitive fields good",
            "quota good",
        ]
    );
    project.assert_plan_empty();
}

#[test]
fn what_stands_in_the_way_of_a_run() {
    let marketo = Marketo::start();
    let denied = || Fault::code("603").times(9);
    marketo.fault(denied().on(CallOperation::Schema));
    marketo.fault(denied().on(CallOperation::Query).suffix("/roles.json"));
    let project = marketo.project("version: 1\nopportunities: [{ name: Chairs }]\n");
    project.run("doctor").shows(str![[r#"
exit: 3
---- stdout
oppctl doctor   production
  ✗ manifests         1 problem in the manifests
                      → to see them: `oppctl validate`
  ✓ journal           .oppctl/journal
  ! ledger            none: records of removed entries stay in Marketo
                      → `ownership: { ledger: .oppctl/ledger }` in oppctl.yaml, or object storage for CI
  ✓ address           http://127.0.0.1:[PORT], answered in [TIME]
  ✓ credentials       a token was granted
  ✗ permissions       query of roles: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
                      → add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header
  ✓ permissions       opportunities can be read
  – writing           not tried: doctor changes nothing; an apply without the permission ends with 603
  ! sensitive fields  not known of all fields, so their values are shown: fields of opportunities: access denied (the API user's role needs "Read-Write Schema Standard Field" and "Read-Write Schema Custom Field"): 603 "Access denied", request [REQUEST]
                      → give the API user's role Read-Write Schema Standard Field and Read-Write Schema Custom Field (oppctl only reads), or name fields under `sensitive` in oppctl.yaml
  ✓ quota             4 of 50,000 calls used today, by 1 API user; it is renewed in [TIME]
2 to look at, 2 to fix.

"#]]);
}

#[test]
fn credentials_that_are_refused() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    project.set("MARKETO_CLIENT_SECRET", "hush");
    let run = project.run("doctor").exits(8);
    assert!(!run.stdout.contains("hush"), "{}", run.text());
    run.shows(str![[r#"
exit: 8
---- stdout
oppctl doctor   production
  ✓ configuration  oppctl.yaml, 1 file, 1 entry, no mistakes
  ✓ journal        .oppctl/journal
  ! ledger         none: records of removed entries stay in Marketo
                   → `ownership: { ledger: .oppctl/ledger }` in oppctl.yaml, or object storage for CI
  ✗ credentials    the instance refuses the client id or secret: Bad client credentials
                   → check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint
1 to look at, 1 to fix.

"#]]);
    let mut project = marketo.project(MANIFEST);
    project.set("MARKETO_CLIENT_SECRET", "");
    project.run("doctor").shows(str![[r#"
exit: 8
---- stdout
oppctl doctor   production
  ✓ configuration  oppctl.yaml, 1 file, 1 entry, no mistakes
  ✓ journal        .oppctl/journal
  ! ledger         none: records of removed entries stay in Marketo
                   → `ownership: { ledger: .oppctl/ledger }` in oppctl.yaml, or object storage for CI
  ✗ credentials    the environment variable MARKETO_CLIENT_SECRET is empty
                   → oppctl.yaml names it in `instances.production.credentials.clientSecret`
1 to look at, 1 to fix.

"#]]);
}

#[test]
fn an_instance_that_is_not_there_or_busy() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(Fault::code("607").on(CallOperation::Usage).times(9));
    let run = project.run("doctor").exits(0);
    assert!(run.stdout.contains("! quota"), "{}", run.text());
    let config = project.read("oppctl.yaml");
    project.write(
        "oppctl.yaml",
        config.replace(&marketo.url(), "http://127.0.0.1:9"),
    );
    let run = project.run("doctor").exits(7);
    assert!(run.stdout.contains("✗ address"), "{}", run.text());
}

#[test]
fn a_project_without_a_configuration() {
    Project::empty().run("doctor").shows(str![[r#"
exit: 3
---- stdout
oppctl doctor
  ✗ configuration  no oppctl.yaml in [ROOT] or in a parent directory
                   → `oppctl init` creates one; or change to its directory with `-C DIR`, or name a file with `--config FILE`
1 to fix.

"#]]);
}

#[test]
fn a_ledger_that_was_lost_is_noticed() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST).with_ledger();
    drop(project.run("apply --yes").exits(0));
    std::fs::remove_dir_all(project.root().join(".ledger")).expect("it is there");
    let run = project.run("doctor").exits(0);
    assert!(run.stdout.contains("! ledger"), "{}", run.text());
    assert!(
        run.stdout
            .contains("the journal has 1 run of this instance: it may be lost"),
        "{}",
        run.text()
    );
}
