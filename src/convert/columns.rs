//! The columns of a table with what they become: by a map, or by the names that a known export gives them.

use super::error::ConvertError;
use super::options::{MappedColumn, Options, Scale};
use super::profile::{Meaning, Profile, ProfileColumn, folded, is_called};
use super::reason::Reason;
use super::table::{Row, trimmed};
use super::target::{Target, Use};
use crate::manifest::closest;
use crate::model::DealField;
use crate::model::kind::KINDS;

/// The columns of a table.
#[derive(Debug)]
pub struct Columns {
    /// The export whose names they have; `None` if a map says what they become.
    pub read_as: Option<&'static str>,
    /// The row with the headers, counted from 1.
    pub row: usize,
    pub taken: Vec<Column>,
    pub not_taken: Vec<NotTaken>,
    /// How the export writes percentages without a sign, if that is known.
    pub(super) percents: Option<Scale>,
}

/// A column that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Counted from 0.
    pub index: usize,
    pub header: String,
    pub target: Target,
}

/// A column that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    pub index: usize,
    pub header: String,
    pub reason: Reason,
}

/// The headers of a row, with their columns. Columns without a header are left out.
pub(super) fn headers(row: &Row) -> Vec<(usize, String)> {
    let filled = row.filled();
    filled
        .map(|(index, cell)| (index, trimmed(&cell.shown()).to_owned()))
        .collect()
}

/// The number of columns that a profile knows among these headers, and whether it finds the key.
pub(super) fn recognised(profile: &Profile, headers: &[(usize, String)]) -> (usize, bool) {
    let folded: Vec<String> = headers.iter().map(|(_, header)| folded(header)).collect();
    let has = |column: &ProfileColumn| folded.iter().any(|header| is_called(column, header));
    let known = profile.columns.iter().filter(|column| has(column));
    let has_key = { known.clone() }.any(|(_, meaning)| matches!(meaning, Meaning::Key));
    (known.count(), has_key)
}

impl Columns {
    /// The columns as a profile knows them.
    pub(super) fn known(
        profile: &'static Profile,
        row: &Row,
        options: &Options,
    ) -> Result<Self, ConvertError> {
        let headers = headers(row);
        let mut columns = Self {
            read_as: Some(profile.name),
            row: row.number,
            taken: Vec::new(),
            not_taken: Vec::new(),
            percents: profile.percents,
        };
        let amount = match &options.amount {
            Some(name) => Some(columns.take_amount(name, &headers)?),
            None => None,
        };
        for column in profile.columns {
            for (index, header) in &headers {
                if Some(*index) != amount && is_called(column, &folded(header)) {
                    columns.add_known(*index, header, column.1, options);
                }
            }
        }
        for (index, header) in &headers {
            columns.leave(*index, header, Reason::Unknown);
        }
        columns.sort();
        Ok(columns)
    }

    /// The columns as a map says.
    pub(super) fn mapped(
        map: &[MappedColumn],
        row: &Row,
        options: &Options,
    ) -> Result<Self, ConvertError> {
        let headers = headers(row);
        let mut columns = Self {
            read_as: None,
            row: row.number,
            taken: Vec::new(),
            not_taken: Vec::new(),
            percents: None,
        };
        if let Some(name) = &options.amount {
            columns.take_amount(name, &headers)?;
        }
        for MappedColumn { header, target } in map {
            let index = find(&headers, header)?;
            let is_other_amount =
                options.amount.is_some() && target.as_ref().is_some_and(is_amount);
            match target {
                Some(_) if is_other_amount => {}
                Some(target) => columns.take(index, &headers, target.clone())?,
                None => columns.leave(index, header, Reason::NoTarget),
            }
        }
        for (index, header) in &headers {
            columns.leave(*index, header, Reason::NotMapped);
        }
        columns.check_status()?;
        columns.sort();
        Ok(columns)
    }

    /// Refuses a status beside a column that becomes what the status tells.
    fn check_status(&self) -> Result<(), ConvertError> {
        let Some(status) = self.find(|target| *target == Target::Use(Use::Status)) else {
            return Ok(());
        };
        let told = KINDS.into_iter().flat_map(|kind| kind.deal);
        let told = told.filter(|(field, _)| matches!(field, DealField::Closed | DealField::Won));
        for (_, name) in told {
            if let Some(other) = self.find(|target| target.field_name() == Some(name)) {
                return Err(ConvertError::SameTarget {
                    target: (*name).to_owned(),
                    first: status.header.clone(),
                    second: other.header.clone(),
                });
            }
        }
        Ok(())
    }

