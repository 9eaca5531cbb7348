//! Merge keys: `<<` lays the members of other mappings under those that a mapping writes itself.
//!
//! A member that the mapping writes wins over a merged one, and an earlier merged mapping wins over a later one.
//! Source: <https://yaml.org/type/merge.html>.

use std::borrow::Cow;
use std::collections::HashSet;

use super::tree::{Member, Node, NodeContent};
use crate::model::{Diagnostic, FileId, Problem};

/// The merge key. In quotes it is an ordinary name.
pub(super) const KEY: &str = "<<";

/// Adds the merged members whose names the mapping does not have yet.
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
        NodeContent::List(items) => items,
        content @ (NodeContent::Scalar(_)
        | NodeContent::Mapping(_)
        | NodeContent::Shared(_)
        | NodeContent::Broken) => {
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
