//! Flags whose names come from the table of kinds, so that messages and arguments spell them alike.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::kind::KINDS;
use crate::model::shell_word;

use super::escape::escaped;

/// The flag of `import` that takes children along: `with-`, and the plurals of the kinds that have a parent.
#[must_use]
pub fn with_children_flag() -> String {
    format!("with-{}", children())
}

/// The flag that deletes undeclared children together with their parents.
#[must_use]
pub fn with_undeclared_flag() -> String {
    format!("with-undeclared-{}", children())
}

/// "--force-field name --force-field stage": the flags of an undo that restores these fields in any case.
pub(super) fn force_flags<'n>(names: impl IntoIterator<Item = &'n Arc<str>>) -> String {
    let names: BTreeSet<&str> = names.into_iter().map(|name| &**name).collect();
    let flags = names
        .into_iter()
        .map(|name| format!("--force-field {}", shell_word(&escaped(name))));
    flags.collect::<Vec<_>>().join(" ")
}

fn children() -> String {
    let children = KINDS.into_iter().filter(|kind| kind.parent.is_some());
    let plurals: Vec<&str> = children.map(|kind| kind.plural).collect();
    plurals.join("-and-")
}
