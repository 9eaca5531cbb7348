//! New manifests on disk: files that were not there before, all of them or none, and none with half of its text.
//!
//! Each name is taken by an empty file first, which fails if something has it; the texts then replace these in one step
//! each. Whoever reads in between, or after a crash, finds a manifest that declares nothing and is refused as such.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why manifests could not be written. None of them is there then.
#[derive(Debug, Error)]
pub enum CreateError {
    #[error("{} there already; nothing was written", existing(paths))]
    Exists { paths: Vec<PathBuf> },
    #[error("cannot write `{}`; nothing was written", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Writes new files with these texts, and the folders above them.
///
/// # Errors
/// A file is there already, or the disk does not take one: the others are removed again.
pub fn create(files: &[(PathBuf, String)]) -> Result<(), CreateError> {
    let is_there = |path: &&PathBuf| path.symlink_metadata().is_ok();
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(path, _)| path)
        .filter(is_there)
        .cloned()
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
            // What cannot be removed either is empty, and refused by the next run.
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

/// Replaces an empty file by one with the whole text.
fn fill(path: &Path, text: &str) -> Result<(), CreateError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // No pattern matches names with a dot in front.
    let draft = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().map_err(|source| {
        drop(fs::remove_file(&draft));
        unwritable(path)(source)
    })
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> CreateError {
    let path = path.to_owned();
    move |source| CreateError::Unwritable { path, source }
}

/// "`a` is", "`a` and 3 more are".
fn existing(paths: &[PathBuf]) -> String {
    let first = paths.first().map(|path| path.display().to_string());
    let first = first.unwrap_or_default();
    match paths.len() {
        0 | 1 => format!("`{first}` is"),
        count => format!("`{first}` and {} more are", count - 1),
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
