//! `oppctl plan`: shows what an apply would change, or what others have changed since the last one.

use crate::api::Source;
use crate::plan::PlanBasis;
use crate::render;
use crate::run::Planned;
use crate::snapshot::SnapshotInstance;

use super::annotations::Shown;
use super::args::{PlanArgs, PlanFormat, Refresh};
use super::connect::with_source;
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::goal::{changed_since, declared};
use super::output::text;
use super::plan_file;
use super::reports::{Finished, Reports, Tells};
use super::settings::of_planning;
use super::signals::Signals;
use super::snapshot;
use super::terminal::Terminal;

/// How the plan for an instance ended.
pub(super) struct PlanEnd {
    /// In one sentence.
    pub(super) verdict: String,
    pub(super) result: Result<Exit, CliError>,
}

pub(super) async fn run(context: &Context, args: &PlanArgs) -> Result<Exit, CliError> {
    one(context, args).await?.result
}

/// Plans for the instance of the context.
///
/// # Errors
/// The files to write are no good; nothing was done.
pub(super) async fn one(context: &Context, args: &PlanArgs) -> Result<PlanEnd, CliError> {
    let (command, tells) = if args.drift {
        ("drift", Tells::Drift)
    } else {
        ("plan", Tells::Plan)
    };
    let is_text = args.format == PlanFormat::Text && !args.digest;
    let annotations = Shown::of(args.annotations, is_text);
    let reports = Reports::new(command, tells, &args.writes, annotations, &args.out)?;
    let reports = reports.within(args.page.markdown_limit);
    let mut finished = Finished::default();
    let result = carry_out(context, args, &reports, &mut finished).await;
    let verdict = reports.verdict(context, &finished, &result);
    let result = reports.write(context, &finished, result);
    Ok(PlanEnd { verdict, result })
}

async fn carry_out(
    context: &Context,
    args: &PlanArgs,
    reports: &Reports<'_>,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    if let Some(path) = &args.out {
        plan_file::replaceable(path)?;
    }
    let signals = Signals::listen()?;
    let mut known = None;
    let Origin {
        basis,
        source,
        snapshot,
    } = origin(args).await?;
    let result = with_source(context, &mut known, source, async |connected| {
        if let Some(snapshot) = &snapshot {
            snapshot::check(snapshot, &connected.session.instance)?;
        }
        let goal = match &args.changed_since {
            Some(revision) => changed_since(connected, revision).await?,
            None => declared(connected, &args.paths, &args.only)?,
        };
        let mut settings = of_planning(context, connected, &args.page, &args.allow).await?;
        settings.basis = basis;
        let terminal = Terminal {
            context,
            connected,
            signals: &signals,
            events: &Events::default(),
        };
        finished.ended = Some(terminal.preview(&settings, goal).await?);
        show(&terminal, args, reports, finished)
    })
    .await;
    finished.instance = known;
    result
}

/// Where a plan has what it compares the manifests with.
struct Origin {
    basis: PlanBasis,
    source: Source,
    /// The instance of the snapshot, if it is made from one.
    snapshot: Option<SnapshotInstance>,
}

async fn origin(args: &PlanArgs) -> Result<Origin, CliError> {
    let of = |basis, source| Origin {
        basis,
        source,
        snapshot: None,
    };
    let Some(path) = &args.against else {
        return Ok(match args.refresh {
            Refresh::Instance => of(PlanBasis::Instance, Source::Instance),
            Refresh::Ledger => of(PlanBasis::Ledger, Source::Nothing),
        });
    };
    let loaded = snapshot::load(path, args.identity.as_deref()).await?;
    let basis = PlanBasis::Snapshot { time: loaded.time };
    let (instance, source) = snapshot::source(loaded);
    Ok(Origin {
        snapshot: Some(instance),
        ..of(basis, source)
    })
}

fn show(
    terminal: &Terminal<'_>,
    args: &PlanArgs,
    reports: &Reports<'_>,
    finished: &Finished,
) -> Result<Exit, CliError> {
    let Some(ended) = &finished.ended else {
        return Ok(Exit::Done);
    };
    let Some(planned) = &ended.planned else {
        return terminal.print_end(ended);
    };
    if args.drift {
        return drift(terminal.context, planned, args.format, reports, finished);
    }
    if let Some(path) = &args.out {
        plan_file::save(path, planned)?;
    }
    let context = terminal.context;
    let ended = terminal.print_end(ended);
    let mut result = ended.map_err(|error| error.of_preview().completed(&context.invocation));
    if matches!(result, Ok(Exit::Done)) && args.exit_code && planned.plan.is_pending() {
        result = Ok(Exit::Pending);
    }
    let text = match args.format {
        _ if args.digest => format!("{}\n", planned.digest),
        PlanFormat::Text => terminal.plan(planned),
        PlanFormat::Json => plan_file::text(planned)?,
        PlanFormat::Markdown => reports.markdown(context, finished, &result),
        PlanFormat::Html => reports.html(context, finished, &result),
    };
    match args.format {
        PlanFormat::Text => context.out.text(&text)?,
        PlanFormat::Json | PlanFormat::Markdown | PlanFormat::Html => context.out.data(&text)?,
    }
    result
}

/// Prints what others have changed.
fn drift(
    context: &Context,
    planned: &Planned,
    format: PlanFormat,
    reports: &Reports<'_>,
    finished: &Finished,
) -> Result<Exit, CliError> {
    let Planned { plan, sources, .. } = planned;
    if plan.owned.is_none() {
        return Err(CliError::new(
            Exit::Invalid,
            "drift needs a ledger, which records what was applied last",
        )
        .hint("write `ownership: { ledger: FOLDER }` into the configuration"));
    }
    let result = Ok(if plan.drift.is_empty() {
        Exit::Done
    } else {
        Exit::Pending
    });
    match format {
        PlanFormat::Text => context.out.text(&text(|out| {
            render::drift(plan, sources, &context.invocation, out)
        }))?,
        PlanFormat::Json => context
            .out
            .data(&reports.json(context, finished, &result)?)?,
        PlanFormat::Markdown => context
            .out
            .data(&reports.markdown(context, finished, &result))?,
        PlanFormat::Html => context
            .out
            .data(&reports.html(context, finished, &result))?,
    }
    result
}
