//! Parses CSV as defined in RFC 4180 section 2, with commas, semicolons or tabs between the cells.
//!
//! Cells may contain any bytes, lines may end in LF alone, and empty lines are skipped. Everything else
//! that RFC 4180 does not define is a [`Fault`] of its record, because guessing could silently change a
//! password. Cells are parsed in place, so that passwords are not copied.

use std::ops::Range;

use zeroize::Zeroize as _;

/// The maximum length of a record, and of a line, in bytes.
const MAX_RECORD: usize = 1 << 20;

/// The separator between cells.
#[derive(Debug, PartialEq, Eq)]
pub struct Separator {
    byte: u8,
    /// The name in messages.
    pub name: &'static str,
}

static SEPARATORS: [Separator; 3] = [
    Separator { byte: b',', name: "comma" },
    Separator { byte: b';', name: "semicolon" },
    Separator { byte: b'\t', name: "tab" },
];

impl Separator {
    /// The separator of RFC 4180.
    pub const COMMA: &'static Separator = &SEPARATORS[0];

    fn from_byte(byte: u8) -> Option<&'static Separator> {
        SEPARATORS.iter().find(|separator| separator.byte == byte)
    }

    /// Returns the first separator outside quotes in the header, with which `bytes` begins.
    fn detect(bytes: &[u8]) -> Option<&'static Separator> {
        let mut in_quotes = false;
        let outside = bytes.iter().filter(|byte| {
            in_quotes ^= **byte == b'"';
            !in_quotes
        });
        let header = outside.take_while(|byte| **byte != b'\n');
        header.copied().find_map(Separator::from_byte)
    }
}

/// The reason why a record is not CSV, and the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub &'static str, pub &'static str);

const QUOTE_IT: &str = "put quotes around the whole cell, and double each quote inside it";
const STRAY_QUOTE: Fault = Fault("a quote inside a cell that does not begin with one", QUOTE_IT);
const NEVER_CLOSED: Fault = Fault("a quote that is never closed", QUOTE_IT);
const AFTER_QUOTE: Fault = Fault("text after the closing quote of a cell", QUOTE_IT);
const LONE_RETURN: Fault = Fault(
    "a carriage return without a line feed",
    "end lines with LF or CRLF, and put quotes around a cell that contains one",
);
const TOO_LONG: Fault = Fault(
    "a line of more than 1 MiB; nothing after it was read",
    "save it as CSV, with LF or CRLF at the end of each row",
);
const UNKNOWN_SEPARATOR: Fault = Fault(
    "sep= with something other than a comma, a semicolon or a tab",
    "save the file with one of these between the columns",
);

/// The records of a file.
pub struct Records<'a> {
    /// The rest of the file, from the beginning of a record.
    rest: &'a mut [u8],
    /// The line that `rest` begins on, from 1.
    line: u64,
    separator: &'static Separator,
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
            Records { rest: file, line: 1, separator: Separator::COMMA, spans: Vec::new() };
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
                records.separator = Separator::from_byte(byte).ok_or(UNKNOWN_SEPARATOR)?;
                records.take(len);
            }
            _ => records.separator = Separator::detect(records.rest).unwrap_or(Separator::COMMA),
        }
        Ok(records)
    }

    /// Returns the separator.
    pub fn separator(&self) -> &'static Separator {
        self.separator
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

    /// Returns the number of bytes that have not been parsed.
    pub fn len(&self) -> usize {
        self.rest.len()
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
        let (record, rest) = std::mem::take(&mut self.rest).split_at_mut(len);
        self.rest = rest;
        // Only a cell in quotes has line endings.
        let quoted = self.spans.iter().filter(|span| span.quoted && checked.is_ok());
        self.line += 1 + quoted.map(|span| lines(&record[span.range.clone()])).sum::<u64>();
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
        self.line += lines(taken);
        taken
    }
}

