//! What is to be shown at lines, from the account of a command.

use super::path::in_repository;
use crate::model::Position;
use crate::plan::file::Severity;
use crate::plan::file::{SavedFinding, SavedFindingPlace, SavedRefusal};
use crate::plan::{At, Change, FieldChange, MASK};
use crate::render::account::{Account, RunFacts};
use crate::render::amounts::value;
use crate::render::basis::{basis_word, loudly, unknown_count};
use crate::render::causes::Cause;
use crate::render::complaint::Complaint;
use crate::render::counting::counted;
use crate::render::ending::{Failure, Verdict};
use crate::render::outcome_list::OutcomeList;
use crate::render::place::line;
use crate::render::run_words::RunResult;
use crate::words::words;

/// The most characters of a name or a value.
const MOST: usize = 80;
/// The most values of one cause that are named.
const VALUES: usize = 5;

/// What is to be shown at lines: the errors before the warnings, and of each the most important first.
#[derive(Debug)]
pub struct Marks(pub(super) Vec<Mark>);

/// Something to show at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) severity: Severity,
    /// A stable word.
    pub(super) code: String,
    pub(super) text: String,
    /// What to do about it.
    pub(super) help: Option<String>,
    /// None for what is not about one line.
    pub(super) place: Option<MarkPlace>,
}

/// A place in a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MarkPlace {
    /// From the root of the repository.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: Option<usize>,
    /// The place after the last character.
    pub(super) end: Option<Position>,
}

/// The codes of marks that are neither problems nor refusals nor findings.
#[derive(Clone, Copy, Debug)]
pub(in crate::render) enum MarkCode {
    Rejected,
    Unknown,
    Stale,
    Refused,
    Failed,
    EndedEarly,
}

impl MarkCode {
    words! {
        /// A stable word.
        pub(in crate::render) fn word -> &'static str;
        /// All of them.
        #[cfg(test)]
        const WORDS;

        Self::Rejected => "rejected",
        Self::Unknown => "unknown",
        Self::Stale => "stale",
        Self::Refused => "refused",
        Self::Failed => "failed",
        Self::EndedEarly => "ended-early",
    }
}

impl Marks {
    /// What a command came to. `folder` is the folder of the configuration in the repository, with a slash at its end unless it is the
    /// root.
    #[must_use]
    pub fn of(account: &Account<'_>, folder: &str) -> Self {
        let mut marks: Vec<Mark> = account
            .complaints
            .iter()
            .map(|complaint| of_complaint(complaint, folder))
            .collect();
        marks.extend(of_refusals(account, folder));
        if marks.iter().all(|mark| mark.severity != Severity::Error) {
            marks.extend(of_failure(account));
        }
        match account.run {
            Some(run) => marks.extend(of_run(account, run, folder)),
            None => {
                marks.extend(of_basis(account));
                marks.extend(of_findings(account, folder));
            }
        }
        marks.sort_by_key(|mark| mark.severity);
        Self(marks)
    }
}

impl Mark {
    fn error(code: &str, text: String) -> Self {
        Self {
            severity: Severity::Error,
            code: code.to_owned(),
            text,
            help: None,
            place: None,
        }
    }
}

impl MarkPlace {
    fn line(folder: &str, file: &str, line: usize) -> Option<Self> {
        Some(Self {
            file: in_repository(folder, file)?,
            line,
            column: None,
            end: None,
        })
    }
}

fn of_complaint(complaint: &Complaint, folder: &str) -> Mark {
    let Complaint {
        code,
        severity,
        file,
        line,
        column,
        end_line,
        end_column,
        message,
        help,
        excerpt: _,
    } = complaint;
    Mark {
        severity: *severity,
        code: (*code).to_owned(),
        text: message.clone(),
        help: help.clone(),
        place: in_repository(folder, file).map(|file| MarkPlace {
            file,
            line: *line,
            column: Some(*column),
            end: Some(Position {
                line: *end_line,
                column: *end_column,
            }),
        }),
    }
}

fn of_refusals<'a>(account: &'a Account<'_>, folder: &'a str) -> impl Iterator<Item = Mark> + 'a {
    let plan = account.plan.as_ref();
    let refusals = plan.map_or(&[][..], |plan| &plan.brief.refusals);
    refusals.iter().map(|refusal| {
        let SavedRefusal {
            code,
            text,
            remedy,
            place,
        } = refusal;
        let place = place.as_ref();
        Mark {
            help: Some(remedy.clone()),
            place: place.and_then(|place| MarkPlace::line(folder, &place.file, place.line)),
            ..Mark::error(code, text.clone())
        }
    })
}

/// That a plan was not made from what Marketo has, and how many records it does not know.
fn of_basis(account: &Account<'_>) -> Option<Mark> {
    let plan = account.plan.as_ref()?;
    let said = loudly(plan.basis.as_ref())?;
    let said = said.trim_end_matches('.');
    let unknown = unknown_count(plan.not_known);
    Some(Mark {
        severity: Severity::Info,
        ..Mark::error(
            basis_word(plan.basis.as_ref()?),
            format!("{said}{unknown}."),
        )
    })
}

