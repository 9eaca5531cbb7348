//! The member `impact`: the fields that say what a deal is worth and how it stands.

use super::error::ConfigProblem;
use super::file::ImpactFile;
use super::finding::Finding;
use super::settings::ImpactConfig;
use crate::model::DealField;
use crate::plan::DealFields;

/// Checks the member.
pub(super) fn check(file: ImpactFile) -> Result<ImpactConfig, Finding> {
    let ImpactFile {
        amount,
        stage,
        owner,
        closed,
        won,
        close_date,
        currency,
        stages,
    } = file;
    let name = |field| match field {
        DealField::Stage => &stage,
        DealField::Amount => &amount,
        DealField::Closed => &closed,
        DealField::Won => &won,
        DealField::CloseDate => &close_date,
        DealField::Owner => &owner,
    };
    let named = DealField::ALL.map(|field| (field.member(), name(field)));
    let currency_member = ("currency", &currency);
    for (member, text) in named.into_iter().chain([currency_member]) {
        if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let problem = ConfigProblem::EmptyMember { member };
            return Err(Finding::new(problem, &["impact", member]));
        }
    }
    Ok(ImpactConfig {
        fields: DealFields::named(|field| name(field).as_deref().map(Into::into)),
        currency: currency.map(Into::into),
        stages: stages.into_iter().map(Into::into).collect(),
    })
}