/// Finds the cells of the first record in `bytes`. Returns its length with its line ending and, if it
/// has one, its fault. If so, the length is that of its first line, or everything after a line that is
/// too long.
fn measure(
    bytes: &[u8],
    separator: &Separator,
    spans: &mut Vec<Span>,
) -> (usize, Result<(), Fault>) {
    spans.clear();
    let fault = match scan(bytes, separator.byte, spans) {
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
    let mut len = 0;
    loop {
        len += match bytes[len..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return len,
        };
    }
}

/// Returns the number of line feeds.
fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
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
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::{Config, RngSeed, TestRunner};

    use super::*;

    type Parsed = (u64, Result<Vec<Vec<u8>>, Fault>);

    fn all(mut records: Records<'_>) -> Vec<Parsed> {
        let (mut parsed, mut cells) = (Vec::new(), Vec::new());
        while let Some((line, record)) = records.next(&mut cells) {
            parsed.push((line, record.map(|()| cells.iter().map(|cell| cell.to_vec()).collect())));
        }
        parsed
    }

    fn parse(csv: &str) -> Vec<Parsed> {
        all(Records::new(&mut csv.as_bytes().to_vec()).expect("the separator is known"))
    }

    #[track_caller]
    fn assert_cells(csv: &str, expected: &[(u64, &[&str])]) {
        let bytes = |cells: &&[&str]| cells.iter().map(|cell| cell.as_bytes().to_vec()).collect();
        let expected: Vec<_> =
            expected.iter().map(|(line, cells)| (*line, Ok(bytes(cells)))).collect();
        assert_eq!(parse(csv), expected, "{csv:?}");
    }

    #[test]
    fn cells_and_lines() {
        assert_cells("", &[]);
        assert_cells("\n\r\n", &[]);
        assert_cells("a", &[(1, &["a"])]);
        assert_cells("a,b\nc", &[(1, &["a", "b"]), (2, &["c"])]);
        assert_cells("a,b\r\nc,\r\n", &[(1, &["a", "b"]), (2, &["c", ""])]);
        assert_cells(",\n\n\r\n,,\n", &[(1, &["", ""]), (4, &["", "", ""])]);
        assert_cells("\n\na\n\n", &[(3, &["a"])]);
        assert_cells("\u{FEFF}a,b", &[(1, &["a", "b"])]);
        assert_cells("a,b;c\td e", &[(1, &["a", "b;c\td e"])]);
    }

    #[test]
    fn quotes() {
        assert_cells(r#""""#, &[(1, &[""])]);
        assert_cells(r#""a,b","c""#, &[(1, &["a,b", "c"])]);
        assert_cells(r#""say ""hi""",x"#, &[(1, &[r#"say "hi""#, "x"])]);
        assert_cells(r#""""","""""""#, &[(1, &["\"", "\"\""])]);
        assert_cells("\"a\nb\r\n\rc\"\nd", &[(1, &["a\nb\r\n\rc"]), (4, &["d"])]);
        assert_cells("\"a\"\r\n\"b\"\n", &[(1, &["a"]), (2, &["b"])]);
    }

    /// They could be a part of a password.
    #[test]
    fn nothing_is_left_behind_doubled_quotes() {
        let mut bytes = *br#"a""b""c"#;
        assert_eq!(halve_quotes(&mut bytes), br#"a"b"c"#);
        assert_eq!(&bytes, b"a\"b\"c\0\0");
    }

    #[test]
    fn a_fault_ends_with_its_line() {
        type Faults<'a> = &'a [(u64, Option<Fault>)];
        let cases: &[(&str, Faults<'_>)] = &[
            ("a\"b\nc", &[(1, Some(STRAY_QUOTE)), (2, None)]),
            ("a, \"b\"\r\nc", &[(1, Some(STRAY_QUOTE)), (2, None)]),
            ("\"a\"b\nc", &[(1, Some(AFTER_QUOTE)), (2, None)]),
            ("x,\"a\" ,b\nc", &[(1, Some(AFTER_QUOTE)), (2, None)]),
            ("\"a\nb,c\nd", &[(1, Some(NEVER_CLOSED)), (2, None), (3, None)]),
            ("a,\"", &[(1, Some(NEVER_CLOSED))]),
            ("\"a\"\"\nb", &[(1, Some(NEVER_CLOSED)), (2, None)]),
            // The quote that closes it is the first of another record.
            ("\"a\nb,\"c\"\nd", &[(1, Some(NEVER_CLOSED)), (2, None), (3, None)]),
            ("\"a\nb\"\rc\nd", &[(1, Some(NEVER_CLOSED)), (2, Some(STRAY_QUOTE)), (3, None)]),
            ("\"a\nb\",c\"d\n", &[(1, Some(NEVER_CLOSED)), (2, Some(STRAY_QUOTE))]),
            ("a\rb\nc", &[(1, Some(LONE_RETURN)), (2, None)]),
            ("\"a\"\r", &[(1, Some(LONE_RETURN))]),
            ("\ra\n", &[(1, Some(LONE_RETURN))]),
            ("a\r\r\n", &[(1, Some(LONE_RETURN))]),
        ];
        for (csv, expected) in cases {
            let found: Vec<_> =
                parse(csv).into_iter().map(|(line, record)| (line, record.err())).collect();
            assert_eq!(found, *expected, "{csv:?}");
        }
    }

    #[test]
    fn the_longest_line() {
        let line = "x".repeat(MAX_RECORD - 1);
        assert!(matches!(&parse(&format!("{line}\na"))[..], [(1, Ok(_)), (2, Ok(_))]));
        assert_eq!(parse(&format!("a\n{line}x\na"))[1..], [(2, Err(TOO_LONG))]);
        assert_eq!(parse(&format!("{line}xy")), [(1, Err(TOO_LONG))]);
        let quoted = format!("\"{}\"\n", &line[2..]);
        assert!(matches!(&parse(&quoted)[..], [(1, Ok(_))]));
        assert_eq!(parse(&format!("\"{line}\"\na")), [(1, Err(TOO_LONG))]);
        assert_eq!(parse(&format!("a\"{line}\na")), [(1, Err(TOO_LONG))]);
        let parsed = parse(&format!("a\"{}\na", &line[2..]));
        assert!(matches!(parsed[..], [(1, Err(STRAY_QUOTE)), (2, Ok(_))]));
        // Over several lines, a quote was most likely not closed.
        let lines = "y\n".repeat(MAX_RECORD / 2);
        let parsed = parse(&format!("\"x\n{lines}\"\n"));
        assert_eq!(parsed[0], (1, Err(NEVER_CLOSED)));
        assert_eq!(parsed.len(), 2 + MAX_RECORD / 2);
    }

    #[test]
    fn the_separator_is_that_of_the_header() {
        let [comma, semicolon, tab] = SEPARATORS.each_ref();
        for (csv, expected) in [
            ("", comma),
            ("username", comma),
            ("username,password;x", comma),
            ("username;password,x", semicolon),
            ("username\tpassword", tab),
            ("\"a,b\";c", semicolon),
            ("\"a\nb\"\tc", tab),
            ("\r\n\u{61};b", semicolon),
            ("username\nbob;x", comma),
            ("\u{FEFF}a;b", semicolon),
        ] {
            let mut bytes = csv.as_bytes().to_vec();
            let records = Records::new(&mut bytes).expect("the separator is known");
            assert_eq!(records.separator(), expected, "{csv:?}");
        }
    }

    #[test]
    fn a_first_line_may_name_the_separator() {
        for (csv, separator) in
            [("sep=;\r\na,b;c", 1), ("SEP=,\na,b;c", 0), ("\u{FEFF}\nsep=\t\na,b;c", 2)]
        {
            let mut bytes = csv.as_bytes().to_vec();
            let records = Records::new(&mut bytes).expect("the separator is known");
            assert_eq!(records.separator(), &SEPARATORS[separator], "{csv:?}");
            let parsed = all(records);
            assert_eq!(parsed.len(), 1, "{csv:?}");
            assert_eq!(parsed[0].0, csv.matches('\n').count() as u64 + 1);
        }
        for csv in ["sep=|\na|b", "sep=\na,b", "sep=;;\na;b", "sep=", "sep=,;"] {
            let unknown = Records::new(&mut csv.as_bytes().to_vec()).err();
            assert_eq!(unknown, Some(UNKNOWN_SEPARATOR), "{csv:?}");
        }
        assert_cells("sepa\n", &[(1, &["sepa"])]);
        assert_cells("sep", &[(1, &["sep"])]);
    }

    fn runner(cases: u32) -> TestRunner {
        let rng_seed = RngSeed::Fixed(0x5150);
        TestRunner::new(Config { cases, rng_seed, failure_persistence: None, ..Config::default() })
    }

    fn ours(csv: &[u8], separator: &'static Separator) -> Result<Vec<Vec<Vec<u8>>>, Fault> {
        let mut bytes = csv.to_vec();
        let records = Records { rest: &mut bytes, line: 1, separator, spans: Vec::new() };
        all(records).into_iter().map(|(_, record)| record).collect()
    }

    /// The `csv` crate accepts everything that is valid here, with the same result, and more.
    #[test]
    fn valid_records_are_what_another_parser_reads() {
        let pieces =
            &["\"", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", " ", "x", "\"x\"", "é"];
        let csv = prop::collection::vec(select(&pieces[..]), 0..=9).prop_map(|it| it.concat());
        let valid = Cell::new(0);
        runner(4_000)
            .run(&(csv, select(SEPARATORS.each_ref().to_vec())), |(csv, separator)| {
                let Ok(ours) = ours(csv.as_bytes(), separator) else { return Ok(()) };
                valid.set(valid.get() + 1);
                let mut reader = csv::ReaderBuilder::new();
                let reader = reader.delimiter(separator.byte).has_headers(false).flexible(true);
                let records = reader.from_reader(csv.as_bytes()).into_byte_records();
                let theirs: Vec<Vec<Vec<u8>>> = records
                    .map(|record| record.expect("memory can be read"))
                    .map(|record| record.iter().map(<[u8]>::to_vec).collect())
                    .collect();
                prop_assert_eq!(ours, theirs, "{:?}", csv);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert!((1_000..=3_000).contains(&valid.get()), "{} were valid", valid.get());
    }

    #[test]
    fn parts_of_a_file_are_parsed_as_the_whole() {
        let pieces = &["\"", "\"\"", ",", "\n", "\n", "\r\n", "\r", "x", "\"x\""];
        let csv = prop::collection::vec(select(&pieces[..]), 0..=20).prop_map(|it| it.concat());
        runner(4_000)
            .run(&(csv, 0..=10_usize, 0..=10_usize), |(csv, first, second)| {
                let (mut bytes, separator) = (csv.clone().into_bytes(), Separator::COMMA);
                let mut rest = Records { rest: &mut bytes, line: 1, separator, spans: Vec::new() };
                let mut parts = all(rest.split_off(first));
                parts.extend(all(rest.split_off(second)));
                parts.extend(all(rest));
                let mut bytes = csv.clone().into_bytes();
                let whole = Records { rest: &mut bytes, line: 1, separator, spans: Vec::new() };
                prop_assert_eq!(parts, all(whole), "{:?}", csv);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
        let mut bytes = b"a\nb\n\nc\n".to_vec();
        let mut rest = Records::new(&mut bytes).expect("the separator is known");
        let lens = [3, 1, 1].map(|len| rest.split_off(len).len());
        assert_eq!(lens, [5, 2, 0]);
    }

    #[test]
    fn what_another_program_writes_is_read_back() {
        let piece = select(&["\"", ",", ";", "\t", "\n", "\r\n", "\r", " ", "x", "é"][..]);
        let cell = prop::collection::vec(piece, 0..=4).prop_map(|pieces| pieces.concat());
        let rows = prop::collection::vec(prop::collection::vec(cell, 2..=4), 0..=4);
        let ends = select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]);
        runner(1_000)
            .run(
                &(rows, select(SEPARATORS.each_ref().to_vec()), ends, any::<bool>()),
                |(rows, separator, end, all)| {
                    let style =
                        if all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
                    let mut writer = csv::WriterBuilder::new();
                    let writer =
                        writer.delimiter(separator.byte).terminator(end).quote_style(style);
                    let mut writer = writer.flexible(true).from_writer(Vec::new());
                    for row in &rows {
                        writer.write_record(row).expect("memory can be written");
                    }
                    let written = writer.into_inner().expect("memory can be written");
                    let read = ours(&written, separator);
                    let expected: Vec<Vec<Vec<u8>>> = rows
                        .iter()
                        .map(|row| row.iter().map(|cell| cell.as_bytes().to_vec()).collect())
                        .collect();
                    prop_assert_eq!(read, Ok(expected), "{:?}", String::from_utf8_lossy(&written));
                    Ok(())
                },
            )
            .unwrap_or_else(|failure| panic!("{failure}"));
    }
}
