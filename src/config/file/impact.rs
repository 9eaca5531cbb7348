//! The member `impact`.

use schemars::JsonSchema;
use serde::Deserialize;

/// How plans tell what they do to the pipeline: which fields hold what. Fields that the instance does not have, and fields that are sensitive, are left out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[serde(expecting = "a mapping with names of fields, such as `amount`")]
#[schemars(rename = "Impact")]
pub(in crate::config) struct ImpactFile {
    /// The field with the amount.
    #[schemars(length(min = 1), extend("default" = "amount"))]
    pub amount: Option<String>,
    /// The field with the stage.
    #[schemars(length(min = 1), extend("default" = "stage"))]
    pub stage: Option<String>,
    /// The field that names the owner.
    #[schemars(length(min = 1), extend("default" = "ownerEmail"))]
    pub owner: Option<String>,
    /// The boolean field that is true once an opportunity is decided.
    #[schemars(length(min = 1), extend("default" = "isClosed"))]
    pub closed: Option<String>,
    /// The boolean field that is true if a decided opportunity was won.
    #[schemars(length(min = 1), extend("default" = "isWon"))]
    pub won: Option<String>,
    /// The field with the day of the decision.
    #[schemars(length(min = 1), extend("default" = "closeDate"))]
    pub close_date: Option<String>,
    /// The currency of the amounts, for people: `USD`, `EUR`.
    #[schemars(length(min = 1, max = 10))]
    pub currency: Option<String>,
    /// The stages in their order. Plans point out every other stage that they set.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(min = 1)))]
    pub stages: Vec<String>,
}
