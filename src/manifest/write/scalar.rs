//! Text as a YAML scalar that every reader understands as that text.
//!
//! Readers differ: in YAML 1.1, which PyYAML and many CI tools still follow, `no` is false, `12:30` is 750, `1_000` is a number and
//! `2026-12-31` is a date. So a text has no quotes only if it is text in every version of YAML. A character that is invisible, or
//! that an editor might lose, is written as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Words that are a boolean, a null or a number in some version of YAML, in any letter case.
const WORDS: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none",
];

/// Signs without a meaning inside a plain scalar, at any position.
const HARMLESS: &str = " -_./()&+'@%!?;=*$~^|<>";

/// A text on one line of a block mapping.
pub(in crate::manifest) fn inline(text: &str) -> Cow<'_, str> {
    let is_plain = is_word_like(text)
        && text
            .chars()
            .all(|char| is_plain(char) || ":,".contains(char))
        && !text.contains(": ")
        && !text.ends_with(':');
    if is_plain {
        return Cow::Borrowed(text);
    }
    Cow::Owned(quoted(text))
}

/// A text inside `{ }`.
pub(in crate::manifest) fn flow(text: &str) -> Cow<'_, str> {
    if is_word_like(text) && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(quoted(text))
}

/// A text of several lines as a literal block with this indentation. `None` if an editor, a hook that strips blanks, or a reader
/// that detects the indentation could change a character of the block.
pub(in crate::manifest) fn block(text: &str, indent: usize) -> Option<String> {
    let (body, header) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    let is_literal = text.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.is_empty()
        && !body.ends_with('\n')
        && body.split('\n').all(is_safe_line);
    if !is_literal {
        return None;
    }
    let mut block = header.to_owned();
    for line in body.split('\n') {
        block.push('\n');
        if !line.is_empty() {
            block.extend(std::iter::repeat_n(' ', indent));
            block.push_str(line);
        }
    }
    Some(block)
}

/// Whether a line of a literal block keeps all its characters.
fn is_safe_line(line: &str) -> bool {
    !line.ends_with([' ', '\t'])
        && !line.starts_with('\t')
        && line.chars().all(|char| char == '\t' || !is_hidden(char))
}

/// Whether a text begins and ends like a word, and is text in every version of YAML.
fn is_word_like(text: &str) -> bool {
    let begins = match text.chars().next() {
        Some('0'..='9') => has_decisive_letter(text),
        Some(first) => first.is_alphabetic(),
        None => false,
    };
    begins && !text.ends_with(' ') && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text has a letter that no number and no instant has: `19UYA31581L000000` is text to every reader, `12E45` is not.
/// Numbers may have hexadecimal digits, `x`, `o`, `b` and `e`, and instants `t` and `z`.
fn has_decisive_letter(text: &str) -> bool {
    text.bytes().any(|byte| {
        let letter = byte.to_ascii_lowercase();
        letter.is_ascii_lowercase() && letter > b'f' && !b"otxz".contains(&letter)
    })
}

fn is_plain(char: char) -> bool {
    (char.is_alphanumeric() && !is_hidden(char)) || HARMLESS.contains(char)
}

/// A text in quotes: in single quotes if they save escapes.
fn quoted(text: &str) -> String {
    let is_single = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(is_hidden);
    if is_single {
        return format!("'{text}'");
    }
    escaped(text)
}

/// A text in double quotes.
pub(in crate::manifest) fn escaped(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        push_escaped(&mut quoted, char);
    }
    quoted.push('"');
    quoted
}

fn push_escaped(quoted: &mut String, char: char) {
    let code = u32::from(char);
    let written = match char {
        '"' => quoted.write_str("\\\""),
        '\\' => quoted.write_str("\\\\"),
        '\n' => quoted.write_str("\\n"),
        '\t' => quoted.write_str("\\t"),
        '\r' => quoted.write_str("\\r"),
        _ if !is_hidden(char) => quoted.write_char(char),
        _ if code <= 0xff => write!(quoted, "\\x{code:02X}"),
        _ if code <= 0xffff => write!(quoted, "\\u{code:04X}"),
        _ => write!(quoted, "\\U{code:08X}"),
    };
    written.expect("writing to a string cannot fail");
}

/// Whether a character should be written as an escape: YAML forbids it or breaks lines at it, it is invisible, or it changes the
/// reading direction of the line. The joiners inside an emoji stay.
fn is_hidden(char: char) -> bool {
    match char {
        ' '..='~' | '\u{3000}' => false,
        _ if char.is_control() || char.is_whitespace() => true,
        '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' => true,
        // The last two code points of each plane are noncharacters.
        _ => u32::from(char) & 0xfffe == 0xfffe,
    }
}
