//! Pipedrive: the export of a list of deals. Its headers are in the language of the user: English, German, French, Portuguese, Spanish.

use crate::convert::profile::{Meaning, Profile};
use crate::convert::reason::Reason;
use crate::convert::target::Use;

/// "Export filter results".
pub(super) static DEALS: Profile = Profile {
    name: "a Pipedrive export of deals",
    percents: None,
    columns: &[
        (
            &[
                "deal - id",
                "affaire - id",
                "negócio - id",
                "negocio - id",
                "trato - id",
            ],
            Meaning::Key,
        ),
        (
            &[
                "deal - title",
                "deal - titel",
                "affaire - titre",
                "negócio - título",
                "negocio - título",
                "trato - título",
            ],
            Meaning::Field("name"),
        ),
        (
            &[
                "deal - value",
                "deal - wert",
                "affaire - valeur",
                "negócio - valor",
                "trato - valor",
            ],
            Meaning::Field("amount"),
        ),
        (
            &["deal - currency of value"],
            Meaning::CurrencyOf("deal - value"),
        ),
        (
            &["deal - währung von wert"],
            Meaning::CurrencyOf("deal - wert"),
        ),
        (
            &["deal - weighted value", "deal - gewichteter wert"],
            Meaning::Field("expectedRevenue"),
        ),
        (
            &["deal - probability", "deal - wahrscheinlichkeit"],
            Meaning::Field("probability"),
        ),
        (
            &[
                "deal - stage",
                "deal - phase",
                "affaire - étape",
                "negócio - etapa",
                "trato - etapa",
            ],
            Meaning::Field("stage"),
        ),
        (
            &["deal - status", "affaire - statut", "negócio - status"],
            Meaning::Use(Use::Status),
        ),
        (
            &[
                "deal - expected close date",
                "deal - erwartetes abschlussdatum",
                "affaire - date de clôture prévue",
                "negócio - data de fechamento esperada",
                "trato - fecha de cierre prevista",
            ],
            Meaning::Field("closeDate"),
        ),
        (
            &[
                "deal - last activity date",
                "deal - datum der letzten aktivität",
            ],
            Meaning::Field("lastActivityDate"),
        ),
        (
            &[
                "deal - deal created",
                "deal - deal erstellt",
                "affaire - affaire créée",
                "negócio - negócio criado em",
                "negocio - negocio creado el",
            ],
            Meaning::LocalTime("externalCreatedDate"),
        ),
        (
            &[
                "deal - organization",
                "deal - organisation",
                "deal - contact person",
                "deal - kontaktperson",
                "deal - owner",
                "deal - besitzer",
            ],
            Meaning::Skip(Reason::Name),
        ),
        (
            &[
                "deal - pipeline",
                "deal - label",
                "deal - verlustgrund",
                "deal - lost reason",
            ],
            Meaning::Skip(Reason::NoField),
        ),
        (
            &[
                "deal - won time",
                "deal - lost time",
                "deal - deal closed on",
                "deal - datum des gewonnenen deals",
                "deal - datum des verlorenen deals",
                "deal - deal abgeschlossen am",
                "affaire - date de gain",
            ],
            Meaning::Skip(Reason::OtherColumn("closeDate")),
        ),
    ],
};
