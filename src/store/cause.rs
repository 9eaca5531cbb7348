//! What a store says of a failure: one line, without the addresses and the XML around it.

use std::error::Error;

/// The message of the store, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

/// The most characters of a store's own message.
pub(super) const MAX_TEXT: usize = 300;

impl Cause {
    /// The innermost cause: the outer ones repeat it and add the address of the call.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Self {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::text(&innermost.to_string())
    }

    /// A text as one line. Of XML, which stores send as an answer, only its code and message.
    pub(super) fn text(text: &str) -> Self {
        let message = match (element(text, "Code"), element(text, "Message")) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => text.to_owned(),
        };
        let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
        Self(line.chars().take(MAX_TEXT).collect())
    }
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (content, _) = rest.split_once(&format!("</{name}>"))?;
    Some(content)
}
