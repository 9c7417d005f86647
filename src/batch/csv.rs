//! Parses CSV as defined in RFC 4180 section 2, with commas, semicolons or tabs between the cells.
//!
//! Cells may contain any bytes, lines may end in LF alone, and empty lines are skipped. Everything else
//! that RFC 4180 does not define is a [`Fault`] of its record, because guessing could silently change a
//! password. Cells are parsed in place, so that passwords are not copied.

use std::ops::Range;

use zeroize::Zeroize as _;

/// The maximum length of a record, and of a line, in bytes.
const MAX_RECORD: usize = 1 << 20;

/// A separator between cells, and its name in messages.
pub type Separator = (u8, &'static str);

const SEPARATORS: [Separator; 3] = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab")];

fn separator(byte: u8) -> Option<Separator> {
    SEPARATORS.into_iter().find(|separator| separator.0 == byte)
}

/// Returns the first separator outside quotes in the header, with which `bytes` begins.
fn detect_separator(bytes: &[u8]) -> Separator {
    let mut in_quotes = false;
    let outside = bytes.iter().filter(|byte| {
        in_quotes ^= **byte == b'"';
        !in_quotes
    });
    let header = outside.take_while(|byte| **byte != b'\n');
    header.copied().find_map(separator).unwrap_or(SEPARATORS[0])
}

/// The reason why a record is not CSV, and the remedy.
pub type Fault = (&'static str, &'static str);

const QUOTE_IT: &str = "put quotes around the whole cell, and double each quote inside it";
const STRAY_QUOTE: Fault = ("a quote inside a cell that does not begin with one", QUOTE_IT);
const NEVER_CLOSED: Fault = ("a quote that is never closed", QUOTE_IT);
const AFTER_QUOTE: Fault = ("text after the closing quote of a cell", QUOTE_IT);
const LONE_RETURN: Fault = (
    "a carriage return without a line feed",
    "end lines with LF or CRLF, and put quotes around a cell that contains one",
);
const TOO_LONG: Fault = (
    "a line of more than 1 MiB; nothing after it was read",
    "save it as CSV, with LF or CRLF at the end of each row",
);
const UNKNOWN_SEPARATOR: Fault = (
    "sep= with something other than a comma, a semicolon or a tab",
    "save the file with one of these between the columns",
);

/// The records of a file.
pub struct Records<'a> {
    /// The rest of the file, from the beginning of a record.
    pub rest: &'a mut [u8],
    /// The line that `rest` begins on, from 1.
    line: u64,
    pub separator: Separator,
    /// The cells of the current record.
    spans: Vec<Span>,
}

/// The position of a cell in its record, without the quotes around it.
struct Span {
    range: Range<usize>,
    /// Whether there are quotes around it. If so, quotes inside it are doubled.
    quoted: bool,
}

impl<'a> Records<'a> {
    /// Detects the separator of a file: from a first line such as `sep=;`, which Excel reads and
    /// writes, or else from the header.
    ///
    /// # Errors
    ///
    /// Returns a fault if the first line names an unknown separator.
    pub fn new(file: &'a mut [u8]) -> Result<Self, Fault> {
        let mut records =
            Records { rest: file, line: 1, separator: SEPARATORS[0], spans: Vec::new() };
        if records.rest.starts_with(b"\xEF\xBB\xBF") {
            records.take("\u{FEFF}".len());
        }
        records.take(empty_len(records.rest));
        let len = line_len(records.rest);
        let line = &records.rest[..len];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.split_first_chunk::<4>() {
            Some((prefix, value)) if prefix.eq_ignore_ascii_case(b"sep=") => {
                let &[byte] = value else { return Err(UNKNOWN_SEPARATOR) };
                records.separator = separator(byte).ok_or(UNKNOWN_SEPARATOR)?;
                records.take(len);
            }
            _ => records.separator = detect_separator(records.rest),
        }
        Ok(records)
    }

