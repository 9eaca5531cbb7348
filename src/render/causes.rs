//! Why changes were not applied: each reason once, however many changes it has met, with the values that differ.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::api::{Reason, meaning_of_write};
use crate::apply::{Outcome, WhyNot};
use crate::journal::{EndReason, Need};
use crate::model::{Invocation, ObjectKind, grouped};
use crate::plan::{Change, Mask};

use super::cause_values::{Values, counts, sent, shape};
use super::counting::counted;
use super::outcome_list::OutcomeList;

/// A reason that one or more changes of a list have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// The instance's reasons, or a sentence of ours.
    pub(super) reasons: Vec<CauseReason>,
    /// The values in which the records differ, each with the number of records: those for which `…` stands, or what the records refer
    /// to; empty if there is nothing to tell apart.
    pub(super) values: Vec<(String, usize)>,
    /// The field whose values these are, if they are of one field.
    pub(super) of: Option<&'static str>,
    /// The indexes of the changes.
    pub(super) members: Vec<usize>,
    /// The id of the first request that was answered so.
    pub(super) request: Option<String>,
    /// "12 roles", of changes that were not sent.
    pub(super) who: Option<String>,
}

/// One of the reasons why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CauseReason {
    /// Marketo's code; none for a sentence of ours.
    pub(super) code: Option<String>,
    pub(super) message: String,
    pub(super) meaning: Option<&'static str>,
    pub(super) advice: Option<String>,
}

/// What a cause is told by: of the instance's messages codes, words without their values, and what can be done; of ours what they say
/// and not how.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Shape {
    Refused(Vec<(Option<String>, String, Option<String>)>),
    Unknown(String),
    Waited(WaitedFor, &'static str, OutcomeWord),
    Halted,
}

/// What a change that was not sent had waited for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum WaitedFor {
    Referred,
    Referring,
    Other,
}

/// What became of what was waited for.
type OutcomeWord = &'static str;

/// What the causes of a run are made from.
#[derive(Clone, Copy)]
pub(super) struct CauseFacts<'r> {
    pub(super) changes: &'r [Change],
    pub(super) outcomes: &'r [Outcome],
    pub(super) mask: &'r Mask,
    pub(super) invocation: &'r Invocation,
    pub(super) end: Option<&'r EndReason>,
}

