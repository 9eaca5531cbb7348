//! How the checkout stands to the last apply.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::manifest::or_here;
use crate::model::{Key, KeyValue};
use crate::run::{Ancestry, Checkout};

use super::command;
use super::commit::hash;

/// The folder of the configuration in a git checkout.
#[derive(Debug)]
pub struct GitCheckout {
    root: PathBuf,
}

/// How a shallow clone, or one without the last applied commit, gets to know.
const FETCH: &str =
    "`git fetch --unshallow` gets the whole history; in GitHub Actions `fetch-depth: 0`";

impl GitCheckout {
    /// The checkout in which this folder lies.
    #[must_use]
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    fn git<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut git = command::git(or_here(&self.root));
        git.args(args);
        git
    }

    /// Whether one commit comes before another one; nothing if git cannot tell.
    fn is_ancestor(&self, ancestor: &str, of: &str) -> Option<bool> {
        let mut git = self.git(["merge-base", "--is-ancestor", ancestor, of]);
        match git.stdout(Stdio::null()).status().ok()?.code()? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }

    fn is_shallow(&self) -> bool {
        let said = self.git(["rev-parse", "--is-shallow-repository"]).output();
        said.map_or(true, |said| said.stdout.trim_ascii() != b"false")
    }
}

impl Checkout for GitCheckout {
    fn ancestry(&self, head: &str, other: &str) -> Ancestry {
        let unknown = Ancestry::Unknown { how: FETCH };
        let (Some(head), Some(other)) = (hash(head), hash(other)) else {
            return unknown;
        };
        match (self.is_ancestor(other, head), self.is_ancestor(head, other)) {
            (Some(true), _) => Ancestry::Ahead,
            (_, Some(true)) => Ancestry::Behind,
            // In a shallow clone the way from one to the other may be cut off.
            (Some(false), Some(false)) if !self.is_shallow() => Ancestry::Diverged,
            (Some(false) | None, Some(false) | None) => unknown,
        }
    }

    fn ever_had(&self, file: &str, keys: &[&Key]) -> Option<Vec<bool>> {
        let args = ["log", "HEAD", "-m", "-p", "--format=", "--no-color"];
        let more = ["--no-ext-diff", "--no-textconv", "--"];
        let mut git = self.git(args.into_iter().chain(more).chain([file]));
        let mut running = git.stdout(Stdio::piped()).spawn().ok()?;
        let mut left: Vec<Vec<&str>> = keys.iter().map(|key| texts(key)).collect();
        for line in BufReader::new(running.stdout.take()?).split(b'\n') {
            let line = line.ok()?;
            if line.first() == Some(&b'+') {
                let line = String::from_utf8_lossy(&line);
                for texts in &mut left {
                    texts.retain(|text| !line.contains(text));
                }
            }
        }
        let ended = running.wait().ok()?;
        let had = left.iter().map(Vec::is_empty);
        ended.success().then(|| had.collect())
    }
}

/// The texts that an entry with this key has. A lead may be written by its address.
fn texts(key: &Key) -> Vec<&str> {
    let parts = key.parts().iter();
    parts
        .filter_map(|part| match part {
            KeyValue::Text(text) => Some(&**text),
            KeyValue::Lead(_) => None,
        })
        .collect()
}
