//! `oppctl init`: a new project works at once, and nothing that exists is changed.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;

#[test]
fn a_new_project_can_be_applied_at_once() {
    let project = Project::empty();
    project.run("init --simulator").shows(str![[r#"
exit: 0
---- stdout
  oppctl.yaml               instance local (simulator), ledger .oppctl/ledger, maxDeletes 10
  pipeline/example.yaml     one opportunity with two roles, to be replaced by yours
  leads.yaml                two leads for the simulator
  schemas/manifest.v1.json  completion and checks in your editor
  schemas/config.v1.json    the same for oppctl.yaml
  .vscode/settings.json     tells the YAML extension of Visual Studio Code which schema is for which file
  .gitignore                .oppctl/, which has records, journals and the ledger

Next  `oppctl plan`, then `oppctl apply`
      edit pipeline/example.yaml, then plan again

"#]]);
    drop(project.run("validate").exits(0));
    drop(project.run("apply --yes").exits(0));
    project.assert_plan_empty();
    for schema in ["manifest", "config"] {
        let printed = project.run(&format!("schema {schema}")).exits(0).stdout;
        assert_eq!(project.read(&format!("schemas/{schema}.v1.json")), printed);
    }
}

#[test]
fn what_exists_is_kept() {
    let project = Project::empty();
    project.write(".gitignore", "target");
    drop(project.run("init --munchkin 123-ABC-456").exits(0));
    assert_eq!(project.read(".gitignore"), "target\n.oppctl/\n");
    project.edit("oppctl.yaml", "maxDeletes: 10", "maxDeletes: 3");
    let config = project.read("oppctl.yaml");
    std::fs::remove_file(project.root().join("pipeline/example.yaml")).expect("it is there");
    project.run("init --simulator").shows(str![[r#"
exit: 0
---- stdout
  oppctl.yaml               kept
  schemas/manifest.v1.json  kept
  schemas/config.v1.json    kept
  .vscode/settings.json     kept
  .gitignore                kept

Next  oppctl.yaml is as it was: `oppctl plan`

"#]]);
    assert_eq!(project.read("oppctl.yaml"), config);
    // An example in a project that exists would become a record.
    assert!(!project.root().join("pipeline/example.yaml").exists());
    assert_eq!(project.read(".gitignore"), "target\n.oppctl/\n");
}

#[test]
fn a_project_of_an_instance_has_its_workflows() {
    let project = Project::empty();
    let init = "init --munchkin 123-ABC-456 --instance emea --ci github";
    project.run(init).shows(str![[r#"
exit: 0
---- stdout
  oppctl.yaml                         instance emea, confirm: true, ledger .oppctl/ledger, maxDeletes 10
  pipeline/example.yaml               one opportunity with two roles, to be replaced by yours
  leads.yaml                          two leads for the simulator
  schemas/manifest.v1.json            completion and checks in your editor
  schemas/config.v1.json              the same for oppctl.yaml
  .vscode/settings.json               tells the YAML extension of Visual Studio Code which schema is for which file
  .github/workflows/oppctl-plan.yml   plans each pull request
  .github/workflows/oppctl-apply.yml  applies what was merged
  .github/workflows/oppctl-drift.yml  tells what others have changed
  .gitignore                          .oppctl/, which has records, journals and the ledger

Next  export MARKETO_CLIENT_ID and MARKETO_CLIENT_SECRET, then `oppctl doctor`
      to try without your instance: `oppctl plan --instance local`
      replace pipeline/example.yaml, or start from what is there: `oppctl import opportunity --from keys.csv --with-roles --instance emea`
      name in CODEOWNERS who reviews what runs with credentials: `/.github/ @TEAM` and `/oppctl.yaml @TEAM`, with your team
      before you merge: move the ledger to object storage in oppctl.yaml, replace OWNER and the commit of the action in the workflows, and set the rules that oppctl's page docs/ci/github.md lists

"#]]);
    drop(project.run("validate").exits(0));
    drop(project.run("apply --yes --instance local").exits(0));
    let config = project.read("oppctl.yaml");
    assert!(
        config.contains("baseUrl: https://123-abc-456.mktorest.com"),
        "{config}"
    );
    let workflow = project.read(".github/workflows/oppctl-apply.yml");
    assert!(
        workflow.contains("          instance: emea\n"),
        "{workflow}"
    );
}

#[test]
fn what_is_no_address_is_refused_and_not_repeated() {
    for id in [
        "hush",
        "https://hush@123-ABC-456.mktorest.com",
        "http://123-ABC-456.mktorest.com",
    ] {
        let project = Project::empty();
        let run = project.run_args(&["init", "--munchkin", id]).exits(64);
        assert!(!run.stderr.contains("hush"), "{}", run.stderr);
        assert_eq!(
            std::fs::read_dir(project.root())
                .expect("it is there")
                .count(),
            0
        );
    }
    Project::empty().run("init").shows(str![[r#"
exit: 64
---- stderr
error: init asks where your opportunities live, but standard input is not a terminal
  hint: to try it without an account: `oppctl init --simulator`
  hint: for your instance: `oppctl init --munchkin 123-ABC-456`

"#]]);
}

#[test]
fn a_project_within_another_one_is_refused() {
    let project = Project::empty();
    drop(project.run("init --simulator").exits(0));
    let run = project.run("-C pipeline init --simulator").exits(64);
    assert!(
        run.stderr
            .contains("this folder belongs to the project of "),
        "{}",
        run.text()
    );
    assert!(!project.root().join("pipeline/oppctl.yaml").exists());
}

#[test]
fn workflows_that_could_not_run_are_refused() {
    let project = Project::empty();
    drop(project.run("init --simulator --ci github").exits(64));
    project.write("below/.keep", "");
    project.write(".git/HEAD", "ref: refs/heads/main");
    drop(
        project
            .run("-C below init --munchkin 123-ABC-456 --ci github")
            .exits(64),
    );
    assert_eq!(
        std::fs::read_dir(project.root().join("below"))
            .expect("it is there")
            .count(),
        1
    );
}

#[cfg(unix)]
#[test]
fn a_person_is_asked() {
    use crate::harness::Terminal;

    let project = Project::empty();
    let mut terminal = Terminal::start(&project, &["init"], 80);
    terminal.until_says("2 a Marketo instance");
    terminal.types("2");
    terminal.until_says("Munchkin id");
    terminal.types("123-ABC-456");
    terminal.until_says("3 GitLab");
    terminal.types("2");
    assert_eq!(terminal.ends(), Some(0));
    assert!(
        project
            .root()
            .join(".github/workflows/oppctl-plan.yml")
            .is_file()
    );
    let config = project.read("oppctl.yaml");
    assert!(config.contains("defaultInstance: production"), "{config}");
}
