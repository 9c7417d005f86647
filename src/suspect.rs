//! Values and characters that are accepted, but often a mistake.

use crate::spreadsheet;

/// What is warned about in a value, wherever it is accepted: the test, the problem and the remedy.
pub(crate) type Suspect = (fn(&[u8]) -> bool, &'static str, &'static str);

/// In a value that matches several, only the first is warned about.
const SUSPECTS: [Suspect; 5] = [
    (
        spreadsheet::is_artifact,
        "looks like a spreadsheet's number or error (1.5E+11, 15.0, #N/A)",
        "format the column as text in the spreadsheet, and enter the value again",
    ),
    (
        |value| value.len() > 1 && value[0] == b'=',
        "begins with =, as a spreadsheet's formula does",
        "enter the value itself",
    ),
    (
        is_placeholder,
        "looks like a placeholder that was never filled in",
        "put the value in its place",
    ),
    (
        |value| NO_VALUE.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(value)),
        "looks like what programs write for no value",
        "enter the value itself",
    ),
    (
        |value| matches!(value, [first @ (b'"' | b'\'' | b'`'), .., last] if first == last),
        "has quotes around it, which are hashed as a part of it",
        "remove the quotes",
    ),
];

/// What databases, languages and spreadsheets write for no value. Letter case is ignored.
const NO_VALUE: [&str; 8] = ["NULL", "(null)", "\\N", "nil", "None", "NaN", "N/A", "undefined"];

/// What templates have around the name of a value.
const FRAMES: [(&str, &str); 9] = [
    ("${{", "}}"),
    ("${", "}"),
    ("$(", ")"),
    ("{{", "}}"),
    ("{", "}"),
    ("<", ">"),
    ("[", "]"),
    ("%", "%"),
    ("__", "__"),
];

/// Returns the first of [`SUSPECTS`] that applies to `value`.
pub(crate) fn suspect(value: &[u8]) -> Option<&'static Suspect> {
    SUSPECTS.iter().find(|(applies, ..)| applies(value))
}

/// Returns true for a name in one of [`FRAMES`], and for a shell's variable.
fn is_placeholder(value: &[u8]) -> bool {
    // Most values end here, where a batch has thousands of them.
    if value.first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    let is_name = |name: &[u8]| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-.,:|/'\"()".contains(byte);
        name.iter().any(u8::is_ascii_alphabetic) && name.iter().all(is_part)
    };
    let in_frame = |(start, end): &(&str, &str)| {
        value.strip_prefix(start.as_bytes()).and_then(|it| it.strip_suffix(end.as_bytes()))
    };
    FRAMES.iter().filter_map(in_frame).any(is_name)
        || value.strip_prefix(b"$").is_some_and(is_variable)
}

/// Returns true for the name of a variable, unless it could be the rest of a password: `$ecret1`.
fn is_variable(name: &[u8]) -> bool {
    let has =
        |word: &&str| name.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word.as_bytes()));
    let is_constant = name.len() > 1 && !name.iter().any(u8::is_ascii_lowercase);
    !name.first().is_none_or(u8::is_ascii_digit)
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(byte))
        && (is_constant || ["env:", "pass", "secret", "user"].iter().any(has))
}

/// Characters that are easily overlooked, or mistaken for another.
pub(crate) struct Lookalike {
    /// What one of them is called.
    pub noun: &'static str,
    pub remedy: &'static str,
    /// The first and the last of each range of them.
    ranges: &'static [u32],
}

pub(crate) const LOOKALIKES: [Lookalike; 5] = [
    Lookalike {
        noun: "an invisible character",
        remedy: "remove it unless it is intended",
        // Unicode's Default_Ignorable_Code_Point, separators of lines and paragraphs, the blank of
        // braille, and interlinear annotations.
        ranges: &[
            0xAD, 0xAD, 0x34F, 0x34F, 0x61C, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180F,
            0x200B, 0x200F, 0x2028, 0x202E, 0x2060, 0x206F, 0x2800, 0x2800, 0x3164, 0x3164, 0xFE00,
            0xFE0F, 0xFEFF, 0xFEFF, 0xFFA0, 0xFFA0, 0xFFF0, 0xFFFB, 0x1BCA0, 0x1BCA3, 0x1D173,
            0x1D17A, 0xE0000, 0xE0FFF,
        ],
    },
    Lookalike {
        noun: "a no-break space",
        remedy: "type an ordinary space unless it is intended",
        ranges: &[0xA0, 0xA0, 0x2007, 0x2007, 0x202F, 0x202F],
    },
    Lookalike {
        noun: "a space of unusual width",
        remedy: "type an ordinary space unless it is intended",
        // The rest of Unicode's category Zs.
        ranges: &[0x1680, 0x1680, 0x2000, 0x200A, 0x205F, 0x205F, 0x3000, 0x3000],
    },
    Lookalike {
        noun: "a typographic quote",
        remedy: "type a straight one unless it is intended",
        // Unicode's Quotation_Mark, with accents and primes that stand for apostrophes.
        ranges: &[
            0xAB, 0xAB, 0xB4, 0xB4, 0xBB, 0xBB, 0x2B9, 0x2BC, 0x2018, 0x201F, 0x2032, 0x2037,
            0x2039, 0x203A, 0x2E42, 0x2E42, 0x300C, 0x300F, 0x301D, 0x301F, 0xFE41, 0xFE44, 0xFF02,
            0xFF02, 0xFF07, 0xFF07, 0xFF62, 0xFF63,
        ],
    },
    Lookalike {
        noun: "a typographic dash",
        remedy: "type a hyphen unless it is intended",
        // Those of Unicode's Dash that word processors and keyboards make.
        ranges: &[
            0x2010, 0x2015, 0x2043, 0x2043, 0x2212, 0x2212, 0x2E3A, 0x2E3B, 0xFE58, 0xFE58, 0xFE63,
            0xFE63, 0xFF0D, 0xFF0D,
        ],
    },
];

