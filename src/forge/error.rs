//! Why a forge could not be used. No message has the token, nor more of the forge's answer than its own sentence.

use reqwest::StatusCode;
use thiserror::Error;

/// Why a forge could not be used, or why there is nothing that was reviewed.
#[derive(Debug, Error)]
pub enum ForgeError {
    #[error("{variable} is not set")]
    NoVariable {
        variable: &'static str,
        forge: &'static str,
    },
    #[error("{variable} {why}")]
    Variable {
        variable: &'static str,
        why: &'static str,
    },
    #[error("cannot read {path}, which {variable} names")]
    Event {
        variable: &'static str,
        path: String,
        source: std::io::Error,
    },
    #[error("{path}, which {variable} names, is not the event of a run: {why}")]
    NotAnEvent {
        variable: &'static str,
        path: String,
        why: &'static str,
    },
    #[error("cannot set up the HTTP client")]
    Setup { source: reqwest::Error },
    #[error("cannot {does}: {forge} does not know the token (401)")]
    Token {
        does: &'static str,
        forge: &'static str,
        variable: &'static str,
    },
    #[error(
        "cannot {does}: the token lacks a permission ({status}){}",
        said(message)
    )]
    Denied {
        does: &'static str,
        status: u16,
        permission: &'static str,
        message: String,
    },
    #[error("cannot {does}: not found (404)")]
    NotFound {
        does: &'static str,
        permission: &'static str,
    },
    #[error("cannot {does}: the rate limit of {forge} is used up, {}", until(*wait))]
    RateLimit {
        does: &'static str,
        forge: &'static str,
        /// How long it lasts, in seconds.
        wait: u64,
    },
    #[error("cannot {does}: {forge} answered with {status}")]
    Unavailable {
        does: &'static str,
        forge: &'static str,
        status: u16,
    },
    #[error("cannot {does}: {forge} refused it ({status}){}", said(message))]
    Refused {
        does: &'static str,
        forge: &'static str,
        status: u16,
        message: String,
    },
    #[error(
        "cannot {does}: {forge} points to another address ({status}), which gets neither the call nor the token"
    )]
    Redirected {
        does: &'static str,
        forge: &'static str,
        status: u16,
    },
    #[error("cannot {does}: there is no answer from {forge}")]
    NoAnswer {
        does: &'static str,
        forge: &'static str,
        source: reqwest::Error,
    },
    #[error("cannot {does}: the answer of {forge} is not what its documentation says: {what}")]
    Misread {
        does: &'static str,
        forge: &'static str,
        what: &'static str,
    },
    #[error("the text has {characters} characters, and a comment of {forge} has at most {most}")]
    TooLong {
        forge: &'static str,
        characters: usize,
        most: usize,
    },
    #[error("the comment was written as {author}, not as {expected}")]
    OtherAuthor { author: String, expected: String },
    #[error("this run is not about a {pull}: its text was not posted")]
    NoPull { pull: &'static str },
    #[error(
        "{pull} {number} is {became} already: the plan was not posted, because nobody reviews it any more"
    )]
    NotOpen {
        pull: &'static str,
        number: u64,
        became: &'static str,
    },
    #[error(
        "the plan is for the commit {planned}, and the last one of {pull} {number} is {head}: it was not posted"
    )]
    Superseded {
        pull: &'static str,
        number: u64,
        planned: String,
        head: String,
    },
    #[error(
        "the commit {commit} does not come from a {pull} that was merged into {branch}, so its plan was not reviewed; nothing is to be applied"
    )]
    NotMerged {
        commit: String,
        pull: &'static str,
        branch: String,
    },
    #[error(
        "the commit {commit} is the merge of several {pull}s, {numbers}: which plan was reviewed for it is not known; nothing is to be applied"
    )]
    SeveralMerged {
        commit: String,
        pull: &'static str,
        /// With "and" before the last.
        numbers: String,
    },
    #[error("{pull} {number} has no plan to apply: {why}")]
    NotReviewed {
        pull: &'static str,
        number: u64,
        why: String,
    },
}

