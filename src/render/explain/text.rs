//! Pages and their list as people read them.

use super::index::{listed, named};
use super::page::{Family, Page, Part};
use crate::render::style::{FAINT, Painted, STRONG, padding};
use crate::render::width::Width;

/// How far a snippet is indented.
const INDENT: &str = "    ";

/// The pages of a word, or the list of all words without one; nothing for a word without a page.
#[must_use]
pub fn explained(id: Option<&str>, width: Width) -> Option<String> {
    let Some(id) = id else {
        return Some(list(width));
    };
    let pages = named(id);
    let texts: Vec<String> = pages.iter().map(|page| text(page, width)).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// All words by family, one a line.
fn list(width: Width) -> String {
    let pages = listed();
    let mut text = String::new();
    for family in Family::ALL {
        let of_family: Vec<&Page> = pages.iter().filter(|it| it.family == family).collect();
        let widest = of_family.iter().map(|page| page.id.len()).max();
        let widest = widest.unwrap_or_default();
        text += &format!("{}\n", Painted(STRONG, family.heading()));
        for Page { id, title, .. } in of_family {
            let line = format!("  {id}{}  {title}", padding(id, widest));
            text += &Width::cut(&line, width.columns());
            text.push('\n');
        }
        text.push('\n');
    }
    text + "`oppctl explain ID` shows the page of one of them.\n"
}

fn text(page: &Page, width: Width) -> String {
    let Page {
        family,
        id,
        title,
        parts,
    } = page;
    let (id, family) = (Painted(STRONG, id), family.heading());
    let mut text = width.filled(&format!("{id}: {title}\n"));
    text += &format!("{}\n", Painted(FAINT, family));
    for part in parts {
        text.push('\n');
        match part {
            Part::Paragraph(line) => text += &width.filled(&format!("{line}\n")),
            // A command in two halves could not be pasted.
            Part::Snippet(lines) => {
                text.extend(lines.iter().map(|line| format!("{INDENT}{line}\n")));
            }
        }
    }
    text
}

/// The title and the text of a word, for machine formats that explain their rules.
#[must_use]
pub(in crate::render) fn rule_text(id: &str) -> Option<(String, String)> {
    let pages = named(id);
    let title = pages.first()?.title.clone();
    let parts = pages.iter().flat_map(|page| &page.parts);
    let parts: Vec<String> = parts
        .map(|part| match part {
            Part::Paragraph(line) => line.clone(),
            Part::Snippet(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| format!("{INDENT}{line}")).collect();
                lines.join("\n")
            }
        })
        .collect();
    Some((title, parts.join("\n\n")))
}
