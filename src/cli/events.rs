//! `--events`: what a run tells while it goes on, as lines of JSON in a file, for programs that follow it.
//!
//! A line that cannot be written does not end the run, whose calls may be in flight. It is said at the end.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::manifest::read_regular;
use crate::render::{Account, EventDocument, EventLog, escaped_json};
use crate::run::RunEvent;

use super::args::ReportFile;
use super::exit::{CliError, Exit};
use super::files::{WriteTarget, endless, has_folder};

/// The file of `--events`, if there is one.
#[derive(Default)]
pub(super) struct Events(Option<Sink>);

struct Sink {
    path: PathBuf,
    state: RefCell<State>,
}

struct State {
    file: File,
    log: EventLog,
    failed: Option<io::Error>,
}

impl Events {
    /// Opens the file before the command does anything. It must not exist unless it has events of an earlier run, and must be none of
    /// the other files of the command.
    pub(super) fn open(
        path: Option<&PathBuf>,
        writes: &[ReportFile],
        plans: &[PathBuf],
    ) -> Result<Self, CliError> {
        let Some(path) = path else {
            return Ok(Self(None));
        };
        let shown = path.display();
        if plans.contains(path) || writes.iter().any(|write| write.path == *path) {
            let message = format!("--events names {shown}, which is another file of this command");
            return Err(CliError::new(Exit::Usage, message));
        }
        has_folder(path)?;
        let file = match WriteTarget::of(path) {
            WriteTarget::Nothing => open(path),
            // What is in it already stays.
            WriteTarget::Stream => OpenOptions::new().append(true).open(path),
            WriteTarget::Endless => return Err(endless(path)),
            WriteTarget::File if is_replaceable(path) => open(path),
            WriteTarget::File | WriteTarget::Directory => {
                let message = format!("{shown} exists and has no events; not overwriting it");
                let error = CliError::new(Exit::Failed, message);
                return Err(error.hint("name another file with --events"));
            }
        };
        let file = file.map_err(|source| unwritable(path, &source))?;
        Ok(Self(Some(Sink {
            path: path.clone(),
            state: RefCell::new(State {
                file,
                log: EventLog::default(),
                failed: None,
            }),
        })))
    }

    /// Writes an event.
    pub(super) fn tell(&self, event: RunEvent<'_>) {
        if let Some(Sink { state, .. }) = &self.0 {
            let mut state = state.borrow_mut();
            let document = state.log.of(event, Timestamp::now());
            state.write(&document);
        }
    }

    /// Writes how the command ended, and says if a line is missing.
    pub(super) fn end<'a>(self, account: impl FnOnce() -> Account<'a>) -> Result<(), CliError> {
        let Some(Sink { path, state }) = self.0 else {
            return Ok(());
        };
        let mut state = state.into_inner();
        state.write(&EventDocument::ended(&account(), Timestamp::now()));
        match state.failed {
            Some(source) => Err(unwritable(&path, &source)),
            None => Ok(()),
        }
    }
}

impl State {
    /// Writes a line, unless an earlier one is missing.
    fn write(&mut self, document: &EventDocument) {
        if self.failed.is_some() {
            return;
        }
        let line = serde_json::to_string(document).map_err(io::Error::from);
        let written = line.and_then(|line| {
            let line = escaped_json(&line) + "\n";
            // As a whole, so that a reader never sees the half of it.
            self.file.write_all(line.as_bytes())?;
            self.file.flush()
        });
        self.failed = written.err();
    }
}

/// More than any event has.
const MOST: u64 = 1 << 30;

/// Whether a file is empty or has events of an earlier run.
fn is_replaceable(path: &Path) -> bool {
    let Ok(text) = read_regular(path, MOST) else {
        return false;
    };
    let first = text.split(|byte| *byte == b'\n').next();
    let first = first.and_then(|line| serde_json::from_slice::<serde_json::Value>(line).ok());
    let has = |line: &serde_json::Value, member| {
        line.get(member).is_some_and(serde_json::Value::is_string)
    };
    text.is_empty()
        || first.is_some_and(|line| {
            ["format_version", "time", "event"]
                .iter()
                .all(|member| has(&line, member))
        })
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn unwritable(path: &Path, source: &io::Error) -> CliError {
    CliError::new(Exit::Failed, format!("cannot write {}", path.display())).caused_by(source)
}
