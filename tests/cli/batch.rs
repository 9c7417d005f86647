//! Many credentials out of a CSV file: all of them, or none.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use md5::{Digest as _, Md5};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{GUIDE, REALM, Run, assert_owner_only, bwsip, escaped, md5sum};
use crate::md5sum::{name, password, runner};
#[cfg(unix)]
use crate::output::closed_pipe;
use crate::output::{directory, names};

const APP: &str = "68092813-741b-4afe-b198-91f425bce81e";
const OTHER_APP: &str = "00000000-741b-4afe-b198-91f425bce81e";
const OUT_HEADER: &str = "username,domain,realm,app_id,hash1,hash1b\n";

/// The guide's two, as a spreadsheet would have them.
const SHEET: &str = "username,domain,password\nsipauthtest,,password\nbob,somewhere.com,password\n";

/// `bwsip batch` with a file on stdin.
fn batch(csv: impl Into<Vec<u8>>) -> Run {
    bwsip(["batch", "-"]).stdin(csv)
}

/// The same, in the guide's realm.
fn batch_in_realm(csv: impl Into<Vec<u8>>) -> Run {
    batch(csv).args(["--realm", REALM])
}

/// What comes of the guide's two.
fn guide_csv() -> String {
    let rows = GUIDE.map(|(username, domain, hash1, hash1b)| {
        format!("{username},{},{REALM},,{hash1},{hash1b}\n", domain.unwrap_or_default())
    });
    format!("{OUT_HEADER}{}", rows.concat())
}

/// The rows that come out as CSV, without the header.
#[track_caller]
fn rows(printed: &str) -> Vec<Vec<&str>> {
    let lines = printed.strip_prefix(OUT_HEADER).expect("the header is first");
    lines.lines().map(|line| line.split(',').collect()).collect()
}

/// Hash1 and Hash1b that `bwsip hash` makes, for a name without a domain in the guide's realm.
#[track_caller]
fn hashed(username: &str, password: &[u8]) -> (String, String) {
    let run = bwsip(["hash", "-q", "-f", "json", "-r", REALM, "--password-stdin"]);
    // One line end would be dropped, so another is given to be.
    let stdin = [password, b"\n"].concat();
    let printed = run.args(["-u", username]).stdin(stdin).clean();
    let object: Value = serde_json::from_str(&printed).expect("it is JSON");
    let digest = |key: &str| object[key].as_str().expect("a digest").to_owned();
    (digest("hash1"), digest("hash1b"))
}

/// The lines of the file that errors name.
fn lines_named(message: &str) -> Vec<u64> {
    let errors = message.lines().filter(|line| line.starts_with("error: "));
    let line = |error: &str| error.split_once(", line ")?.1.split_once(':')?.0.parse().ok();
    errors.filter_map(line).collect()
}

// What spreadsheets write.

#[test]
fn the_guides_two_as_csv() {
    assert_eq!(batch_in_realm(SHEET).clean(), guide_csv());
    assert_eq!(batch_in_realm(SHEET).args(["-f", "csv"]).clean(), guide_csv());
}

#[test]
fn the_guides_two_as_json() {
    let objects = GUIDE.map(|(username, domain, hash1, hash1b)| {
        let domain = domain.map_or(String::new(), |it| format!("\"domain\":\"{it}\","));
        format!(
            "{{\"username\":\"{username}\",{domain}\"realm\":\"{REALM}\",\
             \"hash1\":\"{hash1}\",\"hash1b\":\"{hash1b}\"}}"
        )
    });
    let expected = format!("[\n{}\n]\n", objects.join(",\n"));
    assert_eq!(batch_in_realm(SHEET).args(["-f", "json"]).clean(), expected);
}

#[test]
fn the_guides_two_as_xml() {
    let document = |realm: &str, app: &str| {
        let entries = GUIDE.map(|(username, domain, hash1, hash1b)| {
            let indent = "        ";
            let domain =
                domain.map_or(String::new(), |it| format!("{indent}<Domain>{it}</Domain>\n"));
            format!(
                "    <SipCredential>\n{indent}<UserName>{username}</UserName>\n{domain}{realm}\
                 {indent}<Hash1>{hash1}</Hash1>\n{indent}<Hash1b>{hash1b}</Hash1b>\n{app}    \
                 </SipCredential>\n"
            )
        });
        format!("<SipCredentials>\n{}</SipCredentials>\n", entries.concat())
    };
    let realm = format!("        <Realm>{REALM}</Realm>\n");
    let app = format!("        <HttpVoiceV2AppId>{APP}</HttpVoiceV2AppId>\n");
    let xml = || batch_in_realm(SHEET).args(["-f", "xml"]);
    assert_eq!(xml().clean(), document("", ""));
    assert_eq!(xml().args(["--with-realm"]).clean(), document(&realm, ""));
    assert_eq!(xml().args(["--with-realm", "--app-id", APP]).clean(), document(&realm, &app));
    for format in ["csv", "json"] {
        let message = batch_in_realm(SHEET).args(["-f", format, "--with-realm"]).refused();
        assert!(message.contains("--with-realm") && message.contains("xml"), "{message}");
    }
}

#[test]
fn a_file_by_its_name_is_the_same_as_stdin() {
    let directory = directory();
    fs::write(directory.path().join("people.csv"), SHEET).expect("a file");
    let run = || bwsip(["batch", "people.csv", "-r", REALM]).directory(directory.path());
    assert_eq!(run().clean(), guide_csv());
    assert_eq!(run().args(["-o", "out"]).clean(), "");
    let out = directory.path().join("out");
    assert_eq!(fs::read_to_string(&out).expect("it was written"), guide_csv());
    assert_owner_only(&out);
    assert_eq!(names(directory.path()), ["out", "people.csv"]);
}

#[test]
fn columns_in_any_order_and_letter_case() {
    let cells = |name: &str| match name.to_ascii_lowercase().as_str() {
        "username" => ["sipauthtest", "bob"],
        "domain" => ["", "somewhere.com"],
        "realm" => [REALM; 2],
        "app_id" => [""; 2],
        "password" => ["password"; 2],
        _ => panic!("no column {name}"),
    };
    for header in [
        ["username", "domain", "realm", "app_id", "password"],
        ["password", "app_id", "realm", "domain", "username"],
        ["REALM", "Username", "PassWord", "DOMAIN", "App_ID"],
        ["domain", "password", "username", "App_Id", "realm"],
    ] {
        let mut csv = header.join(",") + "\n";
        for at in 0..2 {
            csv += &(header.map(|name| cells(name)[at]).join(",") + "\n");
        }
        assert_eq!(batch(csv).clean(), guide_csv(), "{header:?}");
    }
}

#[test]
fn line_ends_marks_and_empty_lines_make_no_difference() {
    let crlf = SHEET.replace('\n', "\r\n");
    let spread = SHEET.replace('\n', "\r\n\n\r\n");
    let quoted = "\"username\",\"domain\",\"password\"\n\"sipauthtest\",\"\",\"password\"\n\
                  \"bob\",\"somewhere.com\",\"password\"\n";
    for text in [SHEET, &crlf, &spread, quoted, &quoted.replace('\n', "\r\n")] {
        let whole = text.trim_end();
        for mark in ["", "\u{FEFF}"] {
            for end in ["", "\n", "\r\n", "\n\n", "\r\n\r\n"] {
                let csv = format!("{mark}{whole}{end}");
                assert_eq!(batch_in_realm(csv.clone()).clean(), guide_csv(), "{csv:?}");
            }
        }
    }
}

