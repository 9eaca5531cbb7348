//! Colour: only where it is asked for, and never the only carrier of a meaning.

use anstream::adapter::strip_str;
use pretty_assertions::assert_eq;

use crate::harness::Project;

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs }
  - { externalOpportunityId: A-2, name: Tables }
";

/// The runs that have something to colour.
const COMMANDS: &[&str] = &[
    "plan",
    "plan --verbose",
    "validate wrong",
    "plan --instance none",
];

/// A project that creates, updates and deletes, and a manifest with a mistake beside it.
fn project() -> Project {
    let project = Project::simulated(MANIFEST);
    drop(project.run("apply --yes --quiet").exits(0));
    project.edit("pipeline/main.yaml", "name: Chairs", "name: Sofas");
    project.edit("pipeline/main.yaml", "name: Tables", "ensure: absent");
    project.edit(
        "pipeline/main.yaml",
        "opportunities:\n",
        "opportunities:\n  - { externalOpportunityId: A-3, name: Shelves }\n",
    );
    project.write("wrong/main.yaml", "version: 1\noportunities: []\n");
    project.edit(
        "oppctl.yaml",
        "[pipeline/*.yaml]",
        "[pipeline/*.yaml, wrong/*.yaml]",
    );
    project
}

fn both(project: &Project, command: &str) -> String {
    let narrowed = if command.contains("wrong") {
        ""
    } else {
        " pipeline"
    };
    let run = project.run(&format!("{command}{narrowed}"));
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn a_pipe_gets_no_colour_and_no_less_text() {
    let project = project();
    for command in COMMANDS {
        let plain = both(&project, command);
        assert!(!plain.contains('\u{1b}'), "{command}: {plain:?}");
        assert_eq!(both(&project, &format!("--color never {command}")), plain);
        let coloured = both(&project, &format!("--color always {command}"));
        assert!(coloured.contains("\u{1b}["), "{command}: {coloured:?}");
        assert_eq!(strip_str(&coloured).to_string(), plain);
    }
}

#[test]
fn the_environment_is_asked_where_the_command_line_says_nothing() {
    let mut project = project();
    let plain = both(&project, "plan");
    project.set("CLICOLOR_FORCE", "1");
    let forced = both(&project, "plan");
    assert!(forced.contains("\u{1b}["), "{forced:?}");
    assert_eq!(both(&project, "plan --color never"), plain);
    project.set("NO_COLOR", "1");
    assert_eq!(both(&project, "plan"), plain);
    assert_eq!(both(&project, "plan --color always"), forced);
}
