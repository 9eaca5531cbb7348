//! The changes that make one entry declare what it is to declare.

use super::layout::{Layout, Member, NodeId};
use super::not_edited::NotEdited;
use super::outline::{Field, Outline};
use super::sites::{OwnField, Site};
use super::splice::{Splice, add, add_text, remove_member, set};
use crate::manifest::grammar::{FIELDS, Grammar, RENAMED_FROM, WordMeaning};
use crate::manifest::write::flow;

/// Changes one entry.
pub(super) struct EntryEditor<'e, 't> {
    pub(super) layout: &'e Layout<'t>,
    pub(super) grammar: &'e Grammar,
    pub(super) site: &'e Site,
}

impl EntryEditor<'_, '_> {
    /// The changes that make an entry declare what it is to declare.
    pub(super) fn changes(
        &self,
        found: &Outline,
        wanted: &Outline,
    ) -> Vec<Result<Vec<Splice>, NotEdited>> {
        let names = found.differing(wanted).into_iter();
        let fields = names.map(|name| match wanted.fields.get(name) {
            Some(field) => self.set(field),
            None => self.unset(name),
        });
        let is_done = found.renamed_from.is_some() && wanted.renamed_from.is_none();
        let word = is_done.then(|| self.without_old_key());
        fields.chain(word).collect()
    }

    fn set(&self, field: &Field) -> Result<Vec<Splice>, NotEdited> {
        let Self {
            layout,
            grammar,
            site,
        } = self;
        refuse_shared(layout, site)?;
        let Field { name, value } = field;
        if let Some(OwnField { mapping, member }) = site.own_field(layout, grammar, name) {
            let splices = set(layout, mapping, member, value);
            return splices.ok_or_else(|| self.form(name, member.key));
        }
        let refused = || self.form(name, site.entry);
        if grammar.word(name).is_none() {
            let after = self.last_field();
            let splice = add(layout, site.entry, after, name, value);
            return splice.map(|it| vec![it]).ok_or_else(refused);
        }
        let splice = match site.own_word(layout, grammar, WordMeaning::Fields) {
            Some(fields) => {
                let members = layout.members(fields.value);
                add(layout, fields.value, members.last().copied(), name, value)
            }
            None => {
                let inner = super::style::in_flow(value);
                let text = format!("{FIELDS}: {{ {}: {inner} }}", flow(name));
                let added = add_text(layout, site.entry, self.last_field(), &text);
                // Another such name has to find it.
                added.map(|it| Splice::at(it.range, it.text))
            }
        };
        splice.map(|it| vec![it]).ok_or_else(refused)
    }

    fn unset(&self, name: &str) -> Result<Vec<Splice>, NotEdited> {
        let Self {
            layout,
            grammar,
            site,
        } = self;
        refuse_shared(layout, site)?;
        let own = site.own_field(layout, grammar, name);
        let Some(OwnField { mapping, member }) = own else {
            let (line, column) = place(layout, layout.node(site.entry).start());
            let field = name.to_owned();
            return Err(NotEdited::Inherited {
                field,
                line,
                column,
            });
        };
        self.remove(mapping, member, name)
    }

    /// Takes the word for the old key out.
    fn without_old_key(&self) -> Result<Vec<Splice>, NotEdited> {
        let Self {
            layout,
            grammar,
            site,
        } = self;
        refuse_shared(layout, site)?;
        let member = site.own_word(layout, grammar, WordMeaning::RenamedFrom);
        let member = member.ok_or_else(|| self.form(RENAMED_FROM, site.entry))?;
        self.remove(site.entry, member, RENAMED_FROM)
    }

    fn remove(
        &self,
        mapping: NodeId,
        member: Member,
        name: &str,
    ) -> Result<Vec<Splice>, NotEdited> {
        let Self { layout, .. } = self;
        let removed = remove_member(layout, mapping, member);
        removed.ok_or_else(|| match layout.first_alias(member.value) {
            Some(alias) => {
                let (line, column) = place(layout, layout.node(member.value).start());
                NotEdited::Repeated {
                    field: name.to_owned(),
                    line,
                    column,
                    by: place(layout, layout.node(alias).start()),
                }
            }
            None => self.form(name, member.key),
        })
    }

    /// The member behind which a new field comes: the last field with a scalar, or else the last member that is not a list.
    fn last_field(&self) -> Option<Member> {
        let members = self.layout.members(self.site.entry).iter();
        let name = |member: &Member| self.layout.scalar(member.key).unwrap_or_default();
        let is_field = |member: &&Member| self.grammar.word(name(member)).is_none();
        let is_key = |member: &&Member| {
            let word = self.grammar.word(name(member));
            matches!(
                word,
                Some((_, WordMeaning::Key(_) | WordMeaning::Reference(_)))
            )
        };
        let is_merge = |member: &&Member| super::sites::is_merge(self.layout, member.key);
        let last = members.clone().rfind(|it| is_field(it) && !is_merge(it));
        let last = last.or_else(|| members.clone().rfind(is_key));
        last.or_else(|| members.clone().next_back()).copied()
    }

    fn form(&self, field: &str, node: NodeId) -> NotEdited {
        let (line, column) = place(self.layout, self.layout.node(node).start());
        NotEdited::Form {
            field: field.to_owned(),
            line,
            column,
        }
    }
}

/// Refuses to change an entry that is written at another place.
pub(super) fn refuse_shared(layout: &Layout<'_>, site: &Site) -> Result<(), NotEdited> {
    match site.shared {
        None => Ok(()),
        Some(by) => {
            let (line, column) = place(layout, layout.node(by).start());
            Err(NotEdited::Shared { line, column })
        }
    }
}

/// The line and the column of a place, from 1.
pub(super) fn place(layout: &Layout<'_>, at: usize) -> (usize, usize) {
    (layout.line(at), layout.column(at) + 1)
}
