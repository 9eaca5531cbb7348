//! The common form of YAML: block collections, scalars that end on their line, and flow collections that do. Nearly all manifests have no
//! other, and a parser of all YAML takes longer for them than everything else that a validation does.
//!
//! What is not recognised is not in this form: tabs, anchors, tags, texts of several lines, a second document, and whatever is an error.
//! Then nothing of the text is read here, and the parser reads all of it. That both read the same is proved in `tests/common_form.rs`.

use std::borrow::Cow;

use super::node_style::{Collection, Style};
use super::tree::TextRange;
use line::{Line, OtherForm};
use scalar::Scalar;

mod line;
mod scalar;

/// The deepest nesting of the common form. Manifests need six levels.
const MAX_DEPTH: usize = 16;

/// Takes the nodes of a text in their order.
pub(super) trait Nodes<'t> {
    fn scalar(&mut self, text: Cow<'t, str>, style: Style, at: TextRange);

    /// A collection begins here.
    fn open(&mut self, collection: Collection, start: usize);

    /// The innermost collection ends here.
    fn close(&mut self, end: usize);
}

/// Reads a text, if all of it is in the common form; whether it is. Nothing is sent if it is not.
pub(super) fn read<'t>(text: &'t str, nodes: &mut impl Nodes<'t>) -> bool {
    let is_common = pass(text, &mut Unread).is_ok();
    if is_common {
        pass(text, nodes).expect("the text was looked through");
    }
    is_common
}

/// Goes through a text and sends its nodes, up to where it is in another form.
fn pass<'t>(text: &'t str, nodes: &mut impl Nodes<'t>) -> Result<(), OtherForm> {
    let mut reader = Reader {
        line: Line::of(text),
        nodes,
        open: Vec::new(),
    };
    reader.first_line()?;
    while let Some(column) = reader.line.next_content()? {
        reader.node_of_line(column)?;
    }
    reader.close_to(0, text.len());
    Ok(())
}

/// For looking through a text.
pub(super) struct Unread;

impl<'t> Nodes<'t> for Unread {
    fn scalar(&mut self, _: Cow<'t, str>, _: Style, _: TextRange) {}
    fn open(&mut self, _: Collection, _: usize) {}
    fn close(&mut self, _: usize) {}
}

struct Reader<'t, 'n, N> {
    line: Line<'t>,
    nodes: &'n mut N,
    /// The block collections that have begun and not ended.
    open: Vec<Block>,
}

/// A block collection that has begun.
struct Block {
    collection: Collection,
    /// How many characters stand before its items or its keys.
    column: usize,
    /// Where the `:` stands behind which no value has come yet.
    awaits: Option<usize>,
}

impl<'t, N: Nodes<'t>> Reader<'t, '_, N> {
    /// Begins the mapping that a manifest is.
    fn first_line(&mut self) -> Result<(), OtherForm> {
        let mut column = self.line.next_content()?;
        if column == Some(0) && self.line.skip_document_start()? {
            column = self.line.next_content()?;
        }
        if column != Some(0) || self.line.is_item() || self.line.is_document_marker() {
            return Err(OtherForm);
        }
        self.block(0)
    }

    /// Reads the line whose content begins in this column.
    fn node_of_line(&mut self, column: usize) -> Result<(), OtherForm> {
        if column == 0 && self.line.is_document_marker() {
            return Err(OtherForm);
        }
        let is_item = self.line.is_item();
        let ended = self.open.iter().rposition(|it| it.column <= column);
        self.close_to(ended.map_or(0, |last| last + 1), self.line.at());
        let block = self.open.last_mut().ok_or(OtherForm)?;
        let is_list = block.collection == Collection::List;
        if block.column < column {
            // Only a value can stand further in, and only where one is still awaited.
            block.awaits.take().ok_or(OtherForm)?;
            return self.block(column);
        }
        match (is_list, is_item) {
            (true, true) => self.item(),
            (false, true) => {
                block.awaits.take().ok_or(OtherForm)?;
                // As for the parser, such a list begins behind its first mark.
                self.begin(Collection::List, column, self.line.behind_item_mark())?;
                self.item()
            }
            (false, false) => {
                self.end_awaited();
                self.key()
            }
            // The list may stand in the column of the mapping around it.
            (true, false) => {
                let depth = self.open.len() - 1;
                let around = depth.checked_sub(1).map(|around| self.open[around].column);
                if around != Some(column) {
                    return Err(OtherForm);
                }
                self.close_to(depth, self.line.at());
                self.key()
            }
        }
    }

