//! Finds credentials that Bandwidth treats as duplicates.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};

use crate::credential::{Credential, Domain};
use crate::name::{push_key, push_lowercase};

/// What identifies a credential, which may be invalid.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    pub username: &'a str,
    pub domain: Option<&'a str>,
    pub realm: &'a str,
}

impl<'a> From<&Credential<'a>> for Identity<'a> {
    fn from(credential: &Credential<'a>) -> Self {
        Identity {
            username: credential.username(),
            domain: credential.domain().map(Domain::as_str),
            realm: credential.realm().as_str(),
        }
    }
}

impl Identity<'_> {
    /// Writes the [key](crate::Name::key) of the name and the realm in lowercase to `text`, which is equal for
    /// duplicates (Bandwidth's errors 23000, 23026).
    fn write_key<'t>(&self, text: &'t mut String) -> &'t str {
        text.clear();
        push_key(text, self.username, self.domain);
        text.push(' ');
        push_lowercase(text, self.realm);
        text
    }

    /// Returns a hash that is equal for duplicates. `text` is overwritten.
    pub fn hash(&self, text: &mut String) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.write_key(text).as_bytes());
        hasher.finish()
    }
}

/// Returns the line of each duplicate, with the line of the first credential that it repeats.
///
/// `hashes` has the [hash](Identity::hash) of each identity: keeping them takes a fraction of the memory
/// of keeping all texts.
pub fn find<'a>(
    mut hashes: Vec<u64>,
    identities: impl Iterator<Item = (u64, Identity<'a>)>,
) -> Vec<(u64, u64)> {
    hashes.sort_unstable();
    let repeated = hashes.chunk_by(u64::eq).filter(|equal| equal.len() > 1);
    let repeated: HashSet<u64> = repeated.map(|equal| equal[0]).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut keys = Vec::new();
    for (line, identity) in identities {
        let mut text = String::new();
        if repeated.contains(&identity.hash(&mut text)) {
            keys.push((line, text));
        }
    }
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
        let identities = names.iter().enumerate().map(|(index, &(username, domain, realm))| {
            (10 * index as u64, Identity { username, domain, realm })
        });
        let hashes: Vec<_> =
            identities.clone().map(|(_, it)| it.hash(&mut String::new())).collect();
        let found = find(hashes.clone(), identities.clone().rev());
        assert_eq!(found, find(hashes, identities), "the order makes a difference");
        found
    }

    #[test]
    fn letter_case_and_how_a_name_is_split_make_no_difference() {
        let same: &[(Parts<'_>, Parts<'_>)] = &[
            (("bob", None, "x.y"), ("bob", None, "x.y")),
            (("bob", None, "x.y"), ("BOB", None, "X.Y")),
            (("bob", Some("a.b"), "x.y"), ("Bob@A.b", None, "x.y")),
            (("ΒΟΣ", None, "x.y"), ("βοσ", None, "x.y")),
        ];
        for (first, second) in same {
            assert_eq!(find_in(&[*first, *second]), [(10, 0)], "{first:?} {second:?}");
        }
        let different: &[(Parts<'_>, Parts<'_>)] = &[
            (("bob", None, "x.y"), ("bob", None, "x.z")),
            (("bob", None, "x.y"), ("bob", Some("a"), "x.y")),
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
