//! Plans and runs in which every text is one that the test chooses.

use std::sync::Arc;

use crate::api::Reason;
use crate::apply::{Outcome, WhyNot};
use crate::journal::{ChangeDetails, End, EndReason, RunHead, RunId};
use crate::ledger::{Origin, Owner, Place};
use crate::model::kind::OPPORTUNITY;
use crate::model::{DataType, Invocation, Key, KeyValue, Sources, Value};
use crate::plan::file::Severity;
use crate::plan::file::{InstanceEntry, PlanFile, SavedCalls, SavedCounts, UndoEntry};
use crate::plan::{Action, At, Change, Counts, Difference, FieldChange, Mask, Permits, WhyDelete};
use crate::render::account::{Account, InstanceFacts, RunFacts, Unexpected};
use crate::render::complaint::Complaint;
use crate::render::ending::{Ending, Failure, Verdict};
use crate::render::plan_facts::PlanFacts;

/// Everything that a page may be made of.
pub(in crate::render) struct Sample {
    pub(in crate::render) head: PlanFile,
    pub(in crate::render) changes: Vec<Change>,
    pub(in crate::render) outcomes: Vec<Outcome>,
    details: Vec<ChangeDetails>,
    run: RunHead,
    end: End,
    pub(in crate::render) complaints: Vec<Complaint>,
    /// The review knew all changes, and today there is none.
    difference: Difference,
    texts: Vec<String>,
    sources: Sources,
}

fn value(text: &str) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        Value::Text(text.into())
    }
}

/// A field that goes from one text to another.
pub(in crate::render) fn field(name: &str, before: &str, after: &str) -> FieldChange {
    FieldChange {
        name: name.into(),
        data_type: DataType::String,
        before: value(before),
        after: value(after),
        sensitive: false,
        moved: None,
        at: None,
    }
}

/// A record, of this line of a file.
pub(in crate::render) fn change(
    shown: &str,
    label: Option<&str>,
    action: Action,
    file: &str,
) -> Change {
    let deletes = matches!(action, Action::Delete { .. });
    Change {
        kind: &OPPORTUNITY,
        key: Key::new(vec![KeyValue::Text(shown.into())]),
        shown: shown.into(),
        label: label.map(Into::into),
        action,
        at: if deletes {
            At::Before {
                place: Place {
                    file: file.into(),
                    line: 7,
                },
                origin: Arc::new(Origin {
                    time: "2026-03-01T18:00:00Z".parse().expect("a time"),
                    commit: Some(shown.into()),
                }),
            }
        } else {
            At::Saved {
                file: file.into(),
                line: 3,
                column: 5,
            }
        },
    }
}

pub(in crate::render) fn deleted(shown: &str, file: &str) -> Change {
    let action = Action::Delete {
        id: "guid".into(),
        why: WhyDelete::Removed,
        fields: vec![field("stage", "Won", "")].into(),
    };
    change(shown, None, action, file)
}

pub(in crate::render) fn updated(shown: &str, file: &str, fields: Vec<FieldChange>) -> Change {
    let action = Action::Update {
        id: "guid".into(),
        fields: fields.into(),
    };
    change(shown, Some("Chairs"), action, file)
}

pub(in crate::render) fn created(shown: &str, file: &str) -> Change {
    let fields = vec![field("name", "", "Tables")].into();
    change(shown, Some("Tables"), Action::Create { fields }, file)
}

impl Sample {
    /// These changes, with nothing else to tell.
    pub(in crate::render) fn of(changes: Vec<Change>) -> Self {
        let Counts {
            create,
            adopt,
            update,
            delete,
        } = Counts::of(&changes);
        let instance = InstanceEntry {
            name: "production".to_owned(),
            place: "https://123-abc-456.mktorest.com".to_owned(),
            fingerprint: "123-abc-456-6109becf".to_owned(),
        };
        let head = PlanFile {
            format_version: "2.0".to_owned(),
            oppctl_version: "0.1.0".to_owned(),
            verdict: None,
            instance,
            commit: Some("c0ffee0123456789".to_owned()),
            digest: "0123456789abcdef0123456789abcdef".to_owned(),
            paths: Vec::new(),
            only: Vec::new(),
            changed_since: None,
            basis: None,
            not_known: Vec::new(),
            undoes: None,
            permits: Permits::default(),
            confirm: false,
            counts: SavedCounts {
                create,
                adopt,
                update,
                delete,
                unchanged: 5,
                declared: 9,
                owned: None,
            },
            brief: None,
            changes: Vec::new(),
            adopted: Vec::new(),
            forgotten: Vec::new(),
            protected: Vec::new(),
            unprotected: Vec::new(),
            notes: Vec::new(),
            noted: Vec::new(),
            refusals: Vec::new(),
            calls: SavedCalls {
                plan: 4,
                apply: 3,
                daily: 50_000,
                left: None,
            },
            seal: String::new(),
        };
        let began = "2026-11-22T08:30:00Z".parse().expect("a time");
        let run = RunHead {
            id: RunId::new(began, "5f0e77aa"),
            began,
            origin: None,
            instance: "production".into(),
            fingerprint: "123-abc-456-6109becf".into(),
            owner: Owner {
                id: "5f0e77aa".to_owned(),
                host: "ci".to_owned(),
                user: "ada".to_owned(),
                pid: 1,
                run: None,
            },
            project: None,
            commit: Some("c0ffee0123456789".into()),
            digest: Some("0123456789abcdef0123456789abcdef".into()),
            undoes: None,
            program: "0.1.0".into(),
            counts: Counts::of(&changes),
        };
        let applied = Outcome::Applied { id: None };
        Self {
            head,
            outcomes: vec![applied; changes.len()],
            details: vec![ChangeDetails::default(); changes.len()],
            difference: Difference::of(&changes, &[]),
            changes,
            run,
            end: End {
                time: "2026-11-22T08:30:02.5Z".parse().expect("a time"),
                calls: 3,
                how: EndReason::Finished,
                unsaved: None,
            },
            complaints: Vec::new(),
            texts: Vec::new(),
            sources: Sources::default(),
        }
    }

