//! A place in a text in the common form of YAML, and the blanks, comments and marks around it.

use crate::manifest::node_style::Collection;

/// A text that is not in the common form. Nothing is said about it.
#[derive(Debug)]
pub(super) struct OtherForm;

/// The longest scalar in front of a `:`. YAML allows 1,024 characters.
const MAX_KEY: usize = 1000;

/// A place in a text, which moves to the end of its line and on to the next one.
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// Where the line begins.
    pub(super) start: usize,
    /// Where the scalar begins that was read last.
    pub(super) scalar: usize,
}

impl<'t> Line<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            scalar: 0,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Goes to the next content from the beginning of a line, and tells its column; nothing at the end of the text.
    pub(super) fn next_content(&mut self) -> Result<Option<usize>, OtherForm> {
        loop {
            self.start = self.at;
            self.skip_blanks();
            match self.byte() {
                None => return Ok(None),
                Some(b'\n' | b'#') => self.end()?,
                Some(_) => return Ok(Some(self.at - self.start)),
            }
        }
    }

    /// Goes beyond the line `---`.
    pub(super) fn skip_document_start(&mut self) -> Result<bool, OtherForm> {
        if !self.is_document_marker() {
            return Ok(false);
        }
        if self.byte() != Some(b'-') {
            return Err(OtherForm);
        }
        self.at += 3;
        self.end()?;
        Ok(true)
    }

    /// Whether `---` or `...` stands here.
    pub(super) fn is_document_marker(&self) -> bool {
        let rest = self.rest();
        rest.starts_with(b"---") || rest.starts_with(b"...")
    }

    /// Whether a list item begins here, with something in its line.
    pub(super) fn is_item(&self) -> bool {
        self.rest().starts_with(b"- ")
    }

    /// Where begins what follows the `- ` here.
    pub(super) fn behind_item_mark(&self) -> usize {
        let rest = self.rest().iter().skip(1);
        self.at + 1 + rest.take_while(|byte| **byte == b' ').count()
    }

    /// Goes from `- ` to what follows, and tells its column.
    pub(super) fn skip_item_mark(&mut self) -> usize {
        self.skip_with_blanks();
        self.at - self.start
    }

    /// Whether the scalar before is a key: behind it stands `:` and a blank or the end of the line.
    pub(super) fn is_key_mark(&self) -> bool {
        let rest = self.rest();
        let is_mark =
            rest.first() == Some(&b':') && matches!(rest.get(1), None | Some(b' ' | b'\n'));
        is_mark && self.at - self.scalar <= MAX_KEY
    }

    pub(super) fn skip_key_mark(&mut self) {
        self.skip_with_blanks();
    }

    /// Whether nothing but a comment follows in the line.
    pub(super) fn is_at_end(&self) -> bool {
        matches!(self.byte(), None | Some(b'\n' | b'#'))
    }

    /// Goes to the next line, if nothing but a comment follows in this one.
    pub(super) fn end(&mut self) -> Result<(), OtherForm> {
        let blank = self.at;
        self.skip_blanks();
        let is_apart = self.at > blank || matches!(self.before(), None | Some(b' ' | b'\n'));
        if self.byte() == Some(b'#') && is_apart {
            while !matches!(self.byte(), None | Some(b'\n')) {
                self.skip_character()?;
            }
        }
        match self.byte() {
            None => Ok(()),
            Some(b'\n') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(OtherForm),
        }
    }

    /// The flow collection that begins here.
    pub(super) fn flow_collection(&self) -> Option<Collection> {
        match self.byte()? {
            b'[' => Some(Collection::List),
            b'{' => Some(Collection::Mapping),
            _ => None,
        }
    }

    /// Whether a flow collection ends here.
    pub(super) fn is_flow_end(&self, collection: Collection) -> bool {
        let end = match collection {
            Collection::List => b']',
            Collection::Mapping => b'}',
        };
        self.byte() == Some(end)
    }

    pub(super) fn skip_comma(&mut self) -> Result<(), OtherForm> {
        if self.byte() != Some(b',') {
            return Err(OtherForm);
        }
        self.skip_with_blanks();
        Ok(())
    }

    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    pub(super) fn skip_with_blanks(&mut self) {
        self.skip();
        self.skip_blanks();
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.byte() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Goes beyond a character that is not the end of the line.
    pub(super) fn skip_character(&mut self) -> Result<(), OtherForm> {
        match self.byte() {
            Some(b' '..=b'~') => {
                self.at += 1;
                Ok(())
            }
            None | Some(..=b'\x1f' | b'\x7f') => Err(OtherForm),
            Some(_) => {
                let character = self.text[self.at..].chars().next().ok_or(OtherForm)?;
                self.at += character.len_utf8();
                is_common(character).then_some(()).ok_or(OtherForm)
            }
        }
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn before(&self) -> Option<u8> {
        let before = self.at.checked_sub(1)?;
        self.text.as_bytes().get(before).copied()
    }

    pub(super) fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }
}

/// Whether a character beyond ASCII is one of a text for all readers of YAML: none that breaks lines, marks the order of bytes, or cannot
/// be printed.
fn is_common(character: char) -> bool {
    match character {
        '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => true,
        _ => false,
    }
}
