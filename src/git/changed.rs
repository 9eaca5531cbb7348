//! What the manifests declared at the merge base of the checkout and another revision, as far as they differ since.
//!
//! Files are compared by the hashes that git gives their contents, as they lie in the working tree: what is not committed counts.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::io::{AsyncWriteExt as _, BufReader};

use super::before_error::{BeforeError, GitSaid};
use super::checkout::version;
use super::command;
use super::commit::WorkTree;
use crate::config::LoadedConfig;
use crate::keys;
use crate::manifest::{Patterns, Reading, or_here, read_with};
use crate::model::{ChangedSince, Declared, WhyAll};

/// What the manifests declared at the merge base.
struct Before {
    /// The commit.
    base: String,
    entries: BeforeEntries,
}

/// The entries at the merge base, as far as files differ since.
enum BeforeEntries {
    Known {
        records: Vec<Declared>,
        /// The files of the working tree that have other contents than at the merge base, or were not there.
        differing: HashSet<PathBuf>,
    },
    /// They do not tell which records changed.
    Unknown(WhyAll),
}

/// A revision of git as a person writes it. One that looks like a flag, or like "not this one", is no name that git gives.
///
/// # Errors
/// The text names none.
pub fn revision_name(text: &str) -> Result<String, &'static str> {
    let is_name = !text.is_empty() && !text.starts_with(['-', '^']);
    is_name
        .then(|| text.to_owned())
        .ok_or("expected a revision of git, for example origin/main")
}

/// A file of a commit.
struct TreeEntry {
    mode: Box<str>,
    id: Box<str>,
    path: PathBuf,
}

/// The contents of files of a commit.
enum Texts<'t> {
    All(Vec<(PathBuf, Vec<u8>)>),
    /// A partial clone lacks those of this file, and git is asked to fetch none.
    Without(&'t Path),
}

/// The modes of a link and of a submodule.
const LINK: &str = "120000";
const SUBMODULE: &str = "160000";

/// What the manifests declared at the merge base of HEAD and `revision`. `files` are those that are read now.
async fn declared_at_base(
    loaded: &LoadedConfig,
    revision: &str,
    files: &[&Path],
) -> Result<Before, BeforeError> {
    let git = Git {
        folder: or_here(&loaded.root),
    };
    if WorkTree::around(git.folder).is_none() {
        return Err(BeforeError::NoCheckout);
    }
    let base = git.merge_base(revision).await?;
    let entries = git.entries(&base, loaded, files).await?;
    Ok(Before { base, entries })
}

/// Narrows what the manifests declare to what changed since the merge base of HEAD and `revision`.
///
/// # Errors
/// There is no git or no checkout, or it does not know the revision or the merge base.
pub async fn narrow_to_changed(
    loaded: &LoadedConfig,
    revision: &str,
    reading: &mut Reading,
) -> Result<(), BeforeError> {
    let Reading {
        desired, sources, ..
    } = reading;
    let files: Vec<&Path> = sources.iter().map(|(_, file)| &*file.path).collect();
    let Before { base, entries } = declared_at_base(loaded, revision, &files).await?;
    let mut since = ChangedSince {
        revision: revision.into(),
        base: base.into(),
        all: None,
    };
    match entries {
        BeforeEntries::Known { records, differing } => {
            let files = sources.iter();
            let differing = files.filter(|(_, file)| differing.contains(&file.path));
            let differing = differing.map(|(id, _)| id).collect();
            keys::narrow_to_changed(desired, sources, &differing, records, since);
        }
        BeforeEntries::Unknown(why) => {
            since.all = Some(why);
            desired.changed_since = Some(Box::new(since));
        }
    }
    Ok(())
}

struct Git<'g> {
    folder: &'g Path,
}

