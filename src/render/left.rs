//! What an undo leaves as it is, in words.

use std::fmt;
use std::sync::Arc;

use crate::model::{Sources, Verb};
use crate::plan::{FieldChange, Left, WhyLeft};

use super::escape::escaped;
use super::place::place;
use super::plan::fields;

/// Writes what is left, and why; of fields what the run wrote and what they hold now.
pub(super) fn left(left: &Left, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    write!(out, "Left: {}", sentence(left, sources))?;
    match &left.why {
        WhyLeft::Changed(changed) | WhyLeft::Edited(changed) => {
            writeln!(out, " As the run wrote it → now:")?;
            fields(changed, Verb::Update, out)
        }
        WhyLeft::Gone
        | WhyLeft::Remade
        | WhyLeft::CreatedBy { .. }
        | WhyLeft::DeletedBy { .. }
        | WhyLeft::Taken
        | WhyLeft::NoParent { .. }
        | WhyLeft::OtherParent { .. }
        | WhyLeft::Required(_)
        | WhyLeft::NotStored(_)
        | WhyLeft::Unwritable(_) => writeln!(out),
    }
}

/// What is left, and why, without values.
pub(super) fn sentence(left: &Left, sources: &Sources) -> String {
    let Left {
        kind,
        shown,
        at,
        why,
    } = left;
    let why = match why {
        WhyLeft::Changed(fields) => format!(
            "{} changed since, and stays; --force-field NAME takes a field back",
            changed(fields)
        ),
        WhyLeft::Edited(fields) => format!(
            "it was created, and {} changed since, so it is not deleted; --force-field NAME disregards a change",
            changed(fields)
        ),
        WhyLeft::Gone => "it was deleted since".to_owned(),
        WhyLeft::Remade => "it was deleted since, and another record has its key".to_owned(),
        WhyLeft::CreatedBy { run } => {
            format!("another run created it, {run}, which can be undone too")
        }
        WhyLeft::DeletedBy { run } => {
            format!("another run deleted it, {run}, which can be undone too")
        }
        WhyLeft::Taken => "the run deleted it, and another record has its key by now".to_owned(),
        WhyLeft::NoParent { parent } => format!("its {} is not there any more", parent.name),
        WhyLeft::OtherParent { parent } => {
            format!(
                "the run deleted its {}, and another one has the key by now",
                parent.name
            )
        }
        WhyLeft::Required(names) => format!(
            "Marketo does not let these fields be cleared, which had no value: {}",
            listed(names)
        ),
        WhyLeft::NotStored(names) => format!(
            "the journal does not have the sensitive values of {}",
            listed(names)
        ),
        WhyLeft::Unwritable(names) => format!(
            "the instance does not let these fields be written any more: {}",
            listed(names)
        ),
    };
    format!(
        "{} {} ({}): {why}.",
        kind.name,
        escaped(shown),
        place(at, sources)
    )
}

fn changed(fields: &[FieldChange]) -> String {
    listed(fields.iter().map(|field| &field.name))
}

fn listed<'n>(names: impl IntoIterator<Item = &'n Arc<str>>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| escaped(name)).collect();
    names.join(", ")
}
