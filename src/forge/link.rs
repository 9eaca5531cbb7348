//! The next page of a list, from the header `Link`.
//!
//! Source: RFC 8288; docs.github.com, "Using pagination in the REST API"; docs.gitlab.com, "REST API", "Pagination": both forges give
//! the whole address of the next page, and no such link on the last page.

/// The address of the next page.
pub(super) fn next(header: &str) -> Option<&str> {
    header.split(',').find_map(|link| {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let mut parameters = parameters.split(';').map(str::trim);
        parameters
            .any(|parameter| matches!(parameter, "rel=\"next\"" | "rel=next"))
            .then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let github = "<https://api.github.com/repositories/1/issues?page=1>; rel=\"prev\", \
                      <https://api.github.com/repositories/1/issues?page=3>; rel=\"next\", \
                      <https://api.github.com/repositories/1/issues?page=9>; rel=\"last\"";
        assert_eq!(
            next(github),
            Some("https://api.github.com/repositories/1/issues?page=3")
        );
        assert_eq!(next("<https://x.example/?page=1>; rel=\"first\""), None);
        assert_eq!(next(""), None);
    }
}
