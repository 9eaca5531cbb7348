//! Long lists: their first members, and how many more there are.

use super::detail::Detail;

/// The most members of one list that are shown unless everything is asked for; the rest is counted.
pub(super) const LISTED: usize = 20;

/// The first members of a list, at most this many, and the number of the others.
pub(super) fn first<T>(members: &[T], most: usize) -> (&[T], usize) {
    let (shown, rest) = members.split_at(most.min(members.len()));
    (shown, rest.len())
}

/// The members that are shown with this much detail, and the number of the others.
pub(super) fn listed<T>(members: &[T], detail: Detail) -> (&[T], usize) {
    match detail {
        Detail::Summary | Detail::Normal => first(members, LISTED),
        Detail::Full => (members, 0),
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn what_is_not_shown_is_counted() {
        let members = [0; LISTED + 2];
        let lengths = |(shown, more): (&[i32], usize)| (shown.len(), more);
        assert_eq!(lengths(first(&members, 3)), (3, LISTED - 1));
        assert_eq!(lengths(first(&members[..3], 3)), (3, 0));
        assert_eq!(lengths(listed(&members, Detail::Normal)), (LISTED, 2));
        assert_eq!(lengths(listed(&members, Detail::Full)), (LISTED + 2, 0));
    }
}
