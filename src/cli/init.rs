//! `oppctl init`: writes the files of a new project, and keeps those that exist.

use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use crate::init::{Choices, CiSystem, IGNORED, InstancePlace, NewFile, address, files};
use crate::manifest::create;
use crate::render::{InitFile, InitState, init_report};

use super::args::{CiName, InitArgs};
use super::context::Context;
use super::exit::{CliError, Exit};

const CONFIG: &str = "oppctl.yaml";
const IGNORE: &str = ".gitignore";
/// The name of a Marketo instance if none is given.
const DEFAULT_NAME: &str = "production";

pub(super) fn run(context: &Context, args: &InitArgs) -> Result<Exit, CliError> {
    if let Some(parent) = parent_project() {
        let message = format!("this folder belongs to the project of {}", parent.display());
        return Err(CliError::new(Exit::Usage, message)
            .hint("use that project from here, or begin the new one outside of it"));
    }
    let place = place(context, args)?;
    let ci = match args.ci {
        Some(name) => name.system(),
        None if is_asked(args) && can_have_workflows(&place).is_ok() => asked_ci(context)?,
        None => None,
    };
    if ci.is_some() {
        can_have_workflows(&place)?;
    }
    let choices = Choices { place, ci };
    // In a project that exists, an example would become a record of it.
    let is_new = !exists(Path::new(CONFIG));
    let wanted: Vec<NewFile> = files(&choices)
        .into_iter()
        .filter(|file| is_new || !file.is_example)
        .collect();
    let missing: Vec<(PathBuf, String)> = wanted
        .iter()
        .filter(|file| !exists(file.path))
        .map(|file| (file.path.to_owned(), file.text.clone()))
        .collect();
    let mut told: Vec<InitFile> = wanted
        .iter()
        .map(|file| InitFile {
            path: file.path.display().to_string(),
            what: file.what.clone(),
            state: if exists(file.path) {
                InitState::Kept
            } else {
                InitState::Written
            },
        })
        .collect();
    create(&missing).map_err(|error| CliError::of(&error))?;
    told.push(ignore()?);
    context.out.text(&init_report(&told, &choices))?;
    Ok(Exit::Done)
}

/// Workflows are run only from the root of a repository, and only for an instance that others can reach.
fn can_have_workflows(place: &InstancePlace) -> Result<(), CliError> {
    let here = std::env::current_dir().unwrap_or_default();
    let is_below =
        !exists(Path::new(".git")) && here.ancestors().skip(1).any(|it| exists(&it.join(".git")));
    let (message, hint) = match place {
        InstancePlace::Simulator => (
            "--ci needs an instance: jobs cannot share a simulator of this machine",
            "name yours: `oppctl init --munchkin 123-ABC-456 --ci github`",
        ),
        InstancePlace::Marketo { .. } if is_below => (
            "--ci writes workflows, which run only from the root of a repository",
            "run it in the folder that has `.git`",
        ),
        InstancePlace::Marketo { .. } => return Ok(()),
    };
    Err(CliError::new(Exit::Usage, message).hint(hint))
}

/// The configuration of a parent folder, which would not see what a project in this one has.
fn parent_project() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut parents = here.ancestors().skip(1);
    parents.find_map(|parent| Some(parent.join(CONFIG)).filter(|file| file.is_file()))
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Keeps what oppctl stores in the project out of the repository.
fn ignore() -> Result<InitFile, CliError> {
    let old = match fs::read_to_string(IGNORE) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unwritable(&error)),
    };
    let has_line = |text: &String| text.lines().any(|line| line.trim() == IGNORED);
    let state = match &old {
        Some(text) if has_line(text) => InitState::Kept,
        Some(_) => InitState::Extended,
        None => InitState::Written,
    };
    if state != InitState::Kept {
        let needs_break = old.is_some_and(|text| !text.is_empty() && !text.ends_with('\n'));
        let file = OpenOptions::new().append(true).create(true).open(IGNORE);
        file.and_then(|mut file| {
            let before = if needs_break { "\n" } else { "" };
            writeln!(file, "{before}{IGNORED}")
        })
        .map_err(|error| unwritable(&error))?;
    }
    Ok(InitFile {
        path: IGNORE.to_owned(),
        what: format!("{IGNORED}, which has records, journals and the ledger"),
        state,
    })
}

