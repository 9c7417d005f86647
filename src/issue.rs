//! Problems with the values of fields.

use std::fmt;

/// A part of a credential, or of the request that creates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// The username.
    Username,
    /// The domain, which is joined to the username with `@`.
    Domain,
    /// The realm: the full host name in the challenge of the SIP server.
    Realm,
    /// The id of the Voice application that Bandwidth routes the credential's calls to.
    AppId,
    /// The id of the realm: a number, required to change a password.
    RealmId,
    /// The password.
    Password,
    /// A whole row of a CSV file.
    Row,
}

impl Field {
    /// Returns the name of the field in JSON keys and CSV columns, such as `app_id`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Field::Username => "username",
            Field::Domain => "domain",
            Field::Realm => "realm",
            Field::AppId => "app_id",
            Field::RealmId => "realm_id",
            Field::Password => "password",
            Field::Row => "row",
        }
    }
}

/// The kind of an [`Issue`], which decides whether it is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueKind {
    /// The value is empty: always an error.
    Empty,
    /// The value would make the digests ambiguous, or cannot be written to a document: always an
    /// error.
    NeverValid,
    /// The value breaks one of Bandwidth's rules: an error unless [`Strictness::Lenient`].
    BandwidthRule,
    /// The value is valid but often a mistake: never an error.
    Warning,
}

/// Whether a value that breaks one of Bandwidth's rules is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// It is an error.
    #[default]
    Strict,
    /// It is a warning, because Bandwidth may have relaxed the rule.
    Lenient,
}

/// A problem with the value of a field. It never contains a password.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issue {
    /// The field.
    pub field: Field,
    /// The kind of problem.
    pub kind: IssueKind,
    /// What is wrong, with the number of Bandwidth's error if there is one.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl Issue {
    pub(crate) fn new(
        field: Field,
        kind: IssueKind,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Issue {
        Issue { field, kind, problem: problem.into(), remedy: remedy.into() }
    }

    /// Returns true if the value is refused at this strictness.
    #[must_use]
    pub(crate) fn is_error(&self, strictness: Strictness) -> bool {
        match self.kind {
            IssueKind::Empty | IssueKind::NeverValid => true,
            IssueKind::BandwidthRule => strictness == Strictness::Strict,
            IssueKind::Warning => false,
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem, self.remedy)
    }
}

/// The error for refused values: at least one issue, each of which is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(Vec<Issue>);

impl Invalid {
    /// Returns the issues. There is at least one.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.0
    }

    /// Returns the errors among `issues`, or `Ok` if there are none.
    pub(crate) fn check(issues: Vec<Issue>, strictness: Strictness) -> Result<(), Invalid> {
        let errors: Vec<_> = issues.into_iter().filter(|it| it.is_error(strictness)).collect();
        if errors.is_empty() { Ok(()) } else { Err(Invalid(errors)) }
    }

    /// Combines two results, so that the issues of both are reported together.
    ///
    /// # Errors
    ///
    /// Returns the issues of both if either is an error.
    pub fn both<A, B>(a: Result<A, Invalid>, b: Result<B, Invalid>) -> Result<(A, B), Invalid> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(mut a), Err(b)) => {
                a.0.extend(b.0);
                Err(a)
            }
            (Err(invalid), Ok(_)) | (Ok(_), Err(invalid)) => Err(invalid),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, issue) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{}: {issue}", issue.field.name())?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{REALM_ID, USERNAME};

    #[test]
    fn leniency_accepts_what_bandwidth_may_have_relaxed() {
        use IssueKind::{BandwidthRule, Empty, NeverValid, Warning};
        for (kind, strict, lenient) in [
            (Empty, true, true),
            (NeverValid, true, true),
            (BandwidthRule, true, false),
            (Warning, false, false),
        ] {
            let issue = Issue::new(Field::Row, kind, "", "");
            assert_eq!(issue.is_error(Strictness::Strict), strict);
            assert_eq!(issue.is_error(Strictness::Lenient), lenient);
        }
    }

    #[test]
    fn an_error_displays_every_issue() {
        let username = Invalid::check(USERNAME.issues(""), Strictness::Lenient);
        let realm = Invalid::check(REALM_ID.issues("x"), Strictness::Strict);
        let both = Invalid::both(username.clone(), realm.clone()).expect_err("both are errors");
        assert_eq!(
            both.to_string(),
            "username: empty (Bandwidth error 1003 / 23001): use the name that the client logs in \
             with; realm_id: not a number: use Bandwidth's number of the realm, such as 14, not its \
             name"
        );
        assert_eq!(both.issues().len(), 2);
        assert_eq!(Invalid::both(username.clone(), Ok(1)), username.clone().map(|()| ((), 1)));
        assert_eq!(Invalid::both(Ok(1), username.clone()), username.map(|()| (1, ())));
        assert_eq!(Invalid::both(Ok(1), Ok(2)), Ok((1, 2)));
    }
}
