//! Data in Markdown that stays data.
//!
//! GitHub's renderer makes more of a text than CommonMark does: it links addresses, issues, commits and people, and tells the
//! people. None of that happens inside of code; see <https://github.github.com/gfm/#autolinks-extension-> and
//! <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>.

use std::fmt::Write as _;

use crate::render::escape::escaped;

/// The most characters of a name that are shown.
pub(super) const NAME: usize = 160;
/// The most characters of a message that are shown.
pub(super) const MESSAGE: usize = 1_000;

/// A zero-width space. It is invisible, and keeps GitHub from linking the text around it.
const BREAK: &str = "&#8203;";

/// A text as inline code.
pub(super) fn code(text: &str) -> String {
    code_of(&cut(&escaped(text), NAME))
}

/// A command as inline code. It is whole unless it is longer than a message: without its end it could not be pasted.
pub(super) fn command_code(text: &str) -> String {
    code_of(&cut(&escaped(text), MESSAGE))
}

fn code_of(text: &str) -> String {
    if text.trim().is_empty() {
        // Code of blanks alone is not code everywhere.
        return "(blank)".to_owned();
    }
    let ticks = "`".repeat(longest(text) + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A text as HTML's code, for where Markdown is not read.
pub(super) fn html_code(text: &str) -> String {
    let mut html = String::from("<code>");
    for character in cut(&escaped(text), NAME).chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(character),
        }
    }
    html + "</code>"
}

/// A message that may quote data, as Markdown that shows exactly this text. A long message is cut.
pub(super) fn prose(text: &str) -> String {
    let text = cut(escaped(text).trim(), MESSAGE);
    if text.is_empty() {
        return "(blank)".to_owned();
    }
    let mut words = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    for (index, character) in text.char_indices() {
        let rest = &text[index..];
        match character {
            '@' => words.extend(["@", BREAK]),
            '#' => words.extend(["\\#", BREAK]),
            '/' if before == '/' => words.extend([BREAK, "/"]),
            '.' if is_word_before(&text[..index], "www") => words.extend([BREAK, "."]),
            '-' if is_word_before(&text[..index], "gh") => words.extend(["-", BREAK]),
            '&' => words.push_str("&amp;"),
            '<' => words.push_str("&lt;"),
            '>' => words.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '$' | '!' => {
                words.extend(['\\', character]);
            }
            // A line that begins like a list, a heading or a rule.
            '+' | '-' | '=' if index == 0 => words.extend(['\\', character]),
            '.' | ')' if text[..index].bytes().all(|byte| byte.is_ascii_digit()) => {
                words.extend(['\\', character]);
            }
            ':' if rest.starts_with("://") => words.extend([":", BREAK]),
            _ => words.push(character),
        }
        before = character;
    }
    words
}

/// A hint or a note, in which what stands between backticks is code: a command can be pasted as it is written. All else, data or
/// not, is shown as by [`prose`].
pub(super) fn advice(text: &str) -> String {
    let text = cut(escaped(text).trim(), MESSAGE);
    let pieces: Vec<&str> = text.split('`').collect();
    // A backtick without another one is text.
    if pieces.len() < 3 || pieces.len().is_multiple_of(2) {
        return prose(&text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (index, piece) in pieces.iter().enumerate() {
        if index % 2 == 1 {
            shown.push_str(&command_code(piece));
        } else if piece.trim().is_empty() {
            // Two codes without anything between them would be one.
            let is_between = index > 0 && index + 1 < pieces.len();
            shown.push_str(if piece.is_empty() && is_between {
                " "
            } else {
                piece
            });
        } else {
            let blanks = piece.len() - piece.trim_start().len();
            shown.push_str(&piece[..blanks]);
            shown.push_str(&prose(piece));
            shown.push_str(&piece[piece.trim_end().len()..]);
        }
    }
    shown
}

/// Whether a text ends with this word, in any letter case.
fn is_word_before(text: &str, word: &str) -> bool {
    let start = text.len().checked_sub(word.len());
    let end = start.and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// The fence around these lines: longer than any run of backticks in them.
pub(super) fn fence<'l>(lines: impl IntoIterator<Item = &'l str>) -> String {
    let longest = lines.into_iter().map(longest).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}

/// The beginning of a text, and how much of it is left out.
pub(super) fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let left = text[end..].chars().count();
    let mut shown = text[..end].to_owned();
    write!(shown, "… (+{left} characters)").expect("strings take all text");
    shown
}

/// The length of the longest run of backticks.
fn longest(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}
