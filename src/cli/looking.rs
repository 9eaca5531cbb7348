//! The plan of a command that only looks at it: as `plan` makes it without flags.

use crate::run::{Ended, Goal};

use super::args::{AllowArgs, PageArgs};
use super::connect::Connected;
use super::context::Context;
use super::events::Events;
use super::exit::CliError;
use super::settings::of_planning;
use super::signals::Signals;
use super::terminal::Terminal;

/// Plans, and calls `doing` with how that ended and where it can be told.
pub(super) async fn look<T>(
    context: &Context,
    connected: &Connected,
    goal: Goal,
    doing: impl AsyncFnOnce(&Terminal<'_>, Ended) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let signals = Signals::listen()?;
    let (page, allow) = (PageArgs::default(), AllowArgs::default());
    let settings = of_planning(context, connected, &page, &allow).await?;
    let terminal = Terminal {
        context,
        connected,
        signals: &signals,
        events: &Events::default(),
    };
    let ended = terminal.preview(&settings, goal).await?;
    doing(&terminal, ended).await
}
