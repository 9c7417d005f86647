//! Checks whether the three sides of a credential agree: the password, the digests that Bandwidth
//! stores, and the responses that a client sends.
//!
//! At least two sides are needed; they are compared in pairs.
//!
//! ```
//! use bwsip::answer::{Answer, Index};
//! use bwsip::verification::{Sides, verify};
//! use bwsip::{Name, Password};
//!
//! // The MD5 of `sipauthtest:custxx:password`, with the realm's short name.
//! let answer = b"<SipCredential><UserName>sipauthtest</UserName>
//!     <Realm>custxx.auth.bandwidth.com</Realm><Hash1>aaa7132574e4fffebd83e9b73fe01103</Hash1>
//! </SipCredential>";
//! let answer = Answer::read(&answer[..])?;
//! let index = Index::new(&answer);
//! let password = Password::new("password")?;
//! let mut sides = Sides { password: Some(&password), ..Sides::default() };
//! sides.name = Name::new("sipauthtest", None);
//! sides.select(&index);
//! let verification = verify(&sides);
//! assert!(!verification.matches());
//! assert_eq!(verification.checks[0].explanations()[0].mistakes()[0].name, "realm-short");
//! println!("{}", verification.verdict());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod login;
mod verdict;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::answer::{BandwidthError, Index, SipCredential};
use crate::diagnosis::{Clues, Diagnosis, DigestInput, Explanation, Observed, diagnose, matches};
use crate::digest::{DigestKind, WrittenDigest};
use crate::name::Name;
use crate::password::Password;
use crate::sip::{self, Authorization, Challenge, Place, Request};
use login::Login;

pub use crate::name::split_login;

/// The number of mismatches with the password that are explained. Both digests of a credential count as
/// one.
pub const MAX_EXPLAINED: usize = 20;

/// The number of entries of one name on one realm that a response is compared with. Bandwidth stores one.
const MAX_ENTRIES: usize = 20;

/// The sides to compare, which all belong to one name.
#[derive(Clone, Debug, Default)]
pub struct Sides<'a> {
    /// The name of the credential.
    pub name: Name,
    /// The names that the user gave.
    pub given: Given<'a>,
    /// The password.
    pub password: Option<&'a Password>,
    /// The stored credentials with the name, such as one for each realm.
    pub entries: Vec<&'a SipCredential>,
    /// Whether `entries` are all that is stored, so that what they lack is not stored.
    pub is_document: bool,
    /// Bandwidth's errors about the name, which it therefore refused to store.
    pub refusals: Vec<&'a BandwidthError>,
    /// The responses.
    pub responses: Vec<Response<'a>>,
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

/// The response of a client to a challenge, and what a trace has around it.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Where in the trace it is; `None` if it is not from a trace.
    pub place: Option<Place>,
    /// The method of the request.
    pub method: &'a str,
    /// The header.
    pub authorization: &'a Authorization,
    /// The URI in the start line of the request.
    pub request_uri: Option<&'a str>,
    /// The challenge that it answers.
    pub challenge: Option<&'a Challenge>,
    /// The final answer to the request.
    pub answer: Option<&'a sip::Answer>,
}

/// What a [`Check`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// One of the digests.
    Digest(DigestKind),
    /// A response.
    Response,
    /// The username of a response or of a document.
    Username,
    /// The realm of a response or of a document.
    Realm,
    /// The realm of a response, which is that of the challenge.
    Challenge,
}

/// What the subject of a [`Check`] was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Against {
    /// The password.
    Password,
    /// One of the digests.
    Digest(DigestKind),
    /// A name that the user gave.
    Given,
    /// The server's challenge.
    Challenge,
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
    /// Where in the trace it is; `None` if it is not from a trace.
    pub place: Option<Place>,
    /// The method of the request.
    pub method: String,
    /// The username that the client logs in with.
    pub login: String,
    /// The realm of the challenge that the client answers.
    pub realm: String,
    /// The digest that a client with this username uses.
    pub kind: DigestKind,
}

/// What was not compared, or a hint.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Note {
    /// Where in the trace it is; `None` if it is not from a trace.
    pub place: Option<Place>,
    /// The method of the request; empty if it is unknown.
    pub method: String,
    /// What there is to say.
    pub reason: String,
    /// Whether the user asked about it, so that the result is not a match.
    pub is_asked: bool,
}

