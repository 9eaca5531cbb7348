//! The simulator's own table of Marketo objects. A further object of the same pattern is one more entry.
//!
//! Source: Adobe REST documentation, "Opportunities", "Opportunity Roles", "Companies", "Leads", and their
//! describe replies; for fields see `standard_fields`.

use super::crm::UnderCrm;
use super::field::FieldType;
use super::object_type::{
    Dependent, DependentRecords, Describe, DescribeStyle, FieldOrder, IdForm, LinkTarget, Listed,
    MissingTarget, ObjectType, QueryDefaults, Reference, RowStyle, Target, UponDelete,
};
use super::permission::Permission;
use super::standard_fields::{
    COMPANY_FIELDS, GUID, LEAD_FIELDS, OPPORTUNITY_FIELDS, ROLE_FIELDS, SAMPLE_FIELDS,
};
use crate::simulator::answers::{
    Answers, DeleteCompanyInUse, DeleteMissing, DeleteOpportunityWithRoles, UnknownCompany,
    UnknownSalesPerson,
};

/// All objects.
pub(in crate::simulator) static OBJECTS: [&ObjectType; 4] = [&OPPORTUNITY, &ROLE, &COMPANY, &LEAD];

pub(in crate::simulator) static COMPANY: ObjectType = ObjectType {
    name: "company",
    path: "companies",
    id: "id",
    id_form: IdForm::Number {
        counter: "last company",
    },
    key: &["externalCompanyId"],
    searchable: &[
        "id",
        "externalSalesPersonId",
        "jigsawCompanyId",
        "jigsawCompanyStatus",
        "company",
    ],
    searchable_customs: &[FieldType::String, FieldType::Integer],
    indexed: &["externalSalesPersonId", "company"],
    required: &[],
    references: &[Reference {
        field: "externalSalesPersonId",
        to: Target::Listed(LinkTarget::SalesPerson),
        missing: missing_sales_person,
    }],
    dependents: &[Dependent {
        object: &OPPORTUNITY,
        field: "externalCompanyId",
        records: DependentRecords::Stored,
        upon_delete: company_in_use,
    }],
    single: None,
    reader: Permission::ReadCompany,
    writer: Permission::WriteCompany,
    under_crm: UnderCrm::ReadOnly,
    defaults: QueryDefaults::Fields {
        documented: &["externalCompanyId", "createdAt", "updatedAt"],
        sample: &["externalCompanyId", "company"],
    },
    missing_record: |_| "Record not found",
    whole_decimals: true,
    unset_is_false: false,
    rows: RowStyle::Numbered,
    describe: Some(Describe {
        name: "Company",
        display: None,
        recorded: DescribeStyle {
            description: Some("Map for API company fields"),
            times: ["2015-06-20T01:18:37Z", "2015-06-20T01:18:37Z"],
            searchable: None,
            api_names: false,
            order: FieldOrder::Sorted,
        },
        sample: DescribeStyle {
            description: Some("Company object"),
            times: ["2015-05-11T17:11:32Z", "2015-05-11T17:11:32Z"],
            searchable: Some(&["id", "company"]),
            api_names: false,
            order: FieldOrder::Sorted,
        },
    }),
    field_endpoints: true,
    extensible: true,
    listed: Some(Listed {
        member: "companies",
        word: "company",
        mark: "companies",
    }),
    remembered: Some("deleted company"),
    fields: COMPANY_FIELDS,
    sample_fields: &[],
};

fn company_in_use(answers: &Answers) -> UponDelete {
    match answers.delete_company_in_use {
        DeleteCompanyInUse::InUse => UponDelete::Refused,
        DeleteCompanyInUse::Orphan => UponDelete::Kept,
    }
}

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

/// The message of 1013 where the page on the object has none.
fn missing_record(answers: &Answers) -> &'static str {
    match answers.delete_missing {
        DeleteMissing::Object => "Object not found",
        DeleteMissing::Record => "Record not found",
    }
}

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
            to: Target::Record(&COMPANY),
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
        records: DependentRecords::Stored,
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
    defaults: QueryDefaults::Fields {
        documented: &["externalOpportunityId", "createdAt", "updatedAt"],
        sample: &[
            "externalOpportunityId",
            "name",
            "description",
            "amount",
            "source",
        ],
    },
    missing_record,
    whole_decimals: false,
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
    listed: None,
    remembered: None,
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
    defaults: QueryDefaults::Fields {
        documented: &[
            "externalOpportunityId",
            "leadId",
            "role",
            "createdAt",
            "updatedAt",
        ],
        // The page has no such sample, and says that the reply is like that for opportunities.
        sample: &["externalOpportunityId", "leadId", "role"],
    },
    missing_record,
    whole_decimals: false,
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
    listed: None,
    remembered: None,
    fields: ROLE_FIELDS,
    sample_fields: &[],
};

const LEAD_DEFAULTS: &[&str] = &[
    "id",
    "email",
    "updatedAt",
    "createdAt",
    "firstName",
    "lastName",
];

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
    defaults: QueryDefaults::Fields {
        documented: LEAD_DEFAULTS,
        sample: LEAD_DEFAULTS,
    },
    missing_record,
    whole_decimals: false,
    unset_is_false: true,
    rows: RowStyle::Plain { most: 1000 },
    // The simulator has no describe for leads.
    describe: None,
    field_endpoints: false,
    extensible: true,
    listed: None,
    remembered: None,
    fields: LEAD_FIELDS,
    sample_fields: &[],
};
