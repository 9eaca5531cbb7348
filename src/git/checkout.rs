//! How the checkout stands to the last apply.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use futures_util::future::LocalBoxFuture;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader,
};
use tokio::process::Command;

use crate::manifest::{InstanceRules, Patterns, or_here, read_with};
use crate::model::{Declared, DeclaredPart, Key, KeyValue, ObjectKind};
use crate::run::{Ancestry, Checkout};

use super::before::declared_before;
use super::command;
use super::commit::hash;

/// The folder of the configuration in a git checkout.
#[derive(Debug)]
pub struct GitCheckout {
    root: PathBuf,
    /// The patterns of the manifests.
    manifests: Vec<String>,
    ignored: Vec<String>,
    rules: InstanceRules,
}

/// How a shallow clone, or one without the last applied commit, gets to know.
const FETCH: &str =
    "`git fetch --unshallow` gets the whole history; in GitHub Actions `fetch-depth: 0`";

impl GitCheckout {
    /// The checkout in which this folder lies, with its manifests.
    #[must_use]
    pub fn new(root: PathBuf, patterns: Patterns<'_>, rules: InstanceRules) -> Self {
        Self {
            root,
            manifests: patterns.manifests.to_vec(),
            ignored: patterns.ignored.to_vec(),
            rules,
        }
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
        records: &'c [(&'static ObjectKind, &'c Key)],
    ) -> LocalBoxFuture<'c, Option<Vec<bool>>> {
        let most = MOST_VERSIONS.to_string();
        let args = ["log", "HEAD", "--full-history", "--format=%H", "-n", &most];
        let commits = self.git(args.into_iter().chain(["--", file]));
        let texts = self.git(["cat-file", "--batch"]);
        Box::pin(command::within(
            command::HISTORY_LIMIT,
            were_declared([commits, texts], file, records, &self.rules),
        ))
    }

    fn declared_before(&self) -> LocalBoxFuture<'_, Option<Vec<Declared>>> {
        let patterns = Patterns {
            manifests: &self.manifests,
            others: &[],
            ignored: &self.ignored,
        };
        Box::pin(declared_before(&self.root, patterns, &self.rules))
    }
}

/// The most versions of one file that are read. What none of them declares is taken for never declared.
const MOST_VERSIONS: usize = 2_000;

/// For each of these records whether a version of this file declares it; nothing if git fails. The first command tells the commits that
/// have a version, the second one the text of each that it is asked for.
async fn were_declared(
    [mut commits, mut texts]: [Command; 2],
    file: &str,
    records: &[(&'static ObjectKind, &Key)],
    rules: &InstanceRules,
) -> Option<Vec<bool>> {
    let said = commits
        .output()
        .await
        .ok()
        .filter(|said| said.status.success())?;
    let commits = String::from_utf8(said.stdout).ok()?;
    let mut running = texts
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut ask = running.stdin.take()?;
    let mut answers = BufReader::new(running.stdout.take()?);
    let mut had = vec![false; records.len()];
    for commit in commits.lines() {
        ask.write_all(format!("{commit}:./{file}\n").as_bytes())
            .await
            .ok()?;
        ask.flush().await.ok()?;
        let Some(text) = version(&mut answers).await? else {
            continue;
        };
        let declared = read_with([(PathBuf::from(file), text)], rules)
            .desired
            .records;
        for (had, (kind, key)) in had.iter_mut().zip(records) {
            *had |= declared
                .iter()
                .any(|entry| entry.kind == *kind && is_key(entry, key));
        }
        if had.iter().all(|had| *had) {
            break;
        }
    }
    Some(had)
}

/// The next text that `cat-file` tells; none for a commit without the file. Fails if git does.
pub(super) async fn version(answers: &mut (impl AsyncBufRead + Unpin)) -> Option<Option<Vec<u8>>> {
    let mut head = String::new();
    answers
        .read_line(&mut head)
        .await
        .ok()
        .filter(|read| *read > 0)?;
    let Some((_, size)) = head.trim_end().rsplit_once(" blob ") else {
        return Some(None);
    };
    let mut text = vec![0; size.parse::<usize>().ok()? + 1];
    answers.read_exact(&mut text).await.ok()?;
    // A line break ends it.
    text.pop();
    Some(Some(text))
}

/// Whether an entry has this key, as Marketo compares keys. Of a lead that it names by a field only the instance knows the id.
fn is_key(entry: &Declared, key: &Key) -> bool {
    let (parts, declared) = (key.parts(), &entry.key);
    let is_part = |(part, declared): (&KeyValue, &DeclaredPart)| match declared {
        DeclaredPart::LeadBy(_) => matches!(part, KeyValue::Lead(_)),
        DeclaredPart::Text(_) | DeclaredPart::Lead(_) => declared.value().is_some_and(|value| {
            Key::new(vec![value]).folded() == Key::new(vec![part.clone()]).folded()
        }),
    };
    parts.len() == declared.len() && parts.iter().zip(declared).all(is_part)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use pretty_assertions::assert_eq;
    use tokio::time::Instant;

    use super::*;
    use crate::model::kind::OPPORTUNITY;

    fn key(text: &str) -> Key {
        Key::new(vec![KeyValue::Text(text.into())])
    }

    #[tokio::test]
    async fn versions_tell_which_records_there_were() {
        let versions = [
            "version: 1\nopportunities:\n  - { externalOpportunityId: A-10, name: A-1 } # B-1\n",
            "version: 1\nopportunities:\n  - { externalOpportunityId: c-1, name: x }\n",
        ];
        let answers = versions.map(|text| format!("00 blob {}\n{text}\n", text.len()));
        // Like git it reads what it is asked, here without caring.
        let printing = |text: &str| {
            let mut said = Command::new("sh");
            said.args(["-c", "printf %s \"$1\"; cat > /dev/null", "sh", text]);
            said
        };
        let mut commits = printing("c1\nc0\nc2\n");
        commits.stdin(Stdio::null());
        let texts = printing(&format!(
            "{}c0:./a.yaml missing\n{}",
            answers[0], answers[1]
        ));
        let keys = ["A-10", "A-1", "B-1", "C-1"].map(key);
        let records: Vec<_> = keys.iter().map(|key| (&OPPORTUNITY, key)).collect();
        let had = were_declared(
            [commits, texts],
            "a.yaml",
            &records,
            &InstanceRules::default(),
        )
        .await;
        assert_eq!(had, Some(vec![true, false, false, true]));
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
        let records = [(&OPPORTUNITY, &key)];
        let rules = InstanceRules::default();
        let asking = were_declared([endless, Command::new("cat")], "a.yaml", &records, &rules);
        let had = command::within(command::HISTORY_LIMIT, asking).await;
        assert_eq!((had, began.elapsed().as_secs()), (None, 120));
    }
}
