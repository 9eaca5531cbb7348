//! The words of an instance, made safe to show: without the client's secrets, and without what the run withholds.
//!
//! A server may repeat what it was sent, so a secret is known whole, in part, in any letter case and as URLs write it. Sensitive
//! values are the run's to know; see [`Withhold`].

use std::collections::BTreeSet;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

use super::text::shown;

/// Takes out of a text of the instance what must not be shown.
pub type Withhold = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The fewest characters in a row that count as a part of a secret. A shorter secret counts as a whole.
const PART: usize = 8;

/// A shorter secret cannot be told from words.
const SHORTEST: usize = 4;

/// More of a text is never shown, so it is not looked at.
const MOST_CHARS: usize = 10_000;

/// Longer than any id of a request.
const LONGEST_ID: usize = 24;

const REDACTED: &str = "[REDACTED]";

/// What a client must not show of the words of its instance.
pub(super) struct Discretion {
    secret: SecretString,
    withhold: RwLock<Option<Withhold>>,
}

/// Makes the words of one reply safe.
#[derive(Clone, Default)]
pub(super) struct Words {
    secrets: Vec<SecretString>,
    withhold: Option<Withhold>,
}

impl Discretion {
    pub(super) fn new(secret: SecretString) -> Self {
        Self {
            secret,
            withhold: RwLock::default(),
        }
    }

    /// From now on this is taken out too.
    pub(super) fn withhold(&self, withhold: Withhold) {
        *self
            .withhold
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(withhold);
    }

    /// For the reply to a call with this token.
    pub(super) fn words(&self, token: &str) -> Words {
        let withhold = self.withhold.read().unwrap_or_else(PoisonError::into_inner);
        Words {
            secrets: vec![self.secret.clone(), token.into()],
            withhold: withhold.clone(),
        }
    }
}

impl Words {
    #[cfg(test)]
    pub(super) fn without(secrets: &[&str]) -> Self {
        Self {
            secrets: secrets.iter().map(|secret| (*secret).into()).collect(),
            withhold: None,
        }
    }

    /// A text of the instance as it may be shown.
    pub(super) fn shown(&self, text: &str) -> Box<str> {
        let end = text.char_indices().nth(MOST_CHARS);
        let text = &text[..end.map_or(text.len(), |(end, _)| end)];
        let text = self.without_secrets(text);
        match &self.withhold {
            Some(withhold) => shown(&withhold(&text)),
            None => shown(&text),
        }
    }

    /// A code as it is, because much depends on it; as a text if it cannot be one.
    pub(super) fn code(&self, code: &str) -> Box<str> {
        if code.len() < PART && code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return code.into();
        }
        self.shown(code)
    }

    /// The id of a request as it is, such as `e42b#14272d07d78`; as a text if it has another form.
    pub(super) fn request(&self, id: &str) -> Box<str> {
        let is_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
        match id.split_once('#') {
            Some((number, time))
                if id.len() <= LONGEST_ID && is_hexadecimal(number) && is_hexadecimal(time) =>
            {
                id.into()
            }
            Some(_) | None => self.shown(id),
        }
    }

    fn without_secrets(&self, text: &str) -> String {
        let parts = self.parts();
        let lengths: BTreeSet<usize> = parts.iter().map(|part| part.len()).collect();
        let letters: Vec<char> = text.chars().collect();
        let plain: Vec<char> = letters.iter().copied().map(folded).collect();
        let mut is_secret = vec![false; letters.len()];
        for length in lengths {
            for (start, part) in plain.windows(length).enumerate() {
                if parts.contains(part) {
                    is_secret[start..start + length].fill(true);
                }
            }
        }
        let mut clean = String::with_capacity(text.len());
        let mut was_secret = false;
        for (letter, is_secret) in letters.into_iter().zip(is_secret) {
            match (was_secret, is_secret) {
                (_, false) => clean.push(letter),
                (false, true) => clean.push_str(REDACTED),
                (true, true) => {}
            }
            was_secret = is_secret;
        }
        clean
    }

    /// The parts by which the secrets are known, without letter case.
    fn parts(&self) -> HashSet<Box<[char]>> {
        let mut parts = HashSet::new();
        for secret in &self.secrets {
            let secret = secret.expose_secret();
            let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let spaced = encoded.replace('+', "%20");
            for form in [secret, &encoded, &spaced] {
                let form: Vec<char> = form.chars().map(folded).collect();
                if form.len() >= SHORTEST {
                    let windows = form.windows(PART.min(form.len()));
                    parts.extend(windows.map(Box::<[char]>::from));
                }
            }
        }
        parts
    }
}

/// A letter without its case. One that has several small letters keeps the first, so that places stay the same.
fn folded(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

impl fmt::Debug for Discretion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discretion").finish_non_exhaustive()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn secrets_are_known_whole_in_part_in_any_case_and_encoded() {
        let words = Words::without(&["s3cret/of+production=", "cdf01657-110d-4155", "tiny", "abc"]);
        let rows = [
            ("is s3cret/of+production= here", "is [REDACTED] here"),
            ("S3CRET/OF+PRODUCTION=", "[REDACTED]"),
            ("a=s3cret%2fof%2Bproduction%3D&b", "a=[REDACTED]&b"),
            ("'s3cret/o' was cut", "'[REDACTED]' was cut"),
            ("...oduction= too", "...[REDACTED] too"),
            ("Bearer CDF01657-110D-4155", "Bearer [REDACTED]"),
            // Too short to be told from words.
            ("a s3cret of products", "a s3cret of products"),
            ("Tiny tinyness", "[REDACTED] [REDACTED]ness"),
            ("abc", "abc"),
        ];
        for (text, expected) in rows {
            assert_eq!(&*words.shown(text), expected);
        }
    }

    #[test]
    fn what_is_withheld_is_not_shown() {
        let discretion = Discretion::new("s3cret-of-production".into());
        let told = "token-4711 of s3cret-of-production for 83500";
        assert_eq!(
            &*discretion.words("token-4711").shown(told),
            "[REDACTED] of [REDACTED] for 83500"
        );
        discretion.withhold(Arc::new(|text| text.replace("83500", "(sensitive)")));
        discretion.withhold(Arc::new(|text| text.replace("607", "(sensitive)")));
        let words = discretion.words("");
        assert_eq!(&*words.code("607"), "607");
        assert_eq!(&*words.code("607 of 83500"), "(sensitive) of 83500");
        assert_eq!(&*words.request("127#607"), "127#607");
        assert_eq!(&*words.request("salary 607#1"), "salary (sensitive)#1");
        discretion.withhold(Arc::new(|text| text.replace("83500", "(sensitive)")));
        assert_eq!(
            &*discretion.words("").shown(told),
            "token-4711 of [REDACTED] for (sensitive)"
        );
        assert!(!format!("{discretion:?} {:?}", discretion.words("token")).contains("token-4711"));
    }
}
