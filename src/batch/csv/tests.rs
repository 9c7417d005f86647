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
    let expected: Vec<_> = expected.iter().map(|(line, cells)| (*line, Ok(bytes(cells)))).collect();
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
    let [comma, semicolon, tab] = SEPARATORS;
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
        assert_eq!(records.separator, expected, "{csv:?}");
    }
}

#[test]
fn a_first_line_may_name_the_separator() {
    for (csv, separator) in
        [("sep=;\r\na,b;c", 1), ("SEP=,\na,b;c", 0), ("\u{FEFF}\nsep=\t\na,b;c", 2)]
    {
        let mut bytes = csv.as_bytes().to_vec();
        let records = Records::new(&mut bytes).expect("the separator is known");
        assert_eq!(records.separator, SEPARATORS[separator], "{csv:?}");
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

fn ours(csv: &[u8], separator: Separator) -> Result<Vec<Vec<Vec<u8>>>, Fault> {
    let mut bytes = csv.to_vec();
    let records = Records { rest: &mut bytes, line: 1, separator, spans: Vec::new() };
    all(records).into_iter().map(|(_, record)| record).collect()
}

/// The `csv` crate accepts everything that is valid here, with the same result, and more.
#[test]
fn valid_records_are_what_another_parser_reads() {
    let pieces = &["\"", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", " ", "x", "\"x\"", "é"];
    let csv = prop::collection::vec(select(&pieces[..]), 0..=9).prop_map(|it| it.concat());
    let valid = Cell::new(0);
    runner(4_000)
        .run(&(csv, select(SEPARATORS.to_vec())), |(csv, separator)| {
            let Ok(ours) = ours(csv.as_bytes(), separator) else { return Ok(()) };
            valid.set(valid.get() + 1);
            let mut reader = csv::ReaderBuilder::new();
            let reader = reader.delimiter(separator.0).has_headers(false).flexible(true);
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
            let (mut bytes, separator) = (csv.clone().into_bytes(), SEPARATORS[0]);
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
    let lens = [3, 1, 1].map(|len| rest.split_off(len).rest.len());
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
            &(rows, select(SEPARATORS.to_vec()), ends, any::<bool>()),
            |(rows, separator, end, all)| {
                let style = if all { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
                let mut writer = csv::WriterBuilder::new();
                let writer = writer.delimiter(separator.0).terminator(end).quote_style(style);
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
