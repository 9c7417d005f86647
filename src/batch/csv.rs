//! CSV as RFC 4180 section 2 defines it, with commas, semicolons or tabs between the cells.
//!
//! A cell may hold any bytes, a line may end in LF alone, and empty lines are skipped. What RFC 4180
//! has no meaning for is a [`Fault`] of its record: read otherwise, it would make a password, or a
//! row, what it is not. Cells stay where they were read, so that no copy of a password is made.

use std::ops::Range;

use zeroize::Zeroize as _;

/// The maximum length in bytes of a record, and of a line.
pub const MAX_RECORD: usize = 1 << 20;

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    fn from_byte(byte: u8) -> Option<Separator> {
        let all = [Separator::Comma, Separator::Semicolon, Separator::Tab];
        all.into_iter().find(|separator| separator.byte() == byte)
    }

    fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        }
    }

    /// Returns the name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Separator::Comma => "comma",
            Separator::Semicolon => "semicolon",
            Separator::Tab => "tab",
        }
    }

    /// Returns the first separator outside quotes in the header that `bytes` begin with, if there is
    /// one.
    fn detect(bytes: &[u8]) -> Option<Separator> {
        let mut in_quotes = false;
        let mut outside = bytes.iter().filter(|byte| {
            in_quotes ^= **byte == b'"';
            !in_quotes
        });
        let header = outside.by_ref().take_while(|byte| **byte != b'\n');
        header.copied().find_map(Separator::from_byte)
    }
}

/// Why a record is not CSV, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub problem: &'static str,
    pub remedy: &'static str,
}

const QUOTE_IT: &str = "put the whole cell in quotes, and double each quote in it";
const STRAY_QUOTE: Fault =
    Fault { problem: "a quote in a cell that does not begin with one", remedy: QUOTE_IT };
const NEVER_CLOSED: Fault = Fault { problem: "a quote that is never closed", remedy: QUOTE_IT };
const AFTER_QUOTE: Fault =
    Fault { problem: "more in a cell after its closing quote", remedy: QUOTE_IT };
const LONE_RETURN: Fault = Fault {
    problem: "a carriage return that ends no line",
    remedy: "end lines with LF or CRLF, and put a cell that has one in it in quotes",
};
const TOO_LONG: Fault = Fault {
    problem: "a line of more than a MiB, and nothing after it was read",
    remedy: "save it as CSV, with LF or CRLF at the end of each row",
};
const UNKNOWN_SEPARATOR: Fault = Fault {
    problem: "sep= with something other than a comma, a semicolon or a tab",
    remedy: "save it with one of these between the columns",
};

/// The records of a file.
pub struct Records<'a> {
    /// The rest of the file, from the beginning of a record.
    rest: &'a mut [u8],
    /// The line that `rest` begins on, from 1.
    line: u64,
    separator: Separator,
    /// The cells of the current record.
    spans: Vec<Span>,
}

/// The place of a cell in its record, without the quotes around it.
struct Span {
    range: Range<usize>,
    /// Whether there are quotes around it; then those in it are doubled.
    quoted: bool,
}

impl<'a> Records<'a> {
    /// Finds out what separates the cells of a file: a first line such as `sep=;`, which Excel reads
    /// and writes, says so; otherwise the header has it.
    ///
    /// # Errors
    ///
    /// Fails if the first line names another separator.
    pub fn new(file: &'a mut [u8]) -> Result<Self, Fault> {
        let mut records =
            Records { rest: file, line: 1, separator: Separator::Comma, spans: Vec::new() };
        if records.rest.starts_with(b"\xEF\xBB\xBF") {
            records.take("\u{FEFF}".len());
        }
        records.skip_empty_lines();
        let len = line_len(records.rest);
        let line = &records.rest[..len];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some((prefix, value)) = line.split_first_chunk::<4>()
            && prefix.eq_ignore_ascii_case(b"sep=")
        {
            let &[byte] = value else { return Err(UNKNOWN_SEPARATOR) };
            records.separator = Separator::from_byte(byte).ok_or(UNKNOWN_SEPARATOR)?;
            records.take(len);
        } else if let Some(separator) = Separator::detect(records.rest) {
            records.separator = separator;
        }
        Ok(records)
    }

    /// Returns what separates the cells.
    pub fn separator(&self) -> Separator {
        self.separator
    }

    /// Returns the maximum number of records.
    pub fn max_len(&self) -> usize {
        self.rest.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Parses the next record into `cells`. Returns the line that it begins on, and a fault if it has
    /// one.
    ///
    /// A record with a fault ends with its first line, because the next line is most likely a record
    /// in its own right. After a line that is too long there are no more.
    pub fn next(&mut self, cells: &mut Vec<&'a mut [u8]>) -> Option<(u64, Result<(), Fault>)> {
        self.skip_empty_lines();
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        self.spans.clear();
        let scanned = scan(self.rest, self.separator.byte(), &mut self.spans);
        let fault = match scanned {
            Ok(len) if len <= MAX_RECORD => {
                let record = self.take(len);
                cells.clear();
                split(record, &self.spans, cells);
                return Some((line, Ok(())));
            }
            // A closing quote so far away is more likely one of another row.
            Ok(_) => NEVER_CLOSED,
            Err(fault) => fault,
        };
        let len = line_len(self.rest);
        if len > MAX_RECORD {
            self.rest = &mut [];
            return Some((line, Err(TOO_LONG)));
        }
        self.take(len);
        Some((line, Err(fault)))
    }

    fn skip_empty_lines(&mut self) {
        let mut len = 0;
        loop {
            len += match self.rest[len..] {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ => break,
            };
        }
        self.take(len);
    }

    /// Takes the next `len` bytes off the rest.
    fn take(&mut self, len: usize) -> &'a mut [u8] {
        let (taken, rest) = std::mem::take(&mut self.rest).split_at_mut(len);
        self.rest = rest;
        self.line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        taken
    }
}

/// Finds the cells of the record that `bytes` begin with. Returns its length, with its line ending.
fn scan(bytes: &[u8], separator: u8, spans: &mut Vec<Span>) -> Result<usize, Fault> {
    let mut position = 0;
    loop {
        let quoted = bytes.get(position) == Some(&b'"');
        let start = position + usize::from(quoted);
        let len = match quoted {
            true => closing_quote(&bytes[start..]).ok_or(NEVER_CLOSED)?,
            false => unquoted_len(&bytes[start..], separator),
        };
        spans.push(Span { range: start..start + len, quoted });
        position = start + len + usize::from(quoted);
        match bytes[position..] {
            [] => return Ok(position),
            [byte, ..] if byte == separator => position += 1,
            [b'\n', ..] => return Ok(position + 1),
            [b'\r', b'\n', ..] => return Ok(position + 2),
            // The quote that closed a cell on a later line is more likely one of another row.
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

/// Returns the length of what can be in a cell without quotes around it.
fn unquoted_len(bytes: &[u8], separator: u8) -> usize {
    let ends = |byte: &u8| *byte == separator || matches!(byte, b'\n' | b'\r' | b'"');
    bytes.iter().position(ends).unwrap_or(bytes.len())
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

/// Replaces each two quotes with one. Every quote in `cell` is doubled.
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
