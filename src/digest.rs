//! The two digests that Bandwidth keeps instead of a password.

use std::fmt;

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::Credential;

/// An MD5 digest over a password: whoever holds it can log in with it, so it is a secret itself.
///
/// `Display` gives 32 lowercase hexadecimal digits, for a document. `Debug` shows nothing. It is
/// overwritten in memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Zeroizing<[u8; 16]>);

impl Digest {
    /// The MD5 (RFC 1321) of `parts`, one after the other with nothing between them.
    pub fn of(parts: &[&[u8]]) -> Digest {
        let mut md5 = Md5::new();
        for part in parts {
            md5.update(part);
        }
        Digest(Zeroizing::new(md5.finalize().into()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = Zeroizing::new([0; 32]);
        hex::encode_to_slice(*self.0, digits.as_mut()).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(digits.as_ref()).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// `Hash1` and `Hash1b` of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// MD5 of `composite:realm:password`, the H(A1) of RFC 2617 section 3.2.2.2: for a client that
    /// logs in with its composite username.
    pub hash1: Digest,
    /// MD5 of `composite@realm:realm:password`: for a client that logs in with `@realm` after its
    /// name. Bandwidth's guide prints a `:` in place of the `@` in its table; its own worked
    /// examples, and SIP servers, have the `@`.
    pub hash1b: Digest,
}

impl Digests {
    /// Computes both. Every part is hashed as the bytes given: nothing is trimmed, folded or
    /// normalised. The password need not be UTF-8.
    pub fn new(credential: &Credential<'_>, password: &[u8]) -> Digests {
        let username = credential.username().as_bytes();
        let (at, domain): (&[u8], _) = match credential.domain() {
            None => (b"", ""),
            Some(domain) => (b"@", domain),
        };
        let (domain, realm) = (domain.as_bytes(), credential.realm().as_bytes());
        Digests {
            hash1: Digest::of(&[username, at, domain, b":", realm, b":", password]),
            hash1b: Digest::of(&[username, at, domain, b"@", realm, b":", realm, b":", password]),
        }
    }
}