impl Lookalike {
    pub fn contains(&self, c: char) -> bool {
        self.ranges.chunks_exact(2).any(|range| (range[0]..=range[1]).contains(&c.into()))
    }
}

/// Returns what a character is called if it is invisible or easily mistaken for another, such as
/// `a typographic dash`.
#[must_use]
pub fn lookalike_name(c: char) -> Option<&'static str> {
    lookalike(c).map(|kind| kind.noun)
}

/// Returns the kind of a character that is easily mistaken.
pub(crate) fn lookalike(c: char) -> Option<&'static Lookalike> {
    LOOKALIKES.iter().find(|kind| kind.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(value: &str) -> Option<&'static str> {
        suspect(value.as_bytes()).map(|(_, problem, _)| *problem)
    }

    #[test]
    fn placeholders() {
        for value in [
            "${{ secrets.SIP_PASSWORD }}",
            "${SIP_PASSWORD}",
            "$(cat password)",
            "{{ password }}",
            "{{ lookup('env', 'X')|trim }}",
            "{password}",
            "<password>",
            "<your password>",
            "[password]",
            "%PASSWORD%",
            "__PASSWORD__",
            "$SIP_PASSWORD",
            "$env:SIP_password",
            "$password",
            "$_A",
        ] {
            let expected = Some("looks like a placeholder that was never filled in");
            assert_eq!(problem(value), expected, "{value}");
        }
        for value in [
            "",
            "$",
            "$a",
            "$1",
            "$A",
            "$12",
            "$0PASS",
            "$ecret1",
            "$SIP-PASS",
            "{}",
            "{1}",
            "<a=b>",
            "%20%",
            "x{a}",
            "{a}x",
            "%",
            "__",
            "____",
            "password",
            "pass$word",
        ] {
            assert_eq!(problem(value), None, "{value}");
        }
    }

    #[test]
    fn what_is_no_value() {
        let expected = Some("looks like what programs write for no value");
        for value in ["NULL", "null", "\\N", "nan", "NaN", "None", "(null)", "n/a"] {
            assert_eq!(problem(value), expected, "{value}");
        }
        for value in ["NUL", "NULLS", "N", "Nancy"] {
            assert_eq!(problem(value), None, "{value}");
        }
    }

    #[test]
    fn formulas_quotes_and_numbers() {
        for (value, start) in [
            ("=A1", "begins with ="),
            ("=\"x\"", "begins with ="),
            ("\"pass\"", "has quotes"),
            ("'pass'", "has quotes"),
            ("`pass`", "has quotes"),
            ("''", "has quotes"),
            ("1.5E+11", "looks like a spreadsheet's"),
        ] {
            assert!(problem(value).is_some_and(|it| it.starts_with(start)), "{value}");
        }
        for value in ["=", "a=b", "\"", "'a\"", "\"a", "a\"", "xpassx"] {
            assert_eq!(problem(value), None, "{value}");
        }
    }

    #[test]
    fn lookalikes_at_the_ends_of_their_ranges() {
        for (c, noun) in [
            ('\u{AD}', "an invisible character"),
            ('\u{200F}', "an invisible character"),
            ('\u{202A}', "an invisible character"),
            ('\u{E0FFF}', "an invisible character"),
            ('\u{A0}', "a no-break space"),
            ('\u{202F}', "a no-break space"),
            ('\u{2003}', "a space of unusual width"),
            ('\u{2019}', "a typographic quote"),
            ('\u{BB}', "a typographic quote"),
            ('\u{2014}', "a typographic dash"),
            ('\u{2212}', "a typographic dash"),
        ] {
            assert_eq!(lookalike(c).map(|it| it.noun), Some(noun), "{c:?}");
        }
        for c in [' ', '-', '"', '\'', 'é', '\u{E000}', '\u{200}', '\u{2010F}'] {
            assert_eq!(lookalike(c).map(|it| it.noun), None, "{c:?}");
        }
    }
}
