//! The grammar of CSV, and the line numbers in errors.

use std::cell::Cell;
use std::fmt::Write as _;

use md5::{Digest as _, Md5};
use proptest::prelude::*;
use proptest::sample::select;

use super::{GUIDE_INPUT, OUTPUT_HEADER, batch_in_realm, digests, error_lines, guide_output, rows};
use crate::support::strategies::runner;
use crate::support::{REALM, escaped};

#[test]
fn line_endings_byte_order_mark_and_empty_lines_are_ignored() {
    let crlf = GUIDE_INPUT.replace('\n', "\r\n");
    let spread = GUIDE_INPUT.replace('\n', "\r\n\n\r\n");
    let quoted = "\"username\",\"domain\",\"password\"\n\"sipauthtest\",\"\",\"password\"\n\
                  \"bob\",\"somewhere.com\",\"password\"\n";
    for text in [GUIDE_INPUT, &crlf, &spread, quoted, &quoted.replace('\n', "\r\n")] {
        let whole = text.trim_end();
        for mark in ["", "\u{FEFF}"] {
            for end in ["", "\n", "\r\n", "\n\n", "\r\n\r\n"] {
                let csv = format!("{mark}{whole}{end}");
                assert_eq!(batch_in_realm(csv.clone()).clean(), guide_output(), "{csv:?}");
            }
        }
    }
}

#[test]
fn passwords_are_the_unquoted_contents_of_their_cells() {
    let cases: [(&[u8], &[u8]); 12] = [
        (b"plain", b"plain"),
        (b"it's", b"it's"),
        (b"a;b\tc", b"a;b\tc"),
        (b"\"quoted\"", b"quoted"),
        (b"\"a,b\"", b"a,b"),
        (b"\"say \"\"hi\"\"\"", b"say \"hi\""),
        (b"\"\"\"\"", b"\""),
        (b"\"two\nlines\"", b"two\nlines"),
        (b"\"two\r\nlines\"", b"two\r\nlines"),
        (b"\"two\rlines\"", b"two\rlines"),
        (b"\",\"\"\n\"\",\"", b",\"\n\","),
        (b"nul\0byte", b"nul\0byte"),
    ];
    for (cell, password) in cases {
        let csv = [b"username,password\nbob,", cell, b"\n"].concat();
        // Some of the passwords cause warnings.
        let printed = batch_in_realm(csv).args(["-q"]).clean();
        let (hash1, hash1b) = digests("bob", password);
        let expected = ["bob", "", REALM, "", &hash1, &hash1b];
        assert_eq!(rows(&printed), [expected], "{}", escaped(cell));
    }
}

#[test]
fn errors_name_the_line_where_a_row_begins() {
    let csv = "username,password\n\
               al,\"one\ntwo\r\nthree\"\n\
               bad name,x\n\
               \n\
               ann,\"a\n\nb\"\n\
               bad:name,\"p\nq\"\n\
               worse name,x\n";
    let message = batch_in_realm(csv).refused();
    assert_eq!(error_lines(&message), [5, 10, 12], "{message}");
    // With CRLF everywhere, inside the cells too.
    let message = batch_in_realm(csv.replace("\r\n", "\n").replace('\n', "\r\n")).refused();
    assert_eq!(error_lines(&message), [5, 10, 12], "{message}");
    let message = batch_in_realm("\n\nusername,password\n\n\"b b\",x").refused();
    assert_eq!(error_lines(&message), [5], "{message}");
    let empty = "\n".repeat(1_000);
    let message =
        batch_in_realm(format!("username,password\nal,\"{empty}\"{empty}b b,x")).refused();
    assert_eq!(error_lines(&message), [2_002], "{message}");
}

#[test]
fn rows_with_the_wrong_number_of_cells() {
    for (row, problem) in [
        ("bob", "1 cell, where the header has 3: put a comma between"),
        ("bob,x", "2 cells, where the header has 3: put a comma between"),
        (
            "bob,,pass,word",
            "4 cells, where the header has 3: put quotes around a cell that contains a comma",
        ),
        (
            "bob,,x,",
            "4 cells, where the header has 3: put quotes around a cell that contains a comma",
        ),
        (
            &format!("bob{}", ",".repeat(99)),
            "100 cells, where the header has 3: put quotes around a cell that contains a comma",
        ),
    ] {
        let message = batch_in_realm(format!("{GUIDE_INPUT}{row}\n")).refused();
        let expected = format!("error: standard input, line 4: {problem}");
        assert!(message.starts_with(&expected), "{row}: {message}");
    }
}

