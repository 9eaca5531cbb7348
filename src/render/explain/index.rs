//! All pages, and how one is found.

use super::codes;
use super::page::{Family, Page, pages};

/// How much a word has in common with the one that was meant.
const ALIKE: f32 = 0.6;
/// The most words that may have been meant.
const MEANT: usize = 3;

/// All pages, family by family.
#[must_use]
pub fn listed() -> Vec<Page> {
    let of_family = |family| match family {
        Family::Problem => pages(family, include_str!("pages/problems.txt")),
        Family::Finding => pages(family, include_str!("pages/findings.txt")),
        Family::Note => pages(family, include_str!("pages/notes.txt")),
        Family::Refusal => pages(family, include_str!("pages/refusals.txt")),
        Family::Outcome => pages(family, include_str!("pages/outcomes.txt")),
        Family::Code => codes::pages(),
        Family::Exit => pages(family, include_str!("pages/exits.txt")),
    };
    Family::ALL.into_iter().flat_map(of_family).collect()
}

/// The pages of a word, in any letter case; several if several families have it.
#[must_use]
pub(super) fn named(id: &str) -> Vec<Page> {
    let mut pages = listed();
    pages.retain(|page| page.id.eq_ignore_ascii_case(id));
    pages
}

/// The words that are like one without a page.
#[must_use]
pub fn like(id: &str) -> Vec<String> {
    let pages = listed();
    let known: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
    let id = id.to_ascii_lowercase();
    let mut meant: Vec<String> = similar::get_close_matches(&*id, &known, MEANT, ALIKE)
        .into_iter()
        .map(str::to_owned)
        .collect();
    // "stray" is far from "stray-manifest", and still its beginning.
    let longer = known
        .iter()
        .filter(|word| word.split('-').any(|part| part == id));
    meant.extend(longer.map(|word| (*word).to_owned()));
    let mut seen = Vec::new();
    meant.retain(|word| {
        let is_new = !seen.contains(word);
        seen.push(word.clone());
        is_new
    });
    meant
}
