//! Generated passwords, and passwords that are never shown.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{OUTPUT_HEADER, batch_in_realm, digests, rows};
#[cfg(unix)]
use crate::support::closed_pipe;
use crate::support::{GUIDE, REALM, assert_generated, assert_owner_only, bwsip, directory, names};

const SOME_EMPTY: &str = "username,domain,password\nal,,\nbob,somewhere.com,password\neve,x.com,\n";

/// Reads a file that `--password-out` wrote, as rows of cells.
#[track_caller]
fn read_passwords(path: &Path) -> Vec<Vec<String>> {
    let written = fs::read_to_string(path).expect("it was written");
    assert_owner_only(path);
    let rows = written.strip_prefix("username,domain,realm,app_id,password\n").expect("a header");
    rows.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn generated_passwords_are_the_last_column_of_csv() {
    let printed = batch_in_realm(SOME_EMPTY).args(["--generate-password"]).clean();
    let mut lines = printed.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = format!("{},password", OUTPUT_HEADER.trim_end());
    assert_eq!(lines.next(), Some(header.split(',').collect()));
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1], ["bob", "somewhere.com", REALM, "", GUIDE[1].2, GUIDE[1].3, ""]);
    for (at, composite) in [(0, "al"), (2, "eve@x.com")] {
        assert_generated(rows[at][6]);
        let (hash1, hash1b) = digests(composite, rows[at][6].as_bytes());
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
        let (hash1, hash1b) = digests(composite, password.as_bytes());
        assert_eq!(objects[at]["hash1"], hash1);
        assert_eq!(objects[at]["hash1b"], hash1b);
    }
    assert_eq!(objects[1].get("password"), Some(&Value::Null));
    assert_eq!(objects[1]["hash1"], GUIDE[1].2);
}

#[test]
fn the_password_column_is_optional_when_passwords_are_generated() {
    let printed =
        batch_in_realm("username\nal\nbob\n").args(["--generate-password", "-f", "json"]).clean();
    let objects: Vec<Value> = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!(objects.len(), 2);
    for object in &objects {
        assert_generated(object["password"].as_str().expect("a password"));
    }
}

#[test]
fn xml_never_contains_generated_passwords() {
    let xml = || batch_in_realm(SOME_EMPTY).args(["--generate-password", "-f", "xml"]);
    let message = xml().refused();
    assert!(message.contains("add --password-out FILE"), "{message}");
    let directory = directory();
    let printed = xml().args(["--password-out", "pw"]).directory(directory.path()).clean();
    assert!(!printed.to_lowercase().contains("password"), "{printed}");
    for row in read_passwords(&directory.path().join("pw")) {
        assert!(!printed.contains(&row[4]), "{printed}");
    }
}

#[test]
fn password_out_has_only_generated_passwords_and_reproduces_the_digests() {
    let realms = "username,domain,realm,app_id,password\nal,,,,\nbob,somewhere.com,,,given-before\n\
                  eve,x.com,,68092813-741b-4afe-b198-91f425bce81e,\neve,x.com,other.example.com,,\n";
    for format in ["csv", "json", "xml"] {
        let directory = directory();
        let path = directory.path().join("pw");
        let run = batch_in_realm(realms).args(["--generate-password", "--password-out", "pw"]);
        let with_realm = if format == "xml" { &["--with-realm"][..] } else { &[] };
        let run = run.args(["-f", format]).args(with_realm);
        let printed = run.directory(directory.path()).clean();
        assert_eq!(names(directory.path()), ["pw"]);
        let passwords = read_passwords(&path);
        let whose: Vec<_> = passwords.iter().map(|row| row[..3].join(" ")).collect();
        let expected = [
            format!("al  {REALM}"),
            format!("eve x.com {REALM}"),
            "eve x.com other.example.com".to_owned(),
        ];
        assert_eq!(whose, expected);
        for row in &passwords {
            assert_generated(&row[4]);
            assert!(!printed.contains(&row[4]), "{printed}");
        }
        // Hashed again, the file yields the same entries, without bob's.
        let again = bwsip(["batch", "pw", "-f", format]).args(with_realm);
        let again = again.directory(directory.path()).clean();
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
fn passwords_in_the_input_are_never_shown() {
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

/// No digest may reach Bandwidth while its password can still be lost.
#[cfg(unix)]
#[test]
fn passwords_are_written_before_the_digests() {
    for format in ["csv", "json", "xml"] {
        let directory = directory();
        let run = batch_in_realm(SOME_EMPTY).args(["--generate-password", "--password-out", "pw"]);
        let run = run.args(["-f", format]).directory(directory.path());
        let outcome = run.stdout(closed_pipe()).run();
        assert_eq!((outcome.status, outcome.stderr.as_str()), (2, ""));
        assert_eq!(read_passwords(&directory.path().join("pw")).len(), 2);
    }
}

#[test]
fn neither_file_is_written_if_the_other_cannot_be() {
    let directory = directory();
    fs::write(directory.path().join("old"), "old").expect("the file is written");
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
