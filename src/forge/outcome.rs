//! What is published: the documents that a command wrote with `--write`, read as what a forge is told.

use serde_json::Value;
use thiserror::Error;

use super::annotation::{Annotation, annotations};
use super::calls::Conclusion;
use super::marker::Marker;

/// What a command came to, for a forge.
#[derive(Clone, Debug)]
pub struct Published {
    /// The page, from its marker on.
    pub(super) page: String,
    pub(super) verdict: String,
    pub(super) conclusion: Conclusion,
    /// The name of the instance in the configuration, if the command came so far.
    pub(super) instance: Option<String>,
    /// Whether others have changed something in Marketo; none if that is not known, or not the question.
    pub(super) has_drift: Option<bool>,
    /// Whether there was nothing to do, and so no run.
    pub(super) is_idle: bool,
    pub(super) annotations: Vec<Annotation>,
}

/// Why a document is not one that can be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutcomeError {
    #[error("it does not begin with the marker of a report: write it with --write markdown=FILE")]
    NotAPage,
    #[error("it is not a plan, a report or a drift of oppctl: write it with --write json=FILE")]
    NotADocument,
    #[error("it is of another run than the page: give both files of one command")]
    OtherRun,
    #[error("it is not a SARIF file of oppctl: write it with --write sarif=FILE")]
    NotSarif,
}

impl Published {
    /// The documents of one command.
    ///
    /// # Errors
    /// One of them is something else. The error comes with the index of the document.
    pub fn of(
        page: &str,
        document: &str,
        sarif: Option<&str>,
    ) -> Result<Self, (usize, OutcomeError)> {
        let marker = Marker::of(page).ok_or((0, OutcomeError::NotAPage))?;
        let value: Value = serde_json::from_str(document).unwrap_or_default();
        let read = facts(&value).ok_or((1, OutcomeError::NotADocument))?;
        if !read.run.is_of(marker, page) {
            return Err((1, OutcomeError::OtherRun));
        }
        let annotations = match sarif {
            None => Vec::new(),
            Some(text) => {
                let value = serde_json::from_str(text).unwrap_or_default();
                annotations(&value).ok_or((2, OutcomeError::NotSarif))?
            }
        };
        let Facts {
            verdict,
            conclusion,
            instance,
            has_drift,
            is_idle,
            run: _,
        } = read;
        Ok(Self {
            page: page.to_owned(),
            verdict,
            conclusion,
            instance,
            has_drift,
            is_idle,
            annotations,
        })
    }

    /// The name of the instance, if the command came so far.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// What the command came to, in one sentence.
    #[must_use]
    pub fn verdict(&self) -> &str {
        &self.verdict
    }

    /// The digest of the plan, if there is one.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        Marker::of(&self.page)?.digest()
    }
}

struct Facts {
    verdict: String,
    conclusion: Conclusion,
    instance: Option<String>,
    has_drift: Option<bool>,
    is_idle: bool,
    run: RunOf,
}

/// By what a page is told to be of the same run as a document.
enum RunOf {
    /// The digest and the fingerprint of the instance.
    Plan([Option<String>; 2]),
    /// The same, and the id of the run.
    Report([Option<String>; 2], Option<String>),
    Drift,
}

impl RunOf {
    fn is_of(&self, marker: Marker<'_>, page: &str) -> bool {
        let is_same = |[digest, fingerprint]: &[Option<String>; 2]| {
            marker.names(digest.as_deref(), fingerprint.as_deref())
        };
        match self {
            Self::Plan(of) => marker.command == "plan" && is_same(of),
            Self::Report(of, None) => marker.command != "drift" && is_same(of),
            Self::Report(of, Some(run)) => {
                !matches!(marker.command, "plan" | "drift")
                    && is_same(of)
                    && page.contains(&format!("run `{run}`"))
            }
            Self::Drift => marker.command == "drift",
        }
    }
}

