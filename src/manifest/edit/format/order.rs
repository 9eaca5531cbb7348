//! The order of members: that in which the documentation has them. Fields stay in the order in which they are written.

use std::collections::HashMap;

use super::super::layout::{Layout, Member, NodeId};
use super::super::sites::{is_merge, sites};
use crate::manifest::document::{DEFAULTS_MEMBER, VERSION_MEMBER};
use crate::manifest::grammar::{Grammar, WordMeaning};
use crate::model::kind::KINDS;

/// The mappings whose members are put in order, with the rank of each member.
#[derive(Debug, Default)]
pub(super) struct Orders(HashMap<NodeId, Vec<usize>>);

impl Orders {
    /// The order of the document, of its defaults and of all entries.
    pub(super) fn of(layout: &Layout<'_>) -> Self {
        let mut orders = Self::default();
        let grammars = Grammar::all();
        if let Some(root) = layout.roots.first() {
            orders.document(layout, *root);
        }
        for site in sites(layout, &grammars) {
            if site.shared.is_none() {
                let grammar = &grammars[site.kind.rank()];
                orders.put(layout, site.entry, |name| Some(rank(grammar, name)));
            }
        }
        orders
    }

    fn document(&mut self, layout: &Layout<'_>, root: NodeId) {
        self.put(layout, root, |name| match name {
            VERSION_MEMBER => Some(1),
            DEFAULTS_MEMBER => Some(2),
            _ => Some(3 + kind_rank(name, |kind| kind.plural)?),
        });
        for member in layout.members(root) {
            if layout.scalar(member.key) == Some(DEFAULTS_MEMBER) {
                self.put(layout, member.value, |name| {
                    Some(1 + kind_rank(name, |kind| kind.name)?)
                });
            }
        }
    }

    /// Orders a mapping, unless it has a member that has no rank: then it is for a person to correct first.
    fn put(&mut self, layout: &Layout<'_>, mapping: NodeId, rank: impl Fn(&str) -> Option<usize>) {
        let members = layout.members(mapping).iter();
        let ranks = members.map(|member| match is_merge(layout, member.key) {
            true => Some(0),
            false => rank(layout.scalar(member.key)?),
        });
        if let Some(ranks) = ranks.collect::<Option<Vec<usize>>>() {
            self.0.insert(mapping, ranks);
        }
    }

    /// The numbers of these members in their order.
    pub(super) fn sorted(&self, mapping: NodeId, members: &[Member]) -> Vec<usize> {
        let mut sorted: Vec<usize> = (0..members.len()).collect();
        if let Some(ranks) = self.0.get(&mapping) {
            sorted.sort_by_key(|index| ranks.get(*index));
        }
        sorted
    }
}

fn kind_rank(name: &str, name_of: fn(&crate::model::ObjectKind) -> &'static str) -> Option<usize> {
    KINDS.into_iter().position(|kind| name_of(kind) == name)
}

/// The rank of a member of an entry.
fn rank(grammar: &Grammar, name: &str) -> usize {
    // No kind has as many parts of a key.
    const BEHIND_THE_KEY: usize = 100;
    match grammar.word(name) {
        Some((_, WordMeaning::Key(index) | WordMeaning::Reference(index))) => 1 + index,
        Some((_, WordMeaning::RenamedFrom)) => BEHIND_THE_KEY,
        Some((_, WordMeaning::Ensure)) => BEHIND_THE_KEY + 1,
        None => BEHIND_THE_KEY + 2,
        Some((_, WordMeaning::Fields)) => BEHIND_THE_KEY + 3,
        Some((_, WordMeaning::Children(_))) => BEHIND_THE_KEY + 4,
        Some((_, WordMeaning::Mode)) => BEHIND_THE_KEY + 5,
        Some((_, WordMeaning::Lifecycle)) => BEHIND_THE_KEY + 6,
    }
}
