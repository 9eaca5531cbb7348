//! The words for a key that a record cannot have had so far.

use super::wording::Wording;
use crate::model::{ObjectKind, WhyNotRenamed};

pub(super) fn bad_rename(kind: &ObjectKind, key: &str, why: WhyNotRenamed) -> Wording {
    let name = kind.noun;
    match why {
        WhyNotRenamed::NotPresent => {
            Wording::new("a record that is renamed has to exist")
                .label("beside `ensure: absent` or `ensure: forgotten`")
                .help("remove `renamedFrom`, or declare the record as present")
        }
        WhyNotRenamed::Declared => Wording::new(format!("the {name} {key} is declared itself"))
            .label("so no other record has had this key")
            .help("remove `renamedFrom` if that rename is done, or remove the other entry"),
        WhyNotRenamed::Twice => Wording::new(format!("two entries have had the key {key} so far"))
            .label("again here")
            .help("keep `renamedFrom` at the entry that goes on as this record"),
        WhyNotRenamed::NoLedger => {
            Wording::new("`renamedFrom` needs a ledger")
                .label(format!("without one it is not known whose the {name} {key} is"))
                .help("write `ownership: { ledger: … }` into oppctl.yaml; or create the new record, and delete the old one with `ensure: absent`")
        }
        WhyNotRenamed::Differs => {
            Wording::new(format!("the {name} {key} has values that the one with its new key lacks"))
                .label("both are there, and no manifest declares these values")
                .help("write them into the new record in Marketo; or remove `renamedFrom`: the old record is then deleted with its values, as one that no manifest declares")
        }
        WhyNotRenamed::Taken => {
            Wording::new(format!("the {name} exists already under its new key, and the project does not own it"))
                .label(format!("{key} is not renamed onto another record"))
                .help("remove `renamedFrom`: the existing record is then adopted, and the old one is deleted as one that no manifest declares")
        }
    }
}
