//! What a body looks like, for errors. A body is never quoted, because it may hold a token, a secret or personal data in a form that
//! nobody has foreseen: errors say what kind of thing came, of which type and how large.

use serde::de::IgnoredAny;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The content types that errors name. The header is the server's text too, so others are not repeated.
const TYPES: [&str; 9] = [
    "text/html",
    "application/json",
    "text/plain",
    "text/xml",
    "application/xml",
    "application/xhtml+xml",
    "application/x-www-form-urlencoded",
    "text/javascript",
    "application/octet-stream",
];

/// A body without the mark that some gateways put before it. JSON has none (RFC 8259, 8.1), and readers may ignore it.
pub(super) fn unmarked(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// `an HTML page (text/html)`
pub(super) fn described(body: &[u8], content_type: Option<&str>) -> Box<str> {
    if body.is_empty() {
        return "an empty body".into();
    }
    let essence = content_type.map(|value| {
        let essence = value.split(';').next().unwrap_or("").trim();
        let known = TYPES
            .iter()
            .find(|known| known.eq_ignore_ascii_case(essence));
        *known.unwrap_or(&"another content type")
    });
    let form = form(unmarked(body));
    let essence = essence.unwrap_or("no content type");
    format!("{form} ({essence})").into()
}

/// What kind of thing a body is.
fn form(body: &[u8]) -> &'static str {
    let start = body.trim_ascii_start();
    match start.first() {
        None => "blanks",
        Some(b'{' | b'[' | b'"') => match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => "JSON of another form",
            Err(error) if error.is_eof() => "incomplete JSON",
            Err(_) => "invalid JSON",
        },
        Some(b'<') if is_html(start) => "an HTML page",
        Some(b'<') => "XML",
        Some(_) if str::from_utf8(body).is_ok() => "text",
        Some(_) => "data that is not text",
    }
}

fn is_html(start: &[u8]) -> bool {
    ["<!doctype html", "<html", "<head", "<body", "<h1", "<p"]
        .iter()
        .any(|tag| {
            start
                .get(..tag.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(tag.as_bytes()))
        })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn every_body_has_a_form_and_none_is_quoted() {
        let token = "cdf01657-110d-4155-99a7-f986b2ff13a0:int";
        let rows = [
            (format!("<HTML>{token}"), "an HTML page"),
            (format!("<!DOCTYPE html>{token}"), "an HTML page"),
            (format!("<access_token>{token}"), "XML"),
            (format!("\u{feff}<?xml version='1.0'?>{token}"), "XML"),
            (format!("access_token={token}&expires_in=3599"), "text"),
            (format!("access_token: {token}\n"), "text"),
            (format!(")]}}',\n{{\"access_token\":\"{token}\"}}"), "text"),
            (format!("cb({{\"access_token\":\"{token}\"}})"), "text"),
            (format!("5f\r\n{{\"access_token\":\"{token}\"}}"), "text"),
            (
                format!("{{\"access_token\":\"{token}\"}}"),
                "JSON of another form",
            ),
            (
                format!("\u{feff}{{\"a\":\"{token}\"}}"),
                "JSON of another form",
            ),
            (
                format!("{{\"access_token\":\"{token}\","),
                "incomplete JSON",
            ),
            (format!(" [{{\"name\":\"{token}\"}}}}"), "invalid JSON"),
            (format!("\"{token}"), "incomplete JSON"),
            (" \n".to_owned(), "blanks"),
        ];
        for (body, expected) in rows {
            let described = described(body.as_bytes(), None);
            assert_eq!(*described, *format!("{expected} (no content type)"));
        }
        let utf_16: Vec<u8> = token.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&*described(&utf_16, None), "text (no content type)");
        assert_eq!(
            &*described(b"\xff\xfet\0", None),
            "data that is not text (no content type)"
        );
        assert_eq!(&*described(b"", Some("text/html")), "an empty body");
    }

    #[test]
    fn content_types_are_named_only_if_they_are_known() {
        let rows = [
            ("Text/HTML; charset=UTF-8", "text/html"),
            (" application/json ", "application/json"),
            ("cdf01657/110d-4155", "another content type"),
            ("", "another content type"),
        ];
        for (header, expected) in rows {
            let described = described(b"x", Some(header));
            assert_eq!(*described, *format!("text ({expected})"));
        }
    }
}
