//! Merge keys: `<<` lays the members of other mappings under those that a mapping writes itself.
//!
//! What is written counts before what is merged, and of several mappings the earlier one counts.
//! Source: <https://yaml.org/type/merge.html>.

use std::borrow::Cow;
use std::collections::HashSet;

use super::tree::{Content, Member, Node};
use crate::model::{Diagnostic, FileId, Problem};

/// The key, when it is written plain.
pub(super) const KEY: &str = "<<";

/// Adds the members of what is merged that are not there yet.
pub(super) fn lay_under<'t>(
    members: &mut Vec<Member<'t>>,
    merged: Node<'t>,
    file: FileId,
    out: &mut Vec<Diagnostic>,
) {
    let mut known: HashSet<Cow<'t, str>> =
        members.iter().map(|member| member.name.clone()).collect();
    for member in mappings(merged, file, out).into_iter().flatten() {
        if known.insert(member.name.clone()) {
            members.push(member);
        }
    }
}

/// The mappings that a merge key names: one, or a list of them.
fn mappings<'t>(node: Node<'t>, file: FileId, out: &mut Vec<Diagnostic>) -> Vec<Vec<Member<'t>>> {
    let node = node.unshared();
    let nodes = match node.content {
        Content::List(items) => items,
        content @ (Content::Scalar(_)
        | Content::Mapping(_)
        | Content::Shared(_)
        | Content::Broken) => {
            let at = node.at;
            vec![Node { at, content }]
        }
    };
    let mut mappings = Vec::new();
    for node in nodes {
        let at = node.at;
        match node.into_mapping() {
            Ok(members) => mappings.push(members),
            Err(misshapen) if misshapen.0.is_some() => {
                out.push(Diagnostic::new(Problem::BadMerge, at.span(file)));
            }
            Err(_) => {}
        }
    }
    mappings
}
