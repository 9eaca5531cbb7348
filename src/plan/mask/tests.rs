//! What is masked of a message, and what is not.

use std::time::Duration;

use pretty_assertions::assert_eq;

use super::*;
use crate::api::{Call, CallRefusal, Operation};
use crate::model::kind::OPPORTUNITY;
use crate::model::{DataType, FileId, Form, Key, KeyValue, Span};
use crate::plan::{Action, At, FieldChange};

/// A change of a sensitive field from one value to another.
fn change(data_type: &DataType, before: &str, after: &str) -> Change {
    let form = |text: &str| {
        if text.is_empty() {
            Form::Null
        } else {
            Form::Text
        }
    };
    let value = |text: &str| Value::observed(form(text), text, data_type);
    let fields = vec![FieldChange {
        name: "salary".into(),
        data_type: data_type.clone(),
        before: value(before),
        after: value(after),
        sensitive: true,
        moved: None,
        at: None,
    }];
    Change {
        kind: &OPPORTUNITY,
        key: Key::new(vec![KeyValue::Text("A".into())]),
        shown: "A".into(),
        label: None,
        action: Action::Update {
            id: "1".into(),
            fields: fields.into(),
        },
        at: At::Here(Span {
            file: FileId(0),
            start: 0,
            end: 0,
        }),
    }
}

#[test]
fn both_values_are_masked_however_they_are_written() {
    let text = DataType::String;
    let rows = [
        (&text, "", "52000", "no 52000", "no (sensitive)"),
        (&text, "51000", "", "51000 is 51", "(sensitive) is 51"),
        (&text, "a", "a b", "a b is a", "(sensitive) is (sensitive)"),
        (
            &text,
            "",
            " a ",
            "[ a ] and [a]",
            "[ (sensitive) ] and [(sensitive)]",
        ),
        (
            &DataType::Currency,
            "",
            "16.50",
            "16.50, 16.5",
            "(sensitive), (sensitive)",
        ),
        (
            &DataType::Currency,
            "",
            "83500.5",
            "83500.50 or 83500, not 8350 euros",
            "(sensitive) or (sensitive), not 8350 euros",
        ),
    ];
    for (data_type, before, after, message, expected) in rows {
        let change = change(data_type, before, after);
        assert_eq!(masked(message, [&change]), expected);
    }
}

#[test]
fn values_are_known_in_any_letter_case_and_where_they_are_cut_short() {
    let value = "Übernahme by Acme, 52 million";
    let rows = [
        ("No ÜBERNAHME BY ACME, 52 MILLION.", "No (sensitive)."),
        ("'Übernahme by Ac' is long", "'(sensitive)' is long"),
        ("bad: übernahme by…", "bad: (sensitive)…"),
        ("bad: Übernahme ...", "bad: (sensitive) ..."),
        ("bad: Übernahme by Acme, 5", "bad: (sensitive)"),
        // Too short to be told from other words, or another word.
        ("bad: Übe", "bad: Übe"),
        ("Übernahme of others", "Übernahme of others"),
    ];
    for (text, expected) in rows {
        let change = change(&DataType::String, "", value);
        assert_eq!(masked(text, [&change]), expected, "{text}");
    }
    let quoted = "Value for 'salary' is bad: 'something else that was cu";
    let change = change(&DataType::String, "", value);
    assert_eq!(
        masked(quoted, [&change]),
        "Value for 'salary' is bad: '(sensitive)"
    );
}

