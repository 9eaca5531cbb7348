//! Whether files could be made in a directory, without making one.

use std::path::Path;
use std::{fs, io};

/// Checks that files could be made in a directory, or in the nearest one above it that exists. Nothing is left behind: the file of the
/// check has no name.
///
/// # Errors
/// They could not, or something that is no directory is in the way.
pub fn check_writable(directory: &Path) -> io::Result<()> {
    let directory = std::path::absolute(directory)?;
    for folder in directory.ancestors() {
        match fs::metadata(folder) {
            Ok(found) if found.is_dir() => return tempfile::tempfile_in(folder).map(drop),
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_directory_that_is_missing_can_be_made() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        check_writable(&folder.path().join("a/b")).expect("it could be made");
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        fs::write(folder.path().join("a"), "").expect("it is writable");
        for path in ["a", "a/b"] {
            let error = check_writable(&folder.path().join(path)).expect_err("it is a file");
            assert_eq!(error.kind(), io::ErrorKind::NotADirectory, "{path}");
        }
    }
}
