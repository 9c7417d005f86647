//! What people and programs do to a text: to a password, mostly.

use std::iter::once;
use std::str;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use unicode_normalization::UnicodeNormalization as _;

use crate::password::is_utf16;
use crate::suspect::LOOKALIKES;

/// The passwords that come of one, the likelier ones first. They are made as they are needed.
pub type Passwords<'a> = Box<dyn Iterator<Item = Vec<u8>> + 'a>;

pub fn passwords<'a, P>(passwords: P) -> Passwords<'a>
where
    P: IntoIterator<Item: Into<Vec<u8>> + 'a, IntoIter: 'a>,
{
    Box::new(passwords.into_iter().map(Into::into))
}

/// Puts each of `patterns` around a password, which they have as `_`.
pub fn around<'a>(password: &'a [u8], patterns: &'a [&str]) -> Passwords<'a> {
    passwords(patterns.iter().map(|pattern| {
        let (before, after) = pattern.split_once('_').unwrap_or((pattern, ""));
        [before.as_bytes(), password, after.as_bytes()].concat()
    }))
}

/// Reads a text from its beginning to its end. Where `replace` recognizes something, it returns what
/// stands in its place and the rest of the text.
fn scanned(text: &str, replace: impl Fn(&str) -> Option<(String, &str)>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (piece, after) = replace(rest).unwrap_or_else(|| (c.into(), &rest[c.len_utf8()..]));
        result += &piece;
        rest = after;
    }
    result
}

/// Removes each text that begins with `opening` and ends with `closing`.
fn without_spans(text: &str, opening: &str, closing: &str) -> String {
    scanned(text, |rest| {
        let (_, after) = rest.strip_prefix(opening)?.split_once(closing)?;
        Some((String::new(), after))
    })
}

/// Removes each `escape` before a character that `is_escaped`.
fn unescaped(text: &str, escape: char, is_escaped: impl Fn(char) -> bool) -> String {
    scanned(text, |rest| {
        let mut characters = rest.strip_prefix(escape)?.chars();
        let next = characters.next().filter(|c| is_escaped(*c))?;
        Some((next.into(), characters.as_str()))
    })
}

/// Removes variables, as a shell does in double quotes if they are not set.
pub fn without_variables(text: &str) -> String {
    scanned(text, |rest| {
        let after = rest.strip_prefix('$')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let after = match after.chars().next()? {
            '{' => after.split_once('}')?.1,
            c if c.is_ascii_digit() || "@*!".contains(c) => &after[1..],
            c if is_name(c) => after.trim_start_matches(is_name),
            _ => return None,
        };
        Some((String::new(), after))
    })
}

/// Fills in the conversions of a format, as printf does if there are no arguments.
fn formatted(text: &str) -> String {
    scanned(text, |rest| {
        let after = rest.strip_prefix('%')?;
        let rest = after.trim_start_matches(|c| "+-#. 0123456789".contains(c));
        let width = &after[..after.len() - rest.len()];
        let (fill, width) = (if width.starts_with('0') { '0' } else { ' ' }, width.parse());
        let mut characters = rest.chars();
        let value = match characters.next()? {
            '%' => "%",
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' | 'g' | 'G' => "0",
            'f' | 'F' => "0.000000",
            'e' => "0.000000e+00",
            's' | 'c' | 'b' => "",
            // It stops here.
            _ => return Some((String::new(), "")),
        };
        let missing = width.unwrap_or(0).min(99_usize).saturating_sub(value.len());
        Some((format!("{}{value}", fill.to_string().repeat(missing)), characters.as_str()))
    })
}

/// Decodes the escape sequences of printf, `echo -e` and C.
fn without_sequences(text: &str) -> String {
    const LETTERS: &str = "ntrabefv\\";
    const MEANINGS: &str = "\n\t\r\x07\x08\x1B\x0C\x0B\\";
    scanned(text, |rest| {
        let rest = rest.strip_prefix('\\')?;
        let first = rest.chars().next()?;
        match LETTERS.find(first) {
            Some(at) => Some((MEANINGS[at..=at].to_owned(), &rest[1..])),
            None if first == 'x' => number(&rest[1..], 16, 2),
            None => number(rest, 8, 3),
        }
    })
}

