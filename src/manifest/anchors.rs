//! Anchored nodes, and how much their aliases stand for.
//!
//! An alias costs nothing to build, whatever it stands for, but everything behind walks what it
//! stands for. So each node has a weight, and what the aliases of a file weigh together is bounded.

use std::collections::HashMap;
use std::rc::Rc;

use super::tree::Node;

/// So many nodes may the aliases of any file stand for, and one more for each byte of it: a million
/// records that share a base are no bomb. Nodes that are written out do not count.
pub(super) const MAX_EXPANDED: usize = 1_000_000;

/// The anchored nodes of one document.
pub(super) struct Anchors<'t> {
    finished: HashMap<usize, (Rc<Node<'t>>, Weight)>,
    expanded: usize,
    limit: usize,
}

/// How much a node stands for: nodes, and levels of collections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    nodes: usize,
    height: usize,
}

/// Why an alias cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It stands in the node that it repeats.
    Unfinished,
    TooDeep,
    TooMany {
        limit: usize,
    },
    /// It follows one that was too many.
    MoreOfTooMany,
}

impl<'t> Anchors<'t> {
    /// No anchors yet, in a text of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            finished: HashMap::new(),
            expanded: 0,
            limit: MAX_EXPANDED + bytes,
        }
    }

    /// Keeps a finished node for the aliases to come.
    pub(super) fn keep(&mut self, anchor: usize, node: Node<'t>, weight: Weight) -> Rc<Node<'t>> {
        let node = Rc::new(node);
        self.finished.insert(anchor, (Rc::clone(&node), weight));
        node
    }

    /// The node that an alias stands for, where `room` more levels of collections may be.
    pub(super) fn resolve(
        &mut self,
        anchor: usize,
        room: usize,
    ) -> Result<(Rc<Node<'t>>, Weight), Refusal> {
        let (node, weight) = self.finished.get(&anchor).ok_or(Refusal::Unfinished)?;
        let limit = self.limit;
        if self.expanded > limit {
            return Err(Refusal::MoreOfTooMany);
        }
        self.expanded += weight.nodes;
        if self.expanded > limit {
            return Err(Refusal::TooMany { limit });
        }
        if weight.height > room {
            return Err(Refusal::TooDeep);
        }
        Ok((Rc::clone(node), *weight))
    }
}

impl Weight {
    /// Of a scalar.
    pub(super) const SCALAR: Self = Self {
        nodes: 1,
        height: 0,
    };

    /// Of a collection with nothing in it.
    pub(super) const COLLECTION: Self = Self {
        nodes: 1,
        height: 1,
    };

    /// Adds a node that stands in this collection.
    pub(super) fn hold(&mut self, inner: Self) {
        // Bounded: what aliases add is, and what is written out fits in the file.
        self.nodes += inner.nodes;
        self.height = self.height.max(inner.height + 1);
    }

    /// Adds a node whose members become members of this mapping.
    pub(super) fn merge(&mut self, inner: Self, is_list: bool) {
        self.nodes += inner.nodes;
        self.height = self.height.max(inner.height - usize::from(is_list));
    }
}
