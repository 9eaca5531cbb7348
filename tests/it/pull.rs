//! `oppctl pull`: what Marketo has comes into the manifests, and the text around it stays.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Gateway, Marketo, Project, Terminal};

const MANIFEST: &str = "\
# Deals of the north. It's ours.
version: 1
defaults: { opportunity: { leadSource: Web } }
opportunities:
  - &chairs # the first one
    externalOpportunityId: A-1
    name: 'Chairs'      # as on the offer
    stage: &stage Proposal
    amount: \"5.00\"
    closeDate: 2026-12-31

    # Two of them.
    roles:
      - { leadId: 1001, role: Champion, isPrimary: true }
      - { lead: { email: grace@example.com }, role: Buyer }
  - { externalOpportunityId: A-2, name: Tables, stage: *stage }
  - externalOpportunityId: A-3
    name: Desks
    description: |-
      Oak.
      With drawers.
    stage: Open
    lifecycle: { ignoreChanges: [stage] }
";

const THEIRS: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chair covers
    stage: Won
    amount: 7.5
    closeDate: 2027-06-30
    leadSource: Phone
    roles:
      - { leadId: 1001, role: Champion, isPrimary: false }
  - externalOpportunityId: A-3
    description: Pine
    stage: Lost
";

/// A project that has applied its manifest, and in whose instance others have changed records since.
fn changed(marketo: &Marketo, manifest: &str, theirs: &str) -> Project {
    let project = marketo.project(manifest).with_ledger();
    drop(project.run("apply --yes --quiet").exits(0));
    let other = marketo.project(theirs);
    drop(other.run("apply --yes --quiet").exits(0));
    project
}

