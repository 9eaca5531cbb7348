//! The place of every member of the file, and the mistake that serde does not report: a duplicate key, of which it keeps the last.
//!
//! The YAML crate gives places only with its own errors. A finding of `check` gets its place here, by the path of its member.

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Marker, Parser, ScalarStyle};

use super::error::ConfigProblem;
use crate::manifest::NamedValue;
use crate::model::Position;

/// A problem and its place.
#[derive(Debug)]
pub(super) struct Mistake {
    pub problem: ConfigProblem,
    pub at: Option<Position>,
}

/// The places of all values, by their paths: names of members and indices of list items.
#[derive(Debug, Default)]
pub(super) struct Outline {
    places: BTreeMap<Vec<String>, Position>,
    /// The values that instances set, as they are written.
    set: BTreeMap<Vec<String>, NamedValue>,
}

/// A collection that has begun and not yet ended.
enum OpenCollection {
    Mapping {
        names: BTreeSet<String>,
        /// Whether the next node is a name.
        at_name: bool,
    },
    List {
        next: usize,
    },
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    path: Vec<String>,
    open: Vec<OpenCollection>,
    documents: usize,
}

impl Outline {
    /// Reads the outline of a text.
    pub(super) fn read(text: &str) -> Result<Self, Mistake> {
        let mut walk = Walk::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| Mistake {
                at: Some(position(error.marker())),
                problem: ConfigProblem::NotYaml {
                    message: error.info(),
                },
            })?;
            let at = position(&span.start);
            walk.step(&event, at).map_err(|problem| Mistake {
                problem,
                at: Some(at),
            })?;
        }
        Ok(walk.outline)
    }

    /// The place of the value at `path`; if the file does not write it, that of the innermost value around it.
    pub(super) fn place(&self, path: &[String]) -> Option<Position> {
        (0..=path.len())
            .rev()
            .find_map(|depth| self.places.get(&path[..depth]).copied())
    }

    /// The value at this path of a member `set`, as it is written; nothing for an alias or a value with a tag.
    pub(super) fn set_value(&self, path: &[&str]) -> Option<NamedValue> {
        let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
        self.set.get(&path).cloned()
    }
}

impl Walk {
    fn step(&mut self, event: &Event<'_>, at: Position) -> Result<(), ConfigProblem> {
        if let Event::DocumentStart(..) = event {
            self.documents += 1;
            if self.documents > 1 {
                return Err(ConfigProblem::SecondDocument);
            }
        } else if let Event::MappingEnd | Event::SequenceEnd = event {
            self.open.pop();
            self.value_ends();
        } else if event.is_node() {
            self.node(event, at)?;
        }
        Ok(())
    }

    fn node(&mut self, event: &Event<'_>, at: Position) -> Result<(), ConfigProblem> {
        match self.open.last_mut() {
            Some(OpenCollection::Mapping { names, at_name }) if *at_name => {
                let Some((name, _)) = event.scalar() else {
                    return Err(ConfigProblem::NotYaml {
                        message: "a key is not a plain word".to_owned(),
                    });
                };
                if !names.insert(name.to_owned()) {
                    let name = (!is_secret(&self.path)).then(|| name.to_owned());
                    return Err(ConfigProblem::DuplicateKey { name });
                }
                *at_name = false;
                self.path.push(name.to_owned());
                return Ok(());
            }
            Some(OpenCollection::List { next }) => self.path.push(next.to_string()),
            Some(OpenCollection::Mapping { .. }) | None => {}
        }
        self.outline.places.insert(self.path.clone(), at);
        if let (Event::Scalar(text, style, _, None), [_, _, member, _]) = (event, &self.path[..])
            && member == "set"
        {
            let value = match style {
                ScalarStyle::Plain => NamedValue::plain(text),
                ScalarStyle::SingleQuoted
                | ScalarStyle::DoubleQuoted
                | ScalarStyle::Literal
                | ScalarStyle::Folded => NamedValue::text(text),
            };
            self.outline.set.insert(self.path.clone(), value);
        }
        if let Event::MappingStart(..) = event {
            self.open.push(OpenCollection::Mapping {
                names: BTreeSet::new(),
                at_name: true,
            });
        } else if let Event::SequenceStart(..) = event {
            self.open.push(OpenCollection::List { next: 0 });
        } else {
            self.value_ends();
        }
        Ok(())
    }

    fn value_ends(&mut self) {
        match self.open.last_mut() {
            Some(OpenCollection::Mapping { at_name, .. }) => *at_name = true,
            Some(OpenCollection::List { next }) => *next += 1,
            None => {}
        }
        self.path.pop();
    }
}

/// Whether a key of the mapping at `path` may be a secret that someone wrote there by mistake: anything in an instance may be one.
pub(super) fn is_secret<S: AsRef<str>>(path: &[S]) -> bool {
    path.len() > 1 && path[0].as_ref() == "instances"
}

fn position(mark: &Marker) -> Position {
    Position {
        line: mark.line(),
        column: mark.col() + 1,
    }
}