    /// Splits off the records that begin in the next `len` bytes.
    pub fn split_off(&mut self, len: usize) -> Records<'a> {
        let mut end = empty_len(self.rest);
        while end < len.min(self.rest.len()) {
            let (record, _) = measure(&self.rest[end..], self.separator, &mut self.spans);
            end += record;
            end += empty_len(&self.rest[end..]);
        }
        let (line, separator) = (self.line, self.separator);
        Records { rest: self.take(end), line, separator, spans: Vec::new() }
    }

    /// Parses the next record into `cells`. Returns the line that it begins on, and its fault if it has
    /// one.
    ///
    /// After a fault, parsing continues on the next line, which most likely begins another record.
    /// After a line that is too long, it ends.
    pub fn next(&mut self, cells: &mut Vec<&'a mut [u8]>) -> Option<(u64, Result<(), Fault>)> {
        self.take(empty_len(self.rest));
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let (len, checked) = measure(self.rest, self.separator, &mut self.spans);
        let record = self.take(len);
        cells.clear();
        if checked.is_ok() {
            split(record, &self.spans, cells);
        }
        Some((line, checked))
    }

    /// Removes the first `len` bytes from the rest, and returns them.
    fn take(&mut self, len: usize) -> &'a mut [u8] {
        let (taken, rest) = std::mem::take(&mut self.rest).split_at_mut(len);
        self.rest = rest;
        self.line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        taken
    }
}

/// Finds the cells of the first record in `bytes`. Returns its length with its line ending and, if it
/// has one, its fault. If so, the length is that of its first line, or everything after a line that is
/// too long.
fn measure(
    bytes: &[u8],
    separator: Separator,
    spans: &mut Vec<Span>,
) -> (usize, Result<(), Fault>) {
    spans.clear();
    let fault = match scan(bytes, separator.0, spans) {
        Ok(len) if len <= MAX_RECORD => return (len, Ok(())),
        // A closing quote so far away most likely belongs to another record.
        Ok(_) => NEVER_CLOSED,
        Err(fault) => fault,
    };
    match line_len(bytes) {
        len @ ..=MAX_RECORD => (len, Err(fault)),
        _ => (bytes.len(), Err(TOO_LONG)),
    }
}

/// Finds the cells of the first record in `bytes`. Returns its length, with its line ending.
fn scan(bytes: &[u8], separator: u8, spans: &mut Vec<Span>) -> Result<usize, Fault> {
    let mut position = 0;
    loop {
        let quoted = bytes.get(position) == Some(&b'"');
        let start = position + usize::from(quoted);
        let len = if quoted {
            closing_quote(&bytes[start..]).ok_or(NEVER_CLOSED)?
        } else {
            unquoted_len(&bytes[start..], separator)
        };
        spans.push(Span { range: start..start + len, quoted });
        position = start + len + usize::from(quoted);
        match bytes[position..] {
            [] => return Ok(position),
            [byte, ..] if byte == separator => position += 1,
            [b'\n', ..] => return Ok(position + 1),
            [b'\r', b'\n', ..] => return Ok(position + 2),
            // A cell over several lines was most likely closed by a quote of another record.
            _ if bytes[..position].contains(&b'\n') => return Err(NEVER_CLOSED),
            [b'\r', ..] => return Err(LONE_RETURN),
            _ if quoted => return Err(AFTER_QUOTE),
            _ => return Err(STRAY_QUOTE),
        }
    }
}

/// Returns the position of the first quote that is not doubled.
fn closing_quote(bytes: &[u8]) -> Option<usize> {
    let mut position = 0;
    loop {
        position += bytes[position..].iter().position(|byte| *byte == b'"')?;
        if bytes.get(position + 1) != Some(&b'"') {
            return Some(position);
        }
        position += 2;
    }
}

/// Returns the length of a cell without quotes around it.
fn unquoted_len(bytes: &[u8], separator: u8) -> usize {
    let ends = |byte: &u8| *byte == separator || matches!(byte, b'\n' | b'\r' | b'"');
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

/// Returns the length of the empty lines that `bytes` begins with.
fn empty_len(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some(next) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) {
        rest = next;
    }
    bytes.len() - rest.len()
}

/// Returns the length of the first line, with its line ending.
fn line_len(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |position| position + 1)
}

/// Splits a record into its cells.
fn split<'a>(mut record: &'a mut [u8], spans: &[Span], cells: &mut Vec<&'a mut [u8]>) {
    let mut position = 0;
    for Span { range, quoted } in spans {
        let (before, rest) = record.split_at_mut(range.end - position);
        let cell = &mut before[range.start - position..];
        cells.push(if *quoted { halve_quotes(cell) } else { cell });
        (record, position) = (rest, range.end);
    }
}

/// Replaces each pair of quotes with one. Every quote in `cell` must be doubled. The remaining bytes
/// are overwritten.
fn halve_quotes(cell: &mut [u8]) -> &mut [u8] {
    let (mut from, mut to) = (0, 0);
    while from < cell.len() {
        cell[to] = cell[from];
        from += if cell[from] == b'"' { 2 } else { 1 };
        to += 1;
    }
    let (cell, rest) = cell.split_at_mut(to);
    rest.zeroize();
    cell
}

#[cfg(test)]
mod tests;
