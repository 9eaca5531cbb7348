//! The two streams: data to stdout, everything else to stderr, both without colour where it is not wanted.
//!
//! A closed pipe (`oppctl plan | head`) is not an error.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};

use crate::render::{EscapedJson, Width, escaped};

use super::above;
use super::args::Color;
use super::exit::{CliError, Exit};

const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

/// The most causes that are printed; documents have all of them.
const CAUSES: usize = 20;

/// Where a run prints.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    choice: ColorChoice,
    quiet: bool,
}

impl Output {
    pub(super) fn new(color: Color, quiet: bool) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self { choice, quiet }
    }

    /// Prints data.
    pub(super) fn data(&self, text: &str) -> Result<(), CliError> {
        self.try_data(text).map_err(|error| unwritable(&error))
    }

    /// Prints a text for people, in lines that fit into a terminal.
    pub(super) fn text(&self, text: &str) -> Result<(), CliError> {
        self.data(&width_of_data().fitted(text))
    }

    /// The same, with the error of the stream.
    pub(super) fn try_text(&self, text: &str) -> io::Result<()> {
        self.try_data(&width_of_data().fitted(text))
    }

    /// Prints data, with the error of the stream.
    pub(super) fn try_data(&self, text: &str) -> io::Result<()> {
        let print = || {
            let mut out = AutoStream::new(io::stdout().lock(), self.choice);
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
        match above::print(print) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Prints a message as it is, with its line breaks.
    pub(super) fn message(&self, text: &str) {
        let print = || {
            let mut out = AutoStream::new(io::stderr().lock(), self.choice);
            out.write_all(text.as_bytes()).and_then(|()| out.flush())
        };
        // No stream is left for the error.
        drop(above::print(print));
    }

    /// Prints a line of progress, unless `--quiet`.
    pub(super) fn progress(&self, line: &str) {
        if !self.quiet {
            self.message(&format!("{line}\n"));
        }
    }

    /// Prints why the run could not complete, and returns its exit.
    pub(super) fn error(&self, error: &CliError) -> Exit {
        let CliError {
            exit,
            message,
            causes,
            hints,
            short,
        } = error;
        let short = short.filter(|_| self.is_watched() && io::stdout().is_terminal());
        if short.is_some_and(str::is_empty) {
            return *exit;
        }
        let causes = if short.is_some() { &[][..] } else { causes };
        let message = short.unwrap_or(message);
        let mut text = format!("{ERROR}error{ERROR:#}: {}\n", escaped(message));
        let mut detail = |what, detail: &str| {
            let line = format!("  {what}: {}\n", escaped(detail));
            text.push_str(&line);
        };
        for cause in causes.iter().take(CAUSES) {
            detail("caused by", cause);
        }
        if let Some(more @ 1..) = causes.len().checked_sub(CAUSES) {
            detail("caused by", &format!("{more} more causes"));
        }
        for hint in hints {
            detail("hint", hint);
        }
        // In a log lines stay whole, so that they can be searched.
        if io::stderr().is_terminal() {
            text = width().fitted(&text);
        }
        self.message(&text);
        *exit
    }

    /// Whether only results and errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether a person watches standard error.
    pub(super) fn is_watched(&self) -> bool {
        io::stderr().is_terminal() && !self.quiet
    }
}

/// The width of the terminal: what the environment says, else what standard output says.
pub(super) fn width() -> Width {
    let said = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let known = || terminal_size::terminal_size().map(|(width, _)| width.0.into());
    Width::new(said.or_else(known))
}

/// The width of what goes to standard output: in a pipe or a file lines stay whole, so that they can be searched.
pub(super) fn width_of_data() -> Width {
    if env::var_os("COLUMNS").is_some_and(|columns| !columns.is_empty())
        || io::stdout().is_terminal()
    {
        width()
    } else {
        Width::WHOLE
    }
}

/// Data that could not be printed.
pub(super) fn unwritable(error: &io::Error) -> CliError {
    CliError::new(Exit::Failed, "cannot write to standard output").caused_by(error)
}

/// What a renderer writes.
pub(super) fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut text = String::new();
    write(&mut text).expect("writing to a string cannot fail");
    text
}

/// A machine format as text, which a terminal or the log of a CI system may show.
pub(super) fn json(document: &impl serde::Serialize) -> Result<String, CliError> {
    let mut text = EscapedJson::default();
    serde_json::to_writer_pretty(&mut text, document).map_err(|source| {
        CliError::new(Exit::Failed, "cannot write the answer as JSON").caused_by(&source)
    })?;
    Ok(text.end() + "\n")
}
