//! A terminal with the binary in it: what a person sees, and what they type.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::process::Child;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use vt100::Parser;

use super::Project;

const ROWS: u16 = 50;
/// A stream of output is read in pieces of at most this many bytes.
const PIECE: usize = 4096;
/// A program that says nothing for so long hangs.
const PATIENCE: Timespec = Timespec {
    tv_sec: 60,
    tv_nsec: 0,
};

/// A run at a terminal.
pub(crate) struct Terminal {
    side: File,
    child: Child,
    parser: Parser,
    /// Each screen that differs from the one before.
    screens: Vec<String>,
    text: Vec<u8>,
    /// So much of the text was found already.
    heard: usize,
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).expect("a terminal has rows and columns")
}

impl Terminal {
    /// Starts the binary at a terminal of so many columns.
    pub(crate) fn start(project: &Project, args: &[&str], columns: u16) -> Self {
        let side = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("there is a terminal");
        grantpt(&side).expect("it can be had");
        unlockpt(&side).expect("it can be opened");
        let name = ptsname(&side, Vec::new()).expect("it has a name");
        let flags = OFlags::RDWR | OFlags::NOCTTY;
        let other: OwnedFd =
            rustix::fs::open(&name, flags, Mode::empty()).expect("it can be opened");
        let size = Winsize {
            ws_row: ROWS,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&other, size).expect("it has a size");
        let end = || other.try_clone().expect("it can be shared");
        let mut command = project.command(args);
        command
            .env_remove("COLUMNS")
            .env("TERM", "xterm-256color")
            .stdin(end())
            .stdout(end())
            .stderr(end());
        Self {
            side: side.into(),
            child: command.spawn().expect("the binary runs"),
            parser: Parser::new(some(ROWS), some(columns), 0),
            screens: Vec::new(),
            text: Vec::new(),
            heard: 0,
        }
    }

    /// Reads until the screen is as wanted.
    #[track_caller]
    pub(crate) fn until(&mut self, is_it: impl Fn(&[String]) -> bool) {
        while !is_it(&self.screens) {
            assert!(self.read(), "it has ended:\n{}", self.text());
        }
    }

    /// Reads until the output after what the last call has found has this text.
    #[track_caller]
    pub(crate) fn until_says(&mut self, words: &str) {
        loop {
            if let Some(at) = self.text().find(words) {
                self.heard += at + words.len();
                return;
            }
            assert!(self.read(), "it has ended:\n{}", self.text());
        }
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) {
        let written = writeln!(self.side, "{line}");
        written.expect("the terminal takes it");
    }

    /// Reads to the end; the exit code.
    pub(crate) fn ends(&mut self) -> Option<i32> {
        while self.read() {}
        self.child.wait().expect("it ends").code()
    }

    /// Each screen that differed from the one before.
    pub(crate) fn screens(&self) -> &[String] {
        &self.screens
    }

    /// What was printed after what the last call of [`Self::until_says`] has found, without colours.
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.text);
        let text = anstream::adapter::strip_str(&text).to_string();
        text[self.heard..].to_owned()
    }

    /// Reads a piece; false where there is no more.
    #[track_caller]
    fn read(&mut self) -> bool {
        let mut waits = [PollFd::new(&self.side, PollFlags::IN)];
        let count = poll(&mut waits, Some(&PATIENCE)).expect("a terminal can be waited for");
        assert!(count > 0, "it says nothing more:\n{}", self.text());
        let mut piece = [0; PIECE];
        // A terminal that nobody writes to any more is an error on some systems.
        let count = self.side.read(&mut piece).unwrap_or(0);
        self.text.extend(&piece[..count]);
        self.parser.process(&piece[..count]);
        let screen = self.parser.screen().contents();
        if self.screens.last() != Some(&screen) {
            self.screens.push(screen);
        }
        count > 0
    }
}
