//! The Marketo objects that oppctl manages, one table entry each.
//!
//! Everything that differs between kinds is a member here, and no other module names a kind. The simulator has a table of its
//! own: if both sides read this one, a test could not find an error in it.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

pub use self::company::COMPANY;
pub use self::opportunity::OPPORTUNITY;
pub use self::role::ROLE;
pub use self::sales_person::SALES_PERSON;
use super::data_type::DataType;
use super::deal::DealField;
use super::number::grouped;

mod company;
mod opportunity;
mod role;
mod sales_person;

/// One Marketo object type: where it lives in the API, what identifies its records, how manifests write it.
#[derive(Debug)]
pub struct ObjectKind {
    /// The word for one record in commands, in files and in `defaults` of manifests.
    pub name: &'static str,
    /// The manifest's top-level section and the nested shorthand; commands take this word too.
    pub plural: &'static str,
    /// What people call one record, in messages.
    pub noun: &'static str,
    /// What people call several records.
    pub nouns: &'static str,
    /// The path below `/rest/v1/`, without an ending.
    pub path: &'static str,
    /// The dedupe fields, in the order of the describe call.
    pub key: &'static [KeyPart],
    /// The field with Marketo's own id of a record.
    pub id_field: &'static str,
    /// How that id is written in requests. It is kept as text.
    pub id_form: IdForm,
    /// The records that a record names, which must exist. One that is a part of the key names the record's parent, or a lead.
    pub references: &'static [Reference],
    /// The field of leads that names a record of this kind by its key, if they have one.
    pub lead_field: Option<&'static str>,
    /// The field that a person recognises a record by, if the kind has one.
    pub label: Option<&'static str>,
    /// The fields that say what a record is worth and how it stands, by the names that they have unless the configuration says otherwise;
    /// empty for a kind whose records are no deals.
    pub deal: &'static [(DealField, &'static str)],
    /// The boolean field that is true for at most one of the records with the same parent.
    pub main_child: Option<&'static str>,
    /// Fields that a new record can be given, and that an instance may not let anybody change afterwards.
    pub create_only: &'static [&'static str],
    /// Fields that a new record must have and that may never be cleared.
    pub required: &'static [&'static str],
    /// Whether an instance can have custom fields on this kind.
    pub extensible: bool,
    /// The fields whose type and length Marketo's documentation states.
    pub documented: &'static [DocumentedField],
    /// Whether those are all that a record can have.
    pub documents_all: bool,
    /// Further standard fields whose types no administrator can change. Source: describe replies of a live instance, which nuxeo/mkto-pd-sync-app has
    /// in `tests/resources`. An instance has the last word, so only what needs no instance goes by them.
    pub standard: &'static [DocumentedField],
    /// The permissions that the API user's role needs, for reading and for writing.
    pub permissions: Permissions,
    /// The endpoint that tells more about the fields than describe does, if the kind has one.
    pub field_schema: Option<FieldSchema>,
    /// Whether an instance with a native CRM sync has the kind's endpoints, at least for reading.
    pub beside_native_crm: bool,
}

/// How requests have Marketo's own id of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// As text.
    Guid,
    /// As a number.
    Number,
}

/// One part of a kind's key.
#[derive(Debug)]
pub struct KeyPart {
    /// The dedupe field's API name.
    pub field: &'static str,
    /// What the part holds.
    pub holds: KeyType,
}

/// What a part of a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Text of at most `max_chars` characters. An instance may describe less.
    Text {
        max_chars: usize,
        /// Whether queries have it in a list of values that commas separate, so that it must not contain one.
        is_filtered: bool,
    },
    /// The id of a lead; manifests may write `reference: { FIELD: VALUE }` instead.
    Lead { reference: &'static str },
}

/// A field that names another record, which has to exist.
#[derive(Debug)]
pub struct Reference {
    /// The field that names it.
    pub field: &'static str,
    pub to: Referred,
    /// Whether Marketo goes on counting it once the record itself is deleted.
    pub outlives: bool,
}

/// What a reference names.
#[derive(Clone, Copy, Debug)]
pub enum Referred {
    /// A record of this kind, by the single part of its key.
    Managed(&'static ObjectKind),
    /// A record that oppctl does not manage; what people call it.
    Other(&'static str),
}

/// The record that a record belongs to: the one that its key names.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// Its kind, whose key is the single `field`.
    pub kind: &'static ObjectKind,
    /// The part of the child's key that holds the parent's key.
    pub field: &'static str,
    /// The index of that part.
    pub part: usize,
}

/// A field as Marketo's documentation states it.
#[derive(Debug)]
pub struct DocumentedField {
    pub name: &'static str,
    pub data_type: DataType,
    /// In characters, for text.
    pub length: Option<u32>,
    pub updateable: bool,
}

/// The endpoint that tells more about a kind's fields than describe does.
#[derive(Debug)]
pub struct FieldSchema {
    /// The path below `/rest/v1/`, without an ending.
    pub path: &'static str,
    /// The permissions that the API user's role needs for it.
    pub permissions: &'static [&'static str],
}

