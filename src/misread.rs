//! Why serde could not read a text: its error texts as data, in words of YAML and JSON, and without values of the text.
//!
//! serde reports errors as text only, in words of Rust (`unknown variant`, `expected struct`), and quotes the value that it found.
//! A value may be a secret in the wrong place, so only a number is repeated, and only where a number is expected.

use std::fmt;

/// Why a text could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misread {
    pub(crate) what: Misreading,
    /// The line and the column, both from 1.
    pub(crate) at: Option<(usize, usize)>,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misreading {
    UnknownKey {
        /// The path of the mapping, `limits` or `users[0]`; empty for the whole text.
        within: String,
        /// Not in the message: a caller may show it where it cannot be a secret.
        name: String,
        known: Vec<String>,
    },
    MissingKey {
        within: String,
        name: String,
    },
    WrongType {
        path: String,
        found: Option<String>,
        wanted: String,
    },
    Other(String),
}

impl Misread {
    pub(crate) fn of_yaml(error: &serde_yaml::Error) -> Self {
        let mut text = error.to_string();
        let at = error
            .location()
            .map(|location| (location.line(), location.column()));
        if let Some((line, column)) = at {
            text = text.replacen(&format!(" at line {line} column {column}"), "", 1);
        }
        Self {
            what: Misreading::of(&text),
            at,
        }
    }

    pub(crate) fn of_json(error: &serde_json::Error) -> Self {
        let mut text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        if text.ends_with(&place) {
            text.truncate(text.len() - place.len());
        }
        Self {
            what: Misreading::of(&text),
            at: (error.line() > 0).then(|| (error.line(), error.column())),
        }
    }
}

