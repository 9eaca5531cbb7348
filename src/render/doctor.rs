//! What `oppctl doctor` has found.

use serde::Serialize;

use super::counting::counted;
use super::escape::escaped;
use super::style::{CREATED, DELETED, FAINT, Painted, STRONG, UPDATED, columns};
use super::width::Width;

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub state: CheckState,
    pub text: String,
    /// What to do, one after the other.
    pub ways_out: Vec<String>,
}

impl Check {
    #[must_use]
    pub fn good(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            state: CheckState::Good,
            text: text.into(),
            ways_out: Vec::new(),
        }
    }

    #[must_use]
    pub fn look(name: &'static str, text: impl Into<String>, way_out: &str) -> Self {
        Self {
            name,
            state: CheckState::Look,
            text: text.into(),
            ways_out: vec![way_out.to_owned()],
        }
    }
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Good,
    /// A run works, and something should be known.
    Look,
    /// A run does not work.
    Fix,
    NotTried,
}

/// What `doctor --format json` prints.
#[derive(Serialize)]
pub struct DoctorDocument<'c> {
    format_version: &'static str,
    instance: Option<&'c str>,
    verdict: String,
    exit: u8,
    checks: &'c [Check],
}

impl<'c> DoctorDocument<'c> {
    #[must_use]
    pub fn of(instance: Option<&'c str>, checks: &'c [Check], exit: u8) -> Self {
        Self {
            format_version: "1.0",
            instance,
            verdict: verdict(checks),
            exit,
            checks,
        }
    }
}

/// A line for each check, each way out below it, and the verdict.
#[must_use]
pub fn doctor_text(instance: Option<&str>, checks: &[Check], width: Width) -> String {
    let name = instance.map_or_else(String::new, |name| format!("   {}", escaped(name)));
    let mut text = format!("{}{name}\n", Painted(STRONG, "oppctl doctor"));
    let longest = checks.iter().map(|check| columns(check.name)).max();
    let longest = longest.unwrap_or_default();
    for check in checks {
        let (sign, style) = match check.state {
            CheckState::Good => ("✓", CREATED),
            CheckState::Look => ("!", UPDATED),
            CheckState::Fix => ("✗", DELETED),
            CheckState::NotTried => ("–", FAINT),
        };
        let gap = " ".repeat(longest - columns(check.name));
        let line = format!(
            "  {} {}{gap}  {}\n",
            Painted(style, sign),
            check.name,
            escaped(&check.text)
        );
        text.push_str(&width.with_hanging(longest + 4, &line));
        for way_out in &check.ways_out {
            let line = format!("{}→ {}\n", " ".repeat(longest + 6), escaped(way_out));
            text.push_str(&width.with_hanging(2, &line));
        }
    }
    text.extend([&verdict(checks), "\n"]);
    text
}

/// "2 to look at, 1 to fix."
fn verdict(checks: &[Check]) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    match (count(CheckState::Look), count(CheckState::Fix)) {
        (0, 0) => format!("All is well: {}.", counted(checks.len(), "check")),
        (look, 0) => format!("{look} to look at; a run works."),
        (0, fix) => format!("{fix} to fix."),
        (look, fix) => format!("{look} to look at, {fix} to fix."),
    }
}
