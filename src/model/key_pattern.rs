//! Patterns of keys: which records a run is narrowed to.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use thiserror::Error;

use super::key::{FoldedKey, Folding, Key, RecordKey};
use super::kind::{KINDS, ObjectKind};

/// Which records a run is narrowed to: a key, or a pattern with `*`, `?`, `[ab]` and `{a,b}`, in any letter case.
///
/// It is compared with the whole key, whose parts are joined by `/`, and with the key of the parent: an opportunity comes with its
/// roles. A key that exists is meant literally, whatever signs it has. A JSON list is always a key. `KIND=` before it leaves out other kinds.
#[derive(Clone, Debug)]
pub struct KeyPattern {
    /// As the user wrote it.
    text: Box<str>,
    folded: String,
    /// The only kind that is meant, if the text names one.
    kind: Option<&'static ObjectKind>,
    meaning: Meaning,
}

/// What a pattern means.
#[derive(Clone, Debug)]
enum Meaning {
    /// All keys of a form.
    Form(GlobMatcher),
    /// One key, of whatever kind has such keys.
    Key(FoldedKey),
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
        let (kind, form) = of_kind(text.trim());
        let folded = text.trim().to_lowercase();
        if form.is_empty() {
            return Err(error("it is empty".to_owned()));
        }
        let meaning = match serde_json::from_str::<Key>(form) {
            Ok(key) => Meaning::Key(key.folded()),
            Err(_) => Meaning::Form(
                GlobBuilder::new(&form.to_lowercase())
                    .backslash_escape(false)
                    .build()
                    .map_err(|source| error(source.kind().to_string()))?
                    .compile_matcher(),
            ),
        };
        Ok(Self {
            text: text.into(),
            folded,
            kind,
            meaning,
        })
    }

    /// The pattern as the user wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the pattern means where these records exist: the key of one of them, if that is its text.
    ///
    /// # Errors
    /// It is the text of several keys.
    pub fn settled(
        &self,
        records: impl Iterator<Item = RecordKey>,
    ) -> Result<Self, BTreeSet<RecordKey>> {
        if matches!(self.meaning, Meaning::Key(_)) {
            return Ok(self.clone());
        }
        let (kind, form) = of_kind(&self.folded);
        let with_parents = records.flat_map(|record| {
            let parent = parent(&record);
            [Some(record), parent].into_iter().flatten()
        });
        let (mut literal, mut of_kind) = (BTreeSet::new(), BTreeSet::new());
        for record in with_parents {
            let text = joined(&record.1);
            if text == self.folded {
                literal.insert(record);
            } else if self.kind == Some(record.0) && text == form {
                of_kind.insert(record);
            }
        }
        let (kind, mut meant) = match literal.is_empty() {
            true => (kind, of_kind),
            false => (None, literal),
        };
        match meant.pop_first() {
            None => Ok(self.clone()),
            Some((_, key)) if meant.is_empty() => Ok(Self {
                kind,
                meaning: Meaning::Key(key),
                ..self.clone()
            }),
            Some(first) => {
                meant.insert(first);
                Err(meant)
            }
        }
    }

    /// Whether it is that of a record with this key.
    #[must_use]
    pub fn matches(&self, record: &RecordKey) -> bool {
        let is_it = |(kind, key): &RecordKey| {
            let is_key = || match &self.meaning {
                Meaning::Form(glob) => glob.is_match(joined(key)),
                Meaning::Key(meant) => meant == key,
            };
            self.kind.is_none_or(|it| it == *kind) && is_key()
        };
        is_it(record) || parent(record).is_some_and(|parent| is_it(&parent))
    }
}

/// The kind that a text like `company=ACME` names, in any letter case, and what stands behind it.
pub fn of_kind(text: &str) -> (Option<&'static ObjectKind>, &str) {
    let named = text.split_once('=').and_then(|(word, rest)| {
        let mut kinds = KINDS.into_iter();
        let kind = kinds.find(|kind| kind.name.eq_ignore_ascii_case(word.trim()))?;
        Some((Some(kind), rest.trim()))
    });
    named.unwrap_or((None, text))
}

/// The parent of a record.
fn parent((kind, key): &RecordKey) -> Option<RecordKey> {
    let parent = kind.parent()?;
    let mut folding = Folding::default();
    folding.text(key.parts().nth(parent.part)?);
    Some((parent.kind, folding.end()))
}

/// The parts, joined by `/`.
fn joined(key: &FoldedKey) -> String {
    let parts: Vec<&str> = key.parts().collect();
    parts.join("/")
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
                vec![opportunity("A1")],
                vec![opportunity("A"), opportunity("A[1]")],
            ),
            (
                "[\"A[1]\"]",
                vec![opportunity("a[1]"), role("A[1]")],
                vec![opportunity("A1")],
            ),
            (
                "[\"A\", 7, \"champion\"]",
                vec![role("A")],
                vec![opportunity("A"), opportunity("A/7/Champion")],
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
