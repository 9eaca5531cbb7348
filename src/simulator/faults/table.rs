//! The table of faults: their names in scripts, their members and their effects.
//!
//! The parser of scripts and the listing of `oppctl simulator faults` use [`FAULTS`].

use super::fault::{Alteration, Breakdown, FaultKind, Garbling, Moment, TokenLoss};
use super::members::{FaultProblem, MemberReader};

/// A fault that scripts can name.
#[derive(Clone, Copy, Debug)]
pub struct FaultType {
    pub name: &'static str,
    /// The members, each with its values and its default.
    pub members: &'static [(&'static str, &'static str)],
    /// What the fault does.
    pub effect: &'static str,
    pub(in crate::simulator) read: fn(&mut MemberReader) -> Result<FaultKind, FaultProblem>,
}

const WHEN: (&str, &str) = (
    "when",
    "beforeCommit (default): the call is not executed; afterCommit: it is",
);
const INDEX: (&str, &str) = ("index", "the index of the row, default 0");

/// All faults.
pub static FAULTS: &[FaultType] = &[
    FaultType {
        name: "code",
        members: &[
            ("code", "a response-level code such as \"606\""),
            ("message", "the message, default the documented one"),
        ],
        effect: "the answer is a code such as 604, 606, 607, 608, 611, 615 or 713; the call is not executed",
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
        effect: "the answer is HTTP 502 with a page of HTML",
        read: |reader| breakdown(reader, Breakdown::BadGateway),
    },
    FaultType {
        name: "timeOut",
        members: &[WHEN],
        effect: "the answer is code 604, immediately; to get it after the server's time limit, use delay",
        read: |reader| breakdown(reader, Breakdown::TimeOut),
    },
    FaultType {
        name: "delay",
        members: &[("for", "a duration such as 250ms or 2s")],
        effect: "the answer is delayed; after 30 s for reads and 60 s for writes the call times out",
        read: |reader| {
            Ok(FaultKind::Delay(
                reader.required("for", MemberReader::duration)?,
            ))
        },
    },
    FaultType {
        name: "expireToken",
        members: &[],
        effect: "all tokens expire: the answer to this call is 602, to the next with the same token 601",
        read: |_| Ok(FaultKind::Token(TokenLoss::Expire)),
    },
    FaultType {
        name: "revokeToken",
        members: &[],
        effect: "all tokens are revoked: the answer to this call and to later ones is 601",
        read: |_| Ok(FaultKind::Token(TokenLoss::Revoke)),
    },
    FaultType {
        name: "skipRecord",
        members: &[
            ("index", "the index of the record, default 0"),
            ("code", "the code of the reason, default 1014"),
            ("message", "the message of the reason"),
        ],
        effect: "one record of a sync or delete is skipped; the others are applied",
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
                "the number of characters that are stored; default 0: the field is not written",
            ),
        ],
        effect: "a sync succeeds, but does not store the value of a field, or only its beginning",
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
        effect: "one row of the result is missing, although its record was applied",
        read: |reader| {
            Ok(FaultKind::Alter(Alteration::OmitRow(
                reader.index("index")?,
            )))
        },
    },
    FaultType {
        name: "reverseRows",
        members: &[],
        effect: "the rows are in reverse order, each with its own seq",
        read: |_| Ok(FaultKind::Alter(Alteration::ReverseRows)),
    },
    FaultType {
        name: "numbersAsText",
        members: &[],
        effect: "all numbers except seq are in quotes",
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
        effect: "field names are in lower case",
        read: |_| Ok(FaultKind::Alter(Alteration::LowerCaseNames)),
    },
    FaultType {
        name: "otherWording",
        members: &[],
        effect: "messages of errors and reasons have other words; the codes stay",
        read: |_| Ok(FaultKind::Reword),
    },
    FaultType {
        name: "warning",
        members: &[("message", "the warning, default \"Simulated warning\"")],
        effect: "the call succeeds and the answer has a warning",
        read: |reader| {
            let message = reader.text("message")?;
            Ok(FaultKind::Warn(
                message.unwrap_or_else(|| "Simulated warning".to_owned()),
            ))
        },
    },
    FaultType {
        name: "truncate",
        members: &[],
        effect: "the call is executed, but the JSON of its answer is cut off in the middle",
        read: |_| Ok(FaultKind::Garble(Garbling::Truncate)),
    },
    FaultType {
        name: "noResult",
        members: &[],
        effect: "the call is executed, but its answer has no result",
        read: |_| Ok(FaultKind::Garble(Garbling::OmitResult)),
    },
    FaultType {
        name: "html",
        members: &[],
        effect: "the call is executed, but its answer is HTTP 200 with a page of HTML",
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
