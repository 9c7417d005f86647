//! A SIP credential and its parts. A value of each type is valid, because its constructor checks it
//! against Bandwidth's rules.

use std::borrow::Cow;
use std::fmt;

use crate::issue::{Field, Invalid, Issues, Strictness};
use crate::name::{Name, composite_username};
use crate::rules::{APP_ID, DOMAIN, REALM, REALM_ID, check, check_combination, check_username};

/// Defines a part of a credential that is checked by a table of rules.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident obeys $rules:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a>(pub(crate) &'a str);

        impl<'a> $name<'a> {
            /// Checks `value` and wraps it unchanged.
            ///
            /// # Errors
            ///
            /// Returns every issue that is an error at this strictness.
            pub fn new(value: &'a str, strictness: Strictness) -> Result<Self, Invalid> {
                Issues::check(strictness, |issues| Self::check(value, issues))
            }

            /// Checks `value`, and wraps it unchanged if it has no error. Adds its issues to `issues`.
            pub fn check(value: &'a str, issues: &mut Issues) -> Option<Self> {
                check(Field::$name, $rules, value, issues).then_some($name(value))
            }

            /// Returns the value.
            #[must_use]
            pub fn as_str(self) -> &'a str {
                self.0
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0)
            }
        }
    };
}

part! {
    /// The domain of a username: at most 32 letters, digits and `. _ - ! $ & * + = ~`
    /// (Bandwidth's errors 23002, 23015).
    Domain obeys DOMAIN
}

part! {
    /// The full host name of a realm, such as `vapi-3efeaa.auth.bandwidth.com`: at most 64 letters,
    /// digits, `-` and `.` (Bandwidth's errors 23017, 23018).
    Realm obeys REALM
}

part! {
    /// The id of a Voice application: a UUID (Bandwidth's error 23020).
    AppId obeys APP_ID
}

part! {
    /// The id that Bandwidth assigned to a realm: a number.
    RealmId obeys REALM_ID
}

/// A username, its domain if it has one, and a realm. Together with a password, these are the inputs
/// of the digests.
///
/// A username has 1 to 32 letters, digits and `. _ - ! $ & * + = ~ @`, but no `@` if there is a domain
/// (Bandwidth's errors 1003, 23001, 23002, 23014, 23016).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credential<'a> {
    pub(crate) username: &'a str,
    pub(crate) domain: Option<Domain<'a>>,
    pub(crate) realm: Realm<'a>,
}

impl<'a> Credential<'a> {
    /// Checks all parts and creates a credential.
    ///
    /// # Errors
    ///
    /// Returns every issue of any part that is an error at this strictness.
    pub fn new(
        username: &'a str,
        domain: Option<&'a str>,
        realm: &'a str,
        strictness: Strictness,
    ) -> Result<Self, Invalid> {
        Issues::check(strictness, |issues| Self::check(username, domain, realm, issues))
    }

    /// Checks all parts and their combination, and creates a credential unless one has an error. Adds the
    /// issues to `issues`.
    pub fn check(
        username: &'a str,
        domain: Option<&'a str>,
        realm: &'a str,
        issues: &mut Issues,
    ) -> Option<Self> {
        let is_valid = Self::check_parts(Some(username), domain, Some(realm), issues);
        is_valid.then(|| Credential { username, domain: domain.map(Domain), realm: Realm(realm) })
    }

    /// Checks the parts that are given, and their combination. Returns true unless one has an error. Adds
    /// the issues to `issues`.
    pub fn check_parts(
        username: Option<&str>,
        domain: Option<&str>,
        realm: Option<&str>,
        issues: &mut Issues,
    ) -> bool {
        let is_valid = username.is_none_or(|it| check_username(it, domain.is_some(), issues))
            & domain.is_none_or(|it| Domain::check(it, issues).is_some())
            & realm.is_none_or(|it| Realm::check(it, issues).is_some());
        if let (Some(username), Some(realm)) = (username, realm.map(Realm)) {
            check_combination(&Credential { username, domain: domain.map(Domain), realm }, issues);
        }
        is_valid
    }

    /// Returns the name, which is the credential without its realm.
    #[must_use]
    pub fn name(&self) -> Name {
        Name::new(self.username, self.domain.map(Domain::as_str))
    }

    /// Returns the composite username: `username@domain`, or the username alone if there is no domain.
    #[must_use]
    pub fn composite_username(&self) -> Cow<'a, str> {
        composite_username(self.username, self.domain.map(Domain::as_str))
    }

    /// Returns the username, without the domain.
    #[must_use]
    pub fn username(&self) -> &'a str {
        self.username
    }

    /// Returns the domain.
    #[must_use]
    pub fn domain(&self) -> Option<Domain<'a>> {
        self.domain
    }

    /// Returns the realm.
    #[must_use]
    pub fn realm(&self) -> Realm<'a> {
        self.realm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::{Field, Issue};

    const REALM: &str = "custxx.auth.bandwidth.com";

    fn fields(issues: &[Issue]) -> Vec<Field> {
        issues.iter().map(|issue| issue.field).collect()
    }

    fn warnings(username: &str, domain: Option<&str>, realm: &str) -> Vec<Issue> {
        let mut issues = Issues::new(Strictness::Lenient);
        assert!(Credential::check(username, domain, realm, &mut issues).is_some());
        issues.finish().expect("it is accepted")
    }

    #[test]
    fn the_composite_username_is_joined_with_an_at_sign() {
        let credential = Credential::new("bob", Some("somewhere.com"), REALM, Strictness::Strict);
        let credential = credential.expect("it is valid");
        assert_eq!(credential.composite_username(), "bob@somewhere.com");
        assert_eq!(credential.username(), "bob");
        assert_eq!(credential.domain().map(Domain::as_str), Some("somewhere.com"));
        assert_eq!(credential.realm().to_string(), REALM);
        let credential = Credential::new("bob@home", None, REALM, Strictness::Strict);
        assert_eq!(credential.expect("it is valid").composite_username(), "bob@home");
    }

    #[test]
    fn the_rule_of_a_username_depends_on_its_domain() {
        let refused = Credential::new("bob@home", Some("x"), REALM, Strictness::Strict);
        let invalid = refused.expect_err("an @ and a domain");
        assert!(invalid.to_string().contains("23014"), "{invalid}");
        let warnings = warnings("bob@home", Some("x"), REALM);
        assert_eq!(fields(&warnings), [Field::Username]);
        assert!(warnings[0].problem.contains("23014"));
    }

    #[test]
    fn all_parts_are_checked_at_once() {
        let refused = Credential::new("a b", Some("c d"), "sip:e", Strictness::Lenient);
        let invalid = refused.expect_err("all are wrong");
        assert_eq!(fields(invalid.issues()), [Field::Username, Field::Domain, Field::Realm]);
        let mut issues = Issues::default();
        assert!(!Credential::check_parts(Some("b#"), None, None, &mut issues));
        assert!(!Credential::check_parts(None, Some("d/"), None, &mut issues));
        assert!(!Credential::check_parts(None, None, Some("r_"), &mut issues));
        assert!(Credential::check_parts(None, None, None, &mut issues));
        assert_eq!(issues.finish().err().map(|invalid| invalid.issues().len()), Some(3));
    }

    #[test]
    fn warnings_of_all_parts() {
        let of_parts = warnings("b#", Some("d/"), "Vapi.x");
        assert_eq!(fields(&of_parts), [Field::Username, Field::Domain, Field::Realm]);
        assert_eq!(fields(&warnings("bob", Some(REALM), REALM)), [Field::Domain]);
    }
}
