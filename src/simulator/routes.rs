//! The paths of the API and the methods they have.

use axum::http::Method;

use super::calls::Operation;
use super::kinds::{LEAD, OPPORTUNITY, Object, ROLE};

/// What a path names.
#[derive(Clone, Copy)]
pub(super) enum Endpoint<'p> {
    Identity,
    Describe(&'static Object),
    Records(&'static Object),
    Delete(&'static Object),
    SchemaFields,
    SchemaField(&'p str),
}

/// The endpoint of a path.
pub(super) fn find(path: &str) -> Option<Endpoint<'_>> {
    if path == "/identity/oauth/token" {
        return Some(Endpoint::Identity);
    }
    let path = path.strip_prefix("/rest/v1/")?.strip_suffix(".json")?;
    if path == LEAD.path {
        return Some(Endpoint::Records(&LEAD));
    }
    for object in [&OPPORTUNITY, &ROLE] {
        match path.strip_prefix(object.path) {
            Some("") => return Some(Endpoint::Records(object)),
            Some("/describe") => return Some(Endpoint::Describe(object)),
            Some("/delete") => return Some(Endpoint::Delete(object)),
            _ => {}
        }
    }
    let schema = path
        .strip_prefix(OPPORTUNITY.path)?
        .strip_prefix("/schema/fields")?;
    match schema.strip_prefix('/') {
        Some(name) => Some(Endpoint::SchemaField(name)),
        None => schema.is_empty().then_some(Endpoint::SchemaFields),
    }
}

impl Endpoint<'_> {
    /// What this method does here; `None` if there is no such method.
    pub(super) fn operation(self, method: &Method) -> Option<Operation> {
        let (get, post) = (*method == Method::GET, *method == Method::POST);
        match self {
            Self::Identity => (get || post).then_some(Operation::Identity),
            Self::Describe(_) => get.then_some(Operation::Describe),
            Self::Records(_) if get => Some(Operation::Query),
            Self::Records(_) => post.then_some(Operation::Sync),
            Self::Delete(_) => post.then_some(Operation::Delete),
            Self::SchemaFields | Self::SchemaField(_) => get.then_some(Operation::Schema),
        }
    }
}