/// Why a command could not complete, where neither the manifests nor a guard is the reason.
fn of_failure(account: &Account<'_>) -> Option<Mark> {
    let ending = account.ending?;
    let Failure {
        message,
        causes,
        hints,
    } = ending.failure?;
    let code = match ending.verdict {
        Verdict::Stale => MarkCode::Stale,
        Verdict::Refused => MarkCode::Refused,
        Verdict::Well | Verdict::Partial | Verdict::Failed => MarkCode::Failed,
    };
    let mut text = message.to_owned();
    for cause in causes {
        text.extend([": ", cause]);
    }
    Some(Mark {
        help: (!hints.is_empty()).then(|| hints.join("\n")),
        ..Mark::error(code.word(), text)
    })
}

/// Why a run ended early, and why changes were not applied: each cause once, at the first of its lines.
fn of_run(account: &Account<'_>, run: RunFacts<'_>, folder: &str) -> Vec<Mark> {
    let help = account
        .next()
        .into_iter()
        .chain(account.other_hints().to_vec());
    let help = help.collect::<Vec<_>>().join("\n");
    let help = Some(help).filter(|help| !help.is_empty());
    let ended = account.result().and_then(RunResult::ended_why);
    let mut marks: Vec<Mark> = ended
        .map(|(said, why)| {
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            Mark {
                help: help.clone(),
                ..Mark::error(MarkCode::EndedEarly.word(), format!("{said}{why}"))
            }
        })
        .into_iter()
        .collect();
    for (list, code) in [
        (OutcomeList::Rejected, MarkCode::Rejected.word()),
        (OutcomeList::Unknown, MarkCode::Unknown.word()),
    ] {
        let causes = account.causes(list, run);
        let causes = causes.iter();
        marks.extend(causes.map(|cause| of_cause(cause, code, account, folder)));
    }
    marks
}

fn of_cause(cause: &Cause, code: &str, account: &Account<'_>, folder: &str) -> Mark {
    let mut text = format!("{code}: {}", counted(cause.members.len(), "record"));
    for reason in &cause.reasons {
        text.push('\n');
        text.extend(reason.code.iter().flat_map(|code| [code.as_str(), " "]));
        text.push_str(&reason.message);
        text.extend(reason.meaning.iter().flat_map(|meaning| [": ", *meaning]));
    }
    if let Some(values) = cause.listed_values(VALUES) {
        text.extend(["\n", &values]);
    }
    let first = cause.members.first();
    let change = first.and_then(|index| account.changes.get(*index));
    let advice: Vec<&str> = cause
        .reasons
        .iter()
        .filter_map(|reason| reason.advice.as_deref())
        .collect();
    Mark {
        help: (!advice.is_empty()).then(|| advice.join("\n")),
        place: change.and_then(|change| place_of(change, None, account, folder)),
        ..Mark::error(code, text)
    }
}

/// What to look at first, each finding at its lines: the first line of each before the second of any.
fn of_findings(account: &Account<'_>, folder: &str) -> Vec<Mark> {
    let plan = account.plan.as_ref();
    let findings = plan.map_or(&[][..], |plan| &plan.brief.look_first);
    let of_place = |finding, place| of_finding(finding, place, account, folder);
    let firsts = findings
        .iter()
        .map(|finding| of_place(finding, finding.changes.first()));
    let others = findings.iter().flat_map(|finding| {
        let places = finding.changes.iter().skip(1);
        places.map(move |place| of_place(finding, Some(place)))
    });
    firsts.chain(others).collect()
}

fn of_finding(
    finding: &SavedFinding,
    place: Option<&SavedFindingPlace>,
    account: &Account<'_>,
    folder: &str,
) -> Mark {
    let change = place.and_then(|place| account.changes.get(place.change));
    let field = place
        .and_then(|place| place.field.as_deref())
        .zip(change)
        .and_then(|(name, change)| change.fields().get(name));
    let mut text = finding.text.clone();
    if let Some(change) = change {
        text.extend(["\n", &name(change)]);
        text.extend(
            field
                .iter()
                .map(|field| format!(": {} {}", field.name, sides(field))),
        );
        if matches!(change.at, At::Before { .. }) {
            text.extend([
                ", which was declared at ",
                &line(&change.at, account.sources),
            ]);
        }
    }
    let day = place.and_then(|place| place.day.as_deref());
    text.extend(day.iter().flat_map(|day| [", edited ", *day]));
    Mark {
        severity: finding.severity,
        code: finding.code.clone(),
        text,
        help: None,
        place: change.and_then(|change| place_of(change, field.as_ref(), account, folder)),
    }
}

/// Where a change or one of its fields is declared; none for an entry that is not there any more.
fn place_of(
    change: &Change,
    field: Option<&FieldChange>,
    account: &Account<'_>,
    folder: &str,
) -> Option<MarkPlace> {
    let sources = account.sources;
    if let Some(at) = field.and_then(|field| field.at) {
        let file = sources.path(at).display().to_string();
        return MarkPlace::line(folder, &file, sources.position(at).line);
    }
    match &change.at {
        At::Before { .. } => None,
        At::Here(_) | At::Saved { .. } => {
            let file = change.at.file(sources).display().to_string();
            MarkPlace::line(folder, &file, change.at.line(sources))
        }
    }
}

/// What people recognise a record by, with its key.
fn name(change: &Change) -> String {
    let key = cut(&change.shown);
    match &change.label {
        Some(label) => format!("{} ({} {key})", cut(label), change.kind.noun),
        None => format!("{} {key}", change.kind.noun),
    }
}

fn sides(field: &FieldChange) -> String {
    if field.sensitive {
        return MASK.to_owned();
    }
    let (before, after) = (cut(&value(&field.before)), cut(&value(&field.after)));
    format!("{before} → {after}")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
