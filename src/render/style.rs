//! Colours, in one place. They repeat what symbols and words say already; where they are not wanted the printing stream strips them.

use std::fmt;

use anstyle::{AnsiColor, Style};

pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const CREATED: Style = AnsiColor::Green.on_default();
pub(super) const UPDATED: Style = AnsiColor::Yellow.on_default();
pub(super) const DELETED: Style = AnsiColor::Red.on_default();

/// Something printed in a style.
pub(super) struct Painted<T>(pub(super) Style, pub(super) T);

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(style, inner) = self;
        write!(f, "{style}{inner}{style:#}")
    }
}

/// As many blanks as `text` lacks of `width` columns.
pub(super) fn padding(text: &str, width: usize) -> Blanks {
    Blanks(width.saturating_sub(columns(text)))
}

/// A number of blanks.
pub(super) struct Blanks(usize);

impl fmt::Display for Blanks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:1$}", "", self.0)
    }
}

/// How many columns a text takes in a terminal.
pub(super) fn columns(text: &str) -> usize {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.len();
    }
    unicode_width::UnicodeWidthStr::width(text)
}
