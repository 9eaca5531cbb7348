//! `--annotations`: which CI system shows them, what is printed for it, and what later steps read.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use crate::git;
use crate::render::{Account, Marks, github_annotations, github_outputs};

use super::args::{Annotations, ReportFile, ReportFormat};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{WriteTarget, endless};

/// The name that GitLab's documentation gives to such a file.
const FILE: &str = "gl-code-quality-report.json";

/// Where annotations are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Nowhere,
    /// On GitHub: commands on standard output, or on standard error where that has a document. Its runner reads both.
    Github {
        is_text: bool,
    },
    /// On GitLab, from a file.
    Gitlab,
}

impl Shown {
    /// `is_text` says whether standard output is for people.
    pub(super) fn of(asked: Option<Annotations>, is_text: bool) -> Self {
        let github = Self::Github { is_text };
        match asked {
            None => Self::Nowhere,
            Some(Annotations::Github) => github,
            Some(Annotations::Gitlab) => Self::Gitlab,
            Some(Annotations::Auto) => {
                if env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
                    github
                } else if env::var_os("GITLAB_CI").is_some() {
                    Self::Gitlab
                } else {
                    Self::Nowhere
                }
            }
        }
    }

    /// The file that has to be written for it.
    pub(super) fn file(self) -> Option<ReportFile> {
        (self == Self::Gitlab).then(|| ReportFile {
            format: ReportFormat::CodeQuality,
            path: FILE.into(),
        })
    }

    /// Prints the annotations.
    pub(super) fn print(self, context: &Context, account: &Account<'_>) -> Result<(), CliError> {
        let Self::Github { is_text } = self else {
            return Ok(());
        };
        let (folder, _) = home(context);
        let text = github_annotations(&Marks::of(account, &folder));
        if is_text {
            context.out.data(&text)
        } else {
            context.out.message(&text);
            Ok(())
        }
    }

    /// Hands what later steps read to GitHub, if it says where.
    pub(super) fn output(
        self,
        account: &Account<'_>,
        verdict: &str,
        exit: &str,
    ) -> Result<(), CliError> {
        let file = env::var_os("GITHUB_OUTPUT").filter(|file| !file.is_empty());
        match (self, file) {
            (Self::Github { .. }, Some(file)) => {
                append(Path::new(&file), &github_outputs(account, verdict, exit))
            }
            (Self::Github { .. }, None) | (Self::Nowhere | Self::Gitlab, _) => Ok(()),
        }
    }
}

/// Appends the outputs of a step to the file of this name.
pub(super) fn append(path: &Path, text: &str) -> Result<(), CliError> {
    if WriteTarget::of(path) == WriteTarget::Endless {
        return Err(endless(path));
    }
    let file = OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot write {}", path.display())).caused_by(&source)
    })
}

/// The folder of the configuration in its repository, and the path of the configuration from there. Without a repository that folder
/// stands for it.
pub(super) fn home(context: &Context) -> (String, String) {
    let Ok(loaded) = context.load() else {
        // What cannot be read is in the working directory, as far as is known.
        return (String::new(), "oppctl.yaml".to_owned());
    };
    let folder = git::folder_in_tree(&loaded.root).unwrap_or_default();
    let name = loaded.path.file_name().unwrap_or_default();
    let config = format!("{folder}{}", name.to_string_lossy());
    (folder, config)
}
