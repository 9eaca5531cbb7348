//! Diagnostics as people read them: the problem, the place with an excerpt, and the way out.
//!
//! An excerpt is a window of the file: rendering the last line of a large file costs no more than the
//! first. Machine formats are made elsewhere.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstream::adapter::strip_str;

use super::counting::counted;
use super::escape::{escaped, push_escaped, without_commands};
use super::problem::wording;
use super::wording::Wording;
use crate::model::{Diagnostic, Invocation, Problem, Related, SourceFile, Sources, Span};

/// Related places at most this many lines away share an excerpt.
const NEAR: usize = 8;

/// Lines with more bytes before a place than this are cut on both sides of it.
const LONG: usize = 1_000;

/// How much of a long line is shown on each side of a place, in bytes.
const MARGIN: usize = 200;

/// Writes the diagnostics, with an empty line between any two.
///
/// # Errors
/// The sink refuses.
pub fn diagnostics(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    invocation: &Invocation,
    out: &mut dyn io::Write,
    styled: bool,
) -> io::Result<()> {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", one(sources, diagnostic, invocation, &renderer))?;
    }
    Ok(())
}

/// The fewest problems of one kind that are shown once.
const ALIKE: usize = 3;
/// The most further places of one kind that are named.
const PLACES: usize = 5;

/// Writes at most so many kinds of problems: of those that are alike the first one, and where the others are. Returns how many
/// problems are not told.
///
/// # Errors
/// The sink refuses.
pub fn grouped_diagnostics(
    sources: &Sources,
    problems: &[Diagnostic],
    most: usize,
    invocation: &Invocation,
    out: &mut dyn io::Write,
) -> io::Result<usize> {
    let mut groups: Vec<Vec<&Diagnostic>> = Vec::new();
    let mut known: HashMap<[String; 3], usize> = HashMap::new();
    for problem in problems {
        let place = *known.entry(kind_of(sources, problem)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(problem);
    }
    // Two that are alike are still easier to read one by one.
    let groups: Vec<&[&Diagnostic]> = groups
        .iter()
        .flat_map(|group| group.chunks(if group.len() < ALIKE { 1 } else { group.len() }))
        .collect();
    let told = &groups[..groups.len().min(most)];
    for (index, group) in told.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let [first, others @ ..] = group else {
            continue;
        };
        diagnostics(sources, std::slice::from_ref(*first), invocation, out, true)?;
        if !others.is_empty() {
            let places = others.iter().take(PLACES);
            let mut places: Vec<String> = places
                .map(|other| {
                    let place = escaped(&sources.place(other.at)).into_owned();
                    if let Problem::UnknownLead { value, .. } = &other.problem {
                        format!("{} at {place}", escaped(value))
                    } else {
                        place
                    }
                })
                .collect();
            if others.len() > PLACES {
                places.push("…".to_owned());
            }
            let count = others.len();
            writeln!(out, "   = and {count} more like it: {}", places.join(", "))?;
        }
    }
    let told: usize = told.iter().map(|group| group.len()).sum();
    Ok(problems.len() - told)
}

/// What problems that are alike have in common: all words but the value at their place. A name that is not known is no value: each is
/// another slip.
fn kind_of(sources: &Sources, problem: &Diagnostic) -> [String; 3] {
    let Wording { title, label, help } = wording(&problem.problem);
    let Span { file, start, end } = problem.at;
    let text = sources.file(file).text().unwrap_or_default();
    let value = text.get(start as usize..end as usize).unwrap_or_default();
    let value = value.trim_matches(['"', '\'']);
    let code = problem.problem.code();
    let is_name = matches!(
        problem.problem,
        Problem::UnknownMember { .. } | Problem::UnknownField { .. } | Problem::UnknownWord { .. }
    );
    let without = |text: String| {
        if value.is_empty() || is_name {
            text
        } else {
            text.replace(value, "…")
        }
    };
    [
        format!("{code} {}", without(title)),
        without(label),
        without(help),
    ]
}

/// "5 problems in 2 files".
#[must_use]
pub fn tally(diagnostics: &[Diagnostic]) -> String {
    let files: BTreeSet<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.at.file)
        .collect();
    format!(
        "{} in {}",
        counted(diagnostics.len(), "problem"),
        counted(files.len(), "file")
    )
}

/// A place to point at.
struct Mark {
    at: Span,
    line: usize,
    kind: AnnotationKind,
    label: String,
}

/// A window of a file.
struct Excerpt {
    text: String,
    line_start: usize,
    annotations: Vec<Annotation<'static>>,
    /// The first line lost its beginning: columns in `text` are not those of the file.
    is_cut: bool,
}

fn one(
    sources: &Sources,
    diagnostic: &Diagnostic,
    invocation: &Invocation,
    renderer: &Renderer,
) -> String {
    let Diagnostic {
        problem,
        at,
        related,
    } = diagnostic;
    let Wording { title, label, help } = wording(problem);
    let mut report = Level::ERROR
        .primary_title(escaped(&title).into_owned())
        .id(problem.code())
        .elements(Vec::<Snippet<'_, Annotation<'_>>>::new());
    let primary = mark(sources, *at, AnnotationKind::Primary, &label);
    for marks in together(sources, primary, related) {
        report = show(report, sources, &marks);
    }
    if !help.is_empty() {
        let help = invocation.completed(&help);
        report = report.element(Level::HELP.message(escaped(&help).into_owned()));
    }
    // Its lines begin with the renderer's own marks, but excerpts go into it character by character.
    without_commands(&with_arrows(&renderer.render(&[report]))).into_owned()
}

