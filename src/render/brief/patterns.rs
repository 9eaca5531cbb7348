//! The shapes of updates in words.

use crate::brief::Shape;
use crate::model::grouped;
use crate::plan::MASK;

use crate::render::amounts::value;

/// The word for a shape in machine formats.
pub(super) fn code(shape: &Shape) -> &'static str {
    match shape {
        Shape::Sensitive => "sensitive",
        Shape::Divided(_) => "divided",
        Shape::Multiplied(_) => "multiplied",
        Shape::Percent(_) => "percent",
        Shape::FromTo(..) => "from-to",
        Shape::To(_) => "to",
        Shape::LaterTo(_) => "later-to",
        Shape::EarlierTo(_) => "earlier-to",
        Shape::OneStepOn => "one-step-on",
        Shape::Cleared => "cleared",
        Shape::Filled => "filled",
        Shape::Raised => "raised",
        Shape::Lowered => "lowered",
        Shape::Later => "later",
        Shape::Earlier => "earlier",
        Shape::Edited => "edited",
        Shape::Other => "other",
    }
}

/// A shape as people read it.
pub(super) fn text(shape: &Shape) -> String {
    let power = |times: u32| grouped(times as usize);
    match shape {
        Shape::Sensitive => format!("{MASK} changed"),
        Shape::Divided(times) => format!("÷ {}", power(*times)),
        Shape::Multiplied(times) => format!("× {}", power(*times)),
        Shape::Percent(percent) if *percent < 0 => format!("−{} %", percent.abs()),
        Shape::Percent(percent) => format!("+{percent} %"),
        Shape::FromTo(before, after) => format!("{} → {}", value(before), value(after)),
        Shape::To(after) => format!("various → {}", value(after)),
        Shape::LaterTo(after) => format!("moved later, to {}", value(after)),
        Shape::EarlierTo(after) => format!("moved earlier, to {}", value(after)),
        Shape::OneStepOn => "one step on".to_owned(),
        Shape::Cleared => "cleared".to_owned(),
        Shape::Filled => "filled in".to_owned(),
        Shape::Raised => "raised".to_owned(),
        Shape::Lowered => "lowered".to_owned(),
        Shape::Later => "moved later".to_owned(),
        Shape::Earlier => "moved earlier".to_owned(),
        Shape::Edited => "text edited".to_owned(),
        Shape::Other => "changed".to_owned(),
    }
}