impl<'a> Response<'a> {
    /// Takes a request of a trace, or a header alone if `place` is `None`.
    ///
    /// # Errors
    ///
    /// Returns why the request cannot be compared with anything.
    pub fn new(place: Option<Place>, request: &'a Request) -> Result<Response<'a>, String> {
        let Request { method, authorization, request_uri, challenge, answer, .. } = request;
        let authorization = authorization.as_ref().map_err(ToString::to_string)?;
        if method.is_empty() {
            return Err("the method is not in the trace".to_owned());
        }
        Ok(Response {
            place,
            method,
            authorization,
            request_uri: request_uri.as_deref(),
            challenge: challenge.as_ref(),
            answer: answer.as_ref(),
        })
    }
}

impl Note {
    /// Creates a note about nothing in a trace, which is not asked about.
    #[must_use]
    pub fn new(reason: String) -> Note {
        Note { reason, ..Note::default() }
    }
}

impl Check {
    /// Returns true if both sides agree.
    #[must_use]
    pub fn matches(&self) -> bool {
        matches!(self.diagnosis, Diagnosis::Matches)
    }

    /// Returns the explanations of a mismatch, the likeliest first; empty if there is none.
    #[must_use]
    pub fn explanations(&self) -> &[Explanation] {
        match &self.diagnosis {
            Diagnosis::Explained(explanations) => explanations,
            _ => &[],
        }
    }
}

impl<'a> Sides<'a> {
    /// Takes what a document has about the name: its credentials, and Bandwidth's errors.
    pub fn select(&mut self, document: &Index<'a>) {
        self.is_document = true;
        self.entries = document.select(&self.name, self.given.realm).to_vec();
        if self.entries.is_empty() {
            // A document that changes a password has no name.
            self.entries = document.select(&Name::default(), self.given.realm).to_vec();
        }
        self.refusals = document.errors(&self.name, self.given.realm).collect();
    }

    /// Returns the realm that the digests of a credential are expected to contain: the given one, or
    /// else that of the document, of the challenge, or of the response. `None` if nothing says it.
    #[must_use]
    pub fn realm_of(&self, entry: &'a SipCredential) -> Option<&'a str> {
        let response = self.responses.first();
        let challenge = response.and_then(|response| response.challenge);
        let realms = [
            self.given.realm,
            entry.realm.as_deref().map(str::trim),
            challenge.map(|challenge| &*challenge.realm),
            response.map(|response| response.authorization.realm()),
        ];
        realms.into_iter().flatten().next()
    }

    /// Returns the credentials with their numbers and expected realms. One that is repeated is one.
    fn stored(&self) -> Vec<Stored<'a>> {
        let text = |written: &'a Option<WrittenDigest>| written.as_ref().map(WrittenDigest::as_str);
        let mut seen = HashSet::new();
        let is_new = |entry: &&&'a SipCredential| {
            let SipCredential { username, domain, realm, hash1, hash1b, .. } = entry;
            seen.insert((username, domain, realm, text(hash1), text(hash1b)))
        };
        let entries: Vec<_> = self.entries.iter().filter(is_new).collect();
        let count = entries.len();
        let stored = |(index, entry): (usize, &&'a SipCredential)| Stored {
            entry,
            number: (count > 1).then_some(index + 1),
            realm: self.realm_of(entry).unwrap_or_default(),
        };
        entries.into_iter().enumerate().map(stored).collect()
    }
}

/// A stored credential.
struct Stored<'a> {
    entry: &'a SipCredential,
    number: Option<usize>,
    /// The expected realm.
    realm: &'a str,
}