/// The names of the API permissions that a kind needs.
#[derive(Debug)]
pub struct Permissions {
    pub read: &'static str,
    pub write: &'static str,
}

const fn text(name: &'static str, length: u32, updateable: bool) -> DocumentedField {
    DocumentedField {
        name,
        data_type: DataType::String,
        length: Some(length),
        updateable,
    }
}

const fn other(name: &'static str, data_type: DataType, updateable: bool) -> DocumentedField {
    DocumentedField {
        name,
        data_type,
        length: None,
        updateable,
    }
}

/// Every kind, each after those that its records refer to: the order of creation. Deletion goes backwards.
pub static KINDS: [&ObjectKind; 4] = [&SALES_PERSON, &COMPANY, &OPPORTUNITY, &ROLE];

impl ObjectKind {
    /// The index of the kind in [`KINDS`].
    #[must_use]
    pub fn rank(&self) -> usize {
        let of_same = |is_same: fn(&Self, &Self) -> bool| {
            let mut kinds = KINDS.iter();
            kinds.position(|kind| is_same(kind, self))
        };
        // Asked for each record, and most often of a kind of the table itself: no text is compared then.
        of_same(|kind, other| std::ptr::eq(kind, other))
            .or_else(|| of_same(Self::eq))
            .expect("every kind is in the table")
    }

    /// The type of a field as Marketo's documentation states it.
    #[must_use]
    pub fn documented_type(&self, name: &str) -> Option<&DataType> {
        let field = self.documented.iter().find(|field| field.name == name);
        field.map(|field| &field.data_type)
    }

    /// What a record of this kind belongs to, if its key names another record.
    #[must_use]
    pub fn parent(&self) -> Option<Parent> {
        self.key.iter().enumerate().find_map(|(part, it)| {
            let mut references = self.references.iter();
            let reference = references.find(|reference| reference.field == it.field)?;
            match reference.to {
                Referred::Managed(kind) => Some(Parent {
                    kind,
                    field: it.field,
                    part,
                }),
                Referred::Other(_) => None,
            }
        })
    }

    /// The index of the part of this kind's key that holds the parent's key.
    #[must_use]
    pub fn parent_part(&self) -> Option<usize> {
        self.parent().map(|parent| parent.part)
    }

    /// The references in fields that name records of managed kinds, with those kinds. That in the key names the parent.
    pub fn field_references(&self) -> impl Iterator<Item = (&'static Reference, &'static Self)> {
        let references = self.references.iter();
        references.filter_map(|reference| match reference.to {
            Referred::Managed(kind) if !self.is_key(reference.field) => Some((reference, kind)),
            Referred::Managed(_) | Referred::Other(_) => None,
        })
    }

    /// Whether records of this kind name records of the other one.
    #[must_use]
    pub fn names(&self, other: &Self) -> bool {
        self.references.iter().any(|reference| match reference.to {
            Referred::Managed(kind) => kind == other,
            Referred::Other(_) => false,
        })
    }

    /// The kinds whose records have a parent of this kind.
    pub fn children(&'static self) -> impl Iterator<Item = &'static Self> {
        let is_parent = move |parent: Parent| parent.kind == self;
        let kinds = KINDS.into_iter();
        kinds.filter(move |kind| kind.parent().is_some_and(is_parent))
    }

    /// The kind that `word` names, in the singular or the plural.
    #[must_use]
    pub fn named(word: &str) -> Option<&'static Self> {
        KINDS
            .into_iter()
            .find(|kind| kind.name == word || kind.plural == word)
    }

    /// Whether `field` is a part of the key.
    #[must_use]
    pub fn is_key(&self, field: &str) -> bool {
        self.key.iter().any(|part| part.field == field)
    }

    /// "1 role", "2 roles".
    #[must_use]
    pub fn counted(&self, count: usize) -> String {
        format!(
            "{} {}",
            grouped(count),
            if count == 1 { self.noun } else { self.nouns }
        )
    }
}

impl Referred {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Managed(kind) => kind.noun,
            Self::Other(name) => name,
        }
    }
}

impl PartialEq for ObjectKind {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.name == other.name
    }
}

impl Eq for ObjectKind {}

impl Hash for ObjectKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Of few kinds the lengths of the names tell enough.
        self.name.len().hash(state);
    }
}

impl PartialOrd for ObjectKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectKind {
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) {
            return Ordering::Equal;
        }
        self.rank().cmp(&other.rank())
    }
}
