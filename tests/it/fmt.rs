//! `oppctl fmt`: manifests in one layout, with everything that they mean and all that people have written into them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Stdio;

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project, Run};

const BY_HAND: &str = "\
# Deals of the north. It's ours.
opportunities:
- name: 'Chairs'      # as on the offer
  # Never changes.
  externalOpportunityId: A-1


  lifecycle: {ignoreChanges: [ stage ]}
  stage:   \"Open\"
  roles:
    -   role: Buyer
        leadId: 1001
    - {role: Champion,leadId: 1002}
version: 1   
# The end.";

const FORMATTED: &str = "\
# Deals of the north. It's ours.
version: 1
opportunities:
  # Never changes.
  - externalOpportunityId: A-1
    name: Chairs        # as on the offer
    stage: Open
    roles:
      - leadId: 1001
        role: Buyer
      - { leadId: 1002, role: Champion }

    lifecycle: { ignoreChanges: [stage] }
# The end.
";

/// Runs `fmt` with this text as its standard input.
fn piped(project: &Project, args: &[&str], text: &[u8]) -> Run {
    let mut child = project
        .command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("it has an input");
    stdin.write_all(text).expect("it reads its input");
    drop(stdin);
    project.ended(child.wait_with_output().expect("it ends"))
}

#[test]
fn files_are_written_and_named_and_the_second_run_changes_nothing() {
    let project = Project::simulated(BY_HAND);
    project.write("pipeline/other.yaml", "version: 1\nopportunities: []\n");
    let planned = project.run("plan --format json").exits(0).stdout;
    project.run("fmt --check").shows(str![[r#"
exit: 2
---- stdout
--- a/pipeline/main.yaml
+++ b/pipeline/main.yaml
@@ -1,15 +1,14 @@
 # Deals of the north. It's ours.
+version: 1
 opportunities:
-- name: 'Chairs'      # as on the offer
   # Never changes.
-  externalOpportunityId: A-1
-
+  - externalOpportunityId: A-1
+    name: Chairs        # as on the offer
+    stage: Open
+    roles:
+      - leadId: 1001
+        role: Buyer
+      - { leadId: 1002, role: Champion }
 
-  lifecycle: {ignoreChanges: [ stage ]}
-  stage:   "Open"
-  roles:
-    -   role: Buyer
-        leadId: 1001
-    - {role: Champion,leadId: 1002}
-version: 1   
-# The end.
\ No newline at end of file
+    lifecycle: { ignoreChanges: [stage] }
+# The end.
---- stderr
1 file not formatted, 1 formatted already. To format: `oppctl fmt`

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), BY_HAND);
    project.run("fmt").shows(str![[r#"
exit: 0
---- stdout
pipeline/main.yaml
---- stderr
formatted 1 file, 1 formatted already

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), FORMATTED);
    project.run("fmt").shows(str![[r#"
exit: 0
---- stderr
2 files formatted already

"#]]);
    project.run("fmt --check --quiet").shows(str![[r#"
exit: 0

"#]]);
    // The records are the same; only their lines are others.
    let changes = |plan: &str| {
        let lines = plan
            .lines()
            .filter(|line| line.contains("\"after\"") || line.contains("\"name\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let again = project.run("plan --format json").exits(0).stdout;
    assert_eq!(changes(&again), changes(&planned));
}

#[test]
fn what_cannot_be_read_or_laid_out_is_named_and_the_others_are_written() {
    let project = Project::simulated(BY_HAND);
    let odd = "version: 1\nopportunities:\n- ? externalOpportunityId\n  : A-2\n";
    project.write("pipeline/odd.yaml", odd);
    project.run("fmt").shows(str![[r#"
exit: 1
---- stdout
pipeline/main.yaml
---- stderr
formatted 1 file
error: a manifest cannot be formatted safely; it is as it was
  caused by: pipeline/odd.yaml: line 3: a key with `?` before it
  hint: write these lines in a plainer form, or format the file by hand

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), FORMATTED);
    project.write("pipeline/main.yaml", BY_HAND);
    let broken = "version: 1\nopportunities: [\n";
    project.write("pipeline/broken.yaml", broken);
    project.write("pipeline/latin.yaml", b"version: 1\n# caf\xe9\n");
    project.run("fmt").shows(str![[r#"
exit: 3
---- stdout
pipeline/main.yaml
---- stderr
formatted 1 file
error[syntax]: the file is not valid YAML
 --> pipeline/broken.yaml:2:16
  |
2 | opportunities: [
  |                ^ unclosed bracket '['
  |
  = help: indent with spaces, not with tabs; quote texts that contain `: ` or ` #`, or that begin with a special character such as `*`, `&`, `!`, `%` or `@`

error[not-utf8]: the file is not UTF-8
 --> pipeline/latin.yaml:2:6
  |
2 | # caf�
  |      ^ the first byte that is not
  |
  = help: save the file as UTF-8

2 problems in 2 files
explain: oppctl explain syntax
error: a manifest cannot be formatted safely; it is as it was
  caused by: pipeline/odd.yaml: line 3: a key with `?` before it
  hint: write these lines in a plainer form, or format the file by hand

"#]]);
    assert_eq!(project.read("pipeline/main.yaml"), FORMATTED);
    assert_eq!(project.read("pipeline/odd.yaml"), odd);
    assert_eq!(project.read("pipeline/broken.yaml"), broken);
    // Worse than a file that would change.
    project.write("pipeline/main.yaml", BY_HAND);
    drop(project.run("fmt --check").exits(3));
    drop(
        project
            .run("fmt --check pipeline/odd.yaml pipeline/main.yaml")
            .exits(1),
    );
    drop(project.run("fmt --check pipeline/main.yaml").exits(2));
    // Mistakes that are none of the layout.
    project.write("pipeline/main.yaml", "opportunites:\n- name:   x\n");
    drop(project.run("fmt pipeline/main.yaml").exits(0));
    assert_eq!(
        project.read("pipeline/main.yaml"),
        "opportunites:\n  - name: x\n"
    );
}

#[test]
fn manifests_of_all_instances_and_their_references_are_formatted() {
    let project = Project::empty();
    project.write(
        "oppctl.yaml",
        "version: 1\nmanifests: [pipeline/*.yaml]\ndefaultInstance: one\ninstances:\n  one:\n    simulator: { data: .one }\n    set: { owner: Ada }\n  two:\n    simulator: { data: .two }\n    manifests: [two/*.yaml]\n    set: { owner: Eve }\n",
    );
    let text = "version: 1\nopportunities:\n- externalOpportunityId: A\n  name: ${owner}\n";
    for file in ["pipeline/a.yaml", "two/b.yaml", "beside/c.yaml"] {
        project.write(file, text);
    }
    let run = project.run("fmt --check -i one").exits(2);
    assert!(!run.stdout.contains("two/b.yaml"), "{}", run.text());
    project.run("fmt").shows(str![[r#"
exit: 0
---- stdout
pipeline/a.yaml
two/b.yaml
---- stderr
formatted 2 files

"#]]);
    assert_eq!(project.read("beside/c.yaml"), text);
    drop(project.run("fmt beside/c.yaml").exits(3));
    drop(project.run("fmt none.yaml").exits(1));
}

#[test]
fn editors_give_the_text_and_get_it_back() {
    let project = Project::empty();
    let run = piped(&project, &["fmt", "-"], BY_HAND.as_bytes()).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (FORMATTED, ""));
    let marked = piped(
        &project,
        &["fmt", "-"],
        "\u{feff}version:  1\r\n".as_bytes(),
    )
    .exits(0);
    assert_eq!(marked.stdout, "\u{feff}version: 1\r\n");
    piped(&project, &["fmt", "-", "--check"], b"version:  1\n").shows(str![[r#"
exit: 2
---- stdout
--- a/stdin
+++ b/stdin
@@ -1 +1 @@
-version:  1
+version: 1
---- stderr
1 file not formatted. To format: `oppctl fmt`

"#]]);
    piped(&project, &["fmt", "-"], b"version: [\n").shows(str![[r#"
exit: 3
---- stderr
error[syntax]: the file is not valid YAML
 --> stdin:1:10
  |
1 | version: [
  |          ^ unclosed bracket '['
  |
  = help: indent with spaces, not with tabs; quote texts that contain `: ` or ` #`, or that begin with a special character such as `*`, `&`, `!`, `%` or `@`

1 problem in 1 file
explain: oppctl explain syntax

"#]]);
    // Bytes that are no text are not repaired.
    let latin = piped(&project, &["fmt", "-"], b"version: 1\n# caf\xe9\n").exits(3);
    assert_eq!(latin.stdout, "");
    drop(piped(&project, &["fmt", "-", "a.yaml"], b"").exits(64));
}

#[test]
fn links_permissions_and_marks_stay() {
    let project = Project::simulated("version: 1\nopportunities: []\n");
    project.write(
        "shared/real.yaml",
        format!("\u{feff}{}", BY_HAND.replace('\n', "\r\n")),
    );
    let real = project.root().join("shared/real.yaml");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("it is ours");
    symlink(
        "../shared/real.yaml",
        project.root().join("pipeline/link.yaml"),
    )
    .expect("it is new");
    drop(project.run("fmt").exits(0));
    let wanted = format!("\u{feff}{}", FORMATTED.replace('\n', "\r\n"));
    assert_eq!(project.read("shared/real.yaml"), wanted);
    let link = project.root().join("pipeline/link.yaml");
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
    let mode = fs::metadata(&real)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn the_diff_does_not_show_sensitive_values() {
    let project = Project::simulated(
        "version: 1\nopportunities:\n- externalOpportunityId: A\n  description: 'swordfish'\n",
    )
    .with("sensitive: [description]");
    let run = project.run("fmt --check").exits(2);
    assert!(!run.text().contains("swordfish"), "{}", run.text());
    assert!(run.stdout.contains("(sensitive)"), "{}", run.text());
    // Nor where the entry cannot be read as a record.
    project.write(
        "pipeline/main.yaml",
        "version: 1\nopportunities:\n- name: x\n  description: 'swordfish'\n",
    );
    project.run("fmt --check").shows(str![[r#"
exit: 2
---- stdout
pipeline/main.yaml
---- stderr
1 file not formatted. To format: `oppctl fmt`

"#]]);
}

#[test]
fn what_commands_write_is_formatted() {
    let project = Project::empty();
    drop(project.run("init --simulator").exits(0));
    drop(project.run("fmt --check").exits(0));
    let marketo = Marketo::start();
    let project = marketo.project(FORMATTED);
    drop(project.run("apply --yes --quiet").exits(0));
    fs::remove_file(project.root().join("pipeline/main.yaml")).expect("it is there");
    drop(
        project
            .run("import opportunity A-1 --with-roles --out pipeline/imported.yaml")
            .exits(0),
    );
    drop(project.run("fmt --check").exits(0));
    project.write(
        "deals.csv",
        "Deal ID,Deal Name,Amount,Close Date\n17,\"Chairs, \"\"oak\"\"\",12.50,2026-12-31\n18,no,,\n",
    );
    drop(
        project
            .run("convert deals.csv --out pipeline/deals.yaml")
            .exits(0),
    );
    drop(project.run("fmt --check").exits(0));
}
