//! Text of the other side, made fit for an error message: short, on one line, without control characters and secrets.
//!
//! What is JSON is never quoted: it may be half of a reply that grants a token, or that has records of people in it.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

const MAX_CHARS: usize = 300;

/// At most the first 300 characters of `text`, on one line, `secrets` blotted out, the rest escaped.
pub(super) fn shown(text: &str, secrets: &[&str]) -> Box<str> {
    let mut clean = text.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret, "[REDACTED]");
    }
    let mut out = String::new();
    let mut chars = 0;
    for word in clean.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
            chars += 1;
        }
        for c in word.chars() {
            if chars >= MAX_CHARS {
                out.push('…');
                return out.into_boxed_str();
            }
            chars += 1;
            if is_plain(c) {
                out.push(c);
            } else {
                out.extend(c.escape_unicode());
            }
        }
    }
    out.into_boxed_str()
}

/// The beginning of a body, as [`shown`] does it; of JSON its size alone.
pub(super) fn excerpt(body: &[u8], secrets: &[&str]) -> Box<str> {
    let bytes = body.len();
    match body.trim_ascii_start().first() {
        None => "an empty body".into(),
        Some(b'{' | b'[' | b'"') => {
            let how = match serde_json::from_slice::<IgnoredAny>(body) {
                Ok(_) => "another form",
                Err(error) if error.is_eof() => "an end too early",
                Err(_) => "a mistake in it",
            };
            format!("{bytes} bytes of JSON with {how}").into()
        }
        Some(_) => shown(&String::from_utf8_lossy(body), secrets),
    }
}

/// What a row of a reply has, without its values.
pub(super) fn members(row: &str) -> String {
    match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(row) {
        Ok(members) if !members.is_empty() => {
            let names: Vec<String> = members.into_keys().collect();
            format!("a row with {}", names.join(", "))
        }
        Ok(_) => "an empty row".to_owned(),
        Err(_) => "no row".to_owned(),
    }
}

/// Whether a character neither steers a terminal nor reorders the text around it.
fn is_plain(c: char) -> bool {
    let reorders =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !reorders
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn foreign_text_is_short_plain_and_without_secrets() {
        let rows = [
            ("  <html>\n  <b>no</b> ", "<html> <b>no</b>"),
            ("a\u{1b}[31mb\u{202e}c", "a\\u{1b}[31mb\\u{202e}c"),
            ("token s3cret here", "token [REDACTED] here"),
        ];
        for (text, expected) in rows {
            assert_eq!(&*shown(text, &["s3cret", ""]), expected);
        }
        assert_eq!(shown(&"x".repeat(500), &[]).chars().count(), MAX_CHARS + 1);
        assert_eq!(&*excerpt(b"", &[]), "an empty body");
        assert_eq!(&*excerpt(b"\xffok", &[]), "\u{fffd}ok");
    }

    #[test]
    fn json_is_told_without_what_is_in_it() {
        let rows = [
            (
                r#"{"access_token":"t0ken","#,
                "24 bytes of JSON with an end too early",
            ),
            (
                r#" [{"name":"Ada"}}"#,
                "17 bytes of JSON with a mistake in it",
            ),
            (r#"{"name":"Ada"}"#, "14 bytes of JSON with another form"),
        ];
        for (text, expected) in rows {
            assert_eq!(&*excerpt(text.as_bytes(), &[]), expected);
        }
        assert_eq!(members(r#"{"id":1,"email":"a@b"}"#), "a row with email, id");
        assert_eq!(members("{}"), "an empty row");
        assert_eq!(members("7"), "no row");
    }
}
