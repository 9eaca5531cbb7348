//! How the checkout stands to the last apply.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use futures_util::future::LocalBoxFuture;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

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

    /// Whether one commit comes before another one; nothing if git cannot tell, or not in time.
    async fn is_ancestor(&self, ancestor: &str, of: &str) -> Option<bool> {
        let mut git = self.git(["merge-base", "--is-ancestor", ancestor, of]);
        git.stdout(Stdio::null());
        let status = command::within(command::LIMIT, async { git.status().await.ok() }).await?;
        match status.code()? {
            0 => Some(true),
            1 => Some(false),
            _ => None,
        }
    }

    async fn is_shallow(&self) -> bool {
        let mut git = self.git(["rev-parse", "--is-shallow-repository"]);
        let said = command::within(command::LIMIT, async { git.output().await.ok() }).await;
        said.is_none_or(|said| said.stdout.trim_ascii() != b"false")
    }
}

impl Checkout for GitCheckout {
    fn ancestry<'c>(&'c self, head: &'c str, other: &'c str) -> LocalBoxFuture<'c, Ancestry> {
        Box::pin(async {
            let unknown = Ancestry::Unknown { how: FETCH };
            let (Some(head), Some(other)) = (hash(head), hash(other)) else {
                return unknown;
            };
            let is_ahead = self.is_ancestor(other, head).await;
            if is_ahead == Some(true) {
                return Ancestry::Ahead;
            }
            match (is_ahead, self.is_ancestor(head, other).await) {
                (_, Some(true)) => Ancestry::Behind,
                // In a shallow clone the way from one to the other may be cut off.
                (Some(_), Some(false)) if !self.is_shallow().await => Ancestry::Diverged,
                (Some(_) | None, Some(false) | None) => unknown,
            }
        })
    }

    fn ever_had<'c>(
        &'c self,
        file: &'c str,
        keys: &'c [&'c Key],
    ) -> LocalBoxFuture<'c, Option<Vec<bool>>> {
        let args = ["log", "HEAD", "-m", "-p", "--format=", "--no-color"];
        let more = ["--no-ext-diff", "--no-textconv", "--"];
        let git = self.git(args.into_iter().chain(more).chain([file]));
        Box::pin(command::within(
            command::HISTORY_LIMIT,
            has_added(git, keys),
        ))
    }
}

/// For each of these keys whether its texts are in lines that the patches of this command add; nothing if it fails.
async fn has_added(mut git: Command, keys: &[&Key]) -> Option<Vec<bool>> {
    let mut running = git.stdout(Stdio::piped()).spawn().ok()?;
    let mut left: Vec<Vec<&str>> = keys.iter().map(|key| texts(key)).collect();
    let mut lines = BufReader::new(running.stdout.take()?).split(b'\n');
    while let Some(line) = lines.next_segment().await.ok()? {
        if line.first() == Some(&b'+') {
            let line = String::from_utf8_lossy(&line);
            for texts in &mut left {
                texts.retain(|text| !line.contains(text));
            }
        }
    }
    let ended = running.wait().await.ok()?;
    let had = left.iter().map(Vec::is_empty);
    ended.success().then(|| had.collect())
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use pretty_assertions::assert_eq;
    use tokio::time::Instant;

    use super::*;

    fn key(text: &str) -> Key {
        Key::new(vec![KeyValue::Text(text.into())])
    }

    #[tokio::test]
    async fn added_lines_tell_which_keys_there_were() {
        let patch =
            "+++ b/a.yaml\n+  - externalOpportunityId: A-1\n-  - externalOpportunityId: B-1";
        let mut said = Command::new("printf");
        said.arg("%s").arg(patch);
        let (added, removed) = (key("A-1"), key("B-1"));
        let had = has_added(said, &[&added, &removed]).await;
        assert_eq!(had, Some(vec![true, false]));
    }

    /// It has no answer, and the clock of the runtime goes on to the end of the waiting at once.
    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn a_history_that_does_not_end_is_given_up() {
        let (_kept, silent) = std::io::pipe().map(|(read, write)| (write, read)).unwrap();
        let mut endless = Command::new("cat");
        endless.stdin(silent).kill_on_drop(true);
        let began = Instant::now();
        let key = key("A-1");
        let had = command::within(command::HISTORY_LIMIT, has_added(endless, &[&key])).await;
        assert_eq!((had, began.elapsed().as_secs()), (None, 120));
    }
}
