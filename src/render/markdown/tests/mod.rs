//! Pages: what they show, that data stays data, and that what matters is never cut.

mod budget;
mod hostile;
pub(in crate::render) mod sample;
mod shown;

use super::limit::MarkdownLimit;
use crate::render::account::Account;

fn markdown(account: &Account<'_>) -> String {
    super::markdown(account, MarkdownLimit::Github)
}
