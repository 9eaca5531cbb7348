//! Notes of the whole run: what it leaves out, and what it found missing or old.

use std::sync::Arc;

use crate::model::{Key, ObjectKind, WhyAll, grouped};
use crate::plan::{ChangedPart, Renamed};

use super::counting::{counted, with_article};
use super::escape::escaped;
use super::place::short;
use super::shortened::first;

/// The most fields that are named.
const FIELDS: usize = 5;

/// That records which an undo deletes may be somebody else's.
pub(super) fn unsure(records: usize) -> String {
    let (records, them) = match records {
        1 => ("1 record to delete was".to_owned(), "it"),
        count => (format!("{count} records to delete were"), "them"),
    };
    format!(
        "{records} sent by an earlier run that got no answer: someone else may have created {them}."
    )
}

/// What a run leaves out.
pub(super) fn narrowed(patterns: &[Box<str>], entries: usize, undeclared: usize) -> String {
    let patterns: Vec<String> = patterns
        .iter()
        .map(|it| format!("`{}`", escaped(it)))
        .collect();
    let removals = match undeclared {
        0 => String::new(),
        1 => ", and so is 1 owned record that no manifest declares".to_owned(),
        more => format!(
            ", and so are {} owned records that no manifest declares",
            grouped(more)
        ),
    };
    format!(
        "only records that match {} are planned: {} left out{removals}.",
        patterns.join(" or "),
        match entries {
            1 => "1 entry is".to_owned(),
            more => format!("{} entries are", grouped(more)),
        }
    )
}

/// That a plan is of the changed records alone, and what it therefore does not tell.
pub(super) fn changed_since(part: &ChangedPart) -> String {
    let ChangedPart {
        revision,
        base,
        entries,
        gone,
        others: _,
        undeclared: _,
        unjudged,
    } = part;
    let gone = match gone {
        0 => String::new(),
        gone => format!(" and {} removed", grouped(*gone)),
    };
    let unjudged = unjudged
        .map(|guard| format!(" The guard `{guard}` cannot judge a part: the apply judges it."));
    format!(
        "only what changed since {} (merge base {}) is planned. Looked at: {}{gone}; not looked at: {}, nor what others changed there in Marketo. An apply plans everything, and sends this plan only if it finds nothing else to do.{}",
        escaped(revision),
        escaped(&short(base)),
        counted(*entries, "record"),
        counted(part.not_looked_at(), "record"),
        unjudged.unwrap_or_default()
    )
}

/// That a plan is of all records although it was to be of the changed ones.
pub(super) fn all_planned(revision: &str, why: &WhyAll) -> String {
    let why = match why {
        WhyAll::Configuration { file } => format!(
            "{} has changed, and it decides what every record means",
            escaped(file)
        ),
        WhyAll::Unreadable { file } => format!(
            "{} cannot be read as a manifest in that commit",
            escaped(file)
        ),
        WhyAll::NotFetched { file, base } => format!(
            "this is a partial clone without the {} of the merge base. `git diff --stat {}` fetches it",
            escaped(file),
            escaped(&short(base))
        ),
        WhyAll::Submodule { folder } => format!(
            "{} is a submodule, and what its manifests declared before is in its own repository",
            escaped(folder)
        ),
    };
    format!(
        "all records are planned, not only what changed since {}: {why}.",
        escaped(revision)
    )
}

/// A record that goes on under another key.
pub(super) fn renamed(note: &Renamed) -> String {
    let Renamed {
        kind,
        from,
        to,
        fields,
        children,
        is_there,
    } = note;
    let (fields, children) = (*fields, *children);
    let keys = [from, to].map(|key| escaped(&key.to_string()).into_owned());
    let children = { kind.children() }
        .next()
        .filter(|_| children > 0)
        .map(|it| it.counted(children));
    let fields = (fields > 0).then(|| counted(fields, "value"));
    let kept: Vec<String> = fields.into_iter().chain(children).collect();
    let kept = match kept.is_empty() {
        true => String::new(),
        false => format!(", with {} that no manifest declares", kept.join(" and ")),
    };
    if *is_there {
        return format!(
            "{} {} is renamed to {}. The new record is there by now, and the old one is deleted last.",
            kind.noun, keys[0], keys[1]
        );
    }
    format!(
        "{} {} is renamed to {}. It is created under the new key{kept}, and the old record is deleted last. The new one has another id and no history, and smart campaigns may fire.",
        kind.noun, keys[0], keys[1]
    )
}

/// An entry whose old key the project does not own.
pub(super) fn not_renamed(kind: &ObjectKind, from: &str, to: &Key) -> String {
    format!(
        "`renamedFrom` of the {0} {1} does nothing here: the project does not own {2}, so {1} begins as {3} of its own.",
        kind.noun,
        escaped(&to.to_string()),
        escaped(from),
        with_article(kind.noun)
    )
}

/// A record that is to be deleted and that others have changed.
pub(super) fn edited(kind: &ObjectKind, key: &Key, fields: &[Arc<str>]) -> String {
    let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let (shown, more) = first(&names, FIELDS);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "no manifest declares {} {} any more, and others have changed it in Marketo since the last apply: {}{more}.",
        kind.noun,
        escaped(&key.to_string()),
        escaped(&shown.join(", "))
    )
}

/// The file of `describe --save` is behind the instance.
pub(super) fn fields_outdated(file: &str, fields: &[String]) -> String {
    let (shown, more) = first(fields, FIELDS);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{} is out of date: the instance describes {}{more} otherwise. To renew it: `oppctl describe --save`",
        escaped(file),
        escaped(&shown.join(", "))
    )
}

/// The ledger is not where earlier runs have saved it.
pub(super) fn ledger_lost(runs: usize) -> String {
    format!(
        "the ledger is gone: {} {} saved it, and it owns nothing now, so it deletes nothing. Restore a copy of it: `oppctl ledger restore FILE`; without one: `oppctl ledger rebuild`",
        counted(runs, "earlier run"),
        if runs == 1 { "has" } else { "have" }
    )
}

/// What becomes of the rest of what was reviewed.
pub(super) fn reviewed(done: usize, superseded: usize) -> String {
    let verb = |count| if count == 1 { "is" } else { "are" };
    let done = (done > 0).then(|| {
        let records = counted(done, "reviewed change");
        format!("{records} {} there already.", verb(done))
    });
    let superseded = (superseded > 0).then(|| {
        let records = counted(superseded, "reviewed change");
        format!(
            "{records} {} replaced by another reviewed plan.",
            verb(superseded)
        )
    });
    let lines: Vec<_> = done.into_iter().chain(superseded).collect();
    lines.join(" ")
}
