//! XML as a workbook has it: elements without their prefixes, and texts with their entities resolved.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::convert::error::ConvertError;

/// The next thing in a part.
pub(super) enum Token<'t> {
    /// An element begins. One without content ends at once.
    Open(Element<'t>),
    Close(Box<str>),
    Text(String),
}

/// The beginning of an element.
pub(super) struct Element<'t> {
    pub(super) name: Box<str>,
    start: BytesStart<'t>,
}

/// A part of a workbook.
pub(super) struct Xml<'t> {
    reader: Reader<&'t [u8]>,
}

impl<'t> Xml<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader }
    }

    /// The next token; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'t>>, ConvertError> {
        loop {
            let event = self.reader.read_event().map_err(bad)?;
            let token = match event {
                Event::Start(start) => Token::Open(Element {
                    name: local(start.local_name().as_ref()),
                    start,
                }),
                Event::End(end) => Token::Close(local(end.local_name().as_ref())),
                Event::Text(text) => {
                    Token::Text(String::from_utf8_lossy(text.as_ref()).into_owned())
                }
                Event::CData(text) => {
                    Token::Text(String::from_utf8_lossy(text.as_ref()).into_owned())
                }
                Event::GeneralRef(entity) => {
                    let character = entity.resolve_char_ref().map_err(bad)?;
                    let name = String::from_utf8_lossy(entity.as_ref()).into_owned();
                    match (character, resolve_predefined_entity(&name)) {
                        (Some(character), _) => Token::Text(character.into()),
                        (None, Some(text)) => Token::Text(text.to_owned()),
                        (None, None) => continue,
                    }
                }
                Event::Eof => return Ok(None),
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => continue,
            };
            return Ok(Some(token));
        }
    }
}

impl Element<'_> {
    /// The value of an attribute, by its name without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let found = self.start.attributes().filter_map(Result::ok);
        let mut found = found.filter(|found| found.key.local_name().as_ref() == name.as_bytes());
        let value = found.next()?.value;
        let value = std::str::from_utf8(&value).ok()?;
        unescape(value).ok().map(Cow::into_owned)
    }

    /// Whether an attribute is true.
    pub(super) fn is(&self, name: &str) -> bool {
        let value = self.attribute(name);
        value.is_some_and(|value| value == "1" || value == "true")
    }
}

fn local(name: &[u8]) -> Box<str> {
    String::from_utf8_lossy(name).into()
}

/// An error of the library.
pub(super) fn bad(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConvertError {
    ConvertError::BadWorkbook {
        source: error.into(),
    }
}
