//! From text to a tree: texts in the common form at once, all others by the events of `granit-parser`. Only this file and `edit/scan.rs`
//! know that crate.
//!
//! If a document cannot be read to its end, the tree has the part before the break.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as Range, StrInput};

use super::common_form::{self, Nodes};
use super::frame::ItemSink;
use super::named_values::NamedValues;
use super::node_style::{Collection, Properties, Style, Tag};
use super::tree::{Node, TextRange, offset};
use super::tree_builder::{MAX_DEPTH, TooDeep, TreeBuilder};
use crate::model::{Diagnostic, FileId, Problem};

/// The result of parsing a text.
pub(super) struct Parsed<'t> {
    /// The document, if there is one.
    pub(super) root: Option<Node<'t>>,
    /// Whether all of it was read.
    pub(super) complete: bool,
}

/// Reads the one document of a text that has content. Documents without any, such as the one behind a `---` at the end, are none.
pub(super) fn parse<'t>(
    file: FileId,
    text: &'t str,
    values: &NamedValues,
    out: &mut Vec<Diagnostic>,
) -> Parsed<'t> {
    parse_into(TreeBuilder::new(file, text.len(), values, out, None), text)
}

/// The same, where a sink takes the items of long lists as they are read. The lists are empty in the tree.
pub(super) fn parse_to<'t, 'o>(
    sink: &'o mut dyn ItemSink<'t>,
    file: FileId,
    text: &'t str,
    values: &'o NamedValues,
    out: &'o mut Vec<Diagnostic>,
) -> Parsed<'t> {
    let builder = TreeBuilder::new(file, text.len(), values, out, Some(sink));
    parse_into(builder, text)
}

fn parse_into<'t>(mut builder: TreeBuilder<'t, '_>, text: &'t str) -> Parsed<'t> {
    if common_form::read(text, &mut builder) {
        return Parsed {
            root: builder.finish(),
            complete: true,
        };
    }
    parse_any_form(builder, text)
}

impl<'t> Nodes<'t> for TreeBuilder<'t, '_> {
    fn scalar(&mut self, text: Cow<'t, str>, style: Style, at: TextRange) {
        self.scalar(text, style, &Properties::default(), at);
    }

    fn open(&mut self, collection: Collection, start: usize) {
        let opened = self.open(collection, &Properties::default(), offset(start));
        opened.expect("the common form is less deep");
    }

    fn close(&mut self, end: usize) {
        self.close(offset(end));
    }
}

/// Reads a text by the parser, whatever its form.
pub(super) fn parse_any_form<'t>(mut builder: TreeBuilder<'t, '_>, text: &'t str) -> Parsed<'t> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        // The scanner reads ahead: without these limits it would first buffer a hostile file as a whole.
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut documents = 0;
    // Where a document began of which it is not known yet whether it has content.
    let mut begun = None;
    let mut read = 0;
    for next in Parser::<StrInput<'t>>::new_from_str_with_options(text, options) {
        let (event, range) = match next {
            Ok(next) => next,
            Err(error) => {
                let (problem, at) = syntax_error(&error, text, read);
                builder.report(problem, at);
                return broken_off(builder);
            }
        };
        let at = at(&range);
        read = read.max(at.end as usize);
        if let Event::DocumentStart(..) = event {
            begun = Some(at);
            continue;
        }
        if let Some(start) = begun.filter(|_| event.is_node()) {
            begun = None;
            if is_nothing(&event, at) {
                continue;
            }
            documents += 1;
            if documents > 1 {
                builder.report(Problem::SecondDocument, start);
                break;
            }
        }
        if let Err(TooDeep) = send(&mut builder, event, &range) {
            builder.report(Problem::TooDeep { limit: MAX_DEPTH }, at);
            return broken_off(builder);
        }
    }
    Parsed {
        root: builder.finish(),
        complete: true,
    }
}

/// Whether this is the node of a document in which nothing is written.
fn is_nothing(event: &Event<'_>, at: TextRange) -> bool {
    matches!(event, Event::Scalar(_, ScalarStyle::Plain, 0, None) if at.start == at.end)
}

fn broken_off<'t>(builder: TreeBuilder<'t, '_>) -> Parsed<'t> {
    Parsed {
        root: builder.abandon(),
        complete: false,
    }
}

