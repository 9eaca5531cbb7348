//! What is shown at lines: the results of a SARIF file of `--write sarif=FILE`.

use serde_json::Value;

/// Something to show at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Annotation {
    pub(crate) level: AnnotationLevel,
    /// The stable word of what it is.
    pub(crate) code: String,
    pub(crate) text: String,
    /// From the root of the repository.
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) end_line: u64,
    /// Where it begins, and the character behind its end.
    pub(crate) columns: Option<(u64, u64)>,
}

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnnotationLevel {
    Error,
    Warning,
    Note,
}

/// The results of a SARIF file of this program; nothing of another document.
pub(super) fn annotations(sarif: &Value) -> Option<Vec<Annotation>> {
    let run = &sarif["runs"][0];
    if run["tool"]["driver"]["name"] != "oppctl" {
        return None;
    }
    run["results"].as_array()?.iter().map(annotation).collect()
}

fn annotation(result: &Value) -> Option<Annotation> {
    let place = &result["locations"][0]["physicalLocation"];
    let region = &place["region"];
    let line = region["startLine"].as_u64()?;
    let end_line = region["endLine"].as_u64().unwrap_or(line);
    let columns = region["startColumn"]
        .as_u64()
        .zip(region["endColumn"].as_u64());
    Some(Annotation {
        level: match result["level"].as_str()? {
            "error" => AnnotationLevel::Error,
            "warning" => AnnotationLevel::Warning,
            _ => AnnotationLevel::Note,
        },
        code: result["ruleId"].as_str()?.to_owned(),
        text: result["message"]["text"].as_str()?.to_owned(),
        path: decoded(place["artifactLocation"]["uri"].as_str()?),
        line,
        end_line,
        columns: columns.filter(|_| line == end_line),
    })
}

/// The path of a relative URI.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    #[test]
    fn results_are_annotations() {
        let sarif = json!({ "runs": [{ "tool": { "driver": { "name": "oppctl" } }, "results": [{
            "ruleId": "unknown-field", "level": "error", "message": { "text": "no such field" },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": "pipeline/caf%C3%A9%20100%25.yaml" },
                "region": { "startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9 },
            } }],
        }] }] });
        let expected = Annotation {
            level: AnnotationLevel::Error,
            code: "unknown-field".to_owned(),
            text: "no such field".to_owned(),
            path: "pipeline/café 100%.yaml".to_owned(),
            line: 3,
            end_line: 3,
            columns: Some((5, 9)),
        };
        assert_eq!(annotations(&sarif), Some(vec![expected]));
        assert_eq!(annotations(&json!({ "runs": [] })), None);
    }
}