    /// One in which this text is everywhere where a text of others may be.
    pub(in crate::render) fn everywhere(text: &str) -> Self {
        let fields = || {
            vec![
                field(text, "", text),
                field("a", text, ""),
                field("b", text, &format!("{text} and more of it, which is long")),
                field("c", &format!("one\n{text}\n"), &format!("two\n{text}\n")),
            ]
        };
        let id = || Box::from(text);
        let fields_of_new = vec![field(text, "", text)].into();
        let create = Action::Create {
            fields: fields_of_new,
        };
        let update = |id| Action::Update {
            id,
            fields: fields().into(),
        };
        let adopt = Action::Adopt {
            id: id(),
            fields: fields().into(),
        };
        let changes = vec![
            change(text, Some(text), create, text),
            change(text, Some(text), update(id()), text),
            change(text, Some(text), adopt, "a.yaml"),
            deleted(text, text),
            deleted(text, "a.yaml"),
        ];
        let mut sample = Self::of(changes);
        let all = || text.to_owned();
        let reason = Reason {
            code: text.into(),
            message: text.into(),
        };
        sample.outcomes = vec![
            Outcome::Applied { id: Some(id()) },
            Outcome::Rejected {
                reasons: vec![reason.clone(), reason],
                request_id: Some(text.into()),
            },
            Outcome::Unknown { why: all() },
            Outcome::NotAttempted(WhyNot::Referred(0)),
            Outcome::NotAttempted(WhyNot::Halted),
        ];
        sample.head.instance = InstanceEntry {
            name: all(),
            place: all(),
            fingerprint: all(),
        };
        sample.head.commit = Some(all());
        sample.head.digest = all();
        sample.head.paths = vec![all()];
        sample.head.permits.adopt_foreign = Some(all());
        sample.head.notes = vec![all(), all()];
        sample.run.commit = Some(text.into());
        sample.run.digest = Some(text.into());
        sample.end.how = EndReason::Instance {
            why: all(),
            need: None,
        };
        sample.texts = vec![all(), all()];
        sample.complaints = vec![Complaint {
            code: "wrong-type",
            severity: Severity::Error,
            file: all(),
            line: 1,
            column: 2,
            end_line: 1,
            end_column: 3,
            message: all(),
            help: Some(all()),
            excerpt: format!("error: {text}\n{text}"),
        }];
        sample
    }

    /// The plan as `plan` tells it.
    pub(in crate::render) fn planned(&self) -> Account<'_> {
        Account {
            confirm: true,
            command: "plan",
            instance: Some(InstanceFacts {
                name: &self.head.instance.name,
                place: &self.head.instance.place,
                fingerprint: &self.head.instance.fingerprint,
            }),
            plan: Some(PlanFacts::of_file(&self.head, &self.changes)),
            changes: &self.changes,
            mask: Mask::of(&self.changes),
            sources: &self.sources,
            adopted: Vec::new(),
            ledger: Vec::new(),
            run: None,
            complaints: Vec::new(),
            difference: None,
            hints: Vec::new(),
            ending: None,
            invocation: Invocation::plain(),
        }
    }

    /// What became of it.
    pub(in crate::render) fn applied(&self) -> Account<'_> {
        Account {
            command: "apply",
            run: Some(RunFacts {
                head: &self.run,
                outcomes: &self.outcomes,
                details: &self.details,
                tried: None,
                end: Some(&self.end),
                is_running: false,
            }),
            ..self.planned()
        }
    }

    /// The plan, with everything that may go wrong.
    pub(in crate::render) fn failed(&self, verdict: Verdict) -> Account<'_> {
        let failure = Failure {
            message: &self.texts[0],
            causes: &self.texts,
            hints: &self.texts,
        };
        Account {
            complaints: self.complaints.clone(),
            difference: Some(Unexpected::Plan(&self.difference)),
            hints: self.texts.clone(),
            ending: Some(Ending {
                exit: 1,
                verdict,
                failure: Some(failure),
            }),
            ..self.planned()
        }
    }

    /// The same as the way back from a run.
    pub(in crate::render) fn undoing(mut self, run: &str) -> Self {
        self.head.undoes = Some(UndoEntry {
            run: run.to_owned(),
            forced: vec![run.to_owned()],
        });
        self
    }
}
