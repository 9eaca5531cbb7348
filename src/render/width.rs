//! Lines that fit into a terminal: what is too wide goes on in the next line, below where it began.

use std::borrow::Cow;

use super::escape::without_commands;
use super::style::columns;

/// How many columns a text for people may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width(usize);

/// The width where none is known, of texts that have to be parted: pages of explanations, lines of progress.
const USUAL: usize = 80;
/// In less than this, tables and commands fall to pieces.
const LEAST: usize = 60;
/// How much further to the right a line goes on than it began.
const HANGING: usize = 2;

/// The fewest blanks between two columns.
const COLUMN_GAP: usize = 2;

/// The marks around a command that can be pasted.
const COMMAND: char = '`';
/// How such a command begins.
const BEGIN: &str = "`oppctl";

impl Width {
    /// No width: every line stays whole.
    pub const WHOLE: Self = Self(usize::MAX);

    /// The width of a terminal with this many columns; the usual one if there is none.
    #[must_use]
    pub fn new(columns: Option<usize>) -> Self {
        Self(columns.unwrap_or(USUAL).max(LEAST))
    }

    /// A text whose lines fit, as far as there are blanks at which they can be parted. A command goes on behind a `\`, so that a shell
    /// reads it as one.
    #[must_use]
    pub fn fitted(self, text: &str) -> String {
        self.with_hanging(HANGING, text)
    }

    /// The same for paragraphs, whose lines all begin in the same column.
    #[must_use]
    pub fn filled(self, text: &str) -> String {
        self.with_hanging(0, text)
    }

    /// The same for problems of manifests, whose excerpts stay as they are: marks stand below what they are about.
    #[must_use]
    pub fn fitted_around_excerpts(self, text: &str) -> String {
        let mut fitted = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let plain = anstream::adapter::strip_str(line).to_string();
            if plain.starts_with("error") || plain.trim_start().starts_with("= ") {
                fitted.push_str(&self.fitted(line));
            } else {
                fitted.push_str(line);
            }
        }
        fitted
    }

    pub(super) fn with_hanging(self, hanging: usize, text: &str) -> String {
        let mut fitted = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let (line, end) = match line.strip_suffix('\n') {
                Some(line) => (line, "\n"),
                None => (line, ""),
            };
            self.line(line, hanging, &mut fitted);
            fitted.push_str(end);
        }
        fitted
    }

    /// A text of one line in at most this many columns; what is cut off is marked.
    #[must_use]
    pub fn cut(text: &str, most: usize) -> String {
        if columns(text) <= most {
            return text.to_owned();
        }
        let mut cut = String::new();
        let mut width = 1;
        for c in text.chars() {
            width += columns(c.encode_utf8(&mut [0; 4]));
            if width > most {
                break;
            }
            cut.push(c);
        }
        cut.truncate(cut.trim_end().len());
        cut + "…"
    }

    pub(super) fn columns(self) -> usize {
        self.0
    }

    fn line(self, line: &str, hanging: usize, out: &mut String) {
        if visible(line) <= self.0 {
            return out.push_str(line);
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        let hanging = " ".repeat((indent + hanging).min(self.0 / 2));
        // Blanks between two columns of a table stay together.
        let mut width = 0;
        let mut is_command = false;
        let mut is_first = true;
        let mut rest = line;
        while let Some(piece) = piece(rest, is_command) {
            rest = &rest[piece.len()..];
            let (blanks, word) = piece.split_at(piece.len() - piece.trim_start_matches(' ').len());
            let (gap, length) = (blanks.len(), visible(word));
            // In a column of its own a command stands without marks, up to the end of the line.
            is_command |= gap >= COLUMN_GAP && word == "oppctl" && is_command_row(line);
            let goes_on = if is_command { 2 } else { 0 };
            let is_too_wide = width + gap + length + goes_on > self.0;
            // A CI system would run it where it begins a line.
            let is_harmless = matches!(without_commands(word), Cow::Borrowed(_));
            if !is_first && is_too_wide && is_harmless {
                if is_command {
                    out.push_str(" \\");
                }
                out.push('\n');
                out.push_str(&hanging);
                width = hanging.len();
            } else {
                out.push_str(blanks);
                width += gap;
            }
            if length + hanging.len() > self.0 && !is_command && is_harmless {
                width = self.parted(word, &hanging, width, out);
            } else {
                out.push_str(word);
                width += length;
            }
            is_first = false;
            // What else stands between marks is quoted, such as a value.
            if word.matches(COMMAND).count() % 2 == 1 {
                is_command = !is_command && word.contains(BEGIN);
            }
        }
    }
}

