//! Text from files and from Marketo, made safe to show: what a terminal or the log of a CI system would obey or hide is written out.
//!
//! Two texts that differ also look different, and none moves the cursor, sets a title, turns the
//! reading direction, or is a command of a CI system. Backslashes stay as they are: the result is for people and is not read back.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use crate::model::is_hidden;

/// `text` with its control characters, and all characters without a glyph of their own, as escapes, and commands of CI systems broken.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    match visible(text) {
        Cow::Borrowed(text) => without_commands(text),
        Cow::Owned(text) => Cow::Owned(without_commands(&text).into_owned()),
    }
}

fn visible(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_hidden) else {
        return Cow::Borrowed(text);
    };
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(&text[..first]);
    for character in text[first..].chars() {
        push_escaped(&mut shown, character);
    }
    Cow::Owned(shown)
}

/// `text` without anything that a CI system would run where it stands on a line of a log.
///
/// GitHub's runner takes `::name::` at the first character that is not a blank, and `##[name]` anywhere in a line (actions/runner,
/// `src/Runner.Common/ActionCommand.cs`); Azure Pipelines takes `##vso[`, TeamCity `##teamcity[`.
pub(super) fn without_commands(text: &str) -> Cow<'_, str> {
    let colons = text.trim_start().starts_with("::");
    let mut starts = text.match_indices("##").map(|(start, _)| start).peekable();
    if !colons && starts.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut rest = text;
    if colons {
        let (blanks, after) = rest.split_at(text.len() - text.trim_start().len());
        shown.extend([blanks, "\\u{3a}"]);
        rest = &after[1..];
    }
    // Of "###[" the last two are the command's.
    while let Some(start) = rest.find('#') {
        let (before, found) = rest.split_at(start + 1);
        shown.push_str(before);
        rest = found;
        if is_command(rest) {
            shown.push_str("\\u{23}");
            rest = &rest[1..];
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// A JSON document with the characters that [`escaped`] would escape written as `\uXXXX`. They occur only inside strings, so the
/// document keeps its meaning.
#[must_use]
pub fn escaped_json(text: &str) -> String {
    let mut document = EscapedJson::default();
    document.push(text);
    document.end()
}

/// The same of a document that is written into it, so that a large one is in memory once.
#[derive(Debug, Default)]
pub struct EscapedJson {
    document: String,
    /// The last character was a `#` that is not itself behind one.
    is_after_hash: bool,
}

impl EscapedJson {
    /// The document.
    #[must_use]
    pub fn end(self) -> String {
        self.document
    }

    fn push(&mut self, text: &str) {
        let Self {
            document,
            is_after_hash,
        } = self;
        let mut units = [0; 2];
        for character in text.chars() {
            if (character == '#' && *is_after_hash) || (character != '\n' && is_hidden(character)) {
                for unit in character.encode_utf16(&mut units) {
                    write!(document, "\\u{unit:04x}").expect("strings take all text");
                }
            } else {
                document.push(character);
            }
            *is_after_hash = character == '#' && !*is_after_hash;
        }
    }
}

impl io::Write for EscapedJson {
    /// Takes pieces of whole characters.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let text = str::from_utf8(piece);
        self.push(text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether this is what follows the first `#` of `##name[`.
fn is_command(text: &str) -> bool {
    let name = text.strip_prefix('#');
    name.is_some_and(|name| {
        name.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric())
            .starts_with('[')
    })
}

/// Appends one character as [`escaped`] shows it.
pub(super) fn push_escaped(shown: &mut String, character: char) {
    match character {
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        '\t' => shown.push_str("\\t"),
        '\u{1b}' => shown.push_str("\\e"),
        _ if is_hidden(character) => {
            write!(shown, "\\u{{{:x}}}", u32::from(character)).expect("strings take all text");
        }
        _ => shown.push(character),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_harmless_stays() {
        for text in [
            "",
            "Big Dog, 12 €",
            "ääöü \\n",
            "田中\u{3000}太郎",
            "🐶",
            "a::b",
        ] {
            assert!(matches!(escaped(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_hides_is_written_out() {
        let rows = [
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("\u{1b}[31mred", "\\e[31mred"),
            ("\u{1b}]0;title\u{7}", "\\e]0;title\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\0\u{7f}", "\\u{0}\\u{7f}"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
            ("a\u{a0}b", "a\\u{a0}b"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"),
            ("\u{e0041}", "\\u{e0041}"),
            ("❤\u{fe0f}", "❤\\u{fe0f}"),
            ("::error::x", "\\u{3a}:error::x"),
            ("  \u{3000}::x ::y", "  \u{3000}\\u{3a}:x ::y"),
            ("a ##[group]x", "a #\\u{23}[group]x"),
            (
                "###[x ##vso[task.x] ## [",
                "##\\u{23}[x #\\u{23}vso[task.x] ## [",
            ),
            ("::##[a]", "\\u{3a}:#\\u{23}[a]"),
        ];
        for (text, shown) in rows {
            assert_eq!(escaped(text), shown);
            assert_eq!(escaped(&escaped(text)), shown);
        }
    }

    #[test]
    fn a_document_keeps_its_meaning() {
        let text = "a##[b]###[c \u{9b}\u{202e}\u{e0041}::\\##\u{7f}\n\t";
        let document = serde_json::to_string_pretty(&[text]).expect("it is JSON");
        let shown = escaped_json(&document);
        let read: [String; 1] = serde_json::from_str(&shown).expect("it is JSON");
        assert_eq!(read[0], text);
        assert_eq!(
            shown,
            "[\n  \"a#\\u0023[b]#\\u0023#[c \\u009b\\u202e\\udb40\\udc41::\\\\#\\u0023\\u007f\\n\\t\"\n]"
        );
        let mut written = EscapedJson::default();
        serde_json::to_writer_pretty(&mut written, &[text]).expect("it is JSON");
        assert_eq!(written.end(), shown);
    }

    #[test]
    fn no_control_character_is_left() {
        let all: String = (char::MIN..=char::MAX).collect();
        let left: Vec<char> = escaped(&all)
            .chars()
            .filter(|character| character.is_control() || *character == '\u{202e}')
            .collect();
        assert_eq!(left, Vec::<char>::new());
    }
}
