//! How this program was called, as far as the commands that it advises need it.
//!
//! A command in a message is written as `` `oppctl …` ``, between backticks. It leaves out what every command needs again: the
//! directory, the configuration and the instance of this call. [`Invocation`] adds them, so that the command can be pasted. Git gets
//! the directory too.

use std::borrow::Cow;
use std::path::Path;

use super::shell_word::shell_word;

/// The global arguments of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// `-C DIR`, as words for a shell, with a blank before it.
    directory: String,
    /// That and `--config FILE`, likewise.
    place: String,
    /// `--instance NAME`, likewise.
    instance: String,
}

/// The call of a program that embeds this crate, or one without global arguments.
static PLAIN: Invocation = Invocation {
    directory: String::new(),
    place: String::new(),
    instance: String::new(),
};

/// Commands that read no configuration.
const FREE: [&str; 3] = ["completions", "schema", "simulator"];

const INSTANCE: &str = " --instance ";

impl Invocation {
    #[must_use]
    pub fn new(directory: Option<&Path>, config: Option<&Path>, instance: Option<&str>) -> Self {
        let word = |flag: &str, path: Option<&Path>| {
            path.map_or_else(String::new, |path| {
                format!(" {flag} {}", shell_word(&path.to_string_lossy()))
            })
        };
        let directory = word("-C", directory);
        Self {
            place: format!("{directory}{}", word("--config", config)),
            directory,
            instance: instance.map_or_else(String::new, |name| {
                format!("{INSTANCE}{}", shell_word(name))
            }),
        }
    }

    /// The same for another instance.
    #[must_use]
    pub fn of(self, instance: &str) -> Self {
        Self {
            instance: format!("{INSTANCE}{}", shell_word(instance)),
            ..self
        }
    }

    /// The same for a reader at another machine: an absolute directory would not be there.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        let is_absolute = |words: &str| {
            let mut paths = words.split(' ').skip(2).step_by(2);
            paths.any(|path| path.trim_start_matches('\'').starts_with('/'))
        };
        if is_absolute(&self.place) {
            Self {
                instance: self.instance.clone(),
                ..Self::default()
            }
        } else {
            self.clone()
        }
    }

    /// A call without global arguments.
    #[must_use]
    pub fn plain() -> &'static Self {
        &PLAIN
    }

    /// A command, such as `oppctl history last`, with the arguments of this call that it does not have.
    #[must_use]
    pub fn command(&self, command: &str) -> String {
        if let Some(words) = command.strip_prefix("git ") {
            let directory = Some(&self.directory).filter(|_| !words.starts_with("-C "));
            return format!("git{} {words}", directory.map_or("", |it| it));
        }
        let Some(words) = command.strip_prefix("oppctl ") else {
            return command.to_owned();
        };
        let is_free = words
            .split(' ')
            .next()
            .is_some_and(|first| FREE.contains(&first));
        let Self {
            place, instance, ..
        } = self;
        if is_free || (!place.is_empty() && command[6..].starts_with(&**place)) {
            return command.to_owned();
        }
        let has_instance = command.contains(INSTANCE);
        let instance = if has_instance { "" } else { instance };
        format!("oppctl{place} {words}{instance}")
    }

    /// A text in which each command between backticks has the arguments of this call. A text that has them stays as it is.
    #[must_use]
    pub fn completed<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self == Self::plain() || !text.contains('`') {
            return Cow::Borrowed(text);
        }
        let pieces: Vec<&str> = text.split('`').collect();
        let is_code = |index: usize| index % 2 == 1 && index + 1 < pieces.len();
        let completed = pieces.iter().enumerate().map(|(index, piece)| {
            if is_code(index) {
                self.command(piece)
            } else {
                (*piece).to_owned()
            }
        });
        Cow::Owned(completed.collect::<Vec<_>>().join("`"))
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_command_gets_what_this_call_was_given() {
        let call = Invocation::new(
            Some(Path::new("my dir")),
            Some(Path::new("eu.yaml")),
            Some("it"),
        );
        let rows = [
            (
                "look at `oppctl history last`, or `oppctl undo last --instance other --yes`; then `ls`",
                "look at `oppctl -C 'my dir' --config eu.yaml history last --instance it`, or `oppctl -C 'my dir' --config eu.yaml undo last --instance other --yes`; then `ls`",
            ),
            (
                "`oppctl simulator serve --help`",
                "`oppctl simulator serve --help`",
            ),
            (
                "`git merge ab12`, not git merge",
                "`git -C 'my dir' merge ab12`, not git merge",
            ),
            (
                "oppctl history, and an odd `oppctl plan",
                "oppctl history, and an odd `oppctl plan",
            ),
            ("no command", "no command"),
        ];
        for (text, expected) in rows {
            let completed = call.completed(text);
            assert_eq!(completed, expected);
            assert_eq!(call.completed(&completed), expected);
            assert_eq!(Invocation::plain().completed(text), text);
        }
        let only = Invocation::new(None, None, Some("it"));
        let once = only.completed("`oppctl plan`").into_owned();
        assert_eq!(once, "`oppctl plan --instance it`");
        assert_eq!(only.completed(&once), once);
    }
}
