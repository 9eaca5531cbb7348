//! Microsoft Dynamics 365 Sales: "Export to Excel" of a view. The ids are in a hidden column.

use crate::convert::profile::{Meaning, Profile};
use crate::convert::reason::Reason;
use crate::convert::target::Use;

/// A static worksheet.
pub(super) static VIEW: Profile = Profile {
    name: "a Dynamics 365 view",
    percents: None,
    columns: &[
        (&["(do not modify) opportunity"], Meaning::Key),
        (&["topic", "opportunity name"], Meaning::Field("name")),
        (&["est. close date"], Meaning::Field("closeDate")),
        (&["est. revenue"], Meaning::Field("amount")),
        (&["probability"], Meaning::Field("probability")),
        (&["sales stage", "pipeline phase"], Meaning::Field("stage")),
        (&["status"], Meaning::Use(Use::Status)),
        (
            &["forecast category"],
            Meaning::Field("forecastCategoryName"),
        ),
        (&["next step"], Meaning::Field("nextStep")),
        (&["description"], Meaning::Field("description")),
        (
            &[
                "(do not modify) row checksum",
                "(do not modify) modified on",
                "(do not modify) last modified date",
            ],
            Meaning::Skip(Reason::OfTheSystem),
        ),
        (
            &["account", "potential customer", "contact", "owner"],
            Meaning::Skip(Reason::Name),
        ),
        (&["rating", "status reason"], Meaning::Skip(Reason::NoField)),
        (
            &["actual revenue"],
            Meaning::Skip(Reason::OtherColumn("amount")),
        ),
        (&["created on"], Meaning::LocalTime("externalCreatedDate")),
    ],
};
