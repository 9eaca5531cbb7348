//! The data of a page, which its script reads. It is no machine format: pages and their scripts are written together.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::render::escape::escaped_json;

/// The data of a page. All of its texts are as they are to be shown.
#[derive(Serialize)]
pub(super) struct PageData<'a> {
    pub(super) verdict: &'a str,
    /// What the addresses of all rows begin with.
    pub(super) base: &'a str,
    /// The sign and the word for each action.
    pub(super) words: BTreeMap<&'static str, [&'static str; 2]>,
    pub(super) rows: &'a [RowData],
    pub(super) patterns: Vec<PatternData>,
}

/// A change, as the table shows it.
#[derive(Debug, Default, Serialize)]
pub(super) struct RowData {
    pub(super) action: &'static str,
    pub(super) kind: &'static str,
    /// What people recognise the record by; empty if it is the key.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    pub(super) key: String,
    pub(super) file: String,
    pub(super) line: usize,
    /// The end of the address of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) closes: Option<String>,
    /// The row of the parent, if that is treated alike: then this row is shown with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<usize>,
    /// "2 roles": the children that are shown with it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) children: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<&'static str>,
    /// What changes, on one line.
    pub(super) summary: String,
    /// Why it is deleted, or why it was not applied.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    pub(super) fields: Vec<FieldData>,
}

/// A changed field.
#[derive(Debug, Serialize)]
pub(super) struct FieldData {
    pub(super) name: String,
    /// None where the record is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    /// None where the record is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The difference, and who else changed the field.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) note: String,
    /// Whether the values are texts that are shown in lines of their own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) long: bool,
}

/// A shape of updates, and the rows that have it.
#[derive(Debug, Serialize)]
pub(super) struct PatternData {
    pub(super) text: String,
    pub(super) rows: Vec<usize>,
}

impl PageData<'_> {
    /// The data as the content of an element that scripts read: nothing in it ends the element, or looks like its beginning.
    pub(super) fn json(&self) -> String {
        let text = serde_json::to_string(self).expect("the data has only texts, numbers and lists");
        escaped_json(&text).replace('<', "\\u003c")
    }
}
