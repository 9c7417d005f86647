//! Finds names that Bandwidth treats as duplicates.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};

use crate::Credential;
use crate::credential::composite_username;

/// What identifies a credential, valid or not.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    pub username: &'a str,
    pub domain: Option<&'a str>,
    pub realm: &'a str,
}

impl<'a> From<&Credential<'a>> for Name<'a> {
    fn from(credential: &Credential<'a>) -> Self {
        Name {
            username: credential.username(),
            domain: credential.domain().map(|domain| domain.as_str()),
            realm: credential.realm().as_str(),
        }
    }
}

impl Name<'_> {
    /// Returns a text that is the same for two names that Bandwidth treats as one: the composite
    /// username and the realm, with letter case ignored.
    fn folded(&self) -> String {
        let mut text = [&composite_username(self.username, self.domain), " ", self.realm].concat();
        if text.is_ascii() {
            text.make_ascii_lowercase();
            return text;
        }
        // Letter by letter, because `str::to_lowercase` makes another letter of a final sigma.
        text.chars().flat_map(char::to_lowercase).collect()
    }

    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.folded().as_bytes());
        hasher.finish()
    }
}

/// Returns the line of each name that repeats an earlier one, and the line of the first of its kind.
pub fn find<'a>(names: impl Iterator<Item = (u64, Name<'a>)> + Clone) -> Vec<(u64, u64)> {
    // A hash of each name takes a fraction of the memory of the names.
    let mut hashes: Vec<u64> = names.clone().map(|(_, name)| name.hash()).collect();
    hashes.sort_unstable();
    let repeated = hashes.chunk_by(u64::eq).filter(|equal| equal.len() > 1);
    let repeated: HashSet<u64> = repeated.map(|equal| equal[0]).collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut lines = HashMap::new();
    let mut found = Vec::new();
    for (line, name) in names.filter(|(_, name)| repeated.contains(&name.hash())) {
        let first = *lines.entry(name.folded()).or_insert(line);
        if first != line {
            found.push((line, first));
        }
    }
    found
}
