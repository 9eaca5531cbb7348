//! oppctl: opportunities as code for Adobe Marketo Engage.

pub mod api;
pub mod config;
pub mod manifest;
pub mod model;
pub mod render;
pub mod simulator;