/// What a document says. Plans, reports and drifts differ in their members.
fn facts(document: &Value) -> Option<Facts> {
    document["format_version"].as_str()?;
    let verdict = document["verdict"].as_str()?.to_owned();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(refusals) = document["refusals"].as_array()
        && document["seal"].is_string()
    {
        return Some(Facts {
            verdict,
            conclusion: if refusals.is_empty() {
                Conclusion::Success
            } else {
                Conclusion::Failure
            },
            instance: text(&document["instance"]["name"]),
            has_drift: None,
            is_idle: false,
            run: RunOf::Plan([
                text(&document["digest"]),
                text(&document["instance"]["fingerprint"]),
            ]),
        });
    }
    let exit = document["exit"].as_u64()?;
    let records = document["records"].as_array();
    let is_report = document["changes"].is_array();
    if records.is_none() && !is_report {
        return None;
    }
    let has_drift = records.filter(|_| matches!(exit, 0 | 2));
    Some(Facts {
        verdict,
        conclusion: match exit {
            2 if records.is_some() => Conclusion::Neutral,
            0 | 2 => Conclusion::Success,
            130 | 143 => Conclusion::Cancelled,
            _ => Conclusion::Failure,
        },
        instance: text(&document["instance"]),
        has_drift: has_drift.map(|records| !records.is_empty()),
        is_idle: is_report && exit == 0 && document["run"].is_null(),
        run: if is_report {
            let of = [text(&document["digest"]), text(&document["fingerprint"])];
            RunOf::Report(of, text(&document["run"]))
        } else {
            RunOf::Drift
        },
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    const PAGE: &str = "<!-- oppctl:v1 instance=f digest=none command=plan -->\n### x\n";

    fn read(document: &Value) -> Result<(Conclusion, Option<bool>), (usize, OutcomeError)> {
        let is_drift = document["records"].is_array();
        let page = PAGE.replace("plan", if is_drift { "drift" } else { "plan" });
        let published = Published::of(&page, &document.to_string(), None)?;
        Ok((published.conclusion, published.has_drift))
    }

    #[test]
    fn documents_have_a_conclusion() {
        let plan = |refusals: &[&str]| json!({ "format_version": "2.3", "verdict": "v", "refusals": refusals, "seal": "s", "instance": { "name": "p", "fingerprint": "f" } });
        let report = |exit: u8| json!({ "format_version": "1.2", "verdict": "v", "exit": exit, "changes": [], "refusals": [], "fingerprint": "f" });
        let drift = |exit: u8, records: &[u8]| json!({ "format_version": "1.1", "verdict": "v", "exit": exit, "records": records });
        let rows = [
            (plan(&[]), Conclusion::Success, None),
            (plan(&["too many"]), Conclusion::Failure, None),
            (report(0), Conclusion::Success, None),
            (report(6), Conclusion::Failure, None),
            (report(143), Conclusion::Cancelled, None),
            (drift(0, &[]), Conclusion::Success, Some(false)),
            (drift(2, &[1]), Conclusion::Neutral, Some(true)),
            (drift(7, &[]), Conclusion::Failure, None),
        ];
        for (document, conclusion, has_drift) in rows {
            assert_eq!(read(&document), Ok((conclusion, has_drift)), "{document}");
        }
        for document in [
            json!({}),
            json!([]),
            json!({ "format_version": "1.1", "verdict": "v", "exit": 0 }),
        ] {
            assert_eq!(read(&document), Err((1, OutcomeError::NotADocument)));
        }
        assert_eq!(
            Published::of("### x", "{}", None).map(|_| ()),
            Err((0, OutcomeError::NotAPage))
        );
        let plan = plan(&[]).to_string();
        for (from, to) in [
            ("command=plan", "command=apply"),
            ("command=plan", "command=drift"),
            ("instance=f", "instance=g"),
            ("digest=none", "digest=0123456789abcdef0123456789abcdef"),
        ] {
            let page = PAGE.replace(from, to);
            let read = Published::of(&page, &plan, None).map(|_| ());
            assert_eq!(read, Err((1, OutcomeError::OtherRun)), "{to}");
        }
        let mut report = report(0);
        report["run"] = json!("R1");
        let page = PAGE.replace("plan", "apply");
        for (page, is_good) in [
            (format!("{page}Instance `p`, run `R1`. 1 call"), true),
            (format!("{page}Instance `p`, run `R2`. 1 call"), false),
            (format!("{PAGE}run `R1`"), false),
        ] {
            let read = Published::of(&page, &report.to_string(), None);
            assert_eq!(read.is_ok(), is_good, "{page}");
        }
        assert_eq!(
            Published::of(PAGE, &plan, Some("{}")).map(|_| ()),
            Err((2, OutcomeError::NotSarif))
        );
    }
}
