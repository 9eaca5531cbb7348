//! Object stores that work and object stores that fail.

pub(crate) mod altered;
mod numbered;

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::memory::InMemory;

/// A store in memory.
pub(crate) fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}
