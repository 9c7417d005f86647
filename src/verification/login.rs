//! A response, and what can be checked of it.

use std::borrow::Cow;

use super::{
    Against, Check, Given, Note, Response, ResponseInfo, Stored, Subject, compare, split_login,
};
use crate::diagnosis::{Diagnosis, DigestInput, Observed, diagnose_by_digests};
use crate::digest::{DigestKind, WrittenDigest};
use crate::name::{Name, composite_username};
use crate::password::Password;
use crate::sip::Challenge;

/// A response, with the digest and the name that follow from its username.
pub(super) struct Login<'a> {
    pub response: &'a Response<'a>,
    pub kind: DigestKind,
    name: Name,
}

impl<'a> Login<'a> {
    pub fn new(response: &'a Response<'a>, given: &Given<'_>) -> Login<'a> {
        let (_, kind) = split_login(response.authorization);
        Login { response, kind, name: Name::from_login(response.authorization, given.domain) }
    }

    pub fn login(&self) -> &'a str {
        self.response.authorization.username()
    }

    pub fn realm(&self) -> &'a str {
        self.response.authorization.realm()
    }

    fn check(&self, subject: Subject, against: Against, diagnosis: Diagnosis) -> Check {
        let response = ResponseInfo {
            place: self.response.place,
            method: self.response.method.to_owned(),
            login: self.login().to_owned(),
            realm: self.realm().to_owned(),
            kind: self.kind,
        };
        Check {
            subject,
            against,
            name: self.name.clone(),
            realm: self.realm().to_owned(),
            entry: None,
            response: Some(response),
            written: None,
            diagnosis,
        }
    }

    fn note(&self, reason: String, is_asked: bool) -> Note {
        let Response { place, method, .. } = *self.response;
        Note { place, method: method.to_owned(), reason, is_asked }
    }

    /// Checks the names in the response against the given ones.
    pub fn check_names(&self, given: &Given<'_>) -> impl Iterator<Item = Check> {
        let login = self.login();
        let (name, _) = split_login(self.response.authorization);
        let expected = match (given.username, given.domain) {
            (None, None) => None,
            (Some(username), domain) => Some(composite_username(username, domain)),
            // Any username is accepted, but the domain must follow it.
            (None, domain) => name.split('@').next().map(|name| composite_username(name, domain)),
        };
        let username = expected.map(Cow::into_owned).map(|expected| {
            let matches = [name, login].contains(&&*expected);
            let diagnosis = match matches {
                true => Diagnosis::Matches,
                false => Diagnosis::Differs { found: login.to_owned(), expected },
            };
            self.check(Subject::Username, Against::Given, diagnosis)
        });
        let realm = given.realm.map(|expected| self.check_realm(expected, Against::Given));
        username.into_iter().chain(realm)
    }

    /// Checks the realm.
    pub fn check_realm(&self, expected: &str, against: Against) -> Check {
        let found = self.realm().to_owned();
        let diagnosis = match found == expected {
            true => Diagnosis::Matches,
            false => Diagnosis::Differs { found, expected: expected.to_owned() },
        };
        let subject = match against {
            Against::Challenge => Subject::Challenge,
            _ => Subject::Realm,
        };
        self.check(subject, against, diagnosis)
    }

    /// Returns what in the request is not as in the challenge, or as in the request's first line.
    pub fn hints(&self) -> impl Iterator<Item = Note> {
        let Response { authorization, challenge, request_uri, .. } = *self.response;
        let nonce = challenge.filter(|it| it.nonce != authorization.nonce()).map(
            |Challenge { place, .. }| {
                format!("its nonce is not that of the challenge before it ({place})")
            },
        );
        let offered = challenge.and_then(|challenge| challenge.qop.as_deref());
        let is_offered = |qop: &str| {
            offered
                .is_some_and(|list| list.split(',').any(|it| it.trim().eq_ignore_ascii_case(qop)))
        };
        let qop = authorization.qop().filter(|qop| challenge.is_some() && !is_offered(qop));
        let qop =
            qop.map(|_| "it has a qop that the challenge before it does not offer".to_owned());
        let uri = request_uri.filter(|uri| *uri != authorization.uri());
        let uri = uri.map(|uri| {
            format!("its uri, {:?}, is not the Request-URI, {uri:?}", authorization.uri())
        });
        [nonce, qop, uri].into_iter().flatten().map(|reason| self.note(reason, false))
    }

    /// Says that the digest that the response depends on is missing.
    pub fn without_digest(&self, is_document: bool) -> Note {
        let kind = self.kind.name();
        let place = if is_document { "Bandwidth has no" } else { "missing" };
        let login = self.login();
        let reason = format!(
            "{place} {kind}: the client logs in as {login:?}, so its response depends on {kind}"
        );
        self.note(reason, true)
    }

    /// Says that the digest that the response depends on is none.
    pub fn malformed_digest(&self) -> Note {
        let reason = format!("{} is not 32 hexadecimal digits: copy all of them", self.kind.name());
        self.note(reason, true)
    }

    /// Returns the inputs of the response.
    fn input(&self, password: &[u8]) -> DigestInput {
        let (username, domain) = (&self.name.username, self.name.domain.as_deref());
        DigestInput {
            method: self.response.method.to_owned(),
            request_uri: self.response.request_uri.map(str::to_owned),
            ..DigestInput::new(self.kind, username, domain, self.realm(), password)
        }
    }

    /// Compares the response with the password. A mismatch takes one of `left`.
    pub fn check_by_password(&self, password: &Password, left: &mut usize) -> Check {
        let input = self.input(password.as_bytes());
        let diagnosis = compare(&input, Observed::Response(self.response.authorization), *left);
        *left = left.saturating_sub((!matches!(diagnosis, Diagnosis::Matches)).into());
        self.check(Subject::Response, Against::Password, diagnosis)
    }

    /// Compares the response with its stored digest; `None` if that is malformed.
    pub fn check_by_digests(&self, stored: &Stored<'_>) -> Option<Check> {
        let digest = |kind| stored.written(kind).and_then(WrittenDigest::digest);
        let (right, other) = (digest(self.kind)?, digest(self.kind.other()));
        let response = self.response.authorization;
        let diagnosis = diagnose_by_digests(&self.input(&[]), response, &right, other.as_ref());
        let check = self.check(Subject::Response, Against::Digest(self.kind), diagnosis);
        Some(Check { entry: stored.number, ..check })
    }
}
