//! What a forge shows at the lines of a pull request: problems and refusals as errors, what to look at first as warnings. In the form of
//! GitHub's workflow commands, of GitLab's Code Quality reports, and of SARIF.
//!
//! A text from a manifest or from Marketo can neither begin a command of a CI system nor end the text that it stands in.

mod code_quality;
mod fingerprint;
mod github;
mod mark;
mod outputs;
mod path;
mod sarif;

pub use code_quality::code_quality;
pub(super) use code_quality::is_code_quality;
pub use github::github_annotations;
#[cfg(test)]
pub(super) use mark::MarkCode;
pub use mark::Marks;
pub use outputs::github_outputs;
pub(super) use sarif::is_sarif;
pub use sarif::sarif;
