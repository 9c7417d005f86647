//! Whether a batch landed.

use std::fs;
use std::path::Path;

use super::{mismatch, parsed};
use crate::support::{REALM, Run, bwsip};

const TWO_MATCH: &str = "Bandwidth has what the file has.\nmatching: 2\n";

const ROWS: &str = "username,domain,password\nsipauthtest,,password\nbob,somewhere.com,password\n";

/// A batch in `directory`, made into `sent.xml`, and the run that compares the two.
fn batch(directory: &Path, rows: &str, change: impl FnOnce(String) -> String) -> Run {
    let users = directory.join("users.csv");
    fs::write(&users, rows).expect("it can be written");
    let run = bwsip(["batch", "-q", "-r", REALM, "-f", "xml"]).args([&users]);
    let xml = directory.join("answer.xml");
    fs::write(&xml, change(run.clean())).expect("it can be written");
    bwsip(["verify", "-q", "-r", REALM, "--csv"]).args([&users]).args(["--xml"]).args([&xml])
}

#[test]
fn a_batch_that_landed() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = || batch(directory.path(), ROWS, |xml| xml);
    assert_eq!(run().clean(), TWO_MATCH);
    // The password of another credential is none of theirs.
    assert_eq!(run().env("BWSIP_PASSWORD", "x").clean(), TWO_MATCH);
    let json = parsed(&run().args(["-f", "json"]).clean());
    let expected = serde_json::json!({
        "matches": true, "verdict": "Bandwidth has what the file has.", "rows": [], "not_in_file": 0,
        "without_hash1b": 0, "found_by_name": 0, "matching": 2,
    });
    assert_eq!(json, expected);
}

/// A name is the same one as in `batch`: letter case is ignored, that of a final sigma too.
#[test]
fn letter_case_of_a_name_outside_ascii() {
    let directory = tempfile::tempdir().expect("a directory");
    let (users, xml) = (directory.path().join("users.csv"), directory.path().join("answer.xml"));
    fs::write(&users, "username,password\nΒΟΣ,password\n").expect("it can be written");
    // By md5sum.
    let hash1 = "d466db37da90882628d7d4a47415fd72";
    let entry =
        format!("<SipCredential><UserName>βοσ</UserName><Hash1>{hash1}</Hash1></SipCredential>");
    fs::write(&xml, entry).expect("it can be written");
    let run = bwsip(["verify", "-q", "--lenient", "-r", REALM, "--csv"]).args([&users]);
    assert!(run.args(["--xml"]).args([&xml]).clean().ends_with(": 1\n"));
}

#[test]
fn rows_without_a_password_are_looked_for_by_name() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = batch(directory.path(), ROWS, |xml| xml);
    let names = "username,domain\nSipAuthTest,\nbob,somewhere.com\nbob,\n";
    fs::write(directory.path().join("users.csv"), names).expect("it can be written");
    let expected = "Bandwidth does not have what the file has: of 3 rows, 1 not in the document.\n\
        line 4, \"bob\": not in the document, which has \"bob@somewhere.com\"\n\
        found by name only: 2\nmatching: 0\n";
    assert_eq!(mismatch(run), expected);
}

