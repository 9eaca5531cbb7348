//! The shapes of updates: what many records have in common, counted. Every changed field of every update is in exactly one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::model::{ObjectKind, Value};
use crate::plan::{Change, FieldChange, FieldChanges, number};

use super::numbers::{difference, sum};

/// Equal changes of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pub kind: &'static ObjectKind,
    pub field: Arc<str>,
    pub shape: Shape,
    /// How many records change so.
    pub count: usize,
    /// The indices of their changes in the plan.
    pub changes: Vec<usize>,
    /// The sum of the differences, of a number that is not sensitive.
    pub amount: Option<Decimal>,
}

/// What equal changes have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// The values must not be shown.
    Sensitive,
    /// Divided by a power of ten.
    Divided(u32),
    /// Multiplied by a power of ten.
    Multiplied(u32),
    /// Changed by so many percent.
    Percent(i32),
    /// From the same value to the same value.
    FromTo(Value, Value),
    /// To the same value from different ones.
    To(Value),
    /// To the same day or instant from different earlier ones.
    LaterTo(Value),
    EarlierTo(Value),
    /// To the next stage of the configured list.
    OneStepOn,
    /// To no value.
    Cleared,
    /// From no value, each to another one.
    Filled,
    /// A number, each to another larger one.
    Raised,
    Lowered,
    /// A day or an instant, each to another later one.
    Later,
    Earlier,
    /// A text, each to another one.
    Edited,
    /// Any other change.
    Other,
}

/// The largest power of ten that counts as a factor.
const LARGEST_POWER: u32 = 1_000_000;
/// The most percent that count as a share.
const MOST_PERCENT: i32 = 95;
/// The most characters of a value that a pattern shows.
const SHORT: usize = 60;
/// A field with more single values than this shows none of them.
const SINGLE_VALUES: usize = 8;

/// The changed fields of one shape, each with the index of its change.
type Members<'p> = Vec<(usize, &'p FieldChange)>;

/// What is needed to tell the shape of a change.
struct Shapes<'p> {
    /// How many updates set a field to a value, and the value before, if that is the same for all of them.
    afters: HashMap<(&'p str, &'p Value), (usize, Option<&'p Value>)>,
    /// How many values of a field are set once only.
    singles: HashMap<&'p str, usize>,
    /// The field of the stage, and the stages in order.
    stages: Option<(&'p str, &'p [Box<str>])>,
}

