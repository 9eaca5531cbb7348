//! The large example, with every call counted: by what the binary says, and by the instance that it talks to.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, shows};

#[test]
fn the_embedded_simulator_sees_as_few_calls_as_there_can_be() {
    let project = Project::example("large");
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

Pipeline
  open  0 → 650  0 → 29.49 M  +29.49 M

Plan: 1,950 to create; 0 unchanged.  Apply needs 8 calls.
Read 0 opportunities, 0 roles in 13 calls; the apply is 0.02 % of 50,000 a day (49,987 left today).

Applied: 1,950 created.  8 calls in [SECONDS] s.
  Details   oppctl history [RUN] --instance local
  Undo      oppctl undo [RUN] --instance local --allow-deletes 1950

"#]]);
    project.run("plan --exit-code").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

No changes. 1,950 unchanged.
Read 650 opportunities, 1,300 roles in 11 calls.

"#]]);
}

#[test]
fn a_remote_instance_sees_as_few_calls_as_there_can_be() {
    let marketo = Marketo::with_leads_of("large");
    let project = remote(&marketo);

    drop(project.run("plan --quiet").exits(0));
    shows(
        &marketo.tally(0),
        str![[r#"
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
1 Query leads.json: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok
1 Usage stats/usage.json: ok

"#]],
    );

    let before = marketo.calls().len();
    drop(project.run("apply --yes --quiet").exits(0));
    shows(
        &marketo.tally(before),
        str![[r#"
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
1 Query leads.json: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok
3 Sync opportunities.json: ok
5 Sync opportunities/roles.json: ok
1 Usage stats/usage.json: ok

"#]],
    );

    let before = marketo.calls().len();
    project.assert_plan_empty();
    shows(
        &marketo.tally(before),
        str![[r#"
1 Describe opportunities/describe.json: ok
1 Describe opportunities/roles/describe.json: ok
1 Identity /identity/oauth/token: ok
3 Query opportunities.json: ok
5 Query opportunities/roles.json: ok
1 Schema opportunities/schema/fields.json: ok

"#]],
    );
}

#[test]
fn a_single_change_among_many_is_a_single_record_in_a_single_call() {
    let marketo = Marketo::with_leads_of("large");
    let project = remote(&marketo);
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit(
        "pipeline/003.yaml",
        "name: Renewal 301\n",
        "name: Renewal of all\n",
    );
    let before = marketo.calls().len();
    project.run("apply --yes").shows(str![[r#"
exit: 0
---- stdout
Marketo production (http://127.0.0.1:[PORT])   plan [DIGITS]

pipeline/003.yaml
  ~ opportunity LARGE-00301  "Renewal of all"  :5
      name  Renewal 301 → Renewal of all

Plan: 1 to update; 1,949 unchanged.  Apply needs 1 call.
Read 650 opportunities, 1,300 roles in 12 calls; the apply is 0.002 % of 50,000 a day (49,967 left today).

Applied: 1 updated.  1 call in [SECONDS] s.
  Details   oppctl history [RUN] --instance production
  Undo      oppctl undo [RUN] --instance production

"#]]);
    let calls = marketo.calls();
    let writes = calls[before..]
        .iter()
        .filter(|call| call.operation == oppctl::simulator::CallOperation::Sync);
    assert_eq!(writes.count(), 1);
    project.assert_plan_empty();
}

/// A run keeps no text of large files, and reads it again for a mistake that only the instance can tell.
#[test]
fn a_mistake_in_a_large_file_is_shown_with_its_line() {
    let marketo = Marketo::start();
    let record = "  - { externalOpportunityId: A-1, name: Stühle, rgion: EMEA }\n";
    let comments = "# Nobody needs to know this.\n".repeat(40_000);
    let text = format!("version: 1\nopportunities:\n{record}{comments}");
    let project = marketo.project(&text);
    project.run("plan").exits(3).shows(str![[r#"
exit: 3
---- stderr
error[unknown-field]: opportunities have no field `rgion` in this instance
 --> pipeline/main.yaml:3:49
  |
3 |   - { externalOpportunityId: A-1, name: Stühle, rgion: EMEA }
  |                                                 ^^^^^ unknown field
  |
  = help: `oppctl describe opportunity` lists the fields

1 problem in 1 file
explain: oppctl explain unknown-field

"#]]);
}

/// The example, with its leads in an instance that is not of its own process.
fn remote(marketo: &Marketo) -> Project {
    let mut project = Project::example("large");
    project.write("oppctl.yaml", marketo.config(""));
    project.set("MARKETO_CLIENT_ID", "simulator");
    project.set("MARKETO_CLIENT_SECRET", "simulator");
    project
}
