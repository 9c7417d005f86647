//! Files as spreadsheets save them.

use super::{GUIDE_INPUT, batch, batch_in_realm, digests, error_lines, guide_output, rows};
use crate::support::{GUIDE, LATIN1, REALM, escaped};

#[test]
fn columns_in_any_order_and_spelling() {
    let cells = |name: &str| match name.to_ascii_lowercase().replace([' ', '-', '_'], "").as_str() {
        "username" => ["sipauthtest", "bob"],
        "domain" => ["", "somewhere.com"],
        "realm" => [REALM; 2],
        "appid" => [""; 2],
        "password" => ["password"; 2],
        _ => panic!("no column {name}"),
    };
    for header in [
        ["username", "domain", "realm", "app_id", "password"],
        ["password", "app_id", "realm", "domain", "username"],
        ["REALM", "Username", "PassWord", "DOMAIN", "App_ID"],
        ["domain", "password", "username", "App_Id", "realm"],
        ["Domain ", "pass-word", "User Name", "App ID", " realm"],
        ["domain", "password", "user-name", "appid", "REALM"],
    ] {
        let mut csv = header.join(",") + "\n";
        for at in 0..2 {
            csv += &(header.map(|name| cells(name)[at]).join(",") + "\n");
        }
        assert_eq!(batch(csv).clean(), guide_output(), "{header:?}");
    }
}

#[test]
fn invalid_headers_are_errors() {
    let utf16 = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{GUIDE_INPUT}").encode_utf16().flat_map(unit).collect()
    };
    let cases: [(&[u8], &str); 17] = [
        (b"", "empty: begin it with a row of column names"),
        (b"\xEF\xBB\xBF", "empty"),
        (b"\n\r\n\n", "empty"),
        (b"username,password\n", "no rows below the header (Bandwidth error 23006)"),
        (b"username,password", "no rows below the header (Bandwidth error 23006)"),
        (b"username,password\r\n\r\n", "no rows below the header (Bandwidth error 23006)"),
        (b"password,domain\nx,y\n", "username: no such column"),
        (
            b"username,domain\nbob,x\n",
            "password: no such column: add it, or pass --generate-password",
        ),
        // Without a header, the first row may contain a password.
        (b"sipauthtest,password\n", "column A (1) has an unknown name: begin the file with a row"),
        (
            b"username,password,secret\nbob,x,y\n",
            "column C (3) has an unknown name: rename or delete column C",
        ),
        (b"username,hash1,password\nbob,x,y\n", "column B (2) has an unknown name"),
        (b"username,Username,password\nbob,x,y\n", "two columns username"),
        (b"sep=|\nusername|password\nbob|x\n", "sep= with something other than a comma, a"),
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
    let message = batch(GUIDE_INPUT).refused();
    assert!(
        message.starts_with("error: standard input, line 1: realm: no such column: "),
        "{message}"
    );
    assert!(message.contains("--realm"), "{message}");
    // Empty lines above the header are counted.
    let message = batch_in_realm("\n\r\nuser,password\nbob,x\n").refused();
    assert!(message.contains("line 3: column A (1) has an unknown name"), "{message}");
    let wide = ["x"; 65].join(",") + "\n";
    let message = batch_in_realm(wide).refused();
    assert!(message.contains("line 1: 65 columns: begin the file"), "{message}");
}

#[test]
fn whitespace_around_a_password_is_kept() {
    for (cell, password) in [
        ("  secret", "  secret"),
        ("secret ", "secret "),
        ("\tsecret", "\tsecret"),
        ("\" secret\"", " secret"),
        ("\"secret\r\n\"", "secret\r\n"),
    ] {
        let (printed, warnings) =
            batch_in_realm(format!("username,password\nal,x\nbob,{cell}\n")).warned();
        let (hash1, hash1b) = digests("bob", password.as_bytes());
        assert_eq!(rows(&printed)[1][4..], [hash1, hash1b], "{cell:?}");
        let expected = "warning: standard input, line 3: password: begins or ends with whitespace";
        assert!(warnings.starts_with(expected), "{cell:?}: {warnings}");
        assert_eq!(warnings.lines().count(), 1, "{cell:?}: {warnings}");
    }
}

