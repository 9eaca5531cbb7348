//! Where problems, and what is told, are collected while cells are read.

use super::columns::Column;
use super::finding::{Finding, Place, Told, Wrong};
use super::table::{Cell, Content, Row, Shown, trimmed};
use super::words::is_error;

/// The problems of a file, and what is told of it.
#[derive(Debug, Default)]
pub(super) struct Sink {
    pub(super) problems: Vec<Finding<Wrong>>,
    pub(super) told: Vec<Finding<Told>>,
}

/// A cell with its row and its column.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) row: &'a Row,
    pub(super) column: &'a Column,
}

/// What a cell has, without what never becomes a value.
#[derive(Clone, Copy)]
pub(super) enum Input<'c> {
    /// Without blanks around it, and not empty.
    Text(&'c str),
    Number(f64, &'c Shown),
    Boolean(bool),
}

impl<'a> At<'a> {
    pub(super) fn cell(self) -> &'a Cell {
        self.row.cell(self.column.index)
    }

    fn finding<W>(self, what: W) -> Finding<W> {
        Finding {
            what,
            place: Place {
                row: self.row.number,
                line: self.row.line,
                column: self.column.header.clone(),
                target: self.column.target.to_string(),
            },
            value: self.cell().shown().into_owned(),
        }
    }
}

impl Sink {
    pub(super) fn wrong(&mut self, at: At<'_>, what: Wrong) {
        self.problems.push(at.finding(what));
    }

    pub(super) fn tell(&mut self, at: At<'_>, what: Told) {
        self.told.push(at.finding(what));
    }

    /// What a cell has. Empty cells, and those with a lone dash, have nothing; a value that was lost is a problem.
    pub(super) fn input<'a>(&mut self, at: At<'a>) -> Option<Input<'a>> {
        let cell = at.cell();
        let input = match &cell.content {
            Content::Empty => return None,
            Content::Error(_) => {
                self.wrong(at, Wrong::ErrorValue);
                return None;
            }
            Content::NotComputed => {
                self.wrong(at, Wrong::NotComputed);
                return None;
            }
            Content::Text(text) => {
                let trimmed = trimmed(text);
                if trimmed.is_empty() {
                    return None;
                }
                if is_error(trimmed) {
                    self.wrong(at, Wrong::ErrorValue);
                    return None;
                }
                if trimmed == "-" {
                    self.tell(at, Told::Placeholder);
                    return None;
                }
                if trimmed.len() < text.len() {
                    self.tell(at, Told::Trimmed);
                }
                if trimmed.contains(char::REPLACEMENT_CHARACTER) {
                    self.tell(at, Told::LostLetter);
                }
                if trimmed.contains(|char: char| char.is_control() && !"\n\r\t".contains(char)) {
                    self.tell(at, Told::ControlCharacter);
                }
                Input::Text(trimmed)
            }
            Content::Number { value, shown } => Input::Number(*value, shown),
            Content::Boolean(value) => Input::Boolean(*value),
        };
        if cell.is_formula {
            self.tell(at, Told::Formula);
        }
        Some(input)
    }
}
