//! CSV as RFC 4180 section 2 has it, cut into chunks of whole records.
//!
//! A cell may hold any bytes, lines may end in LF alone, and empty lines are passed over; but a quote
//! in the middle of a cell, one that is never closed, or a carriage return that ends no line would
//! make a password, or a row, what it is not. What finds them also finds where a file can be cut, for
//! several processors to work on it, and where the cells are, which stay where they were read. The
//! `csv` crate takes all of that in silence, copies passwords to where nobody can overwrite them, and
//! takes longer to set up than a few rows take.

use std::borrow::Cow;
use std::io::{self, Read};

use crate::secret_buf::Wiped;

/// How much is read before a chunk is cut.
const CHUNK: usize = 64 * 1024;

/// As much of a chunk is enough for a file of a few rows, and less to overwrite.
const FIRST_CHUNK: usize = 16 * 1024;

/// No record is meant to be longer, in bytes. It is a power of two times a chunk.
const LONGEST_RECORD: usize = 1 << 20;

/// What is wrong with a file or a record, and what to do about it.
pub type Wrong = (&'static str, &'static str);

const QUOTE_IT: &str = "put the whole cell in quotes, and double each quote in it";
const STRAY_QUOTE: Wrong = ("a quote in a cell that does not begin with one", QUOTE_IT);
const NEVER_CLOSED: Wrong = ("a quote that is never closed", QUOTE_IT);
/// In a header, it may be that something else separates the columns.
pub const BEHIND_QUOTE: Wrong = ("more in a cell after its closing quote", QUOTE_IT);
const LONE_RETURN: Wrong = (
    "a carriage return that ends no line",
    "end lines with LF or CRLF, and put a cell that has one in it in quotes",
);

/// What is wrong with a file whose columns something else separates.
pub const NO_COMMAS: Wrong = ("no commas between the columns", "save it with commas");

/// What is wrong with a file that has more in a line than anybody means.
pub const TOO_LONG: Wrong = (
    "a line of more than a MiB, and nothing behind it was read",
    "save it as CSV, with LF or CRLF at the end of each row",
);

/// Reads a file in chunks of whole records.
pub struct Chunks<R> {
    reader: R,
    /// What was read and not given out: it begins where a record does.
    pending: Wiped,
    line: u64,
    at_end: bool,
    /// Why it stopped early, if it did.
    pub broken: Option<Broken>,
}

/// Why there are no more chunks, before the end of the file.
#[derive(Debug)]
pub enum Broken {
    /// It can't be read.
    Read(io::Error),
    /// This line is [`TOO_LONG`].
    TooLong(u64),
}

impl<R: Read> Chunks<R> {
    /// Begins on line 1, with `start`, which was read already.
    pub fn new(start: &[u8], reader: R) -> Self {
        let mut pending = Wiped::default();
        pending.extend_from_slice(start);
        Chunks { reader, pending, line: 1, at_end: false, broken: None }
    }

    fn cut(&mut self) -> Result<Option<Chunk>, Broken> {
        let mut wanted = if self.line == 1 { FIRST_CHUNK } else { CHUNK };
        loop {
            self.fill(wanted).map_err(Broken::Read)?;
            if self.pending.is_empty() {
                return Ok(None);
            }
            let mut end = if self.at_end { self.pending.len() } else { whole(&self.pending) };
            if end == 0 && self.pending.len() >= LONGEST_RECORD {
                // By itself, its first line shows a quote that is never closed, which is likelier
                // than a row of that length.
                end = line(&self.pending).ok_or(Broken::TooLong(self.line))?;
            }
            if end > 0 {
                let mut rest = Wiped::with_capacity(self.pending.len() - end);
                rest.extend_from_slice(&self.pending[end..]);
                let mut bytes = std::mem::replace(&mut self.pending, rest);
                bytes.truncate(end);
                let lines = line_ends(&bytes);
                let chunk = Chunk { bytes, at: 0, line: self.line, lines };
                self.line += lines as u64;
                return Ok(Some(chunk));
            }
            wanted *= 2;
        }
    }

    /// Reads until there are `wanted` bytes, or no more.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        let missing = wanted.saturating_sub(self.pending.len());
        if !self.at_end && missing > 0 {
            self.pending.reserve(missing);
            let read = (&mut self.reader).take(missing as u64).read_to_end(&mut self.pending)?;
            self.at_end = read < missing;
        }
        Ok(())
    }
}

impl<R: Read> Iterator for Chunks<R> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        if self.broken.is_some() {
            return None;
        }
        self.cut().unwrap_or_else(|broken| {
            self.broken = Some(broken);
            None
        })
    }
}

/// How much of `bytes`, which begin with a record, and which more may follow, is whole records.
fn whole(bytes: &[u8]) -> usize {
    if !bytes.contains(&b'"') {
        return bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    }
    let mut end = 0;
    while let Some((length, _)) = record(&bytes[end..], true, |_| {}) {
        end += length;
    }
    end
}

