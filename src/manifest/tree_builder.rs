//! From events to a tree: a stack of open collections, anchors, merge keys, and the limits that keep hostile files cheap.
//!
//! A problem is reported, and building continues: a duplicate member is dropped, and a part that cannot be used becomes a broken
//! node. This file does not depend on the parser that sends the events.

use std::borrow::Cow;

use super::anchors::{AliasRefusal, Anchors, Weight};
use super::core_schema;
use super::frame::{Frame, Inside, ItemSink, PendingKey, awaits_item};
use super::merge;
use super::named_values::{self, NamedValues, Resolved};
use super::node_style::{Collection, Properties, Style, Tag};
use super::repeated::repeated;
use super::tree::{Member, Node, NodeContent, ScalarText, TextRange};
use crate::model::{Diagnostic, FileId, Problem, Shape};

/// The deepest nesting of collections. Manifests need six levels.
pub(super) const MAX_DEPTH: usize = 32;

/// Builds one document.
pub(super) struct TreeBuilder<'t, 'o> {
    file: FileId,
    values: &'o NamedValues,
    out: &'o mut Vec<Diagnostic>,
    sink: Option<&'o mut dyn ItemSink<'t>>,
    open: Vec<Frame<'t>>,
    root: Option<Node<'t>>,
    anchors: Anchors<'t>,
}

/// A document that is nested too deeply to be read on.
#[derive(Debug)]
pub(super) struct TooDeep;

impl<'t, 'o> TreeBuilder<'t, 'o> {
    /// A builder for a text of `bytes` bytes.
    pub(super) fn new(
        file: FileId,
        bytes: usize,
        values: &'o NamedValues,
        out: &'o mut Vec<Diagnostic>,
        sink: Option<&'o mut dyn ItemSink<'t>>,
    ) -> Self {
        Self {
            file,
            values,
            out,
            sink,
            open: Vec::new(),
            root: None,
            anchors: Anchors::new(bytes),
        }
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: Style,
        properties: &Properties,
        at: TextRange,
    ) {
        let is_merge = style == Style::Plain && properties.tag.is_none() && text == merge::KEY;
        let scalar = match &properties.tag {
            Some(tag) => {
                let form = self.tagged(tag, |name| core_schema::tagged(name, &text));
                let text = named_values::tagged(text).map_err(|problem| self.report(problem, at));
                form.zip(text.ok())
                    .map(|(form, text)| ScalarText::written(form, text))
            }
            None if self.awaited_key().is_some() => {
                Some(ScalarText::written(style.form(&text), text))
            }
            None => self.resolved(text, style, at),
        };
        let content = scalar.map_or(NodeContent::Broken, NodeContent::Scalar);
        let node = self.anchored(Node { at, content }, Weight::SCALAR, properties.anchor);
        if is_merge && let Some(key) = self.awaited_key() {
            *key = Some(PendingKey::Merge(at));
        } else {
            self.attach(node, Weight::SCALAR);
        }
    }

