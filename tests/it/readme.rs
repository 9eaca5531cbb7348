//! The commands of the README and of the pages behind it exist: each one shown is taken by the binary, flags and all.

use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::Project;
use crate::links::pages;

const README: &str = include_str!("../../README.md");

#[test]
fn every_command_of_the_pages_is_understood() {
    let project = Project::empty();
    for command in pages().iter().flat_map(|(_, page)| commands(page)) {
        let mut args: Vec<&str> = command.split_whitespace().collect();
        // Arguments that are left out are not missed then, but wrong ones are.
        args.push("--help");
        let run = project.run_args(&args);
        assert_eq!(run.exit, 0, "oppctl {command}\n{}", run.text());
    }
}

#[test]
fn the_first_command_does_what_the_readme_says() {
    assert!(README.contains("\ncargo run -- -C examples/quickstart apply --yes\n"));
    let project = Project::empty();
    project.write("examples/.keep", "");
    let quickstart = Project::example("quickstart");
    std::fs::rename(
        quickstart.root(),
        project.root().join("examples/quickstart"),
    )
    .expect("the folder can be moved");
    drop(project.run("-C examples/quickstart apply --yes").exits(0));
    project
        .run("-C examples/quickstart apply --yes")
        .shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan [DIGITS]

No changes. 6 unchanged.
Read 2 opportunities, 4 roles in 6 calls.

"#]]);
}

/// The delete of the five minutes: more than the guards allow, by the count that the README names.
#[test]
fn the_delete_of_the_tour_needs_the_flag_that_the_readme_names() {
    assert!(README.contains("this deletes 4 of 6 records"));
    assert!(README.contains("`oppctl apply --allow-deletes 4`"));
    let project = Project::example("quickstart");
    drop(project.run("apply --yes").exits(0));
    project.edit(
        "pipeline/chairs.yaml",
        "    name: Chairs\n",
        "    name: Chairs\n    ensure: absent\n",
    );
    project.run("plan --quiet").shows(str![[r#"
exit: 5
---- stdout
Marketo local (simulator)   plan [DIGITS]

Pipeline
  open  2 → 1  3,209 → 1,604  −1,604

Look first
  ! Updates and deletions lower the open pipeline of 3,209 by 50 % (−1,604)

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 4 to delete; 2 unchanged.  Apply needs 2 calls.
Read 2 opportunities, 4 roles in 10 calls; the apply is 0.004 % of 50,000 a day (49,980 left today).
Refused: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 67 % of the 6 declared records; 2 are allowed. Nothing was sent.
---- stderr
error: the plan deletes 4 records: guards.maxDeletePercent is 10, and this is 67 % of the 6 declared records; 2 are allowed
  hint: if these deletions are right, allow this count: --allow-deletes 4

"#]]);
    drop(project.run("apply --yes --allow-deletes 4").exits(0));
    project.assert_plan_empty();
}

/// The comment of a pull request: `SNAPSHOTS=overwrite cargo test --test it readme` renews it.
#[test]
fn the_comment_is_what_a_plan_prints() {
    let mut project = Project::example("quickstart").with_ledger();
    project.set("GITHUB_EVENT_NAME", "pull_request");
    project.commit("before");
    drop(project.run("apply --yes").exits(0));
    let chairs = "pipeline/chairs.yaml";
    project.edit(chairs, "1604.47", "160.45");
    let role = "      - { leadId: 456784, role: Technical Buyer, isPrimary: false }\n";
    project.edit(chairs, role, "");
    project.commit("after");
    let printed = project.run("plan --format markdown").exits(0).stdout;

    let mut fresh = "<!-- comment -->\n".to_owned();
    let mut folds = 0;
    for line in printed.lines().skip(1) {
        folds += usize::from(line == "<details>");
        // GitHub shows no alert within a quotation.
        if folds == 0 && !line.starts_with("> [!") {
            let line = line.strip_prefix('>').map_or(line, str::trim_start);
            let quoted = format!("> {line}");
            let is_second_gap = quoted == "> " && fresh.ends_with(">\n");
            if !is_second_gap {
                fresh.extend([quoted.trim_end(), "\n"]);
            }
        }
        folds -= usize::from(line == "</details>");
    }
    let (before, rest) = README
        .split_once("<!-- comment -->\n")
        .expect("the page has the mark");
    let (shown, after) = rest
        .split_once("<!-- end -->")
        .expect("the mark has an end");
    let shown = format!("<!-- comment -->\n{shown}");
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        if plain(&shown) != plain(&fresh) {
            let page = format!("{before}{fresh}<!-- end -->{after}");
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
            std::fs::write(path, page).expect("the page can be written");
        }
        return;
    }
    assert_eq!(plain(&shown), plain(&fresh));
}

/// The text without the digest, and without commits and their days.
fn plain(comment: &str) -> String {
    let marks = [
        ("last applied at ", ")"),
        ("commit `", "`"),
        ("plan (`", "`"),
    ];
    marks
        .into_iter()
        .fold(comment.to_owned(), |text, (from, to)| {
            let (before, rest) = text.split_once(from).unwrap_or((&text, ""));
            let (_, after) = rest.split_once(to).unwrap_or(("", ""));
            format!("{before}{from}{to}{after}")
        })
}

/// What follows `oppctl` in the blocks and in the running text of a page.
fn commands(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut fenced = false;
    let mut has_outputs = false;
    for line in page.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            has_outputs = line == "```console";
        } else if fenced && has_outputs && !line.starts_with("$ ") {
            // What the command above has printed.
        } else if fenced {
            commands.extend(of_line(
                line.trim_start().trim_start_matches(['$', '-', ' ']),
            ));
        } else {
            // Every other piece stands between backticks.
            commands.extend(line.split('`').skip(1).step_by(2).filter_map(of_line));
        }
    }
    commands
}

/// The arguments of a command line, without its comment and without what it is piped to.
fn of_line(line: &str) -> Option<String> {
    let args = ["oppctl ", "cargo run -- "]
        .into_iter()
        .find_map(|program| line.strip_prefix(program))?;
    let end = args.find(['#', '|', '>', ';', '&']).unwrap_or(args.len());
    let args = args[..end].trim();
    // A name with a dash, or a pattern of a command, is no command.
    let literal = !args.is_empty() && !args.contains(['[', '<', '…', '{']);
    literal.then(|| args.to_owned())
}
