//! The records whose declaration changed as all that a run acts on.
//!
//! An entry counts as changed if anything that it declares differs, whatever made it differ: also a default of its file or a value that
//! it refers to. With it come the entries that it needs to be planned as a plan of everything would plan it: those of the records that
//! it names, and all of a complete list of which one has changed.

use std::collections::{HashMap, HashSet};

use crate::model::{
    ChangedSince, Declared, DeclaredPart, Desired, FileId, LeadTwins, Narrowed, ObjectKind,
    OnlyRecords, RecordKey, RenamedFrom, Sources, Span,
};

/// Leaves out what is declared as before. `before` are the entries that these files had; all other files have the same as before.
pub fn narrow_to_changed(
    desired: &mut Desired,
    sources: &Sources,
    differing: &HashSet<FileId>,
    before: Vec<Declared>,
    since: ChangedSince,
) {
    let mut known: HashMap<RecordKey, Declared> = { before.into_iter() }
        .map(|declared| (declared.written_key(), declared))
        .collect();
    let mut only = OnlyRecords::default();
    let now = desired.records.iter();
    for declared in now.filter(|declared| differing.contains(&declared.at.file)) {
        let old = known.remove(&declared.written_key());
        if old.as_ref().is_none_or(|old| !is_alike(old, declared)) {
            only.entries.insert(declared.at);
            // A rename that was not applied yet may be given up with that.
            only.undeclared
                .extend(old.and_then(|old| old.renamed_key()));
        }
    }
    for (key, declared) in &known {
        only.undeclared.extend(declared.renamed_key());
        // Only the instance knows the id of a lead that a field names, so all of its siblings are looked at.
        if declared.names_lead()
            && let Some((_, parent)) = declared.parent()
        {
            only.undeclared_children_of.insert((declared.kind, parent));
        }
        only.undeclared.insert(key.clone());
    }
    add_lists_of(known.values(), desired, &mut only);
    add_needed(desired, &mut only);
    desired.gone = known.into_values().collect();
    desired.gone.sort_by_key(|declared| declared.at);
    desired.changed_since = Some(Box::new(since));
    desired.narrowed = Some(Narrowed {
        files: sources.iter().map(|(file, _)| file).collect(),
        paths: Vec::new(),
        only: Some(Box::new(only)),
    });
}

/// Adds what decides about children that are gone: the complete list that they stood in, and those of their siblings that might be
/// the same records.
fn add_lists_of<'d>(
    gone: impl Iterator<Item = &'d Declared> + Clone,
    desired: &Desired,
    only: &mut OnlyRecords,
) {
    let parents: HashSet<RecordKey> = gone.clone().filter_map(Declared::parent).collect();
    if parents.is_empty() {
        return;
    }
    let twins = LeadTwins::of(gone);
    let is_meant = |declared: &&Declared| {
        let is_list =
            || declared.exact_children.is_some() && parents.contains(&declared.written_key());
        is_list() || twins.have(declared)
    };
    let entries = desired.records.iter().filter(is_meant);
    only.entries.extend(entries.map(|declared| declared.at));
}

/// Adds the entries that the selected ones need: those of the records that they name, and all of a complete list.
fn add_needed(desired: &Desired, only: &mut OnlyRecords) {
    let mut last: HashSet<Span> = only.entries.clone();
    while !last.is_empty() {
        let mut named: HashSet<RecordKey> = HashSet::new();
        let mut lists: HashSet<RecordKey> = HashSet::new();
        let added = desired.records.iter();
        for declared in added.filter(|declared| last.contains(&declared.at)) {
            named.extend(declared.parent());
            named.extend(declared.field_references().map(|(record, _)| record));
            if declared.exact_children.is_some() {
                lists.insert(declared.written_key());
            }
        }
        for (kind, parent) in &lists {
            let of_list = kind.children().map(|child| (child, parent.clone()));
            only.undeclared_children_of.extend(of_list);
        }
        let kinds: HashSet<&ObjectKind> = named.iter().map(|(kind, _)| *kind).collect();
        let is_needed = |declared: &&Declared| {
            let is_named =
                || kinds.contains(declared.kind) && named.contains(&declared.written_key());
            let is_listed = || {
                let parent = declared.parent().filter(|_| !lists.is_empty());
                parent.is_some_and(|parent| lists.contains(&parent))
            };
            !only.entries.contains(&declared.at) && (is_named() || is_listed())
        };
        let needed = desired.records.iter().filter(is_needed);
        last = needed.map(|declared| declared.at).collect();
        only.entries.extend(&last);
    }
}

