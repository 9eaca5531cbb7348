//! Problems of manifests as reports tell them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Diagnostic, Invocation, Position, Sources, Span};

use crate::plan::file::Severity;

use super::diagnostics::diagnostics;
use super::escape::escaped;
use super::notes;
use super::problem::wording;

/// Something that is wrong in a manifest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Complaint {
    /// What is wrong, in a word that never changes its meaning.
    pub code: &'static str,
    pub severity: Severity,
    pub file: String,
    /// Where it begins. Lines and columns count from 1, and columns count characters.
    pub line: usize,
    pub column: usize,
    /// Where it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    pub message: String,
    /// What to do, where that is not obvious.
    pub help: Option<String>,
    /// The place, as a person sees it in a terminal.
    pub excerpt: String,
}

impl Complaint {
    /// A number with more digits than Marketo is known to keep.
    #[must_use]
    pub fn imprecise(severity: Severity, name: &str, at: Span, sources: &Sources) -> Self {
        let range = range(sources, at);
        let file = sources.path(at).display().to_string();
        Self::seen(
            severity,
            "imprecise-number",
            file,
            range,
            notes::imprecise_number(name),
        )
    }

    /// A file that declares records and that no pattern matches.
    #[must_use]
    pub fn stray(severity: Severity, file: &str) -> Self {
        Self::seen(
            severity,
            "stray-manifest",
            file.to_owned(),
            FIRST,
            notes::stray(file),
        )
    }

    /// A pattern of this configuration that finds no file.
    #[must_use]
    pub fn idle_pattern(severity: Severity, pattern: &str, config: String) -> Self {
        Self::seen(
            severity,
            "idle-pattern",
            config,
            FIRST,
            notes::idle_pattern(pattern),
        )
    }

    /// A problem that the configuration has lowered, in a line too.
    #[must_use]
    pub fn lowered(
        severity: Severity,
        diagnostic: &Diagnostic,
        sources: &Sources,
    ) -> (String, Self) {
        let title = wording(&diagnostic.problem).title;
        let line = format!("{}: {title}", sources.place(diagnostic.at));
        let file = sources.path(diagnostic.at).display().to_string();
        let range = range(sources, diagnostic.at);
        let code = diagnostic.problem.code();
        let complaint = Self::seen(severity, code, file, range, title);
        (escaped(&line).into_owned(), complaint)
    }

    fn seen(
        severity: Severity,
        code: &'static str,
        file: String,
        [start, end]: [Position; 2],
        message: String,
    ) -> Self {
        Self {
            code,
            severity,
            file,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            message,
            help: None,
            excerpt: String::new(),
        }
    }
}

/// What is about a file as a whole stands at its beginning.
const FIRST: [Position; 2] = [Position { line: 1, column: 1 }; 2];

/// Where a span starts, and where it ends.
fn range(sources: &Sources, at: Span) -> [Position; 2] {
    let end = sources.file(at.file).position(at.end.max(at.start));
    [sources.position(at), end]
}

/// Problems of manifests as documents tell them.
#[must_use]
pub fn complaints(
    sources: &Sources,
    severity: Severity,
    problems: &[Diagnostic],
    invocation: &Invocation,
) -> Vec<Complaint> {
    let complaint = |diagnostic: &Diagnostic| {
        let words = wording(&diagnostic.problem);
        let [start, end] = range(sources, diagnostic.at);
        let mut excerpt = Vec::new();
        diagnostics(
            sources,
            std::slice::from_ref(diagnostic),
            invocation,
            &mut excerpt,
            false,
        )
        .expect("writing to memory cannot fail");
        Complaint {
            code: diagnostic.problem.code(),
            file: sources.path(diagnostic.at).display().to_string(),
            severity,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            message: words.title,
            help: Some(invocation.completed(&words.help).into_owned())
                .filter(|help| !help.is_empty()),
            excerpt: String::from_utf8_lossy(&excerpt).into_owned(),
        }
    };
    problems.iter().map(complaint).collect()
}
