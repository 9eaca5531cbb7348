//! `--where FIELD=VALUE`.

/// A field and a value that the records have in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Condition {
    pub(in crate::cli) field: String,
    pub(in crate::cli) value: String,
}

/// Reads `FIELD=VALUE`.
pub(in crate::cli) fn condition(text: &str) -> Result<Condition, String> {
    let (field, value) = text
        .split_once('=')
        .ok_or("write it as FIELD=VALUE, for example externalCompanyId=ACME")?;
    if field.trim() != field || field.is_empty() {
        return Err("the name of the field is empty or has blanks around it".to_owned());
    }
    if value.trim().is_empty() {
        return Err("the value is empty: an instance cannot search for records without one".into());
    }
    if value.contains(',') {
        return Err(
            "the value contains a comma, at which Marketo parts the values of a query".to_owned(),
        );
    }
    Ok(Condition {
        field: field.to_owned(),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_condition_says_why() {
        for (text, why) in [
            ("ACME", "FIELD=VALUE"),
            ("=ACME", "name of the field"),
            (" a=b", "blanks"),
            ("a=", "empty"),
            ("a=b,c", "comma"),
        ] {
            let error = condition(text).expect_err("no condition");
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
