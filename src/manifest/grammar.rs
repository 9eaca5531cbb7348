//! What the member names of an entry mean, derived from the table of kinds.
//!
//! Every name that is not listed here is a field. Names are recognised in any letter case, since
//! Marketo takes field names in any case, so that a misspelt keyword never passes for a field.

use std::borrow::Cow;

use crate::model::kind::KINDS;
use crate::model::{KeyType, ObjectKind};

/// The words that every kind has.
pub(super) const ENSURE: &str = "ensure";
pub(super) const LIFECYCLE: &str = "lifecycle";
pub(super) const FIELDS: &str = "fields";

/// What follows the plural of a child kind in the name of its mode.
const MODE: &str = "Mode";

/// The names of one kind's entries that are not fields.
pub(super) struct Grammar {
    pub(super) kind: &'static ObjectKind,
    words: Vec<(Cow<'static, str>, Meaning)>,
}

/// What a name of an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// That part of the key.
    Key(usize),
    /// That part of the key, by a reference.
    Reference(usize),
    /// Entries of a kind that hangs on this one.
    Children(&'static ObjectKind),
    /// Whether those entries are all.
    Mode,
    Ensure,
    Lifecycle,
    Fields,
}

impl Grammar {
    pub(super) fn new(kind: &'static ObjectKind) -> Self {
        let mut words = vec![
            (ENSURE.into(), Meaning::Ensure),
            (LIFECYCLE.into(), Meaning::Lifecycle),
            (FIELDS.into(), Meaning::Fields),
        ];
        for (index, part) in kind.key.iter().enumerate() {
            words.push((part.field.into(), Meaning::Key(index)));
            if let KeyType::Lead { reference } = part.holds {
                words.push((reference.into(), Meaning::Reference(index)));
            }
        }
        for child in kind.children() {
            words.push((child.plural.into(), Meaning::Children(child)));
            words.push((format!("{}{MODE}", child.plural).into(), Meaning::Mode));
        }
        Self { kind, words }
    }

    /// The grammars of all kinds, in the order of their ranks.
    pub(super) fn all() -> Vec<Self> {
        KINDS.into_iter().map(Self::new).collect()
    }

    /// The word that `name` is in some letter case, and what it means; nothing if it is a field.
    pub(super) fn word(&self, name: &str) -> Option<(&str, Meaning)> {
        self.words
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(name))
            .map(|(word, meaning)| (word.as_ref(), *meaning))
    }

    /// All words.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(word, _)| word.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_table_of_kinds_makes_the_words() {
        let words: Vec<Vec<String>> = Grammar::all()
            .iter()
            .map(|grammar| grammar.words().map(ToOwned::to_owned).collect())
            .collect();
        assert_eq!(
            words,
            [
                "ensure lifecycle fields externalOpportunityId roles rolesMode",
                "ensure lifecycle fields externalOpportunityId leadId lead role",
            ]
            .map(|line| line.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>())
        );
    }

    #[test]
    fn no_field_of_the_documentation_is_a_word() {
        for grammar in Grammar::all() {
            let kind = grammar.kind;
            for field in kind.documented {
                let is_word = grammar.word(field.name).is_some();
                assert_eq!(is_word, kind.is_key(field.name), "{}", field.name);
            }
        }
    }
}
