//! The entry of companies.

use super::sales_person::SALES_PERSON;
use super::{
    DataType, FieldSchema, IdForm, KeyPart, KeyType, ObjectKind, Permissions, Reference, Referred,
    other, text,
};

/// A company, which opportunities and leads belong to. Source: Marketo's REST documentation, page "Companies".
pub static COMPANY: ObjectKind = ObjectKind {
    name: "company",
    plural: "companies",
    noun: "company",
    nouns: "companies",
    path: "companies",
    key: &[KeyPart {
        field: "externalCompanyId",
        // Companies page, "Describe": a string of 100. A live instance of 2016 describes 50. Queries name it in `filterValues`.
        holds: KeyType::Text {
            max_chars: 100,
            is_filtered: true,
        },
    }],
    id_field: "id",
    // Definitions of the API (`swagger-mapi.json`): an integer.
    id_form: IdForm::Number,
    // Marketo's CRM synchronisation white paper: it must exist first.
    references: &[Reference {
        field: "externalSalesPersonId",
        to: Referred::Managed(&SALES_PERSON),
        // Sales Persons page, "Delete": one that a deleted company refers to is in use.
        outlives: true,
    }],
    // Companies page: leads join a company by this field.
    lead_field: Some("externalCompanyId"),
    label: Some("company"),
    deal: &[],
    main_child: None,
    create_only: &[],
    required: &[],
    extensible: true,
    documented: &[
        other("id", DataType::Integer, false),
        other("createdAt", DataType::Datetime, false),
        other("updatedAt", DataType::Datetime, false),
        text("externalCompanyId", 100, false),
        text("company", 255, true),
    ],
    documents_all: false,
    standard: &[
        other("annualRevenue", DataType::Currency, true),
        other("numberOfEmployees", DataType::Integer, true),
        text("industry", 255, true),
        text("mainPhone", 255, true),
        text("sicCode", 40, true),
        text("site", 255, true),
    ],
    // Endpoint reference, "Companies".
    permissions: Permissions {
        read: "Read-Only Company",
        write: "Read-Write Company",
    },
    // Companies page, "Get Fields".
    field_schema: Some(FieldSchema {
        path: "companies/schema/fields",
        permissions: &[
            "Read-Write Schema Standard Field",
            "Read-Write Schema Custom Field",
        ],
    }),
    // With a native CRM sync companies can only be read (since May 2022).
    beside_native_crm: true,
};
