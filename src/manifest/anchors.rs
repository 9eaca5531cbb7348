//! Anchored nodes, and a limit for what their aliases expand to.
//!
//! An alias is cheap to build, however large its node is, but all later steps walk the whole node. So each node has a weight,
//! and the sum of the weights that the aliases of a file repeat is limited.

use std::collections::HashMap;
use std::rc::Rc;

use super::tree::Node;

/// The aliases of a file may expand to this number of nodes, plus one for each byte of the file. So a million records that share
/// a base are allowed. Nodes that are written out do not count.
pub(super) const MAX_EXPANDED: usize = 1_000_000;

/// The anchored nodes of one document.
pub(super) struct Anchors<'t> {
    finished: HashMap<usize, (Rc<Node<'t>>, Weight)>,
    expanded: usize,
    limit: usize,
}

/// The size of a node, expanded: its nodes, and its levels of collections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    nodes: usize,
    height: usize,
}

/// Why an alias cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AliasRefusal {
    /// The alias stands inside the node that it repeats.
    Unfinished,
    TooDeep,
    TooMany {
        limit: usize,
    },
    /// An earlier alias exceeded the limit already.
    MoreOfTooMany,
}

impl<'t> Anchors<'t> {
    /// No anchors yet, for a text of `bytes` bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            finished: HashMap::new(),
            expanded: 0,
            limit: MAX_EXPANDED + bytes,
        }
    }

    /// Keeps a finished node for later aliases.
    pub(super) fn keep(&mut self, anchor: usize, node: Node<'t>, weight: Weight) -> Rc<Node<'t>> {
        let node = Rc::new(node);
        self.finished.insert(anchor, (Rc::clone(&node), weight));
        node
    }

    /// The node that an alias repeats, where `room` more levels of collections are allowed.
    pub(super) fn resolve(
        &mut self,
        anchor: usize,
        room: usize,
    ) -> Result<(Rc<Node<'t>>, Weight), AliasRefusal> {
        let (node, weight) = self.finished.get(&anchor).ok_or(AliasRefusal::Unfinished)?;
        let limit = self.limit;
        if self.expanded > limit {
            return Err(AliasRefusal::MoreOfTooMany);
        }
        self.expanded += weight.nodes;
        if self.expanded > limit {
            return Err(AliasRefusal::TooMany { limit });
        }
        if weight.height > room {
            return Err(AliasRefusal::TooDeep);
        }
        Ok((Rc::clone(node), *weight))
    }
}

impl Weight {
    /// The weight of a scalar.
    pub(super) const SCALAR: Self = Self {
        nodes: 1,
        height: 0,
    };

    /// The weight of an empty collection.
    pub(super) const COLLECTION: Self = Self {
        nodes: 1,
        height: 1,
    };

    /// Adds a node of this collection.
    pub(super) fn add(&mut self, inner: Self) {
        // Cannot overflow: aliases have a limit, and nodes that are written out fit in the file.
        self.nodes += inner.nodes;
        self.height = self.height.max(inner.height + 1);
    }

    /// Adds a node whose members become members of this mapping.
    pub(super) fn merge(&mut self, inner: Self, is_list: bool) {
        self.nodes += inner.nodes;
        self.height = self.height.max(inner.height - usize::from(is_list));
    }
}