/// Changes special characters as shells, cmd.exe, printf, make, docker compose, sed and SQL do.
pub fn specials_changed(text: &str) -> Passwords<'_> {
    const LOST: &str = "!\"'`$^%";
    const DOUBLED: &str = "$^%'\"";
    const ESCAPED: [(&str, &str); 3] = [("!", "\\!"), ("&", "\\&"), ("&", "^&")];
    const SPANS: [(&str, &str); 5] = [("`", "`"), ("%", "%"), ("!", "!"), ("$(", ")"), ("<", ">")];
    // What sed replaces by the password.
    const REPLACED: &str = "PASSWORD|password|@PASSWORD@|%PASSWORD%|__PASSWORD__|{{PASSWORD}}|{{password}}|\
        {{ password }}|${PASSWORD}|<password>|SIP_PASSWORD|@SIP_PASSWORD@|SECRET|secret|changeme";
    let carets = escaped(text, |c| "^&<>|%!\"".contains(c), |c| format!("^{c}"));
    let spans = SPANS.iter().map(move |(opening, closing)| without_spans(text, opening, closing));
    let in_make = scanned(text, |rest| {
        let mut after = rest.strip_prefix('$')?.chars();
        after.next().map(|_| (String::new(), after.as_str()))
    });
    let unescaped = unescaped(text, '^', |_| true);
    let decoded = without_sequences(text);
    let functions = [
        text.replace(['"', '\''], ""),
        formatted(text),
        formatted(&decoded),
        decoded,
        unescaped,
        in_make,
        carets,
    ];
    let lost = LOST.chars().map(move |c| text.replace(c, ""));
    let doubled = DOUBLED.chars().flat_map(move |c| {
        let (one, two) = (format!("{c}"), format!("{c}{c}"));
        [text.replace(&two, &one), text.replace(&one, &two)]
    });
    let escaped = ESCAPED.iter().map(move |(plain, escaped)| text.replace(plain, escaped));
    let by_sed = REPLACED.split('|').map(move |replaced| text.replace('&', replaced));
    passwords(lost.chain(doubled).chain(escaped).chain(spans).chain(functions).chain(by_sed))
}

/// Removes, adds or doubles backslashes.
pub fn backslashes(text: &str) -> Passwords<'_> {
    const SHELL: &str = "\\$`\"";
    // The backslash is the first in each, so that those that are added stay single.
    let added = ["\\", "\\\"", "\\'\"", SHELL, "/"].map(|special| {
        let escape = |text: String, c| text.replace(c, &format!("\\{c}"));
        special.chars().fold(text.to_owned(), escape)
    });
    let lost = [
        unescaped(text, '\\', |_| true),
        unescaped(text, '\\', |c| SHELL.contains(c)),
        text.replace('\\', ""),
    ];
    passwords(lost.into_iter().chain(added))
}

/// Reads the number of a character, of at most `len` digits.
fn number(text: &str, radix: u32, len: usize) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_digit(radix)).unwrap_or(text.len()).min(len);
    let (digits, rest) = text.split_at(end);
    let number = u32::from_str_radix(digits, radix).ok()?;
    Some((char::from_u32(number)?.into(), rest))
}

