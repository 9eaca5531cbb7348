//! Fields that describe lists and queries refuse. A question for all fields leaves such a field out and is asked once more.

use std::sync::Arc;

use crate::api::ApiError;

/// Takes the field out of these that the message of a refused query names, for the next try; nothing if it names none.
pub fn leave_out(error: &ApiError, fields: &mut Vec<Arc<str>>) -> Option<Arc<str>> {
    let refused = refused_field(error, fields)?;
    fields.retain(|field| *field != refused);
    Some(refused)
}

/// The field among these that the message of a refused query names.
fn refused_field(error: &ApiError, fields: &[Arc<str>]) -> Option<Arc<str>> {
    let ApiError::Refused { refusal, .. } = error else {
        return None;
    };
    let is_in_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = refusal.message.split(|c| !is_in_name(c));
    words.find_map(|word| {
        let mut fields = fields.iter();
        fields
            .find(|field| field.eq_ignore_ascii_case(word))
            .cloned()
    })
}

/// What is said of a field that was left out.
#[must_use]
pub fn left_out(field: &str) -> String {
    format!(
        "the field {field} is left out: the instance describes it, and refuses queries for it\n"
    )
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::api::{Call, CallRefusal, Operation};
    use crate::model::kind::OPPORTUNITY;

    #[test]
    fn the_field_is_the_one_that_the_message_names() {
        let fields: Vec<Arc<str>> = ["name", "crmIsDeleted", "stage__c"].map(Arc::from).into();
        for (message, expected) in [
            ("Field 'crmIsDeleted' not found", Some("crmIsDeleted")),
            ("Invalid field: CRMISDELETED.", Some("crmIsDeleted")),
            ("stage__c cannot be read", Some("stage__c")),
            ("crmIsDeletedAt", None),
            ("System error", None),
        ] {
            let error = ApiError::Refused {
                call: Call {
                    operation: Operation::Query,
                    kind: Some(&OPPORTUNITY),
                },
                refusal: CallRefusal {
                    code: "1006".into(),
                    message: message.into(),
                    request_id: None,
                },
            };
            assert_eq!(
                refused_field(&error, &fields).as_deref(),
                expected,
                "{message}"
            );
        }
        assert_eq!(refused_field(&ApiError::TokenRunsOut, &fields), None);
    }
}