#[test]
fn only_the_changed_values_differ_and_the_plan_after_it_is_empty() {
    let marketo = Marketo::start();
    let project = changed(&marketo, MANIFEST, THEIRS);
    let pull = project.run("pull").exits(2);
    pull.shows(str![[r#"
exit: 2
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -4,20 +4,20 @@
 opportunities:
   - &chairs # the first one
     externalOpportunityId: A-1
-    name: 'Chairs'      # as on the offer
-    stage: &stage Proposal
-    amount: "5.00"
-    closeDate: 2026-12-31
+    name: 'Chair covers'      # as on the offer
+    stage: Won
+    amount: "7.5"
+    closeDate: 2027-06-30
+    leadSource: Phone
 
     # Two of them.
     roles:
-      - { leadId: 1001, role: Champion, isPrimary: true }
+      - { leadId: 1001, role: Champion, isPrimary: false }
       - { lead: { email: grace@example.com }, role: Buyer }
-  - { externalOpportunityId: A-2, name: Tables, stage: *stage }
+  - { externalOpportunityId: A-2, name: Tables, stage: &stage Proposal }
   - externalOpportunityId: A-3
     name: Desks
     description: |-
-      Oak.
-      With drawers.
+      Pine
     stage: Open
     lifecycle: { ignoreChanges: [stage] }
Pull: takes 7 fields of 3 records, in 1 file.
---- stderr
Nothing was written. To write these changes, add --yes.

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), MANIFEST);
    let yes = project.run("pull --yes").exits(0);
    assert_eq!(yes.stdout, pull.stdout);
    let pulled = MANIFEST
        .replace("'Chairs' ", "'Chair covers' ")
        .replace("&stage Proposal", "Won")
        .replace("\"5.00\"", "\"7.5\"")
        .replace("2026-12-31\n", "2027-06-30\n    leadSource: Phone\n")
        .replace("isPrimary: true", "isPrimary: false")
        .replace("stage: *stage", "stage: &stage Proposal")
        .replace("|-\n      Oak.\n      With drawers.", "|-\n      Pine");
    assert_eq!(project.read("pipeline/main.yaml"), pulled);
    project.assert_plan_empty();
    project.run("pull").shows(str![[r#"
exit: 0
---- stdout
Nothing to pull. The manifests have what Marketo has in their fields.

"#]]);
}

#[test]
fn drift_leaves_what_the_manifests_have_changed_too() {
    let marketo = Marketo::start();
    let project = changed(&marketo, MANIFEST, THEIRS);
    project.edit("pipeline/main.yaml", "\"5.00\"", "\"6.00\"");
    project.edit("pipeline/main.yaml", "name: Desks", "name: Standing desks");
    project.run("pull --drift --yes").shows(str![[r#"
exit: 0
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -4,20 +4,20 @@
 opportunities:
   - &chairs # the first one
     externalOpportunityId: A-1
-    name: 'Chairs'      # as on the offer
-    stage: &stage Proposal
+    name: 'Chair covers'      # as on the offer
+    stage: Won
     amount: "6.00"
-    closeDate: 2026-12-31
+    closeDate: 2027-06-30
+    leadSource: Phone
 
     # Two of them.
     roles:
-      - { leadId: 1001, role: Champion, isPrimary: true }
+      - { leadId: 1001, role: Champion, isPrimary: false }
       - { lead: { email: grace@example.com }, role: Buyer }
-  - { externalOpportunityId: A-2, name: Tables, stage: *stage }
+  - { externalOpportunityId: A-2, name: Tables, stage: &stage Proposal }
   - externalOpportunityId: A-3
     name: Standing desks
     description: |-
-      Oak.
-      With drawers.
+      Pine
     stage: Open
     lifecycle: { ignoreChanges: [stage] }
Pull: takes 6 fields of 3 records, in 1 file.
  left: opportunity A-1 amount  pipeline/main.yaml:6:28   the manifest has changed too; `oppctl pull A-1` takes Marketo's
---- stderr
wrote 1 file

"#]]);
    let text = project.read("pipeline/main.yaml");
    assert!(text.contains("\"6.00\"") && text.contains("Standing desks"));
    // By its key: all that differs.
    let one = project.run("pull A-1 --yes").exits(0);
    assert!(
        one.stdout.contains("+    amount: \"7.5\""),
        "{}",
        one.text()
    );
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
}

#[test]
fn without_a_ledger_drift_is_not_known() {
    let project = Project::simulated(MANIFEST);
    project.run("pull --drift").shows(str![[r#"
exit: 3
---- stderr
error: --drift needs a ledger: without one it is not known what was applied last
  hint: without --drift all managed fields that differ are taken

"#]]);
    project.run("pull NOBODY").shows(str![[r#"
exit: 1
---- stderr
error: `NOBODY` is neither declared nor owned
  hint: name it by its key, its id in Marketo, the beginning of its name, or FILE:LINE of its entry; `oppctl get` shows any record of the instance

"#]]);
}

#[test]
fn a_record_that_is_gone_is_offered_as_a_removal() {
    let marketo = Marketo::start();
    let gone = "version: 1\nopportunities:\n  - { externalOpportunityId: A-2, ensure: absent }\n";
    let project = changed(&marketo, MANIFEST, gone);
    project.run("pull --yes").shows(str![[r#"
exit: 0
---- stdout
Nothing to pull. The manifests have what Marketo has in their fields.
  gone: opportunity A-2  pipeline/main.yaml:16:30   deleted in Marketo, and would be created again; --removals takes its entry out

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), MANIFEST);
    project.run("pull --removals --yes").shows(str![[r#"
exit: 0
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -13,7 +13,6 @@
     roles:
       - { leadId: 1001, role: Champion, isPrimary: true }
       - { lead: { email: grace@example.com }, role: Buyer }
-  - { externalOpportunityId: A-2, name: Tables, stage: *stage }
   - externalOpportunityId: A-3
     name: Desks
     description: |-
Pull: removes 1 entry, in 1 file.
  gone: opportunity A-2  pipeline/main.yaml:16:30   deleted in Marketo; its entry goes
---- stderr
wrote 1 file

"#]]);
    let line = "  - { externalOpportunityId: A-2, name: Tables, stage: *stage }\n";
    assert_eq!(
        project.read("pipeline/main.yaml"),
        MANIFEST.replace(line, "")
    );
    // The ledger lets go of it.
    drop(project.run("apply --yes --quiet").exits(0));
    project.assert_plan_empty();
}

#[test]
fn an_entry_from_elsewhere_is_refused_with_its_place_and_nothing_is_written() {
    let marketo = Marketo::start();
    let manifest = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    roles: &roles
      - { leadId: 1001, role: Champion, isPrimary: true }
  - { externalOpportunityId: A-2, name: Tables, roles: *roles }
";
    let theirs = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chair covers
  - externalOpportunityId: A-2
    roles: [{ leadId: 1001, role: Champion, isPrimary: false }]
";
    let project = changed(&marketo, manifest, theirs);
    project.run("pull --yes").shows(str![[r#"
exit: 1
---- stderr
error: a manifest cannot be changed in its place; nothing was written
  caused by: pipeline/main.yaml: the entry comes from another place of the file, through the alias or merge key at 7:56
  hint: write the entry out there, in place of the alias, or name other records or files to pull

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), manifest);
}

#[test]
fn the_marker_the_mark_of_bytes_and_the_permissions_stay() {
    let marketo = Marketo::schema("opportunity: { fields: [{ name: owner, dataType: string }] }\n");
    let manifest = "\u{feff}version: 1\r\nopportunities:\r\n  - externalOpportunityId: A-1\r\n    name: Chairs # c\r\n";
    let project = marketo
        .project(manifest)
        .with("ownership: { ledger: .ledger, marker: { field: owner, value: us } }");
    drop(project.run("apply --yes --quiet").exits(0));
    let theirs = "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: 'a: b', owner: null }\n";
    drop(marketo.project(theirs).run("apply --yes --quiet").exits(0));
    let path = project.root().join("pipeline/main.yaml");
    let mode = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&path, mode.clone()).expect("it is ours");
    drop(project.run("pull --yes").exits(0));
    let text = project.read("pipeline/main.yaml");
    assert_eq!(text, manifest.replace("Chairs", "\"a: b\""));
    let now = std::fs::metadata(&path).expect("it is there").permissions();
    assert_eq!(now.mode() & 0o777, mode.mode());
    assert!(!project.read("pipeline/main.yaml").contains("owner"));
}

#[test]
fn what_is_sensitive_is_not_shown_and_not_written_where_there_was_nothing() {
    let marketo = Marketo::schema(
        "opportunity:\n  fields:\n    - { name: salary, dataType: string, isSensitive: true }\n    - { name: story, dataType: string, isSensitive: true }\n",
    );
    let manifest = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    salary: very secret
    story: null
";
    let theirs = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, salary: most secret, story: a secret story }
";
    let project = changed(&marketo, manifest, theirs);
    let pull = project.run("pull --yes");
    pull.shows(str![[r#"
exit: 0
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -2,5 +2,5 @@
 opportunities:
   - externalOpportunityId: A-1
     name: Chairs
-    salary: (sensitive)
+    salary: (sensitive, as in Marketo)
     story: (sensitive)
Pull: takes 1 field of 1 record, in 1 file.
  left: opportunity A-1 story  pipeline/main.yaml:3:28   sensitive, and the manifest has no value of it
---- stderr
wrote 1 file

"#]]);
    assert!(!pull.text().contains("secret"));
    let text = project.read("pipeline/main.yaml");
    assert_eq!(text, manifest.replace("very", "most"));
}

#[test]
fn a_terminal_is_asked() {
    let marketo = Marketo::start();
    let project = changed(&marketo, MANIFEST, THEIRS);
    let mut no = Terminal::start(&project, &["pull"], 100);
    no.until_says("Only \"yes\" writes: ");
    no.types("y");
    assert_eq!(no.ends(), Some(1));
    assert_eq!(project.read("pipeline/main.yaml"), MANIFEST);
    let mut yes = Terminal::start(&project, &["pull"], 100);
    yes.until_says("Only \"yes\" writes: ");
    yes.types("yes");
    assert_eq!(yes.ends(), Some(0));
    project.assert_plan_empty();
    // A file that changes while the question is open.
    drop(
        marketo
            .project(MANIFEST)
            .run("apply --yes --quiet")
            .exits(0),
    );
    let mut late = Terminal::start(&project, &["pull"], 100);
    late.until_says("Only \"yes\" writes: ");
    let text = project.read("pipeline/main.yaml") + "# late\n";
    project.write("pipeline/main.yaml", &text);
    late.types("yes");
    assert_eq!(late.ends(), Some(6));
    assert_eq!(project.read("pipeline/main.yaml"), text);
}

/// Large files are not kept, and read again for their new text.
#[test]
fn a_large_file_that_changes_while_marketo_is_asked_is_left() {
    let marketo = Marketo::start();
    let comment = format!("# {}\n", "x".repeat(98)).repeat(12_000);
    let manifest = format!("{MANIFEST}{comment}");
    let project = changed(&marketo, &manifest, THEIRS);
    let file = project.root().join("pipeline/main.yaml");
    let late = format!("{manifest}# late\n");
    let (path, text) = (file.clone(), late.clone());
    let gateway = Gateway::before(&marketo, move |asked, on| {
        if asked.line().contains("opportunities.json") {
            std::fs::write(&path, &text).expect("it can be written");
        }
        on(asked)
    });
    let config = project.read("oppctl.yaml");
    project.write(
        "oppctl.yaml",
        config.replace(&marketo.url(), &gateway.url()),
    );
    project.run("pull --yes").shows(str![[r#"
exit: 6
---- stderr
error: `pipeline/main.yaml` has changed since it was read; nothing was written
  hint: run the command again

"#]]);
    let text = std::fs::read_to_string(&file).expect("it is there");
    assert_eq!(text, late);
}

/// How people write one and the same entry.
fn layouts(number: usize) -> String {
    let key = format!("O-{number:03}");
    match number % 10 {
        0 => format!("  - externalOpportunityId: {key}\n    name: Deal\n    stage: Open # s\n"),
        1 => format!("  - {{ externalOpportunityId: {key}, name: 'Deal', stage: \"Open\" }}\n"),
        2 => format!(
            "  # {key}: \"it's\"\n  - # dash\n    \"externalOpportunityId\": {key}\n    name: >-\n      Deal\n    stage: 'Open'\n\n"
        ),
        3 => format!(
            "  -   stage:   Open\n      name: Deal   \n      externalOpportunityId: '{key}'\n"
        ),
        4 => format!(
            "  - &e{number}\n    externalOpportunityId: {key}\n    name: Deal\n    stage: &s{number} Open\n"
        ),
        5 => format!(
            "  - <<: *e{}\n    externalOpportunityId: {key} # merged\n",
            number - 1
        ),
        6 => format!(
            "  - externalOpportunityId: {key}\n    name: Deal\n    stage: *s{}\n",
            number - 2
        ),
        7 => format!(
            "  - externalOpportunityId: {key}\n    fields: {{ name: Deal }}\n    stage: |-\n      Open\n    # below\n"
        ),
        8 => format!(
            "  - {{\n      externalOpportunityId: {key}, # key\n      name: Deal,\n    }}\n"
        ),
        _ => format!(
            "  - externalOpportunityId: {key}\n    stage:\n      Open\n    name: !!str Deal\n    amount: +16.0\n    lifecycle: {{ ignoreChanges: [amount] }}\n"
        ),
    }
}

#[test]
fn two_hundred_manifests_by_hand_get_nothing_but_the_changed_values() {
    let marketo = Marketo::start();
    let project = marketo
        .project("version: 1\nopportunities: []\n")
        .with_ledger();
    let mut theirs = "version: 1\nopportunities:\n".to_owned();
    let mut files = Vec::new();
    for number in 0..200 {
        let tens = number / 10 * 10;
        let file = format!("pipeline/{tens:03}.yaml");
        if number % 10 == 0 {
            let text = "# By hand\n---\nversion: 1\ndefaults: { opportunity: { stage: Open } }\nopportunities:\n";
            files.push((file, text.to_owned()));
        }
        let (_, text) = files.last_mut().expect("one was begun");
        text.push_str(&layouts(number));
        writeln!(
            theirs,
            "  - {{ externalOpportunityId: O-{number:03}, stage: 'Won: {number}' }}"
        )
        .expect("strings take all text");
    }
    for (file, text) in &files {
        project.write(file, text);
    }
    drop(project.run("apply --yes --quiet").exits(0));
    drop(marketo.project(&theirs).run("apply --yes --quiet").exits(0));
    drop(project.run("pull --yes").exits(0));
    project.assert_plan_empty();
    for (file, before) in &files {
        let after = project.read(file);
        // Without the values and what carries them, both texts are the same.
        let rest = |text: &str| {
            let is_value = |line: &str| {
                line.contains("Won: ")
                    || line.contains("stage")
                    || ["Open", "name: Deal,"].contains(&line.trim())
            };
            let lines = text.lines().filter(|line| !is_value(line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rest(&after), rest(before), "{after}");
        assert_eq!(after.matches("Won: ").count(), 10, "{after}");
        assert_eq!(
            after.matches('#').count(),
            before.matches('#').count(),
            "{after}"
        );
    }
}

#[test]
fn a_value_of_the_configuration_is_left_and_told() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: \"${owner}\", stage: Open }\n",
    );
    let config = project.read("oppctl.yaml");
    let set = config.replace(
        "leads: leads.yaml } }",
        "leads: leads.yaml }, set: { owner: Ada } }",
    );
    assert_ne!(set, config);
    project.write("oppctl.yaml", set);
    drop(project.run("apply --yes --quiet").exits(0));
    let before = project.read("pipeline/main.yaml");
    project.write(
        "pipeline/main.yaml",
        before
            .replace("\"${owner}\"", "Eve")
            .replace("Open", "Lost"),
    );
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", &before);
    let told = project.run("pull --yes").exits(0).text();
    assert!(told.contains("`set` in oppctl.yaml"), "{told}");
    let after = project.read("pipeline/main.yaml");
    assert_eq!(after, before.replace("Open", "Lost"));
}

/// An entry that cannot be read without the values of the instance is masked all the same.
#[test]
fn what_is_sensitive_stays_hidden_in_an_entry_whose_key_the_configuration_has() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n  - { externalOpportunityId: \"${key}\", name: Chairs, nextStep: Quagga }\n",
    )
    .with("sensitive: [nextStep]");
    project.edit(
        "oppctl.yaml",
        "leads.yaml } }",
        "leads.yaml }, set: { key: A-1 } }",
    );
    drop(project.run("apply --yes --quiet").exits(0));
    let before = project.read("pipeline/main.yaml");
    project.write("pipeline/main.yaml", before.replace("Chairs", "Tables"));
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", &before);
    let told = project.run("pull").exits(2).text();
    assert!(
        told.contains("Tables") && !told.contains("Quagga"),
        "{told}"
    );
}
