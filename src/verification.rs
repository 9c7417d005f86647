//! Checks whether the three sides of a credential agree: the password, the digests that Bandwidth
//! stores, and the responses that a client sends.
//!
//! At least two sides are needed; they are compared in pairs.
//!
//! ```
//! use bwsip::diagnosis::Diagnosis;
//! use bwsip::{Name, Password, WrittenDigest};
//! use bwsip::verification::{Sides, StoredDigests, verify};
//!
//! // The MD5 of `sipauthtest:custxx:password`, with the realm's short name.
//! let hash1 = WrittenDigest::new("aaa7132574e4fffebd83e9b73fe01103".to_owned());
//! let digests = [StoredDigests {
//!     name: Name::new("sipauthtest", None),
//!     realm: "custxx.auth.bandwidth.com".to_owned(),
//!     hash1: Some(hash1),
//!     ..StoredDigests::default()
//! }];
//! let password = Password::new("password")?;
//! let sides = Sides { password: Some(&password), digests: &digests, ..Sides::default() };
//! let verification = verify(&sides);
//! let Diagnosis::Explained(explanations) = &verification.checks[0].diagnosis else { panic!() };
//! assert_eq!(explanations[0].mistakes()[0].name, "realm-short");
//! # Ok::<(), bwsip::Invalid>(())
//! ```

use std::borrow::Cow;
use std::collections::HashSet;

use crate::answer::SipCredential;
use crate::diagnosis::mistakes::Mistake;
use crate::diagnosis::{Clues, Diagnosis, DigestInput, Explanation, Observed, diagnose, matches};
use crate::digest::{Digest, DigestKind, WrittenDigest};
use crate::name::{Name, composite_username};
use crate::password::Password;
use crate::sip::Authorization;
use crate::sip::METHODS;

pub use crate::name::split_login;

/// The number of mismatches with the password that are explained. Both digests of a credential count as
/// one.
pub const MAX_EXPLAINED: usize = 20;

/// The sides to compare, which all belong to one name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sides<'a> {
    /// The expected names, which those in the responses are checked against.
    pub given: Given<'a>,
    /// The password.
    pub password: Option<&'a Password>,
    /// The digests: one item for each credential with the name, such as one for each realm.
    pub digests: &'a [StoredDigests],
    /// The responses.
    pub responses: &'a [Response<'a>],
}

/// The names that the user gave. Each that is present is checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// The username.
    pub username: Option<&'a str>,
    /// The domain.
    pub domain: Option<&'a str>,
    /// The realm.
    pub realm: Option<&'a str>,
}

/// The digests of one credential as Bandwidth stores them, and the inputs expected of them.
#[derive(Clone, Debug, Default)]
pub struct StoredDigests {
    /// The expected name.
    pub name: Name,
    /// The expected realm.
    pub realm: String,
    /// Hash1.
    pub hash1: Option<WrittenDigest>,
    /// Hash1b.
    pub hash1b: Option<WrittenDigest>,
    /// The name in the document, which may differ from the expected one in letter case or in how it is
    /// split.
    pub document_name: Option<Name>,
    /// The realm in the document, if it has one.
    pub document_realm: Option<String>,
}

/// The response of a client to a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The line of the trace that it begins on, from 1; `None` if it is not from a trace.
    pub line: Option<usize>,
    /// The method of the request.
    pub method: &'a str,
    /// The header.
    pub authorization: &'a Authorization,
}

/// What a [`Check`] is about.
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

/// What the subject of a [`Check`] was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Against {
    /// The password.
    Password,
    /// Hash1.
    Hash1,
    /// Hash1b.
    Hash1b,
    /// A name that the user gave.
    Given,
}

/// One comparison and its result. It holds no password and no digest.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Check {
    /// What was compared.
    pub subject: Subject,
    /// What it was compared with.
    pub against: Against,
    /// The name of the credential.
    pub name: Name,
    /// Its realm.
    pub realm: String,
    /// The number of the credential, from 1, if there are several of the same name.
    pub entry: Option<usize>,
    /// The response, if one was compared.
    pub response: Option<ResponseInfo>,
    /// The numbers of hexadecimal digits and of other characters in a written digest.
    pub written: Option<(usize, usize)>,
    /// The result.
    pub diagnosis: Diagnosis,
}

