//! Passwords: reading, checking and generating them.

use std::fmt;
use std::{io, slice, str};

use zeroize::Zeroizing;

use crate::issue::{Field, Invalid, Issue, IssueKind, Issues, Strictness};
use crate::secret_buf::SecretBuf;
use crate::suspect::{LOOKALIKES, Suspect, lookalike, suspect};

/// A password of 1 to [`MAX_LEN`](Self::MAX_LEN) bytes, which need not be UTF-8. `Debug` does not show
/// it, and it is overwritten in memory when dropped.
#[derive(Clone)]
pub struct Password(SecretBuf);

impl Password {
    /// The maximum length in bytes.
    pub const MAX_LEN: usize = 1024;

    /// The characters of generated passwords: letters and digits, because the configuration files of
    /// phones can mangle punctuation.
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// The length of generated passwords. 22 characters out of 62 have 131 bits of entropy.
    pub(crate) const GENERATED_LEN: usize = 22;

    /// Checks `bytes`, such as a `&str`, and wraps them unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if there are no bytes, or more than [`Password::MAX_LEN`].
    pub fn new(bytes: impl Into<SecretBuf>) -> Result<Password, Invalid> {
        let bytes = bytes.into();
        Issues::check(Strictness::Strict, |issues| check(&bytes, issues).then_some(()))?;
        Ok(Password(bytes))
    }

    /// Creates a password from the bytes of a file or of a typed line. Removes one `\n` or `\r\n` at the
    /// end and nothing else; a lone `\r` is part of the password.
    ///
    /// # Errors
    ///
    /// Returns an error if the remaining bytes are not a valid password, as [`Password::new`] does.
    pub fn from_line(mut line: SecretBuf) -> Result<Password, Invalid> {
        let ending: &[&[u8]] = &[b"\r\n", b"\n"];
        let ending = ending.iter().find(|ending| line.ends_with(ending));
        line.truncate(line.len() - ending.map_or(0, |ending| ending.len()));
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
        str::from_utf8(&self.0).ok()
    }

