//! Problems of manifests for a person to fix: data with a stable code and a place. `render` makes their texts.

use super::data_type::DataType;
use super::key::Key;
use super::kind::ObjectKind;
use super::scalar_text::ValueError;
use super::source::Span;
use crate::words::words;

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub problem: Problem,
    pub at: Span,
    /// Other places that help to explain it.
    pub related: Vec<Related>,
}

/// A further place of a diagnostic, with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub at: Span,
    pub note: &'static str,
}

/// What is wrong. Each variant has one code, which never changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    // The text.
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is larger than any real manifest.
    FileTooLarge,
    /// Not YAML; the message is the parser's.
    Syntax { message: String },
    /// A second document in one file.
    SecondDocument,
    /// The marks of a conflict that git could not merge.
    MergeConflict,
    /// A key that the same mapping has already.
    DuplicateMember { name: String },
    /// A key of a mapping that is not a scalar.
    KeyNotScalar,
    /// A tag other than those of the core schema.
    UnsupportedTag { tag: String },
    /// A core tag on a node that is not of its type, as in `!!int abc`.
    TagMismatch { tag: String },
    /// `<<` with something that is not a mapping or a list of mappings.
    BadMerge,
    /// `${NAME}` with a name under which the configuration sets nothing for this instance.
    UnknownValue {
        name: String,
        /// Nothing if no instance was chosen.
        instance: Option<Box<str>>,
        suggestion: Option<String>,
    },
    /// A text with the beginning of a reference in it that is no reference.
    PartialReference,
    /// Aliases that expand to more nodes than any real manifest has.
    TooManyNodes { limit: usize },
    /// Collections nested deeper than any real manifest.
    TooDeep { limit: usize },

    // The language.
    /// A mapping, list or scalar where another of the three belongs.
    WrongShape { wanted: Shape, found: Shape },
    /// No `version`.
    MissingVersion,
    /// A version that this oppctl does not read.
    UnsupportedVersion { found: String },
    /// A member that is not allowed here.
    UnknownMember {
        name: String,
        suggestion: Option<String>,
    },
    /// A word that is not one of those allowed.
    UnknownWord {
        found: String,
        allowed: &'static [&'static str],
        suggestion: Option<String>,
    },
    /// A value other than `true` or `false`, where only these are allowed.
    NotTrueOrFalse,
    /// A part of the key is not written.
    MissingKey {
        kind: &'static ObjectKind,
        field: &'static str,
    },
    /// A part of the key is null or empty.
    EmptyKey { field: &'static str },
    /// A part of the key with blanks around it.
    BlanksAroundKey { field: &'static str },
    /// A part of the key with a comma, which separates the values of a query in Marketo.
    CommaInKey { field: &'static str },
    /// A control character in a part of the key.
    ControlInKey { field: &'static str },
    /// A part of the key with more characters than Marketo stores.
    KeyTooLong {
        field: &'static str,
        length: usize,
        limit: usize,
    },
    /// A lead id that is not a positive integer.
    NotALeadId { field: &'static str },
    /// Both `lead` and `leadId`.
    TwoLeads {
        field: &'static str,
        reference: &'static str,
    },
    /// `lead` with no field or several.
    LeadNeedsOneField { found: usize },
    /// A lead reference whose value cannot be searched: empty, with a comma or with blanks around it.
    BadLeadValue { value: String },
    /// The key of the parent is written again in a nested entry.
    ParentKeyRepeated { field: &'static str },
    /// A part of the key among `fields` or in `defaults`.
    KeyAsField { field: &'static str },
    /// A keyword of the manifest language where only field names belong.
    KeywordAsField { name: String },
    /// The same field twice in one record, counting `fields` and letter case.
    FieldTwice { name: String },
    /// A list or mapping as the value of a field.
    ValueNotScalar { name: String },
    /// Two entries for one record.
    DuplicateRecord {
        kind: &'static ObjectKind,
        key: String,
    },
    /// Two entries whose keys Marketo cannot tell apart.
    DuplicateRecordByCase {
        kind: &'static ObjectKind,
        key: String,
    },
    /// An entry is declared present, and a record that it names absent.
    ReferenceAbsent {
        kind: &'static ObjectKind,
        key: String,
        /// The kind of the record that it names.
        to: &'static ObjectKind,
    },
    /// `ensure: absent` together with `protect: true`.
    ProtectedAbsent,
    /// A record cannot have had this key so far.
    BadRename {
        kind: &'static ObjectKind,
        key: String,
        why: WhyNotRenamed,
    },

    // The fields of the kind.
    /// A field that the kind does not have.
    UnknownField {
        kind: &'static ObjectKind,
        name: String,
        suggestion: Option<String>,
        known_offline: bool,
    },
    /// A field that Marketo sets itself.
    SystemField { name: String },
    /// A field that may never be null.
    RequiredNull { name: String },
    /// A value that is not of the field's type.
    WrongType {
        name: String,
        data_type: DataType,
        error: ValueError,
    },
    /// Text longer than the field.
    TooLong {
        name: String,
        length: usize,
        limit: usize,
        unit: LengthUnit,
    },
    /// A name in `ignoreChanges` that the record does not write.
    IgnoresUnwritten {
        name: String,
        suggestion: Option<String>,
    },

    // The instance.
    /// A field that Marketo sets on creation only, declared with another value.
    NotUpdateable { name: String },
    /// A new record does not write a field that the documentation demands.
    MissingRequired {
        kind: &'static ObjectKind,
        name: &'static str,
    },
    /// No lead has that value.
    UnknownLead { field: String, value: String },
    /// Several leads have that value.
    AmbiguousLead {
        field: String,
        value: String,
        ids: Vec<i64>,
    },
    /// The instance cannot search leads by that field; the message is the instance's.
    UnsearchableLeadField { field: String, message: String },
    /// Two entries turned out to be the same record once their leads were found.
    SameLead { kind: &'static ObjectKind, key: Key },
    /// The instance answers the question for a record with one of another key, which it takes for the same.
    OtherSpelling {
        kind: &'static ObjectKind,
        key: String,
        answered: String,
    },
    /// An entry names a record that is neither declared nor in the instance.
    UnknownReference {
        /// The kind and the key of the record that it names.
        to: &'static ObjectKind,
        key: String,
        /// The field that names it.
        field: &'static str,
    },
    /// An entry names a record that the project owns and no longer declares.
    ReferenceRemoved {
        to: &'static ObjectKind,
        key: String,
        /// The key that the record goes on under, if it is renamed.
        now: Option<String>,
    },
    /// A record that writes the field of the marker.
    MarkerAsField { name: String },
}

/// Why a record is not renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNotRenamed {
    /// The entry does not say that the record exists.
    NotPresent,
    /// Another entry declares the old key, or the entry itself does.
    Declared,
    /// Another entry has had the key too.
    Twice,
    /// Without a ledger it is not known whose the old record is.
    NoLedger,
    /// There is a record with the new key already, and the project does not own it.
    Taken,
    /// There is a record with the new key already, and it lacks what the old one has.
    Differs,
}

/// What a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthUnit {
    Characters,
    Bytes,
}

/// The shape of a YAML node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Mapping,
    List,
    Scalar,
    /// A scalar that is null, such as the value of a name that has none.
    Nothing,
}

impl Diagnostic {
    /// A problem at one place.
    #[must_use]
    pub fn new(problem: Problem, at: Span) -> Self {
        Self {
            problem,
            at,
            related: Vec::new(),
        }
    }

    /// Adds a place that explains the problem.
    #[must_use]
    pub fn with(mut self, at: Span, note: &'static str) -> Self {
        self.related.push(Related { at, note });
        self
    }
}

impl Problem {
    words! {
        /// The stable code, for searches and scripts.
        pub fn code -> &'static str;
        /// The codes of all problems.
        const CODES;

        Self::NotUtf8 => "not-utf8",
        Self::FileTooLarge => "file-too-large",
        Self::Syntax { .. } => "syntax",
        Self::SecondDocument => "second-document",
        Self::MergeConflict => "merge-conflict",
        Self::DuplicateMember { .. } => "duplicate-member",
        Self::KeyNotScalar => "key-not-scalar",
        Self::UnsupportedTag { .. } => "unsupported-tag",
        Self::TagMismatch { .. } => "tag-mismatch",
        Self::BadMerge => "bad-merge",
        Self::UnknownValue { .. } => "unknown-value",
        Self::PartialReference => "partial-reference",
        Self::TooManyNodes { .. } => "too-many-nodes",
        Self::TooDeep { .. } => "too-deep",
        Self::WrongShape { .. } => "wrong-shape",
        Self::MissingVersion => "missing-version",
        Self::UnsupportedVersion { .. } => "unsupported-version",
        Self::UnknownMember { .. } => "unknown-member",
        Self::UnknownWord { .. } => "unknown-word",
        Self::NotTrueOrFalse => "not-true-or-false",
        Self::MissingKey { .. } => "missing-key",
        Self::EmptyKey { .. } => "empty-key",
        Self::BlanksAroundKey { .. } => "blanks-around-key",
        Self::CommaInKey { .. } => "comma-in-key",
        Self::ControlInKey { .. } => "control-in-key",
        Self::KeyTooLong { .. } => "key-too-long",
        Self::NotALeadId { .. } => "not-a-lead-id",
        Self::TwoLeads { .. } => "two-leads",
        Self::LeadNeedsOneField { .. } => "lead-needs-one-field",
        Self::BadLeadValue { .. } => "bad-lead-value",
        Self::ParentKeyRepeated { .. } => "parent-key-repeated",
        Self::KeyAsField { .. } => "key-as-field",
        Self::KeywordAsField { .. } => "keyword-as-field",
        Self::FieldTwice { .. } => "field-twice",
        Self::ValueNotScalar { .. } => "value-not-scalar",
        Self::DuplicateRecord { .. } => "duplicate-record",
        Self::DuplicateRecordByCase { .. } => "duplicate-record-by-case",
        Self::ReferenceAbsent { .. } => "reference-absent",
        Self::ProtectedAbsent => "protected-absent",
        Self::BadRename { .. } => "bad-rename",
        Self::UnknownField { .. } => "unknown-field",
        Self::SystemField { .. } => "system-field",
        Self::RequiredNull { .. } => "required-null",
        Self::WrongType { .. } => "wrong-type",
        Self::TooLong { .. } => "too-long",
        Self::IgnoresUnwritten { .. } => "ignores-unwritten",
        Self::NotUpdateable { .. } => "not-updateable",
        Self::MissingRequired { .. } => "missing-required",
        Self::UnknownLead { .. } => "unknown-lead",
        Self::AmbiguousLead { .. } => "ambiguous-lead",
        Self::UnsearchableLeadField { .. } => "unsearchable-lead-field",
        Self::SameLead { .. } => "same-lead",
        Self::OtherSpelling { .. } => "other-spelling",
        Self::UnknownReference { .. } => "unknown-reference",
        Self::ReferenceRemoved { .. } => "reference-removed",
        Self::MarkerAsField { .. } => "marker-as-field",
    }
}
