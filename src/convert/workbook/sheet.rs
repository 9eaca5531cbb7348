//! The rows of a sheet.

use super::styles::Styles;
use super::xml::{Element, Token, Xml};
use crate::convert::error::ConvertError;
use crate::convert::table::{Cell, Content, Row};

/// The most columns of a sheet. A cell beyond them is not one that a program has written.
const MOST_COLUMNS: usize = 16_384;

/// A cell while it is read.
#[derive(Default)]
struct OpenCell {
    column: usize,
    form: String,
    style: usize,
    value: Option<String>,
    /// The texts within the cell itself.
    inline: String,
    is_formula: bool,
}

/// The texts that cells share, by their index.
pub(super) fn shared_texts(text: &str) -> Result<Vec<Box<str>>, ConvertError> {
    let mut xml = Xml::new(text);
    let mut texts = Vec::new();
    let (mut current, mut is_text, mut is_reading_aid) = (String::new(), false, false);
    while let Some(token) = xml.next()? {
        match token {
            Token::Open(element) => match &*element.name {
                "si" => current.clear(),
                "t" => is_text = true,
                "rPh" => is_reading_aid = true,
                _ => {}
            },
            Token::Close(name) => match &*name {
                "si" => texts.push(unescaped(&current).into()),
                "t" => is_text = false,
                "rPh" => is_reading_aid = false,
                _ => {}
            },
            Token::Text(text) if is_text && !is_reading_aid => current.push_str(&text),
            Token::Text(_) => {}
        }
    }
    Ok(texts)
}

/// The rows of the sheet with this text that are not blank.
pub(super) fn rows(
    text: &str,
    styles: &Styles,
    shared: &[Box<str>],
) -> Result<Vec<Row>, ConvertError> {
    let mut xml = Xml::new(text);
    let mut rows: Vec<Row> = Vec::new();
    let mut number = 0;
    let mut cell = OpenCell::default();
    let mut within: Box<str> = "".into();
    let mut is_reading_aid = false;
    while let Some(token) = xml.next()? {
        match token {
            Token::Open(element) => match &*element.name {
                "row" => {
                    let written = element.attribute("r").and_then(|row| row.parse().ok());
                    number = written.unwrap_or(number + 1);
                    rows.push(Row {
                        number,
                        line: None,
                        is_hidden: element.is("hidden"),
                        cells: Vec::new(),
                    });
                }
                "c" => {
                    let next = rows.last().map_or(0, |row| row.cells.len());
                    cell = OpenCell::begin(&element, next);
                }
                "f" => cell.is_formula = true,
                "v" | "t" => within = element.name,
                "rPh" => is_reading_aid = true,
                _ => {}
            },
            Token::Close(name) => match &*name {
                "c" => {
                    let cell = std::mem::take(&mut cell);
                    if let Some(row) = rows.last_mut()
                        && cell.column < MOST_COLUMNS
                    {
                        let column = cell.column;
                        if row.cells.len() <= column {
                            row.cells.resize_with(column + 1, Cell::default);
                        }
                        row.cells[column] = cell.end(styles, shared);
                    }
                }
                "v" | "t" => within = "".into(),
                "rPh" => is_reading_aid = false,
                "sheetData" => break,
                _ => {}
            },
            Token::Text(text) => match &*within {
                "v" => cell.value.get_or_insert_default().push_str(&text),
                "t" if !is_reading_aid => cell.inline.push_str(&text),
                _ => {}
            },
        }
    }
    rows.retain(|row| row.cells.iter().any(|cell| !cell.is_blank()));
    Ok(rows)
}

impl OpenCell {
    fn begin(element: &Element<'_>, next: usize) -> Self {
        let place = element.attribute("r");
        Self {
            column: place.and_then(|place| column(&place)).unwrap_or(next),
            form: element.attribute("t").unwrap_or_default(),
            style: element
                .attribute("s")
                .and_then(|style| style.parse().ok())
                .unwrap_or(0),
            ..Self::default()
        }
    }

    fn end(self, styles: &Styles, shared: &[Box<str>]) -> Cell {
        let Self {
            column: _,
            form,
            style,
            value,
            inline,
            is_formula,
        } = self;
        let content = match (&*form, value) {
            ("inlineStr", _) => text(&unescaped(&inline)),
            (_, None) if is_formula => Content::NotComputed,
            (_, None) => Content::Empty,
            ("s", Some(index)) => {
                let index: Option<usize> = index.trim().parse().ok();
                let shared = index.and_then(|index| shared.get(index));
                shared.map_or(Content::NotComputed, |shared| text(shared))
            }
            ("str", Some(value)) => text(&unescaped(&value)),
            // A day of ISO 8601, which few programs write.
            ("d", Some(value)) => text(&value),
            ("b", Some(value)) => Content::Boolean(value.trim() == "1"),
            ("e", Some(value)) => Content::Error(value.trim().into()),
            (_, Some(value)) => match value.trim().parse() {
                Ok(value) => Content::Number {
                    value,
                    shown: styles.shown(style),
                },
                Err(_) => text(&value),
            },
        };
        Cell {
            content,
            is_formula,
        }
    }
}

fn text(text: &str) -> Content {
    Cell::text(text).content
}

/// The index of the column in a place such as `AB12`.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let mut column = 0usize;
    for letter in letters {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        column = column.checked_mul(26)?.checked_add(digit)?;
    }
    column.checked_sub(1)
}

/// A text with its `_x000D_`, which stand for characters that XML cannot have.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let code = after.get(2..6).filter(|_| after.get(6..7) == Some("_"));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                plain.push(character);
                rest = &after[7..];
            }
            None => {
                plain.push_str("_x");
                rest = &after[2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn places_and_escapes() {
        assert_eq!(column("A1"), Some(0));
        assert_eq!(column("AB12"), Some(27));
        assert_eq!(column("12"), None);
        assert_eq!(unescaped("a_x000D_\nb_x_c_xZZZZ_"), "a\r\nb_x_c_xZZZZ_");
    }

    #[test]
    fn reading_aids_are_not_part_of_a_text() {
        let text = "<sst><si><t>商談</t><rPh sb=\"0\" eb=\"2\"><t>しょうだん</t></rPh></si>\
                    <si><r><t>a &amp; </t></r><r><t xml:space=\"preserve\"> b</t></r></si></sst>";
        let texts = shared_texts(text).expect("it is XML");
        assert_eq!(texts, ["商談".into(), "a &  b".into()]);
    }
}
