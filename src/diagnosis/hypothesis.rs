//! What may have been hashed: the right inputs, or inputs with a mistake in them.

use std::rc::Rc;

use md5::Digest as _;
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::transforms::utf16;
use super::{DigestInput, Observed};
use crate::digest::{Digest, DigestKind};
use crate::name::Name;
use crate::sip::Authorization;

/// Inputs of a digest or of a response. A mistake changes few of the parts, and the others are shared.
#[derive(Clone)]
pub(super) struct Hypothesis<'a> {
    /// The right inputs, and what else is known.
    pub input: &'a DigestInput,
    /// The response, if one was observed.
    pub response: Option<&'a Authorization>,
    pub name: Rc<Name>,
    pub composite_username: Rc<str>,
    pub realms: Rc<Realms>,
    pub password: Rc<Zeroizing<Vec<u8>>>,
    /// How they are joined: `U` stands for the composite username, `L` for the realm after the `@` of
    /// Hash1b, `R` for the realm between the colons, `P` for the password, anything else for itself.
    pub template: Rc<str>,
    pub hash: Hash,
    /// What is hashed after H(A1) in a response.
    pub tail: Rc<str>,
}

/// The realm in its places, where a mistake can make it differ.
#[derive(PartialEq, Eq)]
pub(super) struct Realms {
    /// After the `@` of Hash1b.
    pub at_login: String,
    pub between_colons: String,
}

/// How the text is hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    /// MD5 of UTF-16: whether it is big-endian, and whether it has a byte order mark.
    Md5OfUtf16(bool, bool),
    Sha1,
    Sha256,
    /// The text itself stands where its digest belongs.
    None,
}

/// A part that mistakes change without regard to the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Name,
    Realm,
    Password,
    Template,
    Hash,
    Tail,
}

impl<'a> Hypothesis<'a> {
    /// Creates the right inputs.
    pub fn new(input: &'a DigestInput, observed: Observed<'a>) -> Hypothesis<'a> {
        let response = match observed {
            Observed::Digest(_) => None,
            Observed::Response(response) => Some(response),
        };
        let (name, realm) = (Name::new(&input.username, input.domain.as_deref()), &input.realm);
        let template = match input.kind {
            DigestKind::Hash1 => "U:R:P",
            DigestKind::Hash1b => "U@L:R:P",
        };
        let tail = response.map_or(String::new(), |response| response.after_ha1(&input.method));
        Hypothesis {
            input,
            response,
            composite_username: name.composite_username().into(),
            name: Rc::new(name),
            realms: Rc::new(Realms { at_login: realm.clone(), between_colons: realm.clone() }),
            password: input.password.clone(),
            template: template.into(),
            hash: Hash::Md5,
            tail: tail.into(),
        }
    }

    pub fn with_name(&self, name: Name) -> Hypothesis<'a> {
        let composite_username = name.composite_username().into();
        Hypothesis { name: Rc::new(name), composite_username, ..self.clone() }
    }

    pub fn with_password(&self, password: Vec<u8>) -> Hypothesis<'a> {
        Hypothesis { password: Rc::new(Zeroizing::new(password)), ..self.clone() }
    }

    /// Puts another realm in its place. In Hash1b, it is put in both places, and in each alone.
    pub fn with_realm(&self, realm: &str) -> Vec<Hypothesis<'a>> {
        let places: &[_] = match self.template.contains('L') {
            true => &[(true, true), (true, false), (false, true)],
            false => &[(true, true)],
        };
        let with_realm = |&(at_login, between_colons): &(bool, bool)| {
            let place = |is_changed, old: &str| if is_changed { realm } else { old }.to_owned();
            let realms = Realms {
                at_login: place(at_login, &self.realms.at_login),
                between_colons: place(between_colons, &self.realms.between_colons),
            };
            Hypothesis { realms: Rc::new(realms), ..self.clone() }
        };
        places.iter().map(with_realm).collect()
    }

    /// Takes one part from another hypothesis.
    pub fn with_part_of(&self, other: &Hypothesis<'a>, part: Part) -> Hypothesis<'a> {
        let mut merged = self.clone();
        match part {
            Part::Name => {
                merged.name = other.name.clone();
                merged.composite_username = other.composite_username.clone();
            }
            Part::Realm => merged.realms = other.realms.clone(),
            Part::Password => merged.password = other.password.clone(),
            Part::Template => merged.template = other.template.clone(),
            Part::Hash => merged.hash = other.hash,
            Part::Tail => merged.tail = other.tail.clone(),
        }
        merged
    }

    /// Returns the pieces of the text to be hashed.
    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let template = self.template.as_bytes();
        template.iter().enumerate().map(move |(at, byte)| match byte {
            b'U' => self.composite_username.as_bytes(),
            b'L' => self.realms.at_login.as_bytes(),
            b'R' => self.realms.between_colons.as_bytes(),
            b'P' => &self.password,
            _ => &template[at..=at],
        })
    }

    fn text(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.pieces().flatten().copied().collect())
    }

    /// Returns the MD5 digest; `None` if the text is hashed in another way.
    pub fn md5(&self) -> Option<Digest> {
        match self.hash {
            Hash::Md5 => Some(Digest::md5(self.pieces())),
            Hash::Md5OfUtf16(is_big_endian, has_mark) => {
                // A second mistake may have made bytes that are not UTF-8.
                let text = self.text();
                let text = utf16(&String::from_utf8_lossy(&text), is_big_endian, has_mark);
                Some(Digest::md5([&text[..]]))
            }
            _ => None,
        }
    }

    /// Returns what stands where the digest belongs: lowercase hexadecimal digits or, if nothing was
    /// hashed, the text.
    pub fn written(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match self.hash {
            Hash::Sha1 => hex::encode(Sha1::digest(self.text())).into_bytes(),
            Hash::Sha256 => hex::encode(Sha256::digest(self.text())).into_bytes(),
            _ => match self.md5() {
                Some(digest) => digest.hex().to_vec(),
                None => return self.text(),
            },
        })
    }
}

impl PartialEq for Hypothesis<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.password == other.password
            && (&self.realms, &self.name, self.hash) == (&other.realms, &other.name, other.hash)
            && (&self.template, &self.tail) == (&other.template, &other.tail)
    }
}