    /// The column that becomes this.
    pub(super) fn find(&self, is_wanted: impl Fn(&Target) -> bool) -> Option<&Column> {
        self.taken.iter().find(|column| is_wanted(&column.target))
    }

    /// Leaves out the columns of which no record is made.
    pub(super) fn keep(&mut self, is_used: impl Fn(&Target) -> bool) {
        let (taken, unused) = std::mem::take(&mut self.taken)
            .into_iter()
            .partition(|column| is_used(&column.target));
        self.taken = taken;
        let unused: Vec<Column> = unused;
        for column in unused {
            self.leave(column.index, &column.header, Reason::OtherKind);
        }
        self.sort();
    }

    fn take_amount(
        &mut self,
        name: &str,
        headers: &[(usize, String)],
    ) -> Result<usize, ConvertError> {
        let index = find(headers, name)?;
        self.take(index, headers, Target::field(amount_field()))?;
        Ok(index)
    }

    fn take(
        &mut self,
        index: usize,
        headers: &[(usize, String)],
        target: Target,
    ) -> Result<(), ConvertError> {
        let header = headers.iter().find(|(column, _)| *column == index);
        let header = header.map(|(_, header)| header.clone()).unwrap_or_default();
        let same = |column: &&Column| column.target == target || column.index == index;
        if let Some(first) = self.taken.iter().find(same) {
            return Err(ConvertError::SameTarget {
                target: target.to_string(),
                first: first.header.clone(),
                second: header,
            });
        }
        self.taken.push(Column {
            index,
            header,
            target,
        });
        Ok(())
    }

    fn add_known(&mut self, index: usize, header: &str, meaning: Meaning, options: &Options) {
        let target = match meaning {
            Meaning::Skip(reason) => return self.leave(index, header, reason),
            Meaning::LocalTime(_) if options.zone.is_none() => {
                return self.leave(index, header, Reason::NoOffset);
            }
            Meaning::LocalTime(name) => Some(Target::field(name)),
            Meaning::CurrencyOf(of) => {
                let amount = self.find(is_amount);
                if amount.is_none_or(|amount| folded(&amount.header) != of) {
                    return self.leave(index, header, Reason::OtherAmount);
                }
                Some(Target::Use(Use::Currency))
            }
            Meaning::Key
            | Meaning::LinkedBy(_)
            | Meaning::LinkName
            | Meaning::Field(_)
            | Meaning::Use(_) => meaning.target(),
        };
        let Some(target) = target else { return };
        match self.find(|taken| *taken == target) {
            Some(first) if folded(&first.header) == folded(header) => {
                self.leave(index, header, Reason::SameHeader);
            }
            Some(_) => self.leave(index, header, Reason::SameMeaning),
            None => self.taken.push(Column {
                index,
                header: header.to_owned(),
                target,
            }),
        }
    }

    /// Leaves a column out, unless it is here already.
    fn leave(&mut self, index: usize, header: &str, reason: Reason) {
        let is_taken = self.taken.iter().any(|column| column.index == index);
        let is_left = self.not_taken.iter().any(|column| column.index == index);
        if !is_taken && !is_left {
            self.not_taken.push(NotTaken {
                index,
                header: header.to_owned(),
                reason,
            });
        }
    }

    fn sort(&mut self) {
        self.taken.sort_by_key(|column| column.index);
        self.not_taken.sort_by_key(|column| column.index);
    }
}

/// The field that says what a record is worth.
fn amount_field() -> &'static str {
    let mut fields = KINDS.into_iter().flat_map(|kind| kind.deal);
    let found = fields.find(|(field, _)| *field == DealField::Amount);
    found.map_or("", |(_, name)| name)
}

fn is_amount(target: &Target) -> bool {
    target.field_name() == Some(amount_field())
}

/// The column of a header, or of its second occurrence for `Header #2`.
pub(super) fn find(headers: &[(usize, String)], name: &str) -> Result<usize, ConvertError> {
    let nth = |name: &str, nth: usize| {
        let name = folded(name);
        let mut found = headers.iter().filter(|(_, header)| folded(header) == name);
        found.nth(nth).map(|(index, _)| *index)
    };
    let numbered = || {
        let (name, number) = name.rsplit_once(" #")?;
        let number: usize = number.parse().ok()?;
        nth(name, number.checked_sub(1)?)
    };
    nth(name, 0).or_else(numbered).ok_or_else(|| {
        let names = headers.iter().map(|(_, header)| header.as_str());
        ConvertError::NoColumn {
            name: name.to_owned(),
            suggestion: closest(name, names),
        }
    })
}
