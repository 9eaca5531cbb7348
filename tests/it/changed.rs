//! `--changed-since`: a plan of what changed in a pull request alone, and the apply that checks it against a plan of everything.

use std::fmt::Write as _;
use std::process::Command;

use oppctl::simulator::CallOperation;
use pretty_assertions::assert_eq;
use snapbox::str;

use crate::harness::{Marketo, Project};

const MANIFEST: &str = "\
version: 1
opportunities:
  - externalOpportunityId: A-1
    name: Chairs
    stage: Open
    roles:
      - { leadId: 1001, role: Champion }
      - { lead: { email: grace@example.com }, role: Influencer }
  - { externalOpportunityId: A-2, name: Tables }
  - { externalOpportunityId: A-3, name: Benches }
  - { externalOpportunityId: B-1, name: Lamps }
";

/// A project that is committed and applied.
fn applied(project: Project) -> Project {
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project
}

fn project() -> Project {
    applied(
        Project::simulated(MANIFEST)
            .with_ledger()
            .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }"),
    )
}

/// What others do in the same instance.
fn others(marketo: &Marketo, entry: &str) {
    let manifest = format!("version: 1\nopportunities:\n  - {entry}\n");
    let other = marketo.project(&manifest);
    drop(other.run("apply --yes --quiet").exits(0));
}

fn git(project: &Project, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"])
        .args(["-c", "protocol.file.allow=always"])
        .args(args)
        .current_dir(project.root())
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", project.root())
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{output:?}");
}

/// The digest of a plan of these arguments.
fn digest(project: &Project, args: &str) -> String {
    let run = project.run(&format!("plan --digest {args}"));
    run.exits(0).stdout.trim().to_owned()
}

/// The project with an update, a new record, and two removed ones.
fn edited() -> Project {
    let project = project();
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    project.edit(
        "pipeline/main.yaml",
        "      - { lead: { email: grace@example.com }, role: Influencer }\n",
        "",
    );
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: A-2, name: Tables }\n",
        "",
    );
    // What is not committed counts, and a file that git does not know.
    project.write(
        "pipeline/new.yaml",
        "version: 1\nopportunities: [ { externalOpportunityId: C-1, name: Rugs } ]\n",
    );
    project
}

