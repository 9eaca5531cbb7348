//! A page with a budget of bytes. Important parts are added first, so they get their room first; `PageSection` gives the order on
//! the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::grouped;
use crate::render::counting::counted;

/// What is kept for headings, and for the lines that say what is left out.
const RESERVE: usize = 6_000;

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PageSection {
    Header,
    Title,
    Trouble,
    Problems,
    Failed,
    Unknown,
    Look,
    Impact,
    Deleted,
    NotAttempted,
    Patterns,
    Names(u8),
    Notes,
    Updated,
    Created,
    Values(usize),
    Left,
    Footer,
}

/// Some lines of a list or a fold, of more that there may be.
pub(super) struct Lines<I> {
    /// How many there are.
    pub(super) count: usize,
    pub(super) items: I,
    /// The most that are shown, whatever the budget.
    pub(super) most: usize,
    /// What they are, for the line that counts those that are not shown: "change".
    pub(super) noun: &'static str,
}

/// A page.
pub(super) struct Page {
    parts: BTreeMap<PageSection, String>,
    budget: usize,
}

impl Page {
    /// A page of at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            parts: BTreeMap::new(),
            budget: most - RESERVE,
        }
    }

    /// Appends text to a section and subtracts it from the budget. The caller has checked that there is room, or the text is short.
    pub(super) fn put(&mut self, place: PageSection, text: &str) {
        let part = self.parts.entry(place).or_default();
        part.push_str(text);
        self.budget = self.budget.saturating_sub(text.len());
    }

    /// Puts a heading and as many items below it as there is room for, each behind `mark`; without an item, nothing.
    pub(super) fn list(
        &mut self,
        place: PageSection,
        heading: &str,
        mark: &str,
        lines: Lines<impl Iterator<Item = String>>,
    ) {
        if lines.count == 0 {
            return;
        }
        let quote = if mark.starts_with('>') { ">\n" } else { "\n" };
        let mut text = format!("{heading}\n{quote}");
        let (shown, left) = self.take(lines, |item| format!("{mark}{item}\n"));
        text.push_str(&shown);
        if let Some(left) = left {
            writeln!(text, "{mark}{left}").expect("strings take all text");
        }
        text.push('\n');
        self.put(place, &text);
    }

    /// Takes as many items as there is room for, and what is said of the others. The budget is not touched.
    pub(super) fn take(
        &self,
        lines: Lines<impl Iterator<Item = String>>,
        mut line: impl FnMut(&str) -> String,
    ) -> (String, Option<String>) {
        let Lines {
            count,
            items,
            most,
            noun,
        } = lines;
        let mut text = String::new();
        let mut shown = 0;
        for item in items.take(most) {
            let item = line(&item);
            if text.len() + item.len() > self.budget {
                break;
            }
            text.push_str(&item);
            shown += 1;
        }
        let left = count - shown;
        let left = (left > 0).then(|| match shown {
            0 => format!("{} not shown here", counted(left, noun)),
            _ => format!("… and {} more", grouped(left)),
        });
        (text, left)
    }

    /// Writes something that may take half of what is left, and not more.
    pub(super) fn half(&mut self, write: impl FnOnce(&mut Self)) {
        let kept = self.budget / 2;
        self.budget -= kept;
        write(self);
        self.budget += kept;
    }

    /// Whether there is room for this many bytes.
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        bytes <= self.budget
    }

    /// The page as text.
    pub(super) fn finish(self) -> String {
        let text: String = self.parts.into_values().collect();
        text.trim_end().to_owned() + "\n"
    }
}
