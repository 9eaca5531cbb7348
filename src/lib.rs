//! oppctl: opportunities as code for Adobe Marketo Engage.

pub mod model;
