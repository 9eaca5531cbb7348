//! What an undo leaves as it is, in words.

use std::fmt;
use std::sync::Arc;

use crate::model::{Sources, Verb};
use crate::plan::{FieldChange, NotUndone, WhyNotUndone};

use super::change_fields::fields;
use super::escape::escaped;
use super::flags::force_flags;
use super::place::place;

/// Writes what is left, and why; of fields what the run wrote and what they hold now.
pub(super) fn left(left: &NotUndone, sources: &Sources, out: &mut dyn fmt::Write) -> fmt::Result {
    write!(out, "Not undone: {}", sentence(left, sources))?;
    match &left.why {
        WhyNotUndone::Changed(changed) | WhyNotUndone::Edited(changed) => {
            writeln!(out, " Written by the run → now:")?;
            fields(changed, Verb::Update, out)
        }
        WhyNotUndone::PerhapsEdited(_)
        | WhyNotUndone::NotOwned
        | WhyNotUndone::Doubled { .. }
        | WhyNotUndone::Gone
        | WhyNotUndone::Remade
        | WhyNotUndone::CreatedBy { .. }
        | WhyNotUndone::DeletedBy { .. }
        | WhyNotUndone::Taken
        | WhyNotUndone::NoReferred { .. }
        | WhyNotUndone::OtherReferred { .. }
        | WhyNotUndone::Required(_)
        | WhyNotUndone::RecreatedWithout(_)
        | WhyNotUndone::NotStored(_)
        | WhyNotUndone::RequiredNotStored(_)
        | WhyNotUndone::Unwritable(_) => writeln!(out),
    }
}

/// What is left, and why, without values.
pub(super) fn sentence(left: &NotUndone, sources: &Sources) -> String {
    let NotUndone {
        kind,
        shown,
        at,
        why,
    } = left;
    let why = match why {
        WhyNotUndone::Changed(fields) => format!(
            "{} changed after the run. To overwrite: `{}`",
            were(fields),
            force_flags(names(fields))
        ),
        WhyNotUndone::Edited(fields) => format!(
            "the run created it, but {} changed after the run, so it is not deleted. To delete it anyway: `{}`",
            were(fields),
            force_flags(names(fields))
        ),
        WhyNotUndone::PerhapsEdited(names) => format!(
            "the run created it, but it was written again after the run, and the journal does not have the sensitive values of {}. \
             Somebody may have changed them, so it is not deleted. To delete it anyway: `{}`",
            listed(names),
            force_flags(names)
        ),
        WhyNotUndone::NotOwned => {
            "the ledger does not have it any more, so it may belong to another project".to_owned()
        }
        WhyNotUndone::Doubled { ids } => format!(
            "{} records have this key in Marketo ({}): none of them is touched. Delete the wrong ones there, and undo again",
            ids.len(),
            escaped(&ids.join(", "))
        ),
        WhyNotUndone::Gone => "it was deleted since".to_owned(),
        WhyNotUndone::Remade => "it was deleted since, and another record has its key".to_owned(),
        WhyNotUndone::CreatedBy { run } => {
            format!("another run created it, {run}, which can be undone too")
        }
        WhyNotUndone::DeletedBy { run } => {
            format!("another run deleted it, {run}, which can be undone too")
        }
        WhyNotUndone::Taken => {
            "the run deleted it, and another record has its key by now".to_owned()
        }
        WhyNotUndone::NoReferred { kind } => format!("its {} is not there any more", kind.noun),
        WhyNotUndone::OtherReferred { kind } => {
            format!(
                "the run deleted its {}, and another one has the key by now",
                kind.noun
            )
        }
        WhyNotUndone::Required(names) => format!(
            "Marketo does not let these fields be cleared, which had no value: {}",
            listed(names)
        ),
        WhyNotUndone::RecreatedWithout(names) => format!(
            "it is created again without the sensitive values of {}, which the journal does not have. If the run renamed it, do not \
             undo: write its old key into its entry, with the new one as `renamedFrom`, and apply. That takes all values from Marketo. \
             Otherwise write them in Marketo by hand",
            listed(names)
        ),
        WhyNotUndone::NotStored(names) => format!(
            "the journal does not have the sensitive values of {}, so they stay as they are. To restore them, write them in Marketo by hand",
            listed(names)
        ),
        WhyNotUndone::RequiredNotStored(names) => format!(
            "it is not created again: Marketo requires {}, and the journal does not have sensitive values",
            listed(names)
        ),
        WhyNotUndone::Unwritable(names) => format!(
            "the instance does not let these fields be written any more: {}",
            listed(names)
        ),
    };
    format!(
        "{} {} ({}): {why}.",
        kind.noun,
        escaped(shown),
        place(at, sources)
    )
}

/// "stage was", "name, stage were".
fn were(fields: &[FieldChange]) -> String {
    let names = listed(names(fields));
    let verb = if fields.len() == 1 { "was" } else { "were" };
    format!("{names} {verb}")
}

fn names(fields: &[FieldChange]) -> impl Iterator<Item = &Arc<str>> {
    fields.iter().map(|field| &field.name)
}

fn listed<'n>(names: impl IntoIterator<Item = &'n Arc<str>>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| escaped(name)).collect();
    names.join(", ")
}
