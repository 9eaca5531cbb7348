//! The top level of a file: its version, its `defaults`, and a section of entries for each kind.

use super::decoder::Decoder;
use super::entry;
use super::fields;
use super::parser::Parsed;
use super::tree::{Member, Node};
use crate::model::kind::KINDS;
use crate::model::{Form, Problem, Shape};

/// The version of the manifest language that oppctl reads.
pub(super) const VERSION: &str = "1";

pub(super) const VERSION_MEMBER: &str = "version";
pub(super) const DEFAULTS_MEMBER: &str = "defaults";

/// Decodes the top level and everything below it.
pub(super) fn decode(decoder: &mut Decoder<'_>, parsed: Parsed<'_>) {
    let Parsed { root, complete } = parsed;
    // A file of comments alone is none that went wrong: it declares nothing.
    let Some(root) = root.filter(|root| root.shape() != Some(Shape::Nothing)) else {
        return;
    };
    let at = root.at;
    let Some(members) = decoder.mapping(root) else {
        return;
    };
    let mut version = None;
    let mut defaults = None;
    let mut sections = Vec::new();
    for member in members {
        match member.name.as_ref() {
            VERSION_MEMBER => version = Some(member.value),
            DEFAULTS_MEMBER => defaults = Some(member.value),
            _ => sections.push(member),
        }
    }
    if let Some(version) = version {
        if !is_supported(decoder, version) {
            return;
        }
    } else if complete {
        decoder.report(Problem::MissingVersion, at);
    }
    // Before the records: the defaults apply to all of them, also to those that precede `defaults` in the file.
    if let Some(defaults) = defaults {
        read_defaults(decoder, defaults);
    }
    for member in sections {
        match KINDS.into_iter().find(|kind| kind.plural == member.name) {
            Some(kind) => {
                let items = decoder.list(member.value);
                // Written as `[]`: a section without a value may be a slip.
                if items.as_ref().is_some_and(Vec::is_empty) {
                    decoder.emptied.insert(decoder.file);
                }
                entry::section(decoder, kind, items.unwrap_or_default(), None);
            }
            None => unknown_section(decoder, &member),
        }
    }
}

/// Whether the rest of the file can be read: in a later version of the language, the members may have other meanings.
fn is_supported(decoder: &mut Decoder<'_>, node: Node<'_>) -> bool {
    let at = node.at;
    let Some(version) = decoder.scalar(node) else {
        return true;
    };
    if version.form == Form::Number && version.text == VERSION {
        return true;
    }
    let found = decoder.text[at.start as usize..at.end as usize].to_owned();
    decoder.report(Problem::UnsupportedVersion { found }, at);
    false
}

fn unknown_section(decoder: &mut Decoder<'_>, member: &Member<'_>) {
    let sections = KINDS.into_iter().map(|kind| kind.plural);
    decoder.unknown_member(
        member,
        [VERSION_MEMBER, DEFAULTS_MEMBER]
            .into_iter()
            .chain(sections),
    );
}

fn read_defaults(decoder: &mut Decoder<'_>, node: Node<'_>) {
    for member in decoder.mapping(node).unwrap_or_default() {
        let Some(kind) = KINDS.into_iter().find(|kind| kind.name == member.name) else {
            decoder.unknown_member(&member, KINDS.into_iter().map(|kind| kind.name));
            continue;
        };
        let members = decoder.mapping(member.value).unwrap_or_default();
        decoder.defaults[kind.rank()] = fields::of_defaults(decoder, kind, members);
    }
}
