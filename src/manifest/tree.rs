//! The tree of one YAML text: every scalar as written, every node with its place.
//!
//! Scalars borrow from the source if it contains them literally, so that a tree costs little more than its nodes. A node that an
//! alias repeats is shared, not copied. `tree_builder` builds these trees, and the rest of `manifest` decodes them.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use crate::model::{FileId, Form, Shape, Span};

/// A node and its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'t> {
    pub(super) at: TextRange,
    pub(super) content: NodeContent<'t>,
}

/// The content of a node.
#[derive(Clone, Debug)]
pub(super) enum NodeContent<'t> {
    Scalar(ScalarText<'t>),
    List(Vec<Node<'t>>),
    Mapping(Vec<Member<'t>>),
    /// A node with an anchor, or an alias of one.
    Shared(Rc<Node<'t>>),
    /// A node whose problem is reported already. Later steps report nothing more about it.
    Broken,
}

/// A scalar: its type by the core schema, and its text without quotes.
#[derive(Clone, Debug)]
pub(super) struct ScalarText<'t> {
    pub(super) form: Form,
    pub(super) text: Cow<'t, str>,
    /// Whether the text of the file is a reference to this value.
    pub(super) is_reference: bool,
}

/// One member of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Member<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) name_at: TextRange,
    pub(super) value: Node<'t>,
}

/// A range of bytes in the text of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextRange {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The shape of a node that has another shape than expected; `None` if the node is broken.
pub(super) struct Misshapen(pub(super) Option<Shape>);

impl<'t> ScalarText<'t> {
    /// A scalar that the file writes itself.
    pub(super) fn written(form: Form, text: Cow<'t, str>) -> Self {
        Self {
            form,
            text,
            is_reference: false,
        }
    }
}

impl<'t> Node<'t> {
    /// The node behind an anchor or alias, at the place where it is used.
    pub(super) fn unshared(self) -> Self {
        match self.content {
            NodeContent::Shared(shared) => {
                let inner = Rc::unwrap_or_clone(shared).unshared();
                Node {
                    at: self.at,
                    content: inner.content,
                }
            }
            content @ (NodeContent::Scalar(_)
            | NodeContent::List(_)
            | NodeContent::Mapping(_)
            | NodeContent::Broken) => Node {
                at: self.at,
                content,
            },
        }
    }

    /// The shape of the node, or of the node behind an anchor or alias; `None` if the node is broken.
    pub(super) fn shape(&self) -> Option<Shape> {
        match &self.content {
            NodeContent::Scalar(ScalarText {
                form: Form::Null, ..
            }) => Some(Shape::Nothing),
            NodeContent::Scalar(_) => Some(Shape::Scalar),
            NodeContent::List(_) => Some(Shape::List),
            NodeContent::Mapping(_) => Some(Shape::Mapping),
            NodeContent::Shared(shared) => shared.shape(),
            NodeContent::Broken => None,
        }
    }

    /// Whether it is a mapping with this member.
    pub(super) fn has_member(&self, name: &str) -> bool {
        match &self.content {
            NodeContent::Mapping(members) => members.iter().any(|member| member.name == name),
            NodeContent::Shared(shared) => shared.has_member(name),
            NodeContent::Scalar(_) | NodeContent::List(_) | NodeContent::Broken => false,
        }
    }

    /// The items of a list.
    pub(super) fn into_list(self) -> Result<Vec<Self>, Misshapen> {
        let node = self.unshared();
        match node.content {
            NodeContent::List(items) => Ok(items),
            NodeContent::Scalar(_)
            | NodeContent::Mapping(_)
            | NodeContent::Shared(_)
            | NodeContent::Broken => Err(Misshapen(node.shape())),
        }
    }

    /// The members of a mapping.
    pub(super) fn into_mapping(self) -> Result<Vec<Member<'t>>, Misshapen> {
        let node = self.unshared();
        match node.content {
            NodeContent::Mapping(members) => Ok(members),
            NodeContent::Scalar(_)
            | NodeContent::List(_)
            | NodeContent::Shared(_)
            | NodeContent::Broken => Err(Misshapen(node.shape())),
        }
    }

    /// The scalar, which may be null.
    pub(super) fn into_scalar(self) -> Result<ScalarText<'t>, Misshapen> {
        let node = self.unshared();
        match node.content {
            NodeContent::Scalar(text) => Ok(text),
            NodeContent::List(_)
            | NodeContent::Mapping(_)
            | NodeContent::Shared(_)
            | NodeContent::Broken => Err(Misshapen(node.shape())),
        }
    }
}

/// A place in a text, as ranges keep it.
pub(super) fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("texts are shorter than 4 GiB")
}

impl TextRange {
    pub(super) fn of(bytes: Range<usize>) -> Self {
        Self {
            start: offset(bytes.start),
            end: offset(bytes.end),
        }
    }

    /// The range as a place in a file.
    pub(super) fn span(self, file: FileId) -> Span {
        Span {
            file,
            start: self.start,
            end: self.end,
        }
    }
}