impl Width {
    /// Writes a word that has no room in any line, in pieces: languages without blanks have such words. Returns the width of the last
    /// line.
    fn parted(self, word: &str, hanging: &str, mut width: usize, out: &mut String) -> usize {
        let mut rest = word;
        while let Some(c) = rest.chars().next() {
            // The codes of colours stay whole, and take no room.
            let code = (c == '\u{1b}').then(|| rest.find('m')).flatten();
            let length = code.map_or(c.len_utf8(), |end| end + 1);
            let (piece, after) = rest.split_at(length);
            let room = if code.is_some() { 0 } else { columns(piece) };
            if width + room > self.0 {
                out.push('\n');
                out.push_str(hanging);
                width = hanging.len();
            }
            out.push_str(piece);
            width += room;
            rest = after;
        }
        width
    }
}

/// Whether a line tells a command in a column of its own.
fn is_command_row(line: &str) -> bool {
    let mut words = line.split_whitespace();
    matches!(words.next(), Some("Details" | "Undo"))
}

/// The next word, with the blanks before it. In a command what stands between quotes is one word: there a `\` would stand for itself.
fn piece(line: &str, is_command: bool) -> Option<&str> {
    let start = line.len() - line.trim_start_matches(' ').len();
    let mut is_quoted = false;
    let end = line[start..].char_indices().find(|(_, c)| {
        is_quoted ^= *c == '\'' && is_command;
        *c == ' ' && !is_quoted
    });
    let end = end.map_or(line.len(), |(end, _)| start + end);
    (end > 0).then(|| &line[..end])
}

/// How many columns a text takes, without its colours.
fn visible(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return columns(text);
    }
    let plain = anstream::adapter::strip_str(text).to_string();
    columns(&plain)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_too_wide_goes_on_below() {
        let width = Width::new(Some(1));
        assert_eq!(width, Width(LEAST));
        let words = "  word word word word word word word word word word word word word\nshort\n";
        assert_eq!(
            width.fitted(words),
            "  word word word word word word word word word word word\n    word word\nshort\n"
        );
        let command = "say `oppctl undo 20261128T184540Z-c1f0 --instance production --confirm production` now";
        assert_eq!(
            width.fitted(command),
            "say `oppctl undo 20261128T184540Z-c1f0 --instance \\\n  production --confirm production` now"
        );
        let quoted = "  Undo      oppctl undo 20261128T184540Z --instance 'EU sandbox of the department in Paris' --yes";
        assert_eq!(
            width.fitted(quoted),
            "  Undo      oppctl undo 20261128T184540Z --instance \\\n    'EU sandbox of the department in Paris' --yes"
        );
        let hostile = format!("  {} ::error::owned ##[error]owned", "n".repeat(57));
        assert_eq!(width.fitted(&hostile), hostile);
        let word = "担当者".repeat(12);
        assert_eq!(
            width.fitted(&format!("  {word}")),
            format!(
                "  {}
    {}",
                &word[..29 * 3],
                &word[29 * 3..]
            )
        );
        assert_eq!(Width::new(None).fitted(words), words);
    }

    #[test]
    fn colours_take_no_room() {
        let red = format!("\u{1b}[31m{}\u{1b}[0m {}", "a".repeat(30), "b".repeat(29));
        assert_eq!(Width(60).fitted(&red), red);
    }

    #[test]
    fn excerpts_stay_as_they_are() {
        let title = format!("error[unknown-lead]: {}", "word ".repeat(14));
        let excerpt = format!("3 | {}\n  | ^^^ no such lead\n", "x ".repeat(40));
        let shown = Width(60).fitted_around_excerpts(&format!("{title}\n{excerpt}"));
        let (first, rest) = shown.split_once('\n').unwrap_or_default();
        assert!(columns(first) <= 60, "{first}");
        assert!(rest.starts_with("  word"), "{rest}");
        assert!(rest.ends_with(&excerpt), "{rest}");
    }

    #[test]
    fn what_is_cut_off_is_marked() {
        for (text, most, expected) in [
            ("Chairs", 6, "Chairs"),
            ("Chairs and tables", 10, "Chairs an…"),
            ("Chairs and tables", 8, "Chairs…"),
            ("佐藤佐藤", 6, "佐藤…"),
        ] {
            assert_eq!(Width::cut(text, most), expected);
        }
    }

    proptest::proptest! {
        /// No word is lost and none is parted, and where it can be helped no line is too wide.
        #[test]
        fn every_text_stays_what_it_is(text in "([a-z`]{1,30} {1,3}|\n){0,40}", width in 60_usize..120) {
            let fitted = Width(width).fitted(&text);
            let words = |text: &str| -> Vec<String> {
                let words = text.split_whitespace().filter(|word| *word != "\\");
                words.map(str::to_owned).collect()
            };
            assert_eq!(words(&fitted), words(&text));
            for line in fitted.lines() {
                assert!(columns(line.trim_end()) <= width + 2, "{line:?}");
            }
        }
    }
}
