//! The tree of one YAML text: every scalar as written, every node with its place.
//!
//! Texts borrow from the source wherever the source says them literally, so that a tree costs little
//! more than its nodes. What an alias repeats is shared, not copied. There is no I/O and no parser
//! here: `parser` builds these trees, the rest of `manifest` takes them apart.

use std::borrow::Cow;
use std::rc::Rc;

use crate::model::{FileId, Form, Shape, Span};

/// A node and the bytes that it stands on.
#[derive(Clone, Debug)]
pub(super) struct Node<'t> {
    pub(super) at: At,
    pub(super) content: Content<'t>,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Content<'t> {
    Scalar(Text<'t>),
    List(Vec<Node<'t>>),
    Mapping(Vec<Member<'t>>),
    /// A node with an anchor, or an alias of one.
    Shared(Rc<Node<'t>>),
    /// A node whose problem is already reported: nothing more is to be said about it.
    Broken,
}

/// A scalar: what the core schema takes it for, and its text without quotes.
#[derive(Clone, Debug)]
pub(super) struct Text<'t> {
    pub(super) form: Form,
    pub(super) text: Cow<'t, str>,
}

/// One member of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Member<'t> {
    pub(super) name: Cow<'t, str>,
    pub(super) name_at: At,
    pub(super) value: Node<'t>,
}

/// A range of bytes in the text of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A node that is not what its place takes: its shape, or nothing if the node is broken.
pub(super) struct Misshapen(pub(super) Option<Shape>);

impl<'t> Node<'t> {
    /// The node that an anchor or alias stands for, at the place where it is used.
    pub(super) fn unshared(self) -> Self {
        match self.content {
            Content::Shared(shared) => {
                let inner = Rc::unwrap_or_clone(shared).unshared();
                Node {
                    at: self.at,
                    content: inner.content,
                }
            }
            content @ (Content::Scalar(_)
            | Content::List(_)
            | Content::Mapping(_)
            | Content::Broken) => Node {
                at: self.at,
                content,
            },
        }
    }

    /// The shape, looking through anchors; nothing if the node is broken.
    pub(super) fn shape(&self) -> Option<Shape> {
        match &self.content {
            Content::Scalar(Text {
                form: Form::Null, ..
            }) => Some(Shape::Nothing),
            Content::Scalar(_) => Some(Shape::Scalar),
            Content::List(_) => Some(Shape::List),
            Content::Mapping(_) => Some(Shape::Mapping),
            Content::Shared(shared) => shared.shape(),
            Content::Broken => None,
        }
    }

    /// The items of a list.
    pub(super) fn into_list(self) -> Result<Vec<Self>, Misshapen> {
        let node = self.unshared();
        match node.content {
            Content::List(items) => Ok(items),
            Content::Scalar(_) | Content::Mapping(_) | Content::Shared(_) | Content::Broken => {
                Err(Misshapen(node.shape()))
            }
        }
    }

    /// The members of a mapping.
    pub(super) fn into_mapping(self) -> Result<Vec<Member<'t>>, Misshapen> {
        let node = self.unshared();
        match node.content {
            Content::Mapping(members) => Ok(members),
            Content::Scalar(_) | Content::List(_) | Content::Shared(_) | Content::Broken => {
                Err(Misshapen(node.shape()))
            }
        }
    }

    /// The scalar, null among them.
    pub(super) fn into_scalar(self) -> Result<Text<'t>, Misshapen> {
        let node = self.unshared();
        match node.content {
            Content::Scalar(text) => Ok(text),
            Content::List(_) | Content::Mapping(_) | Content::Shared(_) | Content::Broken => {
                Err(Misshapen(node.shape()))
            }
        }
    }
}

impl At {
    /// The same range as a place in a file.
    pub(super) fn span(self, file: FileId) -> Span {
        Span {
            file,
            start: self.start,
            end: self.end,
        }
    }
}
