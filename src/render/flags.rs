//! Flags whose names come from the table of kinds, so that messages and arguments spell them alike.

use crate::model::kind::KINDS;

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

fn children() -> String {
    let children = KINDS.into_iter().filter(|kind| kind.parent.is_some());
    let plurals: Vec<&str> = children.map(|kind| kind.plural).collect();
    plurals.join("-and-")
}
