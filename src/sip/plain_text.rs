//! Turns a text that contains SIP messages into their plain lines: takes off what logs, terminals, mail
//! programs and web pages put around a message and into it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::authorization::is_token;
use super::start_line::StartLine;

/// A way in which programs write messages.
struct Kind {
    /// A text of this kind contains one of these.
    marks: &'static [&'static str],
    /// Returns the plain text of a line, which can be several lines; `None` if it already is.
    plain: fn(&str) -> Option<String>,
}

/// What `ngrep` writes for a line ending: two dots. Each message is indented, and broken by the screen.
const DOTS: &str = "SIP/2.0..";

/// What programs write for a carriage return. Within a line, it is something else, such as a number that was
/// called.
const RETURNS: [&str; 6] = ["#015", "\\015", "<013>", "<CR>", "[CR]", "\u{240D}"];

/// Each is taken off in turn, since one can contain another, such as JSON with HTML in it.
const KINDS: [Kind; 10] = [
    // The colors of a terminal, also as `cat -v` and rsyslog write them.
    Kind { marks: &["\x1B", "^[[", "#033["], plain: without_colors },
    // The line endings of rsyslog, syslog-ng, and consoles that name control characters.
    Kind {
        marks: &["#01", "\\01", "<01", "<CR>", "<LF>", "[LF]", "\u{240A}"],
        plain: |line| {
            let ends = ["#012", "\\012", "<010>", "<LF>", "[LF]", "\u{240A}"];
            let both: Vec<_> =
                RETURNS.iter().zip(ends).map(|(it, end)| format!("{it}{end}")).collect();
            let both = both.iter().map(String::as_str).chain(ends);
            replaced(line, &both.map(|it| (it, "\n")).collect::<Vec<_>>())
        },
    },
    // JSON, Python and C.
    Kind { marks: &["\\n", "=\\"], plain: unescaped },
    // A forum may escape an `&` twice.
    Kind { marks: &["=&quot;", "=&#", "=&amp;", "&#61;", "&#13;", "&#x"], plain: without_html },
    // A cell of a CSV file.
    Kind {
        marks: &["=\"\""],
        plain: |line| {
            let mut values = line.split("=\"\"").skip(1);
            let is_cell = values.any(|it| it.starts_with(|c: char| c.is_ascii_alphanumeric()));
            is_cell.then(|| line.replace("\"\"", "\""))
        },
    },
    // The quotes and no-break spaces of word processors and mail programs.
    Kind {
        marks: &["=\u{201C}", "=\u{201D}", "=\u{201E}", "=\u{2033}", "=\u{AB}", "=\u{BB}"],
        plain: |line| {
            let quotes = ["\u{201C}", "\u{201D}", "\u{201E}", "\u{2033}", "\u{AB}", "\u{BB}"];
            replaced(line, &quotes.map(|it| (it, "\"")))
        },
    },
    Kind {
        marks: &["&nbsp;", ",\u{A0}", ":\u{A0}", "\u{A0}SIP/2.0", "SIP/2.0\u{A0}"],
        plain: |line| replaced(line, &[("\u{A0}", " ")]),
    },
    // Loggers that write a space for a line ending.
    Kind {
        marks: &["SIP/2.0 "],
        plain: |line| {
            let (_, rest) = line.split_once("SIP/2.0 ")?;
            let is_message = [" Via: ", " CSeq: ", " Call-ID: "].iter().any(|it| rest.contains(it));
            is_message.then(|| split_at_headers(line, " "))?
        },
    },
    Kind { marks: &[DOTS], plain: |line| split_at_headers(line, "..") },
    Kind { marks: &["Authentication Scheme: Digest"], plain: detail },
];