    /// The scalar, or what it refers to. Reports a reference to nothing.
    fn resolved(
        &mut self,
        text: Cow<'t, str>,
        style: Style,
        at: TextRange,
    ) -> Option<ScalarText<'t>> {
        match self.values.resolve(text) {
            Resolved::Literal(text) => Some(ScalarText::written(style.form(&text), text)),
            Resolved::Value(scalar) => Some(scalar),
            Resolved::Refused(problem) => {
                self.report(problem, at);
                None
            }
        }
    }

    /// # Errors
    /// The collection is nested too deeply. Call [`TreeBuilder::abandon`] next and nothing else.
    pub(super) fn open(
        &mut self,
        collection: Collection,
        properties: &Properties,
        start: u32,
    ) -> Result<(), TooDeep> {
        if self.open.len() == MAX_DEPTH {
            return Err(TooDeep);
        }
        let (inside, own_tag) = match collection {
            Collection::List => (Inside::List(Vec::new()), "seq"),
            Collection::Mapping => (Inside::mapping(awaits_item(&self.open)), "map"),
        };
        let fits = properties.tag.as_ref().is_none_or(|tag| {
            self.tagged(tag, |name| (name == own_tag).then_some(()))
                .is_some()
        });
        // What an anchor keeps has to be whole.
        let is_whole = properties.anchor != 0 || !fits;
        let is_list = collection == Collection::List;
        let is_streamed = is_list && !is_whole && self.is_taken();
        let inside = if is_streamed {
            Inside::Streamed(None)
        } else {
            inside
        };
        self.open.push(Frame {
            start,
            anchor: properties.anchor,
            broken: !fits,
            weight: Weight::COLLECTION,
            inside,
        });
        Ok(())
    }

    /// Ends the innermost collection.
    pub(super) fn close(&mut self, end: u32) {
        let Frame {
            start,
            anchor,
            broken,
            weight,
            inside,
        } = self
            .open
            .pop()
            .expect("a collection ends after it has begun");
        let content = match inside {
            Inside::List(items) => NodeContent::List(items),
            Inside::Streamed(last) => {
                self.send(last);
                NodeContent::List(Vec::new())
            }
            Inside::Mapping {
                mut members,
                merged,
                key: _,
            } => {
                self.drop_duplicates(&mut members);
                self.merge(&mut members, merged);
                if !awaits_item(&self.open) {
                    // All others exist at once until they are decoded.
                    members.shrink_to_fit();
                }
                NodeContent::Mapping(members)
            }
        };
        let node = Node {
            at: TextRange {
                start,
                end: end.max(start),
            },
            content: if broken { NodeContent::Broken } else { content },
        };
        let node = self.anchored(node, weight, anchor);
        self.attach(node, weight);
    }

    /// Adds an alias of the node with this anchor.
    pub(super) fn alias(&mut self, anchor: usize, at: TextRange) {
        let room = MAX_DEPTH - self.open.len();
        match self.anchors.resolve(anchor, room) {
            Ok((node, weight)) => {
                let content = NodeContent::Shared(node);
                self.attach(Node { at, content }, weight);
            }
            Err(refusal) => {
                match refusal {
                    AliasRefusal::Unfinished => {
                        let message =
                            "this alias stands inside the node that it repeats".to_owned();
                        self.report(Problem::Syntax { message }, at);
                    }
                    AliasRefusal::TooDeep => self.report(Problem::TooDeep { limit: MAX_DEPTH }, at),
                    AliasRefusal::TooMany { limit } => {
                        self.report(Problem::TooManyNodes { limit }, at);
                    }
                    AliasRefusal::MoreOfTooMany => {}
                }
                self.broken(at);
            }
        }
    }

    /// Adds a node that cannot be used. Its problem is reported already.
    pub(super) fn broken(&mut self, at: TextRange) {
        let content = NodeContent::Broken;
        self.attach(Node { at, content }, Weight::SCALAR);
    }

    pub(super) fn report(&mut self, problem: Problem, at: TextRange) {
        self.out.push(Diagnostic::new(problem, at.span(self.file)));
    }

    /// The finished document.
    pub(super) fn finish(self) -> Option<Node<'t>> {
        self.root
    }

    /// The trustworthy part of a document that breaks off: the complete members of the top level, and the items of the list in
    /// which it breaks off. The last item is left out, because the break may have cut it short.
    pub(super) fn abandon(mut self) -> Option<Node<'t>> {
        self.open.truncate(2);
        if self.open.len() == 2 {
            let top = self.open.last_mut().expect("two are open");
            match &mut top.inside {
                Inside::List(items) => {
                    items.pop();
                    self.close(0);
                }
                Inside::Streamed(last) => {
                    *last = None;
                    self.close(0);
                }
                Inside::Mapping { .. } => {
                    self.open.pop();
                }
            }
        }
        if !self.open.is_empty() {
            self.close(0);
        }
        self.root
    }

    /// The slot for a key, if the next node is the key of a mapping.
    fn awaited_key(&mut self) -> Option<&mut Option<PendingKey<'t>>> {
        self.open.last_mut()?.inside.awaited_key()
    }

    /// Whether the sink takes the items of the list that begins here.
    fn is_taken(&mut self) -> bool {
        let ([top], Some(sink)) = (&self.open[..], &mut self.sink) else {
            return false;
        };
        let Inside::Mapping {
            members,
            merged,
            key: Some(PendingKey::Name(name, _)),
        } = &top.inside
        else {
            return false;
        };
        // Of two members with one name the later one is dropped.
        let is_first = members.iter().all(|member| member.name != *name);
        is_first && merged.is_empty() && !top.broken && sink.takes(name, members)
    }

    fn send(&mut self, item: Option<Node<'t>>) {
        if let (Some(item), Some(sink)) = (item, &mut self.sink) {
            sink.item(item);
        }
    }

    fn attach(&mut self, mut node: Node<'t>, weight: Weight) {
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        let (members, merged, key) = match &mut frame.inside {
            Inside::List(items) => {
                frame.weight.add(weight);
                return items.push(node);
            }
            Inside::Streamed(last) => {
                frame.weight.add(weight);
                let before = last.replace(node);
                return self.send(before);
            }
            Inside::Mapping {
                members,
                merged,
                key,
            } => (members, merged, key),
        };
        let mut misplaced = None;
        match key.take() {
            None => {
                let at = node.at;
                *key = Some(match node.into_scalar() {
                    Ok(text) => PendingKey::Name(text.text, at),
                    Err(misshapen) => {
                        misplaced = misshapen.0.map(|_| at);
                        PendingKey::Broken
                    }
                });
            }
            Some(PendingKey::Name(name, name_at)) => {
                // A missing value has no place of its own.
                if node.at.start == node.at.end {
                    node.at = name_at;
                }
                members.push(Member {
                    name,
                    name_at,
                    value: node,
                });
            }
            Some(PendingKey::Merge(at)) => {
                let is_list = node.shape() == Some(Shape::List);
                frame.weight.merge(weight, is_list);
                return merged.push((at, node));
            }
            Some(PendingKey::Broken) => {}
        }
        frame.weight.add(weight);
        if let Some(at) = misplaced {
            self.report(Problem::KeyNotScalar, at);
        }
    }

    fn anchored(&mut self, node: Node<'t>, weight: Weight, anchor: usize) -> Node<'t> {
        if anchor == 0 {
            return node;
        }
        let at = node.at;
        let content = NodeContent::Shared(self.anchors.keep(anchor, node, weight));
        Node { at, content }
    }

    /// The result of `resolve` for a core tag. Reports a tag that is not a core tag, or that does not fit the node.
    fn tagged<T>(&mut self, tag: &Tag, resolve: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let written = tag.written.clone();
        let Some(core) = &tag.core else {
            self.report(Problem::UnsupportedTag { tag: written }, tag.at);
            return None;
        };
        let resolved = resolve(core);
        if resolved.is_none() {
            self.report(Problem::TagMismatch { tag: written }, tag.at);
        }
        resolved
    }

    fn drop_duplicates(&mut self, members: &mut Vec<Member<'t>>) {
        let twice = repeated(members.len(), |index| members[index].name.as_ref());
        if twice.is_empty() {
            return;
        }
        for pair in &twice {
            let name = members[pair.again].name.clone().into_owned();
            let (first, again) = (members[pair.first].name_at, members[pair.again].name_at);
            self.report_duplicate(name, first, again);
        }
        let mut dropped = twice.iter().map(|pair| pair.again).peekable();
        let mut indices = 0..;
        members.retain(|_| {
            let index = indices.next().expect("the range has no end");
            dropped.next_if_eq(&index).is_none()
        });
    }

    fn merge(&mut self, members: &mut Vec<Member<'t>>, merged: Vec<(TextRange, Node<'t>)>) {
        let mut merged = merged.into_iter();
        let Some((first, node)) = merged.next() else {
            return;
        };
        for (again, _) in merged {
            self.report_duplicate(merge::KEY.to_owned(), first, again);
        }
        merge::lay_under(members, node, self.file, self.out);
    }

    fn report_duplicate(&mut self, name: String, first: TextRange, again: TextRange) {
        let problem = Problem::DuplicateMember { name };
        let diagnostic = Diagnostic::new(problem, again.span(self.file));
        self.out
            .push(diagnostic.with(first.span(self.file), "first here"));
    }
}
