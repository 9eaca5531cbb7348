//! The history of the manifests, as git would tell it: one commit after the other.

use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::future::LocalBoxFuture;

use crate::model::{Declared, Key, ObjectKind};
use crate::run::{Ancestry, Checkout};

/// The manifests that were committed, the newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Commits(Arc<Mutex<Vec<String>>>);

impl Commits {
    /// The newest commit, once it has this manifest.
    pub(super) fn commit(&self, manifest: &str) -> String {
        let mut manifests = self.manifests();
        if manifests.last().is_none_or(|last| last != manifest) {
            manifests.push(manifest.to_owned());
        }
        name(manifests.len() - 1)
    }

    /// The newest commit.
    pub(super) fn head(&self) -> String {
        name(self.manifests().len().saturating_sub(1))
    }

    /// All commits that came before the newest one, with their manifests.
    pub(super) fn older(&self) -> Vec<(String, String)> {
        let manifests = self.manifests();
        let older = manifests.iter().enumerate().take(manifests.len() - 1);
        older
            .map(|(index, manifest)| (name(index), manifest.clone()))
            .collect()
    }

    fn manifests(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap()
    }
}

/// Names are in the order of their commits.
fn name(index: usize) -> String {
    format!("{index:040x}")
}

impl Checkout for Commits {
    fn ancestry<'c>(&'c self, head: &'c str, other: &'c str) -> LocalBoxFuture<'c, Ancestry> {
        let ancestry = if head < other {
            Ancestry::Behind
        } else {
            Ancestry::Ahead
        };
        Box::pin(ready(ancestry))
    }

    fn ever_had<'c>(
        &'c self,
        _file: &'c str,
        _records: &'c [(&'static ObjectKind, &'c Key)],
    ) -> LocalBoxFuture<'c, Option<Vec<bool>>> {
        Box::pin(ready(None))
    }

    fn declared_before(&self) -> LocalBoxFuture<'_, Option<Vec<Declared>>> {
        Box::pin(ready(None))
    }
}
