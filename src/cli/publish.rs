//! `oppctl publish`: what a command came to, for a forge; and the plans that were reviewed there.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::forge::{self, Forge, Github, GithubRun, Gitlab, GitlabRun, KeptAt, Published};
use crate::git::first_parents;
use crate::regular_file::read_text;
use crate::render::escaped;

use super::annotations::append;
use super::args::{GithubArgs, GitlabArgs, PublishArgs, PublishCommand};
use super::context::Context;
use super::exit::{CliError, Exit};
use super::files::replace;

/// The most commits among which plans are looked for that were reviewed and not applied.
const MOST_COMMITS: usize = 20;

pub(super) async fn run(context: &Context, command: &PublishCommand) -> Result<Exit, CliError> {
    match command {
        PublishCommand::Github(args) => github(context, args).await,
        PublishCommand::Gitlab(args) => gitlab(context, args).await,
    }
}

async fn github(context: &Context, args: &GithubArgs) -> Result<Exit, CliError> {
    let GithubArgs {
        publish,
        sarif,
        author,
    } = args;
    let published = published(publish, sarif.as_deref())?;
    if let Some(published) = &published
        && let Some(file) = env::var_os("GITHUB_OUTPUT").filter(|file| !file.is_empty())
    {
        append(Path::new(&file), &outputs(published))?;
    }
    let run = GithubRun::of(&variable, |path| read_text(Path::new(path)))?;
    let forge = Github::new(run, author)?;
    carry_out(context, publish, published, &forge).await
}

async fn gitlab(context: &Context, args: &GitlabArgs) -> Result<Exit, CliError> {
    let GitlabArgs { publish, job, path } = args;
    let published = published(publish, None)?;
    let kept = KeptAt {
        job: job.clone(),
        path: path.clone(),
    };
    let forge = Gitlab::new(GitlabRun::of(&variable)?, kept).await?;
    carry_out(context, publish, published, &forge).await
}

async fn carry_out<F: Forge>(
    context: &Context,
    args: &PublishArgs,
    published: Option<Published>,
    forge: &F,
) -> Result<Exit, CliError> {
    match (published, &args.reviewed) {
        (Some(published), _) => {
            let name = name(context, published.instance())?;
            let (steps, ended) = forge::publish(forge, &published, &name).await;
            for step in steps {
                let line = format!("{}: {}\n", escaped(&step.what), step.done.word());
                context.out.data(&line)?;
            }
            ended?;
            Ok(Exit::Done)
        }
        (None, Some(folder)) => {
            let name = name(context, None)?;
            reviewed(context, folder, &name, forge).await
        }
        // The arguments say that one of them is there.
        (None, None) => Ok(Exit::Done),
    }
}

/// Writes the reviewed plans into a folder, named in the order of their merges.
async fn reviewed<F: Forge>(
    context: &Context,
    folder: &Path,
    name: &str,
    forge: &F,
) -> Result<Exit, CliError> {
    let unwritable = |source: io::Error| {
        CliError::new(Exit::Failed, format!("cannot create {}", folder.display()))
            .caused_by(&source)
            .hint("name a directory that does not exist: each plan in it is applied")
    };
    fs::create_dir(folder).map_err(unwritable)?;
    let mut commits = first_parents(Path::new("."), MOST_COMMITS).await;
    match commits.first() {
        None => commits.push(forge.commit().to_owned()),
        Some(head) if head == forge.commit() => {}
        Some(head) => {
            let message = format!(
                "the checkout is at the commit {head}, and the run is about {}",
                forge.commit()
            );
            return Err(CliError::new(Exit::Failed, message)
                .hint("check out the commit that started the run"));
        }
    }
    let found = forge::reviewed(forge, name, &commits).await?;
    for skipped in found.skipped {
        let line = format!(
            "{} {} has no plan to apply: {}\n",
            F::PULL,
            skipped.number,
            escaped(&skipped.why)
        );
        context.out.message(&line);
    }
    for (index, (number, text)) in (1..).zip(&found.plans) {
        let path = folder.join(format!("{index:02}-{number}.json"));
        replace(&path, text)?;
        let path = path.display().to_string();
        let line = format!("plan of {} {number}: {}\n", F::PULL, escaped(&path));
        context.out.data(&line)?;
    }
    Ok(Exit::Done)
}

/// The documents to publish.
fn published(args: &PublishArgs, sarif: Option<&Path>) -> Result<Option<Published>, CliError> {
    let (Some(page), Some(document)) = (&args.markdown, &args.json) else {
        return Ok(None);
    };
    let read = |path: &Path| {
        read_text(path).map_err(|source| {
            CliError::new(Exit::Failed, format!("cannot read {}", path.display()))
                .caused_by(&source)
                .hint("the command before writes it, even if it fails: look at its output")
        })
    };
    let texts = [read(page)?, read(document)?];
    let annotations = sarif.map(read).transpose()?;
    let published = Published::of(&texts[0], &texts[1], annotations.as_deref());
    let published = published.map_err(|(index, error)| {
        let paths: [Option<&Path>; 3] = [Some(page), Some(document), sarif];
        let path = paths[index].map_or_else(PathBuf::new, Path::to_owned);
        let message = format!("{} cannot be published", path.display());
        CliError::new(Exit::Invalid, message).caused_by(&error)
    })?;
    Ok(Some(published))
}

/// The name of the instance: as the document says, as the arguments say, or that of the configuration.
fn name(context: &Context, said: Option<&str>) -> Result<String, CliError> {
    if let (Some(said), Some(asked)) = (said, context.instance.as_deref())
        && said != asked
    {
        let message = format!("the files are of the instance {said}, not of {asked}");
        return Err(CliError::new(Exit::Invalid, message)
            .hint("publish the files that the command has written for this instance"));
    }
    if let Some(name) = said.or(context.instance.as_deref()) {
        return Ok(name.to_owned());
    }
    let loaded = context.load()?;
    Ok(loaded.instance(None)?.name.clone())
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// What later steps of a workflow read. None of it has a text from a manifest or from Marketo.
fn outputs(published: &Published) -> String {
    format!(
        "verdict={}\ndigest={}\n",
        escaped(published.verdict()),
        published.digest().unwrap_or("none")
    )
}
