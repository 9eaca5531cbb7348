//! The entry of opportunities.

use super::company::COMPANY;
use super::sales_person::SALES_PERSON;
use super::{
    DataType, DealField, FieldSchema, IdForm, KeyPart, KeyType, ObjectKind, Permissions, Reference,
    Referred, other, text,
};

// Endpoint reference, "Opportunities": the same two permissions serve opportunities and roles.
pub(super) const PERMISSIONS: Permissions = Permissions {
    read: "Read-Only Opportunity",
    write: "Read-Write Opportunity",
};

// Opportunities page, "Describe": a string of 50. Queries name it in `filterValues`.
pub(super) const OPPORTUNITY_KEY: KeyType = KeyType::Text {
    max_chars: 50,
    is_filtered: true,
};

/// An opportunity. Source: Marketo's REST documentation, page "Opportunities".
pub static OPPORTUNITY: ObjectKind = ObjectKind {
    name: "opportunity",
    plural: "opportunities",
    noun: "opportunity",
    nouns: "opportunities",
    path: "opportunities",
    key: &[KeyPart {
        field: "externalOpportunityId",
        holds: OPPORTUNITY_KEY,
    }],
    id_field: "marketoGUID",
    id_form: IdForm::Guid,
    // Opportunities page, "Create and Update", and page "Error codes" for 718.
    references: &[
        Reference {
            field: "externalCompanyId",
            to: Referred::Managed(&COMPANY),
            outlives: false,
        },
        Reference {
            field: "externalSalesPersonId",
            to: Referred::Managed(&SALES_PERSON),
            outlives: false,
        },
    ],
    lead_field: None,
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
    create_only: &[],
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
    documents_all: false,
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