/// The labels of the lines below an `Authorization` header in Wireshark's packet details, and the
/// parameters that they contain. They are needed because Wireshark truncates the line of the header
/// itself to 240 characters.
const DETAILS: [(&str, &str); 10] = [
    ("Username", "username"),
    ("Realm", "realm"),
    ("Nonce Value", "nonce"),
    ("Authentication URI", "uri"),
    ("Digest Authentication Response", "response"),
    ("Algorithm", "algorithm"),
    ("CNonce Value", "cnonce"),
    ("Opaque Value", "opaque"),
    ("QOP", "qop"),
    ("Nonce Count", "nc"),
];

/// Decodes UTF-8, or UTF-16 as Windows PowerShell writes it. Invalid bytes are replaced.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let unit = match bytes {
        [0xFF, 0xFE, ..] | [1..=0xFF, 0, 1..=0xFF, 0, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] | [0, 1..=0xFF, 0, 1..=0xFF, ..] => u16::from_be_bytes,
        _ => return String::from_utf8_lossy(bytes),
    };
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    String::from_utf16_lossy(&units.collect::<Vec<_>>()).into()
}

/// Returns the plain lines of a text, trimmed, and for each the number of the line in the text that it
/// begins on, from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let has = |mark: &&str| text.contains(*mark);
    let kinds: Vec<_> = KINDS.iter().filter(|kind| kind.marks.iter().any(has)).collect();
    // `ngrep -W byline` prints a dot for a carriage return.
    let has_dots = ["SIP/2.0.\n", "SIP/2.0.\r\n"].iter().any(has);
    unwrapped(text).flat_map(move |(number, mut line)| {
        for kind in &kinds {
            // A text may be escaped more than once.
            for _ in 0..4 {
                let Some(plain) = (kind.plain)(&line) else { break };
                line = plain.into();
            }
        }
        let plain: Vec<_> = match line {
            Cow::Borrowed(line) => vec![trimmed(line, has_dots).into()],
            Cow::Owned(lines) => {
                lines.split('\n').map(|it| trimmed(it, has_dots).to_owned().into()).collect()
            }
        };
        plain.into_iter().map(move |line| (number, line))
    })
}

/// Trims white space, and a line ending as Wireshark, `less` and `cat -A` print it.
pub fn trimmed(line: &str, has_dots: bool) -> &str {
    let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    let ends = ["\\r\\n", "^M$", "^M", if has_dots { "." } else { "\r" }];
    ends.iter().chain(&RETURNS).find_map(|end| line.strip_suffix(end)).unwrap_or(line).trim_end()
}

/// Returns the numbers of the lines that are the longest of a text. If there are several, a screen may
/// have broken them, or a program cut them.
pub fn longest_lines(text: &str) -> HashSet<usize> {
    let widths = || (1..).zip(text.lines().map(|line| line.chars().count()));
    let max = widths().map(|(_, width)| width).max();
    widths().filter(|(_, width)| Some(*width) == max).map(|(number, _)| number).collect()
}

/// Returns the lines of a text, and their numbers. Long ones are joined if a screen broke them at its
/// width.
fn unwrapped(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let longest = longest_lines(text);
    let has_dots = text.contains(DOTS) && text.contains(" -> ");
    let mut lines = (1..).zip(text.lines()).peekable();
    std::iter::from_fn(move || {
        let (number, line) = lines.next()?;
        let indent = &line[..line.len() - line.trim_start().len()];
        let mut whole = Cow::Borrowed(line);
        let mut last = (number, line);
        let mut is_in_quotes = false;
        while longest.contains(&last.0) {
            is_in_quotes ^= last.1.matches('"').count() % 2 == 1;
            let continues = |next: &str| {
                let is_rest =
                    is_in_quotes || longest.len() > 1 && !next.starts_with(['-', '<', '[']);
                if has_dots {
                    next.starts_with("  ")
                } else {
                    is_rest && !begins(next, is_in_quotes)
                }
            };
            let Some(next) = lines.next_if(|(_, next)| continues(next)) else { break };
            whole.to_mut().push_str(next.1.strip_prefix(indent).unwrap_or(next.1));
            last = next;
        }
        Some((number, whole))
    })
}