#[test]
fn passwords_are_taken_as_the_cell_has_them() {
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
        // Without the warnings of what is odd in it.
        let printed = batch_in_realm(csv).args(["-q"]).clean();
        let (hash1, hash1b) = hashed("bob", password);
        let expected = ["bob", "", REALM, "", &hash1, &hash1b];
        assert_eq!(rows(&printed), [expected], "{}", escaped(cell));
    }
}

#[test]
fn white_space_around_a_password_counts() {
    for (cell, password) in [
        ("  secret", "  secret"),
        ("secret ", "secret "),
        ("\tsecret", "\tsecret"),
        ("\" secret\"", " secret"),
        ("\"secret\r\n\"", "secret\r\n"),
    ] {
        let (printed, warnings) =
            batch_in_realm(format!("username,password\nal,x\nbob,{cell}\n")).warned();
        let (hash1, hash1b) = hashed("bob", password.as_bytes());
        assert_eq!(rows(&printed)[1][4..], [hash1, hash1b], "{cell:?}");
        let expected = "warning: standard input, line 3: password: begins or ends with whitespace";
        assert!(warnings.starts_with(expected), "{cell:?}: {warnings}");
        assert_eq!(warnings.lines().count(), 1, "{cell:?}: {warnings}");
    }
}

/// MD5 of `sipauthtest:custxx.auth.bandwidth.com:` and of `sipauthtest@…:…:`, then the password,
/// by md5sum.
#[test]
fn passwords_that_are_not_utf8_are_hashed_as_they_are() {
    let digests = ["374499a8346d43eccc171a4652dfc8b3", "fd387d26b788bc9ca98050a72c7e68c7"];
    for cell in [&b"p\xE4ssword"[..], b"\"p\xE4ssword\""] {
        let csv = [b"username,password\nsipauthtest,", cell, b"\n"].concat();
        let (printed, warnings) = batch_in_realm(csv.clone()).warned();
        assert_eq!(rows(&printed)[0][4..], digests);
        assert!(warnings.contains("line 2: password: has a character outside ASCII"), "{warnings}");
        assert_eq!(batch_in_realm(csv).args(["--quiet"]).clean(), printed);
    }
}

