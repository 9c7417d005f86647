//! Rows with errors or warnings.

use std::fmt::Write as _;

use super::{batch, batch_in_realm, digests, error_lines, rows};
use crate::support::{APP_ID, directory, names};

/// A violation is an error with Bandwidth's number; with `--lenient`, a warning.
#[test]
fn bandwidths_rules() {
    let good = ["bob", "", "custxx.example.com", "", "x"];
    let (d33, r65) = ("d".repeat(33), format!("r.{}", "r".repeat(63)));
    // One for each column; the others are those of the unit tests.
    let cases: [(usize, &str, &str, &str); 5] = [
        (0, "bøb", "username: 'ø', U+00F8 (character 2)", "23016"),
        (1, &d33, "domain: 33 characters", "23002"),
        (2, &r65, "realm: 65 characters", "23017, 23018"),
        (3, "68092813", "app_id: not a UUID", "23020"),
        (0, "bob@x", "username: '@' (character 4)", "23014"),
    ];
    for (column, value, problem, number) in cases {
        let mut row = good;
        row[column] = value;
        if number == "23014" {
            row[1] = "somewhere.com";
        }
        let csv = format!(
            "username,domain,realm,app_id,password\n{}\n{}\n",
            good.join(",").replace("bob", "al"),
            row.join(",")
        );
        let strict = batch(csv.clone()).refused();
        let expected = format!("standard input, line 3: {problem}");
        assert!(strict.starts_with(&format!("error: {expected}")), "{value}: {strict}");
        assert!(strict.contains(&format!(" {number})")), "{value}: {strict}");
        assert!(strict.contains("--lenient"), "{value}: {strict}");
        assert_eq!(strict.lines().count(), 1, "{value}: {strict}");
        let (printed, warnings) = batch(csv.clone()).args(["--lenient"]).warned();
        assert_eq!(rows(&printed)[1][..4], row[..4], "{value}");
        assert!(warnings.starts_with(&format!("warning: {expected}")), "{value}: {warnings}");
        assert!(warnings.contains(number), "{value}: {warnings}");
        assert_eq!(batch(csv).args(["--lenient", "-q"]).clean(), printed);
    }
    // At the limits, and with an @ where there is no domain.
    let (u32, d32, r64) = ("u".repeat(32), &d33[1..], &r65[..64]);
    let csv = format!(
        "username,domain,realm,app_id,password\n{u32},{d32},{r64},{APP_ID},x\nbob@x,,{r64},,x\n"
    );
    assert_eq!(rows(&batch(csv).clean()).len(), 2);
}

#[test]
fn lenient_does_not_accept_what_is_never_valid() {
    for (row, expected) in [
        (",,x.y,,x", "username: empty (Bandwidth errors 1003, 23001)"),
        ("bob,a:b,x.y,,x", "domain: ':' (character 2) is never valid here"),
        (
            "bob,,,,x",
            "realm: empty: use the realm's full host name, such as vapi-3efeaa.auth.bandwidth.com, or pass --realm",
        ),
        ("\"b\nb\",,x.y,,x", "username: U+000A (character 2) is never valid here"),
        ("bob,,x.y,a\u{7F},x", "app_id: U+007F (character 2) is never valid here"),
    ] {
        let csv = format!("username,domain,realm,app_id,password\n{row}\n");
        let message = batch(csv).args(["--lenient"]).refused();
        let expected = format!("error: standard input, line 2: {expected}");
        assert!(message.starts_with(&expected), "{row:?}: {message}");
    }
    let realm = |realm| batch(format!("username,realm,password\nbob,{realm},x\n")).refused();
    let message = realm("sip:custxx.auth.bandwidth.com:5060");
    assert!(message.contains("use the host name alone: custxx.auth.bandwidth.com"), "{message}");
    // It may be the end of a password that is not quoted.
    assert!(!realm("secret@secret.x").contains("secret"));
}

#[test]
fn empty_and_long_passwords_are_errors() {
    let csv = |password: &str| format!("username,password\nal,x\nbob,{password}\n");
    for cell in ["", "\"\""] {
        for lenient in [&[][..], &["--lenient"]] {
            let message = batch_in_realm(csv(cell)).args(lenient).refused();
            let expected = "error: standard input, line 3: password: empty: fill the cell, or \
                            pass --generate-password";
            assert!(message.starts_with(expected), "{message}");
        }
    }
    // 1024 bytes, in 512 characters.
    let longest = "é".repeat(512);
    let (printed, _) = batch_in_realm(csv(&longest)).warned();
    let (hash1, hash1b) = digests("bob", longest.as_bytes());
    assert_eq!(rows(&printed)[1][4..], [hash1, hash1b]);
    let message = batch_in_realm(csv(&format!("{longest}x"))).refused();
    assert!(message.contains("line 3: password: more than 1024 bytes: use"), "{message}");
    let generating = batch_in_realm(csv(&format!("{longest}x"))).args(["--generate-password"]);
    assert_eq!(generating.refused(), message);
}

