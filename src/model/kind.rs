//! The Marketo objects that oppctl manages, one table entry each.
//!
//! Everything that differs between kinds is a member here, and no other module names a kind. The simulator has a table of its
//! own: if both sides read this one, a test could not find an error in it.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::data_type::DataType;
use super::deal::DealField;
use super::number::grouped;

/// One Marketo object type: where it lives in the API, what identifies its records, how manifests write it.
#[derive(Debug)]
pub struct ObjectKind {
    /// The word for one record, in commands and messages.
    pub name: &'static str,
    /// The word for several records; also the manifest's top-level section and the nested shorthand.
    pub plural: &'static str,
    /// The path below `/rest/v1/`, without an ending.
    pub path: &'static str,
    /// The dedupe fields, in the order of the describe call.
    pub key: &'static [KeyPart],
    /// The field with Marketo's own id of a record.
    pub id_field: &'static str,
    /// The kind whose record must exist before one of this kind can.
    pub parent: Option<Parent>,
    /// The records of other sorts that a record names.
    pub references: &'static [Reference],
    /// The field that a person recognises a record by, if the kind has one.
    pub label: Option<&'static str>,
    /// The fields that say what a record is worth and how it stands, by the names that they have unless the configuration says otherwise;
    /// empty for a kind whose records are no deals.
    pub deal: &'static [(DealField, &'static str)],
    /// The boolean field that is true for at most one of the records with the same parent.
    pub main_child: Option<&'static str>,
    /// Fields that a new record must have and that may never be cleared.
    pub required: &'static [&'static str],
    /// Whether an instance can have custom fields on this kind.
    pub extensible: bool,
    /// The fields whose type and length Marketo's documentation states; all of them if not `extensible`.
    pub documented: &'static [DocumentedField],
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

/// The kind of the record that a record belongs to.
#[derive(Debug)]
pub struct Parent {
    /// The parent's kind; its key is the single `field`.
    pub kind: &'static ObjectKind,
    /// The part of the child's key that holds the parent's key.
    pub field: &'static str,
}