    /// Returns warnings about what is valid but often a mistake. They do not contain the password.
    #[must_use]
    pub fn warnings(&self) -> Vec<Issue> {
        let mut issues = Issues::default();
        check(&self.0, &mut issues);
        issues.finish().expect("it is valid")
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const INTENDED: &str = "make sure that this is intended";

/// Common mistakes that are valid in a password.
const WARNINGS: [Suspect; 7] = [
    (
        |it| it.starts_with(BYTE_ORDER_MARK),
        "begins with a byte order mark",
        "save the file as UTF-8 without it",
    ),
    (|it| has(it, |byte| b"\r\n".contains(byte)), "has a line ending inside it", INTENDED),
    (|it| has(it, |byte| *byte == 0), "has a NUL inside it", INTENDED),
    (
        |it| has(it, |byte| byte.is_ascii_control() && !b"\r\n\0".contains(byte)),
        "has a control character inside it, as a pasted escape sequence has",
        INTENDED,
    ),
    (
        |it| str::from_utf8(it).is_err(),
        "has a character outside ASCII, and is not UTF-8, but perhaps Windows-1252",
        "save the file as UTF-8, or make sure that the client sends the same bytes",
    ),
    (
        |it| unusual(it).any(|c| lookalike(c).is_none()),
        "has a character outside ASCII, which SIP phones encode in different ways",
        "prefer ASCII, or make sure that the client sends the same bytes",
    ),
    (
        |it| unmarked(it).trim_ascii().len() < unmarked(it).len(),
        "begins or ends with whitespace, which is hashed as part of it",
        INTENDED,
    ),
];

/// Returns the password without a byte order mark.
fn unmarked(password: &[u8]) -> &[u8] {
    password.strip_prefix(BYTE_ORDER_MARK).unwrap_or(password)
}

/// Returns true if there is such a byte between the whitespace at both ends.
fn has(password: &[u8], is_such: fn(&u8) -> bool) -> bool {
    unmarked(password).trim_ascii().iter().any(is_such)
}

/// Returns the characters outside ASCII; none if the password is not UTF-8.
fn unusual(password: &[u8]) -> impl Iterator<Item = char> {
    str::from_utf8(unmarked(password)).unwrap_or_default().chars().filter(|c| !c.is_ascii())
}

/// Adds the issues of a password to `issues`. Returns true if it is valid.
pub(crate) fn check(password: &[u8], issues: &mut Issues) -> bool {
    let mut add = |kind, problem: &str, remedy| {
        !issues.add(Issue::new(Field::Password, kind, problem, remedy))
    };
    match password.len() {
        0 => return add(IssueKind::Empty, "the password is empty", "provide one"),
        1..=Password::MAX_LEN => {}
        _ => return add(IssueKind::NeverValid, "more than 1024 bytes", "use a shorter one"),
    }
    let mut warn = |problem: &str, remedy| add(IssueKind::Warning, problem, remedy);
    // The NULs and other bytes of UTF-16 deserve no warnings of their own.
    if is_utf16(password) {
        return warn("looks like UTF-16", "save the file as UTF-8");
    }
    if let Some((_, problem, remedy)) = suspect(password) {
        warn(problem, remedy);
    }
    if password.len() == 32 && password.iter().all(u8::is_ascii_hexdigit) {
        warn(
            "32 hexadecimal digits, as a digest has",
            "use the password itself, unless this is it",
        );
    }
    if password.iter().all(u8::is_ascii_graphic) {
        return true;
    }
    for (_, problem, remedy) in WARNINGS.iter().filter(|(applies, ..)| applies(password)) {
        warn(problem, remedy);
    }
    for kind in &LOOKALIKES {
        if let Some(c) = unusual(password).find(|c| kind.contains(*c)) {
            warn(&format!("has {}, U+{:04X}", kind.noun, c as u32), kind.remedy);
        }
    }
    true
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

    fn password(bytes: &[u8]) -> Result<Password, Invalid> {
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
            let invalid = password(bytes).expect_err("nothing left");
            assert_eq!(invalid.to_string(), "password: the password is empty: provide one");
        }
    }

    #[test]
    fn the_length_is_that_without_the_line_ending() {
        for (length, ending, fits) in [(1024, "\r\n", true), (1025, "", false), (1025, "\n", false)]
        {
            let line = "x".repeat(length) + ending;
            let error = password(line.as_bytes()).err().map(|invalid| invalid.to_string());
            let expected = "password: more than 1024 bytes: use a shorter one".to_owned();
            assert_eq!(error, (!fits).then_some(expected), "{length} {ending:?}");
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
    fn what_is_warned_about() {
        const UTF_16: &str = "looks like UTF-16";
        const MARK: &str = "begins with a byte order mark";
        const LINE: &str = "has a line ending inside";
        const NUL: &str = "has a NUL inside";
        const CONTROL: &str = "has a control character inside";
        const NOT_UTF_8: &str =
            "has a character outside ASCII, and is not UTF-8, but perhaps Windows-1252";
        const NOT_ASCII: &str = "has a character outside ASCII, which";
        const WHITESPACE: &str = "begins or ends with whitespace";
        const DIGEST: &str = "32 hexadecimal digits";
        const PLACEHOLDER: &str = "looks like a placeholder";
        let cases: &[(&[u8], &[&str])] = &[
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
            (b"pass\xEF\xBB\xBF", &["has an invisible character, U+FEFF"]),
            ("pa\u{AD}\u{200B}ss".as_bytes(), &["has an invisible character, U+00AD"]),
            (
                "\u{201C}p\u{2013}\u{201D}".as_bytes(),
                &["has a typographic quote, U+201C", "has a typographic dash, U+2013"],
            ),
            ("p\u{3000}\u{E4}".as_bytes(), &[NOT_ASCII, "has a space of unusual width, U+3000"]),
            (b"0123456789abcdefABCDEF0123456789", &[DIGEST]),
            (b"0123456789abcdefABCDEF012345678", &[]),
            (b"0123456789abcdefABCDEF012345678g", &[]),
            (b"${{ secrets.SIP_PASSWORD }}", &[PLACEHOLDER]),
            (b"<password>", &[PLACEHOLDER]),
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
            (b"pass\xC2\xA0", &["has a no-break space, U+00A0"]),
            (b" pass", &[WHITESPACE]),
            (b"pass\n", &[WHITESPACE]),
            (b"pass\r", &[WHITESPACE]),
            (b"\tpass\x0C", &[WHITESPACE]),
            (b"a\0b\n\x1Bc\xFF ", &[LINE, NUL, CONTROL, NOT_UTF_8, WHITESPACE]),
        ];
        for (password, expected) in cases {
            let problems: Vec<_> = Password(password.to_vec().into())
                .warnings()
                .into_iter()
                .map(|it| it.problem)
                .collect();
            let is_expected = problems.len() == expected.len()
                && problems
                    .iter()
                    .zip(*expected)
                    .all(|(problem, start)| problem.starts_with(start));
            assert!(is_expected, "{}: {problems:?}", password.escape_ascii());
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?}", password(b"secret").expect("a password"));
        assert_eq!(shown, "Password(…)");
    }
}
