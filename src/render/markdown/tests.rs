//! Markdown of plans and reports.
