//! `oppctl apply`: its arguments as settings and a goal, and how the run ended as output.

use crate::plan::Permits;
use crate::run::Reviewed;

use super::annotations::Shown;
use super::args::ApplyArgs;
use super::connect::with_instance;
use super::consent::{answerable, word};
use super::context::Context;
use super::events::Events;
use super::exit::{CliError, Exit};
use super::goal::{declared, of_file};
use super::plan_file::load;
use super::reports::{Finished, Reports, Tells};
use super::settings::of_sending;
use super::signals::Signals;
use super::terminal::Terminal;

pub(super) async fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, CliError> {
    let annotations = Shown::of(args.annotations, true);
    let writes = &args.sending.writes;
    let reports = Reports::new("apply", Tells::Run, writes, annotations, &args.plans)?;
    let reports = reports.within(args.sending.page.markdown_limit);
    let events = Events::open(args.sending.events.as_ref(), writes, &args.plans)?;
    let mut finished = Finished::default();
    let result = carry_out(context, args, &events, &mut finished).await;
    reports.end(context, &finished, events, result)
}

async fn carry_out(
    context: &Context,
    args: &ApplyArgs,
    events: &Events,
    finished: &mut Finished,
) -> Result<Exit, CliError> {
    let ApplyArgs {
        paths,
        only,
        plans,
        allow_behind,
        annotations: _,
        sending,
    } = args;
    let answered = answerable(
        sending.yes,
        "apply",
        "review the output of `oppctl plan`, then add --yes",
    );
    if let Err(unanswered) = answered {
        // That the project is missing comes first.
        drop(context.load()?);
        return Err(unanswered);
    }
    let saved = plans.iter().map(|path| load(path).map(|(saved, _)| saved));
    let saved = saved.collect::<Result<_, _>>()?;
    let reviewed = Reviewed::of(saved, sending.expect.as_deref())?;
    let signals = Signals::listen()?;
    let Finished {
        instance, ended, ..
    } = finished;
    with_instance(context, instance, async |connected| {
        let word = word(&connected.instance, sending)?;
        let mut settings = of_sending(context, connected, sending).await?;
        if let Some(permits) = reviewed.as_ref().and_then(Reviewed::permits) {
            // `--allow-deletes` of the apply replaces that of the plans.
            let allow_deletes = settings.permits.allow_deletes.or(permits.allow_deletes);
            let mut allow_findings = permits.allow_findings;
            allow_findings.extend(settings.permits.allow_findings);
            settings.permits = Permits {
                allow_deletes,
                allow_findings,
                ..permits
            };
        }
        let goal = match reviewed.as_ref().and_then(Reviewed::first) {
            None => declared(connected, paths, only)?,
            Some(saved) => of_file(connected, &saved.file)?,
        };
        settings.reviewed = reviewed;
        settings.allow_behind = *allow_behind;
        let terminal = Terminal {
            context,
            connected,
            signals: &signals,
            events,
        };
        let ended = ended.insert(terminal.course(&settings, goal, word).await?);
        terminal.print_end_of_sending(ended)
    })
    .await
}
