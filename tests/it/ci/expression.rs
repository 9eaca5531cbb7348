//! The expressions of GitHub's workflows, as far as the page and the action use them.
//!
//! Source: docs.github.com, "Evaluate expressions in workflows and actions": a missing value is an empty text, and a condition without a
//! status function counts only while all steps have succeeded.

use std::collections::BTreeMap;

/// What expressions can name.
#[derive(Clone, Default)]
pub(super) struct Names(BTreeMap<String, String>);

/// What a name of an expression begins with.
const KNOWN: [&str; 7] = [
    "inputs.", "steps.", "github.", "secrets.", "vars.", "env.", "matrix.",
];

impl Names {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    fn value(&self, name: &str) -> String {
        let known = KNOWN.iter().any(|begin| name.starts_with(begin));
        assert!(known, "the expression {name} is unknown here");
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// A text with its expressions replaced.
    pub(super) fn text(&self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, expression)) = rest.split_once("${{") {
            let (expression, after) = expression.split_once("}}").expect("it has an end");
            text.push_str(before);
            let mut values = expression.split("||").map(|name| self.value(name.trim()));
            text.push_str(&values.find(|value| !value.is_empty()).unwrap_or_default());
            rest = after;
        }
        text + rest
    }

    /// Whether a step or a job runs, after a failure or without one.
    pub(super) fn holds(&self, condition: Option<&str>, has_failed: bool) -> bool {
        let Some(condition) = condition else {
            return !has_failed;
        };
        let inner = condition.trim().trim_start_matches("${{");
        let terms = inner.trim_end_matches("}}").split("&&").map(str::trim);
        let is_function = |term: &str| matches!(term, "always()" | "!cancelled()");
        let runs_anyway = terms.clone().any(is_function);
        let mut terms = terms.filter(|term| !is_function(term));
        (runs_anyway || !has_failed) && terms.all(|term| self.term(term))
    }

    fn term(&self, term: &str) -> bool {
        let operand = |text: &str| match text.strip_prefix('\'') {
            Some(literal) => literal.trim_end_matches('\'').to_owned(),
            None => self.value(text),
        };
        if let Some((left, right)) = term.split_once(" == ") {
            return operand(left) == operand(right);
        }
        let (left, right) = term.split_once(" != ").expect("terms compare");
        operand(left) != operand(right)
    }
}
