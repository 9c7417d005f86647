//! The names of credentials, and which of them are the same for Bandwidth.

use std::borrow::Cow;

use serde::Serialize;

use crate::digest::DigestKind;
use crate::sip::Authorization;

/// The name of a credential, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Name {
    /// The username, or the composite username if the domain is not known separately.
    pub username: String,
    /// The domain, if it is known separately.
    pub domain: Option<String>,
}

impl Name {
    /// Creates a name.
    #[must_use]
    pub fn new(username: &str, domain: Option<&str>) -> Name {
        Name { username: username.to_owned(), domain: domain.map(str::to_owned) }
    }

    /// Returns the name that a client logs in with. A name that ends in `@` and `domain` is split
    /// there.
    #[must_use]
    pub fn from_login(authorization: &Authorization, domain: Option<&str>) -> Name {
        let (composite_username, _) = split_login(authorization);
        let username = domain.and_then(|domain| {
            let username = composite_username.strip_suffix(domain)?;
            username.strip_suffix('@')
        });
        Name::new(username.unwrap_or(composite_username), domain.filter(|_| username.is_some()))
    }

    /// Returns the composite username.
    #[must_use]
    pub fn composite_username(&self) -> String {
        composite_username(&self.username, self.domain.as_deref()).into_owned()
    }

    /// Returns the composite username in lowercase: Bandwidth ignores letter case, so two names with
    /// the same key are the same name.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = String::new();
        push_key(&mut key, &self.username, self.domain.as_deref());
        key
    }

    /// Returns true if a client logs in with this name. Letter case is ignored.
    #[must_use]
    pub fn matches_login(&self, authorization: &Authorization) -> bool {
        let same = self.key();
        let (composite_username, _) = split_login(authorization);
        let is_same = |login: &&str| Name::new(login, None).key() == same;
        [composite_username, authorization.username()].iter().any(is_same)
    }
}

/// Joins a username and a domain into the composite username: `username@domain`, or the username alone
/// if there is no domain.
pub(crate) fn composite_username<'a>(username: &'a str, domain: Option<&str>) -> Cow<'a, str> {
    match domain {
        None => username.into(),
        Some(domain) => [username, "@", domain].concat().into(),
    }
}

/// Appends the [key](Name::key) of a name to `key`.
pub(crate) fn push_key(key: &mut String, username: &str, domain: Option<&str>) {
    push_lowercase(key, username);
    if let Some(domain) = domain {
        key.push('@');
        push_lowercase(key, domain);
    }
}

/// Appends `text` in lowercase to `key`.
pub(crate) fn push_lowercase(key: &mut String, text: &str) {
    if text.is_ascii() {
        let start = key.len();
        key.push_str(text);
        key[start..].make_ascii_lowercase();
    } else {
        // Character by character, because `str::to_lowercase` treats a final sigma differently.
        key.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// Splits the username of a response into the composite username and the digest that the client uses.
///
/// A client that uses Hash1b appends `@` and the realm to the composite username.
#[must_use]
pub fn split_login(authorization: &Authorization) -> (&str, DigestKind) {
    let login = authorization.username();
    let composite_username =
        login.strip_suffix(authorization.realm()).and_then(|login| login.strip_suffix('@'));
    match composite_username {
        Some(composite_username) => (composite_username, DigestKind::Hash1b),
        None => (login, DigestKind::Hash1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_how_a_name_is_split_make_no_difference() {
        let key = |username, domain| Name::new(username, domain).key();
        assert_eq!(key("Bob", Some("A.b")), "bob@a.b");
        for (one, other) in [
            (("bob", Some("a.b")), ("Bob@A.b", None)),
            (("ΒΟΣ", None), ("βοσ", None)),
            (("éβοσ", Some("x")), ("ÉΒΟΣ", Some("X"))),
        ] {
            assert_eq!(key(one.0, one.1), key(other.0, other.1), "{one:?} {other:?}");
        }
        for (one, other) in [
            (("bob", None), ("bo", None)),
            (("bob", None), ("bob", Some("x"))),
            (("bobx", None), ("bob", Some("x"))),
            (("ß", None), ("ss", None)),
        ] {
            assert_ne!(key(one.0, one.1), key(other.0, other.1), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_of_logins() {
        let authorization = |login: &str| -> Authorization {
            let header = format!(
                "Digest username=\"{login}\", realm=\"a.b\", nonce=n, uri=\"sip:x\", \
                 response=00000000000000000000000000000000"
            );
            header.parse().expect("it is a header")
        };
        let of = |login: &str, domain| {
            let name = Name::from_login(&authorization(login), domain);
            (name.composite_username(), name.domain)
        };
        let text = |text: &str| text.to_owned();
        assert_eq!(of("bob", None), (text("bob"), None));
        assert_eq!(of("bob@x", None), (text("bob@x"), None));
        assert_eq!(of("bob@x", Some("x")), (text("bob@x"), Some(text("x"))));
        assert_eq!(of("bobx", Some("x")), (text("bobx"), None));
        assert_eq!(of("bob@x@a.b", Some("x")), (text("bob@x"), Some(text("x"))));

        let name = Name::new("Bob", Some("x"));
        let matches = |login: &str| name.matches_login(&authorization(login));
        assert!(matches("bob@X") && matches("bob@x@a.b"));
        assert!(!matches("bob") && !matches("bob@y"));
    }
}
