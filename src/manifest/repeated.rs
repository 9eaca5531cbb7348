//! Finding repeated keys. A few keys are compared with each other, which allocates nothing; many keys are hashed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// A repeated key: the index of its first occurrence, and of a later one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) first: usize,
    pub(super) again: usize,
}

/// Up to this number, comparing all pairs is cheaper than hashing.
const FEW: usize = 24;

/// The repeated keys among `count` keys, in order.
pub(super) fn repeated<K: Eq + Hash>(count: usize, key: impl Fn(usize) -> K) -> Vec<Pair> {
    if count > FEW {
        return by_hash(count, key);
    }
    (1..count)
        .filter_map(|again| {
            let first = (0..again).find(|first| key(*first) == key(again))?;
            Some(Pair { first, again })
        })
        .collect()
}

fn by_hash<K: Eq + Hash>(count: usize, key: impl Fn(usize) -> K) -> Vec<Pair> {
    let mut firsts = HashMap::with_capacity(count);
    let mut pairs = Vec::new();
    for again in 0..count {
        match firsts.entry(key(again)) {
            Entry::Vacant(vacant) => {
                vacant.insert(again);
            }
            Entry::Occupied(first) => pairs.push(Pair {
                first: *first.get(),
                again,
            }),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn both_ways_find_the_same() {
        let expected: Vec<Pair> = (50..60)
            .map(|again| Pair {
                first: again - 50,
                again,
            })
            .collect();
        assert_eq!(repeated(60, |index| index % 50), expected);
        let few = ["a", "b", "a", "a"];
        let pairs = [(0, 2), (0, 3)].map(|(first, again)| Pair { first, again });
        assert_eq!(repeated(few.len(), |index| few[index]), pairs);
        assert_eq!(by_hash(few.len(), |index| few[index]), pairs);
    }
}
