//! Configurations that are wrong: samples in `tests/data/config`, with what a person reads about them. None repeats a secret.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::{Assert, Data, str};

use crate::harness::Project;

const MANIFEST: &str =
    "version: 1\nopportunities:\n  - { externalOpportunityId: A-1, name: Chairs }\n";

/// What stands in the samples where people put secrets by mistake.
const SECRET: &str = "s3cret";

#[test]
fn each_sample_says_what_is_wrong() {
    let project = Project::empty();
    project.write("pipeline/main.yaml", MANIFEST);
    let assert = Assert::new().action_env("SNAPSHOTS");
    for sample in samples() {
        project.write(
            "oppctl.yaml",
            fs::read(&sample).expect("the sample can be read"),
        );
        for command in ["validate", "plan", "apply --yes"] {
            let run = project.run(command);
            if command == "plan" {
                let expected = Data::read_from(&sample.with_extension("stderr"), None);
                assert.eq(run.text(), expected.raw());
            }
            assert!(!run.text().contains(SECRET), "{}", run.text());
            assert!(run.exit == 3, "{}: {}", sample.display(), run.text());
        }
    }
}

#[test]
fn a_configuration_is_found_upwards_or_named() {
    let project = Project::simulated(MANIFEST);
    project.write("pipeline/deep/down/note.txt", "");
    project.run("-C pipeline/deep/down plan").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

pipeline/main.yaml
  + opportunity A-1  "Chairs"  :3

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

"#]]);
    project.write("elsewhere/other.yaml", project.read("oppctl.yaml"));
    project
        .run("plan --config elsewhere/other.yaml")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot run the simulator
  caused by: cannot read [ROOT]/elsewhere/leads.yaml
  caused by: No such file or directory (os error 2)

"#]]);
    project
        .run("plan --config elsewhere/none.yaml")
        .shows(str![[r#"
exit: 1
---- stderr
error: cannot read [ROOT]/elsewhere/none.yaml
  caused by: No such file or directory (os error 2)

"#]]);
    project.run("-C nowhere plan").shows(str![[r#"
exit: 1
---- stderr
error: cannot change to nowhere
  caused by: No such file or directory (os error 2)

"#]]);
}

#[test]
fn without_a_configuration_there_is_nothing_to_do() {
    let project = Project::empty();
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: no oppctl.yaml in [ROOT] or in a parent directory
  hint: `oppctl init` creates one; or change to its directory with `-C DIR`, or name a file with `--config FILE`

"#]]);
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: no oppctl.yaml in [ROOT] or in a parent directory
  hint: `oppctl init` creates one; or change to its directory with `-C DIR`, or name a file with `--config FILE`

"#]]);
}

#[test]
fn an_instance_is_named_on_the_command_line_in_the_environment_or_by_default() {
    let mut project = Project::simulated(MANIFEST);
    let two = "version: 1\nmanifests: [pipeline/*.yaml]\n\
               instances:\n  one: { simulator: { data: .one } }\n  two: { simulator: { data: .two } }\n";
    project.write("oppctl.yaml", two);
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml: no instance is chosen: the file declares 2 instances
  hint: choose one with `--instance NAME` or `defaultInstance`: `one`, `two`

"#]]);
    project.run("plan --instance tow").shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml: there is no instance `tow`
  hint: did you mean `two`? Known: `one`, `two`

"#]]);
    project.run("plan --quiet -i two").shows(str![[r#"
exit: 0
---- stdout
Marketo two (simulator)   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

"#]]);
    project.write("oppctl.yaml", format!("{two}defaultInstance: one\n"));
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo one (simulator)   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,996 left today).

"#]]);
    project.set("OPPCTL_INSTANCE", "two");
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo two (simulator)   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,992 left today).

"#]]);
    project.run("plan --quiet --instance one").shows(str![[r#"
exit: 0
---- stdout
Marketo one (simulator)   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,992 left today).

"#]]);
    // A variable that a CI job leaves empty names nothing.
    project.set("OPPCTL_INSTANCE", "");
    project.run("plan --quiet").shows(str![[r#"
exit: 0
---- stdout
Marketo one (simulator)   plan [DIGITS]

Plan: 1 to create; 0 unchanged.  Apply needs 1 call.
Read 0 opportunities in 4 calls; the apply is 0.002 % of 50,000 a day (49,988 left today).

"#]]);
}

#[test]
fn validate_needs_neither_an_instance_nor_credentials() {
    let project = Project::empty();
    project.write("oppctl.yaml", "version: 1\nmanifests: [pipeline/*.yaml]\n");
    project.write("pipeline/main.yaml", MANIFEST);
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file.

"#]]);
    project.run("plan").shows(str![[r#"
exit: 3
---- stderr
error: oppctl.yaml: the file declares no instances
  hint: declare one: `instances: { local: { simulator: { data: .oppctl/simulator } } }`

"#]]);
}

/// A command in a message can be pasted where the user stands: it names the directory, the configuration and the instance again.
#[test]
fn commands_in_messages_have_the_arguments_of_this_call() {
    let project = Project::simulated(MANIFEST).with_ledger();
    project.write("eu conf/eu.yaml", project.read("oppctl.yaml"));
    project.write("eu conf/pipeline/main.yaml", MANIFEST);
    project.write("eu conf/leads.yaml", project.read("leads.yaml"));
    let call = ["-C", "eu conf", "--config", "eu.yaml", "-i", "local"];
    let run = |args: &[&str]| project.run_args(&[&call, args].concat());
    let page = run(&["plan", "--format", "markdown"]).exits(0).stdout;
    let place = "-C 'eu conf' --config eu.yaml";
    let apply =
        format!("To apply exactly this plan: `oppctl {place} apply --instance local --expect ");
    assert!(page.contains(&apply), "{page}");
    drop(run(&["apply", "--yes", "--write", "markdown=../apply.md"]).exits(0));
    let page = project.read("apply.md");
    let (_, undo) = page
        .split_once("To undo this run: `")
        .expect("the page says how");
    let (undo, _) = undo.split_once('`').expect("the command ends");
    let words = undo.strip_prefix(&format!("oppctl {place} "));
    let words: Vec<&str> = words.expect("it has the arguments").split(' ').collect();
    run(&["undo", "last"]).shows(str![[r#"
exit: 64
---- stderr
error: undo asks for confirmation, but standard input is not a terminal
  hint: look at the run with `oppctl -C 'eu conf' --config eu.yaml history last --instance local`, then add --yes; or save the plan for a review: `oppctl -C 'eu conf' --config eu.yaml undo last --out plan.json --instance local`

"#]]);
    run(&["ledger", "show", "opportunity", "B-1"]).shows(str![[r#"
exit: 1
---- stderr
error: opportunity B-1 is not in the ledger [ROOT]/eu conf/.ledger/[INSTANCE]
  hint: list the owned records with `oppctl -C 'eu conf' --config eu.yaml ledger list --instance local`

"#]]);
    drop(run(&[&words[..], &["--yes"]].concat()).exits(0));
    let refused = run(&["undo", "last", "--write", "markdown=../undo.md"]);
    drop(refused.exits(64));
    let page = project.read("undo.md");
    let history =
        format!("look at the run with `oppctl {place} history last --instance local`, then");
    assert!(page.contains(&history), "{page}");
}

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config");
    let mut samples: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the samples are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    samples.sort();
    samples
}

#[test]
fn the_configuration_and_the_files_that_it_names_are_no_manifests() {
    let project = Project::simulated(
        "version: 1\nopportunities: [ { externalOpportunityId: A-1, name: Chairs } ]\n",
    );
    project.edit("oppctl.yaml", "pipeline/*.yaml", "\"**/*.yaml\"");
    project.run("validate").shows(str![[r#"
exit: 0
---- stdout
Valid: 1 opportunity in 1 file.

"#]]);
}

#[test]
fn a_configuration_of_another_name_is_pointed_out() {
    let project = Project::empty();
    project.write("oppctl.yml", "version: 1\n");
    project.run("validate").shows(str![[r#"
exit: 3
---- stderr
error: no oppctl.yaml in [ROOT] or in a parent directory
  hint: rename oppctl.yml to oppctl.yaml, or name it with `--config oppctl.yml`

"#]]);
}
