//! The exports that are known by the names of their columns.
//!
//! Only names that were seen in real exports, or that the system's own documentation has. No vendor publishes a full list, and customers
//! rename columns, so what is read into a file is always shown. A map does the rest.

mod dynamics;
mod hubspot;
mod pipedrive;
mod salesforce;

use super::profile::Profile;

/// All of them.
pub(super) static PROFILES: [&Profile; 6] = [
    &salesforce::REPORT,
    &salesforce::RECORDS,
    &salesforce::CONTACT_ROLES,
    &hubspot::DEALS,
    &pipedrive::DEALS,
    &dynamics::VIEW,
];
