//! Passwords: reading, checking and generating them.

use std::fmt;
use std::{io, slice};

use zeroize::Zeroizing;

use crate::issue::{Field, Issue, IssueKind};
use crate::secret_buf::SecretBuf;

/// A password of 1 to [`MAX_LEN`](Self::MAX_LEN) bytes, which need not be UTF-8. `Debug` does not show
/// it, and it is overwritten in memory when dropped.
#[derive(Clone)]
pub struct Password(SecretBuf);

/// The error for bytes that are not a valid password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// There are no bytes.
    #[error("the password is empty")]
    Empty,
    /// There are more than [`Password::MAX_LEN`] bytes.
    #[error("the password has more than {} bytes", Password::MAX_LEN)]
    TooLong,
}

impl Password {
    /// The maximum length in bytes.
    pub const MAX_LEN: usize = 1024;

    /// The characters of generated passwords: letters and digits, because the configuration files of
    /// phones can mangle punctuation.
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// The length of generated passwords. 22 characters out of 62 have 131 bits of entropy.
    pub(crate) const GENERATED_LEN: usize = 22;

    /// Checks `bytes` and wraps them unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if `bytes` is empty or longer than [`Password::MAX_LEN`].
    pub fn new(bytes: SecretBuf) -> Result<Password, PasswordError> {
        Self::check(&bytes).map(|()| Password(bytes))
    }

    /// Checks that `bytes` is a valid password.
    pub(crate) fn check(bytes: &[u8]) -> Result<(), PasswordError> {
        match bytes.len() {
            0 => Err(PasswordError::Empty),
            1..=Self::MAX_LEN => Ok(()),
            _ => Err(PasswordError::TooLong),
        }
    }

    /// Creates a password from the bytes of a file or of a typed line. Removes one `\n` or `\r\n` at the
    /// end and nothing else; a lone `\r` is part of the password.
    ///
    /// # Errors
    ///
    /// Returns an error if the remaining bytes are not a valid password; see [`Password::new`].
    pub fn from_line(mut line: SecretBuf) -> Result<Password, PasswordError> {
        let password = line.strip_suffix(b"\n").map_or(&*line, |rest| {
            // A carriage return is part of the line ending only if a line feed follows.
            rest.strip_suffix(b"\r").unwrap_or(rest)
        });
        let len = password.len();
        line.truncate(len);
        Password::new(line)
    }

    /// Generates a password of 22 characters of `A-Za-z0-9` from the system's random source.
    ///
    /// # Errors
    ///
    /// Returns an error if the system's random source fails.
    pub fn generate() -> io::Result<Password> {
        let mut password = SecretBuf::with_capacity(Self::GENERATED_LEN);
        let mut random = Zeroizing::new([0; 64]);
        while password.len() < Self::GENERATED_LEN {
            getrandom::fill(random.as_mut())?;
            // Of the 64 values of six bits, the two without a character are skipped, so that all
            // characters are equally likely.
            let characters =
                random.iter().filter_map(|byte| Self::ALPHABET.get(usize::from(byte & 0x3F)));
            let missing = Self::GENERATED_LEN - password.len();
            characters.take(missing).for_each(|it| password.extend_from_slice(slice::from_ref(it)));
        }
        Ok(Password(password))
    }

    /// Returns the bytes of the password.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the password as text if it is UTF-8. Generated passwords always are.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Returns warnings about what is valid in a password but often a mistake.
    #[must_use]
    pub fn warnings(password: &[u8]) -> Vec<Issue> {
        const INTENDED: &str = "make sure that this is intended";
        if password.iter().all(u8::is_ascii_graphic) {
            return Vec::new();
        }
        let is_utf16 = is_utf16(password);
        // The NULs and other bytes of UTF-16 deserve no warnings of their own.
        let bytes = if is_utf16 { b"" } else { password };
        let unmarked = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let inner = unmarked.trim_ascii();
        let has = |is_unusual: fn(&u8) -> bool| inner.iter().any(is_unusual);
        let is_utf8 = std::str::from_utf8(bytes).is_ok();
        let table = [
            (is_utf16, "looks like UTF-16", "save the file as UTF-8"),
            (
                unmarked.len() < bytes.len(),
                "begins with a byte order mark",
                "save the file as UTF-8 without it",
            ),
            (has(|byte| b"\r\n".contains(byte)), "has a line ending inside it", INTENDED),
            (has(|byte| *byte == 0), "has a NUL inside it", INTENDED),
            (
                has(|byte| byte.is_ascii_control() && !b"\r\n\0".contains(byte)),
                "has a control character inside it, as a pasted escape sequence has",
                INTENDED,
            ),
            (
                !is_utf8,
                "has a character outside ASCII, and is not UTF-8, but perhaps Windows-1252",
                "save the file as UTF-8, or make sure that the client sends the same bytes",
            ),
            (
                is_utf8 && !unmarked.is_ascii(),
                "has a character outside ASCII, which SIP phones encode in different ways",
                "prefer ASCII, or make sure that the client sends the same bytes",
            ),
            (
                inner.len() < unmarked.len(),
                "begins or ends with whitespace, which is hashed as part of it",
                INTENDED,
            ),
        ];
        table
            .into_iter()
            .filter(|(applies, ..)| *applies)
            .map(|(_, problem, remedy)| {
                Issue::new(Field::Password, IssueKind::Warning, problem, remedy)
            })
            .collect()
    }
}

