//! Pages and their list as people read them.

use anstyle::Style;

use super::index::{listed, named};
use super::page::{Family, Page, Part};
use crate::brief::FindingCode;
use crate::config::{SeverityRule, severity_rule};
use crate::model::Level;
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
        text.push_str(&styled(STRONG, family.heading()));
        for Page { id, title, .. } in of_family {
            let line = format!("  {id}{}  {title}", padding(id, widest));
            text += &Width::cut(&line, width.columns());
            text.push('\n');
        }
        text.push('\n');
    }
    text + "`oppctl explain ID` shows the page of one of them.\n"
}

/// A line in a style.
fn styled(style: Style, text: &str) -> String {
    format!("{}\n", Painted(style, text))
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
    text.push_str(&styled(FAINT, family));
    for part in parts.iter().chain(&severity(page)) {
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
    let parts = pages.iter().flat_map(|page| {
        let parts = page.parts.iter().cloned();
        parts.chain(severity(page))
    });
    let parts: Vec<String> = parts
        .map(|part| match part {
            Part::Paragraph(line) => line,
            Part::Snippet(lines) => {
                let lines: Vec<_> = lines.iter().map(|line| format!("{INDENT}{line}")).collect();
                lines.join("\n")
            }
        })
        .collect();
    Some((title, parts.join("\n\n")))
}

/// How grave it is, and whether the configuration may change that; nothing of what has no severity.
fn severity(page: &Page) -> Vec<Part> {
    let Page { family, id, .. } = page;
    let rule = match family {
        // The word in the configuration is that of the finding.
        Family::Problem if FindingCode::WORDS.contains(&id.as_str()) => Some(SeverityRule::PROBLEM),
        Family::Problem | Family::Finding | Family::Note => severity_rule(id),
        Family::Refusal | Family::Outcome | Family::Code | Family::Exit => None,
    };
    let Some(rule) = rule else {
        return Vec::new();
    };
    let SeverityRule {
        default,
        least,
        most,
        reason,
    } = rule;
    let word = default.word();
    if least == most {
        let text = format!("Severity: {word}. It cannot be changed: {reason}.");
        return vec![Part::Paragraph(text)];
    }
    let others = Level::ALL.iter().filter(|level| {
        let is_possible = least <= **level && **level <= most;
        is_possible && **level != default
    });
    let others: Vec<String> = others.map(|level| other(*level, *family)).collect();
    let reason = if reason.is_empty() {
        String::new()
    } else {
        format!(" It cannot be lower: {reason}.")
    };
    let example = if default == Level::Error {
        Level::Warning
    } else {
        Level::Error
    };
    vec![
        Part::Paragraph(format!(
            "Severity: {word}. With `severity` in oppctl.yaml, {}.{reason}",
            others.join(", ")
        )),
        Part::Snippet(vec![format!("severity: {{ {id}: {} }}", example.word())]),
    ]
}

/// What another level means.
fn other(level: Level, family: Family) -> String {
    let what = match level {
        Level::Error => "refuses the plan until it is allowed by its count",
        // In a text, notes of both levels are lines of the same sort.
        Level::Warning if family == Family::Note => "is its severity in JSON",
        Level::Warning => "points it out",
        Level::Info => "only tells it",
        Level::Off => "hides it",
    };
    format!("`{}` {what}", level.word())
}