impl<'a> Stored<'a> {
    fn written(&self, kind: DigestKind) -> Option<&'a WrittenDigest> {
        match kind {
            DigestKind::Hash1 => self.entry.hash1.as_ref(),
            DigestKind::Hash1b => self.entry.hash1b.as_ref(),
        }
    }

    /// Returns the realm in the document if it differs from the expected one.
    fn other_realm(&self) -> Option<&'a String> {
        self.entry.realm.as_ref().filter(|realm| *realm != self.realm)
    }

    fn clues(&self) -> Clues {
        let texts = [&self.entry.hash1, &self.entry.hash1b].map(Option::as_ref);
        let repeated = match texts {
            [Some(one), Some(other)] => one.as_str().eq_ignore_ascii_case(other.as_str()),
            _ => false,
        };
        let document_name = self.entry.name().map(|name| (name.username, name.domain));
        Clues { repeated, document_name, document_realm: self.other_realm().cloned() }
    }

    fn check(&self, name: &Name, subject: Subject, against: Against) -> Check {
        Check {
            subject,
            against,
            name: name.clone(),
            realm: self.realm.to_owned(),
            entry: self.number,
            response: None,
            written: None,
            diagnosis: Diagnosis::Matches,
        }
    }

    /// Checks name and realm of the document. Letter case of the name is ignored.
    fn check_names(&self, name: &Name) -> impl Iterator<Item = Check> {
        let has_space = |text: &Option<String>| text.as_ref().is_some_and(|it| it.trim() != it);
        let SipCredential { username, domain, .. } = self.entry;
        let found = (has_space(username) || has_space(domain)).then(|| self.entry.name());
        let found = found.flatten().map(|found| found.composite_username());
        let username = (Subject::Username, found, name.composite_username());
        let realm = (Subject::Realm, self.other_realm().cloned(), self.realm.to_owned());
        [username, realm].into_iter().filter_map(|(subject, found, expected)| {
            let diagnosis = Diagnosis::Differs { found: found?, expected };
            Some(Check { diagnosis, ..self.check(name, subject, Against::Given) })
        })
    }

    /// Checks the digests against the password. Both are explained together, and take one of `left`.
    fn check_digests(&self, name: &Name, password: &Password, left: &mut usize) -> Vec<Check> {
        const KINDS: [DigestKind; 2] = [DigestKind::Hash1, DigestKind::Hash1b];
        let mut diagnoses = KINDS.map(|kind| {
            let (username, domain) = (&name.username, name.domain.as_deref());
            let mut input =
                DigestInput::new(kind, username, domain, self.realm, password.as_bytes());
            input.clues = self.clues();
            Some(compare(&input, Observed::Digest(self.written(kind)?), *left))
        });
        let is_mismatch = |it: &Diagnosis| !matches!(it, Diagnosis::Matches);
        *left = left.saturating_sub(diagnoses.iter().flatten().any(is_mismatch).into());
        if let [Some(hash1), Some(hash1b)] = &mut diagnoses {
            hash1.narrow(hash1b);
        }
        let checks = KINDS.into_iter().zip(diagnoses).filter_map(|(kind, diagnosis)| {
            let written = self.written(kind)?.as_str();
            let digits = written.bytes().filter(u8::is_ascii_hexdigit).count();
            Some(Check {
                written: Some((digits, written.chars().count() - digits)),
                diagnosis: diagnosis?,
                ..self.check(name, Subject::Digest(kind), Against::Password)
            })
        });
        checks.collect()
    }
}

/// Compares an observed digest or response with its inputs, and explains it if any of `left` is left.
fn compare(input: &DigestInput, observed: Observed<'_>, left: usize) -> Diagnosis {
    match left {
        0 if matches(input, observed) => Diagnosis::Matches,
        0 => Diagnosis::NotExplained,
        _ => diagnose(input, observed),
    }
}

/// The result of [`verify`].
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verification {
    /// The comparisons.
    pub checks: Vec<Check>,
    /// Bandwidth's errors about what was checked.
    pub refusals: Vec<BandwidthError>,
    /// What could not be compared.
    pub not_checked: Vec<Note>,
    /// What may be the reason of a refusal, but need not be a mistake.
    pub hints: Vec<Note>,
    /// The last final answer to the requests of each login and method.
    answers: BTreeMap<(String, String), sip::Answer>,
}

impl Verification {
    /// Returns true if everything that the user asked about was compared, and matches.
    #[must_use]
    pub fn matches(&self) -> bool {
        let is_comparison = |check: &Check| !matches!(check.against, Against::Given);
        self.refusals.is_empty()
            && self.checks.iter().any(is_comparison)
            && self.checks.iter().all(Check::matches)
            && !self.not_checked.iter().any(|note| note.is_asked)
    }

    /// Adds the result of another name.
    pub fn append(&mut self, other: Verification) {
        self.checks.extend(other.checks);
        self.refusals.extend(other.refusals);
        self.not_checked.extend(other.not_checked);
        self.hints.extend(other.hints);
        self.answers.extend(other.answers);
    }
}

