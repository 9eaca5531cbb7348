//! Keys as people write them, in arguments and files, and the keys of an instance that they stand for.

mod key_file;
mod resolve;
mod written_key;

pub use key_file::{KeyFileError, KeyLine, KeySource, read_keys};
pub use resolve::{NoLead, ResolvedKey, resolve};
pub use written_key::{KeyError, KeyPlace, WrittenKey, WrittenKeyPart};
