//! Number formats, as far as they change the meaning of a number. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.

use std::collections::HashMap;

use super::xml::{Token, Xml};
use crate::convert::error::ConvertError;
use crate::convert::table::Shown;

/// What each style of a workbook says of a number, by the index that cells have.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<Shown>);

impl Styles {
    /// The styles of the part with this text.
    pub(super) fn read(text: &str) -> Result<Self, ConvertError> {
        let mut xml = Xml::new(text);
        let mut formats: HashMap<u32, Shown> = HashMap::new();
        let mut styles = Vec::new();
        let mut is_in_cells = false;
        while let Some(token) = xml.next()? {
            match token {
                Token::Open(element) => match &*element.name {
                    "numFmt" => {
                        let id = element.attribute("numFmtId").and_then(|id| id.parse().ok());
                        let code = element.attribute("formatCode");
                        if let (Some(id), Some(code)) = (id, code) {
                            formats.insert(id, shown(&code));
                        }
                    }
                    "cellXfs" => is_in_cells = true,
                    "xf" if is_in_cells => {
                        let id = element.attribute("numFmtId").and_then(|id| id.parse().ok());
                        let id = id.unwrap_or(0);
                        let own = formats.get(&id).cloned();
                        styles.push(own.unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Token::Close(name) if &*name == "cellXfs" => is_in_cells = false,
                Token::Close(_) | Token::Text(_) => {}
            }
        }
        Ok(Self(styles))
    }

    /// What the style with this index says.
    pub(super) fn shown(&self, index: usize) -> Shown {
        self.0.get(index).cloned().unwrap_or(Shown::Plain)
    }
}

/// The formats that no workbook writes out. Those of money have the sign of each reader's own system, so they say nothing of the currency.
fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=22 | 27..=36 | 45..=47 | 50..=58 => Shown::Date,
        _ => Shown::Plain,
    }
}

/// What a format says, by its first section, which is the one for positive numbers.
fn shown(code: &str) -> Shown {
    let mut literal = String::new();
    let mut chars = code.chars();
    let (mut is_date, mut is_percent) = (false, false);
    let mut currency = None;
    while let Some(char) = chars.next() {
        match char {
            ';' => break,
            '"' => literal.extend(chars.by_ref().take_while(|char| *char != '"')),
            '\\' => literal.extend(chars.next()),
            // A blank as wide as the next character, or that character again and again.
            '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|char| *char != ']').collect();
                match inner.strip_prefix('$') {
                    // `[$€-407]`; without a sign it only names a language.
                    Some(sign) => {
                        let sign = sign.split('-').next().unwrap_or_default();
                        currency = currency.or_else(|| Some(sign.to_owned()));
                    }
                    // Hours, minutes or seconds beyond a day.
                    None if inner
                        .chars()
                        .all(|char| "hms".contains(char.to_ascii_lowercase())) =>
                    {
                        is_date = true;
                    }
                    None => {}
                }
            }
            '%' => is_percent = true,
            '$' | '€' | '£' | '¥' => literal.push(char),
            'y' | 'Y' | 'd' | 'D' | 'h' | 'H' | 'm' | 'M' | 's' | 'S' => is_date = true,
            // "General" and the eras of Japan have letters too, and are no dates by them alone.
            'G' | 'g' => drop(chars.by_ref().take(6).count()),
            _ => {}
        }
    }
    let sign = currency.filter(|sign| !sign.is_empty());
    let sign = sign.unwrap_or_else(|| literal.trim().to_owned());
    match (is_percent, is_date, sign.is_empty()) {
        (true, _, _) => Shown::Percent,
        (_, true, _) => Shown::Date,
        (_, _, false) => Shown::Currency(sign.into()),
        (false, false, true) => Shown::Plain,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_format_tells_what_a_number_means() {
        let money = |sign: &str| Shown::Currency(sign.into());
        let rows = [
            ("General", Shown::Plain),
            ("#,##0.00", Shown::Plain),
            ("0.0%", Shown::Percent),
            ("dd.mm.yyyy", Shown::Date),
            ("[$-407]d. mmmm yyyy;@", Shown::Date),
            ("[h]:mm", Shown::Date),
            ("\"$\"#,##0.00", money("$")),
            ("[$€-2] #,##0.00", money("€")),
            ("#,##0.00 [$CHF-807]", money("CHF")),
            ("#,##0.00\\ \"€\";[Red]\\-#,##0.00\\ \"€\"", money("€")),
            (
                "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)",
                money("$"),
            ),
            ("[Red]0.00", Shown::Plain),
        ];
        for (code, expected) in rows {
            assert_eq!(shown(code), expected, "{code}");
        }
    }
}
