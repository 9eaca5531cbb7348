//! Other texts for manifests that exist: all of the files or none, and each stays the same file for whoever else knows it.
//!
//! A file is replaced in one step where nobody can tell, so that no reader meets a part of it. With further names (hard links), or with an
//! owner that a new file cannot get, it is written in its place, as gofmt and rustfmt do. Links, permissions and a byte order mark stay.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// Why manifests could not be rewritten. All of them are as they were.
#[derive(Debug, Error)]
pub enum RewriteError {
    #[error("`{}` has changed since it was read; nothing was written", path.display())]
    Changed { path: PathBuf },
    #[error("cannot write `{}`; nothing was written", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl RewriteError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Changed { .. } => Some("run the command again".to_owned()),
            Self::Unwritable { .. } => None,
        }
    }
}

/// A file that gets another text.
#[derive(Debug)]
pub struct Rewritten {
    pub path: PathBuf,
    /// Its text as it was read, without a byte order mark.
    pub before: String,
    pub after: String,
}

/// Gives files other texts: all of them, or none.
///
/// # Errors
/// A file has changed since it was read, or one cannot be written. All files are as they were then.
pub fn rewrite_all(files: &[Rewritten]) -> Result<(), RewriteError> {
    let mut drafts = Vec::with_capacity(files.len());
    for file in files {
        drafts.push(draft(file)?);
    }
    // A change that comes as late as that is the last one that can be seen.
    for draft in &drafts {
        if fs::read(&draft.path).map_err(unwritable(&draft.path))? != draft.before {
            let path = draft.path.clone();
            return Err(RewriteError::Changed { path });
        }
    }
    let mut done: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for draft in drafts {
        let (path, before) = (draft.path.clone(), draft.before.clone());
        let put = draft.put();
        done.push((path.clone(), before));
        if let Err(error) = put {
            for (path, before) in done {
                // What was written a moment ago can be written again, unless the disk is failing.
                drop(in_place(&path, &before));
            }
            return Err(unwritable(&path)(error));
        }
    }
    Ok(())
}

/// The new content of a file, whole, in another one beside it.
struct Draft {
    path: PathBuf,
    before: Vec<u8>,
    after: Vec<u8>,
    file: NamedTempFile,
    /// Whether the other file can take the place of this one.
    replaces: bool,
}

impl Draft {
    fn put(self) -> io::Result<()> {
        let Self {
            path,
            before: _,
            after,
            file,
            replaces,
        } = self;
        match replaces {
            true => file.persist(&path).map(drop).map_err(|error| error.error),
            false => in_place(&path, &after),
        }
    }
}

fn draft(file: &Rewritten) -> Result<Draft, RewriteError> {
    let failed = unwritable(&file.path);
    let write = || {
        // A link stays one.
        let path = fs::canonicalize(&file.path)?;
        let before = fs::read(&path)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        // No pattern of manifests matches a name with a leading dot.
        let mut new = tempfile::Builder::new()
            .prefix(".oppctl-")
            .tempfile_in(folder)?;
        let mut after = Vec::with_capacity(file.after.len());
        if before.starts_with(BYTE_ORDER_MARK) {
            after.extend(BYTE_ORDER_MARK);
        }
        after.extend(file.after.as_bytes());
        new.write_all(&after)?;
        let old = fs::metadata(&path)?;
        let replaces = !has_further_names(&old) && has_owner_of(new.as_file(), &old)?;
        new.as_file().set_permissions(old.permissions())?;
        new.as_file().sync_all()?;
        Ok(Draft {
            path,
            before,
            after,
            file: new,
            replaces,
        })
    };
    let draft = write().map_err(failed)?;
    let text = draft.before.strip_prefix(BYTE_ORDER_MARK);
    if text.unwrap_or(&draft.before) != file.before.as_bytes() {
        let path = file.path.clone();
        return Err(RewriteError::Changed { path });
    }
    Ok(draft)
}

/// Writes over a file, which keeps its names, its owner and its permissions.
fn in_place(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

#[cfg(unix)]
fn has_further_names(file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    file.nlink() > 1
}

/// Whether the new file has the owner and the group of the old one, or could be given them.
#[cfg(unix)]
fn has_owner_of(new: &File, old: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = new.metadata()?;
    let differs = own.uid() != old.uid() || own.gid() != old.gid();
    Ok(!differs || fchown(new, Some(old.uid()), Some(old.gid())).is_ok())
}

// Neither can be asked for there.
#[cfg(not(unix))]
fn has_further_names(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn has_owner_of(_: &File, _: &Metadata) -> io::Result<bool> {
    Ok(true)
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> RewriteError {
    let path = path.to_owned();
    move |source| RewriteError::Unwritable { path, source }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use pretty_assertions::assert_eq;
    use tempfile::TempDir;

    use super::*;

    fn rewritten(path: &Path, after: &str) -> Rewritten {
        Rewritten {
            path: path.to_owned(),
            before: "old: a longer text\n".to_owned(),
            after: after.to_owned(),
        }
    }

    fn old(path: &Path, mode: u32) {
        fs::write(path, "old: a longer text\n").expect("it is written");
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
            .expect("the folder can be used");
    }

    #[test]
    fn a_file_stays_the_same_one_for_whoever_else_knows_it() {
        let folder = TempDir::new().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["linked", "plain", "far"] {
            old(&at(name), 0o640);
        }
        fs::hard_link(at("linked"), at("other-name")).expect("the folder can be used");
        symlink(at("far"), at("symlink")).expect("the folder can be used");
        let files = ["linked", "plain", "symlink"].map(|name| rewritten(&at(name), "new\n"));
        rewrite_all(&files).expect("they can be written");
        for name in ["linked", "other-name", "plain", "far", "symlink"] {
            assert_eq!(
                fs::read_to_string(at(name)).expect("the folder can be used"),
                "new\n",
                "{name}"
            );
            let mode = fs::metadata(at(name))
                .expect("the folder can be used")
                .mode();
            assert_eq!(mode & 0o777, 0o640, "{name}");
        }
        assert!(at("symlink").is_symlink());
        assert_eq!(
            fs::metadata(at("linked"))
                .expect("the folder can be used")
                .nlink(),
            2
        );
        // Nothing is left beside them.
        assert_eq!(
            fs::read_dir(folder.path())
                .expect("the folder can be used")
                .count(),
            5
        );
    }

    #[test]
    fn the_owner_stays_where_it_can_be_set() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("a");
        old(&path, 0o644);
        // Only root can give files away.
        if std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_err() {
            return;
        }
        rewrite_all(&[rewritten(&path, "new\n")]).expect("it can be written");
        let found = fs::metadata(&path).expect("the folder can be used");
        assert_eq!((found.uid(), found.gid()), (1234, 4321));
    }

    #[test]
    fn what_cannot_be_written_leaves_all_as_they_were() {
        let folder = TempDir::new().expect("a folder");
        let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
        old(&one, 0o644);
        fs::write(&two, "of somebody else\n").expect("it is written");
        let files = [rewritten(&one, "new\n"), rewritten(&two, "new\n")];
        let error = rewrite_all(&files).expect_err("one file is another one");
        assert!(matches!(error, RewriteError::Changed { .. }), "{error:?}");
        let text = fs::read_to_string(&one).expect("the folder can be used");
        assert_eq!(text, "old: a longer text\n");
    }
}
