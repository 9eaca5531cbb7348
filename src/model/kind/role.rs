//! The entry of opportunity roles.

use super::opportunity::{OPPORTUNITY, OPPORTUNITY_KEY, PERMISSIONS};
use super::{DataType, IdForm, KeyPart, KeyType, ObjectKind, Reference, Referred, other, text};

// A live instance of 2016 describes a string of 255, where page "Opportunity Roles" says 50. It is only asked for in JSON.
const ROLE_NAME: KeyType = KeyType::Text {
    max_chars: 255,
    is_filtered: false,
};

/// The link between a lead and an opportunity. Source: Marketo's REST documentation, page "Opportunity Roles".
pub static ROLE: ObjectKind = ObjectKind {
    name: "role",
    plural: "roles",
    noun: "role",
    nouns: "roles",
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
    id_form: IdForm::Guid,
    references: &[
        Reference {
            field: "externalOpportunityId",
            to: Referred::Managed(&OPPORTUNITY),
            outlives: false,
        },
        Reference {
            field: "leadId",
            to: Referred::Other("lead"),
            outlives: false,
        },
    ],
    lead_field: None,
    label: None,
    deal: &[],
    // Opportunity Roles page: "isPrimary".
    main_child: Some("isPrimary"),
    create_only: &[],
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
    documents_all: true,
    standard: &[],
    permissions: PERMISSIONS,
    field_schema: None,
    // Opportunity Roles page: the endpoints are not exposed where a native CRM sync is on.
    beside_native_crm: false,
};