#[test]
fn values_are_known_in_other_forms() {
    let text = DataType::String;
    let rows = [
        (
            &text,
            "Patient Doe has\ndiabetes type two",
            "cannot store: Patient Doe has diabetes  type two!",
            "cannot store: (sensitive)!",
        ),
        (
            &text,
            "Patient \"Doe\" & Sons diabetes",
            "no Patient &quot;Doe&quot; &amp; Sons diabetes",
            "no (sensitive)",
        ),
        (
            &text,
            "Müller hat diabetes",
            "cannot store M\\u00fcller hat diabetes here",
            "cannot store (sensitive) here",
        ),
        (
            &text,
            "Patient Doe has diabetes and more",
            "value too long: Patient Doe has diabe [truncated]",
            "value too long: (sensitive) [truncated]",
        ),
        (
            &text,
            "Patient Doe has diabetes and more",
            "Patient Doe has asthma",
            "(sensitive) asthma",
        ),
        (&text, "***", "not ***", "not (sensitive)"),
        (
            &DataType::Currency,
            "12345678.91",
            "12,345,678.91, 12.345.678,91, 1.234567891E7, 12'345'678 or 1234567891",
            "(sensitive), (sensitive), (sensitive)7, (sensitive) or (sensitive)",
        ),
        (
            &DataType::Date,
            "2026-12-31",
            "12/31/2026, 31.12.26, Dec 31, 2026 and 20261231",
            "(sensitive), (sensitive), (sensitive) and (sensitive)",
        ),
        (
            &DataType::Datetime,
            "2026-12-31T10:00:00Z",
            "2026-12-31 10:00:00.0 or 31 December 2026",
            "(sensitive) 10:00:00.0 or (sensitive)",
        ),
    ];
    for (data_type, value, message, expected) in rows {
        let change = change(data_type, "", value);
        assert_eq!(masked(message, [&change]), expected);
    }
}

#[test]
fn the_values_of_all_records_are_masked() {
    let [one, other] = ["alpha", "alphabet soup"].map(|value| change(&DataType::String, "", value));
    let mask = Mask::of([&one, &other]);
    assert_eq!(
        mask.text("alpha, Alphabet soup, alphabet, alphabetical"),
        "(sensitive), (sensitive), alphabet, alphabetical"
    );
}

#[test]
fn our_own_words_are_never_masked() {
    let [one, other] = ["607", "127"].map(|value| change(&DataType::Integer, "", value));
    let mask = Mask::of([&one, &other]);
    let call = Call {
        operation: Operation::Update,
        kind: Some(&OPPORTUNITY),
    };
    let refusal = CallRefusal {
        code: "607".into(),
        message: "607 of 127".into(),
        request_id: Some("127#607".into()),
    };
    assert_eq!(
        mask.error(&ApiError::Quota { call, refusal }),
        "update of opportunities: the daily quota is reached: 607 \"(sensitive) of (sensitive)\", request 127#607"
    );
    let limit = Duration::from_secs(127);
    assert_eq!(
        mask.error(&ApiError::TimedOut { call, limit }),
        "update of opportunities: no reply within 127 s"
    );
}

#[test]
fn what_is_not_sensitive_is_shown() {
    let mut change = change(&DataType::String, "a", "b");
    if let Action::Update { fields, .. } = &mut change.action {
        let open = |field| FieldChange {
            sensitive: false,
            ..field
        };
        *fields = fields.iter().map(open).collect();
    }
    assert_eq!(masked("a 'b'", [&change]), "a 'b'");
    assert_eq!(masked("a 'b'", []), "a 'b'");
}

#[test]
fn a_value_is_masked_as_a_word() {
    let rows = [
        ("5 is not in 255", "5", "(sensitive) is not in 255"),
        ("got abc.", "abc", "got (sensitive)."),
        ("abcd abc-abc", "abc", "abcd (sensitive)-(sensitive)"),
        ("none", "abc", "none"),
        ("-3 and 1-3", "-3", "-(sensitive) and 1-(sensitive)"),
    ];
    for (text, value, expected) in rows {
        let change = change(&DataType::String, "", value);
        assert_eq!(masked(text, [&change]), expected, "{text}");
    }
}

#[test]
fn what_a_message_quotes_beside_the_field_is_masked() {
    let rows = [
        (
            "Invalid value for field 'Salary' and value '14c'",
            "Invalid value for field 'Salary' and value '(sensitive)'",
        ),
        (
            r#"salary: "a" 'b' and it's"#,
            r#"salary: "(sensitive)" '(sensitive)' and it's"#,
        ),
        (
            "Invalid value 'x' for 'stage'",
            "Invalid value 'x' for 'stage'",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(without_quotes(text, &["salary"]), expected);
    }
}
