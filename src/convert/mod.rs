//! From a spreadsheet to manifests: bytes and options become entries, or problems by row and column.
//!
//! A file becomes a table (`encoding`, `text_file`, `workbook`), whichever program wrote it. Its columns get meanings: from a map, or by
//! their names in the exports of known systems (`profiles`). Each row that is a record becomes values (`number`, `date`, `moment`, `words`,
//! `value`) and keys (`identity`). `update` gives an earlier manifest the values of a new
//! export. What can be read in two ways is a problem, unless an option settles it. A draft has either problems or
//! entries that are complete. Pure: no files, no instance. `render` makes the texts.

mod columns;
mod context;
mod currency;
mod date;
mod draft;
mod encoding;
mod error;
mod finding;
mod header;
mod identity;
mod key;
mod map_file;
mod moment;
mod number;
mod options;
mod profile;
mod profiles;
mod reason;
mod record;
mod rows;
mod sink;
mod table;
mod target;
mod text_file;
mod update;
mod value;
mod words;
mod workbook;

pub use columns::{Column, Columns, NotTaken};
pub use currency::Currency;
pub use draft::{Draft, convert};
pub use error::ConvertError;
pub use finding::{Finding, PassedOver, Place, Remark, Skipped, Told, Wrong};
pub use map_file::{MapFile, MapFileError};
pub use moment::Zone;
pub use options::{DateOrder, DecimalSign, MappedColumn, Options, Scale};
pub use reason::Reason;
pub use table::SourceFacts;
pub use target::{Target, Use};
pub use update::{OWN_MARK, Update, UpdateCounts, is_own, update};
