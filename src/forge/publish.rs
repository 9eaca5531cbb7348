//! The protocol of `publish`: the comment or the issue, then the check.
//!
//! A check that could be set is set even where there is nothing to comment on, but not after a plan that comes too late: with a pull
//! request that is merged, or was pushed to, nothing of it is shown. A lost answer to the creation of a comment is not
//! repeated: the comments are read again, and the one that exists is brought up to date.
//!
//! Two runs at once may both find no comment, and create one each. So whoever has created one reads again: the oldest stays and gets the
//! newer text, and the younger one is deleted by the run that has created it. If that run ends before, the next one deletes it. Issues
//! cannot be deleted: the younger one is closed.

use super::calls::{Check, Forge, Post, Pull, PullState};
use super::error::ForgeError;
use super::marker::{Marker, Slot, is_same};
use super::outcome::Published;

/// The most readings of the comments or issues.
const MOST_READINGS: usize = 3;

/// The most characters of the title of an issue: 255 on GitLab, 256 on GitHub.
const MOST_OF_TITLE: usize = 255;

/// Something that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// "comment on pull request 7", "drift issue 12", "check oppctl plan (production)".
    pub what: String,
    pub done: Done,
}

/// What was done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    Created,
    Updated,
    /// It was as it should be.
    Unchanged,
    Closed,
    /// The conclusion of a check.
    Concluded(&'static str),
}

impl Done {
    /// A word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Closed => "closed",
            Self::Concluded(conclusion) => conclusion,
        }
    }
}

/// Publishes what a command came to. The steps that were done come with an error too. `name` is the instance's.
pub(crate) async fn publish<F: Forge>(
    forge: &F,
    published: &Published,
    name: &str,
) -> (Vec<Step>, Result<(), ForgeError>) {
    let mut steps = Vec::new();
    let marker = Marker::of(&published.page);
    let marker = marker.expect("what is published has been read, and has a marker");
    let slot = Slot::of(marker, name);
    let posted = if marker.command == "drift" {
        issue(forge, published, &slot, &mut steps).await
    } else {
        comment(forge, published, &slot, &mut steps).await
    };
    if posted.as_ref().is_err_and(ForgeError::is_too_late) {
        return (steps, posted);
    }
    let check = check_name(marker.command, name);
    let set = Check {
        name: &check,
        conclusion: published.conclusion,
        title: &published.verdict,
        summary: &published.page,
        annotations: &published.annotations,
    };
    let set = forge.set_check(&set).await;
    if set.is_ok() {
        steps.push(Step {
            what: format!("check {check}"),
            done: Done::Concluded(published.conclusion.word()),
        });
    }
    (steps, posted.and(set))
}

/// The name of the check of a command on an instance.
pub(super) fn check_name(command: &str, name: &str) -> String {
    format!("oppctl {command} ({name})")
}

async fn comment<F: Forge>(
    forge: &F,
    published: &Published,
    slot: &Slot<'_>,
    steps: &mut Vec<Step>,
) -> Result<(), ForgeError> {
    let pull = pull(forge, slot.command).await?;
    let planned = (slot.command == "plan").then_some(pull.head.as_str());
    let body = slot.named(&published.page, planned);
    fits::<F>(&body)?;
    let mut readings = 0;
    let done = loop {
        readings += 1;
        let posts = forge.comments(&pull).await?;
        match slot.all(&posts).split_first() {
            Some((oldest, younger)) => {
                // Whoever runs a finished job again still sees what it did, and how to undo it.
                let is_done = published.is_idle || is_same(&oldest.body, &body);
                if !is_done {
                    forge.edit_comment(&pull, oldest.id, &body).await?;
                }
                for post in younger {
                    forge.delete_comment(&pull, post.id).await?;
                }
                break if is_done {
                    Done::Unchanged
                } else {
                    Done::Updated
                };
            }
            None => match forge.add_comment(&pull, &body).await {
                Ok(post) => {
                    let id = ours(forge, post)?;
                    let posts = forge.comments(&pull).await?;
                    let Some(oldest) = older(slot, &posts, id) else {
                        break Done::Created;
                    };
                    forge.edit_comment(&pull, oldest, &body).await?;
                    forge.delete_comment(&pull, id).await?;
                    break Done::Updated;
                }
                Err(error) if error.is_uncertain() && readings < MOST_READINGS => {}
                Err(error) => return Err(error),
            },
        }
    };
    let what = format!("comment on {} {}", F::PULL, pull.number);
    steps.push(Step { what, done });
    Ok(())
}