/// Returns true if a line looks like the beginning of something, not like the rest of a broken line.
fn begins(line: &str, is_in_quotes: bool) -> bool {
    let mut outside_quotes = line.split('"').skip(usize::from(is_in_quotes)).step_by(2);
    line.trim().is_empty()
        || line.contains(": ")
        || line.starts_with("Digest ")
        || outside_quotes.any(|it| it.contains(':'))
        || StartLine::parse(line).is_some()
}

fn starts_with_header(line: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(is_token);
    line.split_once(':').is_some_and(|(name, _)| is_name(name))
}

/// Replaces texts by others; `None` if there are none.
fn replaced(line: &str, texts: &[(&str, &str)]) -> Option<String> {
    let present = texts.iter().filter(|(from, _)| line.contains(from));
    present.fold(None, |line_so_far: Option<String>, (from, to)| {
        Some(line_so_far.as_deref().unwrap_or(line).replace(from, to))
    })
}

/// Begins a line at each header that follows `between`; `None` if there is none.
fn split_at_headers(line: &str, between: &str) -> Option<String> {
    let mut pieces = line.split(between);
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        // Two dots more are an empty line.
        let is_line = starts_with_header(piece) || between == ".." && piece.is_empty();
        plain.extend([if is_line { "\n" } else { between }, piece]);
    }
    plain.contains('\n').then_some(plain)
}

/// Removes the control sequences of a terminal (ECMA-48 section 5.4).
fn without_colors(line: &str) -> Option<String> {
    let escapes = [("^[[", "\x1B["), ("#033[", "\x1B["), ("\x1B(B", "")];
    let line = replaced(line, &escapes).unwrap_or(line.to_owned());
    let (first, rest) = line.split_once("\x1B[")?;
    let is_end = |c| ('@'..='~').contains(&c);
    let after = |it: &str| it.split_once(is_end).map(|(_, after)| after.to_owned());
    Some(first.to_owned() + &rest.split("\x1B[").filter_map(after).collect::<String>())
}

/// Replaces what follows backslashes, in a line that has a message, or a header with its quotes escaped.
fn unescaped(line: &str) -> Option<String> {
    let is_message = line.split("\\n").skip(1).any(starts_with_header);
    let is_header = ["username=\\", "realm=\\", "nonce=\\"].iter().any(|it| line.contains(it));
    if !is_message && !is_header {
        return None;
    }
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let (c, digits) = match characters.next()? {
            'r' => continue,
            'n' => ('\n', 0),
            't' => ('\t', 0),
            'x' => ('x', 2),
            'u' => ('u', 4),
            c => (c, 0),
        };
        let code: String = characters.by_ref().take(digits).collect();
        let named = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        plain.push(if digits == 0 { c } else { named.unwrap_or(char::REPLACEMENT_CHARACTER) });
    }
    Some(plain)
}

/// Removes the tags of HTML and decodes its character references.
fn without_html(line: &str) -> Option<String> {
    let mut pieces = line.split('<');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (tag, after) = piece.split_once('>').unwrap_or(("", piece));
        let is_break = ["br", "/p", "/div", "/li", "/tr"].iter().any(|it| tag.starts_with(it));
        text.extend([if is_break { "\n" } else { "" }, after]);
    }
    let plain = html_escape::decode_html_entities(&text);
    (plain != line).then(|| plain.into_owned())
}

/// Returns a line of Wireshark's packet details as the header has it.
fn detail(line: &str) -> Option<String> {
    let (label, content) = line.trim().split_once(": ")?;
    if label == "Authentication Scheme" {
        return Some(content.to_owned());
    }
    let (_, parameter) = DETAILS.iter().find(|(it, _)| *it == label)?;
    Some(format!(",{parameter}={content}"))
}

#[cfg(test)]
mod tests;
