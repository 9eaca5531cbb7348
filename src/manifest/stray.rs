//! Files beside the manifests that no pattern matches and that read as manifests: most likely one was renamed.

use std::path::PathBuf;

use super::document;
use super::parser::{self, Parsed};
use super::read::read;
use super::tree::NodeContent;
use crate::model::kind::KINDS;
use crate::model::{DeclaredPart, FileId, Key, Stray};

/// The stray manifest in these bytes, if they are one: a mapping with `version` and with a member that only manifests have.
#[must_use]
pub fn stray(path: PathBuf, bytes: Vec<u8>) -> Option<Stray> {
    let text = String::from_utf8_lossy(&bytes);
    // Most files that are none need not be parsed for it.
    let words = KINDS.map(|kind| kind.plural);
    if !text.contains(document::VERSION_MEMBER) || !words.iter().any(|word| text.contains(word)) {
        return None;
    }
    let Parsed { root, .. } = parser::parse(FileId(0), &text, &mut Vec::new());
    let NodeContent::Mapping(members) = root?.unshared().content else {
        return None;
    };
    let has = |name: &str| members.iter().any(|member| member.name == name);
    if !has(document::VERSION_MEMBER) || !words.iter().any(|word| has(word)) {
        return None;
    }
    let small = text.to_lowercase();
    drop(members);
    let shown = path.display().to_string();
    let reading = read([(path, bytes)]);
    let mut found = Stray {
        // What a mistake hides may declare a record all the same.
        unread: (!reading.diagnostics.is_empty()).then_some(small),
        path: shown,
        keys: Default::default(),
        children_of: Default::default(),
    };
    for declared in &reading.desired.records {
        let parts: Option<Vec<_>> = declared.key.iter().map(DeclaredPart::value).collect();
        if let Some(parts) = parts {
            found.keys.insert((declared.kind, Key::new(parts).folded()));
        } else if let Some((_, parent)) = declared.parent() {
            found.children_of.insert((declared.kind, parent));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Stray> {
        stray("m/a.yml".into(), text.as_bytes().to_vec())
    }

    #[test]
    fn a_manifest_is_told_from_other_files() {
        for text in [
            "version: 1\nopportunities: []\n",
            "version: 1\nroles:\n  - { externalOpportunityId: A, leadId: 1, role: x }\n",
            "{\"version\": 1, \"opportunities\": [{\"externalOpportunityId\": \"A\"}]}",
            "version: 2\nopportunities: []\n",
            "version: 1\nopportunities:\n  - externalOpportunityId: A\n   name: broken\n",
        ] {
            assert!(of(text).is_some(), "{text}");
        }
        for text in [
            "",
            "version: 1\n",
            "version: '3'\nservices: { roles: {} }\n",
            "opportunities: []\n",
            "- version: 1\n- opportunities: []\n",
            "# version: 1, opportunities:\n",
            "version: 1\nmanifests: [\"opportunities/*.yaml\"]\n",
        ] {
            assert!(of(text).is_none(), "{text}");
        }
    }
}
