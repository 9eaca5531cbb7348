//! What `oppctl fmt` tells: the change of a file, and what became of all of them.

use std::path::{Path, PathBuf};
use std::slice;

use crate::config::AllManifests;
use crate::manifest::{InstanceRules, Rewritten, read_with};
use crate::model::{Invocation, ObjectKind};

use super::counting::{counted, counted_entries};
use super::escape::escaped;
use super::pull::diff;

/// What became of the manifests.
#[derive(Debug, Default)]
pub struct Formatting {
    /// Whether they are only to be looked at.
    pub is_check: bool,
    /// Whether entries are to lose the old keys of their records.
    pub drops_renamed: bool,
    pub unchanged: usize,
    pub changed: usize,
    /// How many entries do not name the old key of their record any more.
    pub dropped: usize,
    /// The files that cannot be formatted safely, and why.
    pub left: Vec<(PathBuf, String)>,
    /// Which entries go on naming it.
    pub waiting: String,
}

impl Formatting {
    /// What is said of them, a line each.
    #[must_use]
    pub fn lines(&self, invocation: &Invocation) -> Vec<String> {
        let mut lines = Vec::new();
        if self.changed + self.unchanged > 0 {
            lines.push(self.summary(invocation));
        }
        if self.dropped > 0 {
            let entries = counted_entries(self.dropped);
            let took = if self.is_check { "would take" } else { "took" };
            lines.push(format!("{took} `renamedFrom` out of {entries}"));
        }
        if !self.waiting.is_empty() {
            lines.push(self.waiting.trim_end().to_owned());
        }
        lines
    }

    fn summary(&self, invocation: &Invocation) -> String {
        let files = counted(self.changed, "file");
        let rest = match self.unchanged {
            0 => String::new(),
            unchanged => format!(", {unchanged} formatted already"),
        };
        match (self.is_check, self.changed) {
            (_, 0) => format!("{} formatted already", counted(self.unchanged, "file")),
            (true, _) => {
                let command = match self.drops_renamed {
                    true => "`oppctl fmt --drop-renamed`",
                    false => "`oppctl fmt`",
                };
                let hint = invocation.completed(command);
                format!("{files} not formatted{rest}. To format: {hint}")
            }
            (false, _) => format!("formatted {files}{rest}"),
        }
    }

    /// That some files stay as they were, why, and the way out; nothing if all could be formatted.
    #[must_use]
    pub fn unsafe_files(&self) -> Option<(String, Vec<String>, &'static str)> {
        let message = match self.left.len() {
            0 => return None,
            1 => "a manifest cannot be formatted safely; it is as it was".to_owned(),
            count => format!("{count} manifests cannot be formatted safely; they are as they were"),
        };
        let causes = self.left.iter();
        let causes = causes.map(|(path, why)| format!("{}: {why}", path.display()));
        let way_out = "write these lines in a plainer form, or format the file by hand";
        Some((message, causes.collect(), way_out))
    }
}

/// The line that names a file.
#[must_use]
pub fn file_line(path: &Path) -> String {
    format!("{}\n", escaped(&path.to_string_lossy()))
}

/// The change of a file that is not to be written. Only its name where it may have sensitive values, which are known by the entries
/// that can be read.
#[must_use]
pub fn format_change(file: &Rewritten, project: Option<&AllManifests>) -> String {
    let none = InstanceRules::default();
    let rules = project.map_or(&none, |project| &project.rules);
    let is_sensitive = |kind: &'static ObjectKind, name: &str| {
        project.is_some_and(|project| project.is_sensitive(kind, name))
    };
    let read = read_with([(file.path.clone(), file.before.clone().into())], rules);
    if !read.diagnostics.is_empty() && project.is_some_and(AllManifests::may_be_sensitive) {
        return file_line(&file.path);
    }
    let mut text = String::new();
    diff(slice::from_ref(file), &is_sensitive, rules, &mut text)
        .expect("writing to a string cannot fail");
    text
}
