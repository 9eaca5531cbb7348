//! New manifests on disk: all of the files or none, never over an existing file, and never with a part of the text.
//!
//! First an empty file takes each name, which fails if the name exists. Then each text replaces its empty file in one step. A
//! reader in between, or after a crash, finds an empty manifest and refuses it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why manifests could not be written. After any of these errors, no new file is left.
#[derive(Debug, Error)]
pub enum CreateError {
    #[error("{} already; nothing was written", existing(paths))]
    Exists { paths: Vec<PathBuf> },
    #[error("cannot write `{}`; nothing was written", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Writes new files with these texts, and creates their folders.
///
/// # Errors
/// A file exists already, or one cannot be written. The others are removed again.
pub fn create(files: &[(PathBuf, String)]) -> Result<(), CreateError> {
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(path, _)| path.clone())
        .filter(|path| path.symlink_metadata().is_ok())
        .collect();
    if !paths.is_empty() {
        return Err(CreateError::Exists { paths });
    }
    let mut taken = Vec::with_capacity(files.len());
    let written = files
        .iter()
        .try_for_each(|(path, _)| take(path, &mut taken))
        .and_then(|()| files.iter().try_for_each(|(path, text)| fill(path, text)));
    if written.is_err() {
        for path in taken {
            // A file that cannot be removed either is empty, so the next run refuses it.
            drop(fs::remove_file(path));
        }
    }
    written
}

fn take<'f>(path: &'f Path, taken: &mut Vec<&'f Path>) -> Result<(), CreateError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(unwritable(folder))?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => {
            taken.push(path);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(CreateError::Exists {
            paths: vec![path.to_owned()],
        }),
        Err(error) => Err(unwritable(path)(error)),
    }
}

/// Replaces a file by one with the whole text, in one step.
fn fill(path: &Path, text: &str) -> Result<(), CreateError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // No pattern of manifests matches a name with a leading dot.
    let draft = path.with_file_name(format!(".{name}.{}", std::process::id()));
    write_synced(&draft, text)
        .and_then(|()| fs::rename(&draft, path))
        .map_err(|source| {
            drop(fs::remove_file(&draft));
            unwritable(path)(source)
        })
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> CreateError {
    let path = path.to_owned();
    move |source| CreateError::Unwritable { path, source }
}

/// The most paths that a message names.
const MOST_NAMED: usize = 20;

/// "`a` exists", "`a`, `b` exist", "`a`, …, `t` and 3 more exist".
fn existing(paths: &[PathBuf]) -> String {
    let named = paths.iter().take(MOST_NAMED);
    let named: Vec<String> = named.map(|path| format!("`{}`", path.display())).collect();
    let named = named.join(", ");
    match paths.len() {
        1 => format!("{named} exists"),
        0..=MOST_NAMED => format!("{named} exist"),
        count => format!("{named} and {} more exist", count - MOST_NAMED),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

    use pretty_assertions::assert_eq;
    use tempfile::TempDir;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn files(folder: &Path, names: &[&str]) -> Vec<(PathBuf, String)> {
        let files = names
            .iter()
            .map(|name| (folder.join(name), format!("text of {name}")));
        files.collect()
    }

    #[test]
    fn files_come_with_their_folders_and_nothing_else() {
        let folder = TempDir::new().unwrap();
        create(&files(folder.path(), &["a.yaml", "deep/er/b.yaml"])).unwrap();
        assert_eq!(names(folder.path()), ["a.yaml", "deep"]);
        assert_eq!(names(&folder.path().join("deep/er")), ["b.yaml"]);
        let text = fs::read_to_string(folder.path().join("deep/er/b.yaml")).unwrap();
        assert_eq!(text, "text of deep/er/b.yaml");
    }

    #[test]
    fn one_that_is_there_keeps_all_from_being_written() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("b.yaml"), "old").unwrap();
        let error = create(&files(folder.path(), &["a.yaml", "b.yaml", "c/d.yaml"]));
        let Err(CreateError::Exists { paths }) = error else {
            unreachable!("{error:?}");
        };
        assert_eq!(paths, [folder.path().join("b.yaml")]);
        assert_eq!(names(folder.path()), ["b.yaml"]);
        assert_eq!(
            fs::read_to_string(folder.path().join("b.yaml")).unwrap(),
            "old"
        );
    }

    #[test]
    fn one_that_cannot_be_written_takes_the_others_with_it() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("file"), "old").unwrap();
        let error = create(&files(folder.path(), &["a.yaml", "file/b.yaml"]));
        assert!(
            matches!(error, Err(CreateError::Unwritable { .. })),
            "{error:?}"
        );
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn a_name_twice_is_written_never() {
        let folder = TempDir::new().unwrap();
        let error = create(&files(folder.path(), &["a.yaml", "a.yaml"]));
        assert!(
            matches!(error, Err(CreateError::Exists { .. })),
            "{error:?}"
        );
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}
