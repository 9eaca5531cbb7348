//! HubSpot: the export of deals, in English and Spanish. The language of the headers is chosen for each export.

use crate::convert::options::Scale;
use crate::convert::profile::{Meaning, Profile};
use crate::convert::reason::Reason;
use crate::convert::target::Use;

/// Deals of the index page, with the properties of the view.
pub(super) static DEALS: Profile = Profile {
    name: "a HubSpot export of deals",
    percents: Some(Scale::Share),
    columns: &[
        (&["record id", "deal id"], Meaning::Key),
        (&["deal name", "nombre del negocio"], Meaning::Field("name")),
        (
            &["deal stage", "etapa del negocio"],
            Meaning::Field("stage"),
        ),
        // Amounts in one currency, before those in the currency of each deal.
        (&["amount in company currency"], Meaning::Field("amount")),
        (&["amount", "valor"], Meaning::Field("amount")),
        (&["currency"], Meaning::CurrencyOf("amount")),
        (&["moneda"], Meaning::CurrencyOf("valor")),
        (&["close date"], Meaning::Field("closeDate")),
        (&["last activity date"], Meaning::Field("lastActivityDate")),
        (&["deal type"], Meaning::Field("type")),
        (
            &["forecast category"],
            Meaning::Field("forecastCategoryName"),
        ),
        (&["deal probability"], Meaning::Field("probability")),
        (&["is closed won"], Meaning::Field("isWon")),
        (&["is closed lost"], Meaning::Use(Use::Lost)),
        (&["next step"], Meaning::Field("nextStep")),
        (&["deal description"], Meaning::Field("description")),
        (
            &["associated company ids (primary)"],
            Meaning::Field("externalCompanyId"),
        ),
        (
            &["associated company ids"],
            Meaning::Field("externalCompanyId"),
        ),
        (&["create date"], Meaning::LocalTime("externalCreatedDate")),
        (&["deal owner"], Meaning::Skip(Reason::Name)),
        (
            &["associated company (primary)", "associated company"],
            Meaning::Skip(Reason::Name),
        ),
        (&["pipeline"], Meaning::Skip(Reason::NoField)),
        (&["associated contact"], Meaning::Skip(Reason::Name)),
        (
            &["associated contact ids"],
            Meaning::Skip(Reason::ForeignId),
        ),
    ],
};