#[test]
fn rows_that_are_wrong_missing_or_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let rows = "username,password\none,pw\ntwo,pw\nthree,pw\nfour,pw\nfive,pw\n";
    let run = batch(directory.path(), rows, |xml| {
        // By md5sum: Hash1 of `two`, with the line ending of echo; the other is not there.
        let entries: Vec<_> = xml.split_inclusive("</SipCredential>\n").collect();
        let two = "<SipCredential><UserName>TWO</UserName><Hash1>dcde549c48905e90f2d29faa2a5bdbd1</Hash1></SipCredential>";
        let error = "<Errors><Error><ErrorCode>23026</ErrorCode><Description>is there</Description>\
            <SipCredential><UserName>Four</UserName></SipCredential></Error></Errors>";
        let five = entries[4].replace("<Hash1>", "<Realm>b.example.com</Realm><Hash1>");
        format!("{}{two}{five}{error}</SipCredentials>", entries[0])
    });
    let text = mismatch(run);
    let lines: Vec<_> = text.lines().collect();
    let [verdict, two, three, four, five, not_in_file, matching] = lines[..] else {
        panic!("{text}")
    };
    let expected = "Bandwidth does not have what the file has: of 5 rows, 2 not as in the file, 1 not in \
        the document, 1 refused.";
    assert_eq!(verdict, expected);
    assert!(
        two.starts_with("line 3, \"two\": Hash1:  does not match: the password had a line ending"),
        "{two}"
    );
    assert_eq!(three, "line 4, \"three\": not in the document");
    let refused = "line 5, \"four\": refused: Bandwidth error 23026: is there: leave the name out, or \
        change the password of the credential that has it";
    assert_eq!(four, refused);
    let expected = "line 6, \"five\": realm: does not match: the document has the realm \
        \"b.example.com\", not \"custxx.auth.bandwidth.com\"";
    assert_eq!(five, expected);
    assert_eq!([not_in_file, matching], ["not in the file: 1", "matching: 1"]);
}

#[test]
fn the_first_wrong_rows_are_explained() {
    let directory = tempfile::tempdir().expect("a directory");
    let rows: String = (0..50).map(|number| format!("u{number},\" pw\"\n")).collect();
    let right = format!("username,password\n{rows}");
    let run = batch(directory.path(), &right, |xml| xml);
    let users = directory.path().join("users.csv");
    fs::write(&users, right.replace("\" pw\"", "pw")).expect("it can be written");
    let text = mismatch(run);
    // Both digests do not match for the same reason.
    assert_eq!(text.matches("Hash1 and Hash1b: do not match: ").count(), 20, "{text}");
    assert_eq!(text.matches("whitespace before or after").count(), 20, "{text}");
    assert_eq!(text.matches("does not match\n").count(), 30, "{text}");
    assert!(text.ends_with("matching: 0\n"), "{text}");
    let json = mismatch(
        bwsip(["verify", "-q", "-f", "json", "-r", REALM, "--csv"])
            .args([&users])
            .args(["--xml"])
            .args([&directory.path().join("answer.xml")]),
    );
    let json = parsed(&json);
    assert_eq!((&json["matches"], &json["matching"]), (&false.into(), &0.into()));
    let row = &json["rows"][0];
    assert_eq!((&row["line"], &row["username"]), (&2.into(), &"u0".into()));
    assert_eq!((&row["fault"], &row["error"]), (&"wrong".into(), &serde_json::Value::Null));
    let causes = serde_json::json!(["password-white-space"]);
    assert_eq!(
        (&row["checks"][0]["check"], &row["checks"][1]["causes"]),
        (&"hash1".into(), &causes)
    );
}

/// The digests of the document are right, but which of two entries counts, and what came of a refused
/// one, is not known.
#[test]
fn rows_that_are_right_and_something_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let twice = batch(directory.path(), ROWS, |xml| {
        let second = "<SipCredential><UserName>SipAuthTest</UserName>\
            <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1></SipCredential></SipCredentials>";
        xml.replace("</SipCredentials>", second)
    });
    let text = mismatch(twice);
    let expected = "\nline 2, \"sipauthtest\": entry 2, realm \"custxx.auth.bandwidth.com\": Hash1:  \
        does not match: ";
    assert!(text.contains(expected) && text.ends_with("\nmatching: 1\n"), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");
    // The same entry on two pages is one.
    let same = batch(directory.path(), ROWS, |xml| format!("<S>{xml}{xml}</S>"));
    assert_eq!(same.clean(), TWO_MATCH);

    let refused = batch(directory.path(), ROWS, |xml| {
        let error = "<Errors><Error><ErrorCode>23026</ErrorCode><Description>is there</Description>\
            <SipCredential><UserName>bob</UserName><Domain>somewhere.com</Domain></SipCredential>\
            </Error></Errors></SipCredentials>";
        xml.replace("</SipCredentials>", error)
    });
    let expected = "line 3, \"bob@somewhere.com\": refused: Bandwidth error 23026: is there: leave the \
        name out, or change the password of the credential that has it\nmatching: 1\n";
    let verdict = "Bandwidth does not have what the file has: of 2 rows, 1 refused.\n";
    assert_eq!(mismatch(refused), format!("{verdict}{expected}"));
}

