//! Salesforce: reports, which have the labels of fields, and Data Loader with the weekly export, which have their API names.
//!
//! Labels and API names: Salesforce's field reference for Opportunity and OpportunityContactRole.

use crate::convert::profile::{Meaning, Profile};
use crate::convert::reason::Reason;
use crate::convert::target::Use;

/// A report, "Details Only".
pub(super) static REPORT: Profile = Profile {
    name: "a Salesforce report",
    percents: None,
    columns: &[
        (&["opportunity id", "id de l'opportunité"], Meaning::Key),
        (
            &[
                "opportunity name",
                "nom de l'opportunité",
                "opportunity-name",
                "商談名",
            ],
            Meaning::Field("name"),
        ),
        (
            &[
                "stage",
                "opportunity stage",
                "étape",
                "etape",
                "phase",
                "フェーズ",
                "ステージ",
            ],
            Meaning::Field("stage"),
        ),
        (&["fiscal period"], Meaning::Use(Use::Period)),
        // With several currencies the converted amounts are in one.
        (&["amount (converted)"], Meaning::Field("amount")),
        (
            &["amount", "montant", "betrag", "金額"],
            Meaning::Field("amount"),
        ),
        (
            &["amount (converted) currency"],
            Meaning::CurrencyOf("amount (converted)"),
        ),
        (&["amount currency"], Meaning::CurrencyOf("amount")),
        (
            &["expected revenue", "期待収益"],
            Meaning::Field("expectedRevenue"),
        ),
        (
            &[
                "probability (%)",
                "probabilité (%)",
                "wahrscheinlichkeit (%)",
                "確度 (%)",
            ],
            Meaning::Field("probability"),
        ),
        (
            &[
                "close date",
                "date de clôture",
                "schlusstermin",
                "完了予定日",
            ],
            Meaning::Field("closeDate"),
        ),
        (&["next step"], Meaning::Field("nextStep")),
        (&["lead source"], Meaning::Field("leadSource")),
        (&["type"], Meaning::Field("type")),
        (&["description"], Meaning::Field("description")),
        (&["quantity", "quantité"], Meaning::Field("quantity")),
        (
            &["forecast category"],
            Meaning::Field("forecastCategoryName"),
        ),
        (&["last activity"], Meaning::Field("lastActivityDate")),
        (&["closed"], Meaning::Field("isClosed")),
        (&["won"], Meaning::Field("isWon")),
        (&["account id"], Meaning::Field("externalCompanyId")),
        (&["owner id"], Meaning::Field("externalSalesPersonId")),
        // A report with contact roles has a row for each of them.
        (&["contact: email"], Meaning::LinkedBy("email")),
        (&["contact role"], Meaning::LinkName),
        (&["primary"], Meaning::Field("isPrimary")),
        (
            &[
                "opportunity owner",
                "propriétaire de l'opportunité",
                "商談 所有者",
            ],
            Meaning::Skip(Reason::Name),
        ),
        (&["account name", "取引先名"], Meaning::Skip(Reason::Name)),
        (&["owner role"], Meaning::Skip(Reason::NoField)),
        (&["age"], Meaning::Skip(Reason::NoField)),
        (
            &["created date", "date de création"],
            Meaning::Skip(Reason::NoTime),
        ),
    ],
};

/// Opportunities by Data Loader or the weekly export.
pub(super) static RECORDS: Profile = Profile {
    name: "opportunities of Salesforce Data Loader",
    percents: None,
    columns: &[
        (&["id"], Meaning::Key),
        (&["name"], Meaning::Field("name")),
        (&["stagename"], Meaning::Field("stage")),
        (&["amount"], Meaning::Field("amount")),
        (&["currencyisocode"], Meaning::CurrencyOf("amount")),
        (&["expectedrevenue"], Meaning::Field("expectedRevenue")),
        (&["probability"], Meaning::Field("probability")),
        (&["totalopportunityquantity"], Meaning::Field("quantity")),
        (&["closedate"], Meaning::Field("closeDate")),
        (&["createddate"], Meaning::Field("externalCreatedDate")),
        (&["lastactivitydate"], Meaning::Field("lastActivityDate")),
        (&["type"], Meaning::Field("type")),
        (&["nextstep"], Meaning::Field("nextStep")),
        (&["leadsource"], Meaning::Field("leadSource")),
        (&["description"], Meaning::Field("description")),
        (&["isclosed"], Meaning::Field("isClosed")),
        (&["iswon"], Meaning::Field("isWon")),
        (
            &["forecastcategoryname"],
            Meaning::Field("forecastCategoryName"),
        ),
        (&["fiscalquarter"], Meaning::Field("fiscalQuarter")),
        (&["fiscalyear"], Meaning::Field("fiscalYear")),
        (&["accountid"], Meaning::Field("externalCompanyId")),
        (&["ownerid"], Meaning::Field("externalSalesPersonId")),
        (&["isdeleted"], Meaning::Use(Use::Deleted)),
        (
            &["forecastcategory", "fiscal"],
            Meaning::Skip(Reason::NoField),
        ),
    ],
};

/// Contact roles by Data Loader or the weekly export. Their own ids are ids of links.
pub(super) static CONTACT_ROLES: Profile = Profile {
    name: "contact roles of Salesforce Data Loader",
    percents: None,
    columns: &[
        (&["opportunityid"], Meaning::Key),
        (&["contact.email"], Meaning::LinkedBy("email")),
        (&[], Meaning::LinkName),
        (&["isprimary"], Meaning::Field("isPrimary")),
        (&["createddate"], Meaning::Field("externalCreatedDate")),
        (&["isdeleted"], Meaning::Use(Use::Deleted)),
        (&["id"], Meaning::Skip(Reason::OwnId)),
        (&["contactid"], Meaning::Skip(Reason::ForeignId)),
    ],
};
