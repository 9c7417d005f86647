//! A SIP credential and its parts. A value of each type is valid, because its constructor checks it
//! against Bandwidth's rules.

use std::fmt;

use crate::issue::{Invalid, Issue, Issues, Strictness};
use crate::name::composite_username;
use crate::rules::{
    APP_ID, DOMAIN, REALM, REALM_ID, Rules, USERNAME, USERNAME_WITH_DOMAIN, check_combination,
};

/// Defines a part of a credential that is checked by a single rule.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident obeys $rule:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name<'a>(&'a str);

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
                $rule.check(value, issues).then(|| Self::unchecked(value))
            }

            /// Wraps a value that has been checked.
            pub(crate) fn unchecked(value: &'a str) -> Self {
                $name(value)
            }

            /// Returns the value.
            #[must_use]
            pub fn as_str(self) -> &'a str {
                self.0
            }

            /// Returns the issues that are only warnings.
            #[must_use]
            pub fn warnings(self) -> Vec<Issue> {
                Issues::warnings(|issues| Self::check(self.0, issues))
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

/// A username and its domain, if it has one. `Display` joins them with `@`.
///
/// A username has 1 to 32 letters, digits and `. _ - ! $ & * + = ~ @`, but no `@` if there is a domain
/// (Bandwidth's errors 1003, 23001, 23002, 23014, 23016).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompositeUsername<'a> {
    username: &'a str,
    domain: Option<Domain<'a>>,
}

impl<'a> CompositeUsername<'a> {
    /// Checks a username and its domain.
    ///
    /// # Errors
    ///
    /// Returns every issue of either that is an error at this strictness.
    pub fn new(
        username: &'a str,
        domain: Option<&'a str>,
        strictness: Strictness,
    ) -> Result<Self, Invalid> {
        Issues::check(strictness, |issues| Self::check(username, domain, issues))
    }

    /// Joins a username and its domain, which have been checked together.
    pub(crate) fn unchecked(username: &'a str, domain: Option<Domain<'a>>) -> Self {
        CompositeUsername { username, domain }
    }

    /// Checks a username and its domain, and joins them if neither has an error. Adds their issues to
    /// `issues`.
    pub fn check(username: &'a str, domain: Option<&'a str>, issues: &mut Issues) -> Option<Self> {
        let is_valid = Self::username_rules(domain.is_some()).check(username, issues);
        let domain = match domain {
            None => None,
            Some(domain) => Some(Domain::check(domain, issues)?),
        };
        is_valid.then_some(CompositeUsername { username, domain })
    }

    fn username_rules(has_domain: bool) -> &'static Rules {
        if has_domain { &USERNAME_WITH_DOMAIN } else { &USERNAME }
    }

    /// Returns the username, without the domain.
    #[must_use]
    pub fn username(self) -> &'a str {
        self.username
    }

    /// Returns the domain.
    #[must_use]
    pub fn domain(self) -> Option<Domain<'a>> {
        self.domain
    }

    /// Returns the issues that are only warnings.
    #[must_use]
    pub fn warnings(self) -> Vec<Issue> {
        let domain = self.domain.map(Domain::as_str);
        Issues::warnings(|issues| Self::check(self.username, domain, issues))
    }
}

impl fmt::Display for CompositeUsername<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&composite_username(self.username, self.domain.map(Domain::as_str)))
    }
}

/// A composite username on a realm. Together with a password, these are the inputs of the digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credential<'a> {
    composite_username: CompositeUsername<'a>,
    realm: Realm<'a>,
}

impl<'a> Credential<'a> {
    /// Creates a credential from its parts.
    #[must_use]
    pub fn new(composite_username: CompositeUsername<'a>, realm: Realm<'a>) -> Self {
        Credential { composite_username, realm }
    }

    /// Checks all parts and creates a credential.
    ///
    /// # Errors
    ///
    /// Returns every issue of any part that is an error at this strictness.
    pub fn parse(
        username: &'a str,
        domain: Option<&'a str>,
        realm: &'a str,
        strictness: Strictness,
    ) -> Result<Self, Invalid> {
        Issues::check(strictness, |issues| Self::check(username, domain, realm, issues))
    }

