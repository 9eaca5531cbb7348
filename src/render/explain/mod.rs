//! The pages of `oppctl explain`: for each stable word what it means, why it matters, and what to do about it.
//!
//! Pages are texts in `pages`, one file for each family; those of Marketo's codes are made from the tables of the client, which has
//! their meanings already. A word that two families share, such as `amount-factor`, has a page in each, and both are shown. Tests hold
//! the pages against the words of the enums.

mod codes;
mod index;
mod page;
#[cfg(test)]
mod tests;
mod text;

#[cfg(test)]
use index::named;
pub use index::{like, listed};
#[cfg(test)]
use page::is_command;
pub use page::{Family, Page, Part};
pub use text::explained;
pub(super) use text::rule_text;
