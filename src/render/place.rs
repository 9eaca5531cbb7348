//! Where a change comes from, in words.

use jiff::tz::TimeZone;

use crate::ledger::{Origin, Place};
use crate::model::Sources;
use crate::plan::{At, Change};
use crate::run::CodeLinks;

use super::escape::escaped;

/// This many digits of a commit are shown.
const COMMIT_DIGITS: usize = 10;

/// `file:line:col`, or `file:line, last applied at COMMIT (DAY)` for an entry that is not there any more.
pub(super) fn place(at: &At, sources: &Sources) -> String {
    match at {
        At::Here(span) => escaped(&sources.place(*span)).into_owned(),
        At::Saved { file, line, column } => format!("{}:{line}:{column}", escaped(file)),
        At::Before { place, origin } => {
            format!("{}, last applied {}", written(place), since(origin))
        }
    }
}

/// `file:line`, whether the entry is there or not.
pub(super) fn line(at: &At, sources: &Sources) -> String {
    let file = at.file(sources).display().to_string();
    format!("{}:{}", escaped(&file), at.line(sources))
}

/// `file:line` of an entry that is not there any more.
pub(super) fn written(place: &Place) -> String {
    let Place { file, line } = place;
    format!("{}:{line}", escaped(file))
}

/// The first digits of a commit.
pub(super) fn short(commit: &str) -> String {
    // What stands behind the digits says that the commit is not all: see `cli/commit.rs`.
    let (commit, more) = match commit.split_once(' ') {
        Some((commit, more)) => (commit, format!(" {more}")),
        None => (commit, String::new()),
    };
    let short: String = commit.chars().take(COMMIT_DIGITS).collect::<String>() + &more;
    escaped(&short).into_owned()
}

/// "at COMMIT (DAY)", or where the commit of an apply is not known "on DAY".
pub(super) fn since(origin: &Origin) -> String {
    let Origin { time, commit } = origin;
    let day = time.to_zoned(TimeZone::UTC).date();
    match commit {
        Some(commit) => format!("at {} ({day})", short(commit)),
        None => format!("on {day}"),
    }
}

/// The address of the entry of a change on the web.
pub(super) fn address(
    change: &Change,
    sources: &Sources,
    links: Option<&CodeLinks>,
) -> Option<String> {
    let links = links?;
    let (file, line) = (change.at.file(sources), change.at.line(sources));
    let file = file.to_str()?;
    match &change.at {
        // Its line is somebody else's by now.
        At::Before { origin, .. } => links.at(origin.commit.as_deref()?, file, line),
        At::Here(_) | At::Saved { .. } => links.here(file, line),
    }
}