/// Returns the beginnings of a text: first those that end before a character other than letters and
/// digits, at which a program may stop, then the others.
///
/// A short beginning, of less than 4 characters or 6 digits, can be another password by chance. It is
/// returned only if such a character follows it.
pub fn beginnings(text: &str) -> Passwords<'_> {
    // UTF-16 has a NUL after each letter, so that one shows nothing.
    let is_stop = |c: char| !c.is_alphanumeric() && c != '\0';
    let stops =
        text.char_indices().filter(move |(at, c)| is_stop(*c) && text.find(*c) == Some(*at));
    let others = text.char_indices().enumerate().filter(move |(count, (at, c))| {
        let is_number = text[..*at].bytes().all(|byte| byte.is_ascii_digit());
        let is_long = *count >= if is_number { 6 } else { 4 };
        is_stop(*c) && text.find(*c) != Some(*at) || is_long && !is_stop(*c)
    });
    let ends = stops.map(|(at, _)| at).chain(others.map(|(_, (at, _))| at));
    // Whitespace and quotes at the end are mistakes of their own, and whitespace alone is no beginning.
    let is_blank = |text: &str| text.trim_matches(['"', '\'']).trim().is_empty();
    let is_cut = move |end: &usize| !text[..*end].trim().is_empty() && !is_blank(&text[*end..]);
    passwords(ends.filter(is_cut).map(|end| text[..end].to_owned()))
}

/// Plain characters, and the typographic ones that are used in their place.
const TYPOGRAPHIC: [(&str, &[&str]); 6] = [
    ("--", &["—", "–"]),
    ("-", &["–", "—", "‑", "−", "‐"]),
    ("...", &["…"]),
    ("'", &["’", "‘", "′", "´", "ʼ"]),
    ("\"", &["”", "“", "„", "″", "«", "»"]),
    (" ", &["\u{A0}", "\u{202F}", "\u{2007}", "\u{2009}", "\u{3000}"]),
];

/// Replaces plain characters with typographic ones, and the other way round: one kind, then all.
pub fn typographic(text: &str) -> Passwords<'_> {
    type Change = fn(String, &str, &[&str]) -> String;
    const TO_PLAIN: Change =
        |text, plain, others| others.iter().fold(text, |text, other| text.replace(other, plain));
    const TO_FIRST: Change = |text, plain, others| match plain {
        " " => text,
        _ => text.replace(plain, others[0]),
    };
    let one_kind = TYPOGRAPHIC.iter().flat_map(move |(plain, others)| {
        let typographic = others.iter().map(move |other| text.replace(plain, other));
        typographic.chain(once(TO_PLAIN(text.to_owned(), plain, others)))
    });
    let in_pairs = text.split('"').enumerate().map(|(at, piece)| match at {
        0 => piece.to_owned(),
        _ => format!("{}{piece}", ["”", "“"][at % 2]),
    });
    let in_pairs = in_pairs.collect();
    let quoted = with_opening_quotes(text);
    let whole =
        TYPOGRAPHIC.iter().fold(quoted.clone(), |text, (plain, it)| TO_FIRST(text, plain, it));
    // A dash is one hyphen here, not two.
    let kinds = TYPOGRAPHIC.iter().rev();
    let plain = kinds.fold(text.to_owned(), |text, (plain, it)| TO_PLAIN(text, plain, it));
    passwords(one_kind.chain([plain, in_pairs, quoted, whole]))
}

/// Makes a straight quote an opening one at the beginning of a word, as word processors do.
fn with_opening_quotes(text: &str) -> String {
    let before = once(' ').chain(text.chars());
    let replace = |(before, c): (char, char)| match (c, before.is_alphanumeric()) {
        ('"', false) => '“',
        ('"', true) => '”',
        ('\'', false) => '‘',
        ('\'', true) => '’',
        _ => c,
    };
    before.zip(text.chars()).map(replace).collect()
}

/// Zero-width characters, the soft hyphen, and marks of direction.
const INVISIBLE: &str = "\u{200B}\u{FEFF}\u{200C}\u{200D}\u{2060}\u{AD}\u{200E}\u{200F}\u{202A}\
    \u{202C}\u{202D}\u{2066}\u{2068}\u{2069}\u{FE0F}\u{2028}\u{2061}\u{2063}\u{180E}\u{61C}\u{3164}";

