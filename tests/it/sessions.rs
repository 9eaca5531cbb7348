//! The sessions of the pages: a page's commands are run in its order, and print what it shows.
//!
//! | in a page | what the test does |
//! |---|---|
//! | `<!-- run in examples/NAME, written DAY -->`, `<!-- run in an empty folder, written DAY -->` | begins a session in a copy of it; the outputs are of that day |
//! | a block of `console` | runs the lines behind `$ ` and compares what they print with the lines below them |
//! | a block of `sh` | runs its lines; each has to end with 0, or with 2: changes are pending |
//! | `<!-- run: COMMAND -->` | runs what the text asks the reader to do in an editor |
//! | `<!-- in Marketo DATA: ENTRY -->` | somebody else changes a record of the simulator whose folder is DATA |
//! | `<!-- not run: WHY -->` | leaves out the next block of `sh` |
//!
//! `SNAPSHOTS=overwrite cargo test --test it sessions` writes the outputs of the pages anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pretty_assertions::assert_eq;

use crate::harness::{Marketo, Project, normal};
use crate::links::pages;

/// One test for each page with a session, so that they run side by side.
macro_rules! sessions {
    ($($name:ident: $page:literal,)*) => {
        const TESTED: &[&str] = &[$($page),*];
        $(#[test]
        fn $name() {
            check($page);
        })*
    };
}

sessions! {
    readme: "README.md",
    team: "examples/team/README.md",
    apply: "docs/apply.md",
    commands: "docs/commands.md",
    convert: "docs/convert.md",
    fmt: "docs/fmt.md",
    instances: "docs/instances.md",
    journal: "docs/journal.md",
    ledger: "docs/ledger.md",
    manifests: "docs/manifests.md",
    outputs: "docs/outputs.md",
    pull: "docs/pull.md",
    simulator: "docs/simulator.md",
    status: "docs/status.md",
    troubleshooting: "docs/troubleshooting.md",
}

#[test]
fn every_page_with_a_session_is_tested() {
    let pages = pages();
    let with_session = pages
        .iter()
        .filter(|(_, text)| text.contains(&format!("\n{BEGIN}")));
    let with_session: BTreeSet<_> = with_session
        .map(|(path, _)| path.display().to_string())
        .collect();
    let tested: BTreeSet<_> = TESTED.iter().map(|path| (*path).to_owned()).collect();
    assert_eq!(tested, with_session);
}

