//! The two digests that Bandwidth keeps instead of a password.

use std::fmt;

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::Credential;
use crate::secret_buf::Wiped;

/// An MD5 digest over a password: whoever holds it can log in with it, so it is a secret itself.
///
/// `Display` gives 32 lowercase hexadecimal digits, for a document. `Debug` shows nothing. It is
/// overwritten in memory when dropped, which is one instruction for a single number.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Zeroizing<u128>);

impl Digest {
    /// The MD5 (RFC 1321) of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Zeroizing::new(u128::from_be_bytes(Md5::digest(bytes).into())))
    }

    /// Reads 32 hexadecimal digits, in either case.
    pub fn from_hex(digits: &str) -> Option<Digest> {
        let mut bytes = Zeroizing::new([0; 16]);
        hex::decode_to_slice(digits, bytes.as_mut()).ok()?;
        Some(Digest(Zeroizing::new(u128::from_be_bytes(*bytes))))
    }

    /// Appends the 32 digits.
    pub fn push_to(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.resize(start + 32, 0);
        // 16 bytes always make 32 digits.
        let _ = hex::encode_to_slice(self.0.to_be_bytes(), &mut out[start..]);
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = Zeroizing::new(Vec::with_capacity(32));
        self.push_to(&mut digits);
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
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
        Hasher::default().digests(credential, password)
    }
}

/// Computes the digests of many credentials, in one buffer that is overwritten when dropped.
#[derive(Default)]
pub struct Hasher {
    buffer: Wiped,
    /// `@realm:realm:` for the last realm, which most often is the next one too.
    around_realm: Vec<u8>,
}

impl Hasher {
    /// As [`Digests::new`].
    pub fn digests(&mut self, credential: &Credential<'_>, password: &[u8]) -> Digests {
        let realm = credential.realm().as_bytes();
        if self.around_realm.get(1..=realm.len()) != Some(realm)
            || self.around_realm.len() != 2 * realm.len() + 3
        {
            self.around_realm = [b"@", realm, b":", realm, b":"].concat();
        }
        let (username, domain) = (credential.username(), credential.domain());
        let composite = username.len() + domain.map_or(0, |domain| 1 + domain.len());

        // One call of MD5 for each digest is faster than one for each part.
        let buffer = &mut self.buffer;
        buffer.clear();
        buffer.reserve(composite + self.around_realm.len() + password.len());
        buffer.extend_from_slice(username.as_bytes());
        if let Some(domain) = domain {
            buffer.push(b'@');
            buffer.extend_from_slice(domain.as_bytes());
        }
        let mut digest = |between: &[u8]| {
            buffer.truncate(composite);
            buffer.extend_from_slice(between);
            buffer.extend_from_slice(password);
            Digest::of(buffer)
        };
        Digests {
            hash1: digest(&self.around_realm[1 + realm.len()..]),
            hash1b: digest(&self.around_realm),
        }
    }
}
