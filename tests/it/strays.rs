//! Files beside the manifests: one that was renamed past the patterns must not delete its records.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

const MANY: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: E-1, name: Chairs }
  - { externalOpportunityId: E-2, name: Chairs }
  - externalOpportunityId: E-3
    name: Chairs
    roles: [ { lead: { email: ada@example.com }, role: Champion } ]
";
const ONE: &str = "version: 1\nopportunities:\n  - { externalOpportunityId: M-1, name: Tables }\n";

/// Two manifests, applied with a ledger; guards do not count.
fn applied() -> Project {
    let project = Project::simulated(ONE)
        .with_ledger()
        .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
    project.write("pipeline/emea.yaml", MANY);
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

fn rename(project: &Project, from: &str, to: &str) {
    project.write(to, project.read(from));
    std::fs::remove_file(project.root().join(from)).expect("the file is there");
}

#[test]
fn the_deletions_of_a_renamed_manifest_are_not_offered() {
    let project = Project::simulated(ONE)
        .with_ledger()
        .with("guards: { maxDeletes: 2, maxDeletePercent: 100 }");
    project.write("pipeline/emea.yaml", MANY);
    drop(project.run("apply --yes --quiet").exits(0));
    rename(&project, "pipeline/emea.yaml", "pipeline/emea.yml");
    let told = project.run("plan --quiet").exits(5).stderr;
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[1].starts_with("  caused by: pipeline/emea.yml: no pattern"),
        "{told}"
    );
    assert!(
        lines[2].ends_with("the plan deletes 4 records: guards.maxDeletes is 2"),
        "{told}"
    );
    assert!(!told.contains("--allow-deletes"), "{told}");
}

#[test]
fn a_renamed_manifest_is_named_and_deletes_nothing() {
    let project = applied();
    rename(&project, "pipeline/emea.yaml", "pipeline/emea.yml");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file.
---- stderr
warning: pipeline/emea.yml reads as a manifest, but no pattern of `manifests` matches it: nothing in it is declared. Rename it, or add it to `manifests` or `ignore` in oppctl.yaml.

"#]]);
    project.run("plan").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deletes  3 opportunities and 1 role
  - opportunity E-1  "Chairs"   pipeline/emea.yaml:3
  - opportunity E-2  "Chairs"   pipeline/emea.yaml:4
  - opportunity E-3  "Chairs"   pipeline/emea.yaml:5
  - role E-3 / 1001 / Champion  pipeline/emea.yaml:7
  Why: not declared any more, last applied on [DAY].

Note: pipeline/emea.yml reads as a manifest, but no pattern of `manifests` matches it: nothing in it is declared. Rename it, or add it to `manifests` or `ignore` in oppctl.yaml.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 4 to delete; 1 unchanged.  Apply needs 2 calls.
Read 4 opportunities, 1 role in 9 calls; the apply is 0.004 % of 50,000 a day (49,982 left today).
Refused: pipeline/emea.yml: no pattern of `manifests` matches this file, so 3 opportunities and 1 role that it declares would be deleted: E-1, E-2, E-3. Nothing was sent.
---- stderr
error: pipeline/emea.yml: no pattern of `manifests` matches this file, so 3 opportunities and 1 role that it declares would be deleted: E-1, E-2, E-3
  hint: rename or move pipeline/emea.yml, or add it to `manifests`; if its records are to be deleted, write it under `ignore` in oppctl.yaml, or pass `--allow-unread pipeline/emea.yml`

"#]]);
    for way in [
        "apply --yes",
        "apply --yes --allow-deletes 4",
        "apply --yes --allow-unread emea.yml",
    ] {
        drop(project.run(way).exits(5));
    }
    // Each way out that the refusal names.
    project.edit(
        "oppctl.yaml",
        "[pipeline/*.yaml]",
        "[\"pipeline/*.{yaml,yml}\"]",
    );
    project.assert_plan_empty();
    project.edit("oppctl.yaml", "[\"pipeline/*.{yaml,yml}\"]", "[pipeline]");
    project.assert_plan_empty();
    project.edit("oppctl.yaml", "[pipeline]", "[pipeline/*.yaml]");
    drop(
        project
            .run("apply --yes --allow-unread pipeline/emea.yml")
            .exits(0),
    );
    project.assert_plan_empty();
}