/// The patterns of all updates: by kind, the fields in this order first, the most frequent first.
pub(super) fn patterns(
    changes: &[Change],
    first: &[Arc<str>],
    stages: Option<(&str, &[Box<str>])>,
) -> Vec<Pattern> {
    let updates = changes.iter().enumerate().flat_map(|(index, change)| {
        let fields = change.updated_fields().into_iter();
        let fields = fields.flat_map(FieldChanges::iter);
        fields.map(move |field| (index, change.kind, field))
    });
    let updates: Vec<(usize, &'static ObjectKind, FieldChange)> = updates.collect();
    let shapes = Shapes::of(updates.iter().map(|(.., field)| field), stages);
    // In the order of their first members, so that the result does not depend on the map's.
    let mut groups: Vec<(&'static ObjectKind, Shape, Members<'_>)> = Vec::new();
    let mut places: HashMap<(&ObjectKind, &str, Shape), usize> = HashMap::new();
    for (index, kind, field) in &updates {
        let shape = shapes.shape(field);
        let place = places.entry((*kind, &*field.name, shape.clone()));
        let place = *place.or_insert_with(|| {
            groups.push((*kind, shape, Vec::new()));
            groups.len() - 1
        });
        groups[place].2.push((*index, field));
    }
    let mut of_field: BTreeMap<(&ObjectKind, usize, &str), Vec<Pattern>> = BTreeMap::new();
    for (kind, shape, fields) in groups {
        let name: &str = &fields[0].1.name;
        let place = first.iter().position(|first| **first == *name);
        let patterns = of_field.entry((kind, place.unwrap_or(first.len()), name));
        patterns.or_default().push(Pattern {
            kind,
            field: Arc::clone(&fields[0].1.name),
            shape,
            count: fields.len(),
            changes: fields.iter().map(|(index, _)| *index).collect(),
            amount: sum(fields.iter().map(|(_, field)| difference(field))),
        });
    }
    let sorted = of_field.into_values().flat_map(|mut patterns| {
        patterns.sort_by_key(|pattern| Reverse(pattern.count));
        patterns
    });
    sorted.collect()
}

impl<'p> Shapes<'p> {
    fn of(
        fields: impl Iterator<Item = &'p FieldChange>,
        stages: Option<(&'p str, &'p [Box<str>])>,
    ) -> Self {
        let mut afters: HashMap<_, (usize, Option<&Value>)> = HashMap::new();
        for field in fields.filter(|field| !field.sensitive) {
            let entry = afters.entry((&*field.name, &field.after));
            let (count, before) = entry.or_insert((0, Some(&field.before)));
            *count += 1;
            if *before != Some(&field.before) {
                *before = None;
            }
        }
        let mut singles: HashMap<&str, usize> = HashMap::new();
        for ((name, _), (count, _)) in &afters {
            *singles.entry(name).or_default() += usize::from(*count == 1);
        }
        Self {
            afters,
            singles,
            stages,
        }
    }

    fn shape(&self, field: &FieldChange) -> Shape {
        let FieldChange {
            name,
            before,
            after,
            sensitive,
            ..
        } = field;
        if *sensitive {
            return Shape::Sensitive;
        }
        if let Some(shape) = numeric(before, after) {
            return shape;
        }
        if self.is_one_step_on(field) {
            return Shape::OneStepOn;
        }
        if after.is_null() {
            return Shape::Cleared;
        }
        let (count, same) = self.afters[&(&**name, after)];
        let is_shown = count > 1 || self.singles[&**name] <= SINGLE_VALUES;
        let is_short = |value: &Value| {
            let text = value.to_string();
            text.chars().count() <= SHORT && !text.contains('\n')
        };
        match same {
            Some(before) if is_shown && is_short(before) && is_short(after) => {
                Shape::FromTo(before.clone(), after.clone())
            }
            None if is_short(after) => match direction(before, after) {
                Shape::Later => Shape::LaterTo(after.clone()),
                Shape::Earlier => Shape::EarlierTo(after.clone()),
                Shape::Sensitive
                | Shape::Divided(_)
                | Shape::Multiplied(_)
                | Shape::Percent(_)
                | Shape::FromTo(..)
                | Shape::To(_)
                | Shape::LaterTo(_)
                | Shape::EarlierTo(_)
                | Shape::OneStepOn
                | Shape::Cleared
                | Shape::Filled
                | Shape::Raised
                | Shape::Lowered
                | Shape::Edited
                | Shape::Other => Shape::To(after.clone()),
            },
            Some(_) | None => direction(before, after),
        }
    }

    fn is_one_step_on(&self, field: &FieldChange) -> bool {
        let Some((name, stages)) = self.stages else {
            return false;
        };
        let place = |value: &Value| {
            let text = value.to_string();
            stages.iter().position(|stage| **stage == *text)
        };
        *field.name == *name
            && place(&field.before)
                .zip(place(&field.after))
                .is_some_and(|(before, after)| after == before + 1)
    }
}

/// The shapes of a number that was multiplied. What was computed is rounded, so a value may be off by less than its last digit.
fn numeric(before: &Value, after: &Value) -> Option<Shape> {
    let (before, after) = (number(before)?, number(after)?);
    if before.is_zero() || after.is_zero() {
        return None;
    }
    let is = |exact: Option<Decimal>| exact.is_some_and(|exact| is_rounded(exact, after));
    let mut power = 10;
    while power <= LARGEST_POWER {
        let ten = Decimal::from(power);
        if is(before.checked_div(ten)) {
            return Some(Shape::Divided(power));
        }
        if is(before.checked_mul(ten)) {
            return Some(Shape::Multiplied(power));
        }
        power *= 10;
    }
    let change = after.checked_div(before)?.checked_sub(Decimal::ONE)?;
    let percent = change.checked_mul(Decimal::ONE_HUNDRED)?.round();
    let percent: i32 = percent.try_into().ok()?;
    if percent == 0 || percent.abs() > MOST_PERCENT {
        return None;
    }
    let times = Decimal::new(i64::from(100 + percent), 2);
    is(before.checked_mul(times)).then_some(Shape::Percent(percent))
}

/// Whether a value is this exact one, rounded to cents or to as many digits as it has.
fn is_rounded(exact: Decimal, value: Decimal) -> bool {
    let value = value.normalize();
    let strategies = [
        RoundingStrategy::MidpointAwayFromZero,
        RoundingStrategy::MidpointNearestEven,
        // Binary fractions round a half either way.
        RoundingStrategy::MidpointTowardZero,
    ];
    let scales = [2, value.scale().max(2)];
    exact == value
        || scales.iter().any(|scale| {
            strategies
                .iter()
                .any(|strategy| exact.round_dp_with_strategy(*scale, *strategy) == value)
        })
}

/// What is left to say of a value that is like no other.
fn direction(before: &Value, after: &Value) -> Shape {
    if before.is_null() {
        return Shape::Filled;
    }
    if let (Some(before), Some(after)) = (number(before), number(after)) {
        return if after > before {
            Shape::Raised
        } else {
            Shape::Lowered
        };
    }
    match (before, after) {
        (Value::Date(before), Value::Date(after)) if after > before => Shape::Later,
        (Value::Date(_), Value::Date(_)) => Shape::Earlier,
        (Value::Datetime(before), Value::Datetime(after)) if after > before => Shape::Later,
        (Value::Datetime(_), Value::Datetime(_)) => Shape::Earlier,
        (Value::Text(_), Value::Text(_)) => Shape::Edited,
        (
            Value::Null
            | Value::Text(_)
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Decimal(_)
            | Value::Date(_)
            | Value::Datetime(_),
            _,
        ) => Shape::Other,
    }
}
