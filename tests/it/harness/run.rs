//! What one run of the binary printed, and how it ended.

use std::process::Output;

use pretty_assertions::assert_eq;
use snapbox::IntoData as _;
use snapbox::data::Inline;

use super::normal::normal;

/// A run that has ended.
#[must_use]
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Names that its output may have, such as the folder that it ran in, and what stands for them.
    names: Vec<(String, String)>,
}

/// The text without the name of this machine.
fn without_host(text: String) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match host.trim() {
        "" => text,
        host => text
            .replace(&format!(" on {host}"), " on [HOST]")
            .replace(&format!("\"host\": \"{host}\""), "\"host\": \"[HOST]\""),
    }
}

/// Compares a text as a whole; `SNAPSHOTS=overwrite cargo test` writes what is expected anew.
pub(crate) fn shows(text: &str, expected: Inline) {
    let assert = snapbox::Assert::new().action_env("SNAPSHOTS");
    assert.eq(normal(text), expected.raw());
}

impl Run {
    pub(super) fn new(output: Output, names: Vec<(String, String)>) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Self {
            exit: output.status.code().expect("no signal ended the run"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            names,
        }
    }

    /// Compares everything: the exit code, both streams, to the letter but for placeholders.
    pub(crate) fn shows(&self, expected: Inline) {
        shows(&self.text(), expected);
    }

    /// Compares the exit code, where a test is about something else than the text.
    #[track_caller]
    pub(crate) fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}", self.text());
        self
    }

    /// Everything that was printed, with placeholders.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("exit: {}\n", self.exit);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let names = self.names.iter();
                let stream = names.fold(stream.clone(), |text, (name, stands)| {
                    text.replace(name, stands)
                });
                let stream = normal(&without_host(stream));
                text.extend(["---- ", name, "\n", &stream]);
                if !stream.ends_with('\n') {
                    text.push_str("[no line break]\n");
                }
            }
        }
        text
    }
}