impl Misreading {
    fn of(text: &str) -> Self {
        let (path, message) = split_path(text);
        let path = path.to_owned();
        let mut words = quoted(message).map(str::to_owned);
        if message.starts_with("unknown field") {
            return Self::UnknownKey {
                within: path,
                name: words.next().unwrap_or_default(),
                known: words.collect(),
            };
        }
        if message.starts_with("missing field") {
            let name = words.next().unwrap_or_default();
            return Self::MissingKey { within: path, name };
        }
        if message.starts_with("unknown variant") {
            let known: Vec<String> = words.skip(1).map(|word| format!("`{word}`")).collect();
            let wanted = match &*known {
                [first, second] => format!("{first} or {second}"),
                all => format!("one of {}", all.join(", ")),
            };
            let found = None;
            return Self::WrongType {
                path,
                found,
                wanted,
            };
        }
        if let Some(finding) = message.strip_prefix("invalid ")
            && let Some((_, rest)) = finding.split_once(": ")
            && let Some((found, wanted)) = rest.rsplit_once(", expected ")
        {
            let wanted = expected(wanted);
            return Self::WrongType {
                found: found_instead(found, &wanted),
                path,
                wanted,
            };
        }
        // Any other text is one of the parser, about the form alone. One that quotes may quote a value.
        let quotes_text = message.contains('"') || message.starts_with("invalid ");
        Self::Other(if quotes_text {
            "a value has a wrong form".to_owned()
        } else {
            message.to_owned()
        })
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        match self.at {
            Some((line, column)) => write!(f, ", at line {line}, column {column}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Misreading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inside = |path: &str| match path {
            "" => String::new(),
            path => format!(" in `{path}`"),
        };
        match self {
            Self::UnknownKey {
                within,
                name: _,
                known,
            } => {
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                let within = inside(within);
                write!(f, "unknown key{within}; known: {}", known.join(", "))
            }
            Self::MissingKey { within, name } => {
                write!(f, "`{name}` is missing{}", inside(within))
            }
            Self::WrongType {
                path,
                found,
                wanted,
            } => {
                match &**path {
                    "" => write!(f, "a value must be {wanted}")?,
                    path => write!(f, "`{path}` must be {wanted}")?,
                }
                match found {
                    Some(found) => write!(f, ", not {found}"),
                    None => Ok(()),
                }
            }
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Misread {}

/// The path of the member and serde's message. The YAML crate puts one before the other: `limits.concurrency: invalid type: …`.
fn split_path(text: &str) -> (&str, &str) {
    const STARTS: [&str; 6] = [
        "unknown field ",
        "unknown variant ",
        "missing field ",
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
    ];
    match STARTS.iter().filter_map(|start| text.find(start)).min() {
        Some(at) if at > 0 => match text[..at].strip_suffix(": ") {
            Some(path) => (path, &text[at..]),
            None => ("", text),
        },
        Some(_) | None => ("", text),
    }
}

const WHOLE_NUMBER: &str = "a whole number";
const NUMBER: &str = "a number";

/// From serde's words for what it expects to those of YAML.
fn expected(words: &str) -> String {
    let plain = match words {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" => WHOLE_NUMBER,
        "f32" | "f64" => NUMBER,
        "path string" => "a path",
        "a borrowed string" => "a string",
        "map" | "a map" => "a mapping",
        "sequence" | "a sequence" => "a list",
        "unit value" | "unit" => "nothing",
        "variant identifier" | "string or map" => "a word",
        words if words.starts_with("enum ") => "a word",
        words if words.starts_with("struct ") => "a mapping",
        words if words.starts_with("tuple ") => "a list",
        words => words,
    };
    plain.to_owned()
}

/// From serde's words for what it found: its type, and the number itself where a number is expected.
fn found_instead(words: &str, wanted: &str) -> Option<String> {
    let number = |kind: &str| match quoted(words).next() {
        Some(number) if [WHOLE_NUMBER, NUMBER].contains(&wanted) => number.to_owned(),
        Some(_) | None => kind.to_owned(),
    };
    let starts = |start: &str| words.starts_with(start);
    if starts("string ") || starts("character ") {
        Some("a string".to_owned())
    } else if starts("boolean ") {
        Some("a boolean".to_owned())
    } else if starts("integer ") || starts("floating point ") || starts("number") {
        Some(number(NUMBER))
    } else if words == "null" || words == "unit value" || words == "Option value" {
        Some("nothing".to_owned())
    } else if words == "sequence" {
        Some("a list".to_owned())
    } else if words == "map" {
        Some("a mapping".to_owned())
    } else {
        None
    }
}

/// The words between backticks in a message of serde.
fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    //! What serde says, and what is made of it.

    use pretty_assertions::assert_eq;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors matter")]
    struct Sample {
        number: u32,
        #[serde(default)]
        words: Vec<Word>,
        text: Option<String>,
        flag: Option<bool>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Word {
        One,
        Two,
    }

    #[test]
    fn messages_have_the_words_of_yaml_and_no_values() {
        let rows = [
            (
                "number: s3cret",
                "`number` must be a whole number, not a string",
            ),
            ("number: -5", "`number` must be a whole number, not -5"),
            ("number: 1.5", "`number` must be a whole number, not 1.5"),
            (
                "number: 5000000000",
                "`number` must be a whole number, not 5000000000",
            ),
            (
                "number: [s3cret]",
                "`number` must be a whole number, not a list",
            ),
            (
                "number: null",
                "`number` must be a whole number, not nothing",
            ),
            ("s3cret", "a value must be a mapping, not a string"),
            (
                "{ number: 1, words: s3cret }",
                "`words` must be a list, not a string",
            ),
            (
                "{ number: 1, words: [s3cret] }",
                "`words[0]` must be `one` or `two`",
            ),
            (
                "{ number: 1, text: { s3cret: 1 } }",
                "`text` must be a string, not a mapping",
            ),
            (
                "{ number: 1, flag: s3cret }",
                "`flag` must be a boolean, not a string",
            ),
            (
                "{ number: 1, s3cret }",
                "unknown key; known: `number`, `words`, `text`, `flag`",
            ),
            ("{}", "`number` is missing"),
        ];
        for (text, expected) in rows {
            let error = serde_yaml::from_str::<Sample>(text).expect_err("it is wrong");
            assert_eq!(
                Misread::of_yaml(&error).what.to_string(),
                expected,
                "{text}"
            );
        }
        let rows = [
            ("[]", "a value has a wrong form, at line 1, column 2"),
            (
                r#"{ "number": "s3cret" }"#,
                "a value must be a whole number, not a string, at line 1, column 20",
            ),
            ("{", "EOF while parsing an object, at line 1, column 1"),
        ];
        for (text, expected) in rows {
            let error = serde_json::from_str::<Sample>(text).expect_err("it is wrong");
            assert_eq!(Misread::of_json(&error).to_string(), expected, "{text}");
        }
    }
}
