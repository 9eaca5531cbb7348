//! Files that no pattern matches and that read as manifests: most likely one was renamed or moved.

use std::borrow::Cow;
use std::path::PathBuf;

use super::document;
use super::named_values::InstanceRules;
use super::parser::{self, Parsed};
use super::read::read_with;
use super::tree::NodeContent;
use crate::model::kind::KINDS;
use crate::model::{DeclaredPart, FileId, Key, Stray, StrayPlace};

/// The stray manifest in these bytes, if they are one: a mapping with `version` and with a member that only manifests have. In a file that
/// is no YAML, such as one with the marks of a merge conflict, lines that begin with these members are enough.
#[must_use]
pub fn stray(
    path: PathBuf,
    bytes: Vec<u8>,
    place: StrayPlace,
    rules: &InstanceRules,
) -> Option<Stray> {
    let text = decoded(&bytes);
    // Most files that are none need not be parsed for it.
    let words = KINDS.map(|kind| kind.plural);
    if !text.contains(document::VERSION_MEMBER) || !words.iter().any(|word| text.contains(word)) {
        return None;
    }
    let Parsed { root, .. } = parser::parse(FileId(0), &text, &rules.values, &mut Vec::new());
    let names: Option<Vec<String>> = root.and_then(|root| match root.unshared().content {
        NodeContent::Mapping(members) => {
            let members = members.into_iter();
            Some(members.map(|member| member.name.to_string()).collect())
        }
        NodeContent::Scalar(_)
        | NodeContent::List(_)
        | NodeContent::Shared(_)
        | NodeContent::Broken => None,
    });
    let has = |name: &str| match &names {
        Some(names) => names.iter().any(|known| known == name),
        None => text.lines().any(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
        }),
    };
    if !has(document::VERSION_MEMBER) || !words.iter().any(|word| has(word)) {
        return None;
    }
    let small = text.to_lowercase();
    let shown = path.display().to_string();
    let reading = read_with([(path, bytes)], rules);
    let mut found = Stray {
        // What a mistake hides may declare a record all the same.
        unread: (!reading.diagnostics.is_empty()).then_some(small),
        path: shown,
        place,
        keys: Default::default(),
        children_of: Default::default(),
    };
    for declared in &reading.desired.records {
        // One that is renamed is declared by its old key too.
        found.keys.extend(declared.renamed_key());
        let parts: Option<Vec<_>> = declared.key.iter().map(DeclaredPart::value).collect();
        if let Some(parts) = parts {
            found.keys.insert((declared.kind, Key::new(parts).folded()));
        } else if let Some((_, parent)) = declared.parent() {
            found.children_of.insert((declared.kind, parent));
        }
    }
    Some(found)
}

/// The text, also of a file that an editor has saved as UTF-16.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let units = |of: fn([u8; 2]) -> u16| {
        let pairs = bytes[2..].chunks_exact(2);
        let units: Vec<u16> = pairs.map(|pair| of([pair[0], pair[1]])).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Stray> {
        let rules = InstanceRules::default();
        stray(
            "m/a.yml".into(),
            text.as_bytes().to_vec(),
            StrayPlace::Beside,
            &rules,
        )
    }

    #[test]
    fn a_manifest_is_told_from_other_files() {
        for text in [
            "version: 1\nopportunities: []\n",
            "version: 1\nroles:\n  - { externalOpportunityId: A, leadId: 1, role: x }\n",
            "{\"version\": 1, \"opportunities\": [{\"externalOpportunityId\": \"A\"}]}",
            "version: 2\nopportunities: []\n",
            "version: 1\nopportunities:\n  - externalOpportunityId: A\n   name: broken\n",
            "<<<<<<< HEAD\nversion: 1\nopportunities: []\n=======\n>>>>>>> b\n",
        ] {
            assert!(of(text).is_some(), "{text}");
        }
        for text in [
            "",
            "version: 1\n",
            "version: '3'\nservices: { roles: {} }\n",
            "opportunities: []\n",
            "Notes\n\n    version: 1\n    opportunities: []\n",
            "- version: 1\n- opportunities: []\n",
            "# version: 1, opportunities:\n",
            "version: 1\nmanifests: [\"opportunities/*.yaml\"]\n",
        ] {
            assert!(of(text).is_none(), "{text}");
        }
    }
}