/// Commands that no session runs say why.
#[test]
fn every_command_of_a_block_is_run_or_says_why_not() {
    let mut silent = Vec::new();
    for (path, text) in pages() {
        let mut is_begun = false;
        for piece in pieces(&text) {
            match piece {
                Piece::Begin { .. } => is_begun = true,
                Piece::Shown { command, .. } | Piece::Script(command) if !is_begun => {
                    silent.push(format!("{}: {command}", path.display()));
                }
                Piece::Shown { .. }
                | Piece::Script(_)
                | Piece::Text(_)
                | Piece::Hidden(_)
                | Piece::Elsewhere { .. } => {}
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

const BEGIN: &str = "<!-- run in ";

/// A page in pieces, in its order. The comments behind `Hidden` and `Elsewhere` are in a `Text` as well.
enum Piece<'p> {
    Text(&'p str),
    Begin { place: &'p str, day: &'p str },
    Hidden(&'p str),
    Elsewhere { data: &'p str, entry: &'p str },
    Script(String),
    Shown { command: String, output: String },
}

/// What is open at a line of a page.
#[derive(Clone, Copy, PartialEq)]
enum Block {
    Prose,
    Console,
    Script,
    Other,
}

fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut block = Block::Prose;
    let mut is_left_out = false;
    let mut lines = page.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let text = line.trim_end();
        if text.starts_with("```") {
            block = match (block, text) {
                (Block::Prose, "```console") => Block::Console,
                (Block::Prose, "```sh") if !is_left_out => Block::Script,
                (Block::Prose, _) => Block::Other,
                (Block::Console | Block::Script | Block::Other, _) => Block::Prose,
            };
            is_left_out &= block == Block::Prose;
            pieces.push(Piece::Text(line));
            continue;
        }
        let mut whole = || {
            let mut command = text.to_owned();
            while command.ends_with('\\') {
                let next = lines.next().expect("the command goes on");
                command = format!("{command}\n{}", next.trim_end());
            }
            command
        };
        match block {
            Block::Console => {
                let command = whole();
                let command = command.strip_prefix("$ ").expect("output has a command");
                let mut output = String::new();
                while let Some(line) =
                    lines.next_if(|it| !it.starts_with("$ ") && !it.starts_with("```"))
                {
                    output.push_str(line);
                }
                let (command, output) = (command.to_owned(), output.trim_end().to_owned());
                pieces.push(Piece::Shown { command, output });
                continue;
            }
            Block::Script if !text.is_empty() => {
                let command = whole();
                pieces.push(Piece::Script(command));
                continue;
            }
            Block::Script | Block::Other => {}
            Block::Prose => {
                is_left_out |= text.starts_with("<!-- not run: ");
                pieces.extend(directive(text));
                if matches!(pieces.last(), Some(Piece::Begin { .. })) {
                    continue;
                }
            }
        }
        pieces.push(Piece::Text(line));
    }
    pieces
}

/// What a comment of a page asks for.
fn directive(line: &str) -> Option<Piece<'_>> {
    let text = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    if let Some(command) = text.strip_prefix("run: ") {
        return Some(Piece::Hidden(command));
    }
    if let Some(rest) = text.strip_prefix("in Marketo ") {
        let (data, entry) = rest.split_once(": ")?;
        return Some(Piece::Elsewhere { data, entry });
    }
    let (place, day) = text.strip_prefix("run in ")?.split_once(", written ")?;
    Some(Piece::Begin { place, day })
}

/// A copy of an example, in which a session runs.
struct Session {
    project: Project,
    folder: PathBuf,
}

impl Session {
    fn begin(place: &str) -> Self {
        let project = Project::empty();
        let name = place.strip_prefix("examples/").unwrap_or("pipeline");
        let folder = project.root().join(name);
        match place.strip_prefix("examples/") {
            Some(example) => project.take_example(example),
            None => fs::create_dir(&folder).expect("the folder can be made"),
        }
        Self { project, folder }
    }

    fn shell(&self, command: &str) -> Output {
        let binary = Path::new(env!("CARGO_BIN_EXE_oppctl"));
        let mut path = vec![binary.parent().expect("it is in a folder").to_owned()];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let mut shell = Command::new("sh");
        self.project.scrub(&mut shell);
        shell
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.folder)
            .env(
                "PATH",
                std::env::join_paths(path).expect("the folders have no colon"),
            )
            // Where hidden commands find samples.
            .env("REPOSITORY", env!("CARGO_MANIFEST_DIR"))
            .env("COLUMNS", "100");
        shell.output().expect("there is a shell")
    }

    /// What a command prints, as if this were the machine of a reader.
    fn prints(&self, command: &str) -> String {
        let text = String::from_utf8(self.shell(command).stdout).expect("output is UTF-8");
        let root = self.project.root().to_str().expect("the path is UTF-8");
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let text = text.replace(root, "/home/ada");
        let text = match host.trim() {
            "" => text,
            host => text.replace(&format!(" on {host}"), " on laptop"),
        };
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    }

    #[track_caller]
    fn runs(&self, command: &str) {
        let output = self.shell(command);
        let is_well = output
            .status
            .code()
            .is_some_and(|exit| exit == 0 || exit == 2);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(is_well, "{command}: {}\n{text}", output.status);
    }

    /// Another project changes a record of the same instance, some seconds later.
    fn change_elsewhere(&self, data: &str, entry: &str) {
        let marketo = Marketo::of_store(&self.folder.join(data));
        let (entry, beside) = entry.split_once(" beside ").unwrap_or((entry, ""));
        let manifest = format!("version: 1\n{beside}\nopportunities:\n  - {entry}\n");
        drop(marketo.project(&manifest).run("apply --yes").exits(0));
        marketo.stop();
    }
}

/// Runs a page and compares it.
fn check(page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(&file).expect("the page can be read");
    let today = jiff::Timestamp::now();
    let (mut fresh, mut shown, mut printed) = (String::new(), String::new(), String::new());
    let mut session = None;
    let mut written = "";
    for piece in pieces(&text) {
        let begun = || {
            session
                .as_ref()
                .expect("the page says where its commands run")
        };
        match piece {
            Piece::Text(text) => fresh.push_str(text),
            Piece::Begin { place, day } => {
                session = Some(Session::begin(place));
                written = day;
                fresh.extend([BEGIN, place, ", written ", &day_of(today), " -->\n"]);
            }
            Piece::Hidden(command) => begun().runs(command),
            Piece::Elsewhere { data, entry } => begun().change_elsewhere(data, entry),
            Piece::Script(command) => {
                begun().runs(&command);
                fresh.extend([&command, "\n"]);
            }
            Piece::Shown { command, output } => {
                let prints = begun().prints(&command);
                if !fresh.ends_with("```console\n") {
                    fresh.push('\n');
                }
                for (text, output) in [
                    (&mut shown, &since(written, today, &output)),
                    (&mut printed, &prints),
                    (&mut fresh, &prints),
                ] {
                    text.extend(["$ ", &command, "\n", output]);
                    if !output.is_empty() {
                        text.push('\n');
                    }
                }
            }
        }
    }
    let (shown, printed) = (normal(&shown), normal(&printed));
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        if shown != printed {
            fs::write(&file, fresh).expect("the page can be written");
        }
        return;
    }
    assert_eq!(
        shown, printed,
        "{page} shows the first; `SNAPSHOTS=overwrite cargo test --test it sessions` renews it"
    );
}

fn day_of(instant: jiff::Timestamp) -> String {
    instant.strftime("%Y-%m-%d").to_string()
}

/// An output of a former day, with the days around that one as days around this one.
fn since(written: &str, today: jiff::Timestamp, output: &str) -> String {
    let written: jiff::Timestamp = format!("{written}T00:00:00Z")
        .parse()
        .expect("a page says on which day its outputs were written");
    let day = |from: jiff::Timestamp, days: i64| {
        day_of(from + jiff::SignedDuration::from_hours(24 * days))
    };
    // Through names that are no days, so that none is replaced twice.
    let marked = (-1..=1).fold(output.to_owned(), |text, days| {
        text.replace(&day(written, days), &format!("[DAY {days}]"))
    });
    (-1..=1).fold(marked, |text, days| {
        text.replace(&format!("[DAY {days}]"), &day(today, days))
    })
}