fn unwritable(error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, format!("cannot write {IGNORE}")).caused_by(error)
}

/// Where the opportunities live: as the arguments say, or as a person answers.
fn place(context: &Context, args: &InitArgs) -> Result<InstancePlace, CliError> {
    match &args.munchkin {
        Some(id) => marketo(context, id),
        None if is_asked(args) => asked(context),
        None if args.simulator || args.yes => Ok(InstancePlace::Simulator),
        None => Err(CliError::new(
            Exit::Usage,
            "init asks where your opportunities live, but standard input is not a terminal",
        )
        .hint("to try it without an account: `oppctl init --simulator`")
        .hint("for your instance: `oppctl init --munchkin 123-ABC-456`")),
    }
}

/// Whether a person answers what the arguments leave open.
fn is_asked(args: &InitArgs) -> bool {
    let is_said = args.munchkin.is_some() || args.simulator || args.yes;
    !is_said && io::stdin().is_terminal()
}

fn asked_ci(context: &Context) -> Result<Option<CiSystem>, CliError> {
    let question =
        "Which CI plans and applies?   1 none of these (default)   2 GitHub   3 GitLab  › ";
    match answer(context, question)?.as_str() {
        "" | "1" => Ok(None),
        "2" => Ok(Some(CiSystem::Github)),
        "3" => Ok(Some(CiSystem::Gitlab)),
        other => Err(CliError::new(
            Exit::Usage,
            format!("{other:?} is none of 1, 2 and 3; nothing was written"),
        )),
    }
}

fn asked(context: &Context) -> Result<InstancePlace, CliError> {
    let question = "Where do your opportunities live?   1 simulator, to try (default)   2 a Marketo instance  › ";
    match answer(context, question)?.as_str() {
        "" | "1" => Ok(InstancePlace::Simulator),
        "2" => {
            let id = answer(context, "Munchkin id or endpoint (Admin > Munchkin)  › ")?;
            marketo(context, &id)
        }
        other => Err(CliError::new(
            Exit::Usage,
            format!("{other:?} is neither 1 nor 2; nothing was written"),
        )),
    }
}

/// The line that a person types.
fn answer(context: &Context, question: &str) -> Result<String, CliError> {
    context.out.message(question);
    let line = io::stdin().lines().next().transpose();
    let line = line.map_err(|source| {
        CliError::new(Exit::Failed, "cannot read the answer; nothing was written")
            .caused_by(&source)
    })?;
    let none = || CliError::new(Exit::Failed, "there was no answer; nothing was written");
    Ok(line.ok_or_else(none)?.trim().to_owned())
}

fn marketo(context: &Context, id: &str) -> Result<InstancePlace, CliError> {
    let name = context.instance.as_deref().unwrap_or(DEFAULT_NAME);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.chars().all(is_plain) {
        let message =
            "the name of an instance has other characters than letters, digits, `-`, `_` and `.`";
        return Err(CliError::new(Exit::Usage, message));
    }
    // The text is not repeated: who pastes an address may paste a token with it.
    let address = address(id).map_err(|error| {
        CliError::new(
            Exit::Usage,
            format!("this is neither a Munchkin id nor the address of an instance: it {error}"),
        )
        .hint("a Munchkin id looks like 123-ABC-456: Admin > Munchkin in Marketo")
    })?;
    Ok(InstancePlace::Marketo {
        name: name.to_owned(),
        address,
    })
}

impl CiName {
    fn system(self) -> Option<CiSystem> {
        match self {
            Self::Github => Some(CiSystem::Github),
            Self::Gitlab => Some(CiSystem::Gitlab),
            Self::None => None,
        }
    }
}
