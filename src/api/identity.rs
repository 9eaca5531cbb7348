//! What identity answers: a token and its life, or why it grants none. Its bodies hold tokens, so none of them is ever quoted.

use std::time::Duration;

use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::body::{described, unmarked};
use super::reply::{Loose, scalar};
use crate::model::Form;

pub(super) const BEARER: &str = "Bearer ";

/// A token as identity grants it.
pub(super) struct Grant {
    pub(super) header: HeaderValue,
    pub(super) expires_in: Duration,
}

/// The life of a token that does not tell it. A token is used until a call is refused, so this need not be exact.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// Longer than any token lives, and short enough to be added to any moment.
const LONGEST_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// The codes of RFC 6749, 5.2, and those that Marketo is known to use.
const CODES: [&str; 7] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "unauthorized",
    "unauthorized_client",
    "unsupported_grant_type",
];

#[derive(Deserialize)]
struct Granted {
    access_token: Option<Loose>,
    /// As JSON, because numbers of any size and form have been seen.
    expires_in: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Refused {
    error: Option<Loose>,
    error_description: Option<Loose>,
}

/// The token that a body grants, if it grants one.
pub(super) fn grant(body: &[u8]) -> Option<Grant> {
    let Granted {
        access_token,
        expires_in,
    } = serde_json::from_slice(unmarked(body)).ok()?;
    let Loose(token) = access_token.filter(|token| !token.0.is_empty())?;
    let mut header = HeaderValue::try_from(format!("{BEARER}{token}")).ok()?;
    header.set_sensitive(true);
    let life = expires_in.as_deref().and_then(seconds);
    Some(Grant {
        header,
        expires_in: life.map_or(USUAL_LIFE, life_of),
    })
}

/// Why a body refuses the credentials: known words, or else only what the body looks like.
pub(super) fn refusal(body: &[u8], content_type: Option<&str>) -> Box<str> {
    let Ok(Refused {
        error,
        error_description,
    }) = serde_json::from_slice(unmarked(body))
    else {
        return described(body, content_type);
    };
    let text = error_description.unwrap_or_default().0;
    if text.starts_with("No client with requested id") {
        return "there is no client with this id".into();
    }
    if &*text == "Bad client credentials" {
        return text;
    }
    let Loose(code) = error.unwrap_or_default();
    match CODES.into_iter().find(|known| *known == &*code) {
        Some(code) => code.into(),
        None => described(body, content_type),
    }
}

/// The number of a number, or of a text with one.
fn seconds(raw: &RawValue) -> Option<f64> {
    let (form, text) = scalar(raw);
    match form {
        Form::Number | Form::Text => text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| !number.is_nan()),
        Form::Null | Form::Boolean => None,
    }
}

fn life_of(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, LONGEST_LIFE.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_life_of_any_size_and_form_is_read() {
        let rows = [
            (r#","expires_in":3599"#, 3599),
            (r#","expires_in":"3599""#, 3599),
            (r#","expires_in":3599.0"#, 3599),
            (r#","expires_in":3.599e3"#, 3599),
            (r#","expires_in":0"#, 0),
            (r#","expires_in":-5"#, 0),
            (r#","expires_in":-9223372036854775809"#, 0),
            (r#","expires_in":9223372036854775807"#, 604_800),
            (r#","expires_in":18446744073709551616"#, 604_800),
            (r#","expires_in":1e400"#, 604_800),
            (r#","expires_in":"-1e400""#, 0),
            (r#","expires_in":"infinity""#, 604_800),
            (r#","expires_in":"NaN""#, 3600),
            (r#","expires_in":"soon""#, 3600),
            (r#","expires_in":null"#, 3600),
            (r#","expires_in":true"#, 3600),
            (r#","expires_in":{"s":1}"#, 3600),
            ("", 3600),
        ];
        for (member, seconds) in rows {
            let body = format!("\u{feff}{{\"access_token\":\"t\"{member}}}");
            let grant = grant(body.as_bytes()).expect(member);
            assert_eq!(grant.expires_in.as_secs(), seconds, "{member}");
        }
        for body in [
            "",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":"a\r\nX: y"}"#,
        ] {
            assert!(grant(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn refusals_are_told_in_known_words_only() {
        let secret = "s3cret+/=&s3cret";
        let rows = [
            (
                format!(r#"{{"error":"invalid_client","error_description":"not {secret}"}}"#),
                "invalid_client",
            ),
            (
                format!(
                    r#"{{"error":"unauthorized","error_description":"No client with requested id: {secret}"}}"#
                ),
                "there is no client with this id",
            ),
            (
                r#"{"error":"x","error_description":"Bad client credentials"}"#.to_owned(),
                "Bad client credentials",
            ),
            (
                format!(r#"{{"error":"{secret}"}}"#),
                "JSON of another form (application/json)",
            ),
            (format!("<html>{secret}"), "an HTML page (application/json)"),
        ];
        for (body, expected) in rows {
            let told = refusal(body.as_bytes(), Some("application/json"));
            assert_eq!(&*told, expected);
        }
    }
}
