//! How many changes there are of each action.

use super::change::{ActionName, Change};

/// The number of changes of each action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub create: usize,
    pub adopt: usize,
    pub update: usize,
    pub delete: usize,
}

impl Counts {
    /// Counts these changes.
    #[must_use]
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Self {
        let mut counts = Self::default();
        for change in changes {
            counts.add(change.action.name());
        }
        counts
    }

    /// Counts one more change with this action.
    pub fn add(&mut self, action: ActionName) {
        match action {
            ActionName::Create => self.create += 1,
            ActionName::Adopt => self.adopt += 1,
            ActionName::Update => self.update += 1,
            ActionName::Delete => self.delete += 1,
        }
    }

    /// The number of changes of all actions together.
    #[must_use]
    pub fn total(self) -> usize {
        self.iter().map(|(_, count)| count).sum()
    }

    /// The number for each action, in the order in which they are shown: create, adopt, update, delete.
    pub fn iter(self) -> impl Iterator<Item = (ActionName, usize)> {
        let Self {
            create,
            adopt,
            update,
            delete,
        } = self;
        [
            (ActionName::Create, create),
            (ActionName::Adopt, adopt),
            (ActionName::Update, update),
            (ActionName::Delete, delete),
        ]
        .into_iter()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn each_action_has_a_count_of_its_own() {
        let mut counts = Counts::default();
        assert_eq!(counts.total(), 0);
        for (times, (action, _)) in (1..).zip(Counts::default().iter()) {
            for _ in 0..times {
                counts.add(action);
            }
        }
        let expected = Counts {
            create: 1,
            adopt: 2,
            update: 3,
            delete: 4,
        };
        assert_eq!((counts, counts.total()), (expected, 10));
        let words: Vec<(&str, char, usize)> = counts
            .iter()
            .map(|(action, count)| (action.word(), action.symbol(), count))
            .collect();
        assert_eq!(
            words,
            [
                ("create", '+', 1),
                ("adopt", '>', 2),
                ("update", '~', 3),
                ("delete", '-', 4)
            ]
        );
    }
}
