//! The words of the manifest language: the member names of an entry that are not fields, derived from the table of kinds.
//!
//! Every other name is a field. Words are recognised in any letter case, because Marketo accepts field names in any case: a word
//! in the wrong case must not become a field.

use std::borrow::Cow;

use crate::model::kind::KINDS;
use crate::model::{KeyType, ObjectKind};

/// The words that every kind has.
pub(super) const ENSURE: &str = "ensure";
pub(super) const LIFECYCLE: &str = "lifecycle";
pub(super) const FIELDS: &str = "fields";
/// The word of the kinds that have names for keys.
pub(super) const RENAMED_FROM: &str = "renamedFrom";

/// The words of the mode of a child kind.
pub(super) const MODES: &[&str] = &["additive", EXACT];
pub(super) const EXACT: &str = "exact";

/// The words of the entries of one kind.
pub(super) struct Grammar {
    pub(super) kind: &'static ObjectKind,
    words: Vec<(Cow<'static, str>, WordMeaning)>,
}

/// The meaning of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordMeaning {
    /// The part of the key with this index.
    Key(usize),
    /// The part of the key with this index, as a reference.
    Reference(usize),
    /// The entries of a child kind.
    Children(&'static ObjectKind),
    /// Whether the declared children of a kind are the only ones that may exist.
    Mode,
    Ensure,
    Lifecycle,
    Fields,
    RenamedFrom,
}

impl Grammar {
    pub(super) fn new(kind: &'static ObjectKind) -> Self {
        let mut words = vec![
            (ENSURE.into(), WordMeaning::Ensure),
            (LIFECYCLE.into(), WordMeaning::Lifecycle),
            (FIELDS.into(), WordMeaning::Fields),
        ];
        for (index, part) in kind.key.iter().enumerate() {
            words.push((part.field.into(), WordMeaning::Key(index)));
            if let KeyType::Lead { reference } = part.holds {
                words.push((reference.into(), WordMeaning::Reference(index)));
            }
        }
        if has_names(kind) {
            words.push((RENAMED_FROM.into(), WordMeaning::RenamedFrom));
        }
        for child in kind.children() {
            words.push((child.plural.into(), WordMeaning::Children(child)));
            words.push((mode_of(child).into(), WordMeaning::Mode));
        }
        Self { kind, words }
    }

    /// The grammars of all kinds, in the order of their ranks.
    pub(super) fn all() -> Vec<Self> {
        KINDS.into_iter().map(Self::new).collect()
    }

    /// The word that `name` is, in any letter case, and its meaning; `None` if `name` is a field.
    pub(super) fn word(&self, name: &str) -> Option<(&str, WordMeaning)> {
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

/// Whether the keys of a kind are names that people give: one text.
pub(super) fn has_names(kind: &ObjectKind) -> bool {
    match kind.key {
        [part] => matches!(part.holds, KeyType::Text { .. }),
        _ => false,
    }
}

/// The word for the mode of a child kind.
pub(super) fn mode_of(child: &ObjectKind) -> String {
    format!("{}Mode", child.plural)
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
                "ensure lifecycle fields externalSalesPersonId renamedFrom",
                "ensure lifecycle fields externalCompanyId renamedFrom",
                "ensure lifecycle fields externalOpportunityId renamedFrom roles rolesMode",
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
