//! Placeholders for what differs from run to run: ids, ports, durations, instants of Marketo's own.
//!
//! Ids are numbered in the order of a text, so that it still shows which of them are the same.

use std::fmt::Write as _;

/// The text with its placeholders.
pub(super) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    let mut ids: Vec<&str> = Vec::new();
    while let Some(first) = rest.chars().next() {
        // A number in the middle of a word is no port and no duration.
        let whole = before.is_none_or(|before: char| !before.is_ascii_alphanumeric());
        let found = PLACEHOLDERS.iter().find_map(|(name, length)| {
            let length = length(rest).filter(|_| whole)?;
            Some((*name, length))
        });
        let (name, length) = found.unwrap_or((&rest[..first.len_utf8()], first.len_utf8()));
        normal.push_str(name);
        if name == GUID {
            let id = &rest[..length];
            let known = ids.iter().position(|known| *known == id);
            let number = known.unwrap_or_else(|| {
                ids.push(id);
                ids.len() - 1
            });
            write!(normal, "{}]", number + 1).expect("strings take all text");
        }
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    // No source file should hold what a terminal obeys.
    normal.replace('\u{1b}', "[ESC]")
}

/// How long the thing at the beginning of a text is, if it is there.
type Length = fn(&str) -> Option<usize>;

const GUID: &str = "[GUID ";

const PLACEHOLDERS: &[(&str, Length)] = &[
    (GUID, guid),
    ("[REQUEST]", request),
    ("127.0.0.1:[PORT]", address),
    ("in [SECONDS] s", duration),
    ("[MIDNIGHT]", midnight),
    ("[NOW]", now),
];

/// `2b1653e6-b13e-4b44-a020-bfc0c28f5cc7`
fn guid(text: &str) -> Option<usize> {
    let guid = text.get(..36)?;
    let fits = guid.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    fits.then_some(36)
}

/// `e42b#14272d07d78`
fn request(text: &str) -> Option<usize> {
    let (number, rest) = text.split_once('#')?;
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit();
    let time = rest.bytes().take_while(hexadecimal).count();
    let fits = !number.is_empty() && number.bytes().all(|byte| hexadecimal(&byte)) && time >= 10;
    fits.then_some(number.len() + 1 + time)
}

/// `127.0.0.1:45311`
fn address(text: &str) -> Option<usize> {
    let host = "127.0.0.1:";
    let digits = text.strip_prefix(host)?.bytes();
    let port = digits.take_while(u8::is_ascii_digit).count();
    // Ports that a test chose itself are short.
    (port > 3).then_some(host.len() + port)
}

/// `in 0.3 s`
fn duration(text: &str) -> Option<usize> {
    let number = text.strip_prefix("in ")?;
    let digits = number
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
        .count();
    let fits = digits > 0 && number[digits..].starts_with(" s");
    fits.then_some("in ".len() + digits + " s".len())
}

/// A midnight of US Central that is near.
fn midnight(text: &str) -> Option<usize> {
    let instant = text.get(..20)?;
    let (day, time) = instant.split_at_checked(11)?;
    let day_before = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let is_near = (0..4).any(|days| {
        let near = day_before + jiff::SignedDuration::from_hours(24 * days);
        near.strftime("%Y-%m-%dT").to_string() == day
    });
    (is_near && ["05:00:00Z", "06:00:00Z"].contains(&time)).then_some(20)
}

/// An instant of today: Marketo's own fields have those, and no manifest of the tests has one.
fn now(text: &str) -> Option<usize> {
    let instant = text.get(..20)?;
    let day = jiff::Timestamp::now().strftime("%Y-%m-%dT").to_string();
    let yesterday = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24))
        .strftime("%Y-%m-%dT")
        .to_string();
    let fits =
        (instant.starts_with(&day) || instant.starts_with(&yesterday)) && instant.ends_with('Z');
    fits.then_some(20)
}
