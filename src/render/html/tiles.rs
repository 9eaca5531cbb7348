//! The numbers that matter most, one in each tile.

use std::collections::BTreeMap;

use super::markup::Markup;
use crate::model::ObjectKind;
use crate::plan::file::{SavedImpact, SavedSides};
use crate::plan::{ActionName, Change};
use crate::render::account::Account;
use crate::render::amounts::{short, signed};
use crate::render::brief::count;

/// A number, what it is, and what is in it.
struct Tile {
    class: &'static str,
    label: &'static str,
    number: String,
    below: String,
}

/// Writes the tiles.
pub(super) fn tiles(account: &Account<'_>, impact: Option<&SavedImpact>, page: &mut Markup) {
    let mut tiles = match account.run {
        None => by_action(account.changes),
        Some(_) => by_outcome(account),
    };
    tiles.extend(impact.into_iter().flat_map(of_pipeline));
    if tiles.is_empty() {
        return;
    }
    page.raw("<ul class=\"tiles\">");
    for tile in &tiles {
        let Tile {
            class,
            label,
            number,
            below,
        } = tile;
        page.raw("<li").attribute("class", class);
        page.raw("><span class=\"label\">").raw(label);
        page.raw("</span> <b>").text(number).raw("</b>");
        page.raw(" <span class=\"below\">")
            .text(below)
            .raw("</span></li>");
    }
    page.raw("</ul>");
}

fn by_action(changes: &[Change]) -> Vec<Tile> {
    let actions = [
        (ActionName::Create, "created", "new"),
        (ActionName::Update, "updated", "changed"),
        (ActionName::Adopt, "updated", "adopted"),
        (ActionName::Delete, "deleted", "deleted"),
    ];
    let tiles = actions.into_iter().filter_map(|(action, class, label)| {
        let members = changes.iter();
        let members = members.filter(|change| change.action.name() == action);
        let mut kinds: BTreeMap<&'static ObjectKind, usize> = BTreeMap::new();
        for change in members {
            *kinds.entry(change.kind).or_default() += 1;
        }
        let total: usize = kinds.values().sum();
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|(kind, number)| {
                let noun = if number == 1 { kind.noun } else { kind.nouns };
                format!("{} {noun}", count(number))
            })
            .collect();
        (total > 0).then(|| Tile {
            class,
            label,
            number: count(total),
            below: kinds.join(", "),
        })
    });
    tiles.collect()
}

fn by_outcome(account: &Account<'_>) -> Vec<Tile> {
    let tally = account.tally();
    let applied = tally.applied;
    let parts = [
        (applied.create, "created"),
        (applied.adopt, "adopted"),
        (applied.update, "updated"),
        (applied.delete, "deleted"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, word)| format!("{} {word}", count(*number)))
        .collect();
    let others = [
        ("bad", "rejected", tally.rejected, "Marketo refused them"),
        (
            "warning",
            "unknown",
            tally.unknown,
            "may or may not be written",
        ),
        (
            "warning",
            "not attempted",
            tally.not_attempted,
            "never sent",
        ),
    ];
    let applied = Tile {
        class: "good",
        label: "applied",
        number: count(applied.total()),
        below: parts.join(", "),
    };
    let others = others.into_iter().filter(|(_, _, number, _)| *number > 0);
    let others = others.map(|(class, label, number, below)| Tile {
        class,
        label,
        number: count(number),
        below: below.to_owned(),
    });
    std::iter::once(applied).chain(others).collect()
}

fn of_pipeline(impact: &SavedImpact) -> Vec<Tile> {
    let open = if impact.knows_closed {
        "open pipeline"
    } else {
        "pipeline"
    };
    let sides = [
        (open, &impact.open),
        ("won", &impact.won),
        ("lost", &impact.lost),
    ];
    let sides = sides
        .into_iter()
        .filter(|(_, sides)| sides.before.count + sides.after.count > 0);
    sides.map(|(label, sides)| of_sides(label, sides)).collect()
}

fn of_sides(label: &'static str, sides: &SavedSides) -> Tile {
    let SavedSides {
        name: _,
        before,
        after,
    } = sides;
    let counts = if before.count == after.count {
        format!("{} records", count(after.count))
    } else {
        format!("{} → {} records", count(before.count), count(after.count))
    };
    let Some((was, is)) = before.amount.zip(after.amount) else {
        return Tile {
            class: "sum",
            label,
            number: count(after.count),
            below: counts,
        };
    };
    let change = is.0.checked_sub(was.0).filter(|change| !change.is_zero());
    let change = change.map_or_else(String::new, |change| format!("{}, ", signed(change)));
    Tile {
        class: "sum",
        label,
        number: short(is.0),
        below: format!("{change}{counts}"),
    }
}
