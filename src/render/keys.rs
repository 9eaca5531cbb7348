//! Keys in lists and ways out: the exact form stands beside the plain one where that can be read as another key.

use crate::keys::{exact_form, needs_exact_form};
use crate::model::{Key, ObjectKind, Record, shell_word};

use super::escape::{escaped, escaped_json};
use super::shortened::{LISTED, first};

/// The exact form of a key as it may be shown.
pub(super) fn shown_exact(key: &Key) -> String {
    escaped_json(&exact_form(key))
}

/// The exact form, if the plain one can be read as another key.
pub(super) fn exact_if_needed(kind: &ObjectKind, key: &Key) -> Option<String> {
    needs_exact_form(kind, key).then(|| shown_exact(key))
}

/// The key as people read it, and its exact form where that is needed.
#[must_use]
pub fn key_with_exact(kind: &ObjectKind, key: &Key) -> String {
    match exact_if_needed(kind, key) {
        Some(exact) => format!("{key}  {exact}"),
        None => key.to_string(),
    }
}

/// That a text of the command line can mean records of several kinds, and how to name one; nothing if they are of one kind.
#[must_use]
pub fn kinds_to_choose(
    text: &str,
    records: &[(&'static ObjectKind, Key)],
) -> Option<(String, String)> {
    let (first, _) = records.first()?;
    if records.iter().all(|(kind, _)| kind == first) {
        return None;
    }
    let named = records
        .iter()
        .map(|(kind, key)| format!("{} {}", kind.noun, escaped(&key.to_string())));
    let forms = records.iter().map(|(kind, key)| {
        let form = match kind.key.len() {
            1 => shell_word(&escaped(&format!("{}={key}", kind.name))),
            _ => format!("{}={}", kind.name, key_argument(key)),
        };
        format!("--only {form}")
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let forms = forms.collect::<Vec<_>>().join(" or ");
    Some((
        format!("`{text}` can mean each of {named}"),
        format!("name its kind too: {forms}"),
    ))
}

/// That an instance has no record with a key. It may answer another record in its place.
#[must_use]
pub fn not_found(
    instance: &str,
    kind: &ObjectKind,
    key: &Key,
    answered: Option<&Record>,
) -> String {
    let answered = answered.map_or_else(String::new, |record| {
        format!(
            " (it answers {}, which it takes for the same key)",
            record.key
        )
    });
    let missing = format!("{} {}{answered}", kind.noun, key_with_exact(kind, key));
    format!("not found in {instance}: {}", escaped(&missing))
}

/// That an instance has no record of a kind below this parent.
#[must_use]
pub fn childless(instance: &str, kind: &ObjectKind, parent: &Key) -> String {
    let missing = format!("any {} of {parent}", kind.noun);
    format!("not found in {instance}: {}", escaped(&missing))
}

/// The exact form as an argument on a command line.
#[must_use]
pub fn key_argument(key: &Key) -> String {
    // The exact form contains no apostrophe.
    format!("'{}'", shown_exact(key))
}

/// A declared record as an argument: by its key, or by the place of its entry if its key may name a lead by its address.
pub(super) fn entry_argument(kind: &ObjectKind, shown: &str, file: &str, line: usize) -> String {
    match kind.parent() {
        None => shell_word(shown),
        Some(_) => shell_word(&format!("{file}:{line}")),
    }
}

/// The first lines of a list, each with a line break, and how many more there are.
#[must_use]
pub fn first_lines(lines: &[String]) -> String {
    let (shown, more) = first(lines, LISTED);
    let mut text: String = shown.iter().map(|line| format!("{line}\n")).collect();
    if more > 0 {
        text.extend(["and ", &more.to_string(), " more\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::model::KeyValue;
    use crate::model::kind::{OPPORTUNITY, ROLE};

    #[test]
    fn a_key_that_can_be_read_as_another_one_has_its_exact_form_beside_it() {
        let role = |id: &str, role: &str| {
            Key::new(vec![
                KeyValue::Text(id.into()),
                KeyValue::Lead(1),
                KeyValue::Text(role.into()),
            ])
        };
        let rows = [
            (role("A-1", "Buyer"), "A-1 / 1 / Buyer"),
            (
                role("SO/2026/0001", "it's\u{1b}"),
                "SO/2026/0001 / 1 / it's\u{1b}  [\"SO/2026/0001\",1,\"it\\u0027s\\u001b\"]",
            ),
        ];
        for (key, expected) in rows {
            assert_eq!(key_with_exact(&ROLE, &key), expected);
        }
        let key = Key::new(vec![KeyValue::Text("SO/2026/0001".into())]);
        assert_eq!(key_with_exact(&OPPORTUNITY, &key), "SO/2026/0001");
        assert_eq!(key_argument(&key), "'[\"SO/2026/0001\"]'");
    }

    #[test]
    fn a_long_list_ends_with_a_count() {
        let lines: Vec<String> = (1..=22).map(|number| number.to_string()).collect();
        assert_eq!(first_lines(&lines[..2]), "1\n2\n");
        assert!(first_lines(&lines[..20]).ends_with("\n20\n"));
        assert!(first_lines(&lines).ends_with("\n20\nand 2 more\n"));
    }
}