#[test]
fn a_plan_of_the_changed_records_says_what_it_did_not_look_at() {
    edited().run("plan --changed-since HEAD").shows(str![[r#"
exit: 0
---- stdout
Marketo local (simulator)   plan changed-[DIGITS] for commit [first] + uncommitted
Only what changed since HEAD is planned; 3 records were not looked at.

pipeline/main.yaml
  ~ opportunity A-1  "Chairs"  :3
      stage  Open → Won   you changed it

pipeline/new.yaml
  + opportunity C-1  "Rugs"  :2

Deletes  1 opportunity and 1 role
  - role A-1 / 1002 / Influencer  pipeline/main.yaml:8
  - opportunity A-2  "Tables"     pipeline/main.yaml:9
  Why: not declared any more, last applied at [first] ([DAY]).

Note: only what changed since HEAD (merge base [first]) is planned. Looked at: 2 records and 2 removed; not looked at: 3 records, nor what others changed there in Marketo. An apply plans everything, and sends this plan only if it finds nothing else to do.

Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
Plan: 1 to create, 1 to update, 2 to delete; 0 unchanged; 3 records were not looked at.  Apply needs 4 calls.
Read 2 opportunities, 1 role in 9 calls; the apply is 0.008 % of 50,000 a day (49,981 left today).

"#]]);
}

#[test]
fn its_comment_and_its_documents_say_so_too() {
    let project = edited();
    project
        .run("plan --changed-since HEAD --format markdown")
        .shows(str![[r#"
exit: 0
---- stdout
<!-- oppctl:v1 instance=[INSTANCE] digest=changed-[DIGEST] command=plan -->
### oppctl plan for `local`: an apply creates 1 opportunity, updates 1 opportunity and **deletes** 1 opportunity and 1 role; 3 records were not looked at

0 records stay as declared; 3 records were not looked at.

> [!IMPORTANT]
> **Look at these first**
>
> - **The manifests have changes that are not committed**

**Pipeline** (only what was looked at of the opportunities, before → after)

| stage | count | amount | change |
|:--|--:|--:|--:|
| Open | 1 → 0 | 0 |  |
| Won | 0 → 1 | 0 |  |
| (none) | 1 | 0 |  |
| **open** | **2** | **0** |  |

> [!WARNING]
> **Deleted: 1 opportunity and 1 role.** Why: not declared any more, last applied at [first] ([DAY]). Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.
>
> | record |
> |:--|
> | role `A-1 / 1002 / Influencer` |
> | Tables `A-2` |

**This plan updates 1 opportunity**

| field | change | records |
|:--|:--|--:|
| `stage` | Open → Won | 1 |

**New: 1 opportunity**

**Notes**

- only what changed since HEAD (merge base [first]) is planned. Looked at: 2 records and 2 removed; not looked at: 3 records, nor what others changed there in Marketo. An apply plans everything, and sends this plan only if it finds nothing else to do.

<details>
<summary>1 update</summary>

| record | change |
|:--|:--|
| Chairs `A-1` | `stage` Open → Won |

</details>

<details>
<summary>1 new record</summary>

| record |
|:--|
| Rugs `C-1` |

</details>

<details>
<summary>Values of what is deleted, 2 records</summary>

```diff
- role A-1 / 1002 / Influencer  :8
-     isPrimary: false
- opportunity A-2  "Tables"  :9
-     name: Tables
```

</details>

On merge, CI applies exactly this plan (`changed-[DIGITS]`), and only if a plan of everything finds nothing else to do. If the manifests or these records in Marketo change before that, nothing is sent.

<details>
<summary>Apply by hand</summary>

To apply exactly this plan: `oppctl apply --instance local --expect changed-[DIGEST]`

</details>

Instance `local` (`simulator`), commit `[first] + uncommitted`. An apply takes 4 API calls, 0.008 % of the daily quota.

"#]]);
    drop(
        project
            .run("plan --changed-since HEAD --out plan.json --write html=plan.html --write json=report.json --quiet")
            .exits(0),
    );
    let saved: serde_json::Value =
        serde_json::from_str(&project.read("plan.json")).expect("plans are JSON");
    assert_eq!(saved["changed_since"]["revision"], "HEAD");
    assert_eq!(saved["changed_since"]["not_looked_at"], 3);
    for file in ["plan.json", "report.json", "plan.html"] {
        let text = project.read(file);
        assert!(
            text.contains("3 records were not looked at"),
            "{file}: {text}"
        );
    }
    let shown = project.run("show plan.json").exits(0).stdout;
    assert!(shown.contains("3 records were not looked at"), "{shown}");
    // The digest is that of a plan of everything, with a word before it.
    let whole = digest(&project, "");
    assert_eq!(
        digest(&project, "--changed-since HEAD"),
        format!("changed-{whole}")
    );
    let apply = format!("apply --yes --quiet --expect changed-{whole}");
    drop(project.run(&apply).exits(0));
    project.assert_plan_empty();
    let again = project.run("apply --plan plan.json --yes --quiet").exits(0);
    assert!(again.stderr.contains("already applied"), "{}", again.text());
}

#[test]
fn an_apply_refuses_what_the_part_did_not_look_at() {
    let marketo = Marketo::start();
    let project = applied(marketo.project(MANIFEST).with_ledger());
    project.edit("pipeline/main.yaml", "stage: Open", "stage: Won");
    drop(
        project
            .run("plan --changed-since HEAD --out plan.json --quiet")
            .exits(0),
    );
    let changed = digest(&project, "--changed-since HEAD");
    others(&marketo, "{ externalOpportunityId: B-1, name: Lights }");
    // The part is the same.
    assert_eq!(digest(&project, "--changed-since HEAD"), changed);
    project
        .run(&format!("apply --yes --quiet --expect {changed}"))
        .shows(str![[r#"
exit: 6
---- stderr
error: not applied: the plan has changed since the review: plan changed-[DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: a plan of everything changes 2 records (opportunity B-1, which others have changed in Marketo; opportunity A-1)
  hint: the reviewed plan looked at the changed records alone, and an apply sends it only if a plan of everything finds nothing else to do: review that one, `oppctl plan`. To keep what others have changed in Marketo, take it into the manifests: `oppctl pull --drift`

"#]]);
    project
        .run("apply --plan plan.json --yes --quiet")
        .shows(str![[r#"
exit: 6
---- stdout
Not as reviewed (1 record)
opportunity B-1  "Lamps"
  reviewed  no change
  new       update
            name  Lights → Lamps
---- stderr
error: not applied: the plan has changed since the review: plan changed-[DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: in Marketo: 1 record (name of Lamps)
  hint: the reviewed plan looked at the changed records alone, and an apply sends it only if a plan of everything finds nothing else to do: review that one, `oppctl plan`. To keep what others have changed in Marketo, take it into the manifests: `oppctl pull --drift`

"#]]);
    // What is less: the change was taken back.
    project.edit("pipeline/main.yaml", "stage: Won", "stage: Open");
    project.edit("pipeline/main.yaml", "name: Lamps", "name: Lights");
    project
        .run("apply --plan plan.json --yes --quiet")
        .shows(str![[r#"
exit: 6
---- stdout
Not as reviewed (1 record)
opportunity A-1  "Chairs"
  reviewed  update
            stage  Open → Won
  new       no change
---- stderr
error: not applied: the plan has changed since the review: plan changed-[DIGITS] was reviewed, and today's is plan [DIGITS]; nothing was sent
  caused by: in the manifests: 1 record (stage of Chairs)
  hint: the reviewed plan looked at the changed records alone, and an apply sends it only if a plan of everything finds nothing else to do: review that one, `oppctl plan`. To keep what others have changed in Marketo, take it into the manifests: `oppctl pull --drift`

"#]]);
}

#[test]
fn only_a_plan_can_be_of_the_changed_records() {
    let project = Project::simulated(MANIFEST);
    project
        .run("apply --changed-since main")
        .shows(str![[r#"
exit: 64
---- stderr
error: unexpected argument '--changed-since' found

  tip: an apply plans everything, and checks the plan of the changed records against that: `oppctl apply --plan FILE`, or `--expect changed-DIGITS`

Usage: oppctl apply [OPTIONS] [PATHS]...

For more information, try '--help'.

"#]]);
    drop(project.run("undo last --changed-since main").exits(64));
    drop(
        project
            .run("plan --changed-since main --only A-1")
            .exits(64),
    );
    drop(project.run("plan --changed-since=-x").exits(64));
    drop(project.run("plan --changed-since main --drift").exits(64));
}

#[test]
fn twenty_of_many_records_take_as_few_calls_as_there_can_be() {
    let marketo = Marketo::start();
    let entry = |index: usize, name: &str| {
        format!(
            "  - externalOpportunityId: N-{index}\n    name: {name}\n    roles: [ {{ leadId: 1001, role: Buyer }} ]\n"
        )
    };
    let manifest = |changed: usize| {
        let mut text = "version: 1\nopportunities:\n".to_owned();
        for index in 0..1_000 {
            let name = if index % 50 < changed { "New" } else { "Old" };
            text.push_str(&entry(index, name));
        }
        text
    };
    let project = marketo.project(&manifest(0)).with_ledger();
    project.commit("first");
    drop(project.run("apply --yes --quiet").exits(0));
    project.write("pipeline/main.yaml", manifest(1));
    let before = marketo.calls().len();
    let plan = project
        .run("plan --quiet --changed-since HEAD")
        .exits(0)
        .stdout;
    assert!(plan.contains("20 to update"), "{plan}");
    let calls = marketo.calls();
    let queries = calls[before..].iter().filter(|call| {
        let is_setup = [
            CallOperation::Identity,
            CallOperation::Describe,
            CallOperation::Schema,
        ];
        !is_setup.contains(&call.operation)
    });
    assert!(queries.count() <= 2, "{}", marketo.tally(before));
}

#[test]
fn a_configuration_that_changed_has_everything_planned() {
    let project = project();
    let whole = digest(&project, "");
    let project = project.with("limits: { dailyCalls: 10000 }");
    let plan = project.run("plan --changed-since HEAD").exits(0).stdout;
    assert!(
        plan.contains(
            "all records are planned, not only what changed since HEAD: oppctl.yaml has changed"
        ),
        "{plan}"
    );
    assert_eq!(digest(&project, "--changed-since HEAD"), whole);
}

#[test]
fn what_git_cannot_tell_is_an_error_with_the_way_out() {
    let project = Project::simulated(MANIFEST);
    project.run("plan --changed-since main").shows(str![[r#"
exit: 1
---- stderr
error: the project is in no git checkout
  hint: run oppctl in a git checkout, or plan without --changed-since to look at all records

"#]]);
    project.commit("first");
    project
        .run("plan --changed-since origin/main")
        .shows(str![[r#"
exit: 64
---- stderr
error: git does not know the revision origin/main
  hint: fetch it first, for example `git fetch origin`; a branch of the remote is called origin/NAME

"#]]);
    git(&project, &["tag", "begin"]);
    git(&project, &["checkout", "--quiet", "--orphan", "other"]);
    git(&project, &["commit", "--quiet", "--message", "apart"]);
    project.run("plan --changed-since begin").shows(str![[r#"
exit: 1
---- stderr
error: git knows no commit that both HEAD and begin come from
  hint: name a branch that HEAD began from, or plan without --changed-since to look at all records

"#]]);
    // A shallow clone.
    project.edit("pipeline/main.yaml", "Chairs", "Stools");
    project.commit("second");
    let clone = Project::simulated(MANIFEST);
    git(&clone, &["init", "--quiet"]);
    let source = project.root().to_str().expect("the path is UTF-8");
    git(
        &clone,
        &["fetch", "--quiet", "--depth", "1", source, "other"],
    );
    git(&clone, &["checkout", "--quiet", "--force", "FETCH_HEAD"]);
    clone
        .run("plan --changed-since FETCH_HEAD~1")
        .shows(str![[r#"
exit: 64
---- stderr
error: git does not know the revision FETCH_HEAD~1
  hint: this is a shallow clone: get the whole history with `git fetch --unshallow`; in GitHub Actions set `fetch-depth: 0` at actions/checkout, in GitLab `GIT_DEPTH: 0`

"#]]);
}

/// Git resolves such a name to the tag, and people mean the branch.
#[test]
fn a_name_of_two_commits_is_refused_with_the_names_to_choose_from() {
    let project = project();
    git(&project, &["branch", "release"]);
    project.edit("pipeline/main.yaml", "Chairs", "Stools");
    project.commit("second");
    // Of one commit the two are no question.
    git(
        &project,
        &["tag", "--annotate", "-m", "as", "release", "release"],
    );
    let plan = digest(&project, "--changed-since release");
    git(&project, &["tag", "--force", "release"]);
    project.run("plan --changed-since release").shows(str![[r#"
exit: 64
---- stderr
error: release is the name of several commits: refs/heads/release, refs/tags/release
  hint: name one of them whole: --changed-since refs/heads/release

"#]]);
    let run = project.run("plan --changed-since release~0").exits(64);
    assert!(
        run.stderr.contains("refs/heads/release~0"),
        "{}",
        run.text()
    );
    assert_eq!(digest(&project, "--changed-since refs/heads/release"), plan);
    // A branch of the remote has that name too.
    git(&project, &["tag", "--delete", "release"]);
    let remote = "refs/remotes/release";
    git(&project, &["update-ref", remote, "HEAD"]);
    let run = project.run("plan --changed-since release").exits(64);
    assert!(run.stderr.contains(remote), "{}", run.text());
}

#[test]
fn a_partial_clone_without_the_contents_has_everything_planned() {
    let project = Project::simulated(MANIFEST);
    project.commit("first");
    project.edit("pipeline/main.yaml", "Chairs", "Stools");
    project.commit("second");
    git(&project, &["config", "uploadpack.allowFilter", "true"]);
    let source = format!("file://{}", project.root().display());
    let clone = ["clone", "--quiet", "--filter=blob:none", &source, "clone"];
    git(&project, &clone);
    project.write("clone/leads.yaml", project.read("leads.yaml"));
    // What is the same there needs no contents.
    let plan = project.run("-C clone plan --changed-since HEAD").exits(0);
    assert!(
        plan.stdout.contains("6 records were not looked at"),
        "{}",
        plan.text()
    );
    let plan = project.run("-C clone plan --changed-since HEAD~1").exits(0);
    let text = plan.text();
    let note = text.lines().find(|line| line.starts_with("Note:"));
    snapbox::assert_data_eq!(
        note.unwrap_or_default(),
        str![
            "Note: all records are planned, not only what changed since HEAD~1: this is a partial clone without the pipeline/main.yaml of the merge base. `git -C clone diff --stat [first]` fetches it."
        ]
    );
    // What the note says helps.
    git(&project, &["-C", "clone", "diff", "--stat", "HEAD~1"]);
    let plan = project.run("-C clone plan --changed-since HEAD~1").exits(0);
    assert!(
        plan.stdout.contains("5 records were not looked at"),
        "{}",
        plan.text()
    );
}

#[test]
fn manifests_in_a_submodule_have_everything_planned() {
    let source = Project::simulated(MANIFEST);
    source.commit("first");
    let project = Project::simulated("version: 1\n").with_ledger();
    project.edit(
        "oppctl.yaml",
        "[pipeline/*.yaml]",
        "[pipeline/*.yaml, vendor/pipeline/*.yaml]",
    );
    project.commit("empty");
    let path = source.root().to_str().expect("the path is UTF-8");
    git(&project, &["submodule", "--quiet", "add", path, "vendor"]);
    // A new submodule has new entries.
    let plan = project.run("plan --changed-since HEAD").exits(0).stdout;
    assert!(plan.contains("only what changed since HEAD"), "{plan}");
    assert!(plan.contains("Plan: 6 to create"), "{plan}");
    git(&project, &["commit", "--quiet", "--message", "vendor"]);
    drop(project.run("apply --yes --quiet").exits(0));
    let manifest = "vendor/pipeline/main.yaml";
    project.edit(
        manifest,
        "  - { externalOpportunityId: A-2, name: Tables }\n",
        "",
    );
    project.edit(manifest, "name: Lamps", "name: Lights");
    let plan = project.run("plan --changed-since HEAD").exits(0);
    let note = plan.stdout.lines().find(|line| line.starts_with("Note:"));
    snapbox::assert_data_eq!(
        note.unwrap_or_default(),
        str![
            "Note: all records are planned, not only what changed since HEAD: vendor is a submodule, and what its manifests declared before is in its own repository."
        ]
    );
    assert!(
        plan.stdout.contains("1 to update, 1 to delete"),
        "{}",
        plan.text()
    );
    assert_eq!(
        digest(&project, "--changed-since HEAD"),
        digest(&project, "")
    );
}

#[test]
fn a_rename_that_is_given_up_before_it_was_applied_is_looked_at() {
    let old = "externalOpportunityId: B-1, name: Lamps";
    let renamed = "externalOpportunityId: C-1, renamedFrom: B-1, name: Lamps";
    let new = "externalOpportunityId: C-1, name: Lamps";
    for (given_up, counts) in [
        (old, "No changes. 1 unchanged"),
        (new, "Plan: 1 to create, 1 to delete"),
    ] {
        let project = project();
        project.edit("pipeline/main.yaml", old, renamed);
        project.commit("second");
        project.edit("pipeline/main.yaml", renamed, given_up);
        let whole = digest(&project, "");
        let plan = project.run("plan --changed-since HEAD").exits(0);
        assert!(plan.stdout.contains(counts), "{}", plan.text());
        let part = digest(&project, "--changed-since HEAD");
        assert_eq!(part, format!("changed-{whole}"), "{given_up}");
    }
}

#[test]
fn a_project_in_a_folder_of_its_repository_is_compared_there() {
    let project = Project::empty();
    let simulated = Project::simulated(MANIFEST);
    for file in ["oppctl.yaml", "leads.yaml", "pipeline/main.yaml"] {
        project.write(&format!("sales/{file}"), simulated.read(file));
    }
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "sales"]);
    git(&project, &["commit", "--quiet", "--message", "first"]);
    drop(project.run("-C sales apply --yes --quiet").exits(0));
    project.edit("sales/pipeline/main.yaml", "Lamps", "Lights");
    // Other line breaks are no change.
    let text = project.read("sales/pipeline/main.yaml");
    project.write("sales/pipeline/main.yaml", text.replace('\n', "\r\n"));
    let plan = project
        .run("-C sales plan --changed-since HEAD")
        .exits(0)
        .stdout;
    assert!(plan.contains("5 records were not looked at"), "{plan}");
    assert!(plan.contains("Plan: 1 to update; 0 unchanged"), "{plan}");
}

#[test]
fn guards_go_by_all_records() {
    // Without a ledger the declared records count.
    let mut manifest = "version: 1\nopportunities:\n".to_owned();
    for index in 0..40 {
        writeln!(
            manifest,
            "  - {{ externalOpportunityId: N-{index}, name: Old, amount: 10 }}"
        )
        .expect("strings take all text");
    }
    let project = applied(
        Project::simulated(&manifest)
            .with("guards: { maxUpdatePercent: 10, maxPipelineChange: 10% }"),
    );
    let edit = |count: usize| {
        let mut edited = manifest.clone();
        for index in 0..count {
            let from = format!("N-{index}, name: Old, amount: 10 ");
            edited = edited.replace(&from, &format!("N-{index}, name: New, amount: 20 "));
        }
        project.write("pipeline/main.yaml", edited);
    };
    edit(4);
    let plan = project
        .run("plan --changed-since HEAD --quiet")
        .exits(0)
        .stdout;
    assert!(
        plan.contains("The guard `maxPipelineChange` cannot judge a part"),
        "{plan}"
    );
    edit(5);
    drop(project.run("plan --changed-since HEAD --quiet").exits(5));
}

/// A sum of the changed deals alone says nothing of the sum of all. The apply judges that.
#[test]
fn the_share_of_the_pipeline_is_found_by_the_apply_and_not_in_the_part() {
    let deal = |key: &str, amount: u32| {
        format!(
            "  - {{ externalOpportunityId: {key}, name: {key}, stage: Open, isClosed: false, amount: {amount} }}\n"
        )
    };
    let manifest = |small: u32, large: u32| {
        format!(
            "version: 1\nopportunities:\n{}{}",
            deal("SMALL", small),
            deal("LARGE", large)
        )
    };
    let project = applied(
        Project::simulated(&manifest(100, 9900))
            .with_ledger()
            .with("severity: { amount-sum: error }"),
    );
    // It halves what is looked at, and lowers the whole by half a percent.
    project.write("pipeline/main.yaml", manifest(50, 9900));
    for args in ["plan --changed-since HEAD", "plan"] {
        let run = project.run(args).exits(0);
        assert!(!run.text().contains("amount-sum"), "{}", run.text());
    }
    // A run of a part is an apply of it, so that no policy is got round bit by bit.
    let run = project.run("plan --only SMALL").exits(5);
    assert!(run.stderr.contains("amount-sum"), "{}", run.text());
    // It moves the whole too far.
    project.write("pipeline/main.yaml", manifest(100, 5000));
    drop(
        project
            .run("plan --changed-since HEAD --out plan.json --quiet")
            .exits(0),
    );
    for args in ["plan", "apply --yes", "apply --yes --plan plan.json"] {
        let run = project.run(args).exits(5);
        assert!(run.stderr.contains("amount-sum"), "{}", run.text());
    }
}

#[test]
fn removing_everything_is_refused_as_for_a_whole_plan() {
    let project = project();
    project.write("pipeline/main.yaml", "version: 1\nopportunities: []\n");
    let whole = project.run("plan --quiet").exits(5);
    let part = project.run("plan --quiet --changed-since HEAD").exits(5);
    assert_eq!(part.stderr, whole.stderr);
    project.write("pipeline/main.yaml", "version: 1\n");
    drop(project.run("plan --quiet --changed-since HEAD").exits(3));
}

/// Without a ledger a complete list deletes what was removed from it, and what else is removed stays and is told.
#[test]
fn without_a_ledger_lists_delete_and_the_rest_is_told() {
    let manifest = MANIFEST.replace("    roles:", "    rolesMode: exact\n    roles:");
    let project = applied(Project::simulated(&manifest));
    project.edit(
        "pipeline/main.yaml",
        "      - { leadId: 1001, role: Champion }\n",
        "",
    );
    project.edit(
        "pipeline/main.yaml",
        "  - { externalOpportunityId: A-2, name: Tables }\n",
        "",
    );
    let plan = project.run("plan --changed-since HEAD").exits(0).stdout;
    assert!(plan.contains("- role"), "{plan}");
    assert!(
        plan.contains("is not declared any more, and without a ledger it stays in Marketo"),
        "{plan}"
    );
    assert_eq!(
        digest(&project, "--changed-since HEAD"),
        format!("changed-{}", digest(&project, ""))
    );
}

/// A generator of edits: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

#[derive(Clone)]
struct Deal {
    key: u64,
    renamed_from: Option<u64>,
    file: u64,
    name: u64,
    stage: Option<u64>,
    exact: bool,
    absent: bool,
    /// The number of a lead, and whether it is named by its e-mail address.
    roles: Vec<(u64, bool)>,
}

fn deal(key: u64, dice: &mut Dice) -> Deal {
    Deal {
        key,
        renamed_from: None,
        file: dice.below(2),
        name: dice.below(3),
        stage: Some(dice.below(3)).filter(|stage| *stage > 0),
        exact: dice.below(4) == 0,
        absent: false,
        roles: (0..2)
            .filter(|_| dice.below(2) == 0)
            .map(|lead| (lead, lead == 1))
            .collect(),
    }
}

fn edit(deals: &mut Vec<Deal>, next: &mut u64, stage: &mut u64, dice: &mut Dice) {
    let at = usize::try_from(dice.below(deals.len().max(1) as u64)).expect("it is small");
    let what = dice.below(11);
    let Some(deal) = deals.get_mut(at) else {
        return;
    };
    match what {
        0 => deal.name = dice.below(3),
        1 => deal.stage = Some(dice.below(3)).filter(|stage| *stage > 0),
        2 => deal.file = 1 - deal.file,
        3 => deal.exact = !deal.exact,
        4 => drop(deal.roles.pop()),
        5 if deal.roles.is_empty() && !deal.absent => deal.roles.push((dice.below(2), false)),
        6 => drop(deals.remove(at)),
        7 => {
            *next += 1;
            deals.push(self::deal(*next, dice));
        }
        8 => {
            deal.absent = true;
            deal.roles.clear();
        }
        9 if deal.renamed_from.is_none() && !deal.absent => {
            *next += 1;
            deal.renamed_from = Some(deal.key);
            deal.key = *next;
        }
        _ => *stage = dice.below(3),
    }
}

fn write(project: &Project, deals: &[Deal], stage: u64) {
    for file in 0..2 {
        let mut text = format!(
            "version: 1\ndefaults: {{ opportunity: {{ stage: S{stage} }} }}\nopportunities:\n"
        );
        let of_file = deals.iter().filter(|deal| deal.file == file);
        let mut count = 0;
        for deal in of_file {
            count += 1;
            let line = |text: &mut String, line: String| text.push_str(&line);
            line(
                &mut text,
                format!("  - externalOpportunityId: K-{}\n", deal.key),
            );
            if deal.absent {
                text.push_str("    ensure: absent\n");
                continue;
            }
            line(&mut text, format!("    name: N{}\n", deal.name));
            if let Some(stage) = deal.stage {
                line(&mut text, format!("    stage: T{stage}\n"));
            }
            if let Some(from) = deal.renamed_from {
                line(&mut text, format!("    renamedFrom: K-{from}\n"));
            }
            if deal.exact {
                text.push_str("    rolesMode: exact\n");
            }
            if deal.exact || !deal.roles.is_empty() {
                text.push_str("    roles:\n");
            }
            if deal.exact && deal.roles.is_empty() {
                text.truncate(text.len() - 1);
                text.push_str(" []\n");
            }
            for (lead, by_email) in &deal.roles {
                let lead = match (lead, by_email) {
                    (0, true) => "lead: { email: ada@example.com }".to_owned(),
                    (_, true) => "lead: { email: grace@example.com }".to_owned(),
                    (lead, false) => format!("leadId: {}", 1001 + lead),
                };
                line(&mut text, format!("      - {{ {lead}, role: Buyer }}\n"));
            }
        }
        if count == 0 {
            text = text.replace("opportunities:\n", "opportunities: []\n");
        }
        project.write(&format!("pipeline/{file}.yaml"), text);
    }
}

/// Where Marketo is as last applied, the plan of the changed records has exactly the changes of a plan of everything; where it is not,
/// the digest is refused.
#[test]
fn the_part_is_the_whole_where_marketo_is_as_last_applied() {
    let mut told = 0;
    for seed in 0..24 {
        let mut dice = Dice(seed);
        let project = Project::simulated("version: 1\nopportunities: []\n")
            .with("guards: { maxDeletes: 100, maxDeletePercent: 100 }");
        let project = if seed % 3 == 0 {
            project
        } else {
            project.with_ledger()
        };
        let mut next = 6;
        let mut deals: Vec<Deal> = (0..6).map(|key| deal(key, &mut dice)).collect();
        let mut stage = 0;
        write(&project, &deals, stage);
        project.commit("first");
        let first = project.run("apply --yes --quiet");
        assert!(first.exit == 0, "{seed}: {}", first.text());
        for _ in 0..=dice.below(4) {
            edit(&mut deals, &mut next, &mut stage, &mut dice);
        }
        write(&project, &deals, stage);
        let whole = project.run("plan --digest");
        let part = project.run("plan --digest --changed-since HEAD");
        assert_eq!(
            part.exit,
            whole.exit,
            "{seed}: {}\n{}",
            part.text(),
            whole.text()
        );
        if whole.exit != 0 {
            continue;
        }
        let shown =
            || project.run("plan").text() + &project.run("plan --changed-since HEAD").text();
        assert_eq!(
            part.stdout,
            format!("changed-{}", whole.stdout),
            "{seed}: {}",
            shown()
        );
        let apply = format!("apply --yes --quiet --expect {}", part.stdout.trim());
        let run = project.run(&apply);
        assert!(run.exit == 0, "{seed}: {}", run.text());
        told += 1;
    }
    assert!(told > 12, "{told} cases have told something");
}
