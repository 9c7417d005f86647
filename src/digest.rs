//! The two digests that Bandwidth stores instead of a password.

use std::fmt;
use std::str::{self, FromStr};

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::credential::Credential;
use crate::password::Password;

/// An MD5 digest (RFC 1321) of a text that contains a password.
///
/// Anyone who has the digest can log in with it, so it is as secret as the password: `Debug` does not
/// show it, and it is overwritten in memory when dropped. `Display` writes 32 lowercase hexadecimal
/// digits; `FromStr` parses 32 digits in either case.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Zeroizing<[u8; 16]>);

impl Digest {
    /// Returns the MD5 of the concatenated `pieces`.
    pub(crate) fn md5<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Digest {
        let mut md5 = Md5::new();
        pieces.into_iter().for_each(|piece| md5.update(piece));
        Digest(Zeroizing::new(md5.finalize().into()))
    }

    /// Returns the 32 lowercase hexadecimal digits, in ASCII.
    pub(crate) fn hex(&self) -> Zeroizing<[u8; 32]> {
        let mut digits = Zeroizing::new([0; 32]);
        hex::encode_to_slice(*self.0, digits.as_mut()).expect("16 bytes make 32 digits");
        digits
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&*self.hex()).expect("hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// The error for a text that is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 32 hexadecimal digits: copy all of them")]
pub struct ParseDigestError;

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(digits: &str) -> Result<Digest, ParseDigestError> {
        let mut bytes = Zeroizing::new([0; 16]);
        hex::decode_to_slice(digits, bytes.as_mut()).map_err(|_| ParseDigestError)?;
        Ok(Digest(bytes))
    }
}

/// The text of a digest, which may be malformed: only 32 hexadecimal digits are a [`Digest`].
///
/// `Debug` does not show it, and it is overwritten in memory when dropped.
#[derive(Clone)]
pub struct WrittenDigest(Zeroizing<String>);

impl WrittenDigest {
    /// Wraps `text` without checking it. It is overwritten when the value is dropped.
    #[must_use]
    pub fn new(text: String) -> WrittenDigest {
        WrittenDigest(Zeroizing::new(text))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns true if the text is this digest as Bandwidth's documents have it: in lowercase.
    pub(crate) fn is(&self, digest: &Digest) -> bool {
        *self.0.as_bytes() == digest.hex()[..]
    }

    /// Parses the text; `None` if it is not exactly 32 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.0.parse().ok()
    }
}

impl fmt::Debug for WrittenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WrittenDigest(…)")
    }
}

/// One of the two digests of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestKind {
    /// The digest for clients that log in with the composite username.
    Hash1,
    /// The digest for clients that log in with the composite username, `@` and the realm.
    Hash1b,
}

impl DigestKind {
    /// Returns the name of the digest in Bandwidth's documents: `Hash1` or `Hash1b`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DigestKind::Hash1 => "Hash1",
            DigestKind::Hash1b => "Hash1b",
        }
    }

    /// Returns the other of the two.
    pub(crate) fn other(self) -> DigestKind {
        match self {
            DigestKind::Hash1 => DigestKind::Hash1b,
            DigestKind::Hash1b => DigestKind::Hash1,
        }
    }
}

/// Hash1 and Hash1b of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Digests {
    /// The MD5 of `composite username:realm:password`.
    pub hash1: Digest,
    /// The MD5 of `composite username@realm:realm:password`.
    pub hash1b: Digest,
}

impl Digests {
    /// Computes both digests. All parts are hashed byte for byte: nothing is trimmed, case-folded or
    /// normalized.
    #[must_use]
    pub fn new(credential: &Credential<'_>, password: &Password) -> Digests {
        Digests::compute(credential, password.as_bytes())
    }

    /// Computes both digests of a password that [`password::check`](crate::password::check) accepts.
    ///
    /// Each is the H(A1) of RFC 2617 section 3.2.2.2 for what a client logs in with. The table of Bandwidth's
    /// guide prints `:` in place of the `@` of Hash1b, but its worked examples and SIP servers use `@`.
    pub(crate) fn compute(credential: &Credential<'_>, password: &[u8]) -> Digests {
        let name = credential.composite_username();
        let [name, realm] = [&*name, credential.realm.as_str()].map(str::as_bytes);
        Digests {
            hash1: Digest::md5([name, b":", realm, b":", password]),
            hash1b: Digest::md5([name, b"@", realm, b":", realm, b":", password]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Strictness;

    /// The digests that Bandwidth's guide prints.
    #[test]
    fn digests_of_the_guide() {
        let cases = [
            (
                ("sipauthtest", None),
                "fe438bddfc087dda89d29e637f5684ab",
                "79bb0e55551e14a2f329a282c7cf1456",
            ),
            (
                ("bob", Some("somewhere.com")),
                "817d76e91aad032a8c272229f468bfb2",
                "39679d2a73c2e1ea719621bc0d8fdac8",
            ),
        ];
        for ((username, domain), hash1, hash1b) in cases {
            let realm = "custxx.auth.bandwidth.com";
            let credential = Credential::new(username, domain, realm, Strictness::Strict);
            let credential = credential.expect("it is valid");
            let digests = Digests::compute(&credential, b"password");
            assert_eq!(digests.hash1.to_string(), hash1);
            assert_eq!(digests.hash1b.to_string(), hash1b);
        }
    }

    /// RFC 1321 section A.5.
    #[test]
    fn md5_of_pieces() {
        let digest = Digest::md5([&b"message"[..], b" ", b"digest"]);
        assert_eq!(digest.to_string(), "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(Digest::md5([]).to_string(), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[test]
    fn digests_are_parsed_in_either_case() {
        let lower = "f96b697d7cb7938d525a2f31aaf161d0";
        let digest: Digest = lower.parse().expect("32 digits");
        assert_eq!(digest.to_string(), lower);
        assert_eq!(lower.to_uppercase().parse(), Ok(digest));
        for other in ["", &lower[1..], &format!("{lower}00"), &lower.replace('f', "g")] {
            assert_eq!(other.parse::<Digest>(), Err(ParseDigestError), "{other}");
        }
    }

    #[test]
    fn a_written_digest_is_one_only_with_all_digits() {
        let digits = "f96b697d7cb7938d525a2f31aaf161d0";
        for (text, is_digest) in [(digits, true), (&digits[1..], false), ("", false)] {
            let written = WrittenDigest::new(text.to_owned());
            assert_eq!(written.as_str(), text);
            assert_eq!(written.digest(), digits.parse().ok().filter(|_| is_digest));
            assert_eq!(format!("{written:?}"), "WrittenDigest(…)");
        }
    }

    #[test]
    fn debug_does_not_show_a_digest() {
        let shown = format!("{:?}", Digest::md5([]));
        assert_eq!(shown, "Digest(…)");
    }

    #[test]
    fn names_in_documents() {
        assert_eq!(DigestKind::Hash1.name(), "Hash1");
        assert_eq!(DigestKind::Hash1b.name(), "Hash1b");
    }
}
