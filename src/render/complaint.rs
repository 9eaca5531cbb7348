//! Problems of manifests as reports tell them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Diagnostic, Invocation, Position, Sources, Span};

use super::diagnostics::diagnostics;
use super::notes;
use super::problem::wording;

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is sent before it is resolved.
    Error,
    /// It is worth a look.
    Warning,
}

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
    pub fn imprecise(name: &str, at: Span, sources: &Sources) -> Self {
        let range = range(sources, at);
        let file = sources.path(at).display().to_string();
        Self::warning(
            "imprecise-number",
            file,
            range,
            notes::imprecise_number(name),
        )
    }

    /// A file that declares records and that no pattern matches.
    #[must_use]
    pub fn stray(file: &str) -> Self {
        Self::warning("stray-manifest", file.to_owned(), FIRST, notes::stray(file))
    }

    /// A pattern of this configuration that finds no file.
    #[must_use]
    pub fn idle_pattern(pattern: &str, config: String) -> Self {
        Self::warning("idle-pattern", config, FIRST, notes::idle_pattern(pattern))
    }

    fn warning(
        code: &'static str,
        file: String,
        [start, end]: [Position; 2],
        message: String,
    ) -> Self {
        Self {
            code,
            severity: Severity::Warning,
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
            severity: Severity::Error,
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