fn send<'t>(
    builder: &mut TreeBuilder<'t, '_>,
    event: Event<'t>,
    range: &Range,
) -> Result<(), TooDeep> {
    let at = at(range);
    match event {
        Event::Scalar(text, style, anchor, tag) => {
            let style = match style {
                ScalarStyle::Plain => Style::Plain,
                ScalarStyle::SingleQuoted
                | ScalarStyle::DoubleQuoted
                | ScalarStyle::Literal
                | ScalarStyle::Folded => Style::Quoted,
            };
            // The parser sends `~` for a missing scalar.
            let is_missing = style == Style::Plain && at.start == at.end;
            let text = if is_missing { Cow::Borrowed("") } else { text };
            let properties = properties(anchor, tag.as_deref(), range);
            builder.scalar(text, style, &properties, at);
        }
        Event::SequenceStart(_, anchor, tag) => {
            let properties = properties(anchor, tag.as_deref(), range);
            builder.open(Collection::List, &properties, at.start)?;
        }
        Event::MappingStart(_, anchor, tag) => {
            let properties = properties(anchor, tag.as_deref(), range);
            builder.open(Collection::Mapping, &properties, at.start)?;
        }
        Event::SequenceEnd | Event::MappingEnd => builder.close(at.end),
        Event::Alias(anchor) => builder.alias(anchor, at),
        Event::UnresolvedAlias(name) => {
            let message = format!("no anchor `&{name}` stands before this alias");
            builder.report(Problem::Syntax { message }, at);
            builder.broken(at);
        }
        Event::StreamStart
        | Event::StreamEnd
        | Event::DocumentStart(..)
        | Event::DocumentEnd
        | Event::Anchor(..)
        | Event::Comment(..) => {}
        other => debug_assert!(!other.is_node(), "a new kind of node in the parser"),
    }
    Ok(())
}

fn properties(anchor: usize, tag: Option<&granit_parser::Tag>, range: &Range) -> Properties {
    let tag = tag.map(|tag| Tag {
        core: tag.core_suffix().map(ToOwned::to_owned),
        written: tag.original(),
        at: range.tag_span().map_or_else(|| at(range), |tag| at(&tag)),
    });
    Properties { anchor, tag }
}

/// What is wrong, and where. `read` is the end of what was read without an error.
fn syntax_error(error: &ScanError, text: &str, read: usize) -> (Problem, TextRange) {
    let at = place(error, text);
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return (Problem::TooDeep { limit: MAX_DEPTH }, at);
    }
    let message = error.info();
    let stopped = at.start as usize;
    let is_of_quote = message.contains("quote");
    if is_of_quote && let Some(quote) = open_quote(text, read.min(stopped), stopped) {
        let message = "the text in quotes that begins here does not end on its line".to_owned();
        return (Problem::Syntax { message }, character(text, quote));
    }
    // The parser names what stands before or after the tab.
    let tab = if !message.contains("tab") {
        None
    } else if text[..stopped].ends_with('\t') {
        Some(stopped - 1)
    } else {
        text[stopped..].find('\t').map(|tab| stopped + tab)
    };
    let at = tab.map_or(at, |tab| character(text, tab));
    (Problem::Syntax { message }, at)
}

/// The quote that opens a text in quotes which goes on in the next line, between what was read and where the parser stopped: there it
/// only noticed.
fn open_quote(text: &str, read: usize, stopped: usize) -> Option<usize> {
    let mut from = read;
    loop {
        let start = from + text.get(from..stopped)?.find(['"', '\''])?;
        let quote = text.as_bytes()[start];
        let before = text[..start].chars().next_back();
        let line = text[start + 1..].lines().next().unwrap_or_default();
        let opens = before.is_none_or(|before| before.is_whitespace() || "[{,:".contains(before));
        from = match closing(line, quote) {
            Some(end) if opens => start + 1 + end + 1,
            None if opens => return Some(start),
            Some(_) | None => start + 1,
        };
    }
}

/// Where a text in quotes ends in this line, if it does.
fn closing(line: &str, quote: u8) -> Option<usize> {
    let mut bytes = line.bytes().enumerate().peekable();
    while let Some((index, byte)) = bytes.next() {
        if byte == b'\\' && quote == b'"' {
            bytes.next();
        } else if byte == quote {
            if quote == b'\'' && bytes.next_if(|(_, next)| *next == quote).is_some() {
                continue;
            }
            return Some(index);
        }
    }
    None
}

/// The character at which the parser stopped.
fn place(error: &ScanError, text: &str) -> TextRange {
    character(
        text,
        error.marker().byte_offset().unwrap_or(0).min(text.len()),
    )
}

fn character(text: &str, start: usize) -> TextRange {
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    TextRange::of(start..start + width)
}

fn at(range: &Range) -> TextRange {
    let bytes = range
        .byte_range()
        .expect("a parser of a text knows its offsets");
    TextRange::of(bytes)
}
