//! Text of the other side, made fit for an error message: short, on one line, without control characters and secrets.

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

/// The beginning of a body, as [`shown`] does it.
pub(super) fn excerpt(body: &[u8], secrets: &[&str]) -> Box<str> {
    if body.is_empty() {
        return "an empty body".into();
    }
    shown(&String::from_utf8_lossy(body), secrets)
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
}
