//! An instance that is away, exhausted, in doubt of us or not Marketo at all; and that no secret shows in any of it.

use std::net::TcpListener;

use oppctl::simulator::{CallOperation, Fault, FaultKind};
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Run};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles: [{ leadId: 1001, role: Champion }]
";

/// A secret that no output may have.
const SECRET: &str = "s3cret/of+production=";

/// The secret as it is, and as a URL has it.
#[track_caller]
fn assert_silent(run: &Run) {
    for secret in [SECRET, "s3cret%2Fof%2Bproduction%3D", "s3cret"] {
        let told = run.stdout.contains(secret) || run.stderr.contains(secret);
        assert!(!told, "{}", run.text());
    }
}

#[test]
fn a_refused_secret_is_told_and_not_shown() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    project.set("MARKETO_CLIENT_SECRET", SECRET);
    for command in ["plan", "apply --yes", "describe", "get opportunity A-1"] {
        let run = project.run(command).exits(8);
        assert_silent(&run);
        assert_silent(&project.run(&format!("{command} --verbose")).exits(8));
    }
    project.run("plan --verbose").shows(str![[r#"
exit: 8
---- stderr
error: the instance refuses the client id or secret: Bad client credentials
  hint: check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint

"#]]);
}

#[test]
fn a_secret_that_is_not_there_is_named_by_its_place() {
    let marketo = Marketo::start();
    let mut project = marketo.project(MANIFEST);
    project.set("MARKETO_CLIENT_SECRET", "");
    project.run("plan").shows(str![[r#"
exit: 8
---- stderr
error: the environment variable MARKETO_CLIENT_SECRET is empty
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);

    let of = |secret: &str| {
        project.write(
            "oppctl.yaml",
            marketo
                .config("")
                .replace("{ env: MARKETO_CLIENT_SECRET }", secret),
        );
        project.run("plan")
    };
    of("{ env: NOT_SET }").shows(str![[r#"
exit: 8
---- stderr
error: the environment variable NOT_SET is not set
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);
    of("{ file: secret.txt }").shows(str![[r#"
exit: 8
---- stderr
error: cannot read the credential file [ROOT]/secret.txt
  caused by: No such file or directory (os error 2)
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);
    of("{ command: [sh, -c, 'echo s3cret >&2; exit 3'] }").shows(str![[r#"
exit: 8
---- stderr
error: the credential command `sh` failed (exit status: 3)
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);
    of("{ command: [no-such-program] }").shows(str![[r#"
exit: 8
---- stderr
error: cannot run the credential command `no-such-program`
  caused by: No such file or directory (os error 2)
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);
    // PowerShell writes a mark before the text and two characters behind it.
    for text in ["simulator\n", "\u{feff}simulator\r\n"] {
        project.write("secret.txt", text);
        drop(of("{ file: secret.txt }").exits(0));
    }
    project.write("secret.txt", "s3cret-id\ns3cret-value\n");
    of("{ file: secret.txt }").shows(str![[r#"
exit: 8
---- stderr
error: the credential file [ROOT]/secret.txt has more than one line; a credential is the only line of its place
  hint: oppctl.yaml names it in `instances.production.credentials.clientSecret`

"#]]);
    drop(of("{ command: [printf, simulator] }").exits(0));
    assert_eq!(
        of("{ command: [printf, s3cret] }")
            .exits(8)
            .text()
            .find("s3cret"),
        None
    );
}

#[test]
fn a_missing_permission_is_named() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let denied = Fault::code("603").on(CallOperation::Describe);
    marketo.fault(denied.suffix("opportunities/describe.json"));
    project.run("plan").shows(str![[r#"
exit: 8
---- stderr
error: describe of opportunities: access denied (the API user's role needs "Read-Only Opportunity"): 603 "Access denied", request [REQUEST]
  hint: add the permission to the API user's role, or add this machine's address to the IP allowlist of the instance; if both are right, make sure that no proxy removes the Authorization header

"#]]);
    marketo.fault(Fault::code("603").on(CallOperation::Sync));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 8
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,991 left today).

Not attempted (2)
  1 opportunity and 1 role, because the API user lacks a permission
      pipeline/main.yaml:3:28  opportunity A-1
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

The run ended early: create of opportunities: access denied (the API user's role needs "Read-Write Opportunity"): 603 "Access denied", request [REQUEST].
      if the role has it already: `oppctl explain 603` tells the other causes

Nothing was changed: 2 changes were not attempted.  1 call in [SECONDS] s.
  Next      add "Read-Write Opportunity" to the API user's role (Admin > Users & Roles > Roles), then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 2 changes were not attempted.

"#]]);
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn a_native_crm_sync_is_named() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(Fault::code("1018").on(CallOperation::Sync));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 8
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Not attempted (2)
  1 opportunity and 1 role, because a native CRM sync is on
      pipeline/main.yaml:3:28  opportunity A-1
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

The run ended early: create of opportunities: a native CRM sync is on: 1018 "CRM Enabled", request [REQUEST].
      with a native sync of Salesforce or Microsoft Dynamics the CRM owns these records: Marketo's API reads sales persons, companies and opportunities and does not write them, and it has no roles at all; oppctl cannot manage such an instance
      in Marketo, Admin > Integration > Salesforce (or Microsoft Dynamics) shows whether the sync is on
      change the records in the CRM, or point oppctl to an instance without the sync

Nothing was changed: 2 changes were not attempted.  1 call in [SECONDS] s.
  Next      point oppctl to an instance without the native CRM sync, or have it switched off, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 2 changes were not attempted.

"#]]);
}

#[test]
fn a_native_crm_sync_is_told_apart_from_what_else_keeps_roles_away() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let roles = |code: &str| {
        let fault = Fault::code(code).on(CallOperation::Describe);
        marketo.fault(fault.suffix("roles/describe.json").times(1000));
    };
    roles("610");
    project.run("plan").shows(str![[r#"
exit: 8
---- stderr
error: describe of roles: a native CRM sync is on: 610 "Requested resource not found", request [REQUEST]
  hint: with a native sync of Salesforce or Microsoft Dynamics the CRM owns these records: Marketo's API reads sales persons, companies and opportunities and does not write them, and it has no roles at all; oppctl cannot manage such an instance
  hint: in Marketo, Admin > Integration > Salesforce (or Microsoft Dynamics) shows whether the sync is on
  hint: change the records in the CRM, or point oppctl to an instance without the sync

"#]]);
    marketo.heal();
    roles("603");
    for command in ["apply --yes", "get role A-1", "describe"] {
        let run = project.run(command).exits(8);
        assert!(
            run.stderr.contains("a native CRM sync is on"),
            "{}",
            run.text()
        );
    }
    marketo.heal();
    // Neither kind is there: the address is wrong.
    marketo.fault(Fault::code("610").on(CallOperation::Describe).times(1000));
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: describe of opportunities: 610 "Requested resource not found", request [REQUEST]
  hint: check `baseUrl`; an instance with a native CRM sync does not have all endpoints

"#]]);
    marketo.heal();
    // The permission is that of both kinds.
    marketo.fault(Fault::code("603").on(CallOperation::Describe).times(1000));
    let run = project.run("get role A-1").exits(8);
    assert!(
        run.stderr.contains("Read-Only Opportunity"),
        "{}",
        run.text()
    );
}

#[test]
fn a_native_crm_sync_that_is_told_of_each_record_ends_the_run_too() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let skipped = FaultKind::SkipRecord {
        index: 0,
        code: "1018".to_owned(),
        message: "CRM Enabled".to_owned(),
    };
    marketo.fault(Fault::new(skipped).on(CallOperation::Sync));
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 8
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Not attempted (2)
  1 opportunity and 1 role, because a native CRM sync is on
      pipeline/main.yaml:3:28  opportunity A-1
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

The run ended early: create of opportunities: a native CRM sync is on: 1018 "CRM Enabled", request [REQUEST].
      with a native sync of Salesforce or Microsoft Dynamics the CRM owns these records: Marketo's API reads sales persons, companies and opportunities and does not write them, and it has no roles at all; oppctl cannot manage such an instance
      in Marketo, Admin > Integration > Salesforce (or Microsoft Dynamics) shows whether the sync is on
      change the records in the CRM, or point oppctl to an instance without the sync

Nothing was changed: 2 changes were not attempted.  1 call in [SECONDS] s.
  Next      point oppctl to an instance without the native CRM sync, or have it switched off, then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
---- stderr
error: Nothing was changed: 2 changes were not attempted.

"#]]);
}

#[test]
fn an_exhausted_quota_leaves_the_rest_for_later() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(
        Fault::code("607")
            .on(CallOperation::Sync)
            .after(1)
            .times(1000),
    );
    project.run("apply --yes").shows(str![[r#"
exit: 7
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"          :3
  + role        A-1 / 1001 / Champion  :5

Plan: 2 to create; 0 unchanged.  Apply needs 2 calls.
Read 0 opportunities, 0 roles in 7 calls; the apply is 0.004 % of 50,000 a day (49,993 left today).

Not attempted (1)
  1 role, because the daily quota was used up
      pipeline/main.yaml:5:23  role A-1 / 1001 / Champion

The run ended early: create of roles: the daily quota is reached: 607 "Daily quota reached", request [REQUEST].

Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.  2 calls in [SECONDS] s.
  Next      wait until [MIDNIGHT], then run the same command again: only what is left is sent
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production
---- stderr
error: Stopped early: 1 of 2 changes is in Marketo, 1 was not attempted.

"#]]);
    let before = marketo.calls().len();
    project.run("plan --exit-code").shows(str![[r#"
exit: 2
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/main.yaml
  + role A-1 / 1001 / Champion  :5

Plan: 1 to create; 1 unchanged.  Apply needs 1 call.
Read 1 opportunity, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,985 left today).

"#]]);
    let exhausted = Fault::code("607").on(CallOperation::Query).times(1000);
    marketo.fault(exhausted.suffix("/opportunities.json"));
    project.run("plan").shows(str![[r#"
exit: 7
---- stderr
error: query of opportunities: the daily quota is reached: 607 "Daily quota reached", request [REQUEST]
  hint: run again after midnight US Central time; changes that were applied are not applied twice
  hint: the quota is renewed at [MIDNIGHT]

"#]]);
    // Two plans of at most seven calls: a closed door is not knocked at again.
    assert!(marketo.calls().len() - before <= 14);
    marketo.heal();
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn an_instance_that_does_not_listen_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    drop(listener);
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    let config = marketo
        .config("")
        .replace(&marketo.url(), &format!("http://{address}"));
    project.write("oppctl.yaml", config);
    // Quiet, because only the longer ones of the random waits are told.
    project.run("plan --quiet").shows(str![[r#"
exit: 7
---- stderr
error: identity: cannot connect to http://127.0.0.1:[PORT]
  caused by: error sending request
  caused by: client error (Connect)
  caused by: tcp connect error
  caused by: Connection refused (os error 111)
  hint: run the command again later; if it fails again, check `baseUrl`: Marketo shows it as Endpoint in Admin > Integration > Web Services

"#]]);
}

#[test]
fn a_server_that_is_not_marketo_is_not_believed() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    marketo.fault(Fault::code("610").on(CallOperation::Describe).times(1000));
    project.run("plan").shows(str![[r#"
exit: 1
---- stderr
error: describe of opportunities: 610 "Requested resource not found", request [REQUEST]
  hint: check `baseUrl`; an instance with a native CRM sync does not have all endpoints

"#]]);
}

#[test]
fn an_expired_token_is_renewed_without_a_word() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    for code in ["601", "602"] {
        marketo.fault(Fault::code(code).on(CallOperation::Query));
        marketo.fault(Fault::code(code).on(CallOperation::Sync));
    }
    let run = project.run("apply --yes --quiet").exits(0);
    assert_eq!(run.stderr, "");
    project.assert_plan_empty();
}

#[test]
fn a_busy_instance_is_waited_for() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    for code in ["606", "615", "608"] {
        marketo.fault(Fault::code(code).prefix("/rest/"));
    }
    drop(project.run("apply --yes --verbose").exits(0));
    assert!(!marketo.has_faults());
    project.assert_plan_empty();
}
