//! Checks whether the three places where a credential lives agree: the password that somebody believes
//! in, the digests that Bandwidth has, and the responses that a client sends.
//!
//! Any two of them can be given, or all three; they are compared in pairs.

use std::collections::{HashMap, HashSet};

use crate::authorization::{Authorization, METHODS};
use crate::credential::composite_username;
use crate::diagnosis::mistakes::Mistake;
use crate::diagnosis::{
    Clues, Diagnosis, DigestInput, Explanation, Observed, WrittenDigest, diagnose,
};
use crate::digest::{Digest, DigestKind};
use crate::password::Password;

/// What is known of one username.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sides<'a> {
    /// What the names in the responses are checked against.
    pub given: Given<'a>,
    /// The password.
    pub password: Option<&'a Password>,
    /// The digests. Several belong to several credentials that have the name.
    pub digests: &'a [StoredDigests],
    /// The responses.
    pub responses: &'a [Response<'a>],
}

/// The names that somebody gave.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The username.
    pub username: Option<&'a str>,
    /// The domain.
    pub domain: Option<&'a str>,
    /// The realm.
    pub realm: Option<&'a str>,
}

/// The digests of one credential, as they are stored.
#[derive(Clone, Debug, Default)]
pub struct StoredDigests {
    /// The username that they should be made of.
    pub username: String,
    /// The domain that they should be made of, if there is one.
    pub domain: Option<String>,
    /// The realm that they should be made of.
    pub realm: String,
    /// Hash1.
    pub hash1: Option<WrittenDigest>,
    /// Hash1b.
    pub hash1b: Option<WrittenDigest>,
    /// The username and the domain as the document spells them, if it has them.
    pub spelled: Option<(String, Option<String>)>,
    /// The realm that the document names, if it does.
    pub filed_realm: Option<String>,
}

/// The response of a client to a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The line of the trace that the request begins on.
    pub line: Option<usize>,
    /// The method of the request.
    pub method: &'a str,
    /// The header.
    pub authorization: &'a Authorization,
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// Hash1.
    Hash1,
    /// Hash1b.
    Hash1b,
    /// A response.
    Response,
    /// The username of a response.
    Username,
    /// The realm of a response or of a document.
    Realm,
}

/// What it was checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Against {
    /// The password.
    Password,
    /// Hash1.
    Hash1,
    /// Hash1b.
    Hash1b,
    /// A name that was given.
    Given,
}

/// One comparison, and what came of it. It holds no password and no digest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// What was checked.
    pub subject: Subject,
    /// What it was checked against.
    pub against: Against,
    /// The username of the credential.
    pub username: String,
    /// Its domain, if it has one.
    pub domain: Option<String>,
    /// Its realm.
    pub realm: String,
    /// Which of several credentials with the same name it is, from 1.
    pub entry: Option<usize>,
    /// The response, if it is about one.
    pub response: Option<ResponseInfo>,
    /// How many hexadecimal digits and how many other characters a written digest has.
    pub written: Option<(usize, usize)>,
    /// What came of it.
    pub diagnosis: Diagnosis,
}

/// Describes a response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The line of the trace that the request begins on.
    pub line: Option<usize>,
    /// The method of the request.
    pub method: String,
    /// The name that the client logs in with.
    pub login: String,
    /// The digest that a client of this name uses.
    pub kind: DigestKind,
}

impl Check {
    /// Returns true if both sides agree.
    #[must_use]
    pub fn matches(&self) -> bool {
        matches!(self.diagnosis, Diagnosis::Matches)
    }
}

impl From<DigestKind> for Subject {
    fn from(kind: DigestKind) -> Subject {
        match kind {
            DigestKind::Hash1 => Subject::Hash1,
            DigestKind::Hash1b => Subject::Hash1b,
        }
    }
}

impl From<DigestKind> for Against {
    fn from(kind: DigestKind) -> Against {
        match kind {
            DigestKind::Hash1 => Against::Hash1,
            DigestKind::Hash1b => Against::Hash1b,
        }
    }
}

impl StoredDigests {
    fn written(&self, kind: DigestKind) -> Option<&WrittenDigest> {
        match kind {
            DigestKind::Hash1 => self.hash1.as_ref(),
            DigestKind::Hash1b => self.hash1b.as_ref(),
        }
    }

    /// Returns the realm of the document, if it is another one.
    fn other_realm(&self) -> Option<&String> {
        self.filed_realm.as_ref().filter(|realm| **realm != self.realm)
    }

    fn clues(&self) -> Clues {
        let repeated = match (&self.hash1, &self.hash1b) {
            (Some(one), Some(other)) => one.as_str().eq_ignore_ascii_case(other.as_str()),
            _ => false,
        };
        Clues { repeated, spelled: self.spelled.clone(), filed_realm: self.other_realm().cloned() }
    }

    fn check(&self, entry: Option<usize>, subject: Subject, against: Against) -> Check {
        Check {
            subject,
            against,
            username: self.username.clone(),
            domain: self.domain.clone(),
            realm: self.realm.clone(),
            entry,
            response: None,
            written: None,
            diagnosis: Diagnosis::Matches,
        }
    }
}

