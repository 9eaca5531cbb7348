//! Text as a YAML scalar that every reader takes for that text.
//!
//! Readers differ: YAML 1.1, which PyYAML and many tools of CI systems still follow, takes `no` for false, `12:30` for
//! 750, `1_000` for a number and `2026-12-31` for a date. So a text stays without quotes only where no version of YAML
//! knows another meaning for it, and what cannot be seen, or would be lost in an editor, is written as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Words that some version of YAML takes for a boolean, a null or a number, in any letter case.
const WORDS: [&str; 12] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none",
];

/// Signs that mean nothing inside a plain scalar, wherever they stand there.
const HARMLESS: &str = " -_./()&+'@%!?;=*$~^|<>";

/// A text on one line of a block mapping.
pub(super) fn inline(text: &str) -> Cow<'_, str> {
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
pub(super) fn flow(text: &str) -> Cow<'_, str> {
    if is_word_like(text) && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(quoted(text))
}

/// A text of several lines as a literal block with this indentation; nothing where that would not keep every character
/// through editors, hooks that strip blanks, and readers that detect the indentation.
pub(super) fn block(text: &str, indent: usize) -> Option<String> {
    let (body, header) = match text.strip_suffix('\n') {
        Some(body) => (body, "|"),
        None => (text, "|-"),
    };
    let is_kept = |line: &str| {
        !line.ends_with([' ', '\t'])
            && !line.starts_with('\t')
            && line.chars().all(|char| char == '\t' || !is_hidden(char))
    };
    let is_literal = text.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.is_empty()
        && !body.ends_with('\n')
        && body.split('\n').all(is_kept);
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

/// Whether a text begins and ends like a word, and no version of YAML knows it as anything else.
fn is_word_like(text: &str) -> bool {
    let begins = match text.chars().next() {
        Some('0'..='9') => has_decisive_letter(text),
        Some(first) => first.is_alphabetic(),
        None => false,
    };
    begins && !text.ends_with(' ') && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text has a letter that no number and no instant has: `19UYA31581L000000` is text to everybody, `12E45` is not.
/// Numbers have hexadecimal digits, `x`, `o`, `b` and `e`, instants `t` and `z`.
fn has_decisive_letter(text: &str) -> bool {
    text.bytes().any(|byte| {
        let letter = byte.to_ascii_lowercase();
        letter.is_ascii_lowercase() && letter > b'f' && !b"otxz".contains(&letter)
    })
}

fn is_plain(char: char) -> bool {
    (char.is_alphanumeric() && !is_hidden(char)) || HARMLESS.contains(char)
}

/// A text in quotes: single ones where they save escapes.
fn quoted(text: &str) -> String {
    let is_single = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(is_hidden);
    if is_single {
        return format!("'{text}'");
    }
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
    written.expect("strings take all text");
}

/// Whether a character is better written as an escape: YAML forbids it or breaks lines at it, or nobody would see it, or it
/// turns the reading direction of the line. What joins the signs of an emoji stays.
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
        // Noncharacters end each plane.
        _ => u32::from(char) & 0xfffe == 0xfffe,
    }
}
