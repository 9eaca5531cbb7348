//! The scalars of the common form of YAML: plain ones, and those in quotes.

use std::borrow::Cow;

use super::line::{Line, OtherForm};
use crate::manifest::node_style::Style;
use crate::manifest::tree::TextRange;

/// A scalar that ends on its line.
pub(super) struct Scalar<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) style: Style,
    pub(super) at: TextRange,
}

impl Scalar<'_> {
    /// A value that is not written.
    pub(super) fn missing(at: usize) -> Self {
        Self {
            text: Cow::Borrowed(""),
            style: Style::Plain,
            at: TextRange::of(at..at),
        }
    }
}

impl<'t> Line<'t> {
    /// Reads a scalar, in a flow collection or outside, and the blanks behind it.
    pub(super) fn scalar(&mut self, is_in_flow: bool) -> Result<Scalar<'t>, OtherForm> {
        self.scalar = self.at;
        match self.byte() {
            Some(b'"') => self.double_quoted(),
            Some(b'\'') => self.single_quoted(),
            Some(_) => self.plain(is_in_flow),
            None => Err(OtherForm),
        }
    }

    fn plain(&mut self, is_in_flow: bool) -> Result<Scalar<'t>, OtherForm> {
        let start = self.at;
        if !self.begins_plain() {
            return Err(OtherForm);
        }
        let mut end = start;
        while let Some(byte) = self.byte() {
            match CLASSES[usize::from(byte)] {
                Class::Ordinary => {
                    self.skip_ordinary();
                    end = self.at;
                }
                Class::Blank => {
                    self.at += 1;
                    if self.byte() == Some(b'#') {
                        break;
                    }
                }
                Class::Colon => {
                    let next = self.rest().get(1);
                    let ends = match next {
                        None | Some(b' ' | b'\n') => true,
                        Some(next) => is_in_flow && CLASSES[usize::from(*next)] == Class::Flow,
                    };
                    if ends {
                        break;
                    }
                    self.at += 1;
                    end = self.at;
                }
                Class::Flow if is_in_flow => break,
                Class::Flow => {
                    self.at += 1;
                    end = self.at;
                }
                Class::LineBreak => break,
                Class::Other => {
                    self.skip_character()?;
                    end = self.at;
                }
            }
        }
        Ok(Scalar {
            text: Cow::Borrowed(&self.text[start..end]),
            style: Style::Plain,
            at: TextRange::of(start..end),
        })
    }

    fn skip_ordinary(&mut self) {
        let is_ordinary = |byte: &&u8| CLASSES[usize::from(**byte)] == Class::Ordinary;
        self.at += self.rest().iter().take_while(is_ordinary).count();
    }

    /// Whether the character here can only be the beginning of a plain scalar.
    fn begins_plain(&self) -> bool {
        let rest = self.rest();
        match rest.first() {
            Some(b'-') => matches!(
                rest.get(1),
                Some(b'0'..=b'9' | b'.' | b'A'..=b'Z' | b'a'..=b'z')
            ),
            Some(b'_' | b'.' | b'/' | b'(' | b'+' | b'$' | b'~' | b'<' | b'=') => true,
            Some(byte) => byte.is_ascii_alphanumeric() || !byte.is_ascii(),
            None => false,
        }
    }

    fn single_quoted(&mut self) -> Result<Scalar<'t>, OtherForm> {
        let start = self.at;
        let mut has_quote = false;
        self.at += 1;
        loop {
            match self.byte() {
                Some(b'\'') if self.rest().get(1) == Some(&b'\'') => {
                    has_quote = true;
                    self.at += 2;
                }
                Some(b'\'') => break,
                Some(_) => self.skip_character()?,
                None => return Err(OtherForm),
            }
        }
        let inside = &self.text[start + 1..self.at];
        let text = if has_quote {
            Cow::Owned(inside.replace("''", "'"))
        } else {
            Cow::Borrowed(inside)
        };
        Ok(self.quoted(text, start))
    }

    fn double_quoted(&mut self) -> Result<Scalar<'t>, OtherForm> {
        let start = self.at;
        let mut copy: Option<String> = None;
        self.at += 1;
        let mut from = self.at;
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let meant = match self.rest().get(1) {
                        Some(b'"') => '"',
                        Some(b'\\') => '\\',
                        Some(b'n') => '\n',
                        Some(_) | None => return Err(OtherForm),
                    };
                    let copy = copy.get_or_insert_default();
                    copy.push_str(&self.text[from..self.at]);
                    copy.push(meant);
                    self.at += 2;
                    from = self.at;
                }
                Some(_) => self.skip_character()?,
                None => return Err(OtherForm),
            }
        }
        let last = &self.text[from..self.at];
        let text = match copy {
            Some(copy) => Cow::Owned(copy + last),
            None => Cow::Borrowed(last),
        };
        Ok(self.quoted(text, start))
    }

    /// The scalar whose closing quote stands here.
    fn quoted(&mut self, text: Cow<'t, str>, start: usize) -> Scalar<'t> {
        self.at += 1;
        Scalar {
            text,
            style: Style::Quoted,
            at: TextRange::of(start..self.at),
        }
    }
}

/// What a byte can mean in a plain scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Ordinary,
    Blank,
    Colon,
    /// A mark of flow collections, which is ordinary outside of them.
    Flow,
    LineBreak,
    /// To be looked at as a character.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        classes[byte as usize] = Class::Ordinary;
        byte += 1;
    }
    classes[b' ' as usize] = Class::Blank;
    classes[b':' as usize] = Class::Colon;
    classes[b'\n' as usize] = Class::LineBreak;
    let mut flow = b",[]{}".as_slice();
    while let [mark, rest @ ..] = flow {
        classes[*mark as usize] = Class::Flow;
        flow = rest;
    }
    classes
};
