//! The faults by the names that scripts use, each with its members and what it does.
//!
//! The reading of scripts and the listing of `oppctl simulator faults` follow from [`FAULTS`].

use super::fault::{Alteration, Breakdown, FaultKind, Garbling, Moment, TokenLoss};
use super::members::{FaultProblem, MemberReader};

/// A fault that scripts can name.
#[derive(Clone, Copy, Debug)]
pub struct FaultType {
    pub name: &'static str,
    /// Its members, each with what it takes and what it means if it is not written.
    pub members: &'static [(&'static str, &'static str)],
    /// What goes wrong.
    pub effect: &'static str,
    pub(in crate::simulator) read: fn(&mut MemberReader) -> Result<FaultKind, FaultProblem>,
}

const WHEN: (&str, &str) = (
    "when",
    "beforeCommit (default) or afterCommit: whether the call was executed",
);
const INDEX: (&str, &str) = ("index", "the row's index, default 0");

/// All faults.
pub static FAULTS: &[FaultType] = &[
    FaultType {
        name: "code",
        members: &[
            ("code", "a response-level code such as \"606\""),
            ("message", "its message, default the documented one"),
        ],
        effect: "the call is answered with a code and not executed: 604, 606, 607, 608, 611, 615, 713 or any other",
        read: |reader| {
            Ok(FaultKind::Answer {
                code: reader.required("code", MemberReader::code)?,
                message: reader.text("message")?,
            })
        },
    },
    FaultType {
        name: "drop",
        members: &[WHEN],
        effect: "the connection closes without an answer",
        read: |reader| breakdown(reader, Breakdown::Disconnect),
    },
    FaultType {
        name: "badGateway",
        members: &[WHEN],
        effect: "HTTP 502 with a page of HTML",
        read: |reader| breakdown(reader, Breakdown::BadGateway),
    },
    FaultType {
        name: "timeOut",
        members: &[WHEN],
        effect: "code 604, at once; a delay beyond the server's own limit comes to the same after that limit",
        read: |reader| breakdown(reader, Breakdown::TimeOut),
    },
    FaultType {
        name: "delay",
        members: &[("for", "a duration such as 250ms or 2s")],
        effect: "the answer comes later; beyond 30 s for reads and 60 s for writes the call times out",
        read: |reader| {
            Ok(FaultKind::Delay(
                reader.required("for", MemberReader::duration)?,
            ))
        },
    },
    FaultType {
        name: "expireToken",
        members: &[],
        effect: "all tokens expire: this call is 602, the next with the same token 601",
        read: |_| Ok(FaultKind::Token(TokenLoss::Expire)),
    },
    FaultType {
        name: "revokeToken",
        members: &[],
        effect: "all tokens are revoked before their time: this call and later ones are 601",
        read: |_| Ok(FaultKind::Token(TokenLoss::Revoke)),
    },
    FaultType {
        name: "skipRecord",
        members: &[
            ("index", "the record's index, default 0"),
            ("code", "the reason's code, default 1014"),
            ("message", "the reason's message"),
        ],
        effect: "one record of a sync or delete is skipped, the others are applied",
        read: |reader| {
            Ok(FaultKind::SkipRecord {
                index: reader.index("index")?,
                code: reader.code("code")?.unwrap_or_else(|| "1014".to_owned()),
                message: reader
                    .text("message")?
                    .unwrap_or_else(|| "Failed to create Object".to_owned()),
            })
        },
    },
    FaultType {
        name: "loseField",
        members: &[
            ("field", "the API name of a field"),
            (
                "kept",
                "so many characters of it are stored; default 0: it stays as it was",
            ),
        ],
        effect: "a sync succeeds, and the value of a field is not stored, or only its beginning",
        read: |reader| {
            Ok(FaultKind::Lose {
                field: reader.required("field", MemberReader::text)?,
                kept: reader.index("kept")?,
            })
        },
    },
    FaultType {
        name: "omitRow",
        members: &[INDEX],
        effect: "one row of the result is missing, though its record was applied",
        read: |reader| {
            Ok(FaultKind::Alter(Alteration::OmitRow(
                reader.index("index")?,
            )))
        },
    },
    FaultType {
        name: "reverseRows",
        members: &[],
        effect: "the rows come in reverse, each with its own seq",
        read: |_| Ok(FaultKind::Alter(Alteration::ReverseRows)),
    },
    FaultType {
        name: "numbersAsText",
        members: &[],
        effect: "numbers, but for seq, come in quotes",
        read: |_| Ok(FaultKind::Alter(Alteration::NumbersAsText)),
    },
    FaultType {
        name: "trailingBlank",
        members: &[],
        effect: "a blank follows each marketoGUID",
        read: |_| Ok(FaultKind::Alter(Alteration::TrailingBlank)),
    },
    FaultType {
        name: "lowerCaseNames",
        members: &[],
        effect: "field names come in lower case",
        read: |_| Ok(FaultKind::Alter(Alteration::LowerCaseNames)),
    },
    FaultType {
        name: "otherWording",
        members: &[],
        effect: "messages of errors and reasons are worded differently; the codes stay",
        read: |_| Ok(FaultKind::Reword),
    },
    FaultType {
        name: "warning",
        members: &[("message", "the warning, default \"Simulated warning\"")],
        effect: "the call succeeds and the answer has a warning",
        read: |reader| {
            let message = reader.text("message")?;
            let message = message.unwrap_or_else(|| "Simulated warning".to_owned());
            Ok(FaultKind::Warn(message))
        },
    },
    FaultType {
        name: "truncate",
        members: &[],
        effect: "the call is executed and the JSON of its answer ends in the middle",
        read: |_| Ok(FaultKind::Garble(Garbling::Truncate)),
    },
    FaultType {
        name: "noResult",
        members: &[],
        effect: "the call is executed and its answer has no result",
        read: |_| Ok(FaultKind::Garble(Garbling::OmitResult)),
    },
    FaultType {
        name: "html",
        members: &[],
        effect: "the call is executed and answered with HTTP 200 and a page of HTML",
        read: |_| Ok(FaultKind::Garble(Garbling::Html)),
    },
];

fn breakdown(reader: &mut MemberReader, how: Breakdown) -> Result<FaultKind, FaultProblem> {
    let moments = [
        ("beforeCommit", Moment::BeforeCommit),
        ("afterCommit", Moment::AfterCommit),
    ];
    let when = reader.choice("when", &moments)?;
    Ok(FaultKind::Break {
        how,
        when: when.unwrap_or(Moment::BeforeCommit),
    })
}
