//! The pages as a whole: all of them are in the README's index, and every link of theirs leads somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use pretty_assertions::assert_eq;

/// Where these pages are: the README, everything in `docs` and the pages of the examples, with their texts.
pub(crate) fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![PathBuf::from("README.md")];
    let mut folders = vec![PathBuf::from("docs"), PathBuf::from("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("the folder can be read") {
            let entry = entry.expect("the folder can be read");
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                // What runs of an example have left, and what a forge reads, are no pages.
                let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
                folders.extend(Some(path).filter(|_| !is_hidden));
            } else if path.extension().is_some_and(|end| end == "md") {
                files.push(path);
            }
        }
    }
    files.sort();
    let text = |path: PathBuf| {
        let text = fs::read_to_string(root.join(&path)).expect("the page can be read");
        (path, text)
    };
    files.into_iter().map(text).collect()
}

/// The targets of the links of a page; those in code are none.
fn links(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        for part in prose.split("](").skip(1) {
            links.extend(part.split_once(')').map(|(target, _)| target.to_owned()));
        }
    }
    links
}

/// The anchors that GitHub gives to the headings of a page.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let heading = line.trim_start_matches('#');
        if fenced || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().chars().filter_map(|char| match char {
            ' ' => Some('-'),
            '-' | '_' => Some(char),
            _ if char.is_alphanumeric() => char.to_lowercase().next(),
            _ => None,
        });
        anchors.insert(kept.collect());
    }
    anchors
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut broken = Vec::new();
    let mut seen = 0;
    for (path, text) in pages() {
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => path.clone(),
                file => plain(&path.parent().unwrap_or(Path::new("")).join(file)),
            };
            let found = root.join(&target);
            let has_anchor = || {
                let text = fs::read_to_string(&found).unwrap_or_default();
                anchors(&text).contains(anchor)
            };
            if !found.exists() || !(anchor.is_empty() || has_anchor()) {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
    assert!(seen > 100, "{seen}");
}

#[test]
fn the_readme_is_short_and_names_every_page() {
    let pages = pages();
    let readme = |(path, _): &&(PathBuf, String)| path == Path::new("README.md");
    let (_, readme) = pages.iter().find(readme).expect("there is a README");
    assert!(readme.len() <= 10 * 1024, "{} bytes", readme.len());
    let named: BTreeSet<String> = links(readme).into_iter().collect();
    let others = pages.iter().map(|(path, _)| path.display().to_string());
    let missing = others.filter(|path| path != "README.md" && !named.contains(path));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<String>::new());
}