/// Returns true if `bytes` begins with a byte order mark of UTF-16, or if every other byte is NUL, as
/// in UTF-16 of ASCII characters.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    let is_even = !bytes.is_empty() && bytes.len() % 2 == 0;
    let nul_from = |first| is_even && bytes[first..].iter().step_by(2).all(|it| *it == 0);
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) || nul_from(0) || nul_from(1)
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(bytes: &[u8]) -> Result<Password, PasswordError> {
        Password::from_line(bytes.to_vec().into())
    }

    #[test]
    fn from_line_drops_one_line_ending() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"a", b"a"),
            (b"a\n", b"a"),
            (b"a\r\n", b"a"),
            (b"a\n\n", b"a\n"),
            (b"a\r\n\r\n", b"a\r\n"),
            (b"a\r", b"a\r"),
            (b"a\r\r\n", b"a\r"),
            (b"\na", b"\na"),
            (b"\r", b"\r"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(password(bytes).expect("a password").as_bytes(), expected, "{bytes:?}");
        }
        for bytes in [&b""[..], b"\n", b"\r\n"] {
            assert_eq!(password(bytes).expect_err("nothing left"), PasswordError::Empty);
        }
    }

    #[test]
    fn the_length_is_that_without_the_line_ending() {
        for (length, ending, fits) in [(1024, "\r\n", true), (1025, "", false), (1025, "\n", false)]
        {
            let line = "x".repeat(length) + ending;
            let error = password(line.as_bytes()).err();
            assert_eq!(error, (!fits).then_some(PasswordError::TooLong), "{length} {ending:?}");
        }
    }

    /// Of 22,000 characters, each letter or digit is 355 on average, with a standard deviation of 19.
    /// One that is twice as likely would be about 690.
    #[test]
    fn generated_characters_are_equally_likely() {
        let mut counts = [0_u32; 256];
        for _ in 0..1000 {
            let password = Password::generate().expect("random bytes");
            assert_eq!(password.as_bytes().len(), 22);
            password.as_bytes().iter().for_each(|byte| counts[usize::from(*byte)] += 1);
        }
        for byte in 0..=255_u8 {
            let count = counts[usize::from(byte)];
            match byte.is_ascii_alphanumeric() {
                true => assert!((235..=475).contains(&count), "{:?}: {count}", byte as char),
                false => assert_eq!(count, 0, "{byte}"),
            }
        }
    }

    /// Covers every row of the table, and passwords to which it does not apply.
    #[test]
    fn warnings() {
        const UTF_16: &str = "looks like UTF-16";
        const MARK: &str = "begins with a byte order mark";
        const LINE: &str = "has a line ending inside";
        const NUL: &str = "has a NUL inside";
        const CONTROL: &str = "has a control character inside";
        const NOT_UTF_8: &str =
            "has a character outside ASCII, and is not UTF-8, but perhaps Windows-1252";
        const NOT_ASCII: &str = "has a character outside ASCII, which";
        const WHITESPACE: &str = "begins or ends with whitespace";
        let cases: [(&[u8], &[&str]); 29] = [
            (b"password", &[]),
            (b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", &[]),
            (b"pass word", &[]),
            (b"p\0a", &[NUL]),
            (b"p\0a\0s\0s\0", &[UTF_16]),
            (b"\0p\0a\0s\0s", &[UTF_16]),
            (b"\xFF\xFEp\0\xE4\0\r\0\n\0", &[UTF_16]),
            (b"\xFE\xFF\0p\x04\x3F\0\r\0", &[UTF_16]),
            (b"\xEF\xBB\xBFpass", &[MARK]),
            (b"\xEF\xBB\xBF pass", &[MARK, WHITESPACE]),
            (b"\xEF\xBB\xBFp\xC3\xA4ss", &[MARK, NOT_ASCII]),
            (b"pass\xEF\xBB\xBF", &[NOT_ASCII]),
            (b"pass\nword", &[LINE]),
            (b"pass\rword", &[LINE]),
            (b"pass\r\nlogin: bob\n", &[LINE, WHITESPACE]),
            (b"pass\0word", &[NUL]),
            (b"password\0", &[NUL]),
            (b"pass\tword", &[CONTROL]),
            (b"\x1B[200~pass\x1B[201~", &[CONTROL]),
            (b"passx\x7F", &[CONTROL]),
            (b"pass\x0B", &[CONTROL]),
            (b"p\xE4ss", &[NOT_UTF_8]),
            (b"p\xC3\xA4ss", &[NOT_ASCII]),
            (b"pass\xC2\xA0", &[NOT_ASCII]),
            (b" pass", &[WHITESPACE]),
            (b"pass\n", &[WHITESPACE]),
            (b"pass\r", &[WHITESPACE]),
            (b"\tpass\x0C", &[WHITESPACE]),
            (b"a\0b\n\x1Bc\xFF ", &[LINE, NUL, CONTROL, NOT_UTF_8, WHITESPACE]),
        ];
        for (password, expected) in cases {
            let problems: Vec<_> =
                Password::warnings(password).into_iter().map(|it| it.problem).collect();
            let is_expected = problems.len() == expected.len()
                && problems.iter().zip(expected).all(|(problem, start)| problem.starts_with(start));
            assert!(is_expected, "{}: {problems:?}", password.escape_ascii());
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", password(b"secret").expect("a password"));
        assert_eq!(shown, "Password(…)");
    }
}