/// Removes invisible characters, or adds one: at the end, at the beginning, then inside.
pub fn invisible(text: &str) -> Passwords<'_> {
    let visible = text.replace(|c| LOOKALIKES[0].contains(c), "");
    let around = [
        "\u{202D}_\u{202C}",
        "\u{202A}_\u{202C}",
        "\u{2066}_\u{2069}",
        "\u{2068}_\u{2069}",
        "\u{200B}_\u{200B}",
    ];
    let around = around.map(|around| around.replace('_', text));
    let inside = text.char_indices().skip(1).map(|(at, _)| at);
    let added = [text.len(), 0].into_iter().chain(inside).flat_map(move |at| {
        INVISIBLE.chars().map(move |c| format!("{}{c}{}", &text[..at], &text[at..]))
    });
    passwords(once(visible).chain(around).chain(added))
}

/// Returns the numbers that a text is taken for, or that it may have been before.
pub fn as_number(text: &str) -> Passwords<'_> {
    let is_natural = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let before = ["0", "00"].into_iter().filter(move |_| is_natural);
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    let digits = text.trim_start_matches('0').to_owned();
    let written = number
        .map(|number| [digits.clone(), digits + ".0", format!("{number}"), format!("{number:?}")]);
    let octal = u64::from_str_radix(text, 8).ok().filter(|_| text.starts_with('0'));
    let written = written.into_iter().flatten().chain(octal.map(|octal| octal.to_string()));
    passwords(written.chain(before.map(move |zeros| format!("{zeros}{text}"))))
}

/// Replaces the characters outside of ASCII, or leaves them out.
pub fn in_ascii(text: &str) -> Passwords<'_> {
    type Replacement = fn(char) -> String;
    const REPLACEMENTS: [Replacement; 6] = [
        |_| "?".to_owned(),
        |c| "?".repeat(c.len_utf8()),
        |c| "?".repeat(c.len_utf16()),
        |_| "\u{FFFD}".to_owned(),
        |c| "\u{FFFD}".repeat(c.len_utf8()),
        |_| String::new(),
    ];
    let without_accents: String = text.nfd().filter(char::is_ascii).collect();
    let replaced = REPLACEMENTS.iter().map(move |by| escaped(text, |c| !c.is_ascii(), by));
    passwords(replaced.chain([without_accents]))
}

/// Swaps the letter case of the first letter or of all, or makes all of one case.
pub fn in_swapped_case(text: &str) -> Passwords<'_> {
    let swap = |c: char| -> String {
        match c.is_lowercase() {
            true => c.to_uppercase().collect(),
            false => c.to_lowercase().collect(),
        }
    };
    let mut rest = text.chars();
    let first = rest.next().map_or(String::new(), swap) + rest.as_str();
    let all = text.chars().map(swap).collect();
    passwords([first, text.to_lowercase(), text.to_uppercase(), all])
}

/// Returns a text in the letter cases that people type: the first letter in uppercase and the others in
/// lowercase or unchanged, the first letter of each word in uppercase, the first word in uppercase, all
/// in uppercase, all in lowercase.
pub fn in_other_case(text: &str) -> [String; 6] {
    let capital = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        first.collect::<String>() + characters.as_str()
    };
    let lower = text.to_lowercase();
    let words = lower.split_inclusive(|c: char| !c.is_alphanumeric()).map(capital).collect();
    let (first, rest) = text.split_at(text.find(['.', '@', '-', '_']).unwrap_or(text.len()));
    let first = first.to_uppercase() + rest;
    [capital(&lower), capital(text), words, first, text.to_uppercase(), lower]
}

/// The characters of an encoding for the bytes from 0x80.
pub struct CodePage(&'static str);

/// Latin-1 (ISO 8859-1), in which no two bytes are the same character.
pub const LATIN_1: CodePage = CodePage("");

/// Windows-1252, which has printable characters for the bytes 0x80 to 0x9F. Those that it does not
/// define are the control characters of Latin-1.
pub const WINDOWS_1252: CodePage =
    CodePage("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ");

/// The code pages 437 and 850 of consoles.
pub const CONSOLES: [CodePage; 2] = [
    CodePage(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
         └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}",
    ),
    CodePage(
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
         └┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}",
    ),
];

