//! What the table of objects leaves to switches: the answers to missing records, and to deletes of records in use.

use super::object_type::{MissingTarget, UponDelete};
use crate::simulator::answers::{
    Answers, DeleteCompanyInUse, DeleteMissing, DeleteOpportunityWithRoles, DeleteSalesPersonInUse,
    LeadLinkFilters, UnknownCompany, UnknownSalesPerson,
};

/// The message of 1013 where the page on the object has none.
pub(super) fn missing_record(answers: &Answers) -> &'static str {
    match answers.delete_missing {
        DeleteMissing::Object => "Object not found",
        DeleteMissing::Record => "Record not found",
    }
}

pub(super) fn missing_company(answers: &Answers) -> MissingTarget {
    match answers.unknown_company {
        UnknownCompany::Object => MissingTarget::Skips("1013"),
        UnknownCompany::Stored => MissingTarget::Stored,
    }
}

pub(super) fn missing_sales_person(answers: &Answers) -> MissingTarget {
    match answers.unknown_sales_person {
        UnknownSalesPerson::Response => MissingTarget::Refuses("718"),
        UnknownSalesPerson::Record => MissingTarget::Skips("718"),
    }
}

/// The filters of leads that the page "Leads" does not list.
pub(super) fn lead_links(answers: &Answers) -> &'static [&'static str] {
    match answers.lead_link_filters {
        LeadLinkFilters::Refused => &[],
        LeadLinkFilters::Allowed => &["externalCompanyId", "externalSalesPersonId"],
    }
}

pub(super) fn opportunity_in_use(answers: &Answers) -> UponDelete {
    match answers.delete_opportunity_with_roles {
        DeleteOpportunityWithRoles::Cascade => UponDelete::Deleted,
        DeleteOpportunityWithRoles::InUse => UponDelete::Refused,
        DeleteOpportunityWithRoles::Orphan => UponDelete::Kept,
    }
}

pub(super) fn company_in_use(answers: &Answers) -> UponDelete {
    match answers.delete_company_in_use {
        DeleteCompanyInUse::InUse => UponDelete::Refused,
        DeleteCompanyInUse::Orphan => UponDelete::Kept,
    }
}

/// The uses of sales persons that the page names.
pub(super) fn documented_use_of_sales_person(answers: &Answers) -> UponDelete {
    match answers.delete_sales_person_in_use {
        DeleteSalesPersonInUse::InUse | DeleteSalesPersonInUse::Documented => UponDelete::Refused,
        DeleteSalesPersonInUse::Orphan => UponDelete::Kept,
    }
}

pub(super) fn other_use_of_sales_person(answers: &Answers) -> UponDelete {
    match answers.delete_sales_person_in_use {
        DeleteSalesPersonInUse::InUse => UponDelete::Refused,
        DeleteSalesPersonInUse::Documented | DeleteSalesPersonInUse::Orphan => UponDelete::Kept,
    }
}
