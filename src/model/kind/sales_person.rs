//! The entry of sales persons.

use super::{DataType, IdForm, KeyPart, KeyType, ObjectKind, Permissions, other, text};

/// A sales person, whom opportunities, companies and leads name. Source: Marketo's REST documentation, page "Sales Persons".
pub static SALES_PERSON: ObjectKind = ObjectKind {
    name: "salesPerson",
    plural: "salesPersons",
    noun: "sales person",
    nouns: "sales persons",
    path: "salespersons",
    key: &[KeyPart {
        field: "externalSalesPersonId",
        // Sales Persons page, "Describe": a string of 255. Queries name it in `filterValues`.
        holds: KeyType::Text {
            max_chars: 255,
            is_filtered: true,
        },
    }],
    id_field: "id",
    // Definitions of the API (`swagger-mapi.json`): an integer.
    id_form: IdForm::Number,
    references: &[],
    // Sales Persons page, "Delete": leads name them by this field.
    lead_field: Some("externalSalesPersonId"),
    // A name would be that of a person.
    label: None,
    deal: &[],
    main_child: None,
    // Sales Persons page: the sample of a sync has it, and describe says that it is not updateable.
    create_only: &["email"],
    required: &[],
    // Marketo's CRM synchronisation white paper.
    extensible: false,
    documented: &[
        other("id", DataType::Integer, false),
        other("createdAt", DataType::Datetime, false),
        other("updatedAt", DataType::Datetime, false),
        text("externalSalesPersonId", 255, false),
        text("email", 255, true),
    ],
    // The sample of a sync has two more fields than that of describe, so there may be others.
    documents_all: false,
    // Sales Persons page, "Create and Update".
    standard: &[text("firstName", 255, true), text("lastName", 255, true)],
    // Endpoint reference, "Sales Persons".
    permissions: Permissions {
        read: "Read-Only Sales Person",
        write: "Read-Write Sales Person",
    },
    field_schema: None,
    // With a native CRM sync sales persons can only be read (since May 2022).
    beside_native_crm: true,
};
