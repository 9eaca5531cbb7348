//! The files of a new project; pure.

use std::path::Path;

use crate::config::config_schema;
use crate::manifest::manifest_schema;
use crate::model::{BaseUrl, BaseUrlError};

/// What a new project is to be like.
#[derive(Clone, Debug)]
pub struct Choices {
    pub place: InstancePlace,
    pub ci: Option<CiSystem>,
}

/// Where the opportunities of a new project live.
#[derive(Clone, Debug)]
pub enum InstancePlace {
    Simulator,
    Marketo { name: String, address: BaseUrl },
}

/// The CI systems that there are workflows for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiSystem {
    Github,
    Gitlab,
}

/// A file of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Relative to the project.
    pub path: &'static Path,
    pub text: String,
    /// What is in it, in a few words.
    pub what: String,
    /// Whether it only shows how a project looks.
    pub is_example: bool,
}

/// The line of `.gitignore` without which records, journals and local ledgers would get into the repository.
pub const IGNORED: &str = ".oppctl/";

/// The pages with the workflows: what is written is what they show.
const GITHUB: &str = include_str!("../../docs/ci/github.md");
const GITLAB: &str = include_str!("../../docs/ci/gitlab.md");

/// The workflows of each CI system, with what they do.
const OF_GITHUB: [(&str, &str); 3] = [
    (
        ".github/workflows/oppctl-plan.yml",
        "plans each pull request",
    ),
    (
        ".github/workflows/oppctl-apply.yml",
        "applies what was merged",
    ),
    (
        ".github/workflows/oppctl-drift.yml",
        "tells what others have changed",
    ),
];
const OF_GITLAB: [(&str, &str); 1] = [(
    ".gitlab-ci.yml",
    "plans merge requests, applies what was merged, tells what others have changed",
)];

/// What only a new project gets.
const EXAMPLES: [&str; 2] = ["pipeline/example.yaml", "leads.yaml"];

/// The name of the instance in the templates and in the workflows of the page.
const NAME: &str = "NAME";
const PAGE_NAME: &str = "production";

/// The files of a new project, in the order in which they are told. `.gitignore` is not among them: it may exist already.
#[must_use]
pub fn files(choices: &Choices) -> Vec<NewFile> {
    let Choices { place, ci } = choices;
    let file = |path: &'static str, text: &str, what: &str| NewFile {
        path: Path::new(path),
        text: text.to_owned(),
        what: what.to_owned(),
        is_example: EXAMPLES.contains(&path),
    };
    let (config, what) = match place {
        InstancePlace::Simulator => (
            include_str!("templates/simulator.yaml").to_owned(),
            "instance local (simulator), ledger .oppctl/ledger, maxDeletes 10".to_owned(),
        ),
        InstancePlace::Marketo { name, address } => (
            include_str!("templates/instance.yaml")
                .replace(NAME, name)
                .replace("ADDRESS", address.as_str()),
            format!("instance {name}, confirm: true, ledger .oppctl/ledger, maxDeletes 10"),
        ),
    };
    let schema = |schema: &schemars::Schema| {
        let text =
            serde_json::to_string_pretty(schema).expect("schemas have no other keys than texts");
        format!("{text}\n")
    };
    let mut files = vec![
        file("oppctl.yaml", &config, &what),
        file(
            "pipeline/example.yaml",
            include_str!("templates/example.yaml"),
            "one opportunity with two roles, to be replaced by yours",
        ),
        file(
            "leads.yaml",
            include_str!("templates/leads.yaml"),
            "two leads for the simulator",
        ),
        file(
            "schemas/manifest.v1.json",
            &schema(&manifest_schema()),
            "completion and checks in your editor",
        ),
        file(
            "schemas/config.v1.json",
            &schema(&config_schema()),
            "the same for oppctl.yaml",
        ),
        file(
            ".vscode/settings.json",
            include_str!("templates/vscode.json"),
            "tells the YAML extension of Visual Studio Code which schema is for which file",
        ),
    ];
    let (page, workflows) = match ci {
        None => ("", &[][..]),
        Some(CiSystem::Github) => (GITHUB, &OF_GITHUB[..]),
        Some(CiSystem::Gitlab) => (GITLAB, &OF_GITLAB[..]),
    };
    let name = match place {
        InstancePlace::Simulator => PAGE_NAME,
        InstancePlace::Marketo { name, .. } => name,
    };
    for (path, what) in workflows {
        let text = workflow(page, path).replace(PAGE_NAME, name);
        files.push(file(path, &text, what));
    }
    files
}

/// The file of this path, as a page shows it: the block of code below the heading with its name.
fn workflow<'p>(page: &'p str, path: &str) -> &'p str {
    let heading = format!("`{path}`\n");
    let below = page.split_once(&heading).map(|(_, below)| below);
    let block = below.and_then(|below| below.split_once("```yaml\n"));
    let block = block.and_then(|(_, block)| block.split_once("```\n"));
    block
        .map(|(block, _)| block)
        .expect("the page has a block below this heading")
}

/// The address of the instance with a Munchkin id such as `123-ABC-456`, or of an endpoint as Marketo shows it (Admin > Web Services).
///
/// # Errors
/// The text is neither.
pub fn address(text: &str) -> Result<BaseUrl, BaseUrlError> {
    let text = text.trim();
    if is_munchkin_id(text) {
        BaseUrl::parse(&format!(
            "https://{}.mktorest.com",
            text.to_ascii_lowercase()
        ))
    } else if !text.contains("://") && text.contains('.') {
        // As a browser shows it.
        BaseUrl::parse(&format!("https://{text}"))
    } else {
        BaseUrl::parse(text)
    }
}

/// Three digits, three letters, three digits. Source: developer guide, "Munchkin account id".
fn is_munchkin_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_of =
        |part: &str, test: fn(&u8) -> bool| part.len() == 3 && part.bytes().all(|b| test(&b));
    matches!(parts[..], [first, second, third]
        if is_of(first, u8::is_ascii_digit) && is_of(second, u8::is_ascii_alphabetic) && is_of(third, u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn an_instance_is_named_by_its_id_or_its_endpoint() {
        let of = |text| address(text).map(|address| address.as_str().to_owned());
        let expected = || Ok("https://123-abc-456.mktorest.com".to_owned());
        for text in [
            "123-ABC-456",
            " 123-abc-456 ",
            "https://123-ABC-456.mktorest.com",
            "https://123-ABC-456.mktorest.com/rest",
            "123-abc-456.mktorest.com",
        ] {
            assert_eq!(of(text), expected(), "{text}");
        }
        for text in ["", "123", "12-ABC-456", "http://123-ABC-456.mktorest.com"] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn workflows_name_the_instance() {
        for (ci, line, count) in [
            (CiSystem::Github, "instance: emea", 3),
            (CiSystem::Gitlab, "--instance emea", 1),
        ] {
            let choices = Choices {
                place: InstancePlace::Marketo {
                    name: "emea".to_owned(),
                    address: address("123-ABC-456").expect("it is an id"),
                },
                ci: Some(ci),
            };
            let files = files(&choices);
            let naming = files.iter().filter(|file| file.text.contains(line));
            assert_eq!(naming.count(), count);
            for file in files {
                let has_name = file.text.contains(NAME) && file.path == Path::new("oppctl.yaml");
                assert!(!has_name, "{:?}", file.path);
                assert!(!file.text.contains("production"), "{:?}", file.path);
            }
        }
    }
}
