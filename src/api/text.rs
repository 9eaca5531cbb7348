//! Text from the server, made safe for error messages: short, on one line, without control characters and secrets.
//!
//! JSON is never quoted. It may be a part of a reply that contains a token or personal data.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

const MAX_CHARS: usize = 300;

/// The first 300 characters of `text` on one line, with `secrets` replaced and control characters escaped.
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

/// The start of a body as [`shown`] makes it, or only the size if the body is JSON.
pub(super) fn excerpt(body: &[u8], secrets: &[&str]) -> Box<str> {
    let bytes = body.len();
    match body.trim_ascii_start().first() {
        None => "an empty body".into(),
        Some(b'{' | b'[' | b'"') => {
            let state = match serde_json::from_slice::<IgnoredAny>(body) {
                Ok(_) => "unexpected",
                Err(error) if error.is_eof() => "incomplete",
                Err(_) => "invalid",
            };
            format!("{bytes} bytes of {state} JSON").into()
        }
        Some(_) => shown(&String::from_utf8_lossy(body), secrets),
    }
}

/// The names of the members of a row, without their values.
pub(super) fn members(row: &str) -> String {
    match serde_json::from_str::<BTreeMap<String, IgnoredAny>>(row) {
        Ok(members) if !members.is_empty() => {
            let names: Vec<String> = members.into_keys().collect();
            format!("a row with {}", names.join(", "))
        }
        Ok(_) => "an empty row".to_owned(),
        Err(_) => "not an object".to_owned(),
    }
}

/// Whether a character neither controls a terminal nor reorders the text around it.
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
    fn errors_do_not_quote_json() {
        let rows = [
            (r#"{"access_token":"t0ken","#, "24 bytes of incomplete JSON"),
            (r#" [{"name":"Ada"}}"#, "17 bytes of invalid JSON"),
            (r#"{"name":"Ada"}"#, "14 bytes of unexpected JSON"),
        ];
        for (text, expected) in rows {
            assert_eq!(&*excerpt(text.as_bytes(), &[]), expected);
        }
        assert_eq!(members(r#"{"id":1,"email":"a@b"}"#), "a row with email, id");
        assert_eq!(members("{}"), "an empty row");
        assert_eq!(members("7"), "not an object");
    }
}
