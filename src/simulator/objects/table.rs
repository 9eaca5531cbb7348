//! The simulator's own table of Marketo objects. A further object of the same pattern is one more entry.
//!
//! Source: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Leads", and their
//! describe replies; for fields see `standard_fields`.

use super::crm::UnderCrm;
use super::field::FieldType;
use super::object_type::{
    Dependent, Describe, DescribeStyle, FieldOrder, IdForm, LinkTarget, MissingTarget, ObjectType,
    Reference, RowStyle, Target, UponDelete,
};
use super::permission::Permission;
use super::standard_fields::{GUID, LEAD_FIELDS, OPPORTUNITY_FIELDS, ROLE_FIELDS, SAMPLE_FIELDS};
use crate::simulator::answers::{
    Answers, DeleteOpportunityWithRoles, UnknownCompany, UnknownSalesPerson,
};

/// All objects.
pub(in crate::simulator) static OBJECTS: [&ObjectType; 3] = [&OPPORTUNITY, &ROLE, &LEAD];

/// Describe of opportunities and roles as a live instance answered in 2016.
const RECORDED: DescribeStyle = DescribeStyle {
    description: None,
    times: ["2015-04-25T01:02:24Z", "2015-04-25T01:02:24Z"],
    searchable: None,
    api_names: true,
    order: FieldOrder::Sorted,
};

/// Their samples, which are of a build before the release.
const SAMPLE: DescribeStyle = DescribeStyle {
    description: None,
    times: ["2015-02-03T22:36:23Z", "2015-02-03T22:36:24Z"],
    searchable: None,
    api_names: false,
    order: FieldOrder::Sampled,
};

fn missing_company(answers: &Answers) -> MissingTarget {
    match answers.unknown_company {
        UnknownCompany::Object => MissingTarget::Skips("1013"),
        UnknownCompany::Stored => MissingTarget::Stored,
    }
}

fn missing_sales_person(answers: &Answers) -> MissingTarget {
    match answers.unknown_sales_person {
        UnknownSalesPerson::Response => MissingTarget::Refuses("718"),
        UnknownSalesPerson::Record => MissingTarget::Skips("718"),
    }
}

pub(in crate::simulator) static OPPORTUNITY: ObjectType = ObjectType {
    name: "opportunity",
    path: "opportunities",
    id: GUID,
    id_form: IdForm::Guid,
    key: &["externalOpportunityId"],
    // The documentation's sample does not have the last two; live instances do.
    searchable: &[GUID, "externalCompanyId", "externalSalesPersonId"],
    // Source: Adobe REST documentation, "Opportunities", section "Query".
    searchable_customs: &[FieldType::String, FieldType::Integer],
    indexed: &["externalCompanyId", "externalSalesPersonId"],
    required: &["name"],
    references: &[
        Reference {
            field: "externalCompanyId",
            to: Target::Listed(LinkTarget::Company),
            missing: missing_company,
        },
        Reference {
            field: "externalSalesPersonId",
            to: Target::Listed(LinkTarget::SalesPerson),
            missing: missing_sales_person,
        },
    ],
    dependents: &[Dependent {
        object: &ROLE,
        field: "externalOpportunityId",
        upon_delete: |answers| match answers.delete_opportunity_with_roles {
            DeleteOpportunityWithRoles::Cascade => UponDelete::Deleted,
            DeleteOpportunityWithRoles::InUse => UponDelete::Refused,
            DeleteOpportunityWithRoles::Orphan => UponDelete::Kept,
        },
    }],
    single: None,
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::ReadOnly,
    defaults: &["externalOpportunityId", "createdAt", "updatedAt"],
    sample_defaults: &[
        "externalOpportunityId",
        "name",
        "description",
        "amount",
        "source",
    ],
    unset_is_false: false,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "opportunity",
        display: Some("Opportunity"),
        recorded: DescribeStyle {
            description: Some("Marketo Opportunity"),
            ..RECORDED
        },
        sample: SAMPLE,
    }),
    field_endpoints: true,
    extensible: true,
    fields: OPPORTUNITY_FIELDS,
    sample_fields: SAMPLE_FIELDS,
};

pub(in crate::simulator) static ROLE: ObjectType = ObjectType {
    name: "opportunityRole",
    path: "opportunities/roles",
    id: GUID,
    id_form: IdForm::Guid,
    key: &["externalOpportunityId", "leadId", "role"],
    searchable: &[GUID, "externalOpportunityId", "leadId"],
    searchable_customs: &[],
    indexed: &["leadId", "externalOpportunityId"],
    required: &[],
    references: &[
        Reference {
            field: "leadId",
            to: Target::Record(&LEAD),
            missing: |answers| MissingTarget::Skips(answers.role_unknown_lead.value()),
        },
        Reference {
            field: "externalOpportunityId",
            to: Target::Record(&OPPORTUNITY),
            missing: |answers| MissingTarget::Skips(answers.role_unknown_opportunity.value()),
        },
    ],
    dependents: &[],
    single: Some(("isPrimary", "externalOpportunityId")),
    reader: Permission::ReadOpportunity,
    writer: Permission::WriteOpportunity,
    under_crm: UnderCrm::NotExposed,
    defaults: &[
        "externalOpportunityId",
        "leadId",
        "role",
        "createdAt",
        "updatedAt",
    ],
    // The page has no such sample, and says that the reply is like that for opportunities.
    sample_defaults: &["externalOpportunityId", "leadId", "role"],
    unset_is_false: true,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "opportunityRole",
        display: Some("Opportunity Role"),
        recorded: DescribeStyle {
            description: Some("Marketo Opportunity Person Role"),
            ..RECORDED
        },
        sample: DescribeStyle {
            searchable: Some(&[GUID, "leadId", "externalOpportunityId"]),
            ..SAMPLE
        },
    }),
    field_endpoints: false,
    extensible: false,
    fields: ROLE_FIELDS,
    sample_fields: &[],
};

pub(in crate::simulator) static LEAD: ObjectType = ObjectType {
    name: "lead",
    path: "leads",
    id: "id",
    id_form: IdForm::Number {
        counter: "last lead",
    },
    key: &["id"],
    // Source: Adobe REST documentation, "Leads", section "Query".
    searchable: &[
        "email",
        "facebookId",
        "leadPartitionId",
        "linkedInId",
        "sfdcAccountId",
        "sfdcContactId",
        "sfdcLeadId",
        "sfdcLeadOwnerId",
        "sfdcOpptyId",
        "twitterId",
    ],
    searchable_customs: &[FieldType::String, FieldType::Email, FieldType::Integer],
    indexed: &["email"],
    required: &[],
    references: &[],
    dependents: &[],
    single: None,
    reader: Permission::ReadLead,
    writer: Permission::WriteLead,
    under_crm: UnderCrm::Unchanged,
    defaults: &[
        "id",
        "email",
        "updatedAt",
        "createdAt",
        "firstName",
        "lastName",
    ],
    sample_defaults: &[
        "id",
        "email",
        "updatedAt",
        "createdAt",
        "firstName",
        "lastName",
    ],
    unset_is_false: true,
    rows: RowStyle::Plain { most: 1000 },
    // The simulator has no describe for leads.
    describe: None,
    field_endpoints: false,
    extensible: true,
    fields: LEAD_FIELDS,
    sample_fields: &[],
};
