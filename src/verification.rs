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

/// A username to check, and its domain if it is known by itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    /// The username, or the composite username.
    pub username: String,
    /// The domain.
    pub domain: Option<String>,
}

impl Account {
    /// Returns the account that a client logs in to. A `domain` is taken off its name.
    #[must_use]
    pub fn of(authorization: &Authorization, domain: Option<&str>) -> Account {
        let (composite_username, _) = split_login(authorization);
        let username = domain.and_then(|domain| {
            let username = composite_username.strip_suffix(domain)?;
            username.strip_suffix('@')
        });
        Account {
            username: username.unwrap_or(composite_username).to_owned(),
            domain: domain.filter(|_| username.is_some()).map(str::to_owned),
        }
    }

    /// Returns the composite username.
    #[must_use]
    pub fn composite_username(&self) -> String {
        composite_username(&self.username, self.domain.as_deref())
    }

    /// Returns true if a client logs in to this account, letter case aside.
    #[must_use]
    pub fn is_of(&self, authorization: &Authorization) -> bool {
        let name = self.composite_username().to_lowercase();
        let (composite_username, _) = split_login(authorization);
        [composite_username, authorization.username()].iter().any(|it| it.to_lowercase() == name)
    }
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
    /// The line of the trace that has it, if it comes from a trace.
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
    /// The line of the trace that has it, if it comes from a trace.
    pub line: Option<usize>,
    /// The method of the request.
    pub method: String,
    /// The name that the client logs in with.
    pub login: String,
    /// The realm that the client answers for.
    pub realm: String,
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

/// What was compared.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verification {
    /// The comparisons.
    pub checks: Vec<Check>,
    /// The responses of a trace that are for another realm than the one given.
    pub not_checked: Vec<ResponseInfo>,
}

/// Compares each two of the sides: a digest and the password, a response and the password, a response
/// and a digest. The names in the responses and in the document are checked, too.
#[must_use]
pub fn verify(sides: &Sides<'_>) -> Verification {
    let mut verification =
        Verification { checks: check_realms(sides.digests), not_checked: vec![] };
    let checks = &mut verification.checks;
    if let Some(password) = sides.password {
        checks.extend(check_digests(sides.digests, password));
    }
    let logins = sides.responses.iter().map(|response| Login::new(response, &sides.given));
    let is_elsewhere = |login: &Login<'_>| {
        login.response.line.is_some() && sides.given.realm.is_some_and(|it| it != login.realm())
    };
    let (elsewhere, logins): (Vec<_>, Vec<_>) = logins.partition(is_elsewhere);
    // The names of many responses are the same.
    let mut seen = HashSet::new();
    let mut is_new = |login: &Login<'_>| {
        let names = (login.login().to_owned(), login.realm().to_owned());
        seen.insert(names)
    };
    for login in if logins.is_empty() { &elsewhere } else { &logins } {
        if is_new(login) {
            checks.extend(login.check_names(&sides.given));
            checks.extend(login.check_realm_by_digests(sides.digests));
        }
    }
    if let Some(password) = sides.password {
        checks.extend(check_responses(&logins, password));
    }
    for login in &logins {
        checks.extend(login.check_by_digests(sides.digests));
    }
    verification.not_checked = elsewhere.iter().map(Login::info).collect();
    verification
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
    account: Account,
}

impl<'a> Login<'a> {
    fn new(response: &'a Response<'a>, given: &Given<'_>) -> Login<'a> {
        let (_, kind) = split_login(response.authorization);
        Login { response, kind, account: Account::of(response.authorization, given.domain) }
    }

    fn login(&self) -> &'a str {
        self.response.authorization.username()
    }

    fn realm(&self) -> &'a str {
        self.response.authorization.realm()
    }

    fn info(&self) -> ResponseInfo {
        ResponseInfo {
            line: self.response.line,
            method: self.response.method.to_owned(),
            login: self.login().to_owned(),
            realm: self.realm().to_owned(),
            kind: self.kind,
        }
    }

    fn check(&self, subject: Subject, against: Against, diagnosis: Diagnosis) -> Check {
        Check {
            subject,
            against,
            username: self.account.username.clone(),
            domain: self.account.domain.clone(),
            realm: self.realm().to_owned(),
            entry: None,
            response: Some(self.info()),
            written: None,
            diagnosis,
        }
    }

    /// Checks the names that the client uses against those that were given.
    fn check_names(&self, given: &Given<'_>) -> Vec<Check> {
        let login = self.login();
        let (name, _) = split_login(self.response.authorization);
        let expected = match (given.username, given.domain) {
            (None, None) => None,
            (Some(username), domain) => Some(composite_username(username, domain)),
            (None, Some(domain)) => {
                // Whatever the username is, the domain has to follow it.
                let username = name.split('@').next();
                Some(composite_username(username.expect("split has a first item"), Some(domain)))
            }
        };
        let username = expected.map(|expected| {
            let is_it = [name, login].contains(&&*expected);
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

    /// Checks the realm against that of the digests, unless a credential is filed under it.
    fn check_realm_by_digests(&self, digests: &[StoredDigests]) -> Option<Check> {
        let expected = match digests {
            [] => None,
            _ if digests.iter().any(|stored| self.is_filed_here(stored)) => None,
            [first, ..] => first.filed_realm.clone(),
        };
        let found = self.realm().to_owned();
        let diagnosis = Diagnosis::Differs { found, expected: expected? };
        Some(self.check(Subject::Realm, self.kind.into(), diagnosis))
    }

    fn is_filed_here(&self, stored: &StoredDigests) -> bool {
        stored.filed_realm.as_deref() == Some(self.realm())
    }

    /// Checks the response against the digests that are filed under its realm, if there are any.
    fn check_by_digests(&self, digests: &[StoredDigests]) -> Vec<Check> {
        let any_here = digests.iter().any(|stored| self.is_filed_here(stored));
        let mut checks = vec![];
        for (index, stored) in digests.iter().enumerate() {
            // Another realm's is another credential.
            let is_it = !any_here || self.is_filed_here(stored);
            if is_it && stored.written(self.kind).is_some() {
                let diagnosis = self.diagnose_by_digests(stored);
                checks.push(Check {
                    entry: entry_number(digests, index),
                    ..self.check(Subject::Response, self.kind.into(), diagnosis)
                });
            }
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
        let key = (login.kind, &login.account, login.realm(), login.response.method);
        groups.entry(key).or_default().push(index);
    }
    let mut diagnoses = vec![Diagnosis::Matches; logins.len()];
    for ((kind, account, realm, method), indices) in groups {
        let Account { username, domain } = account;
        let domain = domain.as_deref();
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
