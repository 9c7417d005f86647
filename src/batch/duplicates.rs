//! Finds credentials that Bandwidth treats as duplicates.

use std::collections::{HashMap, HashSet};
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

/// Returns the line of each duplicate, with the line of the first row that it repeats.
///
/// `hashes` has the hash of each key, and `keys` the key of each line. Keeping hashes takes a fraction of
/// the memory of keeping all keys, which are compared only where hashes are equal.
pub fn find(mut hashes: Vec<u32>, keys: impl Iterator<Item = (u64, String)>) -> Vec<(u64, u64)> {
    hashes.sort_unstable();
    let repeated = hashes.chunk_by(u32::eq).filter(|equal| equal.len() > 1);
    let repeated: HashSet<u32> = repeated.map(|equal| equal[0]).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut keys: Vec<_> = keys.filter(|(_, key)| repeated.contains(&hash(key))).collect();
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
        let hashes: Vec<_> = keys.clone().map(|(_, key)| hash(&key)).collect();
        let found = find(hashes.clone(), keys.clone().rev());
        assert_eq!(found, find(hashes, keys), "the order makes a difference");
        found
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