    /// Checks all parts and their combination, and creates a credential if no part has an error. Adds
    /// the issues to `issues`.
    pub fn check(
        username: &'a str,
        domain: Option<&'a str>,
        realm: &'a str,
        issues: &mut Issues,
    ) -> Option<Self> {
        let composite_username = CompositeUsername::check(username, domain, issues);
        let realm = Realm::check(realm, issues);
        let credential = Credential::new(composite_username?, realm?);
        credential.check_combination(issues);
        Some(credential)
    }

    /// Adds warnings about the combination of the parts to `issues`.
    pub(crate) fn check_combination(&self, issues: &mut Issues) {
        let domain = self.domain().map(Domain::as_str);
        check_combination(self.username(), domain, self.realm.as_str(), issues);
    }

    /// Returns the composite username.
    #[must_use]
    pub fn composite_username(&self) -> CompositeUsername<'a> {
        self.composite_username
    }

    /// Returns the username, without the domain.
    #[must_use]
    pub fn username(&self) -> &'a str {
        self.composite_username.username
    }

    /// Returns the domain.
    #[must_use]
    pub fn domain(&self) -> Option<Domain<'a>> {
        self.composite_username.domain
    }

    /// Returns the realm.
    #[must_use]
    pub fn realm(&self) -> Realm<'a> {
        self.realm
    }

    /// Returns the issues that are only warnings, of each part and of their combination.
    #[must_use]
    pub fn warnings(&self) -> Vec<Issue> {
        let domain = self.domain().map(Domain::as_str);
        let realm = self.realm.as_str();
        Issues::warnings(|issues| Self::check(self.username(), domain, realm, issues))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Field;

    const REALM: &str = "custxx.auth.bandwidth.com";

    fn fields(issues: &[Issue]) -> Vec<Field> {
        issues.iter().map(|issue| issue.field).collect()
    }

    #[test]
    fn the_composite_username_is_joined_with_an_at_sign() {
        let name = CompositeUsername::new("bob", Some("somewhere.com"), Strictness::Strict);
        let name = name.expect("it is valid");
        assert_eq!(name.to_string(), "bob@somewhere.com");
        assert_eq!(name.domain().map(Domain::as_str), Some("somewhere.com"));
        let name = CompositeUsername::new("bob@home", None, Strictness::Strict);
        assert_eq!(name.expect("it is valid").to_string(), "bob@home");
    }

    #[test]
    fn the_rule_of_a_username_depends_on_its_domain() {
        let refused = CompositeUsername::new("bob@home", Some("x"), Strictness::Strict);
        let invalid = refused.expect_err("an @ and a domain");
        assert!(invalid.to_string().contains("23014"), "{invalid}");
        let lenient = CompositeUsername::new("bob@home", Some("x"), Strictness::Lenient);
        let warnings = lenient.expect("it is accepted").warnings();
        assert_eq!(fields(&warnings), [Field::Username]);
        assert!(warnings[0].problem.contains("23014"));
    }

    #[test]
    fn all_parts_are_checked_at_once() {
        let refused = Credential::parse("a b", Some("c d"), "sip:e", Strictness::Lenient);
        let invalid = refused.expect_err("all are wrong");
        assert_eq!(fields(invalid.issues()), [Field::Username, Field::Domain, Field::Realm]);
    }

    #[test]
    fn warnings_of_all_parts() {
        let credential = Credential::parse("b#", Some("d/"), "Vapi.x", Strictness::Lenient);
        let warnings = credential.expect("it is accepted").warnings();
        assert_eq!(fields(&warnings), [Field::Username, Field::Domain, Field::Realm]);
        let credential = Credential::parse("bob", Some(REALM), REALM, Strictness::Strict);
        let credential = credential.expect("it is valid");
        assert_eq!(fields(&credential.warnings()), [Field::Domain]);
        assert_eq!(credential.domain().map(Domain::as_str), Some(REALM));
        assert_eq!(credential.realm().to_string(), REALM);
        assert_eq!(credential.username(), "bob");
        assert_eq!(credential.composite_username().username(), "bob");
    }
}
