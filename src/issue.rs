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
pub struct Invalid(pub(crate) Vec<Issue>);

impl Invalid {
    /// Returns the issues. There is at least one.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.0
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&join(&self.0))
    }
}

/// Joins issues, each with the name of its field.
pub(crate) fn join(issues: &[Issue]) -> String {
    let issues = issues.iter().map(|issue| match issue.field {
        Field::Row => issue.to_string(),
        field => format!("{}: {issue}", field.name()),
    });
    issues.collect::<Vec<_>>().join("; ")
}

impl std::error::Error for Invalid {}

/// Collects the issues of several values, so that they are reported together.
#[derive(Debug, Default)]
pub struct Issues {
    strictness: Strictness,
    errors: Vec<Issue>,
    warnings: Vec<Issue>,
}

impl Issues {
    /// Creates a collection without issues.
    #[must_use]
    pub fn new(strictness: Strictness) -> Issues {
        Issues { strictness, ..Issues::default() }
    }

    /// Checks a value by itself, with a function that returns it unless it has an error.
    pub(crate) fn check<T>(
        strictness: Strictness,
        check: impl FnOnce(&mut Issues) -> Option<T>,
    ) -> Result<T, Invalid> {
        let mut issues = Issues::new(strictness);
        check(&mut issues).ok_or(Invalid(issues.errors))
    }

    /// Adds an issue. Returns true if it is an error at this strictness.
    pub(crate) fn add(&mut self, issue: Issue) -> bool {
        let is_error = issue.is_error(self.strictness);
        if is_error { &mut self.errors } else { &mut self.warnings }.push(issue);
        is_error
    }

    /// Returns the warnings.
    ///
    /// # Errors
    ///
    /// Returns the errors, if there are any.
    pub fn finish(self) -> Result<Vec<Issue>, Invalid> {
        if self.errors.is_empty() { Ok(self.warnings) } else { Err(Invalid(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut issues = Issues::new(Strictness::Strict);
        assert!(issues.add(Issue::new(Field::Username, IssueKind::Empty, "empty", "fill it")));
        assert!(!issues.add(Issue::new(Field::Realm, IssueKind::Warning, "odd", "change it")));
        assert!(issues.add(Issue::new(Field::AppId, IssueKind::BandwidthRule, "bad", "mend it")));
        let invalid = issues.finish().expect_err("there are errors");
        assert_eq!(invalid.to_string(), "username: empty: fill it; app_id: bad: mend it");
        assert_eq!(invalid.issues().len(), 2);
    }

    #[test]
    fn warnings_alone_are_no_error() {
        let mut issues = Issues::new(Strictness::Lenient);
        assert!(!issues.add(Issue::new(Field::AppId, IssueKind::BandwidthRule, "bad", "mend it")));
        assert_eq!(issues.finish().map(|warnings| warnings.len()), Ok(1));
    }
}