/// A response without its secrets.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The line of the trace that it begins on, from 1; `None` if it is not from a trace.
    pub line: Option<usize>,
    /// The method of the request.
    pub method: String,
    /// The username that the client logs in with.
    pub login: String,
    /// The realm of the challenge that the client answers.
    pub realm: String,
    /// The digest that a client with this username uses.
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
    /// Takes the digests of `stored`, which are expected to be those of this name on this realm.
    #[must_use]
    pub fn new(name: Name, realm: String, stored: &SipCredential) -> StoredDigests {
        let username = stored.username.as_ref();
        StoredDigests {
            name,
            realm,
            hash1: stored.hash1.clone(),
            hash1b: stored.hash1b.clone(),
            document_name: username.map(|it| Name::new(it, stored.domain.as_deref())),
            document_realm: stored.realm.clone(),
        }
    }

    fn written(&self, kind: DigestKind) -> Option<&WrittenDigest> {
        match kind {
            DigestKind::Hash1 => self.hash1.as_ref(),
            DigestKind::Hash1b => self.hash1b.as_ref(),
        }
    }

    /// Returns the realm in the document if it differs from the expected one.
    fn differing_realm(&self) -> Option<&String> {
        self.document_realm.as_ref().filter(|realm| **realm != self.realm)
    }

    fn clues(&self) -> Clues {
        let repeated = match (&self.hash1, &self.hash1b) {
            (Some(one), Some(other)) => one.as_str().eq_ignore_ascii_case(other.as_str()),
            _ => false,
        };
        Clues {
            repeated,
            document_name: self.document_name.clone().map(|it| (it.username, it.domain)),
            document_realm: self.differing_realm().cloned(),
        }
    }

    fn check(&self, entry: Option<usize>, subject: Subject, against: Against) -> Check {
        Check {
            subject,
            against,
            name: self.name.clone(),
            realm: self.realm.clone(),
            entry,
            response: None,
            written: None,
            diagnosis: Diagnosis::Matches,
        }
    }
}

/// The result of [`verify`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verification {
    /// The comparisons.
    pub checks: Vec<Check>,
    /// The responses of a trace that are for another realm than the given one.
    pub not_checked: Vec<ResponseInfo>,
    /// The responses whose digest is not stored, so that Bandwidth refuses them, or was not given, so
    /// that nothing was compared with them.
    pub without_digest: Vec<ResponseInfo>,
}

/// Compares the sides in pairs: digests with the password, responses with the password, and responses
/// with digests. Also checks the names in the responses and in the document.
///
/// In the order of `sides`, the first [`MAX_EXPLAINED`] mismatches with the password are explained;
/// [`Diagnosis::NotExplained`] says of the others that they were only compared.
#[must_use]
pub fn verify(sides: &Sides<'_>) -> Verification {
    let mut left = MAX_EXPLAINED;
    let mut verification =
        Verification { checks: check_realms(sides.digests), ..Verification::default() };
    let checks = &mut verification.checks;
    if let Some(password) = sides.password {
        checks.extend(check_digests(sides.digests, password, &mut left));
    }
    let logins = sides.responses.iter().map(|response| Login::new(response, &sides.given));
    let is_elsewhere = |login: &Login<'_>| {
        login.response.line.is_some() && sides.given.realm.is_some_and(|it| it != login.realm())
    };
    let (elsewhere, logins): (Vec<_>, Vec<_>) = logins.partition(is_elsewhere);
    // Many responses have the same names, which are checked once.
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
        checks.extend(check_responses(&logins, password, &mut left));
    }
    // A document has all digests that are stored. Without one, the password has to do.
    let is_document = sides.digests.iter().any(|stored| stored.document_name.is_some());
    let needs_digest = is_document || !sides.digests.is_empty() && sides.password.is_none();
    for login in &logins {
        let by_digests = login.check_by_digests(sides.digests);
        if by_digests.is_empty() && needs_digest {
            verification.without_digest.push(login.info());
        }
        checks.extend(by_digests);
    }
    verification.not_checked = elsewhere.iter().map(Login::info).collect();
    verification
}

/// Returns the number of an entry if there are several.
fn entry_number(digests: &[StoredDigests], index: usize) -> Option<usize> {
    (digests.len() > 1).then_some(index + 1)
}

