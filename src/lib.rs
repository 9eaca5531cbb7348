//! oppctl keeps Marketo Engage opportunities and opportunity roles as code: YAML manifests are compared with an instance,
//! the difference is shown, and on demand applied.
//!
//! # How it works
//!
//! The tree is the data flow. Each stage takes values and gives values. Effects are at the edges: [`cli`] starts everything and prints,
//! [`api`] talks to the instance (for [`observe`] and [`apply`]), `manifest/files.rs`, `manifest/create.rs` and [`config`] read and write files, and the simulator is a server of its own.
//!
//! ```text
//! files ─▶ manifest ─▶ Desired ─▶ plan::bind ─▶ plan::questions ─▶ observe ─▶ Observed ─▶ plan::plan ─▶ Plan ─▶ render
//!            │                        ▲                               │                                  │
//!            ▼                describe, leads                      api::Client              guard ─▶ waves of batches
//!       Diagnostics                                                   ▲                                  ▼
//!                                                                     └────────────────────────────── apply ─▶ Report
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`model`] | the vocabulary: kinds as data, keys, typed values, described fields, declared records, problems with places |
//! | [`manifest`] | text to [`model::Desired`]: a tree with a place for every value, the language, the checks that need no instance |
//! | [`config`] | `oppctl.yaml`: instances, credentials, ownership, guards, limits |
//! | [`api`] | the client: token, throttle, one retry loop, the table of Marketo's codes, typed requests and replies |
//! | [`ledger`] | which records the project owns: numbered objects in a directory or in object storage, and the lock beside them |
//! | [`keys`] | keys as people write them, in arguments and files, and the leads that they name |
//! | [`observe`] | which calls answer the planner's questions |
//! | [`plan`](mod@plan) | binding, questions, the planner, ownership, the guards, the batches, digests and saved plans, the way back from a run; pure |
//! | [`apply`] | the only loop that changes an instance; outcomes, the settling of unknown ones, and what the ledger keeps of them |
//! | [`journal`] | what each apply was about to do and has done, in a file of its own, and reading it again |
//! | [`import`] | from records of an instance to entries and files; pure |
//! | [`render`] | what is shown: text for people, Markdown for pull requests, the JSON of reports |
//! | [`simulator`] | a local Marketo over HTTP, written from Adobe's documentation |
//! | [`cli`] | one file per command; arguments, settings, streams, signals, exit codes |
//!
//! # Invariants
//!
//! - [`plan::plan`] is pure and total: no I/O, no clock, no failure. A dry run is to stop before [`apply`]; there is no flag for it.
//! - A failed or partial read is an error, never "absent". So is a ledger that cannot be read: only one that was never written is empty.
//! - Only what the ledger has can be a removal; which files or flags a run is given makes nothing one. All guards stand before the first write.
//! - What an apply may create is claimed in the ledger before it is sent. After a crash the ledger knows too much rather than too little.
//! - Without the lock nothing is written to the ledger, nor to an instance that has one. It is never held while a person decides.
//! - Values are made comparable once, at the boundary ([`model::Value`]); after that `==` decides. A plan right after an apply is empty.
//! - No module but [`model::kind`] names a kind, and the simulator has a table of its own.
//! - The simulator shares no type with the client, so that an error cannot cancel out.
//! - Problems of manifests are data ([`model::Problem`]), collected, never the first one only; their text is made in [`render`].
//! - Refusals of single records are outcomes ([`apply::Outcome`]), not errors. A write whose answer was lost is read back, never assumed.
//! - Secrets and tokens are in no output, error, log or URL that is shown; text of others is escaped before it reaches a terminal, a log or a page.
//! - Nothing is sent that is not in the journal before; [`apply`] emits events, and an event that cannot be written down ends the run.
//! - Only [`cli`] prints.
//!
//! # Where things go
//!
//! - **A new kind** (companies, sales persons, custom objects): one entry in [`model::kind::KINDS`], and one in the
//!   simulator's own table (`simulator/objects/table.rs`). Manifests, planner, applier and output follow; a test renews `schemas/`.
//! - **A new problem of manifests**: a variant of [`model::Problem`], its text in `render/problem.rs`, a sample in `tests/data/invalid`,
//!   or in `tests/data/invalid-online` if only an instance can show it.
//! - **A new output format**: a file or folder in `render/` beside `json/` and `markdown/`, which takes the same [`render::Account`] of a
//!   command that has ended, well or not; a word of `--write` in `cli/args/planning.rs`, and the choice in `cli/reports.rs`.
//! - **A new command**: a file in `cli/`, its arguments in `cli/args.rs`, one line in `cli/mod.rs`.
//! - **A new error that ends a run**: its exit is a line in `cli/exits.rs`, its way out where it becomes a `CliError`.
//! - **A new way to say which records to import**: a variant of `KeySource` in `keys/key_file.rs` for a further place of keys; a question of
//!   its own in `cli/import/sought.rs` for records that are found without keys.
//! - **A new table or JSON document of a command**: a file in `render/listing/`.
//! - **A new code of Marketo**: a row in `api/disposition.rs` (what to do) and in `api/meaning.rs` (what to say).
//! - **A new fault of the simulator**: a variant in `simulator/faults/fault.rs`, whose head says where each sort takes effect, and an entry
//!   in `simulator/faults/table.rs`, from which scripts and `oppctl simulator faults` follow.
//! - **A new answer that no document settles**: an entry in `simulator/answers/table.rs` and the one place that asks for
//!   it; a probe in `simulator/tests/answers/probes.rs` shows each of its values.
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
//! | canary | the first changes of each kind and action, which go out alone and are looked at before the rest follows |
//! | outcome | applied, rejected, not attempted or unknown, for each change |
//! | ledger | which records the project owns in an instance, with a hash of each field as last applied; no values |
//! | own | to be in the ledger, or to become so by an apply |
//! | adopt | to own a record that exists already; a change only where its fields differ |
//! | removal | a record that is owned and that no manifest declares any more: a delete |
//! | forget | to stop to own a record and leave it as it is: `ensure: forgotten`, `oppctl ledger forget` |
//! | claim | an entry of the ledger without an id: an apply was about to create or adopt its record, and has not said what became of it |
//! | drift | what others have changed in the instance since the last apply |
//! | marker | a custom field with the owner's name |
//! | orphan | a record with the project's marker that is neither declared nor owned |
//! | guard, refusal | what a person has to allow, and the reason why a plan is not applied |
//! | lock, lease | one run's right to write, and how long it is good without a renewal |
//! | origin | the commit and the time of an apply |
//! | journal | the file of one apply: its changes with what was before, then intent and outcome of each batch |
//! | run | one apply, as its journal tells it |
//! | account, report | what a command came to, however it ended, and the file in which `--write` tells it |
//! | page | a report as Markdown, with a budget of bytes |
//! | undo | the plan that takes a run back, where nobody else has written since |
//! | simulator | the built-in Marketo on loopback |

pub mod api;
pub mod apply;
pub mod cli;
pub mod config;
pub mod import;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod manifest;
pub mod model;
pub mod observe;
pub mod plan;
pub mod render;
pub mod run;
pub mod simulator;

#[cfg(test)]
mod tests;
