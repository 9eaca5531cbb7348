//! Text from files and from Marketo, made safe to show: what a terminal would obey or hide is written out.
//!
//! Two texts that differ also look different, and none moves the cursor, sets a title or turns the
//! reading direction. Backslashes stay as they are: the result is for people and is not read back.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with its control characters, and all characters without a glyph of their own, as escapes.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
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

/// Whether a character is obeyed or hidden rather than shown. Source: Unicode 16, categories Cc,
/// Cf, Zl and Zp, the blanks that look like the common one, and the letters without a glyph.
fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\u{3000}' => false, // The blank of Chinese and Japanese: visibly wider.
        _ if character.is_control() || character.is_whitespace() => true,
        '\u{ad}'
        | '\u{34f}'
        | '\u{600}'..='\u{605}'
        | '\u{61c}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_harmless_stays() {
        for text in ["", "Big Dog, 12 €", "ääöü \\n", "田中\u{3000}太郎", "🐶"] {
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
        ];
        for (text, shown) in rows {
            assert_eq!(escaped(text), shown);
            assert_eq!(escaped(&escaped(text)), shown);
        }
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
