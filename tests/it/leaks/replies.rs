//! Replies of every broken form, to every sort of call: whatever a server says of what it knows, and it knows everything, is not
//! repeated.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread;

use super::hunt::{CUT, Hunt, MANIFEST, SECRET, forms, token};
use super::life::WRITES;
use crate::harness::{Asked, Gateway, Reply};

/// The calls of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    Identity,
    Describe,
    Fields,
    Query,
    Write,
    /// The queries of other commands, and the write of an undo.
    Drift,
    Get,
    Import,
    Undo,
}

impl At {
    fn is_of(self, asked: &Asked) -> bool {
        match self {
            Self::Identity => asked.is_identity(),
            Self::Describe => asked.line().contains("describe.json"),
            Self::Fields => asked.line().contains("schema/fields"),
            Self::Query | Self::Drift | Self::Get | Self::Import => asked.is_query(),
            Self::Write | Self::Undo => asked.is_write(),
        }
    }

    fn command(self) -> String {
        match self {
            Self::Identity | Self::Describe | Self::Fields | Self::Query => {
                format!("plan -v {WRITES}")
            }
            Self::Write => format!("apply --yes -v {WRITES}"),
            Self::Drift => "plan -v --drift".to_owned(),
            Self::Get => "get opportunity A-1 -v".to_owned(),
            Self::Import => "import opportunity B-1 --out imported.yaml".to_owned(),
            Self::Undo => format!("undo last --yes -v {WRITES}"),
        }
    }
}

const EVERYWHERE: [At; 5] = [At::Identity, At::Describe, At::Fields, At::Query, At::Write];