impl CauseFacts<'_> {
    /// The causes of a list of outcomes, the most frequent first.
    pub(super) fn causes(self, list: OutcomeList) -> Vec<Cause> {
        let mut causes: Vec<(Cause, Shape, Vec<Values>)> = Vec::new();
        let mut known: HashMap<Shape, usize> = HashMap::new();
        for (index, (change, outcome)) in self.changes.iter().zip(self.outcomes).enumerate() {
            if OutcomeList::of(outcome) != list {
                continue;
            }
            let (shape, values) = self.shape(change, outcome);
            let place = *known.entry(shape.clone()).or_insert_with(|| {
                causes.push((self.cause(change, outcome), shape, Vec::new()));
                causes.len() - 1
            });
            let (cause, _, all) = &mut causes[place];
            cause.members.push(index);
            all.push(values);
        }
        let mut causes: Vec<Cause> = causes
            .into_iter()
            .map(|(cause, shape, all)| self.told(cause.with(all), &shape))
            .collect();
        causes.sort_by_key(|cause| usize::MAX - cause.members.len());
        causes
    }

    /// A cause that nothing is counted of yet.
    fn cause(self, change: &Change, outcome: &Outcome) -> Cause {
        let (reasons, request) = match outcome {
            Outcome::Rejected {
                reasons,
                request_id,
            } => {
                let reasons = reasons
                    .iter()
                    .map(|reason| CauseReason::of(reason, change, self.mask, self.invocation));
                (reasons.collect(), request_id.as_deref())
            }
            Outcome::Unknown { why } => (vec![CauseReason::ours(why.clone())], None),
            Outcome::Applied { .. } | Outcome::NotAttempted(_) => (Vec::new(), None),
        };
        Cause {
            reasons,
            values: Vec::new(),
            of: None,
            members: Vec::new(),
            request: request.map(str::to_owned),
            who: None,
        }
    }

    /// What a cause is told by, and the values of one of its changes.
    fn shape(self, change: &Change, outcome: &Outcome) -> (Shape, Values) {
        let none = Values::default();
        match outcome {
            Outcome::Rejected { reasons, .. } => {
                let mut in_messages = Vec::new();
                let shapes = reasons.iter().map(|reason| {
                    let told = CauseReason::of(reason, change, self.mask, self.invocation);
                    let (shape, of_message) = shape(&told.message);
                    in_messages.extend(of_message);
                    (told.code, shape, told.advice)
                });
                let shapes = shapes.collect();
                let sent = reasons.iter().flat_map(|reason| sent(&reason.code, change));
                let sent: Vec<(&'static str, String)> = sent.collect();
                (Shape::Refused(shapes), Values { in_messages, sent })
            }
            Outcome::Unknown { why } => (Shape::Unknown(why.clone()), none),
            Outcome::NotAttempted(why) => (self.shape_of_waiting(*why), none),
            Outcome::Applied { .. } => (Shape::Unknown(String::new()), none),
        }
    }

    fn shape_of_waiting(self, why: WhyNot) -> Shape {
        let (waited, index) = match why {
            WhyNot::Referred(index) => (WaitedFor::Referred, index),
            WhyNot::Referring(index) => (WaitedFor::Referring, index),
            WhyNot::Unwritten(index) => (WaitedFor::Other, index),
            WhyNot::Halted => return Shape::Halted,
        };
        let kind = self.changes.get(index).map_or("record", |it| it.kind.noun);
        let became = match self.outcomes.get(index) {
            Some(Outcome::Rejected { .. }) => "rejected",
            Some(Outcome::Unknown { .. }) => "unknown",
            Some(Outcome::Applied { .. } | Outcome::NotAttempted(_)) | None => "not sent",
        };
        Shape::Waited(waited, kind, became)
    }

    /// A cause with the sentence that its members have in common, where it is one of ours.
    fn told(self, mut cause: Cause, shape: &Shape) -> Cause {
        let message = match shape {
            Shape::Refused(_) | Shape::Unknown(_) => return cause,
            Shape::Halted => halted(self.end).to_owned(),
            Shape::Waited(waited, _, became) => {
                let of = cause
                    .members
                    .iter()
                    .filter_map(|index| match self.outcomes.get(*index) {
                        Some(Outcome::NotAttempted(
                            WhyNot::Referred(of) | WhyNot::Referring(of) | WhyNot::Unwritten(of),
                        )) => Some(*of),
                        Some(_) | None => None,
                    });
                let of: BTreeSet<usize> = of.collect();
                self.waited(*waited, became, &of, cause.members.len())
            }
        };
        let members = cause.members.iter();
        let members = members.filter_map(|index| self.changes.get(*index));
        cause.who = Some(by_kind(members));
        cause.reasons = vec![CauseReason::ours(message)];
        cause
    }

    /// "their 6 opportunities were rejected (above)".
    fn waited(
        self,
        waited: WaitedFor,
        became: OutcomeWord,
        of: &BTreeSet<usize>,
        members: usize,
    ) -> String {
        let changes = of.iter().filter_map(|index| self.changes.get(*index));
        let whose = match (waited, members) {
            (WaitedFor::Referred | WaitedFor::Referring, 1) => "its ",
            (WaitedFor::Referred | WaitedFor::Referring, _) => "their ",
            (WaitedFor::Other, _) => "",
        };
        let who = match (waited, of.len()) {
            (WaitedFor::Referred | WaitedFor::Referring, 1) => changes
                .map(|change| format!("{} {}", change.kind.noun, change.shown))
                .collect(),
            (WaitedFor::Referred | WaitedFor::Referring | WaitedFor::Other, _) => by_kind(changes),
        };
        let be = match (became, of.len()) {
            ("unknown", 1) => "is",
            ("unknown", _) => "are",
            (_, 1) => "was",
            (_, _) => "were",
        };
        let last = match waited {
            WaitedFor::Referred | WaitedFor::Referring => "",
            WaitedFor::Other => ", and deletes come last",
        };
        format!("{whose}{who} {be} {became}{last}")
    }
}

