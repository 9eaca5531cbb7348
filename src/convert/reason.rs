//! Why a column is not taken.

/// Why a column is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has names of people or companies, and no ids.
    Name,
    /// It has ids of the other system's contacts, which are no leads.
    ForeignId,
    /// It has ids of links, which Marketo does not keep.
    OwnId,
    /// Marketo has no such field.
    NoField,
    /// It is for the other system itself.
    OfTheSystem,
    /// Its times have no offset, and no zone is named.
    NoOffset,
    /// It has days, or times in the form of the user's country, where the field has instants.
    NoTime,
    /// It is the currency of a column that is not taken.
    OtherAmount,
    /// Another column becomes this field.
    OtherColumn(&'static str),
    /// Another column with the same meaning stands before it in the profile.
    SameMeaning,
    /// Another column with the same header stands before it.
    SameHeader,
    /// It is for records of another kind than those of the rows.
    OtherKind,
    /// The map does not name it.
    NotMapped,
    /// The map has no target for it.
    NoTarget,
    /// The export is known, and this column is not.
    Unknown,
}