/// Whether two entries declare the same, wherever they stand.
fn is_alike(one: &Declared, other: &Declared) -> bool {
    let Declared {
        kind,
        key,
        ensure,
        lifecycle,
        fields,
        renamed_from,
        exact_children,
        at: _,
    } = one;
    let is_part = |(one, other): (&DeclaredPart, &DeclaredPart)| match (one, other) {
        (DeclaredPart::LeadBy(one), DeclaredPart::LeadBy(other)) => {
            one.field == other.field && one.value == other.value
        }
        (
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_),
            DeclaredPart::Text(_) | DeclaredPart::Lead(_) | DeclaredPart::LeadBy(_),
        ) => one == other,
    };
    let old_key = |from: Option<&RenamedFrom>| from.map(|from| from.key.clone());
    let mut values = fields.iter().zip(other.fields.iter());
    *kind == other.kind
        && *ensure == other.ensure
        && *lifecycle == other.lifecycle
        && old_key(renamed_from.as_deref()) == old_key(other.renamed_from.as_deref())
        && exact_children.is_some() == other.exact_children.is_some()
        && key.len() == other.key.len()
        && key.iter().zip(&other.key).all(is_part)
        && fields.names() == other.fields.names()
        && values.all(|(one, other)| {
            one.value.form == other.value.form && one.value.text == other.value.text
        })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use pretty_assertions::assert_eq;

    use super::*;
    use crate::manifest::read;

    const BEFORE: &str = "\
companies: [ { externalCompanyId: ACME, company: Acme }, { externalCompanyId: HOOLI, company: Hooli } ]
opportunities:
  - { externalOpportunityId: A, name: Chairs, externalCompanyId: ACME }
  - externalOpportunityId: B
    name: Tables
    rolesMode: exact
    roles: [ { leadId: 1, role: Buyer }, { lead: { email: ada@example.com }, role: Champion } ]
  - externalOpportunityId: C
    name: Lamps
    roles: [ { leadId: 1, role: Buyer }, { lead: { email: ada@example.com }, role: Buyer }, { leadId: 2, role: Champion } ]
  - { externalOpportunityId: D, name: Rugs }
";

    /// The keys of the entries that are looked at after an edit, and of those that are gone.
    fn changed(from: &str, to: &str) -> (Vec<String>, Vec<String>) {
        let text = |body: &str| format!("version: 1\n{body}").into_bytes();
        let files = |body: &str| [(PathBuf::from("a.yaml"), text(body))];
        assert_eq!(BEFORE.matches(from).count(), 1, "{from}");
        let (old, mut new) = (read(files(BEFORE)), read(files(&BEFORE.replace(from, to))));
        assert_eq!(
            (old.diagnostics, &new.diagnostics),
            (Vec::new(), &Vec::new())
        );
        let since = ChangedSince {
            revision: "main".into(),
            base: "c0ffee".into(),
            all: None,
        };
        let differing = new.sources.iter().map(|(file, _)| file).collect();
        let (desired, sources) = (&mut new.desired, &new.sources);
        narrow_to_changed(desired, sources, &differing, old.desired.records, since);
        let shown = |declared: &Declared| declared.shown_key();
        let gone = desired.gone.iter().map(shown);
        (desired.selected().map(shown).collect(), gone.collect())
    }

    #[test]
    fn what_changed_comes_with_what_it_needs() {
        let lead = "C / ada@example.com / Buyer";
        let list = ["B", "B / 1 / Buyer", "B / ada@example.com / Champion"];
        let rows: [(&str, &str, &[&str], &[&str]); 11] = [
            // Only its place and its form have changed.
            (
                "  - { externalOpportunityId: D, name: Rugs }\n",
                "  - name: Rugs\n    externalOpportunityId: D\n",
                &[],
                &[],
            ),
            ("name: Rugs }", "name: 'Rugs' } # ours", &[], &[]),
            ("name: Rugs", "name: Carpets", &["D"], &[]),
            // With the company that it names.
            ("name: Chairs", "name: Stools", &["ACME", "A"], &[]),
            ("company: Hooli", "company: Hooli XYZ", &["HOOLI"], &[]),
            // A complete list is looked at as a whole.
            (
                "rolesMode: exact",
                "rolesMode: exact\n    stage: Won",
                &list,
                &[],
            ),
            (
                "    rolesMode: exact\n    roles: [ { leadId: 1, role: Buyer }, ",
                "    rolesMode: exact\n    roles: [ ",
                &["B", "B / ada@example.com / Champion"],
                &["B / 1 / Buyer"],
            ),
            // What names a lead by a field might be what is gone, and the other way round. Of another role it is another record.
            (
                "    name: Lamps\n    roles: [ { leadId: 1, role: Buyer }, ",
                "    name: Lamps\n    roles: [ ",
                &["C", lead],
                &["C / 1 / Buyer"],
            ),
            (
                ", { lead: { email: ada@example.com }, role: Buyer }, { leadId: 2",
                ", { leadId: 2",
                &["C", "C / 1 / Buyer"],
                &[lead],
            ),
            (
                ", { leadId: 2, role: Champion }",
                "",
                &[],
                &["C / 2 / Champion"],
            ),
            (
                "  - { externalOpportunityId: D, name: Rugs }\n",
                "",
                &[],
                &["D"],
            ),
        ];
        for (from, to, looked_at, gone) in rows {
            let (found, left) = changed(from, to);
            assert_eq!((found, left), (owned(looked_at), owned(gone)), "{to}");
        }
    }

    fn owned(keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| (*key).to_owned()).collect()
    }
}