#[test]
fn wherever_it_went_and_however_it_is_written() {
    for to in [
        "pipeline/emea.json",
        "pipeline/emea.YAML",
        "pipeline/.emea.yaml",
        "pipeline/archive/emea.yaml",
        "pipeline/emea.yaml.bak",
        "pipeline/emea",
        "emea.yaml",
        "deals/2026/emea.yml",
    ] {
        let project = applied();
        rename(&project, "pipeline/emea.yaml", to);
        let run = project.run("apply --yes").exits(5);
        assert!(
            run.text().contains(&format!("`--allow-unread {to}`\n")),
            "{}",
            run.text()
        );
        rename(&project, to, "pipeline/emea.yaml");
        project.assert_plan_empty();
    }
}

#[test]
fn one_that_lies_elsewhere_counts_only_if_its_records_would_be_deleted() {
    let project = applied();
    // An example of the documentation: nobody wants to hear of it on every run.
    project.write("docs/example.yaml", MANY);
    for command in ["validate", "plan"] {
        let run = project.run(command).exits(0);
        assert!(!run.text().contains("docs/"), "{}", run.text());
    }
    // Who takes an entry out of a manifest has not moved that.
    let without = MANY.replace("  - { externalOpportunityId: E-1, name: Chairs }\n", "");
    project.write("pipeline/emea.yaml", without);
    drop(project.run("plan").exits(0));
    project.write("pipeline/emea.yaml", MANY);
    // A copy of the manifest that somebody has removed: which of the two is meant is not for us to say.
    std::fs::remove_file(project.root().join("pipeline/emea.yaml")).expect("it is there");
    let run = project.run("apply --yes").exits(5);
    assert!(
        run.text().contains("docs/example.yaml: no pattern"),
        "{}",
        run.text()
    );
    // Nor is it if another manifest has its name now.
    project.write("pipeline/emea.yaml", project.read("pipeline/main.yaml"));
    std::fs::remove_file(project.root().join("pipeline/main.yaml")).expect("it is there");
    drop(project.run("apply --yes").exits(5));
    let project = project.with("ignore: [docs]");
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn one_with_a_mistake_in_it_counts_too() {
    let project = applied();
    std::fs::remove_file(project.root().join("pipeline/emea.yaml")).expect("it is there");
    project.write(
        "pipeline/emea.yml",
        MANY.replace(
            "name: Chairs }\n  - externalOpp",
            "name: [ }\n  - externalOpp",
        ),
    );
    drop(project.run("apply --yes").exits(5));
    // Git has left a conflict, or an editor another encoding.
    let conflict = format!("<<<<<<< HEAD\n{MANY}=======\n>>>>>>> b\n");
    project.write("pipeline/emea.yml", conflict);
    drop(project.run("apply --yes").exits(5));
    let units = std::iter::once('\u{feff}').chain(MANY.chars());
    let bytes: Vec<u8> = units.flat_map(|c| (c as u16).to_le_bytes()).collect();
    project.write("pipeline/emea.yml", bytes);
    drop(project.run("apply --yes").exits(5));
}

#[test]
fn what_is_ignored_is_neither_a_manifest_nor_a_stray() {
    let project = applied().with("ignore: [pipeline/drafts, \"**/*.yml\"]");
    project.write("pipeline/drafts/emea.yaml", MANY);
    rename(&project, "pipeline/emea.yaml", "pipeline/emea.yml");
    let run = project.run("apply --yes").exits(0);
    assert!(!run.text().contains("emea.yml"), "{}", run.text());
    project.assert_plan_empty();
}

#[test]
fn a_stray_that_is_nobodys_stops_nothing() {
    let project = applied();
    project.write(
        "pipeline/new.yml",
        "version: 1\nopportunities: [ { externalOpportunityId: N-1, name: Lamps } ]\n",
    );
    project.write(
        "pipeline/compose.yml",
        "version: '3'\nservices: { roles: {} }\n",
    );
    std::fs::remove_file(project.root().join("pipeline/emea.yaml")).expect("it is there");
    let run = project.run("apply --yes").exits(0);
    assert!(
        run.stdout.contains("pipeline/new.yml reads as a manifest"),
        "{}",
        run.text()
    );
    assert!(!run.stdout.contains("compose.yml"), "{}", run.text());
}

#[test]
fn a_saved_plan_keeps_what_was_allowed() {
    let project = applied();
    rename(&project, "pipeline/emea.yaml", "pipeline/emea.yml");
    drop(project.run("plan --out plan.json").exits(5));
    drop(
        project
            .run("plan --out plan.json --allow-unread pipeline/emea.yml")
            .exits(0),
    );
    drop(project.run("apply --plan plan.json --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn with_several_patterns_one_may_find_nothing_and_is_named() {
    let project = applied();
    project.edit(
        "oppctl.yaml",
        "[pipeline/*.yaml]",
        "[pipeline/*.yaml, later/*.yaml]",
    );
    let run = project.run("plan").exits(0);
    assert!(
        run.stdout
            .contains("no file matches the pattern `later/*.yaml` of `manifests`"),
        "{}",
        run.text()
    );
    let run = project.run("validate").exits(0);
    assert!(run.stderr.contains("`later/*.yaml`"), "{}", run.text());
}

#[test]
fn the_last_record_goes_by_an_empty_list_and_a_count() {
    let project = Project::simulated(ONE).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    // A file that a slip has emptied says nothing.
    for text in [
        "",
        "# nothing\n",
        "version: 1\n",
        "version: 1\nroles: [] # no list of the record's kind is needed\n",
    ] {
        project.write("pipeline/main.yaml", text);
        let exit = if text.contains("[]") { 5 } else { 3 };
        drop(project.run("apply --yes").exits(exit));
    }
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: no record is declared any more in 1 file.

"#]]);
    project.run("apply --yes --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to delete; 0 unchanged.  Apply needs 1 call.
Read 1 opportunity, 0 roles in 7 calls; the apply is 0.002 % of 50,000 a day (49,981 left today).
Refused: the plan deletes 1 record: no manifest declares a record any more. Nothing was sent.
---- stderr
error: the plan deletes 1 record: no manifest declares a record any more; nothing was sent
  hint: if these deletions are right, allow this count: --allow-deletes 1

"#]]);
    drop(project.run("apply --yes --allow-deletes 1").exits(0));
    project.assert_plan_empty();
}

#[test]
fn documents_without_content_are_no_mistakes() {
    let project = Project::simulated(&format!("---\n# a comment\n---\n{ONE}---\n...\n---\n"));
    project.write("pipeline/later.yaml", "# nothing yet\n");
    project.write("pipeline/empty.yaml", "");
    let run = project.run("validate").exits(0);
    assert_eq!(run.stdout, "Valid: 1 opportunity in 3 files.\n");
    project.write("pipeline/two.yaml", format!("{ONE}---\nversion: 1\n"));
    drop(project.run("validate").exits(3));
}

/// The file declares the record with the values of the instance alone.
#[test]
fn a_renamed_manifest_whose_keys_the_configuration_has_keeps_its_records() {
    let project = Project::simulated(ONE).with_ledger();
    project.edit(
        "oppctl.yaml",
        "leads.yaml } }",
        "leads.yaml }, set: { key: E-1 } }",
    );
    project.write(
        "pipeline/emea.yaml",
        "version: 1\nopportunities:\n  - { externalOpportunityId: \"${key}\", name: Chairs }\n",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    rename(&project, "pipeline/emea.yaml", "pipeline/emea.yml");
    let told = project.run("plan --quiet").exits(5).stderr;
    assert!(told.contains("pipeline/emea.yml"), "{told}");
}