/// By Bandwidth's words alone.
#[test]
fn many_refused_rows() {
    let directory = tempfile::tempdir().expect("a directory");
    let rows: String = (0..2_000).map(|number| format!("u{number},pw\n")).collect();
    let run = batch(directory.path(), &format!("username,password\n{rows}"), |_| {
        let error = |number: i32| {
            format!(
                "<Error><ErrorCode>23000</ErrorCode><Description>Sip credential u{number} does already \
                 exist on the account with ID = 41</Description></Error>"
            )
        };
        format!("<R><Errors>{}</Errors></R>", (0..2_000).map(error).collect::<String>())
    });
    let text = mismatch(run);
    assert_eq!(text.matches(": refused: Bandwidth error 23000: Sip credential u").count(), 2_000);
    assert!(
        text.contains(
            "line 1777, \"u1775\": refused: Bandwidth error 23000: Sip credential u1775 "
        )
    );
}

/// Each of the first is searched for pairs of mistakes.
#[test]
fn rows_with_other_passwords() {
    let directory = tempfile::tempdir().expect("a directory");
    let rows: String = (0..22).map(|number| format!("u{number},pw\n")).collect();
    let rows = format!("username,password\n{rows}");
    let run = batch(directory.path(), &rows, |xml| xml);
    let others = rows.replace(",pw", ",another");
    fs::write(directory.path().join("users.csv"), others).expect("it can be written");
    let text = mismatch(run);
    assert_eq!(text.matches("and no pair of them, explains it").count(), 20, "{text}");
    assert_eq!(text.matches("does not match\n").count(), 2, "{text}");
}

#[test]
fn what_does_not_do() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = || batch(directory.path(), ROWS, |xml| xml);
    for (arguments, expected) in [
        (&["-u", "bob"][..], "cannot be used with"),
        (&["-p", "x"], "cannot be used with"),
        (&["--trace", "x"], "cannot be used with"),
        (&["--xml", "/nowhere/at/all"], "--xml: can't read"),
    ] {
        let message = run().args(arguments).refused();
        assert!(message.contains(expected), "{arguments:?}: {message}");
    }
    let message = bwsip(["verify", "--csv", "x"]).refused();
    assert!(message.contains("missing --xml"), "{message}");
    let message = bwsip(["verify", "--csv", "-", "--xml", "-"]).refused();
    assert!(message.contains("cannot both read standard input"), "{message}");
    let run = run();
    fs::write(directory.path().join("users.csv"), "username\na b\n").expect("it can be written");
    let message = run.refused();
    assert!(
        message.starts_with("error: --csv: \"") && message.contains("line 2: username: a space")
    );
}

/// Errors about none of the rows, such as those about the whole request, are warnings.
#[test]
fn errors_about_no_row_are_warned_about() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = batch(directory.path(), ROWS, |_| {
        "<R><Errors><Error><ErrorCode>23003</ErrorCode><Description>Too many</Description></Error>\
         </Errors></R>"
            .to_owned()
    });
    let arguments = ["verify", "-r", REALM, "--csv", "users.csv", "--xml", "answer.xml"];
    drop(run);
    let outcome = bwsip(arguments).directory(directory.path()).outcome();
    assert_eq!(outcome.status, 1);
    let expected = "warning: --xml: \"answer.xml\": Bandwidth error 23003: Too many: send fewer \
        credentials in one request\n";
    assert_eq!(outcome.stderr, expected);
    assert_eq!(
        String::from_utf8_lossy(&outcome.stdout).matches(": not in the document").count(),
        2
    );
}
