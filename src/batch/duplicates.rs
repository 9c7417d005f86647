//! Finds credentials that Bandwidth treats as duplicates.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use crate::credential::{Credential, Domain};
use crate::name::{push_key, push_lowercase};

/// Writes what is equal for duplicates (Bandwidth's errors 23000, 23026) to `key`: the
/// [key](crate::Name::key) of a name, and the realm in lowercase.
pub fn write_key(key: &mut String, credential: &Credential<'_>) {
    key.clear();
    push_key(key, credential.username, credential.domain.map(Domain::as_str));
    key.push(' ');
    push_lowercase(key, credential.realm.as_str());
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
mod tests;