/// All of them.
pub const CODE_PAGES: [CodePage; 4] = {
    let [console, other] = CONSOLES;
    [WINDOWS_1252, LATIN_1, console, other]
};

impl CodePage {
    fn decode_byte(&self, byte: u8) -> char {
        let high = byte.checked_sub(0x80).and_then(|at| self.0.chars().nth(at.into()));
        high.unwrap_or(char::from(byte))
    }

    /// Decodes bytes, and encodes the text in UTF-8.
    pub fn decode(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().map(|byte| self.decode_byte(*byte)).collect::<String>().into_bytes()
    }

    /// Encodes a text; `None` if it is ASCII. A character that the encoding lacks becomes `lost`, or
    /// makes the result `None`.
    pub fn encode(&self, text: &str, lost: Option<u8>) -> Option<Vec<u8>> {
        let byte = |c: char| match u8::try_from(c) {
            Ok(byte) if byte < 0x80 => Some(byte),
            _ => (0x80..=u8::MAX).find(|byte| self.decode_byte(*byte) == c).or(lost),
        };
        Some(text).filter(|text| !text.is_ascii())?.chars().map(byte).collect()
    }
}

/// The variants of UTF-16: whether it is big-endian, and whether it has a byte order mark.
pub const UTF_16: [(bool, bool); 4] = [(false, true), (false, false), (true, true), (true, false)];

/// Encodes a text as UTF-16.
pub fn utf16(text: &str, is_big_endian: bool, has_mark: bool) -> Vec<u8> {
    let mark = has_mark.then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    units
        .flat_map(|unit| if is_big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
        .collect()
}

/// Decodes UTF-16 if `bytes` looks like it. A byte order mark is dropped.
pub fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let is_big_endian = matches!(bytes, [0xFE, 0xFF, ..] | [0, ..]);
    let unit = |bytes: &[u8]| {
        let bytes = [bytes[0], bytes[1]];
        if is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    };
    let units = is_utf16(bytes).then(|| bytes.chunks_exact(2).map(unit).collect::<Vec<_>>())?;
    let text = String::from_utf16(&units).ok()?;
    Some(text.strip_prefix('\u{FEFF}').unwrap_or(&text).as_bytes().to_vec())
}

/// Percent-encodes a password in the ways of URLs and forms. Programs differ in what they keep.
pub fn percent_encoded(password: &[u8]) -> Passwords<'_> {
    // RFC 3986, Python's quote, JavaScript's encodeURIComponent and encodeURI, the fields of a form, and
    // all but what ends a password in a SIP URI.
    const KEPT: [&[u8]; 6] = [
        b"-_.~",
        b"-_.~/",
        b"-_.~!*'()",
        b"-_.~!*'();/?:@&=+$,#",
        b"-_.*",
        b"-_.~!*'();?&=+$,#[]^`{|}<>\\\" ",
    ];
    // All but one character, such as the @ in the URI of an account.
    let special =
        (0..0x80).filter(|byte: &u8| !byte.is_ascii_alphanumeric() && password.contains(byte));
    let alone = special.map(|special| (0..=u8::MAX).filter(|byte| *byte != special).collect());
    let sets = KEPT.iter().map(|kept| kept.to_vec()).chain(alone);
    let encode = move |kept: &[u8], form: bool, lower: bool| {
        let byte = |byte: &u8| match byte {
            b' ' if form => vec![b'+'],
            _ if byte.is_ascii_alphanumeric() || kept.contains(byte) => vec![*byte],
            _ if lower => format!("%{byte:02x}").into_bytes(),
            _ => format!("%{byte:02X}").into_bytes(),
        };
        password.iter().flat_map(byte).collect::<Vec<u8>>()
    };
    passwords(sets.flat_map(move |kept: Vec<u8>| {
        [(false, false), (false, true), (true, false), (true, true)]
            .map(|(form, lower)| encode(&kept, form, lower))
    }))
}

