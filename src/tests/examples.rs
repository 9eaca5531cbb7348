//! The examples of Marketo's documentation, one table for the tests of the client and of the simulator.
//!
//! `tests/data/api-docs` has a file for each page, with every example of the page. A test that goes through
//! [`examples`] has to know all of them, and refuses one that it does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use serde::Deserialize;
use serde_json::Value;

/// One call that a page shows.
#[derive(Debug)]
pub(crate) struct Example {
    /// The title of the page.
    pub(crate) page: String,
    pub(crate) call: Documented,
}

/// A call under one heading of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Documented {
    pub(crate) heading: String,
    /// Method, path and query.
    pub(crate) request: String,
    /// The JSON that is sent.
    body: Option<String>,
    /// The JSON of the reply; a page may refer to another reply instead.
    response: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    page: String,
    examples: Vec<Documented>,
}

/// How many pieces of JSON each page has, requests and replies. They were counted in each of the languages that the
/// examples were compared in, and are alike there: an example cannot get lost unseen.
const COUNTS: [(&str, usize); 2] = [("Opportunities", 8), ("Opportunity Roles", 6)];

/// Every example of the folder.
pub(crate) fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/api-docs");
    let files = fs::read_dir(folder).expect("the folder can be read");
    let paths = files.map(|file| file.expect("the folder can be read").path());
    let paths: BTreeSet<PathBuf> = paths.collect();
    let pages = paths.into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("the file can be read");
        let read: Result<Page, _> = serde_yaml::from_str(&text);
        read.unwrap_or_else(|problem| panic!("{}: {problem}", path.display()))
    });
    let examples = pages.flat_map(|Page { page, examples }| {
        examples.into_iter().map(move |call| Example {
            page: page.clone(),
            call,
        })
    });
    examples.collect()
}

impl Example {
    /// Page and heading, by which a test knows what the example presupposes.
    pub(crate) fn name(&self) -> (&str, &str) {
        (&self.page, &self.call.heading)
    }

    /// The method, and the path with its query.
    pub(crate) fn request(&self) -> (&str, &str) {
        let request = self.call.request.split_once(' ');
        request.expect("a request has a method and a path")
    }

    /// The text of the documented reply.
    pub(crate) fn reply(&self) -> &str {
        let reply = self.call.response.as_deref();
        reply.unwrap_or_else(|| panic!("{:?} has no reply", self.name()))
    }

    /// The documented reply.
    pub(crate) fn response(&self) -> Option<Value> {
        self.call.response.as_deref().map(|text| self.json(text))
    }

    /// The documented body.
    pub(crate) fn body(&self) -> Option<Value> {
        self.call.body.as_deref().map(|text| self.json(text))
    }

    fn json(&self, text: &str) -> Value {
        let json = serde_json::from_str(text);
        json.unwrap_or_else(|problem| panic!("{:?}: {problem}", self.name()))
    }
}

#[test]
fn no_example_is_missing() {
    let mut counts = BTreeMap::new();
    for example in examples() {
        let pieces = [example.body(), example.response()];
        *counts.entry(example.page).or_default() += pieces.into_iter().flatten().count();
    }
    let expected = COUNTS.map(|(page, count)| (page.to_owned(), count));
    assert_eq!(counts, BTreeMap::from(expected));
}