#[test]
fn names_that_are_not_utf8_are_errors() {
    let all = "username,domain,realm,app_id,password\n";
    for (row, column) in [
        (&b"b\xF6b,x,r.example.com,,p"[..], "username"),
        (b"bob,\xE4,r.example.com,,p", "domain"),
        (b"bob,,r\xE4.example.com,,p", "realm"),
        (b"bob,,r.example.com,\xE4,p", "app_id"),
    ] {
        let csv = [all.as_bytes(), b"al,,r.example.com,,p\n", row, b"\n"].concat();
        for lenient in [&[][..], &["--lenient"]] {
            let message = batch(csv.clone()).args(lenient).refused();
            let expected = format!("error: standard input, line 3: {column}: not UTF-8: save ");
            assert!(message.starts_with(&expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}

// Defaults.

#[test]
fn a_realm_from_the_flag_or_the_environment_fills_what_is_empty() {
    let without = "username,password\nsipauthtest,password\n";
    let empty = "username,realm,password\nsipauthtest,,password\n";
    for csv in [without, empty] {
        for run in [
            batch(csv).args(["-r", REALM]),
            batch(csv).env("BWSIP_REALM", REALM),
            batch(csv).env("BWSIP_REALM", "other.example.com").args(["-r", REALM]),
        ] {
            assert_eq!(
                rows(&run.clean()),
                [["sipauthtest", "", REALM, "", GUIDE[0].2, GUIDE[0].3]]
            );
        }
    }
    let filled = format!("username,realm,password\nsipauthtest,{REALM},password\nal,,x\n");
    for run in [
        batch(filled.clone()).args(["-r", "other.example.com"]),
        batch(filled).env("BWSIP_REALM", "other.example.com"),
    ] {
        let printed = run.clean();
        assert_eq!(rows(&printed)[0], ["sipauthtest", "", REALM, "", GUIDE[0].2, GUIDE[0].3]);
        assert_eq!(rows(&printed)[1][..4], ["al", "", "other.example.com", ""]);
    }
}

#[test]
fn a_domain_and_an_app_id_fill_what_is_empty_and_a_filled_cell_wins() {
    let flags = ["--domain", "somewhere.com", "--app-id", APP];
    let bob = ["bob", "somewhere.com", REALM, APP, GUIDE[1].2, GUIDE[1].3];
    let without = batch_in_realm("username,password\nbob,password\n").args(flags);
    assert_eq!(rows(&without.clean()), [bob]);
    let csv = format!(
        "username,domain,app_id,password\nbob,,,password\nal,elsewhere.com,{OTHER_APP},x\n\
         eve,,{OTHER_APP},x\nsue,elsewhere.com,,x\n"
    );
    let printed = batch_in_realm(csv).args(flags).clean();
    assert_eq!(rows(&printed)[0], bob);
    let cells: Vec<_> = rows(&printed).iter().map(|row| [row[1], row[3]]).collect();
    assert_eq!(
        cells,
        [
            ["somewhere.com", APP],
            ["elsewhere.com", OTHER_APP],
            ["somewhere.com", OTHER_APP],
            ["elsewhere.com", APP]
        ]
    );
}

#[test]
fn a_wrong_default_is_an_error_of_its_flag() {
    for (flag, value, expected) in [
        ("--domain", "x y", "error: --domain: a space (character 2)"),
        ("--realm", "", "error: --realm: empty"),
        ("--realm", "sip:x.y", "error: --realm: ':'"),
        ("--app-id", "1", "error: --app-id: not a UUID (Bandwidth error 23020)"),
    ] {
        let message = batch(SHEET).args([flag, value]).refused();
        assert!(message.starts_with(expected), "{message}");
    }
    let message = batch(SHEET).env("BWSIP_REALM", "x y").refused();
    assert!(message.starts_with("error: BWSIP_REALM: a space (character 2)"), "{message}");
}

/// A password for one credential is none for many.
#[test]
fn the_password_variable_fills_nothing() {
    let message = batch_in_realm("username,password\nbob,\n").with_password().refused();
    assert!(message.contains("line 2: password: empty"), "{message}");
    let message = batch_in_realm("username\nbob\n").with_password().refused();
    assert!(message.contains("line 1: no column password"), "{message}");
}

// Files that are none.

#[test]
fn headers_that_do_not_do_are_errors_of_line_1() {
    let utf16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{SHEET}").encode_utf16().flat_map(unit).collect()
    };
    let cases: [(&[u8], &str); 21] = [
        (b"", "empty: begin it with a row of column names"),
        (b"\xEF\xBB\xBF", "empty"),
        (b"\n\r\n\n", "empty"),
        (b"username,password\n", "no rows below the header (Bandwidth error 23006)"),
        (b"username,password", "no rows below the header (Bandwidth error 23006)"),
        (b"username,password\r\n\r\n", "no rows below the header (Bandwidth error 23006)"),
        (b"password,domain\nx,y\n", "no column username"),
        // Whoever forgot the header has a password there.
        (b"sipauthtest,password\n", "column 1 has an unknown name"),
        (b"username,domain\nbob,x\n", "no column password: add it, or pass --generate-password"),
        (b"username,password,secret\nbob,x,y\n", "column 3 has an unknown name: begin the file"),
        (b"username,password,\nbob,x,\n", "column 3 has an unknown name"),
        (b"username, password\nbob,x\n", "column 2 has an unknown name"),
        (b"username,hash1,password\nbob,x,y\n", "column 2 has an unknown name"),
        (b"username,Username,password\nbob,x,y\n", "two columns username"),
        (b"username;domain;password\nbob;;x\n", "no commas between the columns: save it with"),
        (b"username\tpassword\nbob\tx\n", "no commas between the columns: save it with commas"),
        (b"\"username\";\"password\"\n\"bob\";\"x\"\n", "no commas between the columns: save it"),
        (&utf16(u16::to_le_bytes, "\u{FEFF}"), "UTF-16, not UTF-8: save it as CSV in UTF-8"),
        (&utf16(u16::to_be_bytes, "\u{FEFF}"), "UTF-16, not UTF-8: save it as CSV in UTF-8"),
        (&utf16(u16::to_le_bytes, ""), "UTF-16, not UTF-8: save it as CSV in UTF-8"),
        (&utf16(u16::to_be_bytes, ""), "UTF-16, not UTF-8: save it as CSV in UTF-8"),
    ];
    for (csv, expected) in cases {
        let message = batch_in_realm(csv).refused();
        let expected = format!("error: standard input, line 1: {expected}");
        assert!(message.starts_with(&expected), "{}: {message}", escaped(csv));
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert!(!batch_in_realm("hunter2,bob\n").refused().contains("hunter2"));
    let message = batch(SHEET).refused();
    assert!(message.starts_with("error: standard input, line 1: no column realm: "), "{message}");
    assert!(message.contains("--realm"), "{message}");
    // The line of the header, where lines are empty above it.
    let message = batch_in_realm("\n\r\nuser,password\nbob,x\n").refused();
    assert!(message.contains("line 3: column 1 has an unknown name"), "{message}");
    let wide = ["x"; 65].join(",") + "\n";
    let message = batch_in_realm(wide).refused();
    assert!(message.contains("line 1: 65 columns: begin the file"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_file_that_can_not_be_read_is_named() {
    let directory = directory();
    fs::create_dir(directory.path().join("sub")).expect("a directory");
    let locked = directory.path().join("locked.csv");
    fs::write(&locked, SHEET).expect("a file");
    fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000))
        .expect("its mode");
    let run =
        |path: &str| bwsip(["batch", path, "-r", REALM, "-o", "out"]).directory(directory.path());
    let message = run("missing.csv").refused();
    assert!(message.starts_with("error: can't read \"missing.csv\": No such file"), "{message}");
    let message = run("sub").refused();
    assert!(message.starts_with("error: can't read \"sub\": Is a directory"), "{message}");
    // root may read it.
    if File::open(&locked).is_err() {
        let message = run("locked.csv").refused();
        assert!(message.starts_with("error: can't read \"locked.csv\": Permission"), "{message}");
    }
    fs::write(directory.path().join("empty.csv"), "").expect("a file");
    let message = run("empty.csv").refused();
    assert!(message.starts_with("error: \"empty.csv\", line 1: empty: "), "{message}");
    assert_eq!(names(directory.path()), ["empty.csv", "locked.csv", "sub"]);
}

// Rows that are wrong.

#[test]
fn a_row_is_named_by_its_line_in_the_file() {
    let csv = "username,password\n\
               al,\"one\ntwo\r\nthree\"\n\
               bad name,x\n\
               \n\
               ann,\"a\n\nb\"\n\
               bad:name,\"p\nq\"\n\
               worse name,x\n";
    let message = batch_in_realm(csv).refused();
    assert_eq!(lines_named(&message), [5, 10, 12], "{message}");
    // The line breaks inside the cells have no carriage return before them.
    let message = batch_in_realm(csv.replace("\r\n", "\n").replace('\n', "\r\n")).refused();
    assert_eq!(lines_named(&message), [5, 10, 12], "{message}");
    let message = batch_in_realm("\n\nusername,password\n\n\"b b\",x").refused();
    assert_eq!(lines_named(&message), [5], "{message}");
    let empty = "\n".repeat(1_000);
    let message =
        batch_in_realm(format!("username,password\nal,\"{empty}\"{empty}b b,x")).refused();
    assert_eq!(lines_named(&message), [2_002], "{message}");
}

#[test]
fn rows_with_the_wrong_number_of_cells() {
    for (row, problem) in [
        ("bob", "1 cell, where the header has 3: put a comma between"),
        ("bob,x", "2 cells, where the header has 3: put a comma between"),
        ("bob,,pass,word", "4 cells, where the header has 3: put a cell that has a comma"),
        ("bob,,x,", "4 cells, where the header has 3: put a cell that has a comma"),
        (&",".repeat(99), "100 cells, where the header has 3: put a cell that has a comma"),
        (",,", "all cells empty: delete it"),
    ] {
        let message = batch_in_realm(format!("{SHEET}{row}\n")).refused();
        let expected = format!("error: standard input, line 4: {problem}");
        assert!(message.starts_with(&expected), "{row}: {message}");
    }
}

#[test]
fn quotes_where_none_can_be() {
    let cases = [
        ("bob,pa\"ss", 3, "a quote in a cell that does not begin with one"),
        ("bob,pass\"word\"", 3, "a quote in a cell that does not begin with one"),
        ("bob, \"password\"", 3, "a quote in a cell that does not begin with one"),
        ("bob,\"pass\"word", 3, "more in a cell after its closing quote"),
        ("bob,\"pass\" ", 3, "more in a cell after its closing quote"),
        ("\"b\"ob,password", 3, "more in a cell after its closing quote"),
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
            assert!(message.contains("double each quote in it"), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}

#[test]
fn a_wrong_quote_hides_no_other_wrong_row() {
    let (stray, unclosed) =
        ("a quote in a cell that does not begin with one", "a quote that is never closed");
    let cases: &[(&str, &[(u64, &str)])] = &[
        ("a b,x\nbob,5\" disk\nal,x\na l,x\n", &[(2, "a space"), (3, stray), (5, "a space")]),
        ("bob,\"x\na b,x\nal,x\na l,x\n", &[(2, unclosed), (3, "a space"), (5, "a space")]),
        // What seems to close a quote is the beginning of the next cell that is in quotes.
        ("bob,\"x\na b,\"x\"\nal,y\n", &[(2, unclosed), (3, "a space")]),
        ("bob,\"pa\nss\"word\na b,x\n", &[(2, unclosed), (3, stray), (4, "a space")]),
        ("bob,\"pa\n\"\"ss\nal,x\n", &[(2, unclosed), (3, "more in a cell after")]),
        ("bob,\"x\"y\"\r\na b,\"x\"\r\n", &[(2, "more in a cell after"), (3, "a space")]),
        ("a\"b,x\na\"b,x\nbob,\"x\ty\"\na\"b,\"", &[(2, stray), (3, stray), (5, stray)]),
        ("\"al\";\"x\"\nbob,x\na b,x\n", &[(2, "more in a cell after"), (4, "a space")]),
        ("bob,x\nBOB,\"x\nBob,x\n", &[(3, unclosed), (4, "repeats line 2")]),
    ];
    for (rows, expected) in cases {
        let message = batch_in_realm(format!("username,password\n{rows}")).args(["-q"]).refused();
        let lines: Vec<u64> = expected.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines_named(&message), lines, "{rows:?}: {message}");
        for (said, (_, problem)) in message.lines().zip(*expected) {
            assert!(said.contains(problem), "{rows:?}: {message}");
        }
    }
}

/// A file is cut into pieces, for several processors: where, must make no difference.
#[test]
fn wrong_quotes_anywhere_in_a_large_file() {
    let (mut csv, mut wrong) = ("username,password\n".to_owned(), Vec::new());
    for at in 2..=20_000_u64 {
        let password = match at % 8 {
            1 => "\"never closed, and not short either, so that some piece ends in it",
            3 => "st\"ray, and not short either, so that some piece ends in it",
            5 => "\"quo\"\"ted, \"\" and not short either, so that some piece ends in it\"",
            _ => "plain",
        };
        if [1, 3].contains(&(at % 8)) {
            wrong.push(at);
        }
        let _ = writeln!(csv, "user{at},{password}");
    }
    let message = batch_in_realm(csv).refused();
    let (named, more) = message.trim_end().rsplit_once('\n').expect("several lines");
    assert_eq!(lines_named(named), wrong[..20], "{message}");
    let more = more.strip_prefix("error: standard input: wrong rows beyond these: ");
    assert_eq!(more, Some(&*(wrong.len() - 20).to_string()), "{message}");
}

/// Nor in what is said of a row: here the first piece ends in the middle of one.
#[test]
fn a_wrong_quote_is_told_alike_wherever_the_file_is_cut() {
    for empty in [10, 16_000, 16_340, 16_380] {
        let csv = format!(
            "username,password\n{}\"x\ny\",b\"c{}\nq,r\n",
            "\n".repeat(empty),
            "d".repeat(40)
        );
        let message = batch_in_realm(csv).refused();
        assert_eq!(lines_named(&message), [empty as u64 + 2, empty as u64 + 3], "{message}");
        let (first, second) = message.split_once('\n').expect("two lines");
        assert!(first.contains("a quote that is never closed"), "{empty}: {message}");
        assert!(second.contains("a quote in a cell that does not"), "{empty}: {message}");
    }
}

/// However many empty lines there are; they take no memory either.
#[test]
fn a_header_behind_empty_lines() {
    let csv = format!("{}{SHEET}{}", "\n".repeat(40_000), "\n".repeat(200_000));
    assert_eq!(batch_in_realm(csv).clean(), guide_csv());
    let message = batch_in_realm("\n".repeat(40_000)).refused();
    assert!(message.starts_with("error: standard input, line 1: empty"), "{message}");
}

/// Where a password has a comma and the last cell was forgotten, its end is in the realm's place.
#[test]
fn what_could_be_the_end_of_a_password_is_not_repeated() {
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
fn a_lone_carriage_return() {
    for row in
        ["bob,pass\rword", "bob,\rpassword", "bo\rb,password", "bob,x\ral,y", "bob,x\r", "\rbob,x"]
    {
        for lenient in [&[][..], &["--lenient"]] {
            let csv = format!("username,password\nal,x\n{row}");
            let message = batch_in_realm(csv).args(lenient).refused();
            let expected = "line 3: a carriage return that ends no line: end lines with LF or CRLF";
            assert!(message.contains(expected), "{row:?}: {message}");
        }
    }
    // In the header, and as the only line end of an old file.
    for csv in ["username,password\rbob,b\nal,b\n", "username,password\rbob,b\r", "\rusername\n"] {
        let message = batch_in_realm(csv).refused();
        assert!(message.contains("line 1: a carriage return that ends no line"), "{message}");
    }
    let message = batch_in_realm("username,password\nbob,x\ry\nal,b b\na l,x\n").refused();
    assert_eq!(lines_named(&message), [2, 4], "{message}");
}

#[test]
fn a_line_of_more_than_a_mebibyte() {
    let long = "x".repeat((1 << 20) - "bob,\n".len());
    let csv = |cell: &str| format!("username,password\na l,x\nbob,{cell}\na b,x\n");
    let message = batch_in_realm(csv(&long)).refused();
    assert!(message.contains("line 3: password: more than 1024 bytes: use"), "{message}");
    assert_eq!(lines_named(&message), [2, 3, 4], "{message}");
    // That is as far as it reads: a device may have no line ends at all.
    for cell in [format!("{long}x"), format!("\"{long}x\"")] {
        let message = batch_in_realm(csv(&cell)).refused();
        assert!(
            message.contains("line 3: a line of more than a MiB, and nothing behind"),
            "{message}"
        );
        assert_eq!(lines_named(&message), [2, 3], "{message}");
    }
    let message = batch_in_realm(format!("username{long}")).refused();
    assert!(message.contains("line 1: a line of more than a MiB, and nothing"), "{message}");
    // A quote that is never closed does not make one row of all that follow.
    let mut csv = "username,password\nbob,\"x\n".to_owned();
    for at in 3..=100_000 {
        let _ =
            writeln!(csv, "user{at},{}", if at == 99_000 { "" } else { "much like a password" });
    }
    let message = batch_in_realm(csv).refused();
    assert!(message.contains("line 2: a quote that is never closed"), "{message}");
    assert_eq!(lines_named(&message), [2, 99_000], "{message}");
}

#[test]
fn passwords_that_are_none_or_too_long() {
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
    let (hash1, hash1b) = hashed("bob", longest.as_bytes());
    assert_eq!(rows(&printed)[1][4..], [hash1, hash1b]);
    let message = batch_in_realm(csv(&format!("{longest}x"))).refused();
    assert!(message.contains("line 3: password: more than 1024 bytes: use"), "{message}");
    let generating = batch_in_realm(csv(&format!("{longest}x"))).args(["--generate-password"]);
    assert_eq!(generating.refused(), message);
}

/// Refused, with Bandwidth's number; with `--lenient`, hashed with a warning.
#[test]
fn bandwidths_rules() {
    let good = ["bob", "", "custxx.example.com", "", "x"];
    let (u33, d33, r65) = ("u".repeat(33), "d".repeat(33), format!("r.{}", "r".repeat(63)));
    let cases: [(usize, &str, &str, &str); 10] = [
        (0, &u33, "username: 33 characters", "23002"),
        (0, "bob#", "username: '#' (character 4)", "23016"),
        (0, "bøb", "username: 'ø', U+00F8 (character 2)", "23016"),
        (1, &d33, "domain: 33 characters", "23002"),
        (1, "x@y", "domain: '@' (character 2)", "23015"),
        (2, &r65, "realm: 65 characters", "23017, 23018"),
        (2, "cust_xx.example.com", "realm: '_' (character 5)", "23017, 23018"),
        (3, "68092813", "app_id: not a UUID", "23020"),
        (3, "68092813741b4afeb19891f425bce81e", "app_id: not a UUID", "23020"),
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
        assert!(strict.contains(&format!("(Bandwidth error {number})")), "{value}: {strict}");
        assert!(strict.contains("--lenient"), "{value}: {strict}");
        assert_eq!(strict.lines().count(), 1, "{value}: {strict}");
        let (printed, warnings) = batch(csv.clone()).args(["--lenient"]).warned();
        assert_eq!(rows(&printed)[1][..4], row[..4], "{value}");
        assert!(warnings.starts_with(&format!("warning: {expected}")), "{value}: {warnings}");
        assert!(warnings.contains(number), "{value}: {warnings}");
        assert_eq!(batch(csv).args(["--lenient", "-q"]).clean(), printed);
    }
    // At the limits, and beside no domain.
    let (u32, d32, r64) = (&u33[1..], &d33[1..], &r65[..64]);
    let csv = format!(
        "username,domain,realm,app_id,password\n{u32},{d32},{r64},{APP},x\nbob@x,,{r64},,x\n"
    );
    assert_eq!(rows(&batch(csv).clean()).len(), 2);
}

#[test]
fn what_is_never_right_is_refused_even_with_lenient() {
    let alike = "would make two different credentials hash alike";
    for (row, expected) in [
        (",,x.y,,x", "username: empty (Bandwidth error 1003 / 23001)"),
        ("a:b,,x.y,,x", &format!("username: ':' (character 2) {alike}")[..]),
        ("bob ,,x.y,,x", "username: a space (character 4) is never right here"),
        ("bob,a:b,x.y,,x", &format!("domain: ':' (character 2) {alike}")),
        ("bob,,sip:x.y:5060,,x", "realm: ':' (character 4)"),
        ("bob,,,,x", "realm: empty: fill the cell, or pass --realm"),
        ("\"b\nb\",,x.y,,x", "username: U+000A (character 2) is never right here"),
        ("bob,,x.y,a\u{7F},x", "app_id: U+007F (character 2) is never right here"),
    ] {
        let csv = format!("username,domain,realm,app_id,password\n{row}\n");
        let message = batch(csv).args(["--lenient"]).refused();
        let expected = format!("error: standard input, line 2: {expected}");
        assert!(message.starts_with(&expected), "{row:?}: {message}");
    }
    let slip = batch("username,realm,password\nbob,sip:custxx.example.com:5060,x\n").refused();
    assert!(slip.contains("use the host name alone: custxx.example.com"), "{slip}");
}

#[test]
fn a_realm_that_is_only_unusual_is_warned_about_on_its_row() {
    let csv = "username,realm,password\nal,x.y,x\nbob,custxx,x\neve,X.y,x\n";
    let (printed, warnings) = batch(csv).warned();
    assert_eq!(rows(&printed).len(), 3);
    let lines: Vec<_> = warnings.lines().collect();
    assert_eq!(lines.len(), 2, "{warnings}");
    assert!(lines[0].contains("standard input, line 3: realm: a single label"), "{warnings}");
    assert!(lines[1].contains("standard input, line 4: realm: has upper-case"), "{warnings}");
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_in_its_one_line() {
    let csv = "username,domain,app_id,password\na b,c d,f,\nbob,,,ok\n";
    let message = batch_in_realm(csv).refused();
    assert_eq!(message.lines().count(), 1, "{message}");
    let said = ["line 2: username: ", "; domain: ", "; app_id: not a UUID", "; password: empty"];
    let places = said.map(|part| message.find(part).unwrap_or_else(|| panic!("{part}: {message}")));
    assert!(places.is_sorted(), "{message}");
}

#[test]
fn the_first_twenty_wrong_rows_are_named_and_the_others_counted() {
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
        assert_eq!(lines_named(&message), lines(wrong.min(20) as u64), "{message}");
        let rest = message.lines().nth(20);
        let expected = match wrong.checked_sub(20) {
            None | Some(0) => None,
            Some(more) => Some(format!("error: standard input: wrong rows beyond these: {more}")),
        };
        assert_eq!(rest, expected.as_deref(), "{message}");
        assert!(message.lines().count() <= 21, "{message}");
    }
    let (printed, warnings) = batch_in_realm(file(25, "wordN, x")).warned();
    assert_eq!(rows(&printed).len(), 10_050);
    assert_eq!(warnings.lines().count(), 21);
    assert!(warnings.ends_with("such rows beyond these: 5\n"), "{warnings}");
}

/// The rows that are in order are read, checked and hashed long before the last is seen.
#[test]
fn a_wrong_last_row_of_many_leaves_nothing_behind() {
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

// Repeats.

#[test]
fn names_that_are_the_same_for_bandwidth() {
    let same = [
        ("bob,,x.y,p", "bob,,x.y,p"),
        ("bob,,x.y,p", "bob,,x.y,other"),
        ("bob,,x.y,p", "Bob,,x.y,p"),
        ("bob,somewhere.com,x.y,p", "bob@somewhere.com,,x.y,p"),
        ("bob@Somewhere.com,,x.y,p", "BOB,somewhere.COM,x.y,p"),
        ("bob,,x.y,p", "bob,,X.Y,p"),
        ("bob,,,p", "bob,,,p"),
        ("bob,,,p", "Bob,,default.example.com,p"),
        ("Bob,,Default.example.com,p", "bob,,,p"),
    ];
    let header = "username,domain,realm,password\n";
    for (first, second) in same {
        let csv = format!("{header}al,,x.y,p\n{first}\neve,,x.y,p\n{second}\n");
        for lenient in [&[][..], &["--lenient"]] {
            let run = batch(csv.clone()).args(["-q", "-r", "default.example.com"]);
            let message = run.args(lenient).refused();
            let expected = "error: standard input, line 5: username: repeats line 3, on the same \
                            realm (Bandwidth errors 23000, 23026): leave one of them out";
            assert!(message.starts_with(expected), "{first} {second}: {message}");
            assert_eq!(message.lines().count(), 1, "{first} {second}: {message}");
        }
    }
    // Letters beyond Bandwidth's, a final sigma among them.
    let run = batch("username,realm,password\nΒΟΣ,x.y,p\nβοσ,x.y,p\n").args(["-q", "--lenient"]);
    assert!(run.refused().contains("line 3: username: repeats line 2"));
    // What is missing is no name.
    let message = batch("username,realm,password\n,x.y,p\n,x.y,p\nbob,,p\nbob,,p\n").refused();
    assert_eq!(lines_named(&message), [2, 3, 4, 5], "{message}");
    assert!(!message.contains("repeats"), "{message}");
    let different = [
        ("bob,,x.y,p", "bob,,z.y,p"),
        ("bob,,x.y,p", "bob,,,p"),
        ("bob,,x.y,p", "bob,somewhere.com,x.y,p"),
        ("bob,somewhere.com,x.y,p", "bob@somewhere.com,,z.y,p"),
        ("bob,,x.y,p", "bobx.y,,x.y,p"),
        ("bob,,x.y,p", "bo,b,x.y,p"),
    ];
    for (first, second) in different {
        let run = batch(format!("{header}{first}\n{second}\n"));
        let printed = run.args(["-r", "default.example.com"]).clean();
        assert_eq!(rows(&printed).len(), 2, "{first} {second}");
    }
}

#[test]
fn a_default_domain_counts_for_what_is_the_same() {
    let csv = "username,domain,password\nbob,,p\nbob,somewhere.com,p\nbob,else.com,p\n";
    assert_eq!(rows(&batch_in_realm(csv).clean()).len(), 3);
    let message = batch_in_realm(csv).args(["-d", "somewhere.com"]).refused();
    assert!(message.contains("line 3: username: repeats line 2,"), "{message}");
}

#[test]
fn repeats_are_found_however_far_apart() {
    let mut csv = "username,domain,password\nbob,somewhere.com,first\n".to_owned();
    for at in 0..50_000 {
        let _ = writeln!(csv, "user{at},,secret");
    }
    csv += "USER25000,,x\nbob@somewhere.com,,last\nBOB,SOMEWHERE.com,again\n";
    let message = batch_in_realm(csv).refused();
    let said: Vec<_> =
        message.lines().filter_map(|line| line.split(", on the same realm").next()).collect();
    let expected = [
        "error: standard input, line 50003: username: repeats line 25003",
        "error: standard input, line 50004: username: repeats line 2",
        "error: standard input, line 50005: username: repeats line 2",
    ];
    assert_eq!(said, expected, "{message}");
}

#[test]
fn many_repeats_are_counted_with_the_other_wrong_rows() {
    let mut csv = "username,password\n".to_owned();
    for at in 0..30 {
        let _ = write!(csv, "user{at},x\nUser{at},x\nbad {at},x\n");
    }
    let message = batch_in_realm(csv).refused();
    let expected: Vec<u64> = (0..10).flat_map(|at| [3 * at + 3, 3 * at + 4]).collect();
    assert_eq!(lines_named(&message), expected, "{message}");
    assert!(message.ends_with("error: standard input: wrong rows beyond these: 40\n"), "{message}");
}

#[test]
fn a_repeat_that_is_wrong_otherwise_is_named_once_with_both() {
    let message = batch_in_realm("username,password\nbob#,x\nal,x\nBob#,\n").refused();
    assert_eq!(lines_named(&message), [2, 4], "{message}");
    let second = message.lines().nth(1).expect("two lines");
    for part in ["username: '#'", "; password: empty", "; username: repeats line 2"] {
        assert!(second.contains(part), "{part}: {message}");
    }
    assert!(!second.contains("--lenient"), "{message}");
    // Warnings do not keep a row from being an error, and are none.
    let message = batch_in_realm("username,password\na b, x\n").refused();
    assert!(!message.contains("whitespace"), "{message}");
    let message = batch_in_realm("username,password\nbob, x\nal,x\nbob, y\n").refused();
    assert_eq!(lines_named(&message), [4], "{message}");
}

/// Only `--lenient` lets such names in.
#[test]
fn names_that_need_quotes_come_out_in_quotes() {
    let row = "\"a\"\"b\",\"c,d\",r.example.com,";
    let csv = format!("username,domain,realm,password\n{row}\n");
    let run = batch(csv).args(["--lenient", "-q", "--generate-password"]);
    let directory = directory();
    let run = run.args(["--password-out", "pw"]).directory(directory.path());
    let printed = run.clean();
    assert!(printed.starts_with(&format!("{OUT_HEADER}{row},")), "{printed}");
    let again = bwsip(["batch", "pw", "--lenient", "-q"]).directory(directory.path()).clean();
    assert_eq!(again, printed);
}

// Generated passwords.

const SOME_EMPTY: &str = "username,domain,password\nal,,\nbob,somewhere.com,password\neve,x.com,\n";

#[track_caller]
fn assert_generated(password: &str) {
    assert_eq!(password.len(), 22, "{password}");
    assert!(password.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{password}");
}

/// What `--password-out` wrote, as cells.
#[track_caller]
fn passwords_in(path: &Path) -> Vec<Vec<String>> {
    let written = fs::read_to_string(path).expect("it was written");
    assert_owner_only(path);
    let rows = written.strip_prefix("username,domain,realm,password\n").expect("a header");
    rows.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn generated_passwords_are_the_last_column_of_csv() {
    let printed = batch_in_realm(SOME_EMPTY).args(["--generate-password"]).clean();
    let mut lines = printed.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = format!("{},password", OUT_HEADER.trim_end());
    assert_eq!(lines.next(), Some(header.split(',').collect()));
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1], ["bob", "somewhere.com", REALM, "", GUIDE[1].2, GUIDE[1].3, ""]);
    for (at, composite) in [(0, "al"), (2, "eve@x.com")] {
        assert_generated(rows[at][6]);
        let (hash1, hash1b) = hashed(composite, rows[at][6].as_bytes());
        assert_eq!(rows[at][4..6], [hash1, hash1b]);
    }
    assert_ne!(rows[0][6], rows[2][6]);
}

#[test]
fn generated_passwords_are_the_first_key_of_json() {
    let printed = batch_in_realm(SOME_EMPTY).args(["--generate-password", "-f", "json"]).clean();
    let objects: Vec<Value> = serde_json::from_str(&printed).expect("it is JSON");
    let lines: Vec<_> = printed.lines().collect();
    for (at, composite) in [(0, "al"), (2, "eve@x.com")] {
        let password = objects[at]["password"].as_str().expect("a password");
        assert_generated(password);
        assert!(lines[at + 1].starts_with("{\"password\":"), "{printed}");
        let (hash1, hash1b) = hashed(composite, password.as_bytes());
        assert_eq!(objects[at]["hash1"], hash1);
        assert_eq!(objects[at]["hash1b"], hash1b);
    }
    assert_eq!(objects[1].get("password"), None);
    assert_eq!(objects[1]["hash1"], GUIDE[1].2);
}

#[test]
fn a_column_of_passwords_can_be_left_out_to_generate_all() {
    let printed =
        batch_in_realm("username\nal\nbob\n").args(["--generate-password", "-f", "json"]).clean();
    let objects: Vec<Value> = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!(objects.len(), 2);
    for object in &objects {
        assert_generated(object["password"].as_str().expect("a password"));
    }
}

#[test]
fn xml_has_no_place_for_passwords() {
    let xml = || batch_in_realm(SOME_EMPTY).args(["--generate-password", "-f", "xml"]);
    let message = xml().refused();
    assert!(message.contains("--generate-password without --password-out"), "{message}");
    let directory = directory();
    let printed = xml().args(["--password-out", "pw"]).directory(directory.path()).clean();
    assert!(!printed.to_lowercase().contains("password"), "{printed}");
    for row in passwords_in(&directory.path().join("pw")) {
        assert!(!printed.contains(&row[3]), "{printed}");
    }
}

#[test]
fn the_file_of_passwords_has_only_the_generated_ones_and_makes_the_same_digests() {
    let realms = "username,domain,realm,password\nal,,,\nbob,somewhere.com,,given-before\n\
                  eve,x.com,,\neve,x.com,other.example.com,\n";
    for format in ["csv", "json", "xml"] {
        let directory = directory();
        let path = directory.path().join("pw");
        let run = batch_in_realm(realms).args(["--generate-password", "--password-out", "pw"]);
        let printed = run.args(["-f", format]).directory(directory.path()).clean();
        assert_eq!(names(directory.path()), ["pw"]);
        let passwords = passwords_in(&path);
        let whose: Vec<_> = passwords.iter().map(|row| row[..3].join(" ")).collect();
        let expected = [
            format!("al  {REALM}"),
            format!("eve x.com {REALM}"),
            "eve x.com other.example.com".to_owned(),
        ];
        assert_eq!(whose, expected);
        for row in &passwords {
            assert_generated(&row[3]);
            assert!(!printed.contains(&row[3]), "{printed}");
        }
        // Back through `batch`: what there was, without bob.
        let again = bwsip(["batch", "pw", "-f", format]).directory(directory.path()).clean();
        let has_no_bob = |entry: &&str| !entry.contains("bob");
        let separator = match format {
            "csv" => "\n",
            "json" => ",\n",
            _ => "    <SipCredential>\n",
        };
        let kept: Vec<_> = printed.split(separator).filter(has_no_bob).collect();
        assert_eq!(kept.len(), printed.split(separator).count() - 1);
        assert_eq!(kept.join(separator), again);
    }
}

#[test]
fn passwords_that_came_in_are_never_shown() {
    let secret = "S3cr3t-0f-th3-t3st";
    let header = "username,password";
    let good = format!("{header}\nbob,{secret}\nal,\"{secret} \"\neve,\n");
    let directory = directory();
    for format in ["csv", "json", "xml"] {
        let run = batch_in_realm(good.clone()).args(["-f", format, "--generate-password"]);
        let run = run.args(["--password-out", "pw", "--force"]).directory(directory.path());
        let (printed, warnings) = run.warned();
        let written = fs::read_to_string(directory.path().join("pw")).expect("it was written");
        for text in [printed, warnings, written] {
            assert!(!text.contains(secret), "{text}");
        }
        if format != "xml" {
            let run = batch_in_realm(good.clone()).args(["-f", format, "--generate-password"]);
            let (printed, _) = run.warned();
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    for bad in [
        format!("{header}\nb b,{secret}\n"),
        format!("{header}\nbob,x,{secret}\n"),
        format!("{header}\nbob,x\r{secret}\n"),
        format!("{header}\nbob,x\"{secret}\n"),
        format!("{header}\nbob,\"x\"{secret}\n"),
        format!("{header}\nbob,\"{secret}\n"),
        format!("{header}\nbob,{}\n", secret.repeat(100)),
        format!("{header}\nbob,{}\n", secret.repeat(100_000)),
        format!("{header}\nbob,{secret}\nbob,{secret}\n"),
    ] {
        let message = batch_in_realm(bad).refused();
        assert!(!message.contains(secret), "{message}");
    }
}

/// Who has digests in Bandwidth's hands must have the passwords to them.
#[cfg(unix)]
#[test]
fn passwords_are_in_their_file_before_the_result_is_seen() {
    for format in ["csv", "json", "xml"] {
        let directory = directory();
        let run = batch_in_realm(SOME_EMPTY).args(["--generate-password", "--password-out", "pw"]);
        let run = run.args(["-f", format]).directory(directory.path());
        let outcome = run.stdout(closed_pipe()).run();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (2, ""));
        assert_eq!(passwords_in(&directory.path().join("pw")).len(), 2);
    }
}

#[test]
fn neither_file_is_made_where_the_other_can_not_be() {
    let directory = directory();
    fs::write(directory.path().join("old"), "old").expect("a file");
    for [output, password_out] in [["old", "new"], ["new", "old"], ["new", "new"]] {
        let run = batch_in_realm(SOME_EMPTY).args(["--generate-password", "-o", output]);
        run.args(["--password-out", password_out]).directory(directory.path()).refused();
        assert_eq!(names(directory.path()), ["old"]);
    }
    let run = batch_in_realm(SOME_EMPTY).args(["--generate-password", "-o", "new"]);
    assert_eq!(run.args(["--password-out", "pw"]).directory(directory.path()).clean(), "");
    assert_eq!(names(directory.path()), ["new", "old", "pw"]);
    let written = fs::read_to_string(directory.path().join("new")).expect("it was written");
    assert_eq!(rows(&written).len(), 3);
}

// Many rows.

#[test]
fn the_order_of_the_output_is_that_of_the_input() {
    // Neither sorted, nor all rows of one length.
    let wanted: Vec<_> = (0..30_000)
        .map(|at: u64| format!("{:x}-{at}", at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (at % 60)))
        .collect();
    let mut csv = "password,username\n".to_owned();
    for (at, name) in wanted.iter().enumerate() {
        let _ = writeln!(csv, "{},{name}", "secret ".repeat(at % 9) + "x");
    }
    let printed = batch_in_realm(csv.clone()).clean();
    let found: Vec<_> = rows(&printed).iter().map(|row| row[0].to_owned()).collect();
    assert!(found == wanted, "csv");
    let digests: Vec<_> = rows(&printed).iter().map(|row| [row[4], row[5]].concat()).collect();

    let json = batch_in_realm(csv.clone()).args(["-f", "json"]).clean();
    let objects: Vec<Value> = serde_json::from_str(&json).expect("it is JSON");
    let text = |object: &Value, key: &str| object[key].as_str().expect("text").to_owned();
    let found: Vec<_> = objects.iter().map(|object| text(object, "username")).collect();
    assert!(found == wanted, "json");
    let found: Vec<_> =
        objects.iter().map(|object| text(object, "hash1") + &text(object, "hash1b")).collect();
    assert!(found == digests, "json");

    let xml = batch_in_realm(csv).args(["-f", "xml"]).clean();
    let values = |name: &str| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = xml.split(&open[..]).skip(1);
        let values = parts.map(|part| part.split(&close[..]).next().unwrap_or_default().to_owned());
        values.collect::<Vec<_>>()
    };
    assert!(values("UserName") == wanted, "xml");
    let found: Vec<_> =
        values("Hash1").into_iter().zip(values("Hash1b")).map(|(a, b)| a + &b).collect();
    assert!(found == digests, "xml");
}

/// The file is taken in pieces, the first of 16 KiB, the others of 64, wherever in a row that is.
#[test]
fn a_file_can_be_cut_anywhere() {
    let header = "username,password\r\n";
    let all: Vec<_> =
        (0..3100).map(|at| format!("\"u{at:04}\",\"a\"\"\r\n,{at:04}\"\r\n")).collect();
    let few = all.chunks(100).map(|rows| {
        let run = batch_in_realm(header.to_owned() + &rows.concat());
        let printed = run.args(["-q"]).clean();
        printed.strip_prefix(OUT_HEADER).expect("the header is first").to_owned()
    });
    let expected = OUT_HEADER.to_owned() + &few.collect::<String>();
    for shift in 0..=all[0].len() {
        let csv = "\n".repeat(shift) + header + &all.concat();
        assert!(csv.len() > 64 * 1024);
        let printed = batch_in_realm(csv.clone()).args(["-q"]).clean();
        assert!(printed == expected, "{shift}");
        let message = batch_in_realm(csv + "a b,x\r\n").args(["-q"]).refused();
        assert_eq!(lines_named(&message), [(shift + 2 * all.len() + 2) as u64], "{message}");
    }
}

#[test]
fn a_thousand_rows_are_xml_to_another_parser_and_agree_with_md5sum() {
    let mut csv = "username,domain,password\n".to_owned();
    let mut people = Vec::new();
    for at in 0..1000 {
        let username = format!("u&{at}{}", ["", "._-", "!$*", "+=~", "&amp"][at % 5]);
        let domain = (at % 3 == 0).then(|| format!("a&b{at}.com"));
        let password = format!("<p&\"{at}'>,{}", "é".repeat(at % 4));
        let quoted = password.replace('"', "\"\"");
        let _ = writeln!(csv, "{username},{},\"{quoted}\"", domain.as_deref().unwrap_or_default());
        people.push((username, domain, password));
    }
    let run = batch_in_realm(csv).args(["-q", "-f", "xml", "--with-realm", "--app-id", APP]);
    let xml = run.clean();
    let document = roxmltree::Document::parse(&xml).expect("it is well-formed");
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "SipCredentials");
    let entries: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(entries.len(), people.len());
    let texts = TempDir::new().expect("a directory");
    let (mut files, mut found) = (Vec::new(), Vec::new());
    for (entry, (username, domain, password)) in entries.iter().zip(&people) {
        assert_eq!(entry.tag_name().name(), "SipCredential");
        let elements: Vec<_> = entry
            .children()
            .filter(roxmltree::Node::is_element)
            .map(|it| (it.tag_name().name(), it.text().unwrap_or_default()))
            .collect();
        let mut expected = vec![("UserName", &username[..])];
        expected.extend(domain.iter().map(|domain| ("Domain", &domain[..])));
        expected.push(("Realm", REALM));
        let (who, rest) = elements.split_at(expected.len());
        assert_eq!(who, expected);
        let [("Hash1", hash1), ("Hash1b", hash1b), ("HttpVoiceV2AppId", APP)] = rest else {
            panic!("{rest:?}");
        };
        let composite = match domain {
            None => username.clone(),
            Some(domain) => format!("{username}@{domain}"),
        };
        for (name, digest) in [(composite.clone(), hash1), (format!("{composite}@{REALM}"), hash1b)]
        {
            let path = texts.path().join(files.len().to_string());
            fs::write(&path, format!("{name}:{REALM}:{password}")).expect("a file");
            files.push(path);
            found.push((*digest).to_owned());
        }
    }
    if md5sum(b"").is_none() {
        return;
    }
    let output = Command::new("md5sum").args(&files).stderr(Stdio::inherit()).output();
    let printed = String::from_utf8(output.expect("md5sum runs").stdout).expect("ASCII");
    let by_md5sum: Vec<_> = printed.lines().map(|line| line[..32].to_owned()).collect();
    assert_eq!(by_md5sum.len(), 2000);
    assert_eq!(found, by_md5sum);
}

// Any rows at all.

#[derive(Clone, Debug)]
struct Row {
    username: String,
    domain: Option<String>,
    realm: Option<String>,
    app_id: Option<&'static str>,
    password: Vec<u8>,
    /// Whether to quote each cell where there is no need.
    quotes: u8,
}

fn row() -> BoxedStrategy<Row> {
    let user = prop_oneof![
        (name("._-!$&*+=~@", 32), Just(None)),
        (name("._-!$&*+=~", 32), name("._-!$&*+=~", 32).prop_map(Some)),
    ];
    let realm = prop::option::of(name("-.", 64));
    let app_id = select(vec![None, Some(APP), Some(OTHER_APP)]);
    (user, realm, app_id, password(), any::<u8>())
        .prop_map(|((username, domain), realm, app_id, password, quotes)| Row {
            username,
            domain,
            realm,
            app_id,
            password,
            quotes,
        })
        .boxed()
}

fn put_cell(out: &mut Vec<u8>, cell: &[u8], quote: bool) {
    if !quote && !cell.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for byte in cell {
        out.extend(std::iter::repeat_n(byte, if *byte == b'"' { 2 } else { 1 }));
    }
    out.push(b'"');
}

#[test]
fn any_rows_come_out_as_hash_has_them_one_by_one() {
    let columns = Just(["username", "domain", "realm", "app_id", "password"]).prop_shuffle();
    let rows = prop::collection::vec(row(), 1..=6);
    let layout = (columns, any::<u8>(), select(vec!["\n", "\r\n"]), any::<bool>(), any::<bool>());
    runner(60)
        .run(&(rows, layout), |(mut rows, (columns, header_quotes, line_end, mark, last_end))| {
            let mut seen = HashSet::new();
            rows.retain(|row| {
                let domain = row.domain.as_ref().map_or(String::new(), |it| format!("@{it}"));
                let realm = row.realm.as_deref().unwrap_or(REALM);
                seen.insert(format!("{}{domain} {realm}", row.username).to_lowercase())
            });
            let mut csv = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
            let header = (columns.map(|name| name.as_bytes()), header_quotes);
            let cells = rows.iter().map(|row| {
                let cell = |name| match name {
                    "username" => row.username.as_bytes(),
                    "domain" => row.domain.as_deref().unwrap_or_default().as_bytes(),
                    "realm" => row.realm.as_deref().unwrap_or_default().as_bytes(),
                    "app_id" => row.app_id.unwrap_or_default().as_bytes(),
                    _ => &row.password[..],
                };
                (columns.map(cell), row.quotes)
            });
            for (at, (cells, quotes)) in std::iter::once(header).chain(cells).enumerate() {
                if at > 0 {
                    csv.extend_from_slice(line_end.as_bytes());
                }
                for (place, cell) in cells.into_iter().enumerate() {
                    if place > 0 {
                        csv.push(b',');
                    }
                    put_cell(&mut csv, cell, quotes >> place & 1 == 1);
                }
            }
            if last_end {
                csv.extend_from_slice(line_end.as_bytes());
            }

            let one_by_one = rows.iter().map(|row| {
                let run = bwsip(["hash", "-q", "-f", "json", "-u", &row.username]);
                let run = run.args([format!("-r{}", row.realm.as_deref().unwrap_or(REALM))]);
                let run = run.args(row.domain.iter().map(|domain| format!("--domain={domain}")));
                let run = run.args(row.app_id.iter().map(|app_id| format!("--app-id={app_id}")));
                // One line end would be dropped, so another is given to be.
                let stdin = [&row.password[..], b"\n"].concat();
                run.args(["--password-stdin"]).stdin(stdin).clean().trim_end().to_owned()
            });
            let one_by_one = one_by_one.collect::<Vec<_>>().join(",\n");
            let shown = escaped(&csv);
            let outcome = batch_in_realm(csv).args(["-q", "-f", "json"]).outcome();
            prop_assert_eq!((outcome.status, &outcome.stderr[..]), (0, ""), "{}", shown);
            let printed = String::from_utf8_lossy(&outcome.stdout);
            prop_assert_eq!(printed, format!("[\n{one_by_one}\n]\n"), "{}", shown);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// Whatever the commas, quotes and line ends: a file that it takes is what the `csv` crate takes it to
/// be. That crate takes others too, which are wrong by RFC 4180.
#[test]
fn a_file_that_it_takes_is_what_another_parser_reads() {
    let piece = select(vec!["\"", "\"", "\"\"", ",", "\n", "\r\n", "\r", ";", " ", "x", "y"]);
    let raw = prop::collection::vec(piece, 0..=7).prop_map(|pieces| pieces.concat());
    let inside = raw.clone().prop_map(|raw| format!("\"{}\"", raw.replace('"', "\"\"")));
    let end = select(vec!["\n", "\r\n", "\n\n"]);
    let lines = prop::collection::vec((prop_oneof![raw, inside], any::<bool>(), end), 1..=3);
    let taken = Cell::new(0);
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
            taken.set(taken.get() + 1);
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
    assert!((100..=300).contains(&taken.get()), "{} of 400 were taken", taken.get());
}

/// No file makes it panic, half succeed, or say nothing.
#[test]
fn any_file_ends_well() {
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

// A real spreadsheet's.

/// Username, domain, Hash1 and Hash1b of `tests/data/make.py`'s sheet, by md5sum. The password of
/// carol is in UTF-8; see `CAROL_LATIN1`.
const OF_LIBREOFFICE: [[&str; 4]; 7] = [
    ["sipauthtest", "", GUIDE[0].2, GUIDE[0].3],
    ["bob", "somewhere.com", GUIDE[1].2, GUIDE[1].3],
    ["carol", "", "1c9e797b0281f34336e348af877b035e", "3675bde15bdb4a83c9ee737282c8760f"],
    ["dave", "", "e84081cc15a97074775ba9333a5059cb", "c4213fc1e3c2f2552b1da693cdd100be"],
    ["erin", "", "a51c9d86aa2b061190fa8d6c06578871", "c7d43677eff9f810bfa8d618e45b1ebc"],
    ["frank", "", "2fe6397a33d695634ce3a5bf42e7ea7e", "6de19c5cc98b3dddfd3fa5bd0914ece3"],
    ["0042", "", "2c504ddfff822e21001769a21a2940fb", "5206c3abe5cfb7c3661d5b53ba8b9c42"],
];
const CAROL_LATIN1: [&str; 2] =
    ["e24c9b7581565f086420ca3096d9cbc1", "221090ad985cbc612364a2226eaf2b61"];

#[test]
fn what_libreoffice_saves() {
    let utf8 = &include_bytes!("../data/libreoffice-utf8.csv")[..];
    let latin1 = &include_bytes!("../data/libreoffice-latin1.csv")[..];
    let mut of_latin1 = OF_LIBREOFFICE;
    of_latin1[2][2..].copy_from_slice(&CAROL_LATIN1);
    for (csv, expected) in [(utf8, OF_LIBREOFFICE), (latin1, of_latin1)] {
        let (printed, warnings) = batch_in_realm(csv).warned();
        let expected = expected.map(|[username, domain, hash1, hash1b]| {
            vec![username, domain, REALM, "", hash1, hash1b]
        });
        assert_eq!(rows(&printed), expected);
        let warned: Vec<_> = warnings.lines().collect();
        let expected = [
            "line 4: password: has a character outside ASCII",
            "line 6: password: begins or ends with whitespace",
            "line 7: password: has a line ending inside it",
        ];
        assert_eq!(warned.len(), expected.len(), "{warnings}");
        for (warning, expected) in warned.iter().zip(expected) {
            assert!(warning.contains(expected), "{warnings}");
        }
    }
}
