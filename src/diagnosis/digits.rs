//! Mistakes in writing down the digits of a digest, and other notations of it.

use zeroize::Zeroizing;

use super::transforms::from_base64;

/// The minimum number of right digits by which a text is recognized as a damaged digest. It is most
/// unlikely that one of tens of thousands of digests has 16 digits in common with it by chance.
const MIN_DIGITS: usize = 16;

/// The maximum length of a text, in bytes, in which a damaged digest is looked for, because it is compared
/// at every position.
pub const MAX_LEN: usize = 256;

pub fn is_hexadecimal(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}

/// Tests whether `written` is `right` with separators between its bytes, in uppercase, or in base64.
pub fn other_notation(written: &str, right: &[u8]) -> Option<bool> {
    let is_usual = written.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if written.len() > MAX_LEN || is_usual {
        return None;
    }
    let is_separator = |c: char| ":-. _".contains(c) || c.is_whitespace();
    let digits = Zeroizing::new(written.replace(is_separator, ""));
    let bytes = Zeroizing::new(from_base64(written.trim()).unwrap_or_default());
    // The base64 of the bytes of the digest, or of its digits.
    let notations = [digits.as_bytes(), hex::encode(&*bytes).as_bytes(), &bytes]
        .map(|notation| notation.eq_ignore_ascii_case(right));
    Some(notations.contains(&true))
}

/// Tests whether `written` is `right` without its leading zeros, or without those of its bytes.
pub fn without_zeros(written: &str, right: &[u8]) -> Option<bool> {
    let written = written.as_bytes();
    if !(MIN_DIGITS..right.len()).contains(&written.len()) || !is_hexadecimal(written) {
        return None;
    }
    let (lost, rest) = right.split_at(right.len() - written.len());
    let bytes = right.chunks(2).map(|byte| byte.strip_prefix(b"0").unwrap_or(byte));
    let bytes = Zeroizing::new(bytes.collect::<Vec<_>>().concat());
    let is_leading = lost.iter().all(|digit| *digit == b'0');
    Some(is_leading && rest.eq_ignore_ascii_case(written) || bytes.eq_ignore_ascii_case(written))
}

/// Tests whether `written` is `right`, but for its end or beginning, one digit, or what surrounds it.
pub fn damaged(written: &str, right: &[u8]) -> Option<bool> {
    if !(MIN_DIGITS..=MAX_LEN).contains(&written.len()) {
        return None;
    }
    let written = written.as_bytes();
    if written.eq_ignore_ascii_case(right) {
        return Some(false);
    }
    let front = count_alike(written.iter(), right.iter());
    let back = count_alike(written.iter().rev(), right.iter().rev());
    // If a digit follows the right ones, it is a wrong one.
    let is_part = |alike: usize, next: Option<&u8>| {
        alike >= MIN_DIGITS && !next.is_some_and(u8::is_ascii_hexdigit)
    };
    let is_damaged = is_part(front, written.get(front))
        || is_part(back, written.iter().nth_back(back))
        || written.windows(right.len()).any(|part| part.eq_ignore_ascii_case(right))
        || front + back + 1 >= written.len().max(right.len());
    Some(is_damaged)
}

/// Returns the number of characters that are alike at the beginning.
fn count_alike<'a>(
    one: impl Iterator<Item = &'a u8>,
    other: impl Iterator<Item = &'a u8>,
) -> usize {
    one.zip(other).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}
