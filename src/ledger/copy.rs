//! A ledger as one text, for a copy outside of its store: the same text that the store has.

use object_store::PutPayload;

use crate::store::hex;

use super::error::LedgerError;
use super::fingerprint::Fingerprint;
use super::format::{self, LedgerReader};
use super::records::Ledger;

/// The text of a ledger of this instance.
pub async fn ledger_text(ledger: &Ledger, fingerprint: &Fingerprint) -> Vec<u8> {
    let text: PutPayload = format::write(ledger, fingerprint, &hex::unique()).await;
    let mut bytes = Vec::with_capacity(text.content_length());
    text.iter().for_each(|piece| bytes.extend_from_slice(piece));
    bytes
}

/// Reads the text of a ledger of this instance; `shown` names its file.
///
/// # Errors
/// It is no ledger, is damaged, has a newer version, or belongs to another instance.
pub fn read_ledger(
    text: &[u8],
    shown: &str,
    fingerprint: &Fingerprint,
) -> Result<Ledger, LedgerError> {
    let mut reader = LedgerReader::new(fingerprint);
    let read = reader.push(text).and_then(|()| reader.finish());
    read.map_err(|flaw| LedgerError::flawed(flaw, shown.to_owned(), fingerprint))
}