/// How a reply is broken. What has words of the server has one of the three sorts, so that all of them are in what is shown of it.
#[derive(Clone, Copy)]
enum Form {
    /// The true reply up to its middle.
    Cut,
    /// The true reply with a warning.
    Warning(usize),
    /// The true reply with everything that is known in members of its rows that have no business there.
    Rows,
    /// This status with these headers, and a body that has everything.
    Page(u16, &'static str),
    /// The refusal of a call with this code.
    Code(&'static str, usize),
    /// The refusal of each record.
    Record(&'static str, usize),
    /// What is known in the place of a code, an id of the request, a status.
    Misplaced(&'static str),
    /// A grant in odd clothes.
    Grant(&'static str, u16),
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut => write!(f, "cut"),
            Self::Warning(sort) => write!(f, "warning {sort}"),
            Self::Rows => write!(f, "rows"),
            Self::Page(status, headers) => write!(f, "{status} {headers}"),
            Self::Code(code, sort) => write!(f, "code {code} {sort}"),
            Self::Record(code, sort) => write!(f, "record {code} {sort}"),
            Self::Misplaced(place) => write!(f, "misplaced {place}"),
            Self::Grant(grant, status) => write!(f, "grant {status} {grant}"),
        }
    }
}

/// What a server knows: the secret, the token, and sensitive values; each whole, cut short, in capitals and as a URL has it.
struct Known([String; 3]);

impl Known {
    fn of(token: &str) -> Self {
        let of_secret = |secret: &str| {
            let cut = &secret[..CUT];
            let (encoded, capitals) = (&forms(secret)[1], secret.to_uppercase());
            format!("{secret}, {encoded}, {capitals}, Bearer {secret} and '{cut}")
        };
        let values = "salary 471337471337 or 471337471337.00, not '471337471', 'THE DOLPHIN THAT SWAM', is the dolphin th...";
        Self([of_secret(SECRET), of_secret(token), values.to_owned()])
    }

    fn all(&self) -> String {
        self.0.join(" ")
    }
}

impl Form {
    fn reply(self, known: &Known, asked: &Asked, pass: &dyn Fn(&Asked) -> Reply) -> Reply {
        let quoted = |text: &str| serde_json::to_string(text).expect("text is JSON");
        let everything = format!("{} {}\n{}", known.all(), asked.head(), asked.body());
        let refusal = |code: &str, message: &str| {
            format!(
                r#"{{"requestId":"1#2","success":false,"errors":[{{"code":{},"message":{}}}]}}"#,
                quoted(code),
                quoted(message)
            )
        };
        match self {
            Self::Cut => {
                let body = pass(asked).body();
                let half: String = body.chars().take(body.chars().count() / 2).collect();
                Reply::json(&half)
            }
            Self::Warning(sort) => {
                let warning = format!(r#"{{"warnings":[{}],"#, quoted(&known.0[sort]));
                Reply::json(&pass(asked).body().replacen('{', &warning, 1))
            }
            Self::Rows => {
                let member = format!(r#""result":[{{{}:1}},"#, quoted(&known.all()));
                Reply::json(&pass(asked).body().replace(r#""result":["#, &member))
            }
            Self::Page(status, headers) => {
                let headers = headers
                    .replace("TOKEN", &forms(&known.0[1])[1])
                    .replace("SECRET", &forms(SECRET)[1]);
                Reply::of(
                    status,
                    &headers,
                    format!("<html><title>{everything}</title>"),
                )
            }
            Self::Code(code, sort) => Reply::json(&refusal(code, &known.0[sort])),
            Self::Record(code, sort) => {
                let (code, message) = (quoted(code), quoted(&known.0[sort]));
                let row = format!(
                    r#"{{"seq":SEQ,"status":"skipped","reasons":[{{"code":{code},"message":{message}}}]}}"#
                );
                let rows = asked.body().matches("marketoGUID").count();
                let rows = (0..rows).map(|seq| row.replace("SEQ", &seq.to_string()));
                let rows = rows.collect::<Vec<_>>().join(",");
                Reply::json(&format!(
                    r#"{{"requestId":"1#2","success":true,"result":[{rows}]}}"#
                ))
            }
            Self::Misplaced("code") => Reply::json(&refusal(&known.all(), "no")),
            Self::Misplaced("request") => {
                Reply::json(&refusal("4711", "no").replace("\"1#2\"", &quoted(&known.all())))
            }
            Self::Misplaced(member) => {
                let row = format!(r#"{{"seq":0,{}:{}}}"#, quoted(member), quoted(&known.all()));
                Reply::json(&format!(r#"{{"success":true,"result":[{row}]}}"#))
            }
            Self::Grant(clothes, status) => {
                let grant = pass(asked).body();
                let body = clothes
                    .replace("GRANT", &grant)
                    .replace("ALL", &quoted(&known.all()))
                    .replace("TOKEN", &quoted(&known.0[1]));
                Reply::of(status, "Content-Type: application/json", body)
            }
        }
    }
}

/// A hunt whose project is behind a gateway that breaks the next reply to one sort of call.
struct Broken {
    hunt: Hunt,
    next: Arc<Mutex<Option<(At, Form)>>>,
    changes: usize,
}

impl Broken {
    fn begin() -> Self {
        let hunt = Hunt::begin();
        let known = Known::of(&token(&hunt.marketo));
        let next = Arc::<Mutex<Option<(At, Form)>>>::default();
        let waiting = Arc::clone(&next);
        let gateway = Gateway::before(&hunt.marketo, move |asked, pass| {
            let form = {
                let mut waiting = waiting.lock().expect("nobody panicked");
                let is_here = |(at, _): &mut (At, Form)| at.is_of(asked);
                waiting.take_if(is_here).map(|(_, form)| form)
            };
            form.map_or_else(|| pass(asked), |form| form.reply(&known, asked, pass))
        });
        let config = hunt.project.read("oppctl.yaml");
        let config = config.replace(&hunt.marketo.url(), &gateway.url());
        hunt.project.write("oppctl.yaml", config);
        hunt.run("apply --yes", 0);
        Self {
            hunt,
            next,
            changes: 0,
        }
    }

    /// One run with one broken reply.
    fn meets(&mut self, at: At, form: Form) {
        self.changes += 1;
        let manifest = MANIFEST
            .replace("Chairs", &format!("Chairs-{}", self.changes))
            .replace("471135471135.5", "471337471337")
            .replace("The mermaid", "The dolphin");
        let manifest = if self.changes.is_multiple_of(2) {
            manifest
        } else {
            manifest.replace("471337471337", "471337471337.5")
        };
        self.hunt.project.write("pipeline/main.yaml", manifest);
        if at == At::Undo {
            self.hunt.run("apply --yes", 0);
        }
        *self.next.lock().expect("nobody panicked") = Some((at, form));
        let run = self.hunt.project.run(&at.command());
        let what = format!("{at:?}, {form:?}");
        self.hunt.search_all(&what, &run);
        let is_met = self.next.lock().expect("nobody panicked").is_none();
        assert!(is_met, "{what}: {}", run.text());
        if matches!(at, At::Write | At::Undo) {
            self.hunt.run("history last -v", 0);
        }
    }
}

/// Meets all of these, by a few projects at the same time.
fn meet(cases: &[(At, Form)]) {
    let share = cases.len().div_ceil(4);
    thread::scope(|scope| {
        for cases in cases.chunks(share) {
            scope.spawn(move || {
                let mut broken = Broken::begin();
                for (at, form) in cases {
                    broken.meets(*at, *form);
                }
                for command in [
                    "history --format json",
                    "ledger list --format json",
                    "usage",
                ] {
                    broken.hunt.run(command, 0);
                }
            });
        }
    });
}

#[test]
fn odd_grants_and_records_are_not_quoted() {
    let clothes = [
        "\u{feff}GRANT",
        ")]}',\nGRANT",
        "callback(GRANT)",
        "5f\r\nGRANT\r\n0\r\n\r\n",
        "[GRANT]",
        "GRANT<!-- gw-3 -->",
        "access_token=ALL&expires_in=3599",
        "<o><access_token>ALL</access_token></o>",
        "access_token: ALL\n",
        r#"{"token":TOKEN,"expires_in":3599}"#,
        r#"{"access_token":{"value":TOKEN},"expires_in":3599}"#,
        r#"{"access_token":"","scope":ALL}"#,
        r#"{"error":ALL,"error_description":ALL}"#,
    ];
    let mut cases: Vec<(At, Form)> = Vec::new();
    for clothes in clothes {
        for status in [200, 401] {
            cases.push((At::Identity, Form::Grant(clothes, status)));
        }
        if clothes.contains("GRANT") {
            cases.push((At::Query, Form::Grant(clothes, 200)));
        }
    }
    cases.push((At::Query, Form::Rows));
    meet(&cases);
}

#[test]
fn pages_of_others_are_not_quoted() {
    const HTML: &str = "Content-Type: text/html";
    const TO: &str = "Location: https://evil.example/?access_token=TOKEN&s=SECRET";
    let pages = [
        (200, HTML),
        (200, "Content-Type: application/json"),
        (302, TO),
        (307, TO),
        (401, HTML),
        (403, HTML),
        (413, HTML),
        (500, HTML),
    ];
    let mut cases: Vec<(At, Form)> = Vec::new();
    for at in [At::Drift, At::Get, At::Import, At::Undo] {
        cases.push((at, Form::Page(502, HTML)));
    }
    for at in EVERYWHERE {
        cases.push((at, Form::Cut));
        cases.push((at, Form::Page(204, "X: y")));
    }
    for at in [At::Identity, At::Query, At::Write] {
        cases.extend(pages.map(|(status, headers)| (at, Form::Page(status, headers))));
    }
    meet(&cases);
}

#[test]
fn refusals_that_know_everything_are_told_without_it() {
    let mut cases: Vec<(At, Form)> = Vec::new();
    for sort in [0, 1] {
        // Without the answer to the call for the fields it is not known what is sensitive, and that is said.
        let told = EVERYWHERE.into_iter().filter(|at| *at != At::Fields);
        cases.extend(told.map(|at| (at, Form::Code("4711", sort))));
        cases.extend([At::Describe, At::Query, At::Write].map(|at| (at, Form::Warning(sort))));
        for at in [At::Drift, At::Get, At::Import, At::Undo] {
            cases.extend([
                (at, Form::Code("4711", sort)),
                (at, Form::Code("611", sort)),
            ]);
        }
    }
    for sort in 0..3 {
        for code in ["4711", "611", "1003", "607", "603", "601"] {
            cases.push((At::Write, Form::Code(code, sort)));
        }
        cases.push((At::Query, Form::Code("1003", sort)));
        cases.push((At::Query, Form::Code("611", sort)));
        cases.push((At::Write, Form::Record("4711", sort)));
        cases.push((At::Write, Form::Record("1003", sort)));
    }
    cases.push((At::Query, Form::Code("4711", 2)));
    cases.push((At::Write, Form::Warning(2)));
    for place in ["code", "request"] {
        cases.push((At::Query, Form::Misplaced(place)));
        cases.push((At::Write, Form::Misplaced(place)));
    }
    for member in ["status", "marketoGUID", "reasons"] {
        cases.push((At::Write, Form::Misplaced(member)));
    }
    meet(&cases);
}