#[test]
fn passwords_that_are_not_utf8_are_hashed_unchanged() {
    let (password, hash1, hash1b) = LATIN1;
    for cell in [password, &[b"\"", password, b"\""].concat()] {
        let csv = [b"username,password\nsipauthtest,", cell, b"\n"].concat();
        let (printed, warnings) = batch_in_realm(csv.clone()).warned();
        assert_eq!(rows(&printed)[0][4..], [hash1, hash1b]);
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
            let expected = format!(
                "error: standard input, line 3: {column}: not UTF-8, but perhaps Windows-1252: save "
            );
            assert!(message.starts_with(&expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}

#[test]
fn commas_semicolons_and_tabs() {
    for separator in [",", ";", "\t"] {
        let csv = GUIDE_INPUT.replace(',', separator);
        assert_eq!(batch_in_realm(csv.clone()).clean(), guide_output(), "{csv:?}");
        let crlf = format!("\u{FEFF}sep={separator}\n{csv}").replace('\n', "\r\n");
        assert_eq!(batch_in_realm(crlf.clone()).clean(), guide_output(), "{crlf:?}");
        let quoted = csv.replace("bob", &format!("\"bob{separator}\""));
        let message = batch_in_realm(quoted).refused();
        assert!(message.contains("line 3: username: "), "{message}");
        // The sep= line is counted, and messages name the separator in use.
        for (row, expected) in [
            ("bob", "put a separator between all cells"),
            ("a||b|c", "put quotes around a cell that contains a separator or a line ending"),
        ] {
            let row = row.replace('|', separator);
            let message = batch_in_realm(format!("sep={separator}\n{csv}{row}\n")).refused();
            let name = match separator {
                "," => "comma",
                ";" => "semicolon",
                _ => "tab",
            };
            let expected = expected.replace("separator", name);
            assert!(message.contains(&expected), "{message}");
            assert_eq!(error_lines(&message), [5], "{message}");
        }
    }
    // A separator that the header does not use is part of a cell.
    let printed = batch_in_realm("username;password\nbob;a,b\tc\n").args(["-q"]).clean();
    let (hash1, hash1b) = digests("bob", b"a,b\tc");
    assert_eq!(rows(&printed), [["bob", "", REALM, "", &hash1, &hash1b]]);
}

#[test]
fn empty_columns_and_rows_are_skipped() {
    for csv in [
        "username,domain,password,\nsipauthtest,,password,\nbob,somewhere.com,password,\n",
        "username,,domain,password\nsipauthtest,,,password\nbob,\"\",somewhere.com,password\n",
        ",username,domain,password,,\n,sipauthtest,,password\n,bob,somewhere.com,password,\n",
        "username,domain,password\nsipauthtest,,password\n,,\nbob,somewhere.com,password\n,,\n,\n",
        "username,domain,password\n\"\",,\nsipauthtest,,password\nbob,somewhere.com,password\n",
    ] {
        assert_eq!(batch_in_realm(csv).clean(), guide_output(), "{csv:?}");
    }
    let wide = format!("username,domain,password{}\n", ",".repeat(61));
    let csv = GUIDE_INPUT.replacen("username,domain,password\n", &wide, 1);
    assert_eq!(batch_in_realm(csv).clean(), guide_output(), "64 columns");
    // Whitespace is not empty.
    let message = batch_in_realm("username,password\n , \n").refused();
    assert!(message.contains("line 2: username: a space (character 1)"), "{message}");
}

#[test]
fn a_column_without_a_name_must_be_empty() {
    let message = batch_in_realm("username,,password\nal,,x\nbob,y,x\neve,,x\n").refused();
    let expected = "error: standard input, line 3: column B (2) has no name and is not empty: name \
                    it in the header, or delete it\n";
    assert_eq!(message, expected);
    let wide = ",".repeat(26);
    let csv = format!("username,password{wide}\nbob,x{}z\n", wide);
    let message = batch_in_realm(csv).refused();
    assert!(message.contains("line 2: column AB (28) has no name"), "{message}");
}

#[test]
fn values_damaged_by_a_spreadsheet_are_warned_about() {
    let problem = "looks like a spreadsheet's number or error (1.5E+11, 15.0, #N/A): format the column as \
                  text in the spreadsheet, and enter the value again";
    let csv = "username,password\n1.55512E+11,x\nal,1.55512E+11\nbob,#N/A\neve,########\n";
    let (printed, warnings) = batch_in_realm(csv).warned();
    assert_eq!(rows(&printed).len(), 4);
    let expected: Vec<_> = [(2, "username"), (3, "password"), (4, "password"), (5, "password")]
        .map(|(line, field)| format!("warning: standard input, line {line}: {field}: {problem}"))
        .to_vec();
    assert_eq!(warnings.lines().collect::<Vec<_>>(), expected);
    // Errors about Bandwidth's rules say so too.
    for name in ["#NAME?", "########"] {
        let message = batch_in_realm(format!("username,password\n{name},x\n")).refused();
        assert!(message.contains("'#' (character 1) is not accepted"), "{message}");
        assert!(message.contains("format the column as text in the spreadsheet"), "{message}");
    }
}

/// Username, domain, Hash1 and Hash1b of the rows in `tests/data/make.py`, computed by md5sum.
/// carol's password is in UTF-8; see `CAROL_WINDOWS_1252`.
const LIBREOFFICE_ROWS: [[&str; 4]; 8] = [
    ["sipauthtest", "", GUIDE[0].2, GUIDE[0].3],
    ["bob", "somewhere.com", GUIDE[1].2, GUIDE[1].3],
    ["carol", "", "1c9e797b0281f34336e348af877b035e", "3675bde15bdb4a83c9ee737282c8760f"],
    ["dave", "", "e84081cc15a97074775ba9333a5059cb", "c4213fc1e3c2f2552b1da693cdd100be"],
    ["erin", "", "a51c9d86aa2b061190fa8d6c06578871", "c7d43677eff9f810bfa8d618e45b1ebc"],
    ["frank", "", "2fe6397a33d695634ce3a5bf42e7ea7e", "6de19c5cc98b3dddfd3fa5bd0914ece3"],
    ["0042", "", "2c504ddfff822e21001769a21a2940fb", "5206c3abe5cfb7c3661d5b53ba8b9c42"],
    ["grace", "", "7e693911c13949a2e2faa7b3bfae5c84", "b27c92376ff0814d078113c4e267d6f1"],
];
const CAROL_WINDOWS_1252: [&str; 2] =
    ["e24c9b7581565f086420ca3096d9cbc1", "221090ad985cbc612364a2226eaf2b61"];

#[test]
fn files_saved_by_libreoffice() {
    let mut windows_1252_rows = LIBREOFFICE_ROWS;
    windows_1252_rows[2][2..].copy_from_slice(&CAROL_WINDOWS_1252);
    let cases: [(&[u8], _); 4] = [
        (include_bytes!("../../data/libreoffice-comma.csv"), LIBREOFFICE_ROWS),
        (include_bytes!("../../data/libreoffice-semicolon.csv"), LIBREOFFICE_ROWS),
        (include_bytes!("../../data/libreoffice-tab.csv"), LIBREOFFICE_ROWS),
        (include_bytes!("../../data/libreoffice-windows-1252.csv"), windows_1252_rows),
    ];
    for (csv, expected) in cases {
        let (printed, warnings) = batch_in_realm(csv).warned();
        let is_windows_1252 = expected == windows_1252_rows;
        let expected = expected.map(|[username, domain, hash1, hash1b]| {
            vec![username, domain, REALM, "", hash1, hash1b]
        });
        assert_eq!(rows(&printed), expected);
        let warned: Vec<_> = warnings.lines().collect();
        let expected = [
            "line 5: password: has a character outside ASCII",
            "line 7: password: begins or ends with whitespace",
            "line 8: password: has a line ending inside it",
        ];
        assert_eq!(warned.len(), expected.len(), "{warnings}");
        for (warning, expected) in warned.iter().zip(expected) {
            assert!(warning.contains(expected), "{warnings}");
        }
        assert_eq!(warned[0].contains("Windows-1252"), is_windows_1252, "{warnings}");
    }
    let names = &include_bytes!("../../data/libreoffice-windows-1252-names.csv")[..];
    let message = batch_in_realm(names).refused();
    assert_eq!(
        message,
        "error: standard input, line 3: username: not UTF-8, but perhaps Windows-1252: save the \
         file as UTF-8; only passwords may be in another encoding\n"
    );
}
