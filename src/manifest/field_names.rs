//! Field names. Each is stored once, however many records write it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hashbrown::DefaultHashBuilder;

/// The names in the manifests of one run.
#[derive(Default)]
pub(super) struct FieldNames {
    /// Looked up for each field of each record.
    by_text: HashMap<Arc<str>, FoldedName, DefaultHashBuilder>,
    by_folded: HashMap<Box<str>, FoldedName>,
    lists: HashSet<Arc<[Arc<str>]>>,
    /// Most entries write the same fields as the one before.
    latest: Arc<[Arc<str>]>,
}

/// A name without its letter case, because Marketo accepts field names in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FoldedName(usize);

impl FieldNames {
    /// The stored copy of a name.
    pub(super) fn keep(&mut self, text: &str) -> (Arc<str>, FoldedName) {
        if let Some((name, folded)) = self.by_text.get_key_value(text) {
            return (Arc::clone(name), *folded);
        }
        let next = FoldedName(self.by_folded.len());
        let folded = *self
            .by_folded
            .entry(text.to_lowercase().into_boxed_str())
            .or_insert(next);
        let name: Arc<str> = text.into();
        self.by_text.insert(Arc::clone(&name), folded);
        (name, folded)
    }

    /// The stored copy of a list of stored names.
    pub(super) fn list<'n>(
        &mut self,
        names: impl Iterator<Item = &'n Arc<str>> + Clone,
    ) -> Arc<[Arc<str>]> {
        let is_latest = |(latest, name): (&Arc<str>, &Arc<str>)| Arc::ptr_eq(latest, name);
        let count = names.clone().count();
        let mut pairs = self.latest.iter().zip(names.clone());
        if self.latest.len() == count && pairs.all(is_latest) {
            return Arc::clone(&self.latest);
        }
        let list: Arc<[Arc<str>]> = names.cloned().collect();
        let stored = self.lists.get(&list).cloned();
        self.latest = stored.unwrap_or_else(|| {
            self.lists.insert(Arc::clone(&list));
            list
        });
        Arc::clone(&self.latest)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn names_are_kept_once_and_compare_without_case() {
        let mut names = FieldNames::default();
        let (name, folded) = names.keep("closeDate");
        let (again, _) = names.keep("closeDate");
        assert!(Arc::ptr_eq(&name, &again));
        let (other, other_folded) = names.keep("CloseDate");
        assert_eq!((&*other, other_folded), ("CloseDate", folded));
        assert_ne!(names.keep("amount").1, folded);
    }
}
