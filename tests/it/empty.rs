//! Runs without any record: refused, because files that a slip has emptied look just like that.

use snapbox::str;

use crate::harness::Project;

#[test]
fn files_that_declare_nothing_are_no_input() {
    let project = Project::simulated("version: 1\nopportunities: []\n");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: no record is declared in 1 file
  hint: declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns

"#]]);
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: no record is declared in 1 file
  hint: declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns

"#]]);
    project.run("apply --yes").shows(str![[r#"
exit: 3
---- stderr
error: no record is declared in 1 file
  hint: declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns

"#]]);
}

#[test]
fn an_empty_file_among_others_is_a_beginning() {
    let project = Project::simulated("version: 1\nopportunities: []\n");
    project.write(
        "pipeline/other.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n",
    );
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/other.yaml
  + opportunity A-1  "Chairs"  :3

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

"#]]);
    project.run("plan pipeline/main.yaml").shows(str![[r#"
exit: 3
---- stderr
error: no record is declared in 1 file
  hint: declare at least one. `ensure: absent` deletes a record. If the last one was removed on purpose: write `opportunities: []`, which with a ledger deletes the records that it owns

"#]]);
}

#[test]
fn a_record_that_is_let_go_is_input_enough() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, ensure: forgotten }\n",
    );
    project.run("plan").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

No changes. 0 unchanged.
Read nothing in 1 call.

"#]]);
}

#[test]
fn patterns_that_match_nothing_and_paths_that_lead_nowhere_are_told() {
    let project = Project::simulated("version: 1\n");
    project.edit("oppctl.yaml", "pipeline/*.yaml", "pipline/*.yaml");
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: no file matches the pattern `pipline/*.yaml` in `[ROOT]`
  hint: create a manifest there, or correct `manifests` in oppctl.yaml, for example `pipeline/**/*.{yaml,yml}`

"#]]);
    project.edit("oppctl.yaml", "pipline/*.yaml", "pipeline/*.yaml");
    project.run("plan leads.yaml").shows(str![[r#"
exit: 3
---- stderr
error: there is no manifest at or below `leads.yaml`; the patterns are `pipeline/*.yaml`

"#]]);
    project.run("plan nowhere").shows(str![[r#"
exit: 1
---- stderr
error: cannot read `nowhere`
  caused by: No such file or directory (os error 2)

"#]]);
}
