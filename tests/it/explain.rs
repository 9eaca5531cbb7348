//! `oppctl explain`: it needs nothing, and finds what was meant.

use snapbox::str;

use crate::harness::Project;

#[test]
fn a_page_says_what_why_and_what_to_do() {
    let project = Project::empty();
    project.run("explain Too-Long").shows(str![[r#"
exit: 0
---- stdout
too-long: A text is longer than its field
Problems of manifests

The message names the limit and the length.

Why it matters: Marketo would refuse the record.

What to do: shorten the text.

    oppctl describe opportunity

Severity: error. It cannot be changed: a manifest with it has no certain meaning, or one that Marketo would refuse.

"#]]);
    project.run("explain 1017").shows(str![[r#"
exit: 0
---- stdout
1017: The record already exists
Codes of Marketo, and statuses of HTTP

What oppctl does: it finds out which record of the call is refused, reports it as rejected, and sends the others.

Why it matters: the record stays as it is, and an apply ends with exit 4.

What to do: plan again: somebody created the record meanwhile.

Sent to update sales persons, companies, opportunities or roles: another record already exists with these values; correct what Marketo's message names.

"#]]);
    project.run("explain exit-6").shows(str![[r#"
exit: 0
---- stdout
exit-6: Stale: something has changed since the plan was made
Exits of oppctl

The reviewed plan no longer matches the instance, the manifests or the ledger, or the checkout is behind the last apply. Nothing was sent.

Why it matters: what would be sent is not what was reviewed.

What to do: bring the checkout up to date, plan again, and have that reviewed.

    git pull
    oppctl plan

"#]]);
    project.run("explain amount-factor").shows(str![[r#"
exit: 0
---- stdout
amount-factor: An amount becomes 5 times larger or smaller, or more
What to look at first in a plan

The plan changes the amount of an existing record by at least this factor. From and to zero there is no factor.

Why it matters: this is what a slip of the decimal point, or of cents and whole units, looks like.

What to do: compare both sides. To refuse such plans, set the guard.

    guards: { maxAmountFactor: 5 }

Severity: warning. With `severity` in oppctl.yaml, `error` refuses the plan until it is allowed by its count, `info` only tells it, `off` hides it.

    severity: { amount-factor: error }

amount-factor: An amount changes by more than the factor that the guards allow
Why a plan is refused

The limit is `guards.maxAmountFactor`; it holds only if the configuration sets it. From and to zero there is no factor.

Why it matters: this is what a slip of the decimal point looks like.

What to do: correct the amounts. If they are right, raise the guard.

    guards: { maxAmountFactor: 10 }

"#]]);
}

#[test]
fn a_word_without_a_page_is_wrong_usage() {
    let project = Project::empty();
    project.run("explain stray").shows(str![[r#"
exit: 64
---- stderr
error: there is no page about `stray`
  hint: did you mean `stale` or `stray-manifest`?

"#]]);
    project.run("explain xyzzy").shows(str![[r#"
exit: 64
---- stderr
error: there is no page about `xyzzy`
  hint: `oppctl explain` lists all of them

"#]]);
}

/// Neither the configuration nor the directory matters.
#[test]
fn the_list_has_every_word_once_a_line() {
    let project = Project::empty();
    project.write("oppctl.yaml", "version: seven\n");
    let list = project.run("explain").exits(0).stdout;
    for word in [
        "unknown-field",
        "deletes-won",
        "orphan",
        "unread",
        "stale",
        "1003",
        "exit-64",
    ] {
        let lines = list
            .lines()
            .filter(|line| line.split_whitespace().next() == Some(word));
        let expected = if word == "unknown-field" { 2 } else { 1 };
        assert_eq!(lines.count(), expected, "{word}");
    }
}
