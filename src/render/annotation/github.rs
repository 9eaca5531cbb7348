//! Annotations as workflow commands of GitHub.
//!
//! Source: docs.github.com, "Workflow commands for GitHub Actions", and for the escapes the toolkit (actions/toolkit,
//! `packages/core/src/command.ts`). GitHub shows ten errors and ten warnings of a step and drops the others.

use super::mark::{Mark, MarkPlace, Marks};
use crate::plan::file::Severity;
use crate::render::escape::escaped;

/// The most annotations of a level.
const MOST: usize = 10;

/// The workflow commands that show these at the lines of a pull request, one a line. Of more than ten of a level, the last one says how
/// many are not shown.
#[must_use]
pub fn github_annotations(marks: &Marks) -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let of_level: Vec<&Mark> = marks
            .0
            .iter()
            .filter(|mark| mark.severity == severity)
            .collect();
        let shown = if of_level.len() > MOST {
            MOST - 1
        } else {
            of_level.len()
        };
        for mark in &of_level[..shown] {
            text.push_str(&command(mark));
        }
        if let Some(more @ 1..) = of_level.len().checked_sub(shown) {
            let (level, noun) = level(severity);
            text.extend([
                &format!("::{level} title=oppctl%3A {more} more::"),
                &data(&format!(
                    "{more} more {noun} are not shown here: see the output above"
                )),
                "\n",
            ]);
        }
    }
    text
}

fn level(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Error => ("error", "errors"),
        Severity::Warning => ("warning", "warnings"),
        Severity::Info => ("notice", "notices"),
    }
}

fn command(mark: &Mark) -> String {
    let Mark {
        severity,
        code,
        text,
        help,
        place,
    } = mark;
    let mut properties = Vec::new();
    if let Some(MarkPlace {
        file,
        line,
        column,
        end: _,
    }) = place
    {
        properties.push(format!("file={}", property(file)));
        properties.push(format!("line={line}"));
        properties.extend(column.map(|column| format!("col={column}")));
    }
    properties.push(format!("title={}", property(&format!("oppctl: {code}"))));
    let mut message = lines(text);
    if let Some(help) = help {
        message.extend(["\nHelp: ", &lines(help)]);
    }
    format!(
        "::{} {}::{}\n",
        level(*severity).0,
        properties.join(","),
        data(&message)
    )
}

/// Each line with what a terminal would obey written out.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(escaped).collect();
    lines.join("\n")
}

/// A message: it ends with the line.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: it ends with a comma or two colons.
fn property(text: &str) -> String {
    data(&escaped(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn mark(severity: Severity, text: &str) -> Mark {
        Mark {
            severity,
            code: "wrong-type".to_owned(),
            text: text.to_owned(),
            help: None,
            place: None,
        }
    }

    #[test]
    fn no_text_ends_its_command_or_begins_another() {
        let evil = "100 %\n::error::x\r\n##[group]y::warning file=a::z";
        let mark = Mark {
            code: "a,b::c".to_owned(),
            help: Some(evil.to_owned()),
            place: Some(MarkPlace {
                file: "a,b:c\n::error::d%.yaml".to_owned(),
                line: 3,
                column: Some(5),
                end: None,
            }),
            ..mark(Severity::Error, evil)
        };
        let said = "100 %25%0A\\u{3a}:error::x%0A#\\u{23}[group]y::warning file=a::z";
        let expected = format!(
            "::error file=a%2Cb%3Ac\\n%3A%3Aerror%3A%3Ad%25.yaml,line=3,col=5,title=oppctl%3A a%2Cb%3A%3Ac::{said}%0AHelp: {said}\n"
        );
        assert_eq!(github_annotations(&Marks(vec![mark])), expected);
    }

    #[test]
    fn the_last_of_a_level_counts_those_that_are_left() {
        let warnings = (0..12).map(|number| mark(Severity::Warning, &number.to_string()));
        let errors = (0..10).map(|number| mark(Severity::Error, &number.to_string()));
        let text = github_annotations(&Marks(errors.chain(warnings).collect()));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 20);
        assert_eq!(lines[9], "::error title=oppctl%3A wrong-type::9");
        assert_eq!(
            lines[18..],
            [
                "::warning title=oppctl%3A wrong-type::8",
                "::warning title=oppctl%3A 3 more::3 more warnings are not shown here: see the output above"
            ]
        );
    }
}
