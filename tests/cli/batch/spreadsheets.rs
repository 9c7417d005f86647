//! Files as spreadsheets save them.

use super::{SHEET, batch, batch_in_realm, guide_csv, hashed, rows};
use crate::common::{GUIDE, REALM, escaped};

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
        let expected = "warning: standard input, line 3: password: begins or ends with white space";
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
    let utf8 = &include_bytes!("../../data/libreoffice-utf8.csv")[..];
    let latin1 = &include_bytes!("../../data/libreoffice-latin1.csv")[..];
    let mut of_latin1 = OF_LIBREOFFICE;
    of_latin1[2][2..].copy_from_slice(&CAROL_LATIN1);
    for (csv, expected) in [(utf8, OF_LIBREOFFICE), (latin1, of_latin1)] {
        let (printed, warnings) = batch_in_realm(csv).warned();
        let expected = expected.map(|[username, domain, hash1, hash1b]| {
            vec![username, domain, REALM, "", hash1, hash1b]
        });
        assert_eq!(rows(&printed), expected);
        let warned: Vec<_> = warnings.lines().collect();
        assert_eq!(warned.len(), 2, "{warnings}");
        assert!(
            warned[0].contains("line 4: password: has a character outside ASCII"),
            "{warnings}"
        );
        assert!(warned[1].contains("line 6: password: begins or ends with white"), "{warnings}");
    }
}