/// The pull request to comment on. A plan is posted only where it was proposed: on a merged one it would be taken for reviewed.
async fn pull<F: Forge>(forge: &F, command: &str) -> Result<Pull, ForgeError> {
    let pull = match forge.proposed() {
        Some(pull) => pull,
        None if command == "plan" => return Err(ForgeError::NoPull { pull: F::PULL }),
        None => {
            let merged = forge.merged(forge.commit()).await?.into_iter().next();
            return Ok(merged.ok_or(ForgeError::NoPull { pull: F::PULL })?.pull);
        }
    };
    if command == "plan" {
        can_be_reviewed(forge, &pull).await?;
    }
    Ok(pull)
}

/// Refuses a plan that comes too late. The variables of a run say how the pull request was when the run began first.
async fn can_be_reviewed<F: Forge>(forge: &F, pull: &Pull) -> Result<(), ForgeError> {
    let now = forge.now(pull.number).await?;
    let (kind, number) = (F::PULL, pull.number);
    let became = match now.state {
        PullState::Open if now.head == pull.head => return Ok(()),
        PullState::Open => {
            return Err(ForgeError::Superseded {
                pull: kind,
                number,
                planned: short(&pull.head),
                head: short(&now.head),
            });
        }
        PullState::Merged => "merged",
        PullState::Closed => "closed",
    };
    Err(ForgeError::NotOpen {
        pull: kind,
        number,
        became,
    })
}

/// The first digits of a commit, for people.
pub(super) fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

/// Keeps one open issue while there is drift. A comparison that failed leaves it as it is.
async fn issue<F: Forge>(
    forge: &F,
    published: &Published,
    slot: &Slot<'_>,
    steps: &mut Vec<Step>,
) -> Result<(), ForgeError> {
    let Some(has_drift) = published.has_drift else {
        return Ok(());
    };
    let body = slot.named(&published.page, None);
    fits::<F>(&body)?;
    let title = format!("oppctl {}: {}", slot.name, published.verdict);
    let title: String = title.chars().take(MOST_OF_TITLE).collect();
    let mut readings = 0;
    let (number, done) = loop {
        readings += 1;
        let posts = forge.open_issues().await?;
        match slot.all(&posts).split_first() {
            None if !has_drift => return Ok(()),
            Some((oldest, younger)) if !has_drift => {
                let why = format!("Closed: {}.", published.verdict);
                for post in younger.iter().chain([oldest]) {
                    forge.close_issue(post.id, &why).await?;
                }
                break (oldest.id, Done::Closed);
            }
            Some((oldest, younger)) => {
                let is_done = is_same(&oldest.body, &body);
                if !is_done {
                    forge.edit_issue(oldest.id, &title, &body).await?;
                }
                for post in younger {
                    forge.close_issue(post.id, &same_as(oldest.id)).await?;
                }
                let done = if is_done {
                    Done::Unchanged
                } else {
                    Done::Updated
                };
                break (oldest.id, done);
            }
            None => match forge.open_issue(&title, &body).await {
                Ok(post) => {
                    let id = ours(forge, post)?;
                    let posts = forge.open_issues().await?;
                    let Some(oldest) = older(slot, &posts, id) else {
                        break (id, Done::Created);
                    };
                    forge.edit_issue(oldest, &title, &body).await?;
                    forge.close_issue(id, &same_as(oldest)).await?;
                    break (oldest, Done::Updated);
                }
                Err(error) if error.is_uncertain() && readings < MOST_READINGS => {}
                Err(error) => return Err(error),
            },
        }
    };
    let what = format!("drift issue {number}");
    steps.push(Step { what, done });
    Ok(())
}

/// The oldest post of ours, if another run has created one before this one.
fn older(slot: &Slot<'_>, posts: &[Post], than: u64) -> Option<u64> {
    let oldest = slot.all(posts).first()?.id;
    (oldest < than).then_some(oldest)
}

/// Why an issue is closed that another run has opened too.
fn same_as(oldest: u64) -> String {
    format!("Closed: #{oldest} is about the same.")
}

/// Its id, if it is found again by the next run.
fn ours<F: Forge>(forge: &F, post: Post) -> Result<u64, ForgeError> {
    if post.is_ours {
        return Ok(post.id);
    }
    Err(ForgeError::OtherAuthor {
        author: post.author,
        expected: forge.author().to_owned(),
    })
}

fn fits<F: Forge>(body: &str) -> Result<(), ForgeError> {
    let (characters, most) = (body.chars().count(), F::MOST_OF_COMMENT);
    if characters <= most {
        return Ok(());
    }
    Err(ForgeError::TooLong {
        forge: F::NAME,
        characters,
        most,
    })
}
