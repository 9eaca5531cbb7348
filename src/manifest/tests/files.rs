//! Finding manifests in folders.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::super::files::{SourceError, list, load};

fn folder(files: &[&str]) -> TempDir {
    // The name contains the wildcards of patterns.
    let folder = tempfile::Builder::new().prefix("[a]*").tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    folder
}

fn found(folder: &Path, patterns: &[&str], paths: &[&str]) -> Result<Vec<String>, SourceError> {
    let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
    let paths: Vec<_> = paths.iter().map(|path| folder.join(path)).collect();
    let files = list(folder, &patterns, &paths)?;
    let mut found = Vec::new();
    for loaded in load(folder, &files) {
        let (path, bytes) = loaded?;
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(String::from_utf8(bytes).unwrap().ends_with(name));
        found.push(path.to_str().unwrap().replace('\\', "/"));
    }
    Ok(found)
}

const FILES: &[&str] = &[
    "pipeline/emea/b.yaml",
    "pipeline/emea/a.yaml",
    "pipeline/top.yaml",
    "pipeline/notes.md",
    "pipeline/.hidden/x.yaml",
    "pipeline/.x.yaml",
    "other.yaml",
];

#[test]
fn patterns_find_files_sorted_and_once() {
    let folder = folder(FILES);
    let all = [
        "pipeline/emea/a.yaml",
        "pipeline/emea/b.yaml",
        "pipeline/top.yaml",
    ];
    assert_eq!(
        found(folder.path(), &["pipeline/**/*.yaml"], &[]).unwrap(),
        all
    );
    assert_eq!(
        found(
            folder.path(),
            &["pipeline/*.yaml", "**/emea/*.yaml", "pipeline/top.yaml"],
            &[]
        )
        .unwrap(),
        all
    );
    assert_eq!(
        found(folder.path(), &["*.yaml"], &[]).unwrap(),
        ["other.yaml"]
    );
    let absolute = format!(
        "{}/other.yaml",
        glob::Pattern::escape(folder.path().to_str().unwrap())
    );
    assert_eq!(
        found(folder.path(), &[&absolute], &[]).unwrap(),
        ["other.yaml"]
    );
    assert_eq!(
        found(&folder.path().join("pipeline"), &["../other.yaml"], &[]).unwrap(),
        ["../other.yaml"]
    );
}

#[test]
fn paths_narrow() {
    let folder = folder(FILES);
    let pattern = &["pipeline/**/*.yaml"];
    let find = |paths: &[&str]| found(folder.path(), pattern, paths).unwrap();
    assert_eq!(
        find(&["pipeline/emea"]),
        ["pipeline/emea/a.yaml", "pipeline/emea/b.yaml"]
    );
    assert_eq!(
        find(&["pipeline/emea/../top.yaml", "pipeline/emea/b.yaml"]),
        ["pipeline/emea/b.yaml", "pipeline/top.yaml"]
    );
    assert_eq!(find(&["."]).len(), 3);
}

#[test]
fn what_leads_to_no_manifest_is_an_error_that_names_it() {
    let folder = folder(FILES);
    let fails =
        |patterns: &[&str], paths: &[&str]| found(folder.path(), patterns, paths).unwrap_err();
    assert!(matches!(fails(&[], &[]), SourceError::NoPattern));
    // One of several is enough: a folder that was renamed must not pass for an empty one.
    assert!(matches!(
        fails(&["*.yaml", "pipelines/*.yaml"], &[]),
        SourceError::NoMatch { pattern, .. } if pattern == "pipelines/*.yaml"
    ));
    assert!(matches!(
        fails(&["pipeline"], &[]),
        SourceError::NoMatch { .. }
    ));
    assert!(matches!(
        fails(&["a***"], &[]),
        SourceError::BadPattern { pattern, .. } if pattern == "a***"
    ));
    assert!(matches!(
        fails(&["*.yaml"], &["pipeline"]),
        SourceError::Outside { .. }
    ));
    assert!(matches!(
        fails(&["*.yaml"], &["missing"]),
        SourceError::Unreadable { path, .. } if path.ends_with("missing")
    ));
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_not_passed_over() {
    let folder = folder(FILES);
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken.yaml")).unwrap();
    let error = found(folder.path(), &["*.yaml"], &[]).unwrap_err();
    assert!(matches!(error, SourceError::Unreadable { path, .. } if path.ends_with("broken.yaml")));
}
