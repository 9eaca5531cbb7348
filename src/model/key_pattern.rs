//! Patterns of keys: which records a run is narrowed to.

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use super::key::RecordKey;

/// Which records a run is narrowed to: a key, or a pattern with `*`, `?`, `[ab]` and `{a,b}`, in any letter case.
///
/// It is compared with the whole key, whose parts are joined by `/`, and with the key of the parent: an opportunity comes with its
/// roles.
#[derive(Clone, Debug)]
pub struct KeyPattern {
    /// As the user wrote it.
    text: Box<str>,
    folded: String,
    glob: GlobMatcher,
}

/// A text is no pattern of keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is no pattern of keys: {why}")]
pub struct KeyPatternError {
    text: String,
    why: String,
}

impl KeyPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It is empty, or a bracket in it has no end.
    pub fn parse(text: &str) -> Result<Self, KeyPatternError> {
        let error = |why: String| KeyPatternError {
            text: text.to_owned(),
            why,
        };
        let folded = text.trim().to_lowercase();
        if folded.is_empty() {
            return Err(error("it is empty".to_owned()));
        }
        let glob = GlobBuilder::new(&folded)
            .backslash_escape(false)
            .build()
            .map_err(|source| error(source.kind().to_string()))?;
        Ok(Self {
            text: text.into(),
            folded,
            glob: glob.compile_matcher(),
        })
    }

    /// The pattern as the user wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is that of a record with this key.
    #[must_use]
    pub fn matches(&self, (kind, key): &RecordKey) -> bool {
        let parts: Vec<&str> = key.parts().collect();
        self.is_of(&parts, kind.parent_part())
    }

    /// The same for folded parts of a key, among which the parent's key may be.
    pub(super) fn is_of(&self, parts: &[&str], parent: Option<usize>) -> bool {
        let is_it = |key: &str| key == self.folded || self.glob.is_match(key);
        parent.is_some_and(|part| parts.get(part).is_some_and(|key| is_it(key)))
            || is_it(&parts.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::kind::{OPPORTUNITY, ROLE};
    use crate::model::{Key, KeyValue};

    #[test]
    fn a_pattern_is_that_of_a_record_and_of_its_children() {
        let opportunity = |key: &str| {
            let key = Key::new(vec![KeyValue::Text(key.into())]);
            (&OPPORTUNITY, key.folded())
        };
        let role = |key: &str| {
            let parts = [KeyValue::Text(key.into()), KeyValue::Lead(7)];
            let name = KeyValue::Text("Champion".into());
            let key = Key::new(parts.into_iter().chain([name]).collect());
            (&ROLE, key.folded())
        };
        // Pattern, what it matches, what it does not.
        let rows = [
            (
                "a-1",
                vec![opportunity("A-1"), role("A-1")],
                vec![opportunity("A-10"), role("A-10")],
            ),
            (
                "A-*",
                vec![opportunity("a-1"), role("A-10")],
                vec![opportunity("B-A-1")],
            ),
            (
                "A-?",
                vec![opportunity("A-1"), role("A-1")],
                vec![opportunity("A-10")],
            ),
            (
                "{A,B}-1",
                vec![opportunity("B-1")],
                vec![opportunity("C-1")],
            ),
            (
                "A-1/7/champion",
                vec![role("A-1")],
                vec![opportunity("A-1"), role("A-2")],
            ),
            ("*/Champion", vec![role("A-1")], vec![opportunity("A-1")]),
            (
                "SO/2026/1",
                vec![opportunity("SO/2026/1")],
                vec![opportunity("SO/2026")],
            ),
            (
                "A[1]",
                vec![opportunity("A[1]"), opportunity("A1")],
                vec![opportunity("A")],
            ),
        ];
        for (text, matched, others) in rows {
            let pattern = KeyPattern::parse(text).expect("a pattern");
            let wrong: Vec<_> = matched.iter().filter(|it| !pattern.matches(it)).collect();
            assert_eq!(wrong, Vec::<&RecordKey>::new(), "{text}");
            let wrong: Vec<_> = others.iter().filter(|it| pattern.matches(it)).collect();
            assert_eq!(wrong, Vec::<&RecordKey>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for text in ["", "  ", "A-[1", "{A,B"] {
            let error = KeyPattern::parse(text).expect_err("no pattern");
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
