//! A value is read as it was written, whatever the type of its field.

use jiff::Timestamp;
use jiff::civil::Date;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::sample::{begin, change, field, key};
use crate::apply::tests::bench::log::Log;
use crate::model::kind::OPPORTUNITY;
use crate::model::{DataType, Value};
use crate::plan::{Action, Plan};

fn value() -> impl Strategy<Value = Value> {
    let decimal = (any::<i64>(), 0..=28_u32);
    let instant = -2_000_000_000_i64..10_000_000_000;
    prop_oneof![
        Just(Value::Null),
        any::<String>().prop_map(|text| Value::Text(text.into())),
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        decimal.prop_map(|(digits, scale)| Value::Decimal(Decimal::new(digits, scale))),
        (1..=9999_i16, 1..=12_i8, 1..=28_i8)
            .prop_map(|(year, month, day)| Value::Date(Date::constant(year, month, day))),
        instant.prop_map(|second| Value::Datetime(Timestamp::from_second(second).unwrap().into())),
    ]
}

fn data_type() -> impl Strategy<Value = DataType> {
    let names = [
        "boolean", "currency", "date", "datetime", "email", "float", "integer", "percent", "phone",
        "score", "string", "text", "textarea", "url", "formula",
    ];
    prop::sample::select(names.to_vec()).prop_map(DataType::named)
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        fields in prop::collection::vec((any::<String>(), data_type(), value(), value()), 0..6),
        name in any::<String>(),
    ) {
        let fields = fields.into_iter().map(|(name, data_type, before, after)| {
            field(&name, data_type, before, after, false)
        });
        let fields = fields.collect();
        let action = Action::Update { id: name.as_str().into(), fields };
        let plan = Plan {
            changes: vec![change(&OPPORTUNITY, key(&name), action, 1)],
            ..Plan::default()
        };
        let log = Log::default();
        drop(begin(&log, &plan, true));
        let run = log.read().unwrap();
        assert_eq!(run.changes[0].fields(), plan.changes[0].fields());
        // Equal decimals can have different digits, but the digits that are shown and sent must stay.
        let shown = |changes: &[crate::plan::Change]| format!("{changes:?}");
        assert_eq!(shown(&run.changes), shown(&plan.changes));
    }
}