#[test]
fn misplaced_quotes() {
    let cases = [
        ("bob,pa\"ss", 3, "a quote inside a cell that does not begin with one"),
        ("bob,pass\"word\"", 3, "a quote inside a cell that does not begin with one"),
        ("bob, \"password\"", 3, "a quote inside a cell that does not begin with one"),
        ("bob,\"pass\"word", 3, "text after the closing quote of a cell"),
        ("bob,\"pass\" ", 3, "text after the closing quote of a cell"),
        ("\"b\"ob,password", 3, "text after the closing quote of a cell"),
        ("bob,\"password", 3, "a quote that is never closed"),
        ("bob,\"pass\"\"word", 3, "a quote that is never closed"),
        ("eve,\"a\nb\"\nbob,\"pass\nal,x\n", 5, "a quote that is never closed"),
    ];
    for (row, line, problem) in cases {
        for end in ["", "\n", "\r\n", "\namy,x\n"] {
            let run = batch_in_realm(format!("username,password\neva,x\n{row}{end}"));
            let message = run.args(["-q"]).refused();
            let expected = format!("error: standard input, line {line}: {problem}: ");
            assert!(message.starts_with(&expected), "{row:?}{end:?}: {message}");
            assert!(message.contains("double each quote inside it"), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}

#[test]
fn a_misplaced_quote_hides_no_other_error() {
    let (stray, unclosed) =
        ("a quote inside a cell that does not begin with one", "a quote that is never closed");
    let cases: &[(&str, &[(u64, &str)])] = &[
        ("a b,x\nbob,5\" disk\nal,x\na l,x\n", &[(2, "a space"), (3, stray), (5, "a space")]),
        ("bob,\"x\na b,x\nal,x\na l,x\n", &[(2, unclosed), (3, "a space"), (5, "a space")]),
        // The quote that seems to close the cell opens the next quoted one.
        ("bob,\"x\na b,\"x\"\nal,y\n", &[(2, unclosed), (3, "a space")]),
        ("bob,\"pa\nss\"word\na b,x\n", &[(2, unclosed), (3, stray), (4, "a space")]),
        ("bob,\"pa\n\"\"ss\nal,x\n", &[(2, unclosed), (3, "text after the closing quote")]),
        ("bob,\"x\"y\"\r\na b,\"x\"\r\n", &[(2, "text after the closing quote"), (3, "a space")]),
        ("a\"b,x\na\"b,x\nbob,\"x\ty\"\na\"b,\"", &[(2, stray), (3, stray), (5, stray)]),
        ("\"al\";\"x\"\nbob,x\na b,x\n", &[(2, "text after the closing quote"), (4, "a space")]),
        ("bob,x\nBOB,\"x\nBob,x\n", &[(3, unclosed), (4, "repeats line 2")]),
    ];
    for (rows, expected) in cases {
        let message = batch_in_realm(format!("username,password\n{rows}")).args(["-q"]).refused();
        let lines: Vec<u64> = expected.iter().map(|(line, _)| *line).collect();
        assert_eq!(error_lines(&message), lines, "{rows:?}: {message}");
        for (line, (_, problem)) in message.lines().zip(*expected) {
            assert!(line.contains(problem), "{rows:?}: {message}");
        }
    }
}

/// The errors are the same wherever the file is divided among the cores.
#[test]
fn misplaced_quotes_anywhere_in_a_large_file() {
    let (mut csv, mut wrong) = ("username,password\n".to_owned(), Vec::new());
    for at in 2..=20_000_u64 {
        let password = match at % 8 {
            1 => "\"never closed, and not short either, so that a division falls into it",
            3 => "st\"ray, and not short either, so that a division falls into it",
            5 => "\"quo\"\"ted, \"\" and not short either, so that a division falls into it\"",
            _ => "plain",
        };
        if [1, 3].contains(&(at % 8)) {
            wrong.push(at);
        }
        let _ = writeln!(csv, "user{at},{password}");
    }
    let message = batch_in_realm(csv).refused();
    let (named, more) = message.trim_end().rsplit_once('\n').expect("several lines");
    assert_eq!(error_lines(named), wrong[..20], "{message}");
    let more = more.strip_prefix("error: standard input: more rows with errors: ");
    assert_eq!(more, Some(&*(wrong.len() - 20).to_string()), "{message}");
}

/// The errors are the same wherever a block of the input ends.
#[test]
fn misplaced_quotes_at_block_boundaries() {
    for empty in [10, 16_000, 16_340, 16_380] {
        let csv = format!(
            "username,password\n{}\"x\ny\",b\"c{}\nq,r\n",
            "\n".repeat(empty),
            "d".repeat(40)
        );
        let message = batch_in_realm(csv).refused();
        assert_eq!(error_lines(&message), [empty as u64 + 2, empty as u64 + 3], "{message}");
        let (first, second) = message.split_once('\n').expect("two lines");
        assert!(first.contains("a quote that is never closed"), "{empty}: {message}");
        assert!(second.contains("a quote inside a cell that does not"), "{empty}: {message}");
    }
}

#[test]
fn a_header_after_empty_lines() {
    let csv = format!("{}{GUIDE_INPUT}{}", "\n".repeat(40_000), "\n".repeat(200_000));
    assert_eq!(batch_in_realm(csv).clean(), guide_output());
    let message = batch_in_realm("\n".repeat(40_000)).refused();
    assert!(message.starts_with("error: standard input, line 1: empty"), "{message}");
}

#[test]
fn a_lone_carriage_return() {
    for row in
        ["bob,pass\rword", "bob,\rpassword", "bo\rb,password", "bob,x\ral,y", "bob,x\r", "\rbob,x"]
    {
        for lenient in [&[][..], &["--lenient"]] {
            let csv = format!("username,password\nal,x\n{row}");
            let message = batch_in_realm(csv).args(lenient).refused();
            let expected =
                "line 3: a carriage return without a line feed: end lines with LF or CRLF";
            assert!(message.contains(expected), "{row:?}: {message}");
        }
    }
    // In the header, and as the line ending of a classic Mac OS file.
    for csv in ["username,password\rbob,b\nal,b\n", "username,password\rbob,b\r", "\rusername\n"] {
        let message = batch_in_realm(csv).refused();
        assert!(message.contains("line 1: a carriage return without a line feed"), "{message}");
    }
    let message = batch_in_realm("username,password\nbob,x\ry\nal,b b\na l,x\n").refused();
    assert_eq!(error_lines(&message), [2, 4], "{message}");
}

#[test]
fn a_line_of_more_than_a_mebibyte() {
    let long = "x".repeat((1 << 20) - "bob,\n".len());
    let csv = |cell: &str| format!("username,password\na l,x\nbob,{cell}\na b,x\n");
    let message = batch_in_realm(csv(&long)).refused();
    assert!(message.contains("line 3: password: more than 1024 bytes: use"), "{message}");
    assert_eq!(error_lines(&message), [2, 3, 4], "{message}");
    // Reading stops there: a device may be endless and have no line endings.
    for cell in [format!("{long}x"), format!("\"{long}x\"")] {
        let message = batch_in_realm(csv(&cell)).refused();
        assert!(message.contains("line 3: a line of more than 1 MiB; nothing after"), "{message}");
        assert_eq!(error_lines(&message), [2, 3], "{message}");
    }
    let message = batch_in_realm(format!("username{long}")).refused();
    assert!(message.contains("line 1: a line of more than 1 MiB; nothing"), "{message}");
    // An unclosed quote does not hide the errors of the rows after it.
    let mut csv = "username,password\nbob,\"x\n".to_owned();
    for at in 3..=100_000 {
        let _ =
            writeln!(csv, "user{at},{}", if at == 99_000 { "" } else { "much like a password" });
    }
    let message = batch_in_realm(csv).refused();
    assert!(message.contains("line 2: a quote that is never closed"), "{message}");
    assert_eq!(error_lines(&message), [2, 99_000], "{message}");
}

/// Moves a row byte by byte across the end of a block of the input.
#[test]
fn rows_across_block_boundaries() {
    let header = "username,password\r\n";
    let all: Vec<_> =
        (0..3100).map(|at| format!("\"u{at:04}\",\"a\"\"\r\n,{at:04}\"\r\n")).collect();
    let few = all.chunks(100).map(|rows| {
        let run = batch_in_realm(header.to_owned() + &rows.concat());
        let printed = run.args(["-q"]).clean();
        printed.strip_prefix(OUTPUT_HEADER).expect("the output begins with the header").to_owned()
    });
    let expected = OUTPUT_HEADER.to_owned() + &few.collect::<String>();
    for shift in 0..=all[0].len() {
        let csv = "\n".repeat(shift) + header + &all.concat();
        assert!(csv.len() > 64 * 1024);
        let printed = batch_in_realm(csv.clone()).args(["-q"]).clean();
        assert!(printed == expected, "{shift}");
        let message = batch_in_realm(csv + "a b,x\r\n").args(["-q"]).refused();
        assert_eq!(error_lines(&message), [(shift + 2 * all.len() + 2) as u64], "{message}");
    }
}

/// Whatever the commas, quotes and line endings, an accepted file has the rows that the `csv` crate
/// parses. That crate also accepts files that RFC 4180 does not allow.
#[test]
fn accepted_files_agree_with_the_csv_crate() {
    let piece = select(vec!["\"", "\"", "\"\"", ",", "\n", "\r\n", "\r", ";", " ", "x", "y"]);
    let raw = prop::collection::vec(piece, 0..=7).prop_map(|pieces| pieces.concat());
    let inside = raw.clone().prop_map(|raw| format!("\"{}\"", raw.replace('"', "\"\"")));
    let end = select(vec!["\n", "\r\n", "\n\n"]);
    let lines = prop::collection::vec((prop_oneof![raw, inside], any::<bool>(), end), 1..=3);
    let accepted = Cell::new(0);
    runner(400)
        .run(&lines, |lines| {
            let mut csv = "password,username\n".to_owned();
            for (at, (password, quote, end)) in lines.iter().enumerate() {
                let username = if *quote { format!("\"user{at}\"") } else { format!("user{at}") };
                csv += &format!("{password},{username}{end}");
            }
            let shown = escaped(csv.as_bytes());
            let outcome = batch_in_realm(csv.as_str()).args(["-q"]).outcome();
            if outcome.status != 0 {
                return Ok(());
            }
            accepted.set(accepted.get() + 1);
            let mut expected = Vec::new();
            for record in csv::Reader::from_reader(csv.as_bytes()).records() {
                let record = record.map_err(|error| TestCaseError::fail(error.to_string()))?;
                let digest = |around: &str| {
                    hex::encode(Md5::digest(format!("{}{around}{}", &record[1], &record[0])))
                };
                let (hash1, hash1b) =
                    (digest(&format!(":{REALM}:")), digest(&format!("@{REALM}:{REALM}:")));
                expected.push([&record[1], "", REALM, "", &hash1, &hash1b].map(str::to_owned));
            }
            let printed = String::from_utf8_lossy(&outcome.stdout);
            prop_assert_eq!(rows(&printed), expected, "{}", shown);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!((100..=300).contains(&accepted.get()), "{} of 400 were accepted", accepted.get());
}

/// Any file either succeeds without a message, or fails with one and without output.
#[test]
fn no_file_causes_a_panic_or_partial_output() {
    let piece = prop_oneof![
        select(vec![",", "\"", "\"\"", "\n", "\r", "\r\n", "bob", "\u{FEFF}", " ", ":", ",x\n"])
            .prop_map(|it| it.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 1..=3),
    ];
    let header = select(vec!["", "username,password\n", "username,domain,realm,password\r\n"]);
    let file = (header, prop::collection::vec(piece, 0..=12));
    runner(200)
        .run(&file, |(header, pieces)| {
            let csv = [header.as_bytes(), &pieces.concat()].concat();
            let shown = escaped(&csv);
            let outcome = batch_in_realm(csv).args(["-q"]).outcome();
            prop_assert!(matches!(outcome.status, 0 | 2), "{}: {:?}", shown, outcome);
            prop_assert_eq!(outcome.status == 0, outcome.stderr.is_empty(), "{}", shown);
            prop_assert_eq!(outcome.status == 0, !outcome.stdout.is_empty(), "{}", shown);
            prop_assert!(!outcome.stderr.contains("panicked"), "{}: {:?}", shown, outcome);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}
