//! Finding manifests in folders.

use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::super::files::{Found, at_or_below, find, load};
use super::super::pattern::Patterns;
use super::super::source_error::SourceError;

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

fn patterns<'p>(manifests: &'p [String], ignored: &'p [String]) -> Patterns<'p> {
    Patterns {
        manifests,
        others: &[],
        ignored,
    }
}

fn found(folder: &Path, manifests: &[&str], paths: &[&str]) -> Result<Vec<String>, SourceError> {
    let manifests = texts(manifests);
    let paths: Vec<_> = paths.iter().map(|path| folder.join(path)).collect();
    let patterns = patterns(&manifests, &[]);
    let files = find(folder, patterns)?.manifests;
    let files = match &*paths {
        [] => files,
        paths => at_or_below(&files, patterns, paths)?.into_iter().collect(),
    };
    let mut found = Vec::new();
    for loaded in load(folder, &files) {
        let (path, bytes) = loaded?;
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(String::from_utf8(bytes).unwrap().ends_with(name));
        found.push(shown(&path));
    }
    Ok(found)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().replace('\\', "/")
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
    assert_eq!(found(folder.path(), &["pipeline"], &[]).unwrap(), all);
    assert_eq!(
        found(folder.path(), &["{pipeline,none}/*.{yaml,yml}"], &[]).unwrap(),
        ["pipeline/top.yaml"]
    );
}

#[test]
fn what_lies_beside_is_found_and_what_matches_nothing_is_named() {
    let folder = folder(&[
        "m/a.yaml",
        "m/b.yml",
        "m/c.YAML",
        "m/deep/d.json",
        "m/.e.yaml",
        "m/.hidden/f.yaml",
        "m/notes.md",
        "m/drafts/g.yml",
        "elsewhere/h.yaml",
        "top.yml",
    ]);
    let of = |manifests: &[&str], ignored: &[&str]| {
        let (manifests, ignored) = (texts(manifests), texts(ignored));
        let Found {
            manifests,
            beside,
            elsewhere,
            of_others: _,
            idle,
        } = find(folder.path(), patterns(&manifests, &ignored)).unwrap();
        let below = |paths: Vec<PathBuf>| -> Vec<String> {
            let paths = paths.iter();
            paths
                .map(|path| shown(path.strip_prefix(folder.path()).unwrap()))
                .collect()
        };
        (below(manifests), below(beside), below(elsewhere), idle)
    };
    assert_eq!(
        of(&["m/*.yaml"], &["m/drafts"]),
        (
            texts(&["m/a.yaml"]),
            texts(&[
                "m/.e.yaml",
                "m/b.yml",
                "m/c.YAML",
                "m/deep/d.json",
                "m/notes.md"
            ]),
            texts(&["elsewhere/h.yaml", "top.yml"]),
            vec![]
        )
    );
    // The whole project is searched for YAML files only, and not in hidden folders.
    assert_eq!(
        of(&["*.yml", "m/x/*.yaml", "n"], &[]),
        (
            texts(&["top.yml"]),
            vec![],
            texts(&[
                "elsewhere/h.yaml",
                "m/.e.yaml",
                "m/a.yaml",
                "m/b.yml",
                "m/c.YAML",
                "m/drafts/g.yml"
            ]),
            texts(&["m/x/*.yaml", "n"])
        )
    );
    // What is ignored is no manifest either.
    let ignored = [
        "**/*.yml",
        "m/c.*",
        "m/deep",
        "m/.e*",
        "**/*.md",
        "elsewhere",
    ];
    let (manifests, beside, elsewhere, _) = of(&["m"], &ignored);
    assert_eq!(
        (manifests, beside, elsewhere),
        (texts(&["m/a.yaml"]), vec![], vec![])
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
    assert!(matches!(
        fails(&["pipelines/*.yaml", "x"], &[]),
        SourceError::NoMatch { patterns, .. } if patterns == ["pipelines/*.yaml", "x"]
    ));
    for pattern in ["a***", "../x.yaml", "/etc/*.yaml", "!x"] {
        assert!(matches!(
            fails(&[pattern], &[]),
            SourceError::BadPattern { pattern: named, .. } if named == pattern
        ));
    }
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
mod links {
    use std::os::unix::fs::symlink;

    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn one_to_nowhere_is_not_passed_over() {
        let folder = folder(FILES);
        symlink("nowhere", folder.path().join("broken.yaml")).unwrap();
        let error = found(folder.path(), &["*.yaml"], &[]).unwrap_err();
        assert!(
            matches!(error, SourceError::Unreadable { path, .. } if path.ends_with("broken.yaml"))
        );
    }

    #[test]
    fn one_that_leads_out_or_to_a_hidden_place_is_refused() {
        let outside = folder(&["secret.yaml"]);
        let folder = folder(&["m/a.yaml", ".git/config.yaml", "key.json"]);
        let link = folder.path().join("m/x.yaml");
        for target in [
            outside.path().join("secret.yaml"),
            folder.path().join(".git/config.yaml"),
            folder.path().join("key.json"),
            "/dev/zero".into(),
        ] {
            symlink(&target, &link).unwrap();
            let error = found(folder.path(), &["m/*.yaml"], &[]).unwrap_err();
            assert!(
                matches!(error, SourceError::LeadsOutside { .. }),
                "{target:?}: {error:?}"
            );
            fs::remove_file(&link).unwrap();
        }
        let linked = folder.path().join("linked");
        for target in [outside.path().to_owned(), folder.path().join(".git")] {
            symlink(&target, &linked).unwrap();
            let error = found(folder.path(), &["linked/*.yaml"], &[]).unwrap_err();
            assert!(
                matches!(error, SourceError::LeadsOutside { .. }),
                "{target:?}: {error:?}"
            );
            fs::remove_file(&linked).unwrap();
        }
    }

    #[test]
    fn one_to_a_manifest_of_the_project_is_read() {
        let folder = folder(&["m/a.yaml", "shared/x.yaml"]);
        symlink("../shared/x.yaml", folder.path().join("m/x.yaml")).unwrap();
        assert_eq!(
            found(folder.path(), &["m/*.yaml"], &[]).unwrap(),
            ["m/a.yaml", "m/x.yaml"]
        );
    }

    #[test]
    fn those_to_folders_are_not_followed_and_nothing_is_lost_by_it() {
        let folder = folder(&["m/a.yaml", "n/b.yaml"]);
        symlink(".", folder.path().join("m/loop")).unwrap();
        assert_eq!(
            found(folder.path(), &["m/**/*.yaml"], &[]).unwrap(),
            ["m/a.yaml"]
        );
        for target in ["..", "../n", "/"] {
            let link = folder.path().join("m/up");
            symlink(target, &link).unwrap();
            let error = found(folder.path(), &["m/**/*.yaml"], &[]).unwrap_err();
            assert!(
                matches!(error, SourceError::LinkedFolder { .. }),
                "{target}: {error:?}"
            );
            fs::remove_file(&link).unwrap();
        }
    }
}