/// Decodes what percent-encoding encodes. If `form`, a `+` becomes a space.
pub fn percent_decoded(mut rest: &[u8], form: bool) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|it| hex::decode(it).ok());
        match (escaped, first) {
            (Some(byte), _) => {
                decoded.extend(byte);
                rest = &after[2..];
            }
            (None, b'+') if form => decoded.push(b' '),
            _ => decoded.push(*first),
        }
    }
    decoded
}

/// Escapes a text as in HTML, XML and JSON. Programs differ in what they escape, and how.
pub fn html_escaped(text: &str) -> Passwords<'_> {
    const SETS: [fn(char) -> bool; 7] = [
        |c| "&<>\"'".contains(c),
        |c| "&<>\"".contains(c),
        |c| "&<>'".contains(c),
        |c| "&<>".contains(c),
        |c| c == '&',
        |c| !c.is_ascii() || "&<>\"'".contains(c),
        |c| !c.is_ascii_alphanumeric(),
    ];
    const WAYS: [fn(char) -> String; 10] = [
        |c| named(c, "&quot;", "&#39;"),
        |c| named(c, "&quot;", "&#039;"),
        |c| named(c, "&quot;", "&#x27;"),
        |c| named(c, "&quot;", "&apos;"),
        |c| named(c, "&#34;", "&#39;"),
        |c| format!("\\u{:04x}", u32::from(c)),
        |c| format!("\\u{:04X}", u32::from(c)),
        |c| format!("&#{};", u32::from(c)),
        |c| format!("&#x{:x};", u32::from(c)),
        |c| format!("&#x{:X};", u32::from(c)),
    ];
    passwords(SETS.iter().flat_map(move |set| WAYS.iter().map(move |way| escaped(text, set, way))))
}

fn named(c: char, double_quote: &str, single_quote: &str) -> String {
    let name = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => double_quote,
        '\'' => single_quote,
        _ => return c.into(),
    };
    name.to_owned()
}

/// Replaces each character that `is_escaped`.
fn escaped(
    text: &str,
    is_escaped: impl Fn(char) -> bool,
    escape: impl Fn(char) -> String,
) -> String {
    text.chars().map(|c| if is_escaped(c) { escape(c) } else { c.into() }).collect()
}

/// Decodes the entities of HTML and XML.
fn html_unescaped(text: &str) -> String {
    const NAMES: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];
    scanned(text, |rest| {
        let named = |(name, c): &(&str, char)| Some(((*c).into(), rest.strip_prefix(name)?));
        NAMES.iter().find_map(named).or_else(|| {
            let (entity, after) = rest.strip_prefix("&#")?.split_once(';')?;
            let hexadecimal = entity.strip_prefix(['x', 'X']).map(|it| u32::from_str_radix(it, 16));
            let number = hexadecimal.unwrap_or_else(|| entity.parse()).ok()?;
            Some((char::from_u32(number)?.into(), after))
        })
    })
}

/// Decodes what is percent-encoded, escaped, or base64.
pub fn all_unescaped(password: &[u8]) -> Passwords<'_> {
    let percent = [false, true].map(|form| percent_decoded(password, form));
    let text = str::from_utf8(password).ok();
    let base64 = text.and_then(from_base64).filter(|bytes| str::from_utf8(bytes).is_ok());
    let json = |text| scanned(text, |rest| number(rest.strip_prefix("\\u")?, 16, 4));
    let unescaped = text.map(|text| [html_unescaped(text), json(text)]);
    let unescaped = unescaped.into_iter().flatten().map(String::into_bytes);
    passwords(percent.into_iter().chain(unescaped).chain(base64))
}

/// Base64 (RFC 4648 section 4). Padding is written, and may be missing where it is read.
const BASE64_ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub fn to_base64(password: &[u8]) -> Vec<u8> {
    BASE64_ENGINE.encode(password).into_bytes()
}

/// Decodes base64, with or without padding, in the usual alphabet or in that of URLs.
pub fn from_base64(encoded: &str) -> Option<Vec<u8>> {
    BASE64_ENGINE.decode(encoded.replace('-', "+").replace('_', "/")).ok()
}