impl Git<'_> {
    async fn merge_base(&self, revision: &str) -> Result<String, BeforeError> {
        let head = self
            .run("rev-parse", &["--verify", "HEAD^{commit}"])
            .await?;
        let head = line(&succeeded("rev-parse", head)?);
        let Some(other) = self.commit(revision).await? else {
            return Err(BeforeError::UnknownRevision {
                revision: revision.into(),
                shallow: self.is_shallow().await?,
            });
        };
        self.refuse_ambiguous(revision).await?;
        let revision = || revision.into();
        let base = self.run("merge-base", &[&head, &other]).await?;
        if base.status.code() == Some(1) {
            return Err(BeforeError::NoMergeBase {
                revision: revision(),
                shallow: self.is_shallow().await?,
            });
        }
        let base = succeeded("merge-base", base)?;
        Ok(line(&base))
    }

    /// The commit that a revision names.
    async fn commit(&self, revision: &str) -> Result<Option<String>, BeforeError> {
        let commit = format!("{revision}^{{commit}}");
        let arguments = ["--verify", "--quiet", &commit];
        let found = self.run("rev-parse", &arguments).await?;
        Ok(found.status.success().then(|| line(&found.stdout)))
    }

    /// A tag and a branch of one name may be different commits, and git takes the tag.
    async fn refuse_ambiguous(&self, revision: &str) -> Result<(), BeforeError> {
        let references = ["refs/heads/", "refs/remotes/", "refs/tags/"];
        let references = references.map(|place| format!("{place}{revision}"));
        let asked = references.iter();
        let asked: String = asked.map(|name| format!("{name}^{{commit}}\n")).collect();
        // A line for each: its commit, or that there is none.
        let arguments = ["--batch-check=%(objectname) %(objecttype)"];
        let said = self.ask("cat-file", &arguments, asked.into_bytes());
        let said = succeeded("cat-file", said.await?)?;
        let said = String::from_utf8_lossy(&said).into_owned();
        let named = references.into_iter().zip(said.lines());
        let named = named.filter(|(_, answer)| answer.ends_with(" commit"));
        let (references, commits): (Vec<String>, HashSet<&str>) = named.unzip();
        if commits.len() < 2 {
            return Ok(());
        }
        Err(BeforeError::Ambiguous {
            revision: revision.into(),
            references,
        })
    }

    async fn is_shallow(&self) -> Result<bool, BeforeError> {
        let said = self.run("rev-parse", &["--is-shallow-repository"]).await?;
        Ok(said.stdout.trim_ascii() == b"true")
    }

    async fn entries(
        &self,
        base: &str,
        loaded: &LoadedConfig,
        files: &[&Path],
    ) -> Result<BeforeEntries, BeforeError> {
        let tree = self.run("ls-tree", &["-r", "-z", base]).await?;
        let tree = tree_entries(&succeeded("ls-tree", tree)?);
        let config = loaded.path.file_name().map(Path::new);
        let asked: Vec<&Path> = files.iter().copied().chain(config).collect();
        let now = self.hashes(&asked).await?;
        let before: HashMap<&Path, &TreeEntry> =
            tree.iter().map(|entry| (&*entry.path, entry)).collect();
        let is_same = |path: &Path| {
            let (now, before) = (now.get(path), before.get(path));
            before.is_some_and(|before| *before.mode != *LINK && Some(&before.id) == now)
        };
        let unknown = |path: &Path| path.display().to_string().into();
        if let Some(file) = config
            && !is_same(file)
        {
            let file = unknown(file);
            let why = WhyAll::Configuration { file };
            return Ok(BeforeEntries::Unknown(why));
        }
        let patterns = loaded.config.patterns();
        let differing: HashSet<&Path> = { files.iter().copied() }
            .filter(|file| !is_same(file))
            .collect();
        let known: HashSet<&Path> = files.iter().copied().collect();
        let mut wanted = Vec::new();
        for entry in &tree {
            let path = &*entry.path;
            let is_around =
                *entry.mode == *SUBMODULE && known.iter().any(|it| it.starts_with(path));
            if !is_around
                && (!may_have_manifests(entry, patterns) || is_same(path) && known.contains(path))
            {
                continue;
            }
            let file = unknown(path);
            let why = match &*entry.mode {
                SUBMODULE => WhyAll::Submodule { folder: file },
                LINK => WhyAll::Unreadable { file },
                _ => {
                    wanted.push(entry);
                    continue;
                }
            };
            return Ok(BeforeEntries::Unknown(why));
        }
        let texts = match self.texts(&wanted).await? {
            Texts::All(texts) => texts,
            Texts::Without(path) => {
                let (file, base) = (unknown(path), base.into());
                return Ok(BeforeEntries::Unknown(WhyAll::NotFetched { file, base }));
            }
        };
        let mut reading = read_with(texts, &loaded.config.rules);
        reading.lower(&loaded.config.severities);
        if let Some(problem) = reading.diagnostics.first() {
            let file = unknown(reading.sources.path(problem.at));
            return Ok(BeforeEntries::Unknown(WhyAll::Unreadable { file }));
        }
        Ok(BeforeEntries::Known {
            records: reading.desired.records,
            differing: differing.into_iter().map(Path::to_owned).collect(),
        })
    }

    /// The hashes of the contents of these files, as they lie there: no filter is applied, and git runs none.
    async fn hashes<'f>(
        &self,
        files: &[&'f Path],
    ) -> Result<HashMap<&'f Path, Box<str>>, BeforeError> {
        // Git reads one path a line, and looks for it from the top of its checkout. What cannot be asked for counts as another content.
        let folder = std::path::absolute(self.folder).map_err(BeforeError::NoGit)?;
        let asked = files.iter().copied();
        let asked: Vec<(&Path, String)> = asked
            .filter_map(|file| Some((file, folder.join(file).to_str()?.to_owned())))
            .filter(|(_, text)| !text.contains(['\n', '\r']))
            .collect();
        let mut input = String::new();
        for (_, text) in &asked {
            input.push_str(text);
            input.push('\n');
        }
        let arguments = ["--no-filters", "--stdin-paths"];
        let said = self.ask("hash-object", &arguments, input.into_bytes());
        let said = succeeded("hash-object", said.await?)?;
        let said = String::from_utf8_lossy(&said).into_owned();
        let hashes = asked.into_iter().zip(said.lines());
        Ok(hashes.map(|((file, _), id)| (file, id.into())).collect())
    }

    /// The contents of files of a commit.
    async fn texts<'t>(&self, files: &[&'t TreeEntry]) -> Result<Texts<'t>, BeforeError> {
        const COMMAND: &str = "cat-file";
        if files.is_empty() {
            return Ok(Texts::All(Vec::new()));
        }
        let mut git = command::git(self.folder);
        git.args([COMMAND, "--batch"]).stdin(Stdio::piped());
        git.stdout(Stdio::piped());
        let reading = async {
            let mut running = git.spawn().ok()?;
            let mut ask = running.stdin.take()?;
            let mut answers = BufReader::new(running.stdout.take()?);
            let mut texts = Vec::with_capacity(files.len());
            for file in files {
                let question = format!("{}\n", file.id);
                ask.write_all(question.as_bytes()).await.ok()?;
                ask.flush().await.ok()?;
                let Some(text) = version(&mut answers).await? else {
                    return Some(Texts::Without(&file.path));
                };
                texts.push((file.path.clone(), text));
            }
            Some(Texts::All(texts))
        };
        let read = command::within(command::HISTORY_LIMIT, reading).await;
        read.ok_or(BeforeError::Failed {
            command: COMMAND,
            said: GitSaid("it does not tell what a manifest had at the merge base".into()),
        })
    }

    async fn run(&self, command: &'static str, arguments: &[&str]) -> Result<Output, BeforeError> {
        self.ask(command, arguments, Vec::new()).await
    }

    /// What a command answers to this input.
    async fn ask(
        &self,
        command: &'static str,
        arguments: &[&str],
        input: Vec<u8>,
    ) -> Result<Output, BeforeError> {
        let mut git = command::git(self.folder);
        git.arg(command).args(arguments);
        git.stdin(Stdio::piped());
        git.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = git.spawn().map_err(BeforeError::NoGit)?;
        let stdin = running.stdin.take();
        let feeding = async {
            if let Some(mut stdin) = stdin {
                // A git that has ended says itself why.
                drop(stdin.write_all(&input).await);
            }
        };
        let asking = async {
            let (said, ()) = tokio::join!(running.wait_with_output(), feeding);
            Some(said)
        };
        let said = command::within(command::HISTORY_LIMIT, asking).await;
        let said = said.ok_or(BeforeError::TooSlow { command })?;
        said.map_err(BeforeError::NoGit)
    }
}

/// What a command has printed, if it has succeeded.
fn succeeded(command: &'static str, output: Output) -> Result<Vec<u8>, BeforeError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it does not say why");
    Err(BeforeError::Failed {
        command,
        said: GitSaid(said.into()),
    })
}

/// The only line that a command has printed.
fn line(output: &[u8]) -> String {
    String::from_utf8_lossy(output.trim_ascii()).into_owned()
}

/// The entries that `ls-tree -z` has printed: mode, type, id, and the path behind a tab.
fn tree_entries(output: &[u8]) -> Vec<TreeEntry> {
    let entries = output.split(|byte| *byte == 0);
    let entries = entries.filter_map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let (head, path) = entry.split_once('\t')?;
        let mut words = head.split(' ');
        let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
        Some(TreeEntry {
            mode: mode.into(),
            id: id.into(),
            path: path.into(),
        })
    });
    entries.collect()
}

/// Whether a file of a commit is a manifest, or a submodule that may have some.
fn may_have_manifests(entry: &TreeEntry, patterns: Patterns<'_>) -> bool {
    match &*entry.mode {
        SUBMODULE => patterns.have(&entry.path.join("a.yaml")),
        _ => patterns.have(&entry.path),
    }
}
