//! What it means that a deleted record can only be created anew.

/// What a plan with deletions says.
pub(super) const AFTER_DELETION: &str = "Deleted records can be re-created, but with a new id. Smart campaigns may fire on the deletion and again on the creation.";

/// What an undo says that creates records which the run deleted.
pub(super) fn recreated(records: usize) -> String {
    let records = match records {
        1 => "1 record that the run deleted is".to_owned(),
        count => format!("{count} records that the run deleted are"),
    };
    format!("{records} re-created with a new id. Smart campaigns may fire.")
}
