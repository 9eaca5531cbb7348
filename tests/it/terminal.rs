//! What a person at a terminal sees, and what an answer does.

#![cfg(unix)]

use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Passage, Project, Tap, Terminal, Way};

const MANIFEST: &str = "\
version: 1
opportunities:
  - { externalOpportunityId: A-1, name: Chairs }
  - { externalOpportunityId: A-2, name: Tables }
";

const QUESTION: &str = "Type \"yes\" to create 2 records in local";

fn project() -> Project {
    Project::simulated(MANIFEST)
}

#[test]
fn a_person_can_look_before_the_answer() {
    let project = project();
    let mut terminal = Terminal::start(&project, &["apply"], 80);
    terminal.until_says(QUESTION);
    terminal.types("d");
    terminal.until_says("name  Tables");
    terminal.until_says(QUESTION);
    // It wants the whole word.
    terminal.types("y");
    terminal.until_says("yes");
    terminal.types("yes");
    terminal.until_says("Applied: 2 created.");
    assert_eq!(terminal.ends(), Some(0));
    project.assert_plan_empty();
}

#[test]
fn an_instance_that_needs_confirmation_is_confirmed_by_its_name() {
    let marketo = Marketo::start();
    let project = marketo.project(MANIFEST);
    project.write("oppctl.yaml", marketo.config("confirm: true"));
    let mut terminal = Terminal::start(&project, &["apply"], 80);
    terminal.until_says("Type \"production\" to create 2 records in production");
    // The word of other instances is not enough.
    terminal.types("yes");
    terminal.until(|screens| {
        let asked = |screen: &String| screen.matches("Type \"production\"").count() > 1;
        screens.iter().any(asked)
    });
    terminal.types("production");
    terminal.until_says("Applied: 2 created.");
    assert_eq!(terminal.ends(), Some(0));
}

#[test]
fn any_other_answer_sends_nothing() {
    for answer in ["no", "", "YES please"] {
        let project = project();
        let mut terminal = Terminal::start(&project, &["apply"], 80);
        terminal.until_says(QUESTION);
        terminal.types(answer);
        let exit = terminal.ends();
        assert!(
            exit.is_some_and(|exit| exit != 0),
            "{answer}: {}",
            terminal.text()
        );
        assert!(
            terminal.text().contains("Nothing was changed."),
            "{}",
            terminal.text()
        );
        drop(project.run("plan --exit-code --quiet").exits(2));
    }
}

/// While an answer is waited for, the line turns; it is one line in each phase, and it is gone in the end.
#[test]
fn one_line_lives_as_long_as_the_program_works() {
    /// So many different screens, while nothing else happens, are a sign of life.
    const SIGNS: usize = 5;
    let (marketo, tap) = (Marketo::start(), Tap::new());
    let (_, address) = tap.open(marketo.address());
    let project = marketo.project(MANIFEST).with_ledger();
    let config = project.read("oppctl.yaml");
    let config = config.replace(&marketo.url(), &format!("http://{address}"));
    project.write("oppctl.yaml", config);
    for columns in [60, 120] {
        let query = |passage: &Passage| passage.way == Way::Reply && passage.is_query();
        let reply = tap.hold(0, query);
        let mut terminal = Terminal::start(&project, &["apply", "--yes"], columns);
        let reply = reply.recv().expect("it reads");
        terminal.until(|screens| signs(screens, "Reading") >= SIGNS);
        let write = tap.hold(0, |passage| passage.way == Way::Reply && passage.is_write());
        reply.forward();
        let write = write.recv().expect("it writes");
        terminal.until(|screens| signs(screens, "Applying") >= SIGNS);
        write.forward();
        assert_eq!(terminal.ends(), Some(0));
        for screen in terminal.screens() {
            let bars = screen.lines().filter(|line| is_bar(line)).count();
            assert!(bars <= 1, "two lines:\n{screen}");
        }
        let last = terminal.screens().last().expect("it has said something");
        assert!(!last.lines().any(is_bar), "{last}");
        assert!(last.contains("Applied: "), "{last}");
        project.write("pipeline/main.yaml", MANIFEST.replace("Tables", "Lamps"));
    }
}

/// How many different lines of this phase were seen.
fn signs(screens: &[String], phase: &str) -> usize {
    let lines = screens.iter().flat_map(|screen| screen.lines());
    let mut seen: Vec<&str> = lines
        .filter(|line| is_bar(line) && line.contains(phase))
        .collect();
    seen.dedup();
    seen.len()
}

/// Whether a line is that of the progress: it begins with a sign of Braille.
fn is_bar(line: &str) -> bool {
    line.starts_with(|c| ('\u{2800}'..='\u{28ff}').contains(&c))
}
