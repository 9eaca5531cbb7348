//! The fields that an entry assigns. They are packed: a run keeps those of every entry, and looks at few of them twice.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::packed::{put_signed, put_text, take, take_signed, take_text};
use super::source::{FileId, Span};
use super::value::{Form, Scalar};

/// Fields and their declared values, in the order of the names.
#[derive(Clone)]
pub struct Assignments {
    /// Entries that assign the same fields share them.
    names: Arc<[Arc<str>]>,
    file: FileId,
    /// One assignment for each name: see [`Assignments::of`].
    packed: Box<[u8]>,
}

/// A field and its declared value.
#[derive(Clone, Debug)]
pub struct Assignment<'d> {
    /// The API name; shared by all entries that write it.
    pub name: &'d Arc<str>,
    pub value: Scalar<'d>,
    /// Whether the manifest refers to the value, which the configuration has.
    pub is_reference: bool,
    /// The place of the name.
    pub name_at: Span,
    /// The place of the value.
    pub at: Span,
}

/// What an assignment takes most often at most, so that the bytes of an entry are seldom moved while they become more.
const USUAL_BYTES: usize = 24;

/// The bit of [`Assignment::is_reference`], beside the form.
const REFERENCE: u8 = 4;

impl Assignments {
    /// The assignments of these names, one for each, all in one file.
    #[must_use]
    pub fn of<'a>(
        file: FileId,
        names: Arc<[Arc<str>]>,
        assignments: impl Iterator<Item = Assignment<'a>>,
    ) -> Self {
        let mut packed = Vec::with_capacity(names.len() * USUAL_BYTES);
        let mut before = 0;
        for Assignment {
            value,
            is_reference,
            name_at,
            at,
            ..
        } in assignments
        {
            let reference = if is_reference { REFERENCE } else { 0 };
            packed.push(form_byte(value.form) | reference);
            // A value most often stands behind its name, and a name near the value before it.
            for Span { start, end, .. } in [name_at, at] {
                put_signed(i64::from(start) - before, &mut packed);
                put_signed(i64::from(end) - i64::from(start), &mut packed);
                before = i64::from(end);
            }
            put_text(&value.text, &mut packed);
        }
        Self {
            names,
            file,
            packed: packed.into(),
        }
    }

    /// The assignments in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = Assignment<'_>> {
        let mut rest = &*self.packed;
        let mut before = 0;
        self.names.iter().map(move |name| {
            let [head] = take(&mut rest);
            let mut span = || {
                let start = before + take_signed(&mut rest);
                before = start + take_signed(&mut rest);
                Span {
                    file: self.file,
                    start: start as u32,
                    end: before as u32,
                }
            };
            let name_at = span();
            let at = span();
            Assignment {
                name,
                value: Scalar {
                    form: form(head & !REFERENCE),
                    text: Cow::Borrowed(take_text(&mut rest)),
                },
                is_reference: head & REFERENCE != 0,
                name_at,
                at,
            }
        })
    }

    /// The assignment of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Assignment<'_>> {
        self.iter().find(|assignment| **assignment.name == *name)
    }

    /// The names of the fields.
    #[must_use]
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl fmt::Debug for Assignments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn form_byte(form: Form) -> u8 {
    match form {
        Form::Null => 0,
        Form::Boolean => 1,
        Form::Number => 2,
        Form::Text => 3,
    }
}

fn form(byte: u8) -> Form {
    match byte {
        0 => Form::Null,
        1 => Form::Boolean,
        2 => Form::Number,
        _ => Form::Text,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    use super::*;

    type Sample = (u8, bool, (u32, u32), (u32, u32), String);

    fn sample() -> impl Strategy<Value = Sample> {
        let place = || any::<(u32, u32)>();
        (0u8..4, any::<bool>(), place(), place(), "\\PC{0,200}")
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(samples in prop::collection::vec(sample(), 0..6)) {
            let file = FileId(7);
            let span = |(start, end)| Span { file, start, end };
            let names: Arc<[Arc<str>]> = (0..samples.len()).map(|index| Arc::from(format!("f{index}"))).collect();
            let given = samples.iter().zip(&*names).map(|((byte, is_reference, name_at, at, text), name)| Assignment {
                name,
                value: Scalar { form: form(*byte), text: text.into() },
                is_reference: *is_reference,
                name_at: span(*name_at),
                at: span(*at),
            });
            let packed = Assignments::of(file, Arc::clone(&names), given);
            let taken: Vec<Sample> = packed.iter().map(|it| {
                let place = |at: Span| (at.start, at.end);
                (form_byte(it.value.form), it.is_reference, place(it.name_at), place(it.at), it.value.text.into())
            }).collect();
            assert_eq!(taken, samples);
        }
    }

    #[test]
    fn a_range_may_have_no_length() {
        let at = Span {
            file: FileId(0),
            start: 9,
            end: 9,
        };
        let name: Arc<str> = "stage".into();
        let value = Scalar {
            form: Form::Null,
            text: "".into(),
        };
        let given = Assignment {
            name: &name,
            value,
            is_reference: false,
            name_at: at,
            at,
        };
        let packed = Assignments::of(at.file, [Arc::clone(&name)].into(), [given].into_iter());
        assert_eq!(
            packed.get("stage").map(|it| (it.at, it.value.form)),
            Some((at, Form::Null))
        );
        assert!(packed.get("name").is_none());
    }
}
