//! Names that are one for Bandwidth.

use std::hash::{DefaultHasher, Hasher as _};

use crate::Parts;

/// A hash of a folded name.
pub fn key(name: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(name);
    hasher.finish()
}

/// Keeps one of each key that there is more than once.
pub fn keep_repeated(keys: &mut Vec<u64>) {
    // Each key has one of 8 bits or more for every key there is. To pass over those that share theirs
    // with no other, which are most, takes half as long as to sort them too.
    let bits = (8 * keys.len()).next_power_of_two();
    let mut taken = vec![[0_u64; 2]; bits.div_ceil(64)];
    let place = |key: u64| ((key as usize & (bits - 1)) / 64, 1 << (key % 64));
    for key in &*keys {
        let (at, bit) = place(*key);
        let [once, again] = &mut taken[at];
        *again |= *once & bit;
        *once |= bit;
    }
    keys.retain(|key| {
        let (at, bit) = place(*key);
        taken[at][1] & bit != 0
    });
    keys.sort_unstable();
    *keys = keys.chunk_by(u64::eq).filter(|same| same.len() > 1).map(|same| same[0]).collect();
}

/// Puts into `out` what is the same for two credentials that Bandwidth takes to be one: the
/// composite username and the realm, letter case aside. The `usual` realm is left out, to save the
/// time.
pub fn fold(parts: &Parts<'_>, usual: Option<&str>, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(parts.username.as_bytes());
    if let Some(domain) = parts.domain {
        out.push(b'@');
        out.extend_from_slice(domain.as_bytes());
    }
    if !usual.is_some_and(|it| it == parts.realm || it.eq_ignore_ascii_case(parts.realm)) {
        out.push(b' ');
        out.extend_from_slice(parts.realm.as_bytes());
    }
    if out.is_ascii() {
        out.make_ascii_lowercase();
    } else {
        // Letter by letter: in a word, a final sigma would be another.
        let name = String::from_utf8_lossy(out).into_owned();
        *out = name.chars().flat_map(char::to_lowercase).collect::<String>().into_bytes();
    }
}
