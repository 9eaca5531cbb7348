//! The fields that an instance has, by kind: one describe call for each kind that the manifests use.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;

use crate::api::{ApiError, Client};
use crate::model::{Desired, ObjectKind};
use crate::plan::Schemas;

/// Describes the kinds of these entries, those that they are compared with among them.
///
/// # Errors
/// A describe call failed.
pub async fn schemas(client: &Client, desired: &Desired) -> Result<Schemas, ApiError> {
    let mut kinds = BTreeSet::new();
    for declared in desired.needed() {
        kinds.insert(declared.kind);
        kinds.extend(declared.kind.parent.as_ref().map(|parent| parent.kind));
        if declared.exact_children.is_some() {
            let kind: &'static ObjectKind = declared.kind;
            kinds.extend(kind.children());
        }
    }
    let described = try_join_all(kinds.into_iter().map(|kind| client.describe(kind))).await?;
    Ok(described
        .into_iter()
        .map(|description| (description.schema.kind, description.schema))
        .collect())
}
