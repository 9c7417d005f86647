//! Finds credentials that Bandwidth treats as duplicates.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use crate::name::{push_key, push_lowercase};

/// Writes what is equal for duplicates (Bandwidth's errors 23000, 23026) to `key`: the
/// [key](crate::Name::key) of a name, and the realm in lowercase.
pub fn write_key(key: &mut String, username: &str, domain: Option<&str>, realm: &str) {
    key.clear();
    push_key(key, username, domain);
    key.push(' ');
    push_lowercase(key, realm);
}

/// Returns a hash of a key.
#[expect(clippy::cast_possible_truncation, reason = "a short hash suffices")]
pub fn hash(key: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    hasher.write(key.as_bytes());
    hasher.finish() as u32
}

/// Returns the hashes that occur more than once, sorted.
///
/// Only the keys of those rows have to be compared. Keeping the hashes of all takes a fraction of the
/// memory of keeping all keys.
pub fn repeated(mut hashes: Vec<u32>) -> Vec<u32> {
    hashes.sort_unstable();
    hashes.chunk_by(u32::eq).filter(|equal| equal.len() > 1).map(|equal| equal[0]).collect()
}

/// Returns the line of each row whose key repeats that of an earlier row, with the line of the first.
pub fn find(mut keys: Vec<(u64, String)>) -> Vec<(u64, u64)> {
    keys.sort_unstable();
    let mut first_lines = HashMap::new();
    let lines = keys.into_iter().map(|(line, key)| (line, *first_lines.entry(key).or_insert(line)));
    lines.filter(|(line, first)| line != first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts<'a> = (&'a str, Option<&'a str>, &'a str);

    fn find_in(names: &[Parts<'_>]) -> Vec<(u64, u64)> {
        let keys = names.iter().enumerate().map(|(index, &(username, domain, realm))| {
            let mut key = String::new();
            write_key(&mut key, username, domain, realm);
            (10 * index as u64, key)
        });
        let found = find(keys.clone().rev().collect());
        assert_eq!(found, find(keys.collect()), "the order makes a difference");
        found
    }

    #[test]
    fn hashes_that_occur_more_than_once() {
        assert_eq!(repeated(vec![3, 1, 2]), [0; 0]);
        assert_eq!(repeated(vec![3, 1, 3, 2, 1, 3]), [1, 3]);
    }

    #[test]
    fn the_parts_of_a_key_are_separate() {
        let different: &[(Parts<'_>, Parts<'_>)] = &[
            (("bob", None, "x.y"), ("bob", None, "x.z")),
            (("bob", None, "x.y"), ("bobx.y", None, "x.y")),
            (("bob", Some("a"), "b"), ("bob", None, "a b")),
        ];
        for (first, second) in different {
            assert_eq!(find_in(&[*first, *second]), [], "{first:?} {second:?}");
        }
    }

    #[test]
    fn every_repetition_names_the_first() {
        let (a, b, c) = (("a", None, "x"), ("b", None, "x"), ("c", None, "x"));
        assert_eq!(find_in(&[]), []);
        assert_eq!(find_in(&[a, b, c]), []);
        assert_eq!(find_in(&[a, b, a, c, b, a]), [(20, 0), (40, 10), (50, 0)]);
    }
}
