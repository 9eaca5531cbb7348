//! Why changes were not applied: each reason once, however many changes it has met, with the values that differ.

use std::collections::HashMap;

use crate::api::{Reason, meaning_of_write};
use crate::apply::Outcome;
use crate::model::Invocation;
use crate::plan::{Change, Mask};

use super::counting::counted;
use super::outcome_list::OutcomeList;

/// What stands in a message for a value that differs from record to record.
const VALUE: &str = "…";

/// A reason that one or more changes of a list have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cause {
    /// The instance's reasons, or a sentence of ours.
    pub(super) reasons: Vec<CauseReason>,
    /// The values for which `…` stands, each with the number of records; empty if the messages are the same.
    pub(super) values: Vec<(String, usize)>,
    /// The indexes of the changes.
    pub(super) members: Vec<usize>,
    /// The id of the first request that was answered so.
    pub(super) request: Option<String>,
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

/// What a cause is told by: codes, messages without their values, and what can be done.
type Shape = Vec<(Option<String>, String, Option<String>)>;

/// The causes of a list of outcomes, the most frequent first.
pub(super) fn causes(
    list: OutcomeList,
    (changes, outcomes): (&[Change], &[Outcome]),
    mask: &Mask,
    invocation: &Invocation,
    why: impl Fn(&Outcome) -> String,
) -> Vec<Cause> {
    let mut causes: Vec<(Cause, Vec<String>)> = Vec::new();
    let mut known: HashMap<Shape, usize> = HashMap::new();
    for (index, (change, outcome)) in changes.iter().zip(outcomes).enumerate() {
        if OutcomeList::of(outcome) != list {
            continue;
        }
        let (reasons, request) = match outcome {
            Outcome::Rejected {
                reasons,
                request_id,
            } => {
                let reasons = reasons
                    .iter()
                    .map(|reason| CauseReason::of(reason, change, mask, invocation));
                (reasons.collect(), request_id.as_deref())
            }
            Outcome::Applied { .. } | Outcome::Unknown { .. } | Outcome::NotAttempted(_) => {
                (vec![CauseReason::ours(why(outcome))], None)
            }
        };
        let mut values = Vec::new();
        let shape: Shape = reasons
            .iter()
            .map(|reason: &CauseReason| {
                let (shape, of_message) = shape(&reason.message);
                values.extend(of_message);
                (reason.code.clone(), shape, reason.advice.clone())
            })
            .collect();
        let values = values.join(", ");
        let place = *known.entry(shape).or_insert_with(|| {
            let cause = Cause {
                reasons,
                values: Vec::new(),
                members: Vec::new(),
                request: request.map(str::to_owned),
            };
            causes.push((cause, Vec::new()));
            causes.len() - 1
        });
        let (cause, all) = &mut causes[place];
        cause.members.push(index);
        all.push(values);
    }
    let mut causes: Vec<Cause> = causes
        .into_iter()
        .map(|(cause, all)| cause.with(all))
        .collect();
    causes.sort_by_key(|cause| usize::MAX - cause.members.len());
    causes
}

impl Cause {
    /// The same, with the values of its members: if they differ, the messages do not have them any more.
    fn with(mut self, values: Vec<String>) -> Self {
        let mut counts: Vec<(String, usize)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for value in values {
            let place = *places.entry(value.clone()).or_insert_with(|| {
                counts.push((value, 0));
                counts.len() - 1
            });
            counts[place].1 += 1;
        }
        if counts.len() > 1 {
            for reason in &mut self.reasons {
                reason.message = shape(&reason.message).0;
            }
            counts.sort_by_key(|(_, count)| usize::MAX - count);
            self.values = counts;
        }
        self
    }

    /// "10 values: 456350 (20 records), 456351 (20 records), … and 8 more"; nothing if there is one.
    pub(super) fn listed_values(&self, most: usize) -> Option<String> {
        let (count, rest) = (self.values.len(), self.values.len().saturating_sub(most));
        let shown = self.values.iter().take(most).map(|(value, count)| {
            let value = if value.is_empty() { "none" } else { value };
            if *count > 1 {
                format!("{value} ({count})")
            } else {
                value.to_owned()
            }
        });
        let mut shown: Vec<String> = shown.collect();
        if rest > 0 {
            shown.push(format!("… and {rest} more"));
        }
        (count > 0).then(|| format!("{}: {}", counted(count, "value"), shown.join(", ")))
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

/// A message with `…` for each of its values: what stands in quotes, and numbers.
fn shape(message: &str) -> (String, Vec<String>) {
    let mut shape = String::with_capacity(message.len());
    let mut values = Vec::new();
    let mut rest = message;
    while let Some(c) = rest.chars().next() {
        let is_inside = shape.ends_with(char::is_alphanumeric);
        let quoted = matches!(c, '\'' | '"')
            .then(|| rest[1..].find(c))
            .flatten()
            .filter(|_| !is_inside);
        if let Some(end) = quoted {
            values.push(rest[1..=end].to_owned());
            shape.extend([&rest[..1], VALUE, &rest[..1]]);
            rest = &rest[end + 2..];
            continue;
        }
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let number = rest[..number].trim_end_matches('.').len();
        if number > 0 && c.is_ascii_digit() && !is_inside {
            values.push(rest[..number].to_owned());
            shape.push_str(VALUE);
            rest = &rest[number..];
            continue;
        }
        shape.push(c);
        rest = &rest[c.len_utf8()..];
    }
    (shape, values)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_message_has_a_shape_and_values() {
        for (message, expected, values) in [
            ("Lead not found", "Lead not found", vec![]),
            (
                "Lead 456350 not found.",
                "Lead … not found.",
                vec!["456350"],
            ),
            (
                "Value '12.5' of field \"amount\" is over 3.0",
                "Value '…' of field \"…\" is over …",
                vec!["12.5", "amount", "3.0"],
            ),
            ("it's A1 or 'open", "it's A1 or 'open", vec![]),
            ("''", "'…'", vec![""]),
            ("ü'é'", "ü'é'", vec![]),
        ] {
            let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
            assert_eq!(shape(message), (expected.to_owned(), values), "{message}");
        }
    }
}
