//! Keys as people write them, in arguments and files, and the keys of an instance or of a ledger that they stand for.

mod changed;
mod exact;
mod find;
mod key_file;
mod key_part;
mod key_text;
mod narrow;
mod owned;
mod reading;
mod resolve;
mod written_key;

pub use changed::narrow_to_changed;
pub use exact::{exact_form, needs_exact_form, plain_form};
pub use find::{KnownRecord, NotMeant, meant};
pub use key_file::{KeyFileError, KeyLine, KeySource, read_keys};
pub use narrow::narrow;
pub use owned::{OwnedKey, owned};
pub use resolve::{NoLead, ResolvedKey, resolve};
pub use written_key::{KeyError, KeyPlace, WrittenKey};
