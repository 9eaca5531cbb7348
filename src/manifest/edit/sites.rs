//! Where the entry of each record is written, in the order in which the reader finds the records.

use super::layout::{Content, Layout, Member, NodeId, Style};
use crate::manifest::grammar::{Grammar, WordMeaning};
use crate::manifest::merge;
use crate::model::ObjectKind;
use crate::model::kind::KINDS;

/// The entry of one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) kind: &'static ObjectKind,
    /// The mapping, or the alias of one.
    pub(super) entry: NodeId,
    /// The list that it is an item of.
    pub(super) list: NodeId,
    /// The entry that it is nested in, by its number.
    pub(super) parent: Option<usize>,
    /// The alias or merge key by which it comes from another place of the file.
    pub(super) shared: Option<NodeId>,
}

/// Finds the sites of a layout.
pub(super) struct Sites<'l, 't> {
    layout: &'l Layout<'t>,
    grammars: &'l [Grammar],
    found: Vec<Site>,
}

/// A member of a mapping, and the alias or merge key that it comes from, if it is not written there.
#[derive(Clone, Copy)]
struct Found {
    member: Member,
    shared: Option<NodeId>,
}

/// The entries of all records.
pub(super) fn sites(layout: &Layout<'_>, grammars: &[Grammar]) -> Vec<Site> {
    let mut sites = Sites {
        layout,
        grammars,
        found: Vec::new(),
    };
    let Some(root) = layout.roots.first() else {
        return Vec::new();
    };
    for Found { member, shared } in sites.members(*root, None) {
        let name = layout.scalar(member.key);
        let kind = KINDS.into_iter().find(|kind| Some(kind.plural) == name);
        if let Some(kind) = kind {
            sites.section(kind, member.value, None, shared);
        }
    }
    sites.found
}

impl Sites<'_, '_> {
    fn section(
        &mut self,
        kind: &'static ObjectKind,
        list: NodeId,
        parent: Option<usize>,
        shared: Option<NodeId>,
    ) {
        let layout = self.layout;
        let shared = shared.or_else(|| layout.is_alias(list).then_some(list));
        let list = layout.resolved(list);
        let Content::List { items, .. } = &layout.node(list).content else {
            return;
        };
        for entry in items {
            let shared = shared.or_else(|| layout.is_alias(*entry).then_some(*entry));
            let number = self.found.len();
            self.found.push(Site {
                kind,
                entry: *entry,
                list,
                parent,
                shared,
            });
            let grammar = &self.grammars[kind.rank()];
            for Found { member, shared } in self.members(*entry, shared) {
                let name = layout.scalar(member.key).unwrap_or_default();
                if let Some((_, WordMeaning::Children(child))) = grammar.word(name) {
                    self.section(child, member.value, Some(number), shared);
                }
            }
        }
    }

    /// The members of a mapping: its own, then those that it merges.
    fn members(&self, mapping: NodeId, shared: Option<NodeId>) -> Vec<Found> {
        let layout = self.layout;
        let mut found = Vec::new();
        let mut merged = Vec::new();
        for member in layout.members(layout.resolved(mapping)) {
            match is_merge(layout, member.key) {
                true => merged.push(*member),
                false => found.push(Found {
                    member: *member,
                    shared,
                }),
            }
        }
        for merge in merged {
            let shared = shared.or(Some(merge.key));
            let value = layout.resolved(merge.value);
            let mappings = match &layout.node(value).content {
                Content::List { items, .. } => items.clone(),
                Content::Scalar { .. } | Content::Mapping { .. } | Content::Alias(_) => vec![value],
            };
            for mapping in mappings {
                for inner in self.members(mapping, shared) {
                    let name = layout.scalar(inner.member.key);
                    let mut own = found.iter();
                    if !own.any(|own: &Found| layout.scalar(own.member.key) == name) {
                        found.push(inner);
                    }
                }
            }
        }
        found
    }
}

/// Whether a key is a merge key.
pub(super) fn is_merge(layout: &Layout<'_>, key: NodeId) -> bool {
    let node = layout.node(key);
    match &node.content {
        Content::Scalar { style, text } => {
            *style == Style::Plain && node.tag.is_none() && text == merge::KEY
        }
        Content::List { .. } | Content::Mapping { .. } | Content::Alias(_) => false,
    }
}

/// What an entry writes itself for a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnField {
    pub(super) mapping: NodeId,
    pub(super) member: Member,
}

impl Site {
    /// What the entry writes itself for this field, directly or below `fields`.
    pub(super) fn own_field(
        &self,
        layout: &Layout<'_>,
        grammar: &Grammar,
        name: &str,
    ) -> Option<OwnField> {
        let is_it = |member: &&Member| {
            let key = layout.scalar(member.key).unwrap_or_default();
            key.to_lowercase() == name.to_lowercase()
        };
        if grammar.word(name).is_none()
            && let Some(member) = layout.members(self.entry).iter().find(is_it)
        {
            let mapping = self.entry;
            let member = *member;
            return Some(OwnField { mapping, member });
        }
        let mapping = self.own_word(layout, grammar, WordMeaning::Fields)?.value;
        let member = *layout.members(mapping).iter().find(is_it)?;
        Some(OwnField { mapping, member })
    }

    /// The member of the entry that is this word.
    pub(super) fn own_word(
        &self,
        layout: &Layout<'_>,
        grammar: &Grammar,
        word: WordMeaning,
    ) -> Option<Member> {
        let members = layout.members(self.entry).iter();
        let mut own = members.filter(|member| {
            let key = layout.scalar(member.key).unwrap_or_default();
            grammar
                .word(key)
                .is_some_and(|(_, meaning)| meaning == word)
        });
        own.next().copied()
    }
}