/// A record that another one names, which has to exist.
#[derive(Debug)]
pub struct Reference {
    /// What it is, as people call it.
    pub to: &'static str,
    /// The field that names it.
    pub field: &'static str,
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

// Endpoint reference, "Opportunities": the same two permissions serve both kinds.
const PERMISSIONS: Permissions = Permissions {
    read: "Read-Only Opportunity",
    write: "Read-Write Opportunity",
};

// Opportunities page, "Describe": a string of 50. Queries name it in `filterValues`.
const OPPORTUNITY_KEY: KeyType = KeyType::Text {
    max_chars: 50,
    is_filtered: true,
};

// A live instance of 2016 describes a string of 255, where page "Opportunity Roles" says 50. It is only asked for in JSON.
const ROLE_NAME: KeyType = KeyType::Text {
    max_chars: 255,
    is_filtered: false,
};

/// An opportunity. Source: Marketo's REST documentation, page "Opportunities".
pub static OPPORTUNITY: ObjectKind = ObjectKind {
    name: "opportunity",
    plural: "opportunities",
    path: "opportunities",
    key: &[KeyPart {
        field: "externalOpportunityId",
        holds: OPPORTUNITY_KEY,
    }],
    id_field: "marketoGUID",
    parent: None,
    // Opportunities page, "Create and Update", and page "Error codes" for 718.
    references: &[
        Reference {
            to: "company",
            field: "externalCompanyId",
        },
        Reference {
            to: "sales person",
            field: "externalSalesPersonId",
        },
    ],
    label: Some("name"),
    // A live instance of 2016 has the first five; the owner's address is a custom field.
    deal: &[
        (DealField::Stage, "stage"),
        (DealField::Amount, "amount"),
        (DealField::Closed, "isClosed"),
        (DealField::Won, "isWon"),
        (DealField::CloseDate, "closeDate"),
        (DealField::Owner, "ownerEmail"),
    ],
    main_child: None,
    required: &["name"],
    extensible: true,
    documented: &[
        text("marketoGUID", 36, false),
        other("createdAt", DataType::Datetime, false),
        other("updatedAt", DataType::Datetime, false),
        text("externalOpportunityId", 50, false),
        text("name", 255, true),
        text("description", 2000, true),
        text("type", 255, true),
        text("stage", 255, true),
    ],
    standard: &[
        other("amount", DataType::Currency, true),
        other("expectedRevenue", DataType::Currency, true),
        // An integer in a live instance, and a percent by its meaning: a number either way.
        other("probability", DataType::Percent, true),
        other("fiscalQuarter", DataType::Integer, true),
        other("fiscalYear", DataType::Integer, true),
        other("quantity", DataType::Float, true),
        other("closeDate", DataType::Date, true),
        other("lastActivityDate", DataType::Date, true),
        other("isClosed", DataType::Boolean, true),
        other("isWon", DataType::Boolean, true),
        other("externalCreatedDate", DataType::Datetime, true),
    ],
    permissions: PERMISSIONS,
    // Opportunities page, "Get Fields"; endpoint reference, "Opportunities", for the permissions.
    field_schema: Some(FieldSchema {
        path: "opportunities/schema/fields",
        permissions: &[
            "Read-Write Schema Standard Field",
            "Read-Write Schema Custom Field",
        ],
    }),
    beside_native_crm: true,
};

/// The link between a lead and an opportunity. Source: Marketo's REST documentation, page "Opportunity Roles".
pub static ROLE: ObjectKind = ObjectKind {
    name: "role",
    plural: "roles",
    path: "opportunities/roles",
    key: &[
        KeyPart {
            field: "externalOpportunityId",
            holds: OPPORTUNITY_KEY,
        },
        KeyPart {
            field: "leadId",
            holds: KeyType::Lead { reference: "lead" },
        },
        KeyPart {
            field: "role",
            holds: ROLE_NAME,
        },
    ],
    id_field: "marketoGUID",
    parent: Some(Parent {
        kind: &OPPORTUNITY,
        field: "externalOpportunityId",
    }),
    references: &[
        Reference {
            to: "opportunity",
            field: "externalOpportunityId",
        },
        Reference {
            to: "lead",
            field: "leadId",
        },
    ],
    label: None,
    deal: &[],
    // Opportunity Roles page: "isPrimary".
    main_child: Some("isPrimary"),
    required: &[],
    extensible: false,
    documented: &[
        text("marketoGUID", 36, false),
        other("createdAt", DataType::Datetime, false),
        other("updatedAt", DataType::Datetime, false),
        text("externalOpportunityId", 50, false),
        other("leadId", DataType::Integer, false),
        text("role", 50, false),
        other("isPrimary", DataType::Boolean, true),
        other("externalCreatedDate", DataType::Datetime, true),
    ],
    standard: &[],
    permissions: PERMISSIONS,
    field_schema: None,
    // Opportunity Roles page: the endpoints are not exposed where a native CRM sync is on.
    beside_native_crm: false,
};

/// Every kind, parents before children: the order of creation. Deletion goes backwards.
pub static KINDS: [&ObjectKind; 2] = [&OPPORTUNITY, &ROLE];

impl ObjectKind {
    /// The index of the kind in [`KINDS`].
    #[must_use]
    pub fn rank(&self) -> usize {
        KINDS
            .iter()
            .position(|kind| *kind == self)
            .expect("every kind is in the table")
    }

    /// The type of a field as Marketo's documentation states it.
    #[must_use]
    pub fn documented_type(&self, name: &str) -> Option<&DataType> {
        let field = self.documented.iter().find(|field| field.name == name);
        field.map(|field| &field.data_type)
    }

    /// The kinds whose records have a parent of this kind.
    pub fn children(&'static self) -> impl Iterator<Item = &'static Self> {
        KINDS.into_iter().filter(move |kind| {
            kind.parent
                .as_ref()
                .is_some_and(|parent| parent.kind == self)
        })
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

    /// The index of the part of this kind's key that holds the parent's key.
    #[must_use]
    pub fn parent_part(&self) -> Option<usize> {
        let parent = self.parent.as_ref()?;
        self.key.iter().position(|part| part.field == parent.field)
    }

    /// "1 role", "2 roles".
    #[must_use]
    pub fn counted(&self, count: usize) -> String {
        format!(
            "{} {}",
            grouped(count),
            if count == 1 { self.name } else { self.plural }
        )
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
        self.name.hash(state);
    }
}

impl PartialOrd for ObjectKind {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectKind {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}