#[test]
fn an_unusual_realm_is_a_warning_on_its_row() {
    let csv = "username,realm,password\nal,x.y,x\nbob,custxx,x\neve,X.y,x\n";
    let (printed, warnings) = batch(csv).warned();
    assert_eq!(rows(&printed).len(), 3);
    let lines: Vec<_> = warnings.lines().collect();
    assert_eq!(lines.len(), 2, "{warnings}");
    assert!(lines[0].contains("standard input, line 3: realm: a single label"), "{warnings}");
    assert!(lines[1].contains("standard input, line 4: realm: has uppercase"), "{warnings}");
}

/// In a row without a realm, an unquoted comma moves the end of the password into the realm's cell.
#[test]
fn a_realm_that_may_be_part_of_a_password_is_not_shown() {
    for tail in ["Secret@pass.word", "Secret:5060", "user@Secret", "siphon@Secret"] {
        let csv = format!("username,password,realm\nbob,My,{tail}\n");
        let message = batch(csv).refused();
        assert!(message.contains("line 2: realm: "), "{message}");
        assert!(message.contains("use the realm's full host name"), "{message}");
        assert!(!message.contains("Secret") && !message.contains("pass.word"), "{message}");
    }
    let csv = "username,password,realm\nbob,x,sip:custxx.auth.bandwidth.com:5006\n";
    let message = batch(csv).refused();
    assert!(message.contains("use the host name alone: custxx.auth.bandwidth.com"), "{message}");
}

#[test]
fn all_errors_of_a_row_are_on_one_line() {
    let csv = "username,domain,app_id,password\na b,c d,f,\nbob,,,ok\n";
    let message = batch_in_realm(csv).refused();
    assert_eq!(message.lines().count(), 1, "{message}");
    let parts = ["line 2: username: ", "; domain: ", "; app_id: not a UUID", "; password: empty"];
    let places =
        parts.map(|part| message.find(part).unwrap_or_else(|| panic!("{part}: {message}")));
    assert!(places.is_sorted(), "{message}");
}

#[test]
fn errors_after_the_first_twenty_are_counted() {
    let file = |wrong: usize, row: &str| {
        let mut csv = "username,password\n".to_owned();
        for at in 0..10_000 {
            let _ = writeln!(csv, "user{at},x");
        }
        for at in 0..wrong {
            let _ = write!(csv, "{}\nmore{at},x\n", row.replace('N', &at.to_string()));
        }
        csv
    };
    let lines = |wrong: u64| (0..wrong).map(|at| 10_002 + 2 * at).collect::<Vec<_>>();
    for wrong in [1, 20, 21, 5000] {
        let message = batch_in_realm(file(wrong, "bad N,x")).refused();
        assert_eq!(error_lines(&message), lines(wrong.min(20) as u64), "{message}");
        let rest = message.lines().nth(20);
        let expected = match wrong.checked_sub(20) {
            None | Some(0) => None,
            Some(more) => Some(format!("error: standard input: more rows with errors: {more}")),
        };
        assert_eq!(rest, expected.as_deref(), "{message}");
        assert!(message.lines().count() <= 21, "{message}");
    }
    let (printed, warnings) = batch_in_realm(file(25, "wordN, x")).warned();
    assert_eq!(rows(&printed).len(), 10_050);
    assert_eq!(warnings.lines().count(), 21);
    assert!(warnings.ends_with("more rows with warnings: 5\n"), "{warnings}");
}

#[test]
fn an_error_in_the_last_of_many_rows_leaves_no_output() {
    let mut csv = "username,password\n".to_owned();
    for at in 0..200_000 {
        let _ = writeln!(csv, "user{at},{}", if at % 100 == 0 { "" } else { "secret" });
    }
    for (last, problem) in [
        ("bad name,x", "username: a space"),
        ("bob,\"x", "a quote that is never closed"),
        ("USER0,x", "username: repeats line 2"),
    ] {
        let directory = directory();
        let run = batch_in_realm(format!("{csv}{last}\n")).directory(directory.path());
        let run = match last {
            "bad name,x" => run.args(["-f", "json", "--generate-password"]),
            _ => run.args(["--generate-password", "--password-out", "pw", "-o", "out"]),
        };
        let message = run.refused();
        let expected = format!("error: standard input, line 200002: {problem}");
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(names(directory.path()).is_empty());
    }
}
