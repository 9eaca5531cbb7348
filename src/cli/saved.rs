//! Saved plans: written by `plan --out`, checked by `apply --plan` and `--expect`, shown by `show`.

use std::fs;
use std::path::Path;

use crate::config::LoadedConfig;
use crate::manifest::files;
use crate::plan::file::{self, About, Budget, InstanceEntry, PermitsEntry, PlanFile, Saved, read};
use crate::plan::guard;
use crate::render::{self, differ};

use super::args::Allow;
use super::commit::commit;
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::{has_folder, replace};
use super::goal::Goal;
use super::output::json;
use super::prepare::{Prepared, guards};
use super::session::Session;

/// The file of a plan, without its changes.
pub(super) fn head(
    prepared: &Prepared,
    loaded: &LoadedConfig,
    session: &Session,
    goal: &Goal,
    allow: &Allow,
) -> Result<PlanFile, CliError> {
    let Prepared { plan, sources, .. } = prepared;
    let refusals = guard(plan, guards(loaded), allow.allow_deletes);
    let (refusals, _) = render::refusals(&refusals, sources);
    let commit = commit(&loaded.root);
    let instance = loaded.instance(Some(&session.name))?;
    let (paths, undoes) = match goal {
        Goal::Declared(paths) => (files::shown(&loaded.root, paths)?, None),
        Goal::Undone(undone) => (Vec::new(), Some(undone.entry())),
    };
    let paths = paths.iter().map(|path| path.display().to_string());
    let about = About {
        instance: InstanceEntry {
            name: session.name.clone(),
            place: session.place.clone(),
            fingerprint: session.fingerprint.to_string(),
        },
        commit: commit.as_deref(),
        digest: &prepared.digest,
        paths: paths.collect(),
        undoes,
        permits: PermitsEntry {
            adopt_foreign: allow.adopt_foreign.clone(),
            with_undeclared: allow.with_undeclared_roles,
            allow_deletes: allow.allow_deletes,
        },
        confirm: instance.confirm,
        notes: render::notes(plan, sources),
        refusals,
        calls: Budget {
            plan: prepared.calls.counted(),
            apply: prepared.write_calls(),
            daily: loaded.config.limits.daily_calls as usize,
        },
    };
    Ok(file::head(plan, about))
}

/// The file of a plan.
pub(super) fn whole(prepared: &Prepared, head: PlanFile) -> PlanFile {
    let Prepared { plan, sources, .. } = prepared;
    PlanFile {
        changes: file::entries(&plan.changes, sources),
        ..head
    }
}

/// Saves a plan.
pub(super) fn save(path: &Path, file: &PlanFile) -> Result<(), CliError> {
    replaceable(path)?;
    replace(path, &json(file)?)
}

/// Reads a plan file, and gives its text too.
pub(super) fn load(path: &Path) -> Result<(Saved, String), CliError> {
    let text = fs::read_to_string(path).map_err(|source| {
        CliError::new(Exit::Failed, format!("cannot read {}", path.display()))
            .caused_by(&source)
            .hint("a plan is saved by `oppctl plan --out FILE`")
    })?;
    let saved = read(&text).map_err(|error| {
        CliError::new(
            Exit::Invalid,
            format!("{} is no plan to go by", path.display()),
        )
        .caused_by(&error)
        .hint("make one by `oppctl plan --out FILE`, with this version of oppctl")
    })?;
    Ok((saved, text))
}

/// Refuses to write a plan over anything but an older plan, or into a folder that is not there.
pub(super) fn replaceable(path: &Path) -> Result<(), CliError> {
    has_folder(path)?;
    let is_plan = |text: String| read(&text).is_ok();
    if path.exists() && !fs::read_to_string(path).is_ok_and(is_plan) {
        return Err(CliError::new(
            Exit::Failed,
            format!(
                "{} is there and is no plan, so no plan is written over it",
                path.display()
            ),
        )
        .hint("name another file with --out"));
    }
    Ok(())
}

/// What was allowed for a saved plan, and what is for its apply.
pub(super) fn allowed(permits: &PermitsEntry, allow: &Allow) -> Allow {
    Allow {
        adopt_foreign: permits.adopt_foreign.clone(),
        with_undeclared_roles: permits.with_undeclared,
        allow_deletes: allow.allow_deletes.or(permits.allow_deletes),
    }
}

/// What an apply was told to do and nothing else.
pub(super) struct Reviewed {
    /// The digest of the plan that was reviewed.
    digest: Box<str>,
    saved: Option<Saved>,
}

impl Reviewed {
    /// What the arguments say was reviewed, if they do.
    pub(super) fn of(
        plan: Option<&Path>,
        expected: Option<&str>,
    ) -> Result<Option<Self>, CliError> {
        let saved = plan.map(load).transpose()?.map(|(saved, _)| saved);
        let digest = saved.as_ref().map(|saved| saved.file.digest.as_str());
        if let Some((expected, digest)) = expected.zip(digest)
            && expected != digest
        {
            let message = format!(
                "--expect {expected} is not the digest of the plan file, {digest}; nothing was sent"
            );
            return Err(CliError::new(Exit::Stale, message));
        }
        let digest = expected.or(digest).map(Box::from);
        Ok(digest.map(|digest| Self { digest, saved }))
    }

    /// The plan file, if it was one.
    pub(super) fn file(&self) -> Option<&PlanFile> {
        Some(&self.saved.as_ref()?.file)
    }

    /// Refuses a plan that is another one, and shows what has changed.
    pub(super) fn check(
        &self,
        context: &Context,
        prepared: &Prepared,
        session: &Session,
    ) -> Result<(), CliError> {
        let stale =
            |message: String| CliError::new(Exit::Stale, format!("{message}; nothing was sent"));
        if let Some(saved) = &self.saved {
            let InstanceEntry {
                name, fingerprint, ..
            } = &saved.file.instance;
            if *fingerprint != *session.fingerprint.as_str() {
                return Err(stale(format!(
                    "the plan was made for the instance {name} ({fingerprint}), and this is {} ({})",
                    session.name, session.fingerprint
                ))
                .hint(format!("--instance {name} names that one, as the configuration had it then")));
            }
        }
        if *prepared.digest.as_str() == *self.digest {
            let saved = self.saved.as_ref();
            return match saved.filter(|saved| differ(&saved.changes, &prepared.plan.changes)) {
                None => Ok(()),
                Some(_) => Err(stale(
                    "the plan file was changed after it was made, and shows something else than its digest stands for".to_owned(),
                )),
            };
        }
        if let Some(saved) = &self.saved {
            let mut text = String::new();
            render::difference(&saved.changes, &prepared.plan.changes, &mut text)
                .expect("writing to a string cannot fail");
            context.out.data(&text)?;
            context.reports.difference(text);
        }
        Err(stale(format!(
            "the plan of today ({}) is not the one that was reviewed ({})",
            prepared.digest, self.digest
        ))
        .hint("review a new plan: something has changed in Marketo or in the manifests since"))
    }
}