/// Checks the realms in the document against the expected ones.
fn check_realms(digests: &[StoredDigests]) -> Vec<Check> {
    let mut checks = vec![];
    for (index, stored) in digests.iter().enumerate() {
        if let Some(found) = stored.differing_realm() {
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

/// Compares an observed digest or response with its inputs, and explains it if any of `left` is left.
fn compare(input: &DigestInput, observed: Observed<'_>, left: usize) -> Diagnosis {
    match left {
        0 if matches(input, observed) => Diagnosis::Matches,
        0 => Diagnosis::NotExplained,
        _ => diagnose(input, observed),
    }
}

/// Checks digests against the password. Both digests of a credential are explained together, and take
/// one of `left`.
fn check_digests(digests: &[StoredDigests], password: &Password, left: &mut usize) -> Vec<Check> {
    let mut checks = vec![];
    for (index, stored) in digests.iter().enumerate() {
        let Name { username, domain } = &stored.name;
        let mut diagnoses = [DigestKind::Hash1, DigestKind::Hash1b].map(|kind| {
            let domain = domain.as_deref();
            let realm = &stored.realm;
            let mut input = DigestInput::new(kind, username, domain, realm, password.as_bytes());
            input.clues = stored.clues();
            Some(compare(&input, Observed::Digest(stored.written(kind)?), *left))
        });
        let is_mismatch = |it: &Diagnosis| !matches!(it, Diagnosis::Matches);
        *left = left.saturating_sub(diagnoses.iter().flatten().any(is_mismatch).into());
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

/// A response, with the digest and the name that follow from its username.
struct Login<'a> {
    response: &'a Response<'a>,
    kind: DigestKind,
    name: Name,
}

impl<'a> Login<'a> {
    fn new(response: &'a Response<'a>, given: &Given<'_>) -> Login<'a> {
        let (_, kind) = split_login(response.authorization);
        Login { response, kind, name: Name::from_login(response.authorization, given.domain) }
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
            name: self.name.clone(),
            realm: self.realm().to_owned(),
            entry: None,
            response: Some(self.info()),
            written: None,
            diagnosis,
        }
    }

    /// Checks the names in the response against the given ones.
    fn check_names(&self, given: &Given<'_>) -> Vec<Check> {
        let login = self.login();
        let (name, _) = split_login(self.response.authorization);
        let expected = match (given.username, given.domain) {
            (None, None) => None,
            (Some(username), domain) => Some(composite_username(username, domain)),
            (None, Some(domain)) => {
                // Any username is accepted, but the domain must follow it.
                let username = name.split('@').next();
                Some(composite_username(
                    username.expect("split yields at least one piece"),
                    Some(domain),
                ))
            }
        };
        let username = expected.map(Cow::into_owned).map(|expected| {
            let matches = [name, login].contains(&&*expected);
            (Subject::Username, matches, login, expected)
        });
        let realm = given.realm.map(|expected| {
            (Subject::Realm, self.realm() == expected, self.realm(), expected.to_owned())
        });
        let check = |(subject, matches, found, expected): (_, bool, &str, _)| {
            let diagnosis = if matches {
                Diagnosis::Matches
            } else {
                Diagnosis::Differs { found: found.to_owned(), expected }
            };
            self.check(subject, Against::Given, diagnosis)
        };
        username.into_iter().chain(realm).map(check).collect()
    }

    /// Checks the realm against that of the digests, unless one of them has the same realm.
    fn check_realm_by_digests(&self, digests: &[StoredDigests]) -> Option<Check> {
        let expected = match digests {
            [] => None,
            _ if digests.iter().any(|stored| self.has_realm_of(stored)) => None,
            [first, ..] => first.document_realm.clone(),
        };
        let found = self.realm().to_owned();
        let diagnosis = Diagnosis::Differs { found, expected: expected? };
        Some(self.check(Subject::Realm, self.kind.into(), diagnosis))
    }

    fn has_realm_of(&self, stored: &StoredDigests) -> bool {
        stored.document_realm.as_deref() == Some(self.realm())
    }

    /// Checks the response against the digests of its realm or, if there are none, against all.
    fn check_by_digests(&self, digests: &[StoredDigests]) -> Vec<Check> {
        let any_has_realm = digests.iter().any(|stored| self.has_realm_of(stored));
        let mut checks = vec![];
        for (index, stored) in digests.iter().enumerate() {
            let is_candidate = !any_has_realm || self.has_realm_of(stored);
            if is_candidate && stored.written(self.kind).is_some() {
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
        Diagnosis::Unexplained { tried, pairs: true }
    }
}

/// Checks responses against the password. Each mismatch takes one of `left`.
fn check_responses(logins: &[Login<'_>], password: &Password, left: &mut usize) -> Vec<Check> {
    let check = |login: &Login<'_>| {
        let Name { username, domain } = &login.name;
        let (domain, realm) = (domain.as_deref(), login.realm());
        let mut input = DigestInput::new(login.kind, username, domain, realm, password.as_bytes());
        login.response.method.clone_into(&mut input.method);
        let observed = Observed::Response(login.response.authorization);
        let diagnosis = compare(&input, observed, *left);
        *left = left.saturating_sub((!matches!(diagnosis, Diagnosis::Matches)).into());
        login.check(Subject::Response, Against::Password, diagnosis)
    };
    logins.iter().map(check).collect()
}

#[cfg(test)]
mod tests {

    use super::*;

    /// By `md5sum`: the digests of Bandwidth's guide, and responses to a REGISTER of `sip:x` by each.
    const REALM: &str = "custxx.auth.bandwidth.com";
    const HASH1: &str = "fe438bddfc087dda89d29e637f5684ab";
    const HASH1B: &str = "79bb0e55551e14a2f329a282c7cf1456";
    const BY_HASH1: &str = "e05ebe8c1fd9d13c182bcf08b8a71b13";
    const BY_HASH1B: &str = "eba2ef01bf2b128c58742289c3444b5d";

    fn authorization(login: &str, realm: &str, response: &str) -> Authorization {
        let header = format!(
            "Digest username=\"{login}\", realm=\"{realm}\", nonce=n, uri=\"sip:x\", response={response}"
        );
        header.parse().expect("it is a header")
    }

    fn stored(hash1: &str, hash1b: &str) -> StoredDigests {
        let written = |text: &str| Some(WrittenDigest::new(text.to_owned()));
        StoredDigests {
            name: Name::new("sipauthtest", None),
            realm: REALM.to_owned(),
            hash1: written(hash1).filter(|it| !it.as_str().is_empty()),
            hash1b: written(hash1b).filter(|it| !it.as_str().is_empty()),
            ..StoredDigests::default()
        }
    }

    fn response(authorization: &Authorization) -> Response<'_> {
        Response { line: None, method: "REGISTER", authorization }
    }

    /// Describes checks: subject, against, and result.
    fn describe(checks: &[Check]) -> Vec<String> {
        let describe = |check: &Check| {
            let outcome = match &check.diagnosis {
                Diagnosis::Matches => "ok".to_owned(),
                Diagnosis::Explained(explanations) => {
                    let names = |it: &Explanation| it.mistakes().iter().map(|it| it.name).collect();
                    let names: Vec<Vec<_>> = explanations.iter().map(names).collect();
                    names.iter().map(|it| it.join("+")).collect::<Vec<_>>().join("|")
                }
                Diagnosis::Unexplained { tried, .. } => {
                    format!("unexplained, {} tried", if tried.is_empty() { "none" } else { "some" })
                }
                Diagnosis::Differs { found, expected } => format!("{found}, not {expected}"),
                Diagnosis::NotExplained => "not explained".to_owned(),
                Diagnosis::NotADigest => "no digest".to_owned(),
            };
            assert_eq!(check.matches(), outcome == "ok");
            let entry = check.entry.map_or(String::new(), |entry| format!("{entry}: "));
            format!("{entry}{:?} {:?}: {outcome}", check.subject, check.against)
        };
        checks.iter().map(describe).collect()
    }

    #[track_caller]
    fn assert_checks(sides: &Sides<'_>, expected: &[&str]) {
        assert_eq!(describe(&verify(sides).checks), expected);
    }

    fn password(password: &str) -> Password {
        Password::new(password.as_bytes().to_vec()).expect("it is one")
    }

    #[test]
    fn each_two_sides_are_compared() {
        let password = password("password");
        let digests = [stored(HASH1, HASH1B)];
        let header = authorization("sipauthtest", REALM, BY_HASH1);
        let other = authorization(&format!("sipauthtest@{REALM}"), REALM, BY_HASH1B);
        let responses = [response(&header), response(&other)];
        let none = Sides::default();
        assert_checks(&none, &[]);
        let digests_only = Sides { digests: &digests, ..none };
        assert_checks(&digests_only, &[]);
        let two = Sides { password: Some(&password), ..digests_only };
        assert_checks(&two, &["Hash1 Password: ok", "Hash1b Password: ok"]);
        let two = Sides { password: Some(&password), responses: &responses, ..none };
        assert_checks(&two, &["Response Password: ok", "Response Password: ok"]);
        let two = Sides { responses: &responses, ..digests_only };
        assert_checks(&two, &["Response Hash1: ok", "Response Hash1b: ok"]);
        let three = Sides { password: Some(&password), ..two };
        let all = [
            "Hash1 Password: ok",
            "Hash1b Password: ok",
            "Response Password: ok",
            "Response Password: ok",
            "Response Hash1: ok",
            "Response Hash1b: ok",
        ];
        assert_checks(&three, &all);
        let info = verify(&three).checks.pop().and_then(|it| it.response).expect("it has one");
        assert_eq!(
            (info.kind, &*info.method, &*info.realm),
            (DigestKind::Hash1b, "REGISTER", REALM)
        );
        assert_eq!((info.login, info.line), (format!("sipauthtest@{REALM}"), None));
    }

    #[test]
    fn digests_are_explained_together() {
        let password = password("password");
        let check = |hash1: &str, hash1b: &str| {
            let digests = [stored(hash1, hash1b)];
            let sides = Sides { password: Some(&password), digests: &digests, ..Sides::default() };
            describe(&verify(&sides).checks)
        };
        let alone = check(HASH1B, "");
        assert_eq!(alone, ["Hash1 Password: swapped|realm-as-domain"]);
        let swapped = check(HASH1B, HASH1);
        assert_eq!(swapped, ["Hash1 Password: swapped", "Hash1b Password: swapped"]);
        let domain = check(HASH1B, "fbb085b00201339f4191994b9f6f9995");
        let expected = ["Hash1 Password: realm-as-domain", "Hash1b Password: realm-as-domain"];
        assert_eq!(domain, expected);
        let repeated = check(HASH1, &HASH1.to_uppercase());
        assert_eq!(repeated, ["Hash1 Password: ok", "Hash1b Password: repeated"]);
    }

    #[test]
    fn entries_are_numbered_and_have_their_own_realms() {
        let password = password("password");
        let elsewhere = StoredDigests {
            document_realm: Some("other.example.com".to_owned()),
            ..stored("8545eb4c76e28843aca7ae189dd740b0", "")
        };
        let here = StoredDigests { document_realm: Some(REALM.to_owned()), ..stored(HASH1, "") };
        let digests = [here, elsewhere.clone()];
        let sides = Sides { password: Some(&password), digests: &digests, ..Sides::default() };
        let expected = [
            "2: Realm Given: other.example.com, not custxx.auth.bandwidth.com",
            "1: Hash1 Password: ok",
            "2: Hash1 Password: realm-of-document",
        ];
        assert_checks(&sides, &expected);
        let written = verify(&sides).checks[1].written;
        assert_eq!(written, Some((32, 0)));
        let digests = [stored("12 zz", "")];
        let sides = Sides { password: Some(&password), digests: &digests, ..Sides::default() };
        let check = verify(&sides).checks.remove(0);
        assert_eq!(
            (check.written, check.entry, &*check.name.username),
            (Some((2, 3)), None, "sipauthtest")
        );

        // A response is compared with the entry on its realm.
        let header = authorization("sipauthtest", REALM, BY_HASH1);
        let responses = [response(&header)];
        let here = StoredDigests { document_realm: Some(REALM.to_owned()), ..stored(HASH1, "") };
        let both = [elsewhere.clone(), here];
        let sides = Sides { digests: &both, responses: &responses, ..Sides::default() };
        let expected = [
            "1: Realm Given: other.example.com, not custxx.auth.bandwidth.com",
            "2: Response Hash1: ok",
        ];
        assert_checks(&sides, &expected);
        let mut one = [elsewhere];
        one[0].realm = "other.example.com".to_owned();
        let sides = Sides { digests: &one, responses: &responses, ..Sides::default() };
        let expected = [
            "Realm Hash1: custxx.auth.bandwidth.com, not other.example.com",
            "Response Hash1: unexplained, some tried",
        ];
        assert_checks(&sides, &expected);
    }

    /// The right digests are by `md5sum`. Digests and responses are counted together.
    #[test]
    fn the_first_mismatches_are_explained() {
        let password = password("password");
        let wrong = authorization("sipauthtest", REALM, HASH1);
        let right = authorization("sipauthtest", REALM, BY_HASH1);
        let digests: Vec<_> = (1..MAX_EXPLAINED).map(|_| stored(BY_HASH1, BY_HASH1B)).collect();
        let digests = [&[stored(HASH1, HASH1B)], &digests[..]].concat();
        let responses = [&wrong, &wrong, &wrong, &right].map(response);
        let sides = Sides {
            password: Some(&password),
            digests: &digests,
            responses: &responses,
            ..Sides::default()
        };
        let checks = describe(&verify(&sides).checks);
        let by_password = |it: &&String| it.contains("Password");
        let count =
            |text: &str| checks.iter().filter(by_password).filter(|it| it.ends_with(text)).count();
        assert_eq!(count("unexplained, some tried"), 2 * (MAX_EXPLAINED - 1) + 1, "{checks:?}");
        assert_eq!(count("not explained"), 2, "{checks:?}");
        assert_eq!(count("ok"), 3, "{checks:?}");
    }

    #[test]
    fn responses_by_other_digests_and_methods() {
        let check = |hash1: &str, hash1b: &str, response: &str, method: &'static str| {
            let digests = [stored(hash1, hash1b)];
            let authorization = authorization("sipauthtest", REALM, response);
            let responses = [Response { line: None, method, authorization: &authorization }];
            let sides = Sides { digests: &digests, responses: &responses, ..Sides::default() };
            describe(&verify(&sides).checks)
        };
        assert_eq!(check(HASH1, HASH1B, BY_HASH1, "INVITE"), ["Response Hash1: method"]);
        assert_eq!(check(HASH1B, HASH1, BY_HASH1, "REGISTER"), ["Response Hash1: swapped"]);
        assert_eq!(check(HASH1B, HASH1, BY_HASH1, "INVITE"), ["Response Hash1: swapped+method"]);
        let unknown = ["Response Hash1: unexplained, some tried"];
        assert_eq!(check(HASH1, HASH1B, HASH1, "REGISTER"), unknown);
        assert_eq!(check(HASH1, "", HASH1, "REGISTER"), unknown);
        assert_eq!(check("12", "", HASH1, "REGISTER"), ["Response Hash1: no digest"]);
        assert!(check("", HASH1B, BY_HASH1, "REGISTER").is_empty());
    }

    #[test]
    fn names_are_checked_against_those_given() {
        let names = |login: &str, username, domain, realm| {
            let authorization = authorization(login, REALM, BY_HASH1);
            let responses = [response(&authorization), response(&authorization)];
            let given = Given { username, domain, realm };
            let sides = Sides { given, responses: &responses, ..Sides::default() };
            describe(&verify(&sides).checks)
        };
        let ok = ["Username Given: ok"];
        assert!(names("bob", None, None, None).is_empty());
        assert_eq!(names("bob", Some("bob"), None, None), ok);
        assert_eq!(names("bob@x", Some("bob"), Some("x"), None), ok);
        assert_eq!(names("bob@x", None, Some("x"), None), ok);
        assert_eq!(names(&format!("bob@{REALM}"), Some("bob"), None, None), ok);
        let login = format!("bob@x@{REALM}");
        assert_eq!(names(&login, Some(&login), None, None), ok);
        assert_eq!(names("bob@x", Some("bob"), None, None), ["Username Given: bob@x, not bob"]);
        assert_eq!(names("bob@x", None, Some("y"), None), ["Username Given: bob@x, not bob@y"]);
        assert_eq!(names("bob", None, None, Some(REALM)), ["Realm Given: ok"]);
        let expected = ["Realm Given: custxx.auth.bandwidth.com, not r"];
        assert_eq!(names("bob", None, None, Some("r")), expected);
    }

    #[test]
    fn requests_of_a_trace_for_another_realm_are_not_checked() {
        let password = password("password");
        let here = authorization("sipauthtest", REALM, BY_HASH1);
        let there = authorization("sipauthtest", "other.example.com", BY_HASH1);
        let in_trace =
            |line, authorization| Response { line: Some(line), ..response(authorization) };
        let both = [in_trace(1, &here), in_trace(7, &there)];
        let given = Given { realm: Some(REALM), ..Given::default() };
        let sides =
            |responses| Sides { given, password: Some(&password), responses, ..Sides::default() };
        let verification = verify(&sides(&both));
        let expected = ["Realm Given: ok", "Response Password: ok"];
        assert_eq!(describe(&verification.checks), expected);
        let lines: Vec<_> = verification.not_checked.iter().map(|it| it.line).collect();
        assert_eq!(lines, [Some(7)]);
        let verification = verify(&sides(&both[1..]));
        let expected = ["Realm Given: other.example.com, not custxx.auth.bandwidth.com"];
        assert_eq!(describe(&verification.checks), expected);
        assert_eq!(verification.not_checked.len(), 1);
        // A header that is not from a trace is checked nevertheless.
        let alone = [response(&there)];
        let checks = verify(&sides(&alone)).checks;
        assert_eq!(checks.len(), 2);
        assert_eq!(checks[1].subject, Subject::Response);
    }
}
