//! How replies are read, whatever form they have.

use pretty_assertions::assert_eq;

use super::*;

const CALL: Call = Call::LEADS;

fn success(body: &str) -> SuccessReply {
    read(CALL, body.as_bytes(), &Words::default())
        .expect("a reply of the API")
        .expect("a success")
}

fn failure(body: &str) -> CallRefusal {
    let error = read(CALL, body.as_bytes(), &Words::without(&["s3cret"]))
        .expect("a reply of the API")
        .expect_err("a failure");
    error.refusal().expect("Marketo's words").clone()
}

#[test]
fn every_member_of_a_success_is_optional() {
    let rows = [
        (r#"{"success":true}"#, 0, Paging::End),
        (r#"{"result":[]}"#, 0, Paging::End),
        (
            r#"{"requestId":null,"success":true,"errors":[],"warnings":[],"result":[{},7]}"#,
            2,
            Paging::End,
        ),
        (
            r#"{"success":true,"moreResult":false,"nextPageToken":"A==="}"#,
            0,
            Paging::End,
        ),
        (
            r#"{"success":true,"nextPageToken":"A==="}"#,
            0,
            Paging::Next("A===".into()),
        ),
        (
            r#"{"success":true,"moreResult":true,"nextPageToken":"A==="}"#,
            0,
            Paging::Next("A===".into()),
        ),
        (
            r#"{"success":true,"moreResult":true}"#,
            0,
            Paging::NextUnknown,
        ),
    ];
    for (body, count, next) in rows {
        let reply = success(body);
        assert_eq!((reply.rows.len(), reply.next), (count, next), "{body}");
    }
}

#[test]
fn a_reply_that_does_not_report_success_is_an_error() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "<html>",
        r#"{"error":"invalid_client"}"#,
        r#"{"result":{}}"#,
    ] {
        assert!(
            read(CALL, body.as_bytes(), &Words::default()).is_none(),
            "{body}"
        );
    }
}

#[test]
fn codes_may_be_text_or_numbers_and_members_missing() {
    let rows = [
        (
            r#"{"success":false,"errors":[{"code":"611","message":"System error"}]}"#,
            "611",
            "System error",
        ),
        (
            r#"{"success":false,"errors":[{"code":611,"message":null}]}"#,
            "611",
            "",
        ),
        (
            r#"{"errors":[{"code":"606"},{"code":"611","message":"a"}]}"#,
            "606",
            "; a",
        ),
        (
            r#"{"success":true,"errors":[{"code":"1003","message":"x"}]}"#,
            "1003",
            "x",
        ),
        (r#"{"success":false}"#, "", ""),
        (
            r#"{"success":false,"errors":[{"code":"601","message":"bad s3cret\u001b"}]}"#,
            "601",
            "bad [REDACTED]\\u{1b}",
        ),
    ];
    for (body, code, message) in rows {
        let refusal = failure(body);
        assert_eq!(
            (&*refusal.code, &*refusal.message),
            (code, message),
            "{body}"
        );
    }
    let with_id = failure(r#"{"requestId":"e42b#14272d07d78","success":false,"errors":[]}"#);
    assert_eq!(with_id.request_id.as_deref(), Some("e42b#14272d07d78"));
}

#[test]
fn warnings_are_shown_whatever_their_form() {
    let rows = [
        (
            r#"{"success":true,"warnings":["careful"]}"#,
            vec!["careful"],
        ),
        (
            r#"{"success":true,"warnings":[{"code":7,"message":"careful"}]}"#,
            vec!["7 careful"],
        ),
        (r#"{"success":true,"warnings":"careful"}"#, vec!["careful"]),
        (r#"{"success":true,"warnings":null}"#, vec![]),
    ];
    for (body, expected) in rows {
        let warnings = success(body).warnings;
        let warnings: Vec<&str> = warnings.iter().map(|text| &**text).collect();
        assert_eq!(warnings, expected, "{body}");
    }
}

#[test]
fn scalars_keep_their_text() {
    let rows = [
        (
            "12345678901234567.890",
            Form::Number,
            "12345678901234567.890",
        ),
        ("-1e2", Form::Number, "-1e2"),
        ("true", Form::Boolean, "true"),
        ("null", Form::Null, "null"),
        (r#""a\nb\u00e9""#, Form::Text, "a\nbé"),
        (r#""\ud800""#, Form::Text, r#""\ud800""#),
        ("[1, 2]", Form::Text, "[1, 2]"),
    ];
    for (json, form, text) in rows {
        let raw: Box<RawValue> = serde_json::from_str(json).expect("JSON");
        assert_eq!(scalar(&raw), (form, Cow::Borrowed(text)), "{json}");
    }
}