/// Compares each two of the sides. Returns a check for each pair of a digest and the password, a
/// response and the password, and a response and a digest, after checks of the names.
#[must_use]
pub fn verify(sides: &Sides<'_>) -> Vec<Check> {
    let mut checks = check_realms(sides.digests);
    if let Some(password) = sides.password {
        checks.extend(check_digests(sides.digests, password));
    }
    let logins: Vec<_> = sides.responses.iter().map(|it| Login::new(it, &sides.given)).collect();
    // The names of many responses are the same.
    let mut seen = HashSet::new();
    let names = logins.iter().map(|login| (login.login(), login.realm()));
    let are_new: Vec<_> = names.map(|names| seen.insert(names)).collect();
    for (login, _) in logins.iter().zip(&are_new).filter(|(_, is_new)| **is_new) {
        checks.extend(login.check_names(&sides.given));
    }
    if let Some(password) = sides.password {
        checks.extend(check_responses(&logins, password));
    }
    for (login, is_new) in logins.iter().zip(are_new) {
        checks.extend(login.check_by_digests(sides.digests, is_new));
    }
    checks
}

/// Returns the number of an entry among several.
fn entry_number(digests: &[StoredDigests], index: usize) -> Option<usize> {
    (digests.len() > 1).then_some(index + 1)
}

/// Checks the realms that a document names.
fn check_realms(digests: &[StoredDigests]) -> Vec<Check> {
    let mut checks = vec![];
    for (index, stored) in digests.iter().enumerate() {
        if let Some(found) = stored.other_realm() {
            let expected = stored.realm.clone();
            let number = entry_number(digests, index);
            checks.push(Check {
                diagnosis: Diagnosis::Differs { found: found.clone(), expected },
                ..stored.check(number, Subject::Realm, Against::Given)
            });
        }
    }
    checks
}

/// Checks digests against the password. Both digests of a credential are explained together.
fn check_digests(digests: &[StoredDigests], password: &Password) -> Vec<Check> {
    // Hypotheses depend on these alone, so they are the same for many entries.
    let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, stored) in digests.iter().enumerate() {
        let names = (&stored.username, &stored.domain, &stored.realm);
        groups.entry((names, stored.clues())).or_default().push(index);
    }
    let mut diagnoses: Vec<[Option<Diagnosis>; 2]> = vec![[None, None]; digests.len()];
    for (((username, domain, realm), clues), indices) in groups {
        for kind in [DigestKind::Hash1, DigestKind::Hash1b] {
            let domain = domain.as_deref();
            let mut input = DigestInput::new(kind, username, domain, realm, password.as_bytes());
            input.clues = clues.clone();
            let (indices, observed): (Vec<_>, Vec<_>) = indices
                .iter()
                .filter_map(|&index| Some((index, digests[index].written(kind)?)))
                .map(|(index, written)| (index, Observed::Digest(written)))
                .unzip();
            for (index, diagnosis) in indices.into_iter().zip(diagnose(&input, &observed)) {
                diagnoses[index][kind as usize] = Some(diagnosis);
            }
        }
    }
    let mut checks = vec![];
    for (index, (stored, mut diagnoses)) in digests.iter().zip(diagnoses).enumerate() {
        if let [Some(hash1), Some(hash1b)] = &mut diagnoses {
            hash1.narrow(hash1b);
        }
        let number = entry_number(digests, index);
        for (kind, diagnosis) in [DigestKind::Hash1, DigestKind::Hash1b].into_iter().zip(diagnoses)
        {
            if let (Some(diagnosis), Some(written)) = (diagnosis, stored.written(kind)) {
                let characters = written.as_str().chars().count();
                let digits = written.as_str().bytes().filter(u8::is_ascii_hexdigit).count();
                checks.push(Check {
                    written: Some((digits, characters - digits)),
                    diagnosis,
                    ..stored.check(number, kind.into(), Against::Password)
                });
            }
        }
    }
    checks
}

/// A response, and what its names say.
struct Login<'a> {
    response: &'a Response<'a>,
    kind: DigestKind,
    composite_username: &'a str,
    username: &'a str,
    domain: Option<&'a str>,
}

impl<'a> Login<'a> {
    fn new(response: &'a Response<'a>, given: &Given<'a>) -> Login<'a> {
        let (composite_username, kind) = split_login(response.authorization);
        let without_domain = given.domain.and_then(|domain| {
            let username = composite_username.strip_suffix(domain)?;
            Some((username.strip_suffix('@')?, Some(domain)))
        });
        let (username, domain) = without_domain.unwrap_or((composite_username, None));
        Login { response, kind, composite_username, username, domain }
    }

    fn login(&self) -> &'a str {
        self.response.authorization.username()
    }

