//! Problems of manifests as reports tell them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Diagnostic, Invocation, Sources};

use super::diagnostics::diagnostics;
use super::problem::wording;

/// Something that is wrong in a manifest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Complaint {
    /// What is wrong, in a word that never changes its meaning.
    pub code: &'static str,
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
    /// What to do, where that is not obvious.
    pub help: Option<String>,
    /// The place, as a person sees it in a terminal.
    pub excerpt: String,
}

/// Problems of manifests as documents tell them.
pub(super) fn complaints(
    sources: &Sources,
    problems: &[Diagnostic],
    invocation: &Invocation,
) -> Vec<Complaint> {
    let complaint = |diagnostic: &Diagnostic| {
        let words = wording(&diagnostic.problem);
        let position = sources.position(diagnostic.at);
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
            line: position.line,
            column: position.column,
            message: words.title,
            help: Some(invocation.completed(&words.help).into_owned())
                .filter(|help| !help.is_empty()),
            excerpt: String::from_utf8_lossy(&excerpt).into_owned(),
        }
    };
    problems.iter().map(complaint).collect()
}