/// What ended a run before changes were sent.
fn halted(end: Option<&EndReason>) -> &'static str {
    match end {
        Some(EndReason::Canary { .. }) => "the canary failed",
        Some(EndReason::Instance {
            need: Some(need), ..
        }) => match need {
            Need::Quota => "the daily quota was used up",
            Need::Permissions(_) => "the API user lacks a permission",
            Need::Credentials => "Marketo refused the client id or secret",
            Need::NoCrmSync => "a native CRM sync is on",
        },
        Some(EndReason::Interrupted) => "the run was interrupted",
        Some(
            EndReason::Instance { need: None, .. }
            | EndReason::Finished
            | EndReason::NotBegun(_)
            | EndReason::LockLost(_)
            | EndReason::Unrecorded(_)
            | EndReason::Panicked(_),
        ) => "the run ended early",
        None => "the run was killed",
    }
}

/// "500 opportunities and 1,000 roles".
fn by_kind<'c>(changes: impl IntoIterator<Item = &'c Change>) -> String {
    let mut counts: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.kind).or_default() += 1;
    }
    let kinds = counts.iter().map(|(kind, count)| kind.counted(*count));
    let kinds: Vec<String> = kinds.collect();
    kinds.join(" and ")
}

impl Cause {
    /// The same, with the values of its members: if they differ, the messages do not have them any more.
    fn with(mut self, all: Vec<Values>) -> Self {
        let has_sent = all.iter().any(|values| !values.sent.is_empty());
        if has_sent {
            let fields: BTreeSet<&'static str> = all
                .iter()
                .flat_map(|values| values.sent.iter().map(|(field, _)| *field))
                .collect();
            self.of = fields.first().copied().filter(|_| fields.len() == 1);
            let is_one = self.of.is_some();
            self.values = counts(all.into_iter().map(|values| {
                let sent = values.sent.into_iter().map(|(field, value)| {
                    if is_one {
                        value
                    } else {
                        format!("{field} {value}")
                    }
                });
                sent.collect::<Vec<_>>().join(", ")
            }));
            return self;
        }
        let counts = counts(all.into_iter().map(|values| values.in_messages.join(", ")));
        if counts.len() > 1 {
            for reason in &mut self.reasons {
                reason.message = shape(&reason.message).0;
            }
            self.values = counts;
        }
        self
    }

    /// Whether its members are worth a name each: many that only waited for others are not.
    pub(super) fn names_members(&self, most: usize) -> bool {
        self.who.is_none() || self.members.len() <= most
    }

    /// "10 values: 456350 (20), 456351 (20), … and 8 more"; nothing if there is none.
    pub(super) fn listed_values(&self, most: usize) -> Option<String> {
        let (count, rest) = (self.values.len(), self.values.len().saturating_sub(most));
        let is_one = count == 1;
        let shown = self.values.iter().take(most).map(|(value, count)| {
            let value = if value.is_empty() { "none" } else { value };
            if *count > 1 && !is_one {
                format!("{value} ({})", grouped(*count))
            } else {
                value.to_owned()
            }
        });
        let mut shown: Vec<String> = shown.collect();
        if rest > 0 {
            shown.push(format!("… and {} more", grouped(rest)));
        }
        let shown = shown.join(", ");
        match (count, self.of) {
            (0, _) => None,
            (1, Some(field)) => Some(format!("{field}: {shown}")),
            (1, None) => Some(shown),
            (_, Some(field)) => Some(format!("{} of {field}: {shown}", counted(count, "value"))),
            (_, None) => Some(format!("{}: {shown}", counted(count, "value"))),
        }
    }
}

impl CauseReason {
    /// A reason of the instance, without sensitive values.
    pub(super) fn of(
        reason: &Reason,
        change: &Change,
        mask: &Mask,
        invocation: &Invocation,
    ) -> Self {
        let Reason { code, message } = reason;
        let known = meaning_of_write(code, change.verb(), change.kind);
        Self {
            code: Some(code.to_string()),
            message: mask.text(message).into_owned(),
            meaning: known.as_ref().map(|known| known.meaning),
            advice: known.map(|known| invocation.completed(&known.advice).into_owned()),
        }
    }

    /// "1014 Object creation failed: Marketo could not create the record".
    pub(super) fn in_one_line(&self) -> String {
        let code = self.code.iter().map(|code| format!("{code} "));
        let meaning = self.meaning.filter(|meaning| !meaning.is_empty());
        let meaning = meaning.into_iter().map(|meaning| format!(": {meaning}"));
        code.chain([self.message.clone()]).chain(meaning).collect()
    }

    fn ours(message: String) -> Self {
        Self {
            code: None,
            message,
            meaning: None,
            advice: None,
        }
    }
}