impl ForgeError {
    /// The way out.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoVariable { variable, forge } => match *variable {
                "GITHUB_TOKEN" => "give the step `env: { GITHUB_TOKEN: ${{ github.token }} }`".to_owned(),
                "GITLAB_TOKEN" => "create a project access token with the scope `api` and the role Developer, and give it to the job as the masked variable GITLAB_TOKEN".to_owned(),
                _ => format!("run this in a job of {forge}, which sets it"),
            },
            Self::Token { variable, .. } => {
                format!("look at {variable}: it may have expired, or belong to another server")
            }
            Self::Denied { permission, .. } => format!("give the token {permission}"),
            Self::NotFound { permission, .. } => {
                format!("a token that may not see something gets the same answer: give it {permission}")
            }
            Self::RateLimit { .. } | Self::Unavailable { .. } | Self::NoAnswer { .. } => {
                "run the job again later: what is there already is brought up to date, not doubled".to_owned()
            }
            Self::Redirected { .. } => {
                "start a new run: if the repository was renamed or moved, its variables have the new name".to_owned()
            }
            Self::Event { variable, .. } | Self::NotAnEvent { variable, .. } => {
                format!("leave {variable} as the run has set it; in a container, mount the file there too")
            }
            Self::TooLong { .. } => {
                "write it with --markdown-limit, for example `--markdown-limit github`".to_owned()
            }
            Self::OtherAuthor { author, .. } => {
                format!("name the user of the token: --author {}", crate::model::shell_word(author))
            }
            Self::NoPull { pull } => format!(
                "publish a plan in the run that the {pull} starts, and an apply in the run of its merge"
            ),
            Self::NotOpen { pull, became: "merged", .. } => format!(
                "to apply what was merged, run the job of the merge again; for a new plan open a {pull}, one with an empty commit is enough"
            ),
            Self::NotOpen { pull, .. } => format!("open it again, or open another {pull}"),
            Self::Superseded { pull, head, .. } => format!(
                "the run for {head} posts its own plan; if there is none, push to the {pull}"
            ),
            Self::NotMerged { pull, .. } | Self::SeveralMerged { pull, .. } => {
                format!("open a {pull}; one with an empty commit is enough")
            }
            Self::NotReviewed { pull, .. } => {
                format!("open a {pull} with an empty commit, and merge it when its plan is there")
            }
            Self::Variable { .. }
            | Self::Setup { .. }
            | Self::Refused { .. }
            | Self::Misread { .. } => return None,
        })
    }

    /// Whether the forge may have done what was asked, although it did not say so.
    pub(super) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::NoAnswer { .. })
    }

    /// Whether a plan was not posted because of what has become of its pull request.
    pub(super) fn is_too_late(&self) -> bool {
        matches!(self, Self::NotOpen { .. } | Self::Superseded { .. })
    }

    /// Whether a status means that what was asked for does not exist.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

/// What an answer with this status means, if no later try can change it. `message` is the forge's own sentence.
pub(super) fn of_status(
    status: StatusCode,
    does: &'static str,
    permission: &'static str,
    (forge, variable): (&'static str, &'static str),
    message: String,
) -> ForgeError {
    let code = status.as_u16();
    match code {
        401 => ForgeError::Token {
            does,
            forge,
            variable,
        },
        403 => ForgeError::Denied {
            does,
            status: code,
            permission,
            message,
        },
        404 => ForgeError::NotFound { does, permission },
        500.. => ForgeError::Unavailable {
            does,
            forge,
            status: code,
        },
        _ => ForgeError::Refused {
            does,
            forge,
            status: code,
            message,
        },
    }
}

fn said(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(": {message}"),
    }
}

fn until(wait: u64) -> String {
    match wait.div_ceil(60) {
        0 | 1 => "for a minute".to_owned(),
        minutes => format!("for {minutes} minutes"),
    }
}
