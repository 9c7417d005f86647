//! Whether password, digests and response match, and if not, why not.

mod documents;
mod mistakes;
mod responses;
mod rows;
mod sides;
mod traces;

use crate::support::{GUIDE, REALM, Run, bwsip};

const HASH1: &str = GUIDE[0].2;
const HASH1B: &str = GUIDE[0].3;

/// What is printed if the password and both digests agree.
const BOTH_OK: &str = "The password matches what Bandwidth stores.\nHash1:  ok\nHash1b: ok\n";

/// `bwsip verify` for the guide's sipauthtest and its password.
fn verify(arguments: &[&str]) -> Run {
    let run = bwsip(["verify", "-u", "sipauthtest", "-r", REALM]);
    run.args(arguments).with_password()
}

/// What it prints when something does not match.
#[track_caller]
fn mismatch(run: Run) -> String {
    let outcome = run.outcome();
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
    assert_eq!(outcome.stderr, "");
    String::from_utf8(outcome.stdout).expect("results are UTF-8")
}

/// Parses the object that `--format json` prints.
#[track_caller]
fn parsed(json: &str) -> serde_json::Value {
    serde_json::from_str(json).expect("it is JSON")
}

#[test]
fn what_is_right_is_ok() {
    let both = verify(&["--hash1", HASH1, "--hash1b", HASH1B]).clean();
    assert_eq!(both, BOTH_OK);
    let one = |flag, digest| verify(&[flag, digest]).clean();
    assert_eq!(one("--hash1", HASH1), BOTH_OK.replace("Hash1b: ok\n", ""));
    assert_eq!(one("--hash1b", HASH1B), BOTH_OK.replace("Hash1:  ok\n", ""));
    let (bob, domain, hash1, hash1b) = GUIDE[1];
    let run = bwsip(["verify", "-u", bob, "-d", domain.unwrap_or(""), "-r", REALM]);
    let run = run.args(["--hash1", hash1, "--hash1b", hash1b]).with_password();
    assert_eq!(run.clean(), BOTH_OK);
}

#[test]
fn standard_input_serves_one_purpose() {
    let message = verify(&["--xml", "-", "--password-stdin"]).refused();
    assert!(message.contains("cannot both read standard input"), "{message}");
}

#[test]
fn wrong_usage() {
    let cases: [(&[&str], &str); 7] = [
        (&[], "nothing to check"),
        (&["--xml", "x", "--hash1", HASH1], "cannot be used with"),
        (&["--trace", "x", "--authorization", "Digest"], "cannot be used with"),
        (&["--authorization", "Digest"], "missing --method"),
        (&["--method", "REGISTER"], "missing --authorization"),
        (&["--generate-password"], "verify has no --generate-password, which is a flag of hash"),
        (&["--hash1", HASH1, "-f", "xml"], "use one of text, json"),
    ];
    for (arguments, expected) in cases {
        let message = verify(arguments).refused();
        assert!(message.contains(expected), "{arguments:?}: {message}");
        assert!(!message.contains(HASH1), "{message}");
    }
    let message = bwsip(["verify", "--hash1", HASH1, "-r", REALM]).with_password().refused();
    assert!(message.contains("--username"), "{message}");
    let message = bwsip(["verify", "--hash1", HASH1, "-u", "bob"]).with_password().refused();
    assert!(message.contains("no realm"), "{message}");
    let message = bwsip(["verify", "--hash1", HASH1, "-u", "bob", "-r", REALM]).refused();
    assert!(message.contains("no password") && !message.contains("generate"), "{message}");
}