    /// Begins a list or a mapping, at its first item or key.
    fn block(&mut self, column: usize) -> Result<(), OtherForm> {
        if self.line.is_item() {
            self.begin(Collection::List, column, self.line.at())?;
            self.item()
        } else {
            self.begin(Collection::Mapping, column, self.line.at())?;
            self.key()
        }
    }

    fn begin(
        &mut self,
        collection: Collection,
        column: usize,
        start: usize,
    ) -> Result<(), OtherForm> {
        if self.open.len() == MAX_DEPTH {
            return Err(OtherForm);
        }
        self.nodes.open(collection, start);
        self.open.push(Block {
            collection,
            column,
            awaits: None,
        });
        Ok(())
    }

    /// Reads `- ` and what follows in the line.
    fn item(&mut self) -> Result<(), OtherForm> {
        let column = self.line.skip_item_mark();
        if self.line.is_item() {
            return self.block(column);
        }
        if let Some(collection) = self.line.flow_collection() {
            self.flow(collection, self.open.len())?;
            return self.line.end();
        }
        let scalar = self.line.scalar(false)?;
        if self.line.is_key_mark() {
            self.begin(Collection::Mapping, column, scalar.at.start as usize)?;
            return self.value_of(scalar);
        }
        self.send(scalar);
        self.line.end()
    }

    /// Reads a key and what follows in the line.
    fn key(&mut self) -> Result<(), OtherForm> {
        let key = self.line.scalar(false)?;
        if !self.line.is_key_mark() {
            return Err(OtherForm);
        }
        self.value_of(key)
    }

    /// Sends the key, and reads from the `:` behind it to the end of the line.
    fn value_of(&mut self, key: Scalar<'t>) -> Result<(), OtherForm> {
        self.send(key);
        let mark = self.line.at();
        self.line.skip_key_mark();
        if self.line.is_at_end() {
            self.open.last_mut().ok_or(OtherForm)?.awaits = Some(mark);
        } else if let Some(collection) = self.line.flow_collection() {
            self.flow(collection, self.open.len())?;
        } else {
            let value = self.line.scalar(false)?;
            self.send(value);
        }
        self.line.end()
    }

    /// Reads a flow collection, which ends on its line.
    fn flow(&mut self, collection: Collection, depth: usize) -> Result<(), OtherForm> {
        if depth == MAX_DEPTH {
            return Err(OtherForm);
        }
        self.nodes.open(collection, self.line.at());
        self.line.skip_with_blanks();
        let mut is_first = true;
        while !self.line.is_flow_end(collection) {
            if !is_first {
                self.line.skip_comma()?;
            }
            is_first = false;
            if collection == Collection::Mapping {
                let key = self.line.scalar(true)?;
                if !self.line.is_key_mark() {
                    return Err(OtherForm);
                }
                self.send(key);
                self.line.skip_key_mark();
            }
            if let Some(inner) = self.line.flow_collection() {
                self.flow(inner, depth + 1)?;
            } else {
                let scalar = self.line.scalar(true)?;
                self.send(scalar);
            }
            self.line.skip_blanks();
        }
        self.line.skip();
        self.nodes.close(self.line.at());
        Ok(())
    }

    fn send(&mut self, scalar: Scalar<'t>) {
        self.nodes.scalar(scalar.text, scalar.style, scalar.at);
    }

    /// Sends that the last key of the innermost mapping has no value.
    fn end_awaited(&mut self) {
        let awaits = self.open.last_mut().and_then(|block| block.awaits.take());
        if let Some(mark) = awaits {
            self.send(Scalar::missing(mark));
        }
    }

    /// Ends the innermost blocks, so that this number stays.
    fn close_to(&mut self, depth: usize, end: usize) {
        while self.open.len() > depth {
            self.end_awaited();
            self.nodes.close(end);
            self.open.pop();
        }
    }
}
