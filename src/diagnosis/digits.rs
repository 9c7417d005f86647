//! Mistakes in writing down the digits of a digest, and other notations of it.

use zeroize::Zeroizing;

use super::transforms::from_base64;

/// The minimum number of right digits by which a text is recognized as a damaged digest. It is most
/// unlikely that one of tens of thousands of digests has 16 digits in common with it by chance.
pub const MIN_DIGITS: usize = 16;

/// The maximum length of a text, in bytes, in which a damaged digest is looked for, because it is compared
/// at every position.
pub const MAX_LEN: usize = 256;

pub fn is_hexadecimal(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}

/// Returns true if `written` is `right` with separators between its bytes, or in base64.
pub fn is_other_notation(written: &str, right: &[u8]) -> bool {
    let is_separator = |c: char| ":-. _".contains(c) || c.is_whitespace();
    let digits = Zeroizing::new(written.replace(is_separator, ""));
    let bytes = Zeroizing::new(from_base64(written.trim()).unwrap_or_default());
    // The base64 of the bytes of the digest, or of its digits.
    [digits.as_bytes(), hex::encode(&*bytes).as_bytes(), &bytes]
        .iter()
        .any(|notation| notation.eq_ignore_ascii_case(right))
}

/// Returns true if `written` is `right` without its leading zeros, or without those of its bytes.
pub fn lacks_zeros(written: &str, right: &[u8]) -> bool {
    let Some(lost) = right.len().checked_sub(written.len()) else { return false };
    let (lost, rest) = right.split_at(lost);
    let without_zeros: Zeroizing<Vec<u8>> = Zeroizing::new(
        right.chunks(2).flat_map(|byte| byte.strip_prefix(b"0").unwrap_or(byte)).copied().collect(),
    );
    lost.iter().all(|digit| *digit == b'0') && rest.eq_ignore_ascii_case(written.as_bytes())
        || without_zeros.eq_ignore_ascii_case(written.as_bytes())
}

/// Returns true if `written` is `right`, but for its end or beginning, one digit, or what surrounds it.
pub fn is_damaged(written: &str, right: &[u8]) -> bool {
    let written = written.as_bytes();
    let front = count_alike(written.iter(), right.iter());
    let back = count_alike(written.iter().rev(), right.iter().rev());
    // If a digit follows the right ones, it is a wrong one.
    let is_part = |alike: usize, next: Option<&u8>| {
        alike >= MIN_DIGITS && !next.is_some_and(u8::is_ascii_hexdigit)
    };
    is_part(front, written.get(front))
        || is_part(back, written.iter().nth_back(back))
        || written.windows(right.len()).any(|part| part.eq_ignore_ascii_case(right))
        || front + back + 1 >= written.len().max(right.len())
}

/// Returns the number of characters that are alike at the beginning.
fn count_alike<'a>(
    one: impl Iterator<Item = &'a u8>,
    other: impl Iterator<Item = &'a u8>,
) -> usize {
    one.zip(other).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}
