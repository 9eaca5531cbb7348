//! oppctl keeps Marketo Engage opportunities and opportunity roles as code. It compares YAML manifests with an instance, shows the
//! difference, and applies it.
//!
//! # How it works
//!
//! The tree is the data flow. Each stage takes values and returns values. Effects are at the edges: [`api`] talks to the instance
//! (for [`observe`] and [`apply`]), [`ledger`] and [`journal`] have their stores, `manifest/files.rs`, `manifest/create.rs`,
//! `keys/key_text.rs`, `run/settings.rs`, `regular_file.rs` and [`config`] read and write files, `ledger/owner.rs` asks the machine for its name,
//! [`git`] runs git, [`snapshot`] runs `age`, [`forge`] calls GitHub and GitLab, the simulator is a server of its own, and [`cli`] prints.
//!
//! ```text
//! files ─▶ manifest ─▶ Desired ─▶ plan::bind ─▶ plan::questions ─▶ observe ─▶ Observed ─▶ plan::plan ─▶ Plan
//!            │                        ▲                               │                               │
//!            ▼                describe, leads                      api::Client                       guard
//!       Diagnostics                                                   ▲                               ▼
//!                                                                     └───────── apply ◀── waves of batches
//!
//! arguments ─▶ run::Settings ─▶ run::course ─▶ run::Ended ─▶ render ─▶ text, JSON, Markdown, HTML, exit code
//! ```
//!
//! **The protocol of a run is [`run::course`]**: lock, plan, review, guard, ask, journal, claim, apply, settle, save, end, release.
//! Commands, tests and programs that embed this crate (`examples/embed.rs`) all use it.
//!
//! | module | what it does |
//! |---|---|
//! | [`model`] | the vocabulary: kinds as data, keys, typed values, described fields, declared records, problems with places |
//! | [`manifest`] | text to [`model::Desired`]: a tree with a place for every value, the language, the checks that need no instance; and changes of a text in its places |
//! | [`config`] | `oppctl.yaml`: instances, credentials, ownership, guards, limits; and the policy, which limits it |
//! | [`api`] | the client: token, throttle, one retry loop, the table of Marketo's codes, typed requests and replies |
//! | [`store`] | where ledgers and journals are: a directory or a bucket, tested before it is trusted |
//! | [`ledger`] | which records the project owns: numbered objects in a directory or in object storage, and the lock beside them |
//! | [`observe`] | the calls that answer the planner's questions |
//! | [`plan`](mod@plan) | binding, questions, the planner, ownership, guards, batches, digests, saved plans, the plan that takes a run back; pure |
//! | [`brief`] | what a plan means to people: what to look at first, what it does to the pipeline, what it deletes, the shapes of its updates; pure |
//! | [`apply`] | the only loop that changes an instance: outcomes, the settling of unknown ones, and what the ledger keeps of them |
//! | [`journal`] | one file or folder of objects for each apply: its changes, what it is about to send, and what happened; and reading it again |
//! | [`import`] | from records of an instance to entries and files, or to changes of the entries that are there; pure |
//! | [`init`] | the files of a new project; pure |
//! | [`convert`] | from the bytes of a spreadsheet to entries, or to problems by row and column; pure |
//! | [`keys`] | keys as people write them, in arguments and files, and the leads that they name |
//! | [`run`] | one run from [`run::Settings`] to [`run::Ended`]: the protocol, and the only way from a goal to a plan |
//! | [`snapshot`] | what a plan reads, in a file that is encrypted for those who plan without the instance |
//! | [`git`] | what git knows of the manifests: the commit that is checked out, and how it stands to the last apply |
//! | [`forge`] | GitHub and GitLab: comments, checks, issues about drift, and the plans that were reviewed |
//! | [`render`] | what is shown: text for people, Markdown for pull requests, pages of HTML, the JSON documents |
//! | [`simulator`] | a local Marketo over HTTP, written from Adobe's documentation and from recorded replies |
//! | [`cli`] | one file per command: arguments to settings, [`run::Ended`] to output and exit code |
//!
//! # Invariants
//!
//! - [`plan::plan`] is pure and total: no I/O, no clock, no failure. A dry run stops before [`apply`]; there is no flag for it.
//! - A failed or partial read is an error, never "absent". A ledger that cannot be read is an error too; only one that was never written is empty.
//! - Only records in the ledger can be removals, whichever files or flags a run gets. All guards come before the first write.
//! - The ledger claims what an apply creates before the apply sends it. After a crash the ledger knows too much rather than too little.
//! - Without the lock, a run of a project with a ledger writes neither to the ledger nor to the instance. The
//!   lock is never held while a person decides.
//! - Values become comparable once, at the boundary ([`model::Value`]); after that `==` decides. A plan right after an apply is empty.
//! - A finished [`plan::Plan`] is not changed.
//! - Only [`model::kind`] names a kind. The simulator has a table of its own.
//! - The simulator shares no type with the client, so that an error cannot cancel out.
//! - Problems of manifests are data ([`model::Problem`]). All of them are collected; [`render`] makes their text.
//! - Refusals of single records are outcomes ([`apply::Outcome`]), not errors. A write whose answer was lost is read back, never assumed.
//! - Secrets and tokens appear in no output, error, log or URL. Text of others is escaped before it reaches a terminal, a log or a page.
//! - The journal has everything before it is sent. An event that cannot be written down ends the run.
//! - What a policy limits is checked where it is made: sessions ([`run::Session`]), ledgers ([`config::LoadedConfig::ledger`]), and
//!   the settings and the plans of runs. No flag and no member of the configuration lifts it.
//! - Only [`cli`] prints. A module imports only from the modules below it (`tests/it/rooms.rs` has the order), and no
//!   files import each other in a circle.
//!
//! # Where things go
//!
//! - **A kind** (as companies): an entry in [`model::kind::KINDS`] and one in the simulator's table
//!   (`simulator/objects/table.rs`). Manifests, planner, applier and output follow; a test renews `schemas/`.
//! - **A reference** (a field or key part that names another record): a [`model::Reference`] of the kind's entry. `plan/referring.rs` says
//!   what a change needs and what it releases: by that `apply/blocked.rs` holds changes back, and a canary takes along what it needs.
//!   `run/references.rs` looks for what is named, `plan/reference.rs` and `plan/planner.rs` tell a mistake from a reference that was lost,
//!   and `plan/used.rs` refuses to delete what others name.
//! - **A guard**: its limit in [`plan::Guards`] and its check in `plan/guard.rs`, the reason as a variant of [`plan::Refusal`], what lifts
//!   it in [`plan::Permits`]; its member in `config/file.rs` (`GuardsFile`), its flag in `cli/args/planning.rs`, its text in `render/refusal.rs`.
//! - **A limit of the policy**: its member in `config/policy/file.rs`, its check in `config/policy/rules.rs`, what it refuses in
//!   `config/policy/refusal.rs`; and the place where the thing is made that it limits.
//! - **A note**: a variant of [`plan::Note`], its text in `render/notes.rs`, its level in `config/severity_rules.rs`.
//! - **A severity**: the level of a problem, finding or note, and what a configuration may make of it: a row in
//!   `config/severity_rules.rs`. What is raised to an error becomes a refusal in `brief/raised.rs`.
//! - **A line of the journal**: a row in `journal/rows.rs` with its way there in `journal/encode.rs` and back in `journal/decode.rs`.
//! - **A finding for reviewers**: its code in [`brief::FindingCode`], its search in `brief/look.rs`, its words in `render/brief/findings.rs`.
//! - **A member of the plan file**: `plan/file/types.rs`, `plan/file/write.rs` and `plan/file/read.rs`; a test renews `schemas/`.
//! - **A store of ledgers and journals**: a [`store::Provider`] in `store/location.rs`, opened in `store/remote.rs`.
//! - **A problem of manifests**: a variant of [`model::Problem`], its text in `render/problem.rs`, a sample in `tests/data/invalid`,
//!   or in `tests/data/invalid-online` if only an instance can show it.
//! - **A page of `oppctl explain`**: every word of a problem, finding, note, refusal or exit has one in `render/explain/pages`; those of
//!   Marketo's codes are made from its tables. Tests name the words without a page, and try what pages tell to paste.
//! - **An output format**: a file or folder in `render/` beside `json/`, `markdown/` and `html/` that takes a [`render::Account`]; a word of
//!   `--write` in `cli/args/planning.rs`, and the choice in `cli/reports.rs`.
//! - **A forge**: an `impl` of `Forge` in a folder of `forge/`, a word of `publish` in `cli/args/publish.rs`, and its answers in
//!   `tests/it/harness/forge`.
//! - **A command**: a file in `cli/`, its arguments in `cli/args.rs`, one line in `cli/mod.rs`.
//! - **A table or JSON document of a command**: a file in `render/listing/`.
//! - **An error that ends a run**: a variant of [`run::RunError`], its text and way out in `cli/errors.rs`, its exit in `cli/exits.rs`.
//! - **A source of keys to import**: a variant of `KeySource` in `keys/key_file.rs`. Records that are found by something other than
//!   keys are a question of their own in `cli/import/sought.rs`.
//! - **An export that `convert` knows**: a profile in `convert/profiles/`, with the names of its columns and what they mean.
//! - **A problem of a cell**: a variant of [`convert::Wrong`], its text in `render/conversion/problems.rs`, its way out in `hints.rs` beside it.
//! - **A code of Marketo**: a row in `api/disposition.rs` (what to do) and in `api/meaning.rs` (what to say).
//! - **A fault of the simulator**: a variant in `simulator/faults/fault.rs`, whose head says where each sort takes effect, and an entry
//!   in `simulator/faults/table.rs`. Scripts and `oppctl simulator faults` follow.
//! - **An answer that Adobe's documentation leaves open**: an entry in `simulator/answers/table.rs` and the one place that asks for
//!   it. A probe in `simulator/tests/answers/probes.rs` shows each of its values. The first value is what live instances answer;
//!   `simulator/answers/preset.rs` has those of the pages' examples.
//!
//! # Glossary
//!
//! | word | meaning |
//! |---|---|
//! | instance | one Marketo subscription, or the built-in simulator |
//! | kind | opportunity or role: a row of a table, not a code path |
//! | key | the dedupe fields of a record |
//! | manifest, desired | what the YAML declares |
//! | observed | what the instance answered, for exactly the keys asked |
//! | plan, change, action | the difference as a value: create, adopt, update, delete |
//! | tombstone | `ensure: absent` on an entry |
//! | batch | at most 300 records and 1 MB, one kind, one verb: one call |
//! | wave | batches that may be sent side by side; parents before children, deletions the other way round |
//! | canary | the first changes of each kind and action. They are sent and read back before the rest is sent |
//! | outcome | applied, rejected, not attempted or unknown, for each change |
//! | ledger | which records the project owns in an instance, with a hash of each field as last applied, but for sensitive ones; no values |
//! | touch | an apply that writes a record or its entry; a reviewed change is good until the next one |
//! | seal | the keyed hash of a plan file |
//! | own | to be in the ledger, or to get there by an apply |
//! | adopt | to own a record that already exists; a change only where its fields differ |
//! | removal | a record that is owned and that no manifest declares any more: a delete |
//! | forget | to stop owning a record and leave it as it is: `ensure: forgotten`, `oppctl ledger forget` |
//! | claim | an entry of the ledger without an id: an apply was about to create the record, and its outcome is not known |
//! | drift | what others have changed in the instance since the last apply |
//! | marker | a custom field with the owner's name |
//! | snapshot | what an instance answered at a time, encrypted; what was not asked is not known, which is not absent |
//! | blocked | an entry that cannot be planned as long as the lead that it names is missing or doubled |
//! | orphan | a record with the project's marker that is neither declared nor owned |
//! | policy | a file outside of the repository that limits what the configuration and flags may decide |
//! | guard, refusal | what a person has to allow, and the reason why a plan is not applied |
//! | lock, lease | one run's right to write, and how long it lasts without a renewal |
//! | origin | the commit and the time of an apply |
//! | journal | the file of one apply: its changes with the values before, then intent and outcome of each batch |
//! | run | one apply, from its settings to how it ended |
//! | port | what a run needs from its caller: client, store, journals, clock, requests to end, callbacks |
//! | account, report | how a command ended and what it did, and the file in which `--write` tells it |
//! | page | a report as Markdown, with a budget of bytes, or as one file of HTML |
//! | forge | where a repository lies and is reviewed: GitHub or GitLab |
//! | undo | the plan that takes a run back, where no one else has written since |
//! | simulator | the built-in Marketo on loopback |

pub mod api;
pub mod apply;
pub mod brief;
pub mod cli;
pub mod config;
pub mod convert;
pub mod forge;
pub mod git;
pub mod import;
pub mod init;
pub mod journal;
pub mod keys;
mod lean_command;
pub mod ledger;
pub mod manifest;
mod misread;
pub mod model;
pub mod observe;
pub mod plan;
mod regular_file;
pub mod render;
pub mod run;
pub mod simulator;
pub mod snapshot;
pub mod store;
mod value_row;
mod words;

#[cfg(test)]
mod tests;
