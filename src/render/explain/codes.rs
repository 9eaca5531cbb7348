//! The pages of Marketo's codes and of statuses of HTTP, from the tables of the client: what a code means and what to do about it is
//! written there, and only there.

use super::page::{self, Family, Page, Part};
use crate::api::{CodeMeaning, Disposition, Limit, meaning_of_write, meanings};
use crate::model::Verb;
use crate::model::kind::KINDS;
use crate::render::advice::{FIREWALL, PROXY};
use crate::render::wording::enumerated;

/// The statuses that have no code of Marketo of the same number, what they mean, and what to do about them.
const STATUSES: [(u16, &str, &str); 6] = [
    (
        401,
        "the server does not accept the token",
        "check the client id and secret of the LaunchPoint service: Admin > Integration > LaunchPoint",
    ),
    (403, "something refuses this machine", FIREWALL),
    (407, "a proxy asks for a user and a password", PROXY),
    (
        408,
        "the server did not get the request in time",
        "run again later; changes that were applied are not applied twice",
    ),
    (
        429,
        "the server asks for fewer calls",
        "lower `limits.callsPer20s`, or run when other integrations make fewer calls",
    ),
    (451, "something refuses this machine", FIREWALL),
];

/// The pages of all codes and statuses, in the order of their numbers.
pub(super) fn pages() -> Vec<Page> {
    let mut pages: Vec<Page> = meanings().iter().map(of_code).collect();
    pages.extend(STATUSES.iter().map(|(status, meaning, advice)| {
        page(
            &status.to_string(),
            meaning,
            Disposition::of_status(*status),
            advice,
        )
    }));
    pages.sort_by_key(|page| page.id.parse::<u32>().unwrap_or(u32::MAX));
    pages
}

fn of_code(meaning: &CodeMeaning) -> Page {
    let CodeMeaning {
        code,
        meaning,
        advice,
    } = meaning;
    let disposition = Disposition::of_code(code);
    let mut page = page(code, meaning, disposition, advice);
    let more = page::pages(Family::Code, include_str!("pages/marketo.txt"));
    let more = more.into_iter().find(|more| more.id == *code);
    if let Some(more) = more {
        page.parts.insert(0, Part::Paragraph(more.title));
    }
    if disposition == Disposition::Denied {
        page.parts.push(Part::Paragraph(permissions()));
    }
    let writes = of_writes(code).into_iter();
    page.parts.extend(writes.map(Part::Paragraph));
    page
}

fn page(code: &str, meaning: &str, disposition: Disposition, advice: &str) -> Page {
    let paragraphs = [
        format!("What oppctl does: {}", course(disposition)),
        format!("Why it matters: {}", consequence(disposition)),
        format!("What to do: {advice}."),
    ];
    Page {
        family: Family::Code,
        id: code.to_owned(),
        title: capitalised(meaning),
        parts: paragraphs.into_iter().map(Part::Paragraph).collect(),
    }
}

/// A verb, and what people call the kinds.
type VerbOfKinds = (&'static str, Vec<&'static str>);

/// What the code means for a record that was to be written, where that is something else; verbs and kinds of which the same is true
/// together.
fn of_writes(code: &str) -> Vec<String> {
    let general = meanings().iter().find(|general| general.code == code);
    let mut told: Vec<(CodeMeaning, Vec<VerbOfKinds>)> = Vec::new();
    for verb in [Verb::Create, Verb::Update, Verb::Delete] {
        let word = match verb {
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Delete => "delete",
        };
        for kind in KINDS {
            let special = meaning_of_write(code, verb, kind);
            let Some(special) = special.filter(|special| Some(special) != general) else {
                continue;
            };
            let known = told.iter_mut().find(|(known, _)| *known == special);
            match known.map(|(_, verbs)| verbs) {
                Some(verbs) => match verbs.last_mut() {
                    Some((last, kinds)) if *last == word => kinds.push(kind.nouns),
                    Some(_) | None => verbs.push((word, vec![kind.nouns])),
                },
                None => told.push((special, vec![(word, vec![kind.nouns])])),
            }
        }
    }
    let sentences = told.into_iter().map(|(special, verbs)| {
        let whats = verbs.iter();
        let whats = whats.map(|(verb, kinds)| format!("to {verb} {}", enumerated(kinds, "or")));
        let whats: Vec<String> = whats.collect();
        let CodeMeaning {
            meaning, advice, ..
        } = special;
        let is_same = general.is_some_and(|general| general.meaning == meaning);
        let meaning = if is_same {
            String::new()
        } else {
            format!("{meaning}; ")
        };
        format!("Sent {}: {meaning}{advice}.", whats.join(" or "))
    });
    sentences.collect()
}

/// The permissions that the API user needs.
fn permissions() -> String {
    let mut names: Vec<&str> = KINDS
        .iter()
        .flat_map(|kind| [kind.permissions.read, kind.permissions.write])
        .collect();
    names.sort_unstable();
    names.dedup();
    names.push("Read-Only Lead");
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "The API user's role needs the permissions {} (Admin > Users & Roles > Roles).",
        names.join(", ")
    )
}

/// What oppctl does by itself.
fn course(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Renew => "it asks for a new token and calls again.",
        Disposition::SlowDown(Limit::Rate | Limit::Concurrency) => {
            "it holds back all calls for a while, and calls again."
        }
        Disposition::Unexecuted => "it waits and calls again.",
        Disposition::Ambiguous => {
            "it repeats a read. After a write it reads back what may have changed."
        }
        Disposition::Quota => "it stops at once, with exit 7.",
        Disposition::Denied => "it stops, with exit 8.",
        Disposition::NativeCrm => "it stops, with exit 8.",
        Disposition::NoData => "it takes this for an empty answer to a query.",
        Disposition::Content => {
            "it finds out which record of the call is refused, reports it as rejected, and sends the others."
        }
        Disposition::Fatal => "it stops: every similar call would be refused too.",
    }
}

/// What that means for what was to be sent.
fn consequence(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Renew | Disposition::SlowDown(_) | Disposition::Unexecuted => {
            "Marketo executed nothing of the call. You see this only if it stays so."
        }
        Disposition::Ambiguous => {
            "the call may have been executed. What cannot be settled is reported as unknown, never assumed."
        }
        Disposition::Quota | Disposition::Denied | Disposition::NativeCrm | Disposition::Fatal => {
            "nothing more can be sent. What was applied before is in the journal, and the rest was not attempted."
        }
        Disposition::NoData => "a record that is not there can be created.",
        Disposition::Content => "the record stays as it is, and an apply ends with exit 4.",
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
