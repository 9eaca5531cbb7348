//! What a job of GitLab is about, from its variables.
//!
//! Source: docs.gitlab.com, "Predefined CI/CD variables reference". The job's own token cannot write notes or issues ("CI/CD job token"
//! lists what it can do), so a token of the project is needed.

use secrecy::SecretString;

use crate::forge::calls::Pull;
use crate::forge::error::ForgeError;
use crate::forge::variables::{ApiAddress, Variables, is_commit};

/// A job of GitLab.
#[derive(Debug)]
pub struct GitlabRun {
    pub(super) api: ApiAddress,
    /// The id of the project.
    pub(super) project: u64,
    /// The commit of the run: for a merge request its last one, and not the merge that GitLab tries out.
    pub(super) commit: String,
    pub(super) pull: Option<Pull>,
    /// Pipelines of merge requests and tags have none.
    pub(super) branch: Option<String>,
    pub(super) pipeline: Option<u64>,
    /// The address of the job's log.
    pub(super) log: Option<String>,
    pub(super) token: SecretString,
}

impl GitlabRun {
    /// Reads the variables.
    ///
    /// # Errors
    /// A variable is missing or unusable.
    pub fn of(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ForgeError> {
        let variables = Variables {
            forge: "GitLab",
            lookup,
        };
        let api = variables.required("CI_API_V4_URL")?;
        let api = ApiAddress::parse("CI_API_V4_URL", &api)?;
        let project_of_request = variables.optional("CI_MERGE_REQUEST_PROJECT_ID");
        let project = number("CI_PROJECT_ID", &variables.required("CI_PROJECT_ID")?)?;
        // In a pipeline of a fork the number of the merge request is one of another project.
        if project_of_request.is_some_and(|of| of != project.to_string()) {
            return Err(ForgeError::Variable {
                variable: "CI_MERGE_REQUEST_PROJECT_ID",
                why: "is another project than CI_PROJECT_ID: a pipeline of a fork publishes nothing",
            });
        }
        let of_run = variables.commit("CI_COMMIT_SHA")?;
        // In pipelines for merged results CI_COMMIT_SHA is the merge that is tried out; elsewhere the other variable is empty.
        let source = variables.optional("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        let commit = source.filter(|sha| is_commit(sha)).unwrap_or(of_run);
        let pull = match variables.optional("CI_MERGE_REQUEST_IID") {
            Some(iid) => Some(Pull {
                number: number("CI_MERGE_REQUEST_IID", &iid)?,
                head: commit.clone(),
            }),
            None => None,
        };
        let pipeline = variables.optional("CI_PIPELINE_ID");
        Ok(Self {
            api,
            project,
            commit,
            pull,
            branch: variables.optional("CI_COMMIT_BRANCH"),
            pipeline: pipeline.and_then(|id| id.parse().ok()),
            log: variables.optional("CI_JOB_URL"),
            token: variables.required("GITLAB_TOKEN")?.into(),
        })
    }

    /// The commit that the run is about.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }
}

fn number(variable: &'static str, text: &str) -> Result<u64, ForgeError> {
    let why = "is not a number";
    text.parse()
        .map_err(|_| ForgeError::Variable { variable, why })
}