/// Some records, whole.
pub struct Chunk {
    /// They may hold passwords.
    bytes: Wiped,
    /// Where the next record begins, and on which line of the file, from 1.
    at: usize,
    line: u64,
    /// How many line ends it has.
    lines: usize,
}

/// A cell in the bytes of its record, without the quotes around it.
#[derive(Clone, Copy)]
pub struct Cell {
    start: usize,
    end: usize,
    /// Whether it had them: then it may have line ends in it, and quotes, doubled.
    quoted: bool,
}

/// One record.
pub struct Record<'a> {
    /// The line that it begins on.
    pub line: u64,
    /// What is wrong with it, if it is no CSV. It has no cells then.
    pub wrong: Option<Wrong>,
    bytes: &'a [u8],
    cells: &'a [Cell],
}

impl Chunk {
    /// How many bytes it has, with what was taken.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How many records it has, at most.
    pub fn most_records(&self) -> usize {
        self.lines + 1
    }

    /// The line that the next record begins on, if no empty lines, which are none, come before it.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The next record, if there is one. Its cells are put into `cells`.
    // In one piece with the loop around it, it saves one in a hundred of a whole run.
    #[inline(always)]
    pub fn next<'a>(&'a mut self, cells: &'a mut Vec<Cell>) -> Option<Record<'a>> {
        loop {
            self.at += match self.bytes[self.at..] {
                [b'\r', b'\n', ..] => 2,
                [b'\n', ..] => 1,
                [] => return None,
                _ => break,
            };
            self.line += 1;
        }
        cells.clear();
        let (length, wrong) = record(&self.bytes[self.at..], false, |cell| cells.push(cell))?;
        let bytes = &mut self.bytes[self.at..][..length];
        let line = self.line;
        self.at += length;
        self.line += 1;
        if wrong.is_some() {
            cells.clear();
        }
        for cell in cells.iter_mut().filter(|cell| cell.quoted) {
            let quoted = &mut bytes[cell.start..cell.end];
            self.line += line_ends(quoted) as u64;
            cell.end = cell.start + halve_quotes(quoted);
        }
        Some(Record { line, wrong, bytes, cells })
    }
}

impl<'a> Record<'a> {
    /// All of it, as it was read, but for quotes that were doubled.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many cells it has.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// The cell in a column, from 0, of those that there are.
    pub fn cell(&self, column: usize) -> &'a [u8] {
        let cell = &self.cells[column];
        &self.bytes[cell.start..cell.end]
    }
}

/// Takes the first record of `bytes` apart. Gives its length, with its line end, and what is wrong
/// with it: then it is only a line long, for that may be all that is meant to be a row. Gives nothing
/// when it depends on bytes that are to follow.
fn record(
    bytes: &[u8],
    more_follow: bool,
    mut found: impl FnMut(Cell),
) -> Option<(usize, Option<Wrong>)> {
    let mut at = 0;
    let wrong = loop {
        let quoted = bytes.get(at) == Some(&b'"');
        let start = at + usize::from(quoted);
        if quoted {
            match quoted_length(&bytes[start..]) {
                Some(length) => at = start + length,
                None if more_follow => return None,
                None => break NEVER_CLOSED,
            }
        } else {
            let special = |byte: &u8| matches!(byte, b',' | b'\n' | b'\r' | b'"');
            at += bytes[at..].iter().position(special).unwrap_or(bytes.len() - at);
        }
        found(Cell { start, end: at - usize::from(quoted), quoted });
        match bytes[at..] {
            [b',', ..] => at += 1,
            [b'\n', ..] => return Some((at + 1, None)),
            [b'\r', b'\n', ..] => return Some((at + 2, None)),
            [] | [b'\r'] if more_follow => return None,
            [] => return Some((at, None)),
            // The quote that seemed to close a cell is more likely one of another row. Nor may it
            // make a difference whether the file is cut before this.
            _ if bytes[..at].contains(&b'\n') => break NEVER_CLOSED,
            [b'\r', ..] => break LONE_RETURN,
            _ if quoted => break BEHIND_QUOTE,
            _ => break STRAY_QUOTE,
        }
    };
    let length = line(bytes).or_else(|| (!more_follow).then_some(bytes.len()))?;
    Some((length, Some(wrong)))
}

/// How long a cell is, from behind its opening quote to behind its closing one, if it has one.
fn quoted_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == b'"')? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// How long the first line is, with its end, if it has one.
fn line(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1)
}

fn line_ends(bytes: &[u8]) -> usize {
    // As many bytes at once as a byte can count: that is done 16 at a time.
    let count = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte == b'\n')).sum::<u8>();
    bytes.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(count(bytes))).sum()
}

/// Makes one quote of each two, which is all the quotes that there are. Gives the new length.
fn halve_quotes(cell: &mut [u8]) -> usize {
    let (mut from, mut to) = (0, 0);
    while from < cell.len() {
        cell[to] = cell[from];
        from += if cell[from] == b'"' { 2 } else { 1 };
        to += 1;
    }
    to
}

/// A cell as RFC 4180 section 2 has it: in quotes, and quotes in it doubled, where it needs them.
pub fn quoted(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\r' | b'\n')) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))),
    }
}
