//! Field names, kept once however many records write them.

use std::collections::HashMap;
use std::sync::Arc;

/// The names of one reading.
#[derive(Default)]
pub(super) struct Names {
    by_text: HashMap<Arc<str>, Folded>,
    by_folded: HashMap<Box<str>, Folded>,
}

/// A name without its letter case: Marketo takes field names in any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Folded(usize);

impl Names {
    /// The one copy of a name.
    pub(super) fn keep(&mut self, text: &str) -> (Arc<str>, Folded) {
        if let Some((name, folded)) = self.by_text.get_key_value(text) {
            return (Arc::clone(name), *folded);
        }
        let next = Folded(self.by_folded.len());
        let folded = *self
            .by_folded
            .entry(text.to_lowercase().into_boxed_str())
            .or_insert(next);
        let name: Arc<str> = text.into();
        self.by_text.insert(Arc::clone(&name), folded);
        (name, folded)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn names_are_kept_once_and_compare_without_case() {
        let mut names = Names::default();
        let (name, folded) = names.keep("closeDate");
        let (again, _) = names.keep("closeDate");
        assert!(Arc::ptr_eq(&name, &again));
        let (other, other_folded) = names.keep("CloseDate");
        assert_eq!((&*other, other_folded), ("CloseDate", folded));
        assert_ne!(names.keep("amount").1, folded);
    }
}
