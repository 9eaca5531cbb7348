//! The parts of a workbook: which sheets it has, and where their texts are.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::sheet::{rows, shared_texts};
use super::styles::Styles;
use super::xml::{Token, Xml, bad};
use crate::convert::error::ConvertError;
use crate::convert::table::{Epoch, SourceFacts, Table};

/// The most bytes of a part. A small file may unpack to any size.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// A sheet by its name and the id of its part.
struct Sheet {
    name: String,
    relation: String,
    is_hidden: bool,
}

/// Whether a file is zipped, as workbooks are.
pub(in crate::convert) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether a file is a workbook of before 2007, or encrypted.
pub(in crate::convert) fn is_old_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// The table on the only sheet that is not hidden, or on the one of this name.
pub(in crate::convert) fn table(bytes: &[u8], named: Option<&str>) -> Result<Table, ConvertError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
    let (sheets, epoch) = sheets(&required(&mut archive, WORKBOOK)?)?;
    let sheet = chosen(&sheets, named)?;
    let parts = relations(&required(&mut archive, RELATIONS)?)?;
    let of_type = |name: &str| {
        let mut parts = parts.values();
        parts
            .find(|(kind, _)| kind.ends_with(name))
            .map(|(_, path)| path.clone())
    };
    let styles = match of_type("/styles") {
        Some(path) => Styles::read(&required(&mut archive, &path)?)?,
        None => Styles::default(),
    };
    let shared = match of_type("/sharedStrings") {
        Some(path) => shared_texts(&required(&mut archive, &path)?)?,
        None => Vec::new(),
    };
    let missing = || ConvertError::WorkbookPart {
        part: sheet.name.clone(),
    };
    let (_, path) = parts.get(&sheet.relation).ok_or_else(missing)?;
    let text = required(&mut archive, path)?;
    Ok(Table {
        rows: rows(&text, &styles, &shared)?,
        epoch,
        facts: SourceFacts::Workbook {
            sheet: sheet.name.clone(),
        },
    })
}

/// The text of a part.
fn required(archive: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Result<String, ConvertError> {
    let wrong = || ConvertError::WorkbookPart {
        part: path.to_owned(),
    };
    let part = archive.by_name(path).map_err(|_| wrong())?;
    let mut bytes = Vec::new();
    let read = part.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(bad)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(wrong());
    }
    String::from_utf8(bytes).map_err(bad)
}

fn sheets(text: &str) -> Result<(Vec<Sheet>, Epoch), ConvertError> {
    let mut xml = Xml::new(text);
    let mut sheets = Vec::new();
    let mut epoch = Epoch::Of1900;
    while let Some(token) = xml.next()? {
        let Token::Open(element) = token else {
            continue;
        };
        match &*element.name {
            "workbookPr" if element.is("date1904") => epoch = Epoch::Of1904,
            "sheet" => sheets.push(Sheet {
                name: element.attribute("name").unwrap_or_default(),
                relation: element.attribute("id").unwrap_or_default(),
                is_hidden: element
                    .attribute("state")
                    .is_some_and(|state| state != "visible"),
            }),
            _ => {}
        }
    }
    Ok((sheets, epoch))
}

fn chosen<'s>(sheets: &'s [Sheet], named: Option<&str>) -> Result<&'s Sheet, ConvertError> {
    let names = |sheets: &[&Sheet]| sheets.iter().map(|sheet| sheet.name.clone()).collect();
    if let Some(name) = named {
        let found = sheets.iter().find(|sheet| sheet.name == name);
        return found.ok_or_else(|| ConvertError::NoSheet {
            name: name.to_owned(),
            known: names(&sheets.iter().collect::<Vec<_>>()),
        });
    }
    let visible: Vec<&Sheet> = sheets.iter().filter(|sheet| !sheet.is_hidden).collect();
    match &*visible {
        [only] => Ok(only),
        [] => Err(ConvertError::NoTable),
        several => Err(ConvertError::SeveralSheets {
            names: names(several),
        }),
    }
}

/// The type and the path of each part, by its id.
fn relations(text: &str) -> Result<HashMap<String, (String, String)>, ConvertError> {
    let mut xml = Xml::new(text);
    let mut relations = HashMap::new();
    while let Some(token) = xml.next()? {
        let Token::Open(element) = token else {
            continue;
        };
        if let (Some(id), Some(kind), Some(target)) = (
            element.attribute("Id"),
            element.attribute("Type"),
            element.attribute("Target"),
        ) {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            relations.insert(id, (kind, path));
        }
    }
    Ok(relations)
}