/// The renderer writes `:::` before the place of a second excerpt. A CI system could take that for a command, so it becomes `-->`,
/// as before the first excerpt.
fn with_arrows(text: &str) -> String {
    let arrow = |line: &str| match line.split_once(":::") {
        Some((before, after)) if strip_str(before).to_string().trim().is_empty() => {
            let has_no_place = strip_str(after).to_string().trim().is_empty();
            let arrow = if has_no_place { "..." } else { "-->" };
            format!("{before}{arrow}{after}")
        }
        Some(_) | None => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(arrow).collect();
    lines.join("\n")
}

fn mark(sources: &Sources, at: Span, kind: AnnotationKind, label: &str) -> Mark {
    Mark {
        at,
        line: sources.position(at).line,
        kind,
        label: escaped(label).into_owned(),
    }
}

/// The marks by the excerpts that show them, the primary one first.
fn together(sources: &Sources, primary: Mark, related: &[Related]) -> Vec<Vec<Mark>> {
    let mut excerpts = vec![vec![primary]];
    for Related { at, note } in related {
        let mark = mark(sources, *at, AnnotationKind::Context, note);
        let primary = &excerpts[0][0];
        if mark.at == primary.at {
            // The same text, repeated by an alias.
            continue;
        }
        let file = sources.file(mark.at.file);
        let is_near = mark.at.file == primary.at.file
            && mark.line.abs_diff(primary.line) <= NEAR
            && [mark.line, primary.line]
                .iter()
                .all(|line| file.line_range(*line).len() <= LONG);
        if is_near {
            excerpts[0].push(mark);
        } else {
            excerpts.push(vec![mark]);
        }
    }
    excerpts
}

fn show<'r>(report: Group<'r>, sources: &Sources, marks: &[Mark]) -> Group<'r> {
    let first = &marks[0];
    let path = sources.path(first.at).display().to_string();
    let path = escaped(&path).into_owned();
    let Excerpt {
        text,
        line_start,
        annotations,
        is_cut,
    } = excerpt(sources.file(first.at.file), marks);
    let snippet = Snippet::source(text)
        .line_start(line_start)
        .annotations(annotations);
    if is_cut {
        let position = sources.position(first.at);
        let origin = Origin::path(path)
            .line(position.line)
            .char_column(position.column);
        report.element(origin).element(snippet)
    } else {
        report.element(snippet.path(path))
    }
}

fn excerpt(file: &SourceFile, marks: &[Mark]) -> Excerpt {
    let lines = marks.iter().map(|mark| mark.line);
    let first = lines.clone().min().expect("an excerpt has a mark");
    let last = lines.max().expect("an excerpt has a mark");
    let ranges: Vec<(usize, usize)> = marks.iter().map(|mark| shown_range(file, mark)).collect();
    // Where the places are in the text that is shown.
    let mut shown: BTreeMap<usize, usize> = ranges
        .iter()
        .flat_map(|(start, end)| [(*start, 0), (*end, 0)])
        .collect();
    let source = file.text().unwrap_or_default();
    let mut text = String::new();
    let mut is_cut = false;
    for line in first..=last {
        if line > first {
            text.push('\n');
        }
        let mut range = file.line_range(line);
        if first == last {
            let (start, end) = ranges[0];
            if start - range.start > LONG {
                is_cut = true;
                range.start = floor_boundary(source, start - MARGIN);
                text.push('…');
            }
            if range.end > end + LONG {
                range.end = floor_boundary(source, end + MARGIN);
            }
        }
        let shown_text = source.get(range.clone()).unwrap_or_default();
        for (offset, character) in shown_text.char_indices() {
            let offset = range.start + offset;
            if let Some(place) = shown.get_mut(&offset) {
                *place = text.len();
            }
            if offset < ranges[0].0 {
                text.push(stand_in(character));
            } else if character == '\t' {
                text.push(character);
            } else {
                push_escaped(&mut text, character);
            }
        }
        if let Some(place) = shown.get_mut(&range.end) {
            *place = text.len();
        }
    }
    let annotations = marks
        .iter()
        .zip(&ranges)
        .map(|(mark, (start, end))| {
            let label = Some(mark.label.as_str()).filter(|label| !label.is_empty());
            mark.kind
                .span(shown[start]..shown[end])
                .label(label.map(|label| Cow::Owned::<str>(label.to_owned())))
        })
        .collect();
    Excerpt {
        text,
        line_start: first,
        annotations,
        is_cut,
    }
}

/// The part of a place that is on its first line, without trailing blanks.
fn shown_range(file: &SourceFile, mark: &Mark) -> (usize, usize) {
    let line = file.line_range(mark.line);
    let start = (mark.at.start as usize).min(line.end);
    let end = (mark.at.end as usize).clamp(start, line.end.min(start + LONG));
    let text = file.text().unwrap_or_default();
    let end = floor_boundary(text, end).max(start);
    let length = text.get(start..end).map_or(0, |text| text.trim_end().len());
    (start, start + length)
}

/// A visible character of the same width, because an escape before the place would shift its column.
fn stand_in(character: char) -> char {
    match character {
        '\t' => character,
        '\u{0}'..='\u{1f}' => {
            char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\u{7f}' => '␡',
        _ if matches!(escaped(character.encode_utf8(&mut [0; 4])), Cow::Owned(_)) => {
            char::REPLACEMENT_CHARACTER
        }
        _ => character,
    }
}

fn floor_boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len()))
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or(0)
}