/// Compares the sides in pairs: digests with the password, responses with the password, and responses
/// with digests. Also checks the names in the responses, in the challenges and in the document.
///
/// In the order of `sides`, the first [`MAX_EXPLAINED`] mismatches with the password are explained;
/// [`Diagnosis::NotExplained`] says of the others that they were only compared. What could not be
/// compared is in [`Verification::not_checked`].
#[must_use]
pub fn verify(sides: &Sides<'_>) -> Verification {
    explain(sides, MAX_EXPLAINED)
}

/// Does the same as [`verify`], but explains so many mismatches.
pub(crate) fn explain(sides: &Sides<'_>, mut left: usize) -> Verification {
    let Sides { name, given, password, is_document, .. } = sides;
    let stored = sides.stored();
    let refusals = sides.refusals.iter().copied().cloned().collect();
    let mut verification = Verification { refusals, ..Verification::default() };
    let Verification { checks, not_checked, hints, answers, .. } = &mut verification;
    for stored in &stored {
        checks.extend(stored.check_names(name));
        if let Some(password) = password {
            checks.extend(stored.check_digests(name, password, &mut left));
        }
    }
    let lacks_hash1b = |it: &&Stored<'_>| it.entry.hash1.is_some() && it.entry.hash1b.is_none();
    if let Some(first) = stored.iter().find(lacks_hash1b).filter(|_| *is_document) {
        let login = format!("{}@{}", name.composite_username(), first.realm);
        let reason = format!("no Hash1b: Bandwidth refuses a client that logs in as {login:?}");
        hints.push(Note::new(reason));
    }
    let all: Vec<_> = stored.iter().collect();
    let mut by_realm: HashMap<&str, Vec<&Stored<'_>>> = HashMap::new();
    for stored in &stored {
        if let Some(realm) = &stored.entry.realm {
            by_realm.entry(realm).or_default().push(stored);
        }
    }
    // A document has all digests that are stored. Without one, the password has to do.
    let needs_digest = !stored.is_empty() && (*is_document || password.is_none());
    let (mut seen, mut compared) = (HashSet::new(), HashSet::new());
    let (mut by_password, mut by_digests) = (vec![], vec![]);
    for response in &sides.responses {
        let login = Login::new(response, given);
        let others = by_realm.get(login.realm());
        // Many responses have the same names, which are checked once.
        if seen.insert((login.login(), login.realm())) {
            checks.extend(login.check_names(given));
            let expected = stored.first().and_then(|first| first.entry.realm.as_deref());
            if let Some(expected) = expected.filter(|_| given.realm.is_none() && others.is_none()) {
                checks.push(login.check_realm(expected, Against::Digest(login.kind)));
            }
        }
        let challenge = response.challenge.filter(|challenge| challenge.realm != login.realm());
        checks.extend(challenge.map(|it| login.check_realm(&it.realm, Against::Challenge)));
        // A trace may have the client's requests to other servers, too.
        if response.place.is_some() && given.realm.is_some_and(|realm| realm != login.realm()) {
            continue;
        }
        hints.extend(login.hints());
        let sent = (login.login().to_owned(), response.method.to_owned());
        answers.extend(response.answer.map(|answer| (sent, answer.clone())));
        by_password.extend(password.map(|password| login.check_by_password(password, &mut left)));
        let candidates = others.unwrap_or(&all).iter().take(MAX_ENTRIES);
        let candidates: Vec<_> = candidates.filter(|it| it.written(login.kind).is_some()).collect();
        compared.extend(candidates.iter().map(|stored| stored.number));
        if candidates.is_empty() && needs_digest {
            not_checked.push(login.without_digest(*is_document));
        }
        for stored in candidates {
            match login.check_by_digests(stored) {
                Some(check) => by_digests.push(check),
                None => not_checked.push(login.malformed_digest()),
            }
        }
    }
    checks.extend(by_password.into_iter().chain(by_digests));
    if password.is_none() && stored.len() > 1 {
        let others = stored.iter().filter(|stored| !compared.contains(&stored.number));
        not_checked.extend(others.map(|stored| {
            let reason =
                format!("no response to compare the digests on the realm {:?} with", stored.realm);
            Note { is_asked: true, ..Note::new(reason) }
        }));
    }
    verification
}

#[cfg(test)]
mod tests;
