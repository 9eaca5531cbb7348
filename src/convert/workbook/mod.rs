//! A table from a workbook (.xlsx): zipped XML, read here rather than by a library, because libraries drop what values depend on.
//!
//! The number format of a cell tells 40 % from 0.4, dollars from euros, and a day from a number; `styles` keeps it. Hidden rows are
//! records too, so `sheet` keeps whether a row is hidden. What is not read: other forms of workbooks, drawings, everything about looks.

mod parts;
mod sheet;
mod styles;
mod xml;

pub(super) use parts::{is_old_workbook, is_zip, table};
