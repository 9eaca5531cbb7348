//! Every word has a page, every page a word, and what a page tells to paste is valid.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;

use super::{Family, Page, Part, is_command, like, listed, named};
use crate::api::{Disposition, meanings};
use crate::brief::FindingCode;
use crate::config::LoadedConfig;
use crate::manifest;
use crate::model::Problem;
use crate::plan::{Note, Refusal};
use crate::render::annotation::MarkCode;
use crate::render::width::Width;

/// The words of pages of a family.
fn ids(family: Family) -> Vec<String> {
    let pages = listed().into_iter().filter(|page| page.family == family);
    pages.map(|page| page.id).collect()
}

fn sorted(words: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let words: BTreeSet<String> = words.into_iter().map(Into::into).collect();
    words.into_iter().collect()
}

#[test]
fn every_word_has_a_page_and_every_page_a_word() {
    for (family, words) in [
        (Family::Problem, Problem::CODES),
        (Family::Finding, FindingCode::WORDS),
        (Family::Refusal, Refusal::CODES),
        (Family::Outcome, MarkCode::WORDS),
    ] {
        assert_eq!(sorted(ids(family)), sorted(words.iter().copied()));
    }
    // What both a note and a finding tell has one page.
    let notes = Note::WORDS.iter().copied();
    let others = [FindingCode::WORDS, Problem::CODES].concat();
    let notes = notes.filter(|word| !others.contains(word));
    assert_eq!(sorted(ids(Family::Note)), sorted(notes));
}

#[test]
fn codes_have_a_page_each() {
    let codes = ids(Family::Code);
    assert_eq!(sorted(codes.clone()).len(), codes.len());
    assert!(
        meanings()
            .iter()
            .all(|it| codes.contains(&it.code.to_owned()))
    );
    // The codes and statuses that oppctl tells from others.
    for number in 100..2000_u16 {
        let code = number.to_string();
        let is_told = Disposition::of_code(&code) != Disposition::Content
            || (400..500).contains(&number)
                && !matches!(Disposition::of_status(number), Disposition::Fatal);
        assert!(!is_told || codes.contains(&code), "{code}");
    }
}

#[test]
fn words_that_families_share_are_those_that_are_meant_to() {
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for page in listed() {
        *families.entry(page.id).or_default() += 1;
    }
    families.retain(|_, count| *count > 1);
    let shared: Vec<String> = families.into_keys().collect();
    assert_eq!(shared, ["amount-factor", "unknown-field"]);
    assert_eq!(named("AMOUNT-Factor").len(), 2);
}

#[test]
fn words_that_are_meant_are_found() {
    assert_eq!(
        like("unknown-feild").first().map(String::as_str),
        Some("unknown-field")
    );
    assert!(like("stray").contains(&"stray-manifest".to_owned()));
    assert_eq!(like("xyzzy"), Vec::<String>::new());
}

#[test]
fn pages_have_a_size_and_a_form() {
    for page in listed() {
        let Page {
            id, title, parts, ..
        } = &page;
        assert!(
            title.chars().next().is_some_and(|c| !c.is_lowercase()),
            "{id}"
        );
        assert!(!title.ends_with('.'), "{id}");
        let mut lines = 2;
        for part in parts {
            match part {
                Part::Paragraph(text) => {
                    assert!(text.ends_with(['.', '?', ':']), "{id}: {text}");
                    lines += Width::new(None).filled(text).lines().count();
                }
                Part::Snippet(code) => {
                    assert!(code.iter().all(|line| line.len() <= 76), "{id}: {code:?}");
                    lines += code.len();
                }
            }
        }
        assert!((5..=24).contains(&lines), "{id}: {lines} lines");
        let is_told = parts.iter().any(|part| match part {
            Part::Paragraph(text) => text.starts_with("What to do: "),
            Part::Snippet(_) => false,
        });
        assert!(is_told, "{id}");
    }
}

/// The snippets of YAML of all pages, with their ids.
fn yaml() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for page in listed() {
        for part in page.parts {
            match part {
                Part::Snippet(lines) if !is_command(&lines[0]) => {
                    found.push((page.id.clone(), lines.join("\n") + "\n"));
                }
                Part::Snippet(_) | Part::Paragraph(_) => {}
            }
        }
    }
    found
}

#[test]
fn every_yaml_is_valid() {
    const MANIFEST: [&str; 4] = ["version:", "defaults:", "opportunities:", "roles:"];
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("oppctl.yaml");
    let mut counts = [0, 0];
    for (id, text) in yaml() {
        let is_manifest = MANIFEST.iter().any(|member| text.starts_with(member));
        counts[usize::from(is_manifest)] += 1;
        let complete = match text.contains("version:") {
            true => text.clone(),
            false => format!("version: 1\n{text}"),
        };
        if is_manifest {
            let reading = manifest::read([(PathBuf::from("a.yaml"), complete.into_bytes())]);
            assert_eq!(reading.diagnostics, [], "{id}");
        } else {
            let manifests = match text.contains("manifests:") {
                true => "",
                false => "manifests: [a.yaml]\n",
            };
            fs::write(&config, complete + manifests).expect("the folder is there");
            let loaded = LoadedConfig::load(Path::new("/"), Some(&config));
            assert!(loaded.is_ok(), "{id}: {loaded:?}");
        }
    }
    assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
}
