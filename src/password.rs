//! The password, which nothing but a digest may show.

use std::fmt;

use zeroize::Zeroizing;

use crate::rules::{Field, Issue, IssueKind};

/// A password: bytes, not text. `Debug` shows nothing. It is overwritten in memory when dropped.
pub struct Password(Zeroizing<Vec<u8>>);

/// Why some bytes are no password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// There is none.
    Empty,
    /// More than [`Password::MAX_LEN`] bytes.
    TooLong,
}

impl Password {
    /// The longest password, in bytes.
    pub const MAX_LEN: usize = 1024;

    /// The characters of a generated password: letters and digits, no punctuation for a phone's
    /// configuration to mangle.
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// 22 characters of 62 are 131 bits.
    pub(crate) const GENERATED_LEN: usize = 22;

    /// Takes the bytes as they are.
    ///
    /// Fails when there are none, or more than [`Password::MAX_LEN`].
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Result<Password, PasswordError> {
        Self::check(&bytes).map(|()| Password(bytes))
    }

    /// Whether `bytes` can be a password.
    pub fn check(bytes: &[u8]) -> Result<(), PasswordError> {
        match bytes.len() {
            0 => Err(PasswordError::Empty),
            1..=Self::MAX_LEN => Ok(()),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Takes the bytes of a file or of a typed line: drops one `\n` or `\r\n` at the end, nothing
    /// else. A lone `\r` is part of the password.
    ///
    /// Fails as [`Password::new`] does, on what is left.
    pub fn from_line(mut bytes: Zeroizing<Vec<u8>>) -> Result<Password, PasswordError> {
        if bytes.ends_with(b"\n") {
            bytes.pop();
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
        }
        Password::new(bytes)
    }

    /// A new password of 22 characters of `A-Za-z0-9` from the system's random source.
    ///
    /// Fails when the system has none to give.
    pub fn generate() -> Result<Password, getrandom::Error> {
        let mut password = Zeroizing::new(Vec::with_capacity(Self::GENERATED_LEN));
        let mut random = Zeroizing::new([0; 64]);
        while password.len() < Self::GENERATED_LEN {
            getrandom::fill(random.as_mut())?;
            // Six bits that fall outside the alphabet are thrown away, so that no character is
            // likelier than another.
            let characters =
                random.iter().filter_map(|byte| Self::ALPHABET.get(usize::from(byte & 0x3F)));
            let missing = Self::GENERATED_LEN - password.len();
            password.extend(characters.take(missing));
        }
        Ok(Password(password))
    }

    /// The password itself.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The password as text, if it is UTF-8, as generated ones are.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// What is legal in `password` and often a mistake.
    pub fn advice(password: &[u8]) -> Vec<Issue> {
        let white = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_whitespace() || *b == 0x0B);
        let table = [
            (
                !password.is_ascii(),
                "has a character outside ASCII, which SIP phones encode in different ways",
                "prefer ASCII, or make sure that the client sends the same bytes",
            ),
            (
                white(password.first()) || white(password.last()),
                "begins or ends with white space, which is hashed as part of it",
                "make sure that it is meant",
            ),
        ];
        table
            .into_iter()
            .filter(|(applies, ..)| *applies)
            .map(|(_, problem, remedy)| Issue {
                field: Field::Password,
                kind: IssueKind::Warning,
                problem: problem.to_owned(),
                remedy: remedy.to_owned(),
            })
            .collect()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordError::Empty => f.write_str("the password is empty"),
            PasswordError::TooLong => {
                write!(f, "the password has more than {} bytes", Password::MAX_LEN)
            }
        }
    }
}

impl std::error::Error for PasswordError {}
