//! What `oppctl init` has written, and what to do next.

use crate::init::{Choices, CiSystem, InstancePlace};
use crate::model::shell_word;

use super::escape::escaped;
use super::flags::with_children_flag;
use super::style::columns;

/// A file of a new project, and what became of it.
#[derive(Clone, Debug)]
pub struct InitFile {
    pub path: String,
    pub what: String,
    pub state: InitState,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InitState {
    Written,
    /// It existed.
    Kept,
    /// It existed, and got a line.
    Extended,
}

/// The files, a line each, and what to do next.
#[must_use]
pub fn init_report(files: &[InitFile], choices: &Choices) -> String {
    let width = files.iter().map(|file| columns(&file.path)).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for file in files {
        let what = match file.state {
            InitState::Written => file.what.clone(),
            InitState::Kept => "kept".to_owned(),
            InitState::Extended => format!("added {}", file.what),
        };
        let gap = " ".repeat(width - columns(&file.path));
        text.extend(["  ", &escaped(&file.path), &gap, "  ", &what, "\n"]);
    }
    text.push('\n');
    let is_kept = |file: &InitFile| file.path == "oppctl.yaml" && file.state == InitState::Kept;
    let lines = if files.iter().any(is_kept) {
        vec!["oppctl.yaml is as it was: `oppctl plan`".to_owned()]
    } else {
        next(choices)
    };
    for (number, line) in lines.iter().enumerate() {
        let head = if number == 0 { "Next  " } else { "      " };
        text.extend([head, line, "\n"]);
    }
    text
}

fn next(choices: &Choices) -> Vec<String> {
    let Choices { place, ci } = choices;
    let mut lines = match place {
        InstancePlace::Simulator => vec![
            "`oppctl plan`, then `oppctl apply`".to_owned(),
            "edit pipeline/example.yaml, then plan again".to_owned(),
        ],
        InstancePlace::Marketo { name, .. } => {
            let name = shell_word(name);
            vec![
                "export MARKETO_CLIENT_ID and MARKETO_CLIENT_SECRET, then `oppctl doctor`"
                    .to_owned(),
                "to try without your instance: `oppctl plan --instance local`".to_owned(),
                format!(
                    "replace pipeline/example.yaml, or start from what is there: `oppctl import opportunity --from keys.csv --{} --instance {name}`",
                    with_children_flag()
                ),
            ]
        }
    };
    let (page, workflows, release) = match ci {
        None => return lines,
        Some(CiSystem::Github) => (
            "docs/ci/github.md",
            "/.github/",
            "replace OWNER and the commit of the action in the workflows",
        ),
        Some(CiSystem::Gitlab) => (
            "docs/ci/gitlab.md",
            "/.gitlab-ci.yml",
            "set OPPCTL_RELEASE and OPPCTL_SHA256 in .gitlab-ci.yml",
        ),
    };
    lines.push(format!(
        "name in CODEOWNERS who reviews what runs with credentials: `{workflows} @TEAM` and `/oppctl.yaml @TEAM`, with your team"
    ));
    lines.push(format!(
        "before you merge: move the ledger to object storage in oppctl.yaml, {release}, and set the rules that oppctl's page {page} lists"
    ));
    lines
}
