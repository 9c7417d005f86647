//! The grammar of CSV, and the line numbers in errors.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;

use super::{GUIDE_INPUT, batch_in_realm, digests, error_lines, guide_output, rows};
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

#[test]
fn a_header_after_empty_lines() {
    let csv = format!("{}{GUIDE_INPUT}{}", "\n".repeat(40_000), "\n".repeat(200_000));
    assert_eq!(batch_in_realm(csv).clean(), guide_output());
    let message = batch_in_realm("\n".repeat(40_000)).refused();
    assert!(message.starts_with("error: standard input, line 1: empty"), "{message}");
}

#[test]
fn a_lone_carriage_return() {
    let message = batch_in_realm("username,password\nbob,x\ry\nal,b b\na l,x\n").refused();
    assert_eq!(error_lines(&message), [2, 4], "{message}");
    // The line ending of a classic Mac OS file.
    let message = batch_in_realm("username,password\rbob,b\r").args(["--lenient"]).refused();
    let expected = "line 1: a carriage return without a line feed: end lines with LF or CRLF";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_line_of_more_than_a_mebibyte() {
    let long = "x".repeat(1 << 20);
    let message = batch_in_realm(format!("username,password\na l,x\nbob,{long}\na b,x\n"));
    let message = message.refused();
    assert!(message.contains("line 3: a line of more than 1 MiB; nothing after"), "{message}");
    assert_eq!(error_lines(&message), [2, 3], "{message}");
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
