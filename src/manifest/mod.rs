//! Manifests: the YAML in which people declare records.

pub mod schema;