    fn realm(&self) -> &'a str {
        self.response.authorization.realm()
    }

    fn check(&self, subject: Subject, against: Against, diagnosis: Diagnosis) -> Check {
        let Response { line, method, .. } = self.response;
        Check {
            subject,
            against,
            username: self.username.to_owned(),
            domain: self.domain.map(str::to_owned),
            realm: self.realm().to_owned(),
            entry: None,
            response: Some(ResponseInfo {
                line: *line,
                method: (*method).to_owned(),
                login: self.login().to_owned(),
                kind: self.kind,
            }),
            written: None,
            diagnosis,
        }
    }

    /// Checks the names that the client uses against those that were given.
    fn check_names(&self, given: &Given<'_>) -> Vec<Check> {
        let login = self.login();
        let expected = match (given.username, given.domain) {
            (None, None) => None,
            (Some(username), domain) => Some(composite_username(username, domain)),
            (None, Some(domain)) => {
                // Whatever the username is, the domain has to follow it.
                let username = self.composite_username.split('@').next();
                Some(composite_username(username.expect("split has a first item"), Some(domain)))
            }
        };
        let username = expected.map(|expected| {
            let is_it = [self.composite_username, login].contains(&&*expected);
            (Subject::Username, is_it, login, expected)
        });
        let realm = given.realm.map(|expected| {
            (Subject::Realm, self.realm() == expected, self.realm(), expected.to_owned())
        });
        let check = |(subject, matches, found, expected): (_, bool, &str, _)| {
            let found = found.to_owned();
            let diagnosis = match matches {
                true => Diagnosis::Matches,
                false => Diagnosis::Differs { found, expected },
            };
            self.check(subject, Against::Given, diagnosis)
        };
        username.into_iter().chain(realm).map(check).collect()
    }

    /// Checks the response against the digests that are stored for its realm.
    fn check_by_digests(&self, digests: &[StoredDigests], with_realms: bool) -> Vec<Check> {
        let is_here = |stored: &StoredDigests| stored.filed_realm.as_deref() == Some(self.realm());
        let any_here = digests.iter().any(is_here);
        let mut checks = vec![];
        for (index, stored) in digests.iter().enumerate() {
            // Another realm's is another credential.
            if any_here && !is_here(stored) || stored.written(self.kind).is_none() {
                continue;
            }
            if let Some(realm) = stored.filed_realm.as_ref().filter(|_| !any_here && with_realms) {
                let diagnosis =
                    Diagnosis::Differs { found: self.realm().to_owned(), expected: realm.clone() };
                checks.push(self.check(Subject::Realm, self.kind.into(), diagnosis));
            }
            let check =
                self.check(Subject::Response, self.kind.into(), self.diagnose_by_digests(stored));
            checks.push(Check { entry: entry_number(digests, index), ..check });
        }
        checks
    }

    fn diagnose_by_digests(&self, stored: &StoredDigests) -> Diagnosis {
        let digest = |kind| stored.written(kind).and_then(WrittenDigest::digest);
        let Some(right) = digest(self.kind) else { return Diagnosis::NotADigest };
        let other = digest(self.kind.other());
        let Response { method, authorization, .. } = *self.response;
        let is_from = |digest: &Digest, method| authorization.is_from(digest, method);
        let is_from_any = |digest: &Digest| METHODS.iter().any(|method| is_from(digest, method));

        let (swapped, other_method) = (Mistake::named("swapped"), Mistake::named("method"));
        let explained = |mistakes: &[_]| Diagnosis::Explained(vec![Explanation::new(mistakes)]);
        let mut tried = vec![other_method];
        if is_from(&right, method) {
            return Diagnosis::Matches;
        }
        if is_from_any(&right) {
            return explained(&[other_method]);
        }
        if let Some(other) = other {
            if is_from(&other, method) {
                return explained(&[swapped]);
            }
            if is_from_any(&other) {
                return explained(&[swapped, other_method]);
            }
            tried.insert(0, swapped);
        }
        Diagnosis::Unexplained { tried }
    }
}

/// Returns the composite username of a response, and the digest that a client of its name uses: one
/// that uses Hash1b logs in with `@` and the realm after the composite username.
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

/// Checks responses against the password.
fn check_responses(logins: &[Login<'_>], password: &Password) -> Vec<Check> {
    let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
    for (index, login) in logins.iter().enumerate() {
        let Login { response, kind, username, domain, .. } = login;
        let key = (*kind, *username, *domain, login.realm(), response.method);
        groups.entry(key).or_default().push(index);
    }
    let mut diagnoses = vec![Diagnosis::Matches; logins.len()];
    for ((kind, username, domain, realm, method), indices) in groups {
        let mut input = DigestInput::new(kind, username, domain, realm, password.as_bytes());
        method.clone_into(&mut input.method);
        let responses = indices.iter().map(|&it| logins[it].response.authorization);
        let observed: Vec<_> = responses.map(Observed::Response).collect();
        for (index, diagnosis) in indices.into_iter().zip(diagnose(&input, &observed)) {
            diagnoses[index] = diagnosis;
        }
    }
    let checks = logins.iter().zip(diagnoses);
    checks.map(|(login, it)| login.check(Subject::Response, Against::Password, it)).collect()
}
